//! Media types.

use super::flatten::flatten;
use crate::openapi::{Content, Schema, Schemas, Type};

/// What a body of a media type is, as far as it matters to how it is written and read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// One JSON value.
    Json,
    /// JSON values behind each other.
    Lines,
    /// Server-sent events.
    Events,
    /// Names and values.
    Form,
    /// A form of several parts.
    Parts,
    /// Parts that are not a form.
    OtherParts,
    /// Anything else that people can read.
    Text,
    /// Anything else.
    Bytes,
}

/// The media type without its parameters, in small letters.
pub(super) fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether a value of the media type is JSON.
pub(super) fn is_json_type(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence.ends_with("/json") || essence.ends_with("+json")
}

/// Whether it is a range such as `image/*`, or no media type at all: neither says what is sent.
pub(super) fn is_vague(media_type: &str) -> bool {
    media_type.contains('*') || !media_type.contains('/')
}

/// The media type of JSON, where it is not just that.
pub(super) fn special_json(media_type: &str) -> Option<String> {
    let parameters = media_type.split(';').skip(1);
    // JSON is always UTF-8.
    let says_more =
        parameters.into_iter().any(|parameter| !parameter.trim().to_ascii_lowercase().starts_with("charset"));
    let is_special = essence(media_type) != "application/json" || says_more;
    (is_special && !is_vague(media_type)).then(|| media_type.trim().to_owned())
}

/// What a body is. A range says nothing of it, so there the schema decides.
pub(super) fn kind(content: &Content, schemas: &Schemas) -> Kind {
    let essence = essence(&content.media_type);
    let (main, sub) = essence.split_once('/').unwrap_or((essence.as_str(), ""));
    let schema = content.schema.map(|schema| flatten(schemas, schema));
    match (main, sub) {
        ("*" | "application", "*") => match &schema {
            Some(schema) if is_structured(schema) => Kind::Json,
            Some(schema) if is_text(schema) => Kind::Text,
            _ => Kind::Bytes,
        },
        ("text", "event-stream") => Kind::Events,
        (
            "application",
            "jsonl" | "x-jsonl" | "ndjson" | "x-ndjson" | "json-lines" | "x-json-lines" | "jsonlines",
        )
        | ("application", "stream+json" | "json-seq" | "x-json-stream")
        | ("text", "jsonl" | "x-jsonl" | "ndjson" | "x-ndjson") => Kind::Lines,
        (_, sub) if sub.ends_with("+json-seq") => Kind::Lines,
        ("application" | "text", "json" | "x-json") => Kind::Json,
        (_, sub) if sub.ends_with("+json") => Kind::Json,
        ("application", "x-www-form-urlencoded") => Kind::Form,
        ("multipart", "form-data") => Kind::Parts,
        ("multipart", _) => Kind::OtherParts,
        _ if schema.as_ref().is_some_and(|schema| is_binary(schema)) => Kind::Bytes,
        ("text", _) => Kind::Text,
        ("application", "xml" | "yaml" | "x-yaml" | "toml" | "javascript" | "graphql" | "sql" | "sdp") => {
            Kind::Text
        }
        (_, sub) if sub.ends_with("+xml") || sub.ends_with("+yaml") => Kind::Text,
        _ => Kind::Bytes,
    }
}

/// Whether values of it are more than text.
fn is_structured(schema: &Schema) -> bool {
    let is_union = !schema.one_of.is_empty() || !schema.any_of.is_empty();
    !schema.properties.is_empty()
        || is_union
        || schema.items.is_some()
        || schema.types.iter().any(|ty| !matches!(ty, Type::String | Type::Null))
}

/// Whether it is text without further rules.
pub(super) fn is_text(schema: &Schema) -> bool {
    schema.types.contains(&Type::String) && !is_structured(schema) && !is_binary(schema)
}

/// Whether it is bytes, in the words of any version of OpenAPI.
pub(super) fn is_binary(schema: &Schema) -> bool {
    let can_be = schema.types.is_empty() || schema.types.contains(&Type::String);
    let encoding = schema.encoding.as_deref();
    let is_other = |media_type: &str| !media_type.starts_with("text/") && !media_type.contains("json");
    can_be
        && (schema.format.as_deref() == Some("binary")
            || encoding == Some("binary")
            || encoding.is_none() && schema.content_media_type.as_deref().is_some_and(is_other))
}
