//! Methods of resources and the types of their requests.

use std::collections::BTreeSet;

use serde::Serialize;

use super::context::CodegenContext;
use super::doc_block::DocBlock;
use super::expression::Argument;
use super::literal::StringLiteral;
use super::method_aliases::MethodAlias;
use super::method_docs::MethodDocs;
use super::operation::{ChoiceMatch, Operation};
use super::request_statements::{constant_statement, format_statements, stream_flag_statement};
use super::response_kind::ResponseKind;
use super::rust_type::{RustType, UsePath};
use super::setters::Setter;
use super::statement::{Receiver, RequestCall, Statement};
use crate::model::{
    BodyFormat, Endpoint, Framing, Method as ModelMethod, Output, ParameterKind, Resource, Stream as ModelStream,
};

/// Method of a resource.
#[derive(Debug, Serialize)]
pub struct Method {
    /// Name of the method.
    pub name: String,
    /// Deprecated names of the method.
    pub aliases: Vec<MethodAlias>,
    /// Documentation before the example.
    pub docs: DocBlock,
    /// Documentation of errors, after the example.
    pub errors: DocBlock,
    /// Other names by which a search in the documentation finds the method.
    pub search_aliases: Vec<StringLiteral>,
    /// Lines of the documentation test.
    pub example: Vec<String>,
    /// `true` if the operation is deprecated.
    pub deprecated: bool,
    /// Arguments of the method.
    pub arguments: Vec<Argument>,
    /// Argument that chooses between endpoints, if there are several.
    pub endpoint_choice: Option<ChoiceMatch>,
    /// Calls that set the path parameters.
    pub path_calls: Vec<RequestCall>,
    /// Statements that fill the request.
    pub statements: Vec<Statement>,
    /// Static of the operation.
    pub constant: String,
    /// Operations that the method calls: one, or one for each alternative of the endpoint choice.
    pub operations: Vec<Operation>,
    /// Type of the request.
    pub request: Request,
    /// Test calls on `client`, if they were requested: with the required arguments only, and with everything.
    pub calls: Option<[String; 2]>,
}

/// Type of a request.
#[derive(Debug, Serialize)]
pub struct Request {
    /// Name of the type.
    pub name: String,
    /// Function that makes the type of the runtime's request.
    pub constructor: String,
    /// `true` if the type is an alias of the runtime's `Call`, because the request has no setters.
    pub is_call: bool,
    /// Result of the request.
    pub response: ResponseKind,
    /// Stream that the request can return instead.
    pub stream: Option<Stream>,
    /// `true` if the body can be a multipart form, which accepts additional parts.
    pub has_parts: bool,
    /// Setters of the optional parameters.
    pub setters: Vec<Setter>,
}

/// Stream that a request can return instead of its result.
#[derive(Debug, Serialize)]
pub struct Stream {
    /// Type of the items.
    pub item: RustType,
    /// Method of the runtime's request that opens the stream.
    pub read: &'static str,
    /// Statements that request the stream.
    pub statements: Vec<Statement>,
    /// Lines of the documentation test.
    pub example: Vec<String>,
}

impl CodegenContext<'_> {
    pub(super) fn method(
        &self,
        resource: &Resource,
        method: &ModelMethod,
        uses: &mut BTreeSet<UsePath>,
    ) -> Method {
        let mut names = self.names.arguments(resource, method).into_iter();
        let constants = self.names.operations(resource, method);
        let mut arguments = Vec::new();
        let mut descriptions = Vec::new();
        let mut endpoint_choice = None;
        let mut path_calls = Vec::new();
        let mut statements = Vec::new();
        for parameter in &method.parameters {
            if let Some(value) = &parameter.constant {
                statements.push(constant_statement(parameter, value));
                continue;
            }
            if !parameter.required {
                continue;
            }
            let name = names.next().unwrap_or_default();
            descriptions.push(parameter.description.as_deref());
            if parameter.kind == ParameterKind::EndpointChoice {
                let Endpoint::Choice { choice: index, .. } = &method.endpoint else { continue };
                let ty = self.endpoint_choice_type(*index);
                uses.insert(UsePath::of(&ty));
                endpoint_choice = Some(self.choice_match(*index, &name, &constants));
                arguments.push(Argument::unchanged(&name, RustType::Named(ty)));
                continue;
            }
            self.collect_uses(&parameter.ty, &resource.path, uses);
            let argument = self.argument(&parameter.ty, parameter.nullable, &name);
            match parameter.kind {
                ParameterKind::Path => path_calls.push(self.path_call(parameter, &argument)),
                _ => {
                    statements.extend(self.parameter_statements(method, parameter, &argument, Receiver::Variable))
                }
            }
            arguments.push(argument);
        }
        statements.extend(format_statements(method, &statements));
        let request = self.request(resource, method, uses);
        let described: Vec<(&Argument, Option<&str>)> = arguments.iter().zip(descriptions).collect();
        let MethodDocs { docs, errors, search_aliases } =
            self.method_docs(resource, method, &described, &request.response);
        Method {
            name: self.method_name(resource, method),
            aliases: self.method_aliases(resource, method),
            docs,
            errors,
            search_aliases,
            example: self.method_example(resource, method),
            deprecated: method.deprecated,
            arguments,
            endpoint_choice,
            path_calls,
            statements,
            operations: self.operations(method, &constants),
            constant: constants.into_iter().next().unwrap_or_default(),
            request,
            calls: self.test_calls(resource, method),
        }
    }

    fn request(&self, resource: &Resource, method: &ModelMethod, uses: &mut BTreeSet<UsePath>) -> Request {
        let name = self.names.request(&resource.path, &method.name);
        let setters = self.setters(resource, method, uses);
        let has_parts = method.body.as_ref().is_some_and(|body| {
            let is_form = |media_type: &String| media_type.starts_with("multipart/form-data");
            body.format == BodyFormat::Multipart || body.alternatives.iter().any(is_form)
        });
        let response = self.response_kind(method);
        for stream in method.streams() {
            self.collect_uses(&stream.item, &resource.path, uses);
        }
        if let Output::Value { ty, .. } | Output::Page { item: ty, .. } = &method.output {
            self.collect_uses(ty, &resource.path, uses);
        }
        let call = match &response {
            ResponseKind::Empty => Some("nothing"),
            ResponseKind::Json(_) => Some("json"),
            _ => None,
        };
        let call = call.filter(|_| setters.is_empty() && method.stream.is_none() && !has_parts);
        Request {
            constructor: call.map_or_else(|| name.clone(), |call| format!("{name}::{call}")),
            is_call: call.is_some(),
            name,
            response,
            stream: method.stream.as_ref().map(|stream| self.stream(resource, method, stream)),
            has_parts,
            setters,
        }
    }

    fn response_kind(&self, method: &ModelMethod) -> ResponseKind {
        match &method.output {
            Output::Empty => ResponseKind::Empty,
            Output::Text => ResponseKind::Text,
            Output::Bytes => ResponseKind::Bytes,
            Output::Value { ty, nullable } => {
                let ty = self.rust_type(ty);
                ResponseKind::Json(if *nullable { ty.optional() } else { ty })
            }
            Output::Page { item, .. } => ResponseKind::Page(self.rust_type(item)),
            Output::Stream(stream) => {
                let item = self.rust_type(&stream.item);
                match stream.framing {
                    Framing::Events => ResponseKind::Events(item),
                    Framing::TextEvents => ResponseKind::TextEvents(item),
                    Framing::Lines => ResponseKind::Lines(item),
                }
            }
        }
    }

    fn stream(&self, resource: &Resource, method: &ModelMethod, stream: &ModelStream) -> Stream {
        let flag = method.stream_flag.iter();
        Stream {
            item: self.rust_type(&stream.item),
            read: match stream.framing {
                Framing::Events => "events",
                Framing::TextEvents => "text_events",
                Framing::Lines => "lines",
            },
            statements: flag.map(|flag| stream_flag_statement(flag, Receiver::Field, true)).collect(),
            example: self.stream_example(resource, method),
        }
    }
}
