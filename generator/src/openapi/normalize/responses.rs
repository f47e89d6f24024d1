use sdk_protocol::{Envelope, Owned};

use super::api::NormalizedApi;
use super::envelope::has_envelope;
use super::flatten::flatten;
use super::media::{self, MediaKind};
use crate::openapi::operation::{Content, Operation, Response};
use crate::openapi::schema::{SchemaId, Schemas};

/// The success response of an operation, by the kinds of its content.
pub(crate) struct SuccessResponse<'a> {
    /// The response.
    pub(crate) response: &'a Response,
    /// Content that is one JSON value.
    pub(crate) json: Option<&'a Content>,
    /// Content that is neither JSON nor a stream.
    pub(crate) other: Option<(&'a Content, MediaKind)>,
    /// Content that is read incrementally: server-sent events, or else JSON lines.
    pub(crate) stream: Option<(&'a Content, MediaKind)>,
    /// `true` if a success response without content exists.
    pub(crate) may_be_empty: bool,
    /// Union of the JSON of all success responses, and the first response that differs from this one.
    union: Option<(SchemaId, &'a Response)>,
}

impl<'a> SuccessResponse<'a> {
    /// Returns the schema of the JSON, and a response with different JSON that the schema does not cover.
    ///
    /// Success responses with different JSON are read as a union, unless the first one has the envelope: a union would
    /// hide its result.
    pub(crate) fn json_schema(
        &self,
        schemas: &Schemas,
        envelope: Option<&Envelope<Owned>>,
    ) -> (Option<SchemaId>, Option<&'a Response>) {
        let schema = self.json.and_then(|json| json.schema);
        let is_enveloped = envelope.zip(schema).is_some_and(|(envelope, id)| has_envelope(schemas, id, envelope));
        match self.union {
            Some((_, different)) if is_enveloped => (schema, Some(different)),
            Some((union, _)) => (Some(union), None),
            None => (schema, None),
        }
    }
}

/// Returns the success response of an operation: the first with content, or else the first.
pub(crate) fn success_response<'a>(
    api: &'a NormalizedApi,
    operation: &'a Operation,
) -> Option<SuccessResponse<'a>> {
    let schemas = &api.schemas;
    let mut successes = operation.responses.iter().filter(|response| response.is_success());
    let first = successes.clone().next();
    let may_be_empty = successes.clone().any(|response| response.content.is_empty());
    let response = successes.find(|response| !response.content.is_empty()).or(first)?;
    let kinds: Vec<(&Content, MediaKind)> =
        response.content.iter().map(|content| (content, kind(content, schemas))).collect();
    let find = |wanted: MediaKind| kinds.iter().find(|(_, kind)| *kind == wanted).copied();
    let other = kinds.iter().find(|(_, kind)| *kind != MediaKind::Json && !kind.is_stream()).copied();
    let json = response
        .content
        .iter()
        .find(|content| media::essence(&content.media_type) == "application/json")
        .or_else(|| find(MediaKind::Json).map(|(content, _)| content))
        // Some documents state a JSON string in addition to the media type of a file: the response is the file.
        .filter(|json| other.is_none() || !is_plain_text(json, schemas));
    let union = json.and_then(|json| {
        let union = api.success_unions.get(&operation.id)?;
        let (response, content) = union.first;
        let first = operation.responses.get(response)?.content.get(content)?;
        let different = operation.responses.get(union.different)?;
        std::ptr::eq(first, json).then_some((union.schema, different))
    });
    Some(SuccessResponse {
        response,
        json,
        other,
        stream: find(MediaKind::Events).or_else(|| find(MediaKind::JsonLines)),
        may_be_empty,
        union,
    })
}

/// Returns the schema of an operation's JSON on success. See [`SuccessResponse::json_schema`].
pub(crate) fn success_schema(
    api: &NormalizedApi,
    operation: &Operation,
    envelope: Option<&Envelope<Owned>>,
) -> Option<SchemaId> {
    success_response(api, operation)?.json_schema(&api.schemas, envelope).0
}

/// Returns the kind of a response's content. JSON lines with a schema of plain text are a file.
fn kind(content: &Content, schemas: &Schemas) -> MediaKind {
    match MediaKind::of(content, schemas) {
        MediaKind::JsonLines if content.item_schema.is_none() && is_plain_text(content, schemas) => {
            MediaKind::Text
        }
        kind => kind,
    }
}

fn is_plain_text(content: &Content, schemas: &Schemas) -> bool {
    let schema = content.schema.map(|schema| flatten(schemas, schema));
    schema.is_some_and(|schema| {
        (media::is_text(&schema) || media::is_binary(&schema))
            && schema.enum_values.is_none()
            && schema.format.as_deref() != Some("date-time")
    })
}
