use sdk_protocol::{Envelope, ErrorKeys, Owned, Pagination, Placement};
use serde_json::Value;

use super::method::{Endpoint, Method};
use super::types::TypeDefinition;
use crate::config::{Package, Renaming};
use crate::openapi::ExternalDocs;

/// An SDK.
#[derive(Debug)]
pub struct Sdk {
    /// The generated package.
    pub package: Package,
    /// Title of the API.
    pub title: String,
    /// Description of the API.
    pub description: Option<String>,
    /// Page with further documentation.
    pub external_docs: Option<ExternalDocs>,
    /// Base URL of the API, which may contain variables in braces.
    pub base_url: String,
    /// Variables of the base URL.
    pub base_url_parts: Vec<ServerVariable>,
    /// URLs and descriptions of all servers of the document.
    pub servers: Vec<(String, Option<String>)>,
    /// Environment variable that overrides [`base_url`](Self::base_url).
    pub base_url_variable: String,
    /// Header with a key by which the server recognizes a repeated request.
    pub idempotency_header: Option<String>,
    /// Response header with the ID of the request.
    pub request_id_header: Option<String>,
    /// Paths to codes and messages in error responses.
    pub error_keys: Option<ErrorKeys<Owned>>,
    /// All credentials.
    pub credentials: Vec<Credential>,
    /// Default security requirements: alternatives, each a set of indices of credentials that are used together.
    pub security: Vec<Vec<usize>>,
    /// Object that wraps responses.
    pub envelope: Option<Envelope<Owned>>,
    /// Paginations, by name.
    pub paginations: Vec<(String, Pagination<Owned>)>,
    /// Choices between endpoints of a method.
    pub endpoint_choices: Vec<EndpointChoice>,
    /// Top-level resources.
    pub resources: Vec<Resource>,
    /// All named types.
    pub types: Vec<TypeDefinition>,
    /// Deprecated names of types, in the spelling of Rust.
    pub renamed_types: Vec<Renaming>,
}

impl Sdk {
    /// Returns the ids of all operations that methods call.
    pub fn operations(&self) -> Vec<&str> {
        let mut ids = Vec::new();
        for_each_method(&self.resources, &mut |_, method| match &method.endpoint {
            Endpoint::Path(_) => ids.push(method.operation.as_str()),
            Endpoint::Choice { paths, .. } => ids.extend(paths.iter().map(|(id, _)| id.as_str())),
        });
        ids
    }

    /// Calls `visit` with every method.
    pub fn methods(&self, visit: &mut dyn FnMut(&Method)) {
        for_each_method(&self.resources, &mut |_, method| visit(method));
    }
}

/// Calls `visit` with the path of a resource and each of its methods, for all resources at any depth.
pub(super) fn for_each_method<'a>(resources: &'a [Resource], visit: &mut dyn FnMut(&'a [String], &'a Method)) {
    for resource in resources {
        for method in &resource.methods {
            visit(&resource.path, method);
        }
        for_each_method(&resource.resources, visit);
    }
}

/// A credential.
#[derive(Debug)]
pub struct Credential {
    /// Name of the security scheme.
    pub name: String,
    /// Environment variable with the credential.
    pub variable: String,
    /// Description of the credential.
    pub description: Option<String>,
    /// Part of the request that carries the credential.
    pub placement: Placement<Owned>,
}

/// A variable of the base URL.
#[derive(Debug)]
pub struct ServerVariable {
    /// Name of the variable.
    pub name: String,
    /// Default value.
    pub default: String,
    /// Description of the variable and its values.
    pub description: Option<String>,
}

/// A choice between the endpoints of a method by a path parameter, such as an account or a zone.
#[derive(Debug, PartialEq, Eq)]
pub struct EndpointChoice {
    /// Name of the type.
    pub name: String,
    /// Path parameters, of which a call has one.
    pub parameters: Vec<ChoiceParameter>,
}

/// A path parameter of an endpoint choice.
#[derive(Debug, PartialEq, Eq)]
pub struct ChoiceParameter {
    /// Name in the path template.
    pub name: String,
    /// Description of the parameter.
    pub description: Option<String>,
    /// Example value.
    pub example: Option<Value>,
}

/// A resource: a group of methods.
#[derive(Debug)]
pub struct Resource {
    /// Names of the resources from the top level to this one.
    pub path: Vec<String>,
    /// Description of the resource.
    pub description: Option<String>,
    /// Page with further documentation.
    pub external_docs: Option<ExternalDocs>,
    /// Methods of the resource.
    pub methods: Vec<Method>,
    /// Child resources.
    pub resources: Vec<Resource>,
}

impl Resource {
    /// Returns the name of the resource, the last segment of its path.
    pub fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }
}
