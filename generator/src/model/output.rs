//! What a method gives.

use std::borrow::Cow;

use super::build::ModelBuilder;
use super::direction::Direction;
use super::flatten::flatten;
use super::media::{self, Kind, is_text};
use super::{Failure, Framing, Output, Parameter, ParameterKind, Stream, StreamFlag, Type};
use crate::config::Pagination;
use crate::diagnostics::Diagnostic;
use crate::openapi::{Content, Operation, Response, Schema, SchemaId, Type as JsonType};

/// What an operation answers.
pub(super) struct Answer {
    pub(super) output: Output,
    /// Whether it stands in the envelope.
    pub(super) enveloped: bool,
    /// The media type to ask for, where that is not plain JSON.
    pub(super) accept: Option<String>,
    /// What it gives bit by bit, where it can do that as well.
    pub(super) stream: Option<Stream>,
}

impl Answer {
    fn of(output: Output, enveloped: bool) -> Self {
        Self { output, enveloped, accept: None, stream: None }
    }
}

impl ModelBuilder<'_> {
    /// What a method gives.
    pub(super) fn output(&mut self, operation: &Operation, pagination: Option<usize>, hint: &str) -> Answer {
        let is_success = |response: &&Response| response.status.starts_with('2');
        let mut successes = operation.responses.iter().filter(is_success);
        // An answer with content says more than one without.
        let first = successes.clone().next();
        let Some(response) = successes.find(|response| !response.content.is_empty()).or(first) else {
            return Answer::of(Output::Nothing, true);
        };
        let kinds: Vec<(&Content, Kind)> = response
            .content
            .iter()
            .map(|content| (content, media::kind(content, &self.api.schemas)))
            .map(|(content, kind)| (content, self.file_of_lines(content, kind)))
            .collect();
        let find = |wanted: Kind| kinds.iter().find(|(_, kind)| *kind == wanted).map(|(content, _)| *content);
        let is_stream = |kind: Kind| matches!(kind, Kind::Events | Kind::Lines);
        let other = kinds.iter().find(|(_, kind)| *kind != Kind::Json && !is_stream(*kind)).copied();
        let json = response
            .content
            .iter()
            .find(|content| media::essence(&content.media_type) == "application/json")
            .or_else(|| find(Kind::Json))
            // A file is no JSON string, though some documents state that beside its own type.
            .filter(|json| other.is_none() || !self.is_plain_text(json));
        let stream = match (find(Kind::Events), find(Kind::Lines)) {
            (Some(events), _) => Some((events, self.events(events, hint))),
            (None, Some(lines)) => Some((lines, self.lines(lines, hint))),
            (None, None) => None,
        };
        let answer = match (json, other) {
            (Some(json), _) => Answer {
                accept: media::special_json(&json.media_type),
                ..self.json(operation, response, json, pagination, hint)
            },
            (None, Some((_, Kind::Text))) => Answer::of(Output::Text, true),
            (None, Some(_)) => Answer::of(Output::Bytes, true),
            (None, None) => match stream {
                Some((content, stream)) => {
                    let accept = (stream.framing == Framing::Lines).then(|| content.media_type.clone());
                    return Answer { accept, ..Answer::of(Output::Stream(stream), false) };
                }
                None => Answer::of(Output::Nothing, true),
            },
        };
        let mut answer = Answer { stream: stream.map(|(_, stream)| stream), ..answer };
        // A success without a body is one without a value.
        let is_empty = |response: &Response| response.content.is_empty();
        if let Output::Value { nullable, .. } = &mut answer.output
            && operation.responses.iter().filter(is_success).any(is_empty)
        {
            *nullable = true;
        }
        answer
    }

    /// The answers of an operation that mean failure.
    pub(super) fn failures(&mut self, operation: &Operation, hint: &str) -> Vec<Failure> {
        let mut failures = Vec::new();
        for response in operation.responses.iter().filter(|response| !response.status.starts_with(['1', '2', '3']))
        {
            let json = response.content.iter().find(|content| media::is_json_type(&content.media_type));
            let schema = json.and_then(|json| json.schema);
            let schema = schema.filter(|schema| !self.is_envelope(*schema));
            // One that operations share has a name of its own.
            let is_shared = response.location.pointer.starts_with("/components/responses/");
            let key = response.location.key();
            let hint = match is_shared {
                true if key.to_lowercase().contains("error") => key,
                true => format!("{key} error"),
                false => format!("{hint} {} error", response.status),
            };
            let ty = schema.map(|schema| self.lowering.lower(schema, Direction::Response, &hint).ty);
            failures.push(Failure {
                status: response.status.clone(),
                description: response.description.clone(),
                ty: ty.filter(|ty| !ty.named().is_empty()),
            });
        }
        failures
    }

    /// Whether the SDK reads all that a schema of a failure says anyway.
    fn is_envelope(&self, schema: SchemaId) -> bool {
        let Some(envelope) = &self.config.envelope else { return false };
        self.property(schema, &envelope.success).is_some() && self.property(schema, &envelope.errors).is_some()
    }

    /// Where the schema of lines is plain text, they are what is in a file.
    fn file_of_lines(&self, content: &Content, kind: Kind) -> Kind {
        match kind {
            Kind::Lines if content.item_schema.is_none() && self.is_plain_text(content) => Kind::Text,
            kind => kind,
        }
    }

    fn is_plain_text(&self, content: &Content) -> bool {
        let schema = content.schema.map(|schema| flatten(&self.api.schemas, schema));
        schema.is_some_and(|schema| {
            (is_text(&schema) || media::is_binary(&schema))
                && schema.values.is_none()
                && schema.format.as_deref() != Some("date-time")
        })
    }

    fn json(
        &mut self,
        operation: &Operation,
        response: &Response,
        content: &Content,
        pagination: Option<usize>,
        hint: &str,
    ) -> Answer {
        let Some(schema) = content.schema else {
            return Answer::of(Output::Value { ty: Type::Any, nullable: false }, false);
        };
        let hint = format!("{hint} response");
        if let Some(index) = pagination {
            let (name, pagination) = &self.config.pagination[index];
            if let Some(items) = self.items(schema, pagination) {
                let item = self.lowering.lower(items, Direction::Response, &hint).ty;
                return Answer::of(Output::Page { item, pagination: index }, true);
            }
            let diagnostic =
                Diagnostic::error(format!("the answer of `{}` has no list for `{name}`", operation.id))
                    .help(format!("the pagination expects an array at `{}`", pagination.items.join(".")));
            self.report.push(self.spec.locate(diagnostic, &response.location));
        }
        let Some(envelope) = &self.config.envelope else {
            let shape = self.lowering.lower(schema, Direction::Response, &hint);
            return Answer::of(Output::Value { ty: shape.ty, nullable: shape.nullable }, false);
        };
        match self.property(schema, &envelope.result) {
            Some((result, required)) => {
                let shape = self.lowering.lower(result, Direction::Response, &hint);
                Answer::of(Output::Value { ty: shape.ty, nullable: shape.nullable || !required }, true)
            }
            // An envelope around nothing.
            None if self.property(schema, &envelope.success).is_some() => Answer::of(Output::Nothing, true),
            None => {
                let shape = self.lowering.lower(schema, Direction::Response, &hint);
                Answer::of(Output::Value { ty: shape.ty, nullable: shape.nullable }, false)
            }
        }
    }

    fn property(&self, schema: SchemaId, name: &str) -> Option<(SchemaId, bool)> {
        let flat = flatten(&self.api.schemas, schema);
        let (_, id) = flat.properties.iter().find(|(known, _)| known == name)?;
        Some((*id, flat.required.iter().any(|known| known == name)))
    }

    /// The schema of a page's items.
    fn items(&self, schema: SchemaId, pagination: &Pagination) -> Option<SchemaId> {
        let list =
            pagination.items.iter().try_fold(schema, |schema, name| Some(self.property(schema, name)?.0))?;
        flatten(&self.api.schemas, list).items
    }

    /// JSON values behind each other.
    fn lines(&mut self, content: &Content, hint: &str) -> Stream {
        let item = match self.item_schema(content) {
            Some(schema) => self.item(schema, hint),
            None => Type::Any,
        };
        Stream { framing: Framing::Lines, item }
    }

    /// Server-sent events, by what their data is.
    fn events(&mut self, content: &Content, hint: &str) -> Stream {
        let text = Stream { framing: Framing::TextEvents, item: Type::String };
        let json = |item| Stream { framing: Framing::Events, item };
        let Some(schema) = self.item_schema(content) else { return text };
        let flat = flatten(&self.api.schemas, schema);
        let members = if flat.one_of.is_empty() { &flat.any_of } else { &flat.one_of };
        let flat_members: Vec<Cow<'_, Schema>> =
            members.iter().map(|id| flatten(&self.api.schemas, *id)).collect();
        match data(&flat) {
            Some(data) => match self.data_schema(data) {
                Data::Text => text,
                Data::Any => json(Type::Any),
                Data::Schema(schema) => json(self.item(schema, hint)),
            },
            // Events that differ in more than their names.
            None if !flat_members.is_empty() && flat_members.iter().all(|member| data(member).is_some()) => {
                let datas =
                    flat_members.iter().filter_map(|member| data(member)).map(|schema| self.data_schema(schema));
                match datas.into_iter().all(|data| matches!(data, Data::Text)) {
                    true => text,
                    false => json(Type::Any),
                }
            }
            None if is_text(&flat) && flat.values.is_none() => text,
            None => json(self.item(schema, hint)),
        }
    }

    /// What the data of an event is.
    fn data_schema(&self, id: SchemaId) -> Data {
        let schema = flatten(&self.api.schemas, id);
        let is_json = schema.content_media_type.as_deref().is_some_and(|media_type| media_type.contains("json"));
        match schema.content_schema {
            Some(schema) => Data::Schema(schema),
            None if is_json => Data::Any,
            None if schema.types == [JsonType::String] => Data::Text,
            None => Data::Schema(id),
        }
    }

    /// The schema of a sequence's items: stated as such, or that of an array's items.
    fn item_schema(&self, content: &Content) -> Option<SchemaId> {
        content.item_schema.or_else(|| {
            let schema = content.schema?;
            let flat = flatten(&self.api.schemas, schema);
            Some(if flat.types == [JsonType::Array] { flat.items.unwrap_or(schema) } else { schema })
        })
    }

    fn item(&mut self, schema: SchemaId, hint: &str) -> Type {
        let shape = self.lowering.lower(schema, Direction::Response, &format!("{hint} event"));
        if shape.nullable { Type::Nullable(Box::new(shape.ty)) } else { shape.ty }
    }

    /// What asks for a stream where an operation can give either: a boolean of that name in the body or query. It
    /// is none of the parameters then, since it says how the answer is to be read.
    pub(super) fn switch(&self, operation: &Operation, parameters: &mut Vec<Parameter>) -> Option<StreamFlag> {
        let is_switch = |parameter: &Parameter| parameter.wire == "stream" && parameter.ty == Type::Boolean;
        if let Some(index) = parameters.iter().position(is_switch) {
            let Parameter { wire, kind, required, .. } = parameters.remove(index);
            return Some(StreamFlag { wire, is_query: kind == ParameterKind::Query, required });
        }
        // It can be in a body that is given as a whole.
        let contents = operation.body.iter().flat_map(|body| &body.content);
        let mut schemas = contents.filter_map(|content| content.schema);
        let has_switch = parameters.iter().any(|parameter| parameter.kind == ParameterKind::Body)
            && schemas.any(|schema| self.property(schema, "stream").is_some());
        has_switch.then(|| StreamFlag { wire: "stream".to_owned(), is_query: false, required: false })
    }
}

/// What the data of an event is.
enum Data {
    Text,
    /// Any JSON value.
    Any,
    Schema(SchemaId),
}

/// The schema of an event's data, where a schema describes the event itself: nothing but its fields.
fn data(schema: &Schema) -> Option<SchemaId> {
    const FIELDS: [&str; 5] = ["data", "event", "id", "retry", "comment"];
    let is_event = schema.properties.iter().all(|(name, _)| FIELDS.contains(&name.as_str()));
    let (_, data) = schema.properties.iter().find(|(name, _)| is_event && name == "data")?;
    Some(*data)
}
