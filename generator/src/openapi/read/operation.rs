use std::collections::HashMap;
use std::collections::hash_map::Entry;

use serde_json::Value;

use super::{Reader, external_docs, security_alternatives, servers};
use crate::document::{Located, SourceLocation};
use crate::openapi::{Body, Content, Encoding, Operation, Parameter, ParameterKind, Response};

const METHODS: [&str; 9] = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

impl<'a> Reader<'a> {
    pub(super) fn path_item(&mut self, path: &str, item: &Located<'a>, operations: &mut Vec<Operation>) {
        let shared: Vec<Located<'a>> = item.get("parameters").iter().flat_map(Located::items).collect();
        let additional = item.get("additionalOperations");
        let known = METHODS.iter().filter_map(|method| Some(((*method).to_owned(), item.get(method)?)));
        let others = additional.iter().flat_map(Located::members).map(|(name, found)| (name.clone(), found));
        for (method, operation) in known.chain(others).collect::<Vec<_>>() {
            let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
            if method.is_empty() || !method.chars().all(is_token) {
                let message = format!("`{}` is not an HTTP method", method.escape_debug());
                self.error(&operation.location, message, "use letters, as in `LINK`");
                continue;
            }
            let method = method.as_str();
            // Documents in many files refer to operations as well, though the letter has no room for that.
            if let Some(operation) = self.deref(operation) {
                let mut operation = self.operation(path, method, &shared, &operation);
                if operation.servers.is_empty() {
                    operation.servers = servers(item);
                }
                if !self.operations.insert(operation.id.clone()) {
                    let id = format!("{method} {path}");
                    let message = format!("the operationId `{}` is another operation's as well", operation.id);
                    self.warn(
                        &operation.location,
                        message,
                        &format!("this one is called `{id}`; give it an id of its own"),
                    );
                    self.operations.insert(id.clone());
                    operation.id = id;
                }
                operations.push(operation);
            }
        }
    }

    fn operation(
        &mut self,
        path: &str,
        method: &str,
        shared: &[Located<'a>],
        operation: &Located<'a>,
    ) -> Operation {
        let own = operation.get("parameters");
        let mut parameters: Vec<Parameter> = Vec::new();
        let mut known: HashMap<(String, ParameterKind), usize> = HashMap::new();
        for parameter in shared.iter().cloned().chain(own.iter().flat_map(Located::items)) {
            let Some(parameter) = self.parameter(parameter) else { continue };
            match known.entry((parameter.name.clone(), parameter.kind)) {
                Entry::Occupied(entry) => parameters[*entry.get()] = parameter,
                Entry::Vacant(entry) => {
                    entry.insert(parameters.len());
                    parameters.push(parameter);
                }
            }
        }
        self.match_path(path, &operation.location, &mut parameters);
        let body = operation.get("requestBody").and_then(|body| self.deref(body)).map(|body| Body {
            required: body.flag("required"),
            is_stated: body.value.get("required").is_some(),
            content: self.content(&body),
            location: body.location,
        });
        let mut responses = Vec::new();
        for (status, response) in operation.get("responses").iter().flat_map(Located::members) {
            if let Some(response) = self.deref(response) {
                let content = self.content(&response);
                let headers = response.get("headers");
                let headers = headers.iter().flat_map(Located::members).map(|(name, _)| name.clone()).collect();
                let description = response.text("description");
                responses.push(Response {
                    location: response.location,
                    status: status.clone(),
                    description,
                    headers,
                    content,
                });
            }
        }
        let texts = |name: &str| {
            let list = operation.get(name);
            list.iter()
                .flat_map(Located::items)
                .filter_map(|item| item.value.as_str().map(str::to_owned))
                .collect()
        };
        Operation {
            id: operation.text("operationId").unwrap_or_else(|| format!("{method} {path}")),
            method: method.to_uppercase(),
            path: path.to_owned(),
            summary: operation.text("summary"),
            description: operation.text("description"),
            external_docs: external_docs(operation),
            tags: texts("tags"),
            deprecated: operation.flag("deprecated"),
            parameters,
            body,
            responses,
            servers: servers(operation),
            security: operation.get("security").map(|security| security_alternatives(&security)),
            permissions: texts("x-accepted-permissions"),
            location: operation.location.clone(),
        }
    }

    /// Makes the path's parameters those of its template: what a document forgets to declare is text.
    fn match_path(&mut self, path: &str, operation: &SourceLocation, parameters: &mut Vec<Parameter>) {
        let template: Vec<&str> = path_parameters(path).collect();
        for name in &template {
            if parameters.iter().any(|known| known.kind == ParameterKind::Path && known.name == *name) {
                continue;
            }
            let message = format!("the path parameter `{name}` is not declared");
            let help = "it is taken for text; declare it among the operation's or the path's `parameters`";
            self.warn(operation, message, help);
            parameters.push(Parameter {
                location: operation.clone(),
                name: (*name).to_owned(),
                kind: ParameterKind::Path,
                required: true,
                description: None,
                deprecated: false,
                schema: None,
                style: None,
                explode: None,
                allow_reserved: false,
                media_type: None,
                example: None,
            });
        }
        parameters.retain(|parameter| {
            let is_there = parameter.kind != ParameterKind::Path || template.contains(&parameter.name.as_str());
            if !is_there {
                let message = format!("the path has no `{{{}}}`", parameter.name);
                self.warn(
                    &parameter.location,
                    message,
                    "the parameter is left out; correct its name, or the path",
                );
            }
            is_there
        });
    }

    fn parameter(&mut self, parameter: Located<'a>) -> Option<Parameter> {
        let parameter = self.deref(parameter)?;
        let Some(name) = parameter.text("name") else {
            self.warn(&parameter.location, "this parameter has no name", "it is left out; give it a `name`");
            return None;
        };
        let kind = match parameter.text("in").as_deref() {
            Some("path") => ParameterKind::Path,
            Some("query") => ParameterKind::Query,
            Some("header") => ParameterKind::Header,
            Some("cookie") => ParameterKind::Cookie,
            Some("querystring") => ParameterKind::QueryString,
            other => {
                let message = format!("the parameter `{name}` is in `{}`", other.unwrap_or("nothing"));
                let help = "it is left out; say `in: path`, `query`, `header`, `cookie` or `querystring`";
                self.warn(&parameter.location, message, help);
                return None;
            }
        };
        let content = parameter.get("content");
        let content = content.as_ref().and_then(|content| content.members().next());
        let media_type = content.as_ref().map(|(media_type, _)| (*media_type).clone());
        let media = content.and_then(|(_, media)| self.deref(media));
        let schema = parameter.get("schema").or_else(|| media?.get("schema"));
        let named_example = || {
            let examples = parameter.get("examples")?;
            examples.members().next().and_then(|(_, example)| example.value.get("value"))
        };
        Some(Parameter {
            name,
            kind,
            required: parameter.flag("required") || kind == ParameterKind::Path,
            description: parameter.text("description"),
            deprecated: parameter.flag("deprecated"),
            schema: schema.map(|schema| self.schema(schema)),
            style: parameter.text("style"),
            explode: parameter.value.get("explode").and_then(Value::as_bool),
            allow_reserved: parameter.flag("allowReserved"),
            media_type,
            example: parameter.value.get("example").or_else(named_example).cloned(),
            location: parameter.location,
        })
    }

    fn content(&mut self, body: &Located<'a>) -> Vec<Content> {
        let content = body.get("content");
        let mut contents = Vec::new();
        for (media_type, media) in content.iter().flat_map(Located::members) {
            let Some(media) = self.deref(media) else { continue };
            let schema = media.get("schema").map(|schema| self.schema(schema));
            let item_schema = media.get("itemSchema").map(|schema| self.schema(schema));
            let mut encoding = Vec::new();
            for (name, stated) in media.get("encoding").iter().flat_map(Located::members) {
                let headers = stated.get("headers");
                let headers = headers.iter().flat_map(Located::members).map(|(name, _)| name.clone()).collect();
                encoding.push(Encoding {
                    name: name.clone(),
                    content_type: stated.text("contentType"),
                    style: stated.text("style"),
                    explode: stated.value.get("explode").and_then(Value::as_bool),
                    headers,
                });
            }
            contents.push(Content { media_type: media_type.clone(), schema, item_schema, encoding });
        }
        contents
    }
}

/// The names in a path's template.
pub(crate) fn path_parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}
