//! Statements that put arguments into a request.

use super::context::{CodegenContext, has_numbers};
use super::expression::{Argument, Expression};
use super::statement::{Receiver, RequestCall, RequestMethod, Statement};
use crate::model::{BodyFormat, Constant, Method, Parameter, ParameterKind, RequestBody, StreamFlag, Type};
use sdk_protocol::Style;

impl CodegenContext<'_> {
    /// Returns the call that sets a path parameter.
    pub(super) fn path_call(&self, parameter: &Parameter, argument: &Argument) -> RequestCall {
        let ty = &parameter.ty;
        let name = || Expression::code(&argument.name);
        if let Some(style) = style(parameter) {
            let arguments = [style, Expression::text(&parameter.wire), argument.value.clone().reference()];
            let type_argument = argument.is_converted.then(|| self.rust_type(ty));
            return RequestCall { type_argument, ..RequestMethod::PathAs.with(arguments) };
        }
        RequestMethod::Path.with([match ty {
            Type::String => name(),
            Type::Named(id) if self.sdk.types[id.0].kind.is_text() => {
                let into = Expression::code(format!("Into::<{}>::into", self.rust_type(ty)));
                into.call([name()]).method("as_str", [])
            }
            Type::Boolean | Type::Integer(_) | Type::Count => name().method("to_string", []),
            _ => {
                let text = Expression::code(format!("runtime::text::<{}>", self.rust_type(ty)));
                text.call([argument.value.clone().reference()])
            }
        }])
    }

    /// Returns the statements that put an argument into a request.
    pub(super) fn parameter_statements(
        &self,
        method: &Method,
        parameter: &Parameter,
        argument: &Argument,
        receiver: Receiver,
    ) -> Vec<Statement> {
        let mut statements = Vec::new();
        if argument.is_converted {
            statements.push(Statement::Let {
                name: argument.name.clone(),
                ty: self.rust_type(&parameter.ty),
                value: argument.value.clone(),
            });
        }
        statements.push(parameter_call(method, parameter, &argument.name).on(receiver));
        // The argument is the entire form.
        let format = method.body.as_ref().map(|body| body.format);
        match format.filter(|_| parameter.kind == ParameterKind::Body) {
            Some(BodyFormat::Form) => statements.push(RequestMethod::Form.with([]).on(receiver)),
            Some(BodyFormat::Multipart) => statements.push(RequestMethod::Multipart.with([]).on(receiver)),
            _ => {}
        }
        statements
    }
}

/// Returns the call that puts the variable `name` into a request.
fn parameter_call(method: &Method, parameter: &Parameter, name: &str) -> RequestCall {
    let wire = Expression::text(&parameter.wire);
    let owned = Expression::code(name);
    let value = owned.clone().reference();
    let style = style(parameter);
    let default_style = || Expression::code("runtime::Style::Default");
    match parameter.kind {
        ParameterKind::Query => match (style, parameter.allow_reserved) {
            (None, false) => RequestMethod::Query.with([wire, value]),
            (Some(style), false) => RequestMethod::QueryAs.with([style, wire, value]),
            (style, true) => RequestMethod::QueryReserved.with([style.unwrap_or_else(default_style), wire, value]),
        },
        ParameterKind::Header => match style {
            None => RequestMethod::HeaderValue.with([wire, value]),
            Some(style) => RequestMethod::HeaderAs.with([style, wire, value]),
        },
        ParameterKind::Cookie => RequestMethod::Cookie.with([style.unwrap_or_else(default_style), wire, value]),
        ParameterKind::FormField => match style {
            None => RequestMethod::FormField.with([wire, value]),
            Some(style) => RequestMethod::FormFieldAs.with([style, wire, value]),
        },
        ParameterKind::Raw => RequestMethod::RawBody.with([wire, owned]),
        ParameterKind::Part => {
            let mut encodings = method.body.iter().flat_map(|body| &body.encodings);
            let encoding = encodings.find(|(field, _)| *field == parameter.wire);
            let media_type = encoding.map(|(_, media_type)| Expression::text(media_type));
            let binary = || Expression::text("application/octet-stream");
            match (&parameter.ty, media_type) {
                (Type::File, media_type) => {
                    RequestMethod::Part.with([wire, media_type.unwrap_or_else(binary), owned])
                }
                (Type::List(item), media_type) if **item == Type::File => {
                    RequestMethod::Parts.with([wire, media_type.unwrap_or_else(binary), owned])
                }
                (_, Some(media_type)) => RequestMethod::PartOf.with([wire, media_type, value]),
                (_, None) => RequestMethod::PartField.with([wire, value]),
            }
        }
        ParameterKind::Field if has_numbers(&parameter.ty) => RequestMethod::BodyNumber.with([wire, value]),
        ParameterKind::Field => RequestMethod::BodyField.with([wire, value]),
        _ if has_numbers(&parameter.ty) => RequestMethod::BodyOfNumbers.with([value]),
        ParameterKind::Body | ParameterKind::Path | ParameterKind::EndpointChoice => {
            RequestMethod::Body.with([value])
        }
    }
}

/// Returns the statement that sends a parameter with a fixed value.
pub(super) fn constant_statement(parameter: &Parameter, value: &Constant) -> Statement {
    let value = match value {
        Constant::Text(text) => Expression::text(text),
        Constant::Integer(number) => Expression::Integer(*number, "i64").reference(),
        Constant::Boolean(value) => Expression::Boolean(*value).reference(),
    };
    let method = match parameter.kind {
        ParameterKind::FormField => RequestMethod::FormField,
        ParameterKind::Part => RequestMethod::PartField,
        _ => RequestMethod::BodyField,
    };
    method.with([Expression::text(&parameter.wire), value]).on(Receiver::Variable)
}

/// Returns the statement that sends null in place of a parameter's value.
pub(super) fn null_statement(parameter: &Parameter) -> Statement {
    let null = Expression::code("runtime::Value::Null").reference();
    RequestMethod::BodyField.with([Expression::text(&parameter.wire), null]).on(Receiver::Field)
}

/// Returns the statements that set the format of the body and of the response where `statements` do not.
pub(super) fn format_statements(method: &Method, statements: &[Statement]) -> Vec<Statement> {
    let mut added = Vec::new();
    if let Some(flag) = method.stream_flag.as_ref().filter(|flag| flag.required) {
        added.push(stream_flag_statement(flag, Receiver::Variable, false));
    }
    if let Some(accept) = &method.accept {
        added.push(RequestMethod::Accept.with([Expression::text(accept)]).on(Receiver::Variable));
    }
    let Some(body) = &method.body else { return added };
    if let Some(empty) = empty_body(method, body, statements) {
        added.push(empty.with([]).on(Receiver::Variable));
    }
    if let Some(media_type) = &body.json_type {
        added.push(RequestMethod::ContentType.with([Expression::text(media_type)]).on(Receiver::Variable));
    }
    added
}

/// Returns the call that makes an empty body, if the body is required and no statement sets it.
fn empty_body(method: &Method, body: &RequestBody, statements: &[Statement]) -> Option<RequestMethod> {
    if !body.required {
        return None;
    }
    let sets = |test: fn(RequestMethod) -> bool| statements.iter().filter_map(Statement::method).any(test);
    let has = |kind| method.parameters.iter().any(|parameter| parameter.kind == kind);
    match body.format {
        BodyFormat::Json => {
            let has_parameters = has(ParameterKind::Field) || has(ParameterKind::Body);
            (has_parameters && !sets(RequestMethod::sets_json_body)).then_some(RequestMethod::BodyObject)
        }
        BodyFormat::Form => (!sets(RequestMethod::sets_form)).then_some(RequestMethod::Form),
        BodyFormat::Multipart => (!sets(RequestMethod::sets_multipart)).then_some(RequestMethod::Multipart),
        BodyFormat::Raw => None,
    }
}

/// Returns the statement that requests a stream if `on` is set, and a complete response otherwise.
pub(super) fn stream_flag_statement(flag: &StreamFlag, receiver: Receiver, on: bool) -> Statement {
    let method = if flag.is_query { RequestMethod::Query } else { RequestMethod::BodyField };
    method.with([Expression::text(&flag.wire), Expression::Boolean(on).reference()]).on(receiver)
}

/// Returns the path of a parameter's style in the runtime, or nothing for the default style.
fn style(parameter: &Parameter) -> Option<Expression> {
    let name = match parameter.style {
        Style::Default => return None,
        Style::Form => "Form",
        Style::SpaceDelimited => "SpaceDelimited",
        Style::PipeDelimited => "PipeDelimited",
        Style::DeepObject => "DeepObject",
        Style::FormExploded => "FormExploded",
        Style::Simple => "Simple",
        Style::SimpleExploded => "SimpleExploded",
        Style::Label => "Label",
        Style::LabelExploded => "LabelExploded",
        Style::Matrix => "Matrix",
        Style::MatrixExploded => "MatrixExploded",
        Style::Json => "Json",
    };
    Some(Expression::code(format!("runtime::Style::{name}")))
}
