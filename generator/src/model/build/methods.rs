use super::builder::ModelBuilder;
use super::credentials::alternatives;
use super::responses::MethodResponse;
use super::servers;
use crate::config::{self, MethodTarget};
use crate::inflection::singular;
use crate::model::method::{Endpoint, Method};
use crate::openapi::Operation;

impl<'a> ModelBuilder<'a> {
    /// Builds a configured method. `resource` is the path of its resource.
    pub(super) fn method(&mut self, method: &config::Method, resource: &[String]) -> Option<Method> {
        let pagination = self.pagination(method);
        let name = resource.last().map(String::as_str).unwrap_or_default();
        let hint = format!("{} {}", singular(name), method.name);
        match &method.target {
            MethodTarget::Operation(id, location) => {
                let operation = self.operation(id, location)?;
                Some(self.lower_method(method, operation, pagination, &hint))
            }
            MethodTarget::EndpointChoice { choice, operations } => {
                let mut found = Vec::new();
                for (parameter, id, location) in operations {
                    let operation = self.operation(id, location)?;
                    found.push((parameter.as_str(), operation, location));
                }
                let Some((_, first, _)) = found.first().copied() else {
                    self.config_error(
                        &method.location,
                        "`one_of` is empty",
                        "add an operation for each parameter",
                    );
                    return None;
                };
                let mut lowered = self.lower_method(method, first, pagination, &hint);
                self.choose_endpoint(&mut lowered, choice, &found)?;
                Some(lowered)
            }
        }
    }

    /// Returns the index of a method's pagination in the configuration.
    fn pagination(&mut self, method: &config::Method) -> Option<usize> {
        let (name, location) = method.pagination.as_ref()?;
        let found = self.config.paginations.iter().position(|(known, _)| known == name);
        if found.is_none() && !self.config.invalid_paginations.contains(name) {
            let known: Vec<&str> = self.config.paginations.iter().map(|(name, _)| name.as_str()).collect();
            let (message, help) = match known.as_slice() {
                [] => (format!("unknown pagination `{name}`"), format!("add `{name}` below `pagination:`")),
                known => {
                    let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
                    let message = format!("unknown pagination `{name}`; expected one of {}", known.join(", "));
                    (message, format!("correct the name, or add `{name}` below `pagination:`"))
                }
            };
            self.config_error(location, message, help);
        }
        found
    }

    fn lower_method(
        &mut self,
        method: &config::Method,
        operation: &'a Operation,
        pagination: Option<usize>,
        hint: &str,
    ) -> Method {
        let config = self.config;
        let counts: &[String] = pagination.map_or(&[], |index| &config.paginations[index].1.count_parameters);
        let mut parameters = self.parameters(operation, counts, hint);
        let body = self.request_body(operation, hint, &mut parameters);
        let MethodResponse { output, enveloped, accept, stream } = self.response(operation, pagination, hint);
        let stream_flag = stream.as_ref().and_then(|_| self.stream_flag(operation, &mut parameters));
        let error_responses = self.error_responses(operation, hint);
        Method {
            name: method.name.clone(),
            deprecated_names: Vec::new(),
            error_responses,
            location: operation.location.clone(),
            operation: operation.id.clone(),
            verb: operation.method.clone(),
            base_url: servers::own_base_url(self.api, operation),
            endpoint: Endpoint::Path(request_path(&operation.path)),
            summary: operation.summary.clone(),
            description: operation.description.clone(),
            external_docs: operation.external_docs.clone(),
            deprecated: operation.deprecated,
            permissions: operation.permissions.clone(),
            parameters,
            body,
            output,
            accept,
            stream,
            stream_flag,
            enveloped,
            security: self.security(operation),
        }
    }

    /// Returns the security requirements of an operation, if they differ from those of the SDK.
    fn security(&self, operation: &Operation) -> Option<Vec<Vec<usize>>> {
        let stated = operation.security.as_ref()?;
        let own = alternatives(self.api, stated, &self.credentials);
        // If the SDK has the credentials of no alternative, its default credentials are sent.
        let is_supported = stated.is_empty() || !own.is_empty();
        let is_default = own == alternatives(self.api, &self.api.security, &self.credentials);
        (is_supported && !is_default).then_some(own)
    }
}

/// Returns the path without a fragment, which only distinguishes several operations on one path in the document.
pub(super) fn request_path(path: &str) -> String {
    path.split('#').next().unwrap_or_default().to_owned()
}
