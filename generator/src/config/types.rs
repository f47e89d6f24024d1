use sdk_protocol::{Envelope, ErrorKeys, Owned};

use super::pagination::ConfiguredPagination;
use super::renamed::Renamed;
use crate::document::SourceLocation;

/// Configuration of an SDK.
#[derive(Debug, Default)]
pub struct Config {
    /// Metadata of the generated package.
    pub package: Package,
    /// Base URL of the API.
    pub base_url: BaseUrl,
    /// Security schemes, each with the environment variable of its credential.
    pub authentication: Vec<(String, String, SourceLocation)>,
    /// Name of the header with the idempotency key, by which the API recognizes retried requests.
    pub idempotency_header: Option<String>,
    /// Response header with the ID of the request.
    pub request_id_header: Option<String>,
    /// Paths to codes and messages in error responses.
    pub errors: Option<ErrorKeys<Owned>>,
    /// Object that wraps every response.
    pub envelope: Option<Envelope<Owned>>,
    /// Paginations with their names.
    pub paginations: Vec<(String, ConfiguredPagination)>,
    /// Names of invalid paginations. Their errors have been reported.
    pub invalid_paginations: Vec<String>,
    /// Resources, in the order of the SDK.
    pub resources: Vec<Resource>,
    /// Names that replace names of the document.
    pub names: Names,
    /// Deprecated names of methods and types.
    pub renamed: Renamed,
}

/// Metadata of the generated package.
#[derive(Debug, Default)]
pub struct Package {
    /// Name of the package.
    pub name: String,
    /// Version of the package, by the rules of SemVer.
    pub version: String,
    /// Description of the package, in one line.
    pub description: String,
    /// URL of the source repository.
    pub repository: Option<String>,
}

/// Base URL of the API.
#[derive(Debug, Default)]
pub struct BaseUrl {
    /// The URL. If it is `None`, the first server of the document applies.
    pub url: Option<String>,
    /// Environment variable that overrides the URL.
    pub environment: String,
}

/// Resource with its methods and sub-resources.
#[derive(Debug)]
pub struct Resource {
    /// Name in snake case.
    pub name: String,
    /// Location in the configuration.
    pub location: SourceLocation,
    /// Description of the resource.
    pub description: Option<String>,
    /// Methods of the resource.
    pub methods: Vec<Method>,
    /// Names of schemas that belong to the resource even if other resources use them.
    pub models: Vec<(String, SourceLocation)>,
    /// Sub-resources.
    pub resources: Vec<Resource>,
}

/// Method of a resource.
#[derive(Debug)]
pub struct Method {
    /// Name in snake case.
    pub name: String,
    /// Location in the configuration.
    pub location: SourceLocation,
    /// Operation or operations that the method calls.
    pub target: MethodTarget,
    /// Name of the pagination.
    pub pagination: Option<(String, SourceLocation)>,
}

/// Operation or operations that a method calls.
#[derive(Debug)]
pub enum MethodTarget {
    /// Operation with this id.
    Operation(String, SourceLocation),
    /// Choice between operations that differ in one path parameter.
    EndpointChoice {
        /// Name of the enum from which the caller chooses.
        choice: String,
        /// Path parameters, each with the id of its operation.
        operations: Vec<(String, String, SourceLocation)>,
    },
}

/// Names that replace names of the document, and names of secrets.
#[derive(Debug, Default)]
pub struct Names {
    /// Names of schemas, each with the name of its type.
    pub types: Vec<(String, String, SourceLocation)>,
    /// Names of properties and parameters on the wire, each with its name in the SDK.
    pub fields: Vec<(String, String, SourceLocation)>,
    /// Names of schemas and properties with secret text, which must not appear in logs.
    pub secrets: Vec<(String, SourceLocation)>,
}
