use std::borrow::Cow;

use sdk_protocol::Style;

use super::builder::ModelBuilder;
use super::description::describe;
use crate::document::SourceLocation;
use crate::model::method::{BodyFormat, Parameter, ParameterKind, RequestBody};
use crate::model::types::{Field, Type};
use crate::openapi::normalize::{
    Direction, FileField, MediaKind, file_field, flatten, is_range, request_content, special_json,
};
use crate::openapi::{AdditionalProperties, Body, Content, Encoding, Operation, Schema, SchemaId};

impl ModelBuilder<'_> {
    /// Builds the request body, and adds its fields or the entire body to the parameters.
    pub(super) fn request_body(
        &mut self,
        operation: &Operation,
        hint: &str,
        parameters: &mut Vec<Parameter>,
    ) -> Option<RequestBody> {
        let body = operation.body.as_ref()?;
        let selected = request_content(body, &self.api.schemas)?;
        let content = selected.content;
        let format = match selected.kind {
            MediaKind::Json => BodyFormat::Json,
            MediaKind::Form => BodyFormat::Form,
            MediaKind::Multipart => BodyFormat::Multipart,
            _ => BodyFormat::Raw,
        };
        let others = body.content.iter().filter(|other| other.media_type != content.media_type);
        let mut request_body = RequestBody {
            format,
            required: body.required,
            json_type: (format == BodyFormat::Json).then(|| special_json(&content.media_type)).flatten(),
            encodings: media_types(content),
            alternatives: others.map(|other| other.media_type.clone()).collect(),
        };
        match format {
            BodyFormat::Raw => self.raw_body(content, body, selected.kind, parameters),
            _ => self.typed_body(content, format, body.required, hint, parameters),
        }
        // Files are parameters even if the body is JSON without them: setting one makes the body a multipart form.
        if let Some(form) = selected.multipart {
            let known: Vec<String> = parameters.iter().map(|parameter| parameter.wire.clone()).collect();
            let files = self.files(form, false);
            parameters.extend(files.into_iter().filter(|file| !known.contains(&file.wire)));
            request_body.encodings.extend(media_types(form));
        }
        Some(request_body)
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
        let is_multipart = format == BodyFormat::Multipart;
        if is_multipart {
            flat.to_mut().properties.retain(|(name, _)| !is_placeholder(name));
        }
        let is_object = !flat.is_union()
            && matches!(flat.additional, AdditionalProperties::Unspecified | AdditionalProperties::Forbidden);
        // The fields of a multipart form are parameters in any case, because no type holds files.
        if !flat.properties.is_empty() && (is_object || is_multipart) {
            parameters.extend(self.body_fields(content, flat, format, required, hint));
            return;
        }
        // Callers set each part of a form without known fields.
        if is_multipart && !flat.is_union() {
            return;
        }
        let lowered = self.lowering.lower(schema, Direction::Request, &format!("{hint} body"));
        parameters.push(Parameter {
            required,
            nullable: lowered.nullable,
            description: describe(&flat),
            example: flat.examples.first().cloned(),
            ..parameter(&self.api.schemas.get(schema).location, "", "body", ParameterKind::Body, lowered.ty)
        });
    }

    /// Returns the fields of a body as parameters, in the order of the document.
    fn body_fields(
        &mut self,
        content: &Content,
        mut flat: Cow<'_, Schema>,
        format: BodyFormat,
        required: bool,
        hint: &str,
    ) -> Vec<Parameter> {
        let kind = match format {
            BodyFormat::Multipart => ParameterKind::Part,
            BodyFormat::Form => ParameterKind::FormField,
            _ => ParameterKind::Field,
        };
        let order: Vec<String> = flat.properties.iter().map(|(name, _)| name.clone()).collect();
        let mut parameters = Vec::new();
        if format == BodyFormat::Multipart {
            parameters = self.files(content, required);
            flat.to_mut().properties.retain(|(name, _)| !parameters.iter().any(|file| file.wire == *name));
        }
        let name = flat.name.clone().unwrap_or_else(|| hint.to_owned());
        let fields = self.lowering.fields(&flat, Direction::Request, &name);
        let style = |field: &Field| match kind {
            ParameterKind::FormField => {
                let encoding = content.encoding.iter().find(|encoding| encoding.name == field.wire);
                self.form_style(encoding, &field.ty)
            }
            _ => Style::Default,
        };
        parameters.extend(fields.into_iter().map(|field| Parameter {
            style: style(&field),
            location: field.location,
            wire: field.wire,
            name: field.name,
            kind,
            allow_reserved: false,
            required: field.required && required,
            // Forms have no null.
            nullable: field.nullable && kind == ParameterKind::Field,
            ty: field.ty,
            description: field.description,
            deprecated: field.deprecated,
            constant: field.constant,
            example: field.example,
        }));
        parameters.sort_by_key(|field| order.iter().position(|name| *name == field.wire));
        parameters
    }

    /// Returns the files of a multipart form as parameters.
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
                notes.push(format!("The part can have the header `{header}`."));
            }
            let ty = match file_field(schemas, *property)? {
                FileField::One => Type::File,
                FileField::Many => Type::List(Box::new(Type::File)),
            };
            let location = &schemas.get(*property).location;
            Some(Parameter {
                required: required && form.required.contains(name),
                description: (!notes.is_empty()).then(|| notes.join("\n\n")),
                deprecated: flat.deprecated,
                ..parameter(location, name, &self.lowering.field_name(name), ParameterKind::Part, ty)
            })
        };
        let is_sent = |(name, id): &&(String, SchemaId)| !schemas.get(*id).read_only && !is_placeholder(name);
        form.properties.iter().filter(is_sent).filter_map(file).collect()
    }

    /// Adds the parameters of a body that is sent as bytes.
    fn raw_body(&mut self, content: &Content, body: &Body, kind: MediaKind, parameters: &mut Vec<Parameter>) {
        let types: Vec<&str> = body.content.iter().map(|content| content.media_type.as_str()).collect();
        let is_multipart = kind == MediaKind::OtherMultipart;
        let media_type = raw_media_type(content);
        let content_type = match is_multipart {
            true => {
                Some(format!("Media type with the boundary of the parts: `{}; boundary=…`.", content.media_type))
            }
            false if types.len() > 1 || is_range(&content.media_type) => {
                Some(format!("Media type: {}. The default is `{media_type}`.", types.join(", ")))
            }
            false => None,
        };
        parameters.extend(content_type.map(|description| Parameter {
            required: is_multipart && body.required,
            description: Some(description),
            ..parameter(&body.location, "content-type", "content_type", ParameterKind::Header, Type::String)
        }));
        let description = match types.as_slice() {
            [only] if !is_range(only) => format!("Content of type {only}."),
            _ => "Content.".to_owned(),
        };
        parameters.push(Parameter {
            required: body.required,
            description: Some(description),
            ..parameter(&body.location, &media_type, "body", ParameterKind::Raw, Type::Bytes)
        });
    }
}

/// Creates an optional parameter without a description.
fn parameter(location: &SourceLocation, wire: &str, name: &str, kind: ParameterKind, ty: Type) -> Parameter {
    Parameter {
        location: location.clone(),
        wire: wire.to_owned(),
        name: name.to_owned(),
        kind,
        style: Style::Default,
        allow_reserved: false,
        required: false,
        nullable: false,
        ty,
        constant: None,
        description: None,
        deprecated: false,
        example: None,
    }
}

/// Returns `true` if a property's name is a placeholder for any name, such as `<any part name>`. `with_part` sets
/// such parts.
fn is_placeholder(name: &str) -> bool {
    name.starts_with('<') && name.ends_with('>')
}

/// Returns the media types of the form fields that have exactly one.
fn media_types(content: &Content) -> Vec<(String, String)> {
    let media_type = |encoding: &Encoding| {
        let media_type = encoding.content_type.as_ref()?;
        let is_one = !media_type.contains(',') && !is_range(media_type);
        is_one.then(|| (encoding.name.clone(), media_type.clone()))
    };
    content.encoding.iter().filter_map(media_type).collect()
}

/// Returns the media type with which a raw body is sent.
fn raw_media_type(content: &Content) -> String {
    let is_text = content.media_type.trim_start().to_ascii_lowercase().starts_with("text/");
    match is_range(&content.media_type) {
        true if is_text => "text/plain".to_owned(),
        true => "application/octet-stream".to_owned(),
        false => content.media_type.clone(),
    }
}
