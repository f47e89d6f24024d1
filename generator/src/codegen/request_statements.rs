//! The statements that put arguments into a request.

use quote::{format_ident, quote};

use super::methods::Argument;
use super::types::has_numbers;
use super::{TypeLowering, names};
use crate::model::{BodyFormat, Method as ModelMethod, Parameter, ParameterKind, StreamFlag, Style, Type};

impl TypeLowering<'_> {
    pub(super) fn argument_of(&self, ty: &Type, nullable: bool, name: &str) -> Argument {
        let ident = format_ident!("{name}");
        let (ty, value) = match nullable {
            true => {
                let owned = self.owned(ty);
                (quote!(Option<#owned>), quote!(#ident))
            }
            false => (self.argument(ty), self.convert(ty, quote!(#ident))),
        };
        Argument { name: name.to_owned(), ty: ty.to_string(), value: value.to_string() }
    }

    /// The call that gives a request the value of a path parameter.
    pub(super) fn path_value(&self, parameter: &Parameter, name: &str) -> String {
        let ty = &parameter.ty;
        if let Some(style) = style(parameter) {
            let owned = self.owned(ty);
            let ident = format_ident!("{name}");
            let value = self.convert(ty, quote!(#ident));
            let wire = names::literal(&parameter.wire);
            return match self.is_converted(ty) || value.to_string() != name {
                true => format!("path_as::<{owned}>({style}, {wire}, &{value})"),
                false => format!("path_as({style}, {wire}, &{name})"),
            };
        }
        match ty {
            Type::String => format!("path({name})"),
            Type::Named(id) if self.sdk.types[id.0].kind.is_text() => format!("path({name}.as_str())"),
            Type::Boolean | Type::Integer(_) | Type::Count => format!("path({name}.to_string())"),
            _ => {
                let owned = self.owned(ty);
                let ident = format_ident!("{name}");
                let value = self.convert(ty, quote!(#ident));
                format!("path(runtime::text::<{owned}>(&{value}))")
            }
        }
    }

    /// The statements that put an argument into a request.
    pub(super) fn fill(
        &self,
        method: &ModelMethod,
        parameter: &Parameter,
        argument: &Argument,
        request: &str,
    ) -> Vec<String> {
        let mut statements = Vec::new();
        if argument.value != argument.name {
            let owned = self.owned(&parameter.ty);
            statements.push(format!("let {}: {owned} = {};", argument.name, argument.value));
        }
        let (name, wire) = (&argument.name, names::literal(&parameter.wire));
        statements.push(match parameter.kind {
            ParameterKind::Query => match (style(parameter), parameter.allow_reserved) {
                (None, false) => format!("{request}.query({wire}, &{name});"),
                (Some(style), false) => format!("{request}.query_as({style}, {wire}, &{name});"),
                (style, true) => {
                    let style = style.unwrap_or("runtime::Style::Default");
                    format!("{request}.query_reserved({style}, {wire}, &{name});")
                }
            },
            ParameterKind::Header => match style(parameter) {
                None => format!("{request}.header_value({wire}, &{name});"),
                Some(style) => format!("{request}.header_as({style}, {wire}, &{name});"),
            },
            ParameterKind::Cookie => {
                let style = style(parameter).unwrap_or("runtime::Style::Default");
                format!("{request}.cookie({style}, {wire}, &{name});")
            }
            ParameterKind::FormField => match style(parameter) {
                None => format!("{request}.form_field({wire}, &{name});"),
                Some(style) => format!("{request}.form_field_as({style}, {wire}, &{name});"),
            },
            ParameterKind::Raw => format!("{request}.raw_body({wire}, {name});"),
            ParameterKind::Part => {
                let encodings = method.body.iter().flat_map(|body| &body.encodings);
                let media_type = encodings
                    .filter(|(field, _)| *field == parameter.wire)
                    .map(|(_, media_type)| names::literal(media_type))
                    .next();
                let binary = || names::literal("application/octet-stream");
                match (&parameter.ty, media_type) {
                    (Type::File, media_type) => {
                        format!("{request}.part({wire}, {}, {name});", media_type.unwrap_or_else(binary))
                    }
                    (Type::List(item), media_type) if **item == Type::File => {
                        format!("{request}.parts({wire}, {}, {name});", media_type.unwrap_or_else(binary))
                    }
                    (_, Some(media_type)) => format!("{request}.part_of({wire}, {media_type}, &{name});"),
                    (_, None) => format!("{request}.part_field({wire}, &{name});"),
                }
            }
            ParameterKind::Field if has_numbers(&parameter.ty) => {
                format!("{request}.body_number({wire}, &{name});")
            }
            ParameterKind::Field => format!("{request}.body_field({wire}, &{name});"),
            _ if has_numbers(&parameter.ty) => format!("{request}.body_of_numbers(&{name});"),
            ParameterKind::Body | ParameterKind::Path | ParameterKind::EndpointChoice => {
                format!("{request}.body(&{name});")
            }
        });
        // A form that is given as a whole.
        let format = method.body.as_ref().map(|body| body.format);
        match format.filter(|_| parameter.kind == ParameterKind::Body) {
            Some(BodyFormat::Form) => statements.push(format!("{request}.form();")),
            Some(BodyFormat::Parts) => statements.push(format!("{request}.multipart();")),
            _ => {}
        }
        statements
    }
}

/// The runtime's name of a parameter's style, unless it is the usual one.
fn style(parameter: &Parameter) -> Option<&'static str> {
    Some(match parameter.style {
        Style::Default => return None,
        Style::Comma => "runtime::Style::Form",
        Style::Space => "runtime::Style::SpaceDelimited",
        Style::Pipe => "runtime::Style::PipeDelimited",
        Style::DeepObject => "runtime::Style::DeepObject",
        Style::Properties => "runtime::Style::FormExploded",
        Style::Simple => "runtime::Style::Simple",
        Style::SimpleExploded => "runtime::Style::SimpleExploded",
        Style::Label => "runtime::Style::Label",
        Style::LabelExploded => "runtime::Style::LabelExploded",
        Style::Matrix => "runtime::Style::Matrix",
        Style::MatrixExploded => "runtime::Style::MatrixExploded",
        Style::Json => "runtime::Style::Json",
    })
}

/// The statements that say what body and answer are, where the arguments don't.
pub(super) fn body_statements(method: &ModelMethod, fill: &[String]) -> Vec<String> {
    let mut statements = Vec::new();
    if let Some(switch) = method.switch.as_ref().filter(|switch| switch.required) {
        statements.push(stream_flag_statement(switch, "request", false));
    }
    if let Some(accept) = &method.accept {
        statements.push(format!("request.accept({});", names::literal(accept)));
    }
    let Some(body) = &method.body else { return statements };
    let has = |kind| method.parameters.iter().any(|parameter| parameter.kind == kind);
    let is_set = |call: &str| fill.iter().any(|statement| statement.starts_with(call));
    if body.required {
        match body.format {
            BodyFormat::Json
                if (has(ParameterKind::Field) || has(ParameterKind::Body)) && !is_set("request.body") =>
            {
                statements.push("request.body_object();".to_owned());
            }
            BodyFormat::Form if !is_set("request.form") => statements.push("request.form();".to_owned()),
            BodyFormat::Parts if !is_set("request.part") && !is_set("request.multipart") => {
                statements.push("request.multipart();".to_owned());
            }
            _ => {}
        }
    }
    if let Some(media_type) = &body.json_type {
        statements.push(format!("request.content_type({});", names::literal(media_type)));
    }
    statements
}

/// Asks for a stream, or for none.
pub(super) fn stream_flag_statement(switch: &StreamFlag, request: &str, on: bool) -> String {
    let call = if switch.is_query { "query" } else { "body_field" };
    format!("{request}.{call}({}, &{on});", names::literal(&switch.wire))
}
