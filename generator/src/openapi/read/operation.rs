use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::reader::Reader;
use super::shared::{external_docs, security_requirements, servers};
use crate::document::Located;
use crate::openapi::operation::{Body, Operation, Parameter, ParameterKind, Response};

/// Keys of a path item that hold operations.
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
                self.error(&operation.location, message, "use letters, such as `LINK`");
                continue;
            }
            let method = method.as_str();
            // The specification does not allow a reference here, but documents in several files use one.
            if let Some(operation) = self.deref(operation) {
                let mut operation = self.operation(path, method, &shared, &operation);
                if operation.servers.is_empty() {
                    operation.servers = servers(item);
                }
                if !self.operation_ids.insert(operation.id.clone()) {
                    let id = format!("{method} {path}");
                    let message = format!("duplicate operationId `{}`; `{id}` is used instead", operation.id);
                    self.warn(&operation.location, message, "give the operation a unique `operationId`");
                    self.operation_ids.insert(id.clone());
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
            is_required_stated: body.value.get("required").is_some(),
            content: self.content(&body),
            location: body.location,
        });
        let mut responses = Vec::new();
        for (status, response) in operation.get("responses").iter().flat_map(Located::members) {
            if let Some(response) = self.deref(response) {
                let headers = response.get("headers");
                responses.push(Response {
                    status: status.clone(),
                    description: response.text("description"),
                    headers: headers.iter().flat_map(Located::members).map(|(name, _)| name.clone()).collect(),
                    content: self.content(&response),
                    location: response.location,
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
            security: operation.get("security").map(|security| security_requirements(&security)),
            permissions: texts("x-accepted-permissions"),
            location: operation.location.clone(),
        }
    }
}
