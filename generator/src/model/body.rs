//! What the body of a request takes from the program.

use super::build::ModelBuilder;
use super::describe::describe;
use super::direction::Direction;
use super::flatten::flatten;
use super::media::{self, Kind, is_binary, is_vague};
use super::{BodyFormat, Field, Parameter, ParameterKind, RequestBody, Style, Type};
use crate::openapi::{Additional, Body, Content, Operation, Schema, SchemaId, Schemas, Type as JsonType};

impl ModelBuilder<'_> {
    /// How the body is written. What it takes, each of its fields or the whole of it, joins the parameters.
    pub(super) fn body(
        &mut self,
        operation: &Operation,
        hint: &str,
        parameters: &mut Vec<Parameter>,
    ) -> Option<RequestBody> {
        let body = operation.body.as_ref()?;
        let schemas = &self.api.schemas;
        let (content, format) = preferred(body, schemas)?;
        let mut written = RequestBody {
            format,
            required: body.required,
            json_type: (format == BodyFormat::Json).then(|| media::special_json(&content.media_type)).flatten(),
            encodings: encodings(content),
            alternatives: Vec::new(),
        };
        let mut others = body.content.iter().filter(|other| other.media_type != content.media_type);
        written.alternatives = others.clone().map(|other| other.media_type.clone()).collect();
        match format {
            BodyFormat::Raw => self.raw_body(content, body, parameters),
            _ => self.typed_body(content, format, body.required, hint, parameters),
        }
        // What only the form of several parts can carry makes the body one.
        if format == BodyFormat::Json
            && let Some(form) = others.find(|other| media::kind(other, schemas) == Kind::Parts)
        {
            let known: Vec<String> = parameters.iter().map(|parameter| parameter.wire.clone()).collect();
            let files = self.files(form, false);
            parameters.extend(files.into_iter().filter(|file| !known.contains(&file.wire)));
            written.encodings.extend(encodings(form));
        }
        Some(written)
    }

    fn typed_body(
        &mut self,
        content: &Content,
        format: BodyFormat,
        required: bool,
        hint: &str,
        parameters: &mut Vec<Parameter>,
    ) {
        let Some(schema) = content.schema else { return };
        let mut flat = flatten(&self.api.schemas, schema);
        if format == BodyFormat::Parts {
            flat.to_mut().properties.retain(|(name, _)| !is_placeholder(name));
        }
        let is_plain = flat.one_of.is_empty()
            && flat.any_of.is_empty()
            && matches!(flat.additional, Additional::Unstated | Additional::Forbidden);
        let kind = match format {
            BodyFormat::Parts => ParameterKind::Part,
            BodyFormat::Form => ParameterKind::FormField,
            _ => ParameterKind::Field,
        };
        // No type could hold the files of a form, so its fields stand alone where there are any.
        if !flat.properties.is_empty() && (is_plain || format == BodyFormat::Parts) {
            let order: Vec<String> = flat.properties.iter().map(|(name, _)| name.clone()).collect();
            let mut fields = Vec::new();
            if format == BodyFormat::Parts {
                fields = self.files(content, required);
                flat.to_mut().properties.retain(|(name, _)| !fields.iter().any(|file| file.wire == *name));
            }
            let name = flat.name.clone().unwrap_or_else(|| hint.to_owned());
            let values = self.lowering.fields(&flat, Direction::Request, &name);
            let style = |field: &Field| match kind {
                ParameterKind::FormField => {
                    let encoding = content.encoding.iter().find(|encoding| encoding.name == field.wire);
                    self.form_style(encoding, &field.ty)
                }
                _ => Style::Default,
            };
            fields.extend(values.into_iter().map(|field| Parameter {
                style: style(&field),
                location: field.location,
                wire: field.wire,
                name: field.name,
                kind,
                allow_reserved: false,
                required: field.required && required,
                // A form has no null.
                nullable: field.nullable && kind == ParameterKind::Field,
                ty: field.ty,
                description: field.description,
                deprecated: field.deprecated,
                constant: field.constant,
                example: field.example,
            }));
            fields.sort_by_key(|field| order.iter().position(|name| *name == field.wire));
            parameters.extend(fields);
            return;
        }
        // What a form without known fields holds is set part by part.
        if format == BodyFormat::Parts && flat.one_of.is_empty() && flat.any_of.is_empty() {
            return;
        }
        let shape = self.lowering.lower(schema, Direction::Request, &format!("{hint} body"));
        parameters.push(Parameter {
            location: self.api.schemas.get(schema).location.clone(),
            wire: String::new(),
            name: "body".to_owned(),
            kind: ParameterKind::Body,
            style: Style::Default,
            allow_reserved: false,
            required,
            nullable: shape.nullable,
            ty: shape.ty,
            constant: None,
            description: describe(&flat),
            deprecated: false,
            example: flat.examples.first().cloned(),
        });
    }

    /// The files that a form of several parts takes.
    fn files(&self, content: &Content, required: bool) -> Vec<Parameter> {
        let Some(schema) = content.schema else { return Vec::new() };
        let schemas = &self.api.schemas;
        let form = flatten(schemas, schema);
        let file = |(name, property): &(String, SchemaId)| {
            let flat = flatten(schemas, *property);
            let encoding = content.encoding.iter().find(|encoding| encoding.name == *name);
            let mut notes: Vec<String> = describe(&flat).into_iter().collect();
            if let Some(types) = encoding.and_then(|encoding| encoding.content_type.as_ref()) {
                notes.push(format!("Media type: {types}."));
            }
            for header in encoding.iter().flat_map(|encoding| &encoding.headers) {
                notes.push(format!("Its part can have the header `{header}`."));
            }
            Some(Parameter {
                location: schemas.get(*property).location.clone(),
                wire: name.clone(),
                name: self.lowering.field_name(name),
                kind: ParameterKind::Part,
                style: Style::Default,
                allow_reserved: false,
                required: required && form.required.contains(name),
                nullable: false,
                ty: file_type(schemas, *property, 0)?,
                constant: None,
                description: (!notes.is_empty()).then(|| notes.join("\n\n")),
                deprecated: flat.deprecated,
                example: None,
            })
        };
        let is_sent = |(name, id): &&(String, SchemaId)| !schemas.get(*id).read_only && !is_placeholder(name);
        form.properties.iter().filter(is_sent).filter_map(file).collect()
    }

    /// A body of which the SDK knows no more than the media type.
    fn raw_body(&mut self, content: &Content, body: &Body, parameters: &mut Vec<Parameter>) {
        let types: Vec<&str> = body.content.iter().map(|content| content.media_type.as_str()).collect();
        let is_parts = media::kind(content, &self.api.schemas) == Kind::OtherParts;
        let media_type = raw_media_type(content);
        let about = match is_parts {
            true => Some(format!(
                "The media type, with what stands between the parts: `{}; boundary=…`.",
                content.media_type
            )),
            false if types.len() > 1 || is_vague(&content.media_type) => {
                Some(format!("The media type: {}. Without it, `{media_type}`.", types.join(", ")))
            }
            false => None,
        };
        let raw = |wire: &str, name: &str, kind, required, ty, description| Parameter {
            location: body.location.clone(),
            wire: wire.to_owned(),
            name: name.to_owned(),
            kind,
            style: Style::Default,
            allow_reserved: false,
            required,
            nullable: false,
            ty,
            constant: None,
            description: Some(description),
            deprecated: false,
            example: None,
        };
        let description = match types.as_slice() {
            [only] if !is_vague(only) => format!("The content, as {only}."),
            _ => "The content.".to_owned(),
        };
        let content_type = about.map(|about| {
            raw(
                "content-type",
                "content_type",
                ParameterKind::Header,
                is_parts && body.required,
                Type::String,
                about,
            )
        });
        let raw_body = raw(&media_type, "body", ParameterKind::Raw, body.required, Type::Bytes, description);
        parameters.extend(content_type.into_iter().chain([raw_body]));
    }
}

/// The content that the method's arguments are made of: JSON says most, then the forms. A form with files that
/// the document names before JSON is what the operation is for.
fn preferred<'a>(body: &'a Body, schemas: &Schemas) -> Option<(&'a Content, BodyFormat)> {
    let find = |kind: Kind| body.content.iter().position(|content| media::kind(content, schemas) == kind);
    let has_files = |index: usize| {
        let form = body.content[index].schema.map(|schema| flatten(schemas, schema));
        form.is_some_and(|form| form.properties.iter().any(|(_, id)| file_type(schemas, *id, 0).is_some()))
    };
    let (json, parts) = (find(Kind::Json), find(Kind::Parts));
    let parts_first = parts.filter(|parts| json.is_none_or(|json| *parts < json && has_files(*parts)));
    let choice = parts_first
        .map(|index| (index, BodyFormat::Parts))
        .or_else(|| json.map(|index| (index, BodyFormat::Json)))
        .or_else(|| find(Kind::Form).map(|index| (index, BodyFormat::Form)))
        .or_else(|| (!body.content.is_empty()).then_some((0, BodyFormat::Raw)));
    choice.and_then(|(index, format)| Some((body.content.get(index)?, format)))
}

/// Whether a property's name stands for any name: `<any part name>`, say. `with_part` sets those.
fn is_placeholder(name: &str) -> bool {
    name.starts_with('<') && name.ends_with('>')
}

/// The media types of a form's fields, where each has one.
fn encodings(content: &Content) -> Vec<(String, String)> {
    let one = |encoding: &crate::openapi::Encoding| {
        let media_type = encoding.content_type.as_ref()?;
        let is_one = !media_type.contains(',') && !is_vague(media_type);
        is_one.then(|| (encoding.name.clone(), media_type.clone()))
    };
    content.encoding.iter().filter_map(one).collect()
}

/// What is sent as the media type of a raw body.
fn raw_media_type(content: &Content) -> String {
    let is_text = |kind: &str| media::essence(&content.media_type).starts_with(kind);
    match is_vague(&content.media_type) {
        true if is_text("text/") => "text/plain".to_owned(),
        true => "application/octet-stream".to_owned(),
        false => content.media_type.clone(),
    }
}

/// How deep unions may be inside each other.
const MAX_DEPTH: usize = 8;

/// The type of a form's field that is a file, or a list of them; nothing for any other.
fn file_type(schemas: &Schemas, id: SchemaId, depth: usize) -> Option<Type> {
    let schema = flatten(schemas, id);
    let members = if schema.one_of.is_empty() { &schema.any_of } else { &schema.one_of };
    if !members.is_empty() && depth < MAX_DEPTH {
        // Of a file or a list of files, the list; of a file or something else, the file: a part can be either.
        let types: Vec<Type> =
            members.iter().filter_map(|member| file_type(schemas, *member, depth + 1)).collect();
        return types.iter().find(|ty| **ty != Type::File).or(types.first()).cloned();
    }
    match schema.items {
        Some(items) if depth < MAX_DEPTH => match file_type(schemas, items, depth + 1) {
            Some(Type::File) => Some(Type::List(Box::new(Type::File))),
            _ => None,
        },
        _ => is_file(&schema).then_some(Type::File),
    }
}

fn is_file(schema: &Schema) -> bool {
    // `@cat.png` is how curl is told to send a file, and how people who document uploads write it.
    let is_path = |example: &serde_json::Value| example.as_str().is_some_and(|text| text.starts_with('@'));
    let says_nothing = schema.types.is_empty()
        && schema.values.is_none()
        && schema.properties.is_empty()
        && schema.items.is_none()
        && schema.format.is_none()
        && schema.additional == Additional::Unstated;
    is_binary(schema)
        || says_nothing
        || (schema.types.contains(&JsonType::String) && schema.examples.iter().any(is_path))
}
