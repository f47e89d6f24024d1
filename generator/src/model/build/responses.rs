use sdk_protocol::{Owned, Pagination};

use super::builder::ModelBuilder;
use crate::diagnostics::Diagnostic;
use crate::model::method::{ErrorResponse, Framing, Output, Parameter, ParameterKind, Stream, StreamFlag};
use crate::model::types::Type;
use crate::openapi::normalize::{
    Direction, MediaKind, StreamItems, SuccessResponse, flatten, has_envelope, is_json, property, special_json,
    stream_items, success_response,
};
use crate::openapi::{Content, Operation, SchemaId};

/// Success response of a method.
pub(super) struct MethodResponse {
    pub(super) output: Output,
    /// `true` if the response has the envelope.
    pub(super) enveloped: bool,
    /// `Accept` header, if it is not plain JSON.
    pub(super) accept: Option<String>,
    /// Streamed alternative to the output.
    pub(super) stream: Option<Stream>,
}

impl MethodResponse {
    fn new(output: Output, enveloped: bool) -> Self {
        Self { output, enveloped, accept: None, stream: None }
    }
}

impl ModelBuilder<'_> {
    /// Builds the success response of an operation.
    pub(super) fn response(
        &mut self,
        operation: &Operation,
        pagination: Option<usize>,
        hint: &str,
    ) -> MethodResponse {
        let api = self.api;
        let Some(success) = success_response(api, operation) else {
            return MethodResponse::new(Output::Empty, true);
        };
        let stream = success.stream.map(|(content, kind)| (content, self.stream(content, kind, hint)));
        let response = match (success.json, success.other) {
            (Some(json), _) => MethodResponse {
                accept: special_json(&json.media_type),
                ..self.json(operation, &success, pagination, hint)
            },
            (None, Some((_, MediaKind::Text))) => MethodResponse::new(Output::Text, true),
            (None, Some(_)) => MethodResponse::new(Output::Bytes, true),
            (None, None) => match stream {
                Some((content, stream)) => {
                    let accept = (stream.framing == Framing::Lines).then(|| content.media_type.clone());
                    return MethodResponse { accept, ..MethodResponse::new(Output::Stream(stream), false) };
                }
                None => MethodResponse::new(Output::Empty, true),
            },
        };
        let mut response = MethodResponse { stream: stream.map(|(_, stream)| stream), ..response };
        if let Output::Value { nullable, .. } = &mut response.output {
            *nullable |= success.may_be_empty;
        }
        response
    }

    /// Builds the error responses of an operation.
    pub(super) fn error_responses(&mut self, operation: &Operation, hint: &str) -> Vec<ErrorResponse> {
        let mut error_responses = Vec::new();
        let is_error = |status: &str| !status.starts_with(['1', '2', '3']);
        for response in operation.responses.iter().filter(|response| is_error(&response.status)) {
            let json = response.content.iter().find(|content| is_json(&content.media_type));
            let schema = json.and_then(|json| json.schema);
            // The runtime reads the envelope of every error.
            let schema = schema.filter(|schema| !self.is_enveloped(*schema));
            let is_component = response.location.pointer.starts_with("/components/responses/");
            let key = response.location.key();
            let hint = match is_component {
                true if key.to_lowercase().contains("error") => key,
                true => format!("{key} error"),
                false => format!("{hint} {} error", response.status),
            };
            let ty = schema.map(|schema| self.lowering.lower(schema, Direction::Response, &hint).ty);
            error_responses.push(ErrorResponse {
                status: response.status.clone(),
                description: response.description.clone(),
                ty: ty.filter(|ty| !ty.named().is_empty()),
            });
        }
        error_responses
    }

    fn is_enveloped(&self, schema: SchemaId) -> bool {
        let envelope = self.config.envelope.as_ref();
        envelope.is_some_and(|envelope| has_envelope(&self.api.schemas, schema, envelope))
    }

    /// Builds a JSON response.
    fn json(
        &mut self,
        operation: &Operation,
        success: &SuccessResponse<'_>,
        pagination: Option<usize>,
        hint: &str,
    ) -> MethodResponse {
        let config = self.config;
        let schemas = &self.api.schemas;
        let (schema, different) = success.json_schema(schemas, config.envelope.as_ref());
        if let Some(different) = different {
            let message = format!(
                "responses {} and {} of `{}` differ; both are read as {0}",
                success.response.status, different.status, operation.id
            );
            let help = "read the other response with `Response::json`";
            self.report.push(self.spec.locate(Diagnostic::warning(message).help(help), &different.location));
        }
        let Some(schema) = schema else {
            return MethodResponse::new(Output::Value { ty: Type::Any, nullable: false }, false);
        };
        let hint = format!("{hint} response");
        if let Some(index) = pagination {
            let (name, list) = &config.paginations[index];
            if let Some(item) = self.item_schema(schema, &list.pagination) {
                let item = self.lowering.lower(item, Direction::Response, &hint).ty;
                return MethodResponse::new(Output::Page { item, pagination: index }, true);
            }
            let message = match list.pagination.items.join(".") {
                path if path.is_empty() => format!("the response of `{}` is not a list", operation.id),
                path => format!("the response of `{}` has no list at `{path}`", operation.id),
            };
            let help = format!("correct `items` of the pagination `{name}`, or remove the method's pagination");
            self.report.push(self.spec.locate(Diagnostic::error(message).help(help), &success.response.location));
        }
        if let Some(envelope) = &config.envelope {
            if let Some((result, required)) = property(schemas, schema, &envelope.result) {
                let lowered = self.lowering.lower(result, Direction::Response, &hint);
                let output = Output::Value { ty: lowered.ty, nullable: lowered.nullable || !required };
                return MethodResponse::new(output, true);
            }
            // An envelope without a result.
            if property(schemas, schema, &envelope.success).is_some() {
                return MethodResponse::new(Output::Empty, true);
            }
        }
        let lowered = self.lowering.lower(schema, Direction::Response, &hint);
        MethodResponse::new(Output::Value { ty: lowered.ty, nullable: lowered.nullable }, false)
    }

    /// Returns the schema of a page's items.
    fn item_schema(&self, schema: SchemaId, pagination: &Pagination<Owned>) -> Option<SchemaId> {
        let schemas = &self.api.schemas;
        let path = &pagination.items;
        let list = path.iter().try_fold(schema, |schema, name| Some(property(schemas, schema, name)?.0))?;
        flatten(schemas, list).items
    }

    /// Builds a stream of JSON lines or server-sent events.
    fn stream(&mut self, content: &Content, kind: MediaKind, hint: &str) -> Stream {
        let framing = if kind == MediaKind::Events { Framing::Events } else { Framing::Lines };
        match stream_items(content, kind, &self.api.schemas) {
            StreamItems::Text => Stream { framing: Framing::TextEvents, item: Type::String },
            StreamItems::AnyJson => Stream { framing, item: Type::Any },
            StreamItems::Json(schema) => {
                let lowered = self.lowering.lower(schema, Direction::Response, &format!("{hint} event"));
                Stream { framing, item: *lowered.into_item() }
            }
        }
    }

    /// Returns the parameter that requests a stream: a boolean `stream` in the body or query. It is removed from the
    /// parameters, because it determines how the response is read.
    pub(super) fn stream_flag(
        &self,
        operation: &Operation,
        parameters: &mut Vec<Parameter>,
    ) -> Option<StreamFlag> {
        let is_flag = |parameter: &Parameter| parameter.wire == "stream" && parameter.ty == Type::Boolean;
        if let Some(index) = parameters.iter().position(is_flag) {
            let Parameter { wire, kind, required, .. } = parameters.remove(index);
            return Some(StreamFlag { wire, is_query: kind == ParameterKind::Query, required });
        }
        // An entire body can contain it as well.
        let contents = operation.body.iter().flat_map(|body| &body.content);
        let mut schemas = contents.filter_map(|content| content.schema);
        let has_flag = parameters.iter().any(|parameter| parameter.kind == ParameterKind::Body)
            && schemas.any(|schema| property(&self.api.schemas, schema, "stream").is_some());
        has_flag.then(|| StreamFlag { wire: "stream".to_owned(), is_query: false, required: false })
    }
}
