//! What the body of a request takes from the program.

use super::build::Builder;
use super::direction::Direction;
use super::flatten::flatten;
use super::lower::describe;
use super::media::is_json;
use super::{Location, Parameter, Style, Type};
use crate::diagnostics::Diagnostic;
use crate::openapi::{Additional, Operation};

impl Builder<'_> {
    /// What the body adds to the parameters: each of its fields, or the whole of it.
    pub(super) fn body(&mut self, operation: &Operation, hint: &str, parameters: &mut Vec<Parameter>) {
        let Some(body) = &operation.body else { return };
        let find = |fits: fn(&str) -> bool| body.content.iter().find(|content| fits(&content.media_type));
        let is_form = |media_type: &str| media_type.starts_with("application/x-www-form-urlencoded");
        let (content, field_location) = match (find(is_json), find(is_form)) {
            (Some(json), _) => (json, Location::Field),
            (None, Some(form)) => (form, Location::FormField),
            (None, None) => return self.raw_body(operation, body, parameters),
        };
        let Some(schema) = content.schema else { return };
        let flat = flatten(&self.api.schemas, schema);
        let is_plain = !flat.properties.is_empty()
            && flat.one_of.is_empty()
            && flat.any_of.is_empty()
            && matches!(flat.additional, Additional::Unstated | Additional::Forbidden);
        if is_plain {
            let name = flat.name.clone().unwrap_or_else(|| hint.to_owned());
            let fields = self.lowering.fields(&flat, Direction::Request, &name);
            parameters.extend(fields.into_iter().map(|field| Parameter {
                wire: field.wire,
                name: field.name,
                location: field_location,
                style: Style::Usual,
                allow_reserved: false,
                required: field.required && body.required,
                // A form has no null.
                nullable: field.nullable && field_location == Location::Field,
                ty: field.ty,
                description: field.description,
                deprecated: field.deprecated,
                constant: field.constant,
                example: field.example,
            }));
            return;
        }
        let shape = self.lowering.lower(schema, Direction::Request, &format!("{hint} body"));
        parameters.push(Parameter {
            wire: String::new(),
            name: "body".to_owned(),
            location: Location::Body,
            style: Style::Usual,
            allow_reserved: false,
            required: body.required,
            nullable: shape.nullable,
            ty: shape.ty,
            constant: None,
            description: describe(&flat),
            deprecated: false,
            example: flat.examples.first().cloned(),
        });
    }

    /// A body that is neither JSON nor a form goes as bytes.
    fn raw_body(&mut self, operation: &Operation, body: &crate::openapi::Body, parameters: &mut Vec<Parameter>) {
        let is_raw = |media_type: &str| !media_type.starts_with("multipart/");
        let Some(content) = body.content.iter().find(|content| is_raw(&content.media_type)) else {
            let diagnostic = Diagnostic::warning(format!("the body of `{}` is left out", operation.id))
                .help("multipart bodies aren't generated yet; send it by another client");
            self.report.push(self.spec.locate(diagnostic, &body.place));
            return;
        };
        // `*/*` and `image/*` say nothing of what is sent.
        let media_type = match content.media_type.contains('*') {
            true => "application/octet-stream",
            false => &content.media_type,
        };
        parameters.push(Parameter {
            wire: media_type.to_owned(),
            name: "body".to_owned(),
            location: Location::Raw,
            style: Style::Usual,
            allow_reserved: false,
            required: body.required,
            nullable: false,
            ty: Type::Bytes,
            constant: None,
            description: Some(format!("The content, as {media_type}.")),
            deprecated: false,
            example: None,
        });
    }
}
