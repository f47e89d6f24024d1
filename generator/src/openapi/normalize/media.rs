use super::flatten::flatten;
use crate::openapi::operation::Content;
use crate::openapi::schema::{Schema, Schemas, Type};

/// Category of a body, by its media type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MediaKind {
    /// One JSON value.
    Json,
    /// A sequence of JSON values, such as JSON Lines.
    JsonLines,
    /// Server-sent events.
    Events,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/form-data`.
    Multipart,
    /// Another multipart type.
    OtherMultipart,
    /// Other text.
    Text,
    /// Binary data.
    Bytes,
}

impl MediaKind {
    /// Returns the category of a body. For a range such as `*/*`, the schema decides.
    pub(crate) fn of(content: &Content, schemas: &Schemas) -> Self {
        let essence = essence(&content.media_type);
        let (main, sub) = essence.split_once('/').unwrap_or((essence.as_str(), ""));
        let schema = content.schema.map(|schema| flatten(schemas, schema));
        match (main, sub) {
            ("*" | "application", "*") => match &schema {
                Some(schema) if is_structured(schema) => Self::Json,
                Some(schema) if is_text(schema) => Self::Text,
                _ => Self::Bytes,
            },
            ("text", "event-stream") => Self::Events,
            _ if is_json_sequence(&essence) => Self::JsonLines,
            _ if is_json(&essence) => Self::Json,
            ("application", "x-www-form-urlencoded") => Self::Form,
            ("multipart", "form-data") => Self::Multipart,
            ("multipart", _) => Self::OtherMultipart,
            _ if schema.as_ref().is_some_and(|schema| is_binary(schema)) => Self::Bytes,
            ("text", _) => Self::Text,
            ("application", "xml" | "yaml" | "x-yaml" | "toml" | "javascript" | "graphql" | "sql" | "sdp") => {
                Self::Text
            }
            (_, sub) if sub.ends_with("+xml") || sub.ends_with("+yaml") => Self::Text,
            _ => Self::Bytes,
        }
    }

    /// Returns `true` for a sequence of items that is read incrementally.
    pub(crate) fn is_stream(self) -> bool {
        matches!(self, Self::Events | Self::JsonLines)
    }
}

/// Returns the media type without parameters, in lower case.
pub(super) fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Returns `true` if a body of the media type is one JSON value.
pub(crate) fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    let is_json = ["/json", "/x-json", "+json"].iter().any(|end| essence.ends_with(end));
    is_json && !is_json_sequence(&essence)
}

/// Returns `true` if a body of the media type is a sequence of JSON values.
fn is_json_sequence(essence: &str) -> bool {
    const NAMES: [&str; 14] = [
        "application/jsonl",
        "application/x-jsonl",
        "application/ndjson",
        "application/x-ndjson",
        "application/json-lines",
        "application/x-json-lines",
        "application/jsonlines",
        "application/stream+json",
        "application/json-seq",
        "application/x-json-stream",
        "text/jsonl",
        "text/x-jsonl",
        "text/ndjson",
        "text/x-ndjson",
    ];
    NAMES.contains(&essence) || essence.ends_with("+json-seq")
}

/// Returns `true` if the text is a range such as `image/*`, or not a media type: it does not determine the body.
pub(crate) fn is_range(media_type: &str) -> bool {
    media_type.contains('*') || !media_type.contains('/')
}

/// Returns the media type if it is more specific than `application/json`.
pub(crate) fn special_json(media_type: &str) -> Option<String> {
    let mut parameters = media_type.split(';').skip(1);
    // JSON is always UTF-8.
    let has_parameters = parameters.any(|parameter| !parameter.trim().to_ascii_lowercase().starts_with("charset"));
    let is_special = essence(media_type) != "application/json" || has_parameters;
    (is_special && !is_range(media_type)).then(|| media_type.trim().to_owned())
}

/// Returns `true` if values of the schema are not only text.
fn is_structured(schema: &Schema) -> bool {
    !schema.properties.is_empty()
        || schema.is_union()
        || schema.items.is_some()
        || schema.types.iter().any(|ty| !matches!(ty, Type::String | Type::Null))
}

/// Returns `true` if values of the schema are text.
pub(crate) fn is_text(schema: &Schema) -> bool {
    schema.types.contains(&Type::String) && !is_structured(schema) && !is_binary(schema)
}

/// Returns `true` if values of the schema are binary data, in the notation of any OpenAPI version.
pub(crate) fn is_binary(schema: &Schema) -> bool {
    let can_be = schema.types.is_empty() || schema.types.contains(&Type::String);
    let encoding = schema.content_encoding.as_deref();
    let is_binary_type = |media_type: &str| !media_type.starts_with("text/") && !media_type.contains("json");
    can_be
        && (schema.format.as_deref() == Some("binary")
            || encoding == Some("binary")
            || encoding.is_none() && schema.content_media_type.as_deref().is_some_and(is_binary_type))
}
