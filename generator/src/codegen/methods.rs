//! Methods, and the requests that they make.

use quote::quote;
use serde::Serialize;

use super::aliases::MethodAlias;
use super::request_statements::{body_statements, stream_flag_statement};
use super::{Extent, TypeLowering, docs, names};
use crate::model::{
    BodyFormat, Constant, Endpoint, Framing, Method as ModelMethod, Output, ParameterKind, Resource, Type,
};

/// A method of a resource.
#[derive(Debug, Serialize)]
pub struct Method {
    /// Its name.
    pub name: String,
    /// The names that it had.
    pub aliases: Vec<MethodAlias>,
    /// What it does and takes.
    pub docs: Vec<String>,
    /// A compiled example.
    pub example: Vec<String>,
    /// No longer to be used.
    pub deprecated: bool,
    /// What it takes.
    pub arguments: Vec<Argument>,
    /// The argument that chooses between endpoints, with the choices.
    pub scope: Option<ChoiceMatch>,
    /// What gives the request the values of its path, as calls.
    pub path: Vec<String>,
    /// The statements that fill the request.
    pub fill: Vec<String>,
    /// The static of its operation.
    pub constant: String,
    /// Its operations: one, or one for each choice of the scope.
    pub operations: Vec<Operation>,
    /// The request's type.
    pub request: Request,
    /// For tests: the shortest call and the one with everything, as expressions on `client`; only where they are asked
    /// for.
    pub calls: Option<[String; 2]>,
}

/// The choice between a method's endpoints.
#[derive(Debug, Serialize)]
pub struct ChoiceMatch {
    /// The argument's name.
    pub argument: String,
    /// The patterns and the statics of their operations.
    pub arms: Vec<(String, String)>,
}

/// An operation's definition, as literals and expressions.
#[derive(Debug, Serialize)]
pub struct Operation {
    /// The static.
    pub constant: String,
    /// The operation's id.
    pub id: String,
    /// The HTTP method.
    pub verb: String,
    /// The path's template.
    pub path: String,
    /// Where it is, if not where the API is.
    pub base_url: Option<String>,
    /// Whether its answers have the API's envelope.
    pub envelope: bool,
    /// The static of its pagination.
    pub pagination: Option<String>,
    /// The static of its alternatives to authenticate.
    pub security: String,
}

/// An argument, and what it becomes.
#[derive(Debug, Serialize)]
pub struct Argument {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: String,
    /// The expression that makes the value of it.
    pub value: String,
}

/// The type of a request.
#[derive(Debug, Serialize)]
pub struct Request {
    /// Its name.
    pub name: String,
    /// What makes one of the runtime's request.
    pub constructor: String,
    /// Whether there is nothing to set, so that its type can be that of all such requests.
    pub is_call: bool,
    /// The result's type.
    pub output: String,
    /// The type of a list's items.
    pub item: Option<String>,
    /// The type of the items, where the result is a stream of them.
    pub streamed: Option<String>,
    /// What it gives as a stream as well.
    pub stream: Option<Stream>,
    /// Whether it is a form of several parts, which can have more of them.
    pub has_parts: bool,
    /// What can be set.
    pub setters: Vec<Setter>,
}

/// A stream that a request can give in place of its plain result.
#[derive(Debug, Serialize)]
pub struct Stream {
    /// The type of its items.
    pub item: String,
    /// The runtime's method that reads it.
    pub read: String,
    /// The statements that ask for it.
    pub fill: Vec<String>,
    /// A compiled example.
    pub example: Vec<String>,
}

/// A method that sets an optional parameter.
#[derive(Debug, Serialize)]
pub struct Setter {
    /// Its name.
    pub name: String,
    /// What it sets.
    pub docs: Vec<String>,
    /// No longer to be used.
    pub deprecated: bool,
    /// What it takes; nothing where it sets null.
    pub argument: Option<Argument>,
    /// The statements that set it.
    pub fill: Vec<String>,
    /// The index of the parameter among the method's.
    #[serde(skip)]
    pub parameter: usize,
}

impl TypeLowering<'_> {
    pub(super) fn method(&self, resource: &Resource, method: &ModelMethod, uses: &mut Vec<String>) -> Method {
        let mut names = self.names.arguments(resource, method).into_iter();
        let constants = self.names.operations(resource, method);
        let mut arguments = Vec::new();
        let mut notes = Vec::new();
        let mut scope = None;
        let mut path = Vec::new();
        let mut fill = Vec::new();
        for parameter in &method.parameters {
            if let Some(value) = &parameter.constant {
                let wire = names::literal(&parameter.wire);
                let value = match value {
                    Constant::Text(text) => names::literal(text),
                    Constant::Integer(number) => format!("&{number}i64"),
                    Constant::Boolean(value) => format!("&{value}"),
                };
                let call = match parameter.kind {
                    ParameterKind::FormField => "form_field",
                    ParameterKind::Part => "part_field",
                    _ => "body_field",
                };
                fill.push(format!("request.{call}({wire}, {value});"));
                continue;
            }
            if !parameter.required {
                continue;
            }
            let name = names.next().unwrap_or_default();
            if let Some(description) = &parameter.description {
                notes.push(format!("* `{name}`: {}", docs::paragraph(description)));
            }
            if parameter.kind == ParameterKind::EndpointChoice {
                let Endpoint::Choice { scope: index, .. } = &method.endpoint else { continue };
                let ty = self.names.choice(*index);
                uses.push(format!("crate::{ty}"));
                scope = Some(self.scope_match(*index, &name, &ty, &constants));
                arguments.push(Argument { name: name.clone(), ty, value: name });
                continue;
            }
            self.collect_uses(&parameter.ty, &resource.path, uses);
            let argument = self.argument_of(&parameter.ty, parameter.nullable, &name);
            match parameter.kind {
                ParameterKind::Path => path.push(self.path_value(parameter, &name)),
                _ => fill.extend(self.fill(method, parameter, &argument, "request")),
            }
            arguments.push(argument);
        }
        fill.extend(body_statements(method, &fill));
        let output = self.output(method, resource, uses);
        let setters = self.setters(resource, method, uses);
        let others = method.body.as_ref().filter(|body| body.format != BodyFormat::Raw);
        let others = others.map(|body| body.alternatives.as_slice()).filter(|others| !others.is_empty());
        let others = others.map(|others| {
            let types: Vec<String> = others.iter().map(|media_type| format!("`{media_type}`")).collect();
            format!("The body can also be {}: see `with_body`.", types.join(" or "))
        });
        let permissions = (!method.permissions.is_empty())
            .then(|| format!("Needs one of these permissions: {}.", method.permissions.join(", ")));
        let summary = method.summary.as_ref().map(|summary| docs::sentence(summary));
        let notes = (!notes.is_empty()).then(|| notes.join("\n"));
        let fallback = format!("Calls `{}`.", method.operation);
        let mut description = method.description.as_deref();
        if summary.is_none() && description.is_none() {
            description = Some(&fallback);
        }
        let same = summary.as_deref().map(|text| text.trim_end_matches('.'))
            == description.map(|text| text.trim().trim_end_matches('.'));
        let mut docs = docs::lines(&[
            summary.as_deref(),
            description.filter(|_| !same),
            notes.as_deref(),
            others.as_deref(),
            permissions.as_deref(),
        ]);
        docs::refer(&mut docs, method.external_docs.as_ref());
        docs.extend(self.failures(method));
        Method {
            name: self.method_name(resource, method),
            aliases: self.method_aliases(resource, method),
            docs,
            example: self.method_example(resource, method),
            deprecated: method.deprecated,
            arguments,
            scope,
            path,
            fill,
            operations: self.operations(method, &constants),
            constant: constants.into_iter().next().unwrap_or_default(),
            request: self.request(resource, method, Request { setters, ..output }),
            calls: (self.extent == Extent::CrateAndCalls)
                .then(|| [false, true].map(|full| self.call(resource, method, full))),
        }
    }

    /// The request with its name, and whether it needs a type of its own.
    fn request(&self, resource: &Resource, method: &ModelMethod, request: Request) -> Request {
        let name = self.names.request(&resource.path, &method.name);
        let kind = match &method.output {
            Output::Nothing => Some("nothing"),
            Output::Value { .. } => Some("json"),
            Output::Text | Output::Bytes | Output::Page { .. } | Output::Stream(_) => None,
        };
        let is_bare = request.setters.is_empty() && request.stream.is_none() && !request.has_parts;
        let kind = kind.filter(|_| is_bare);
        let constructor = kind.map_or_else(|| name.clone(), |kind| format!("{name}::{kind}"));
        Request { is_call: kind.is_some(), constructor, name, ..request }
    }

    /// What the documentation says of the answers that mean failure.
    fn failures(&self, method: &ModelMethod) -> Vec<String> {
        let mut lines = Vec::new();
        for failure in &method.failures {
            let status = failure.status.replace('`', "'");
            let description = failure.description.as_deref().map(docs::paragraph).unwrap_or_default();
            let description = if description.is_empty() { description } else { docs::sentence(&description) };
            let escaped = docs::lines(&[Some(&format!("* `{status}`: {description}"))]);
            let mut item = escaped.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
            if let Some(Type::Named(id)) = failure.ty {
                let path = self.path(id);
                item.push_str(&format!(" Its body is a [`{path}`](crate::{path})."));
            }
            docs::wrap(item.trim_end_matches([' ', ':']), &mut lines);
        }
        match lines.is_empty() {
            true => lines,
            false => [String::new(), "# Errors".to_owned()].into_iter().chain(lines).collect(),
        }
    }

    pub(super) fn method_name(&self, resource: &Resource, method: &ModelMethod) -> String {
        names::method(&method.name, &resource.resources)
    }

    fn scope_match(&self, index: usize, argument: &str, ty: &str, constants: &[String]) -> ChoiceMatch {
        let variants = self.names.names().choices()[index].variants.iter().zip(constants);
        let arms =
            variants.map(|(variant, constant)| (format!("{ty}::{}(id)", variant.upper_camel()), constant.clone()));
        ChoiceMatch { argument: argument.to_owned(), arms: arms.collect() }
    }

    fn operations(&self, method: &ModelMethod, constants: &[String]) -> Vec<Operation> {
        let pagination = match &method.output {
            Output::Page { pagination, .. } => {
                Some(self.names.names().api().paginations[*pagination].upper_snake())
            }
            _ => None,
        };
        let security = method.security.as_ref().map_or("SECURITY".to_owned(), |ways| self.names.security(ways));
        let operation = |constant: &String, id: &str, path: &str| Operation {
            constant: constant.clone(),
            id: names::literal(id),
            verb: names::literal(&method.verb),
            path: names::literal(path),
            base_url: method.base_url.as_deref().map(names::literal),
            envelope: self.sdk.envelope.is_some() && method.enveloped,
            pagination: pagination.clone(),
            security: security.clone(),
        };
        let endpoints = match &method.endpoint {
            Endpoint::Path(path) => vec![(&method.operation, path)],
            Endpoint::Choice { paths, .. } => paths.iter().map(|(id, path)| (id, path)).collect(),
        };
        constants.iter().zip(endpoints).map(|(constant, (id, path))| operation(constant, id, path)).collect()
    }

    fn output(&self, method: &ModelMethod, resource: &Resource, uses: &mut Vec<String>) -> Request {
        let mut request = Request {
            name: String::new(),
            constructor: String::new(),
            is_call: false,
            output: "()".to_owned(),
            item: None,
            streamed: None,
            stream: None,
            has_parts: method.body.as_ref().is_some_and(|body| {
                let is_form = |media_type: &String| media_type.starts_with("multipart/form-data");
                body.format == BodyFormat::Parts || body.alternatives.iter().any(is_form)
            }),
            setters: Vec::new(),
        };
        match &method.output {
            Output::Nothing => {}
            Output::Text => request.output = "text".to_owned(),
            Output::Bytes => request.output = "bytes".to_owned(),
            Output::Value { ty, nullable } => {
                self.collect_uses(ty, &resource.path, uses);
                let owned = self.owned(ty);
                request.output = if *nullable { quote!(Option<#owned>) } else { owned }.to_string();
            }
            Output::Page { item, .. } => {
                self.collect_uses(item, &resource.path, uses);
                request.item = Some(self.owned(item).to_string());
            }
            Output::Stream(stream) => {
                self.collect_uses(&stream.item, &resource.path, uses);
                let item = tidy(&self.owned(&stream.item).to_string());
                request.output = match stream.framing {
                    Framing::Events => format!("events of {item}"),
                    Framing::TextEvents => "text events".to_owned(),
                    Framing::Lines => format!("lines of {item}"),
                };
                request.streamed = Some(item);
            }
        }
        request.stream = method.stream.as_ref().map(|stream| {
            self.collect_uses(&stream.item, &resource.path, uses);
            Stream {
                item: tidy(&self.owned(&stream.item).to_string()),
                read: match stream.framing {
                    Framing::Events => "events",
                    Framing::TextEvents => "text_events",
                    Framing::Lines => "lines",
                }
                .to_owned(),
                fill: method.switch.iter().map(|switch| stream_flag_statement(switch, "self.0", true)).collect(),
                example: self.stream_example(resource, method),
            }
        });
        // The macro shows these in documentation as they are written here.
        request.output = tidy(&request.output);
        request.item = request.item.map(|item| tidy(&item));
        request
    }

    pub(super) fn setters(
        &self,
        resource: &Resource,
        method: &ModelMethod,
        uses: &mut Vec<String>,
    ) -> Vec<Setter> {
        let mut setters = Vec::new();
        for names::Setter { parameter: index, name, null } in self.names.setters(resource, method) {
            let parameter = &method.parameters[index];
            self.collect_uses(&parameter.ty, &resource.path, uses);
            let argument_name = if name == "self_" { "value" } else { name.as_str() };
            let argument = self.argument_of(&parameter.ty, false, argument_name);
            let fallback = format!("Sets `{}`.", parameter.wire);
            let description = docs::or(parameter.description.as_deref(), &fallback);
            let fill = self.fill(method, parameter, &argument, "self.0");
            setters.push(Setter {
                docs: docs::lines(&[Some(description)]),
                deprecated: parameter.deprecated,
                fill,
                argument: Some(argument),
                name: name.clone(),
                parameter: index,
            });
            if let Some(name) = null {
                let wire = names::literal(&parameter.wire);
                setters.push(Setter {
                    name,
                    docs: docs::lines(&[Some(&format!("Sets `{}` to null.", parameter.wire))]),
                    deprecated: parameter.deprecated,
                    argument: None,
                    fill: vec![format!("self.0.body_field({wire}, &runtime::Value::Null);")],
                    parameter: index,
                });
            }
        }
        setters
    }
}

/// A type's tokens without blanks around its signs.
pub(crate) fn tidy(tokens: &str) -> String {
    tokens.replace(" :: ", "::").replace(" < ", "<").replace(" >", ">").replace(" ,", ",").replace("< ", "<")
}
