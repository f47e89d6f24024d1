use sdk_protocol::{Envelope, ErrorKeys, Owned};

use super::pagination::ConfiguredPagination;
use super::renamed::Renamed;
use crate::document::SourceLocation;

/// How the SDK presents the API.
#[derive(Debug, Default)]
pub struct Config {
    /// The generated package.
    pub package: Package,
    /// Where the API is.
    pub base_url: BaseUrl,
    /// The environment variables of the credentials, by security scheme.
    pub authentication: Vec<(String, String, SourceLocation)>,
    /// The header by which the API recognizes a request that is sent again.
    pub idempotency_header: Option<String>,
    /// Response header with the ID of the request.
    pub request_id_header: Option<String>,
    /// Paths to codes and messages in error responses.
    pub errors: Option<ErrorKeys<Owned>>,
    /// Object that wraps every response.
    pub envelope: Option<Envelope<Owned>>,
    /// Paginations, by name.
    pub paginations: Vec<(String, ConfiguredPagination)>,
    /// Names of invalid paginations, which are already reported.
    pub invalid_paginations: Vec<String>,
    /// The resources, in the order in which they are presented.
    pub resources: Vec<Resource>,
    /// Other names than the document's.
    pub names: Names,
    /// Old names that stay for a while.
    pub renamed: Renamed,
}

/// The generated package.
#[derive(Debug, Default)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it is, in a line.
    pub description: String,
    /// Where its sources are.
    pub repository: Option<String>,
}

/// Where the API is.
#[derive(Debug, Default)]
pub struct BaseUrl {
    /// The URL; the document's first server where it is not stated.
    pub url: Option<String>,
    /// The environment variable that overrides it.
    pub environment: String,
}

/// A resource and what is below it.
#[derive(Debug)]
pub struct Resource {
    /// Its name, in snake case.
    pub name: String,
    /// Where it stands.
    pub location: SourceLocation,
    /// What it is.
    pub description: Option<String>,
    /// Its methods.
    pub methods: Vec<Method>,
    /// Names of schemas that belong to it, whoever else uses them.
    pub models: Vec<(String, SourceLocation)>,
    /// The resources below it.
    pub resources: Vec<Resource>,
}

/// A method of a resource.
#[derive(Debug)]
pub struct Method {
    /// Its name, in snake case.
    pub name: String,
    /// Where it stands.
    pub location: SourceLocation,
    /// What it calls.
    pub calls: Calls,
    /// How its list goes on, by name.
    pub pagination: Option<(String, SourceLocation)>,
}

/// What a method calls.
#[derive(Debug)]
pub enum Calls {
    /// An operation, by its id.
    Operation(String, SourceLocation),
    /// One of several operations that differ in one path parameter: the type that tells them apart, and the
    /// operation for each parameter.
    OneOf {
        /// The type's name.
        choice: String,
        /// The path parameters and the ids of their operations.
        operations: Vec<(String, String, SourceLocation)>,
    },
}

/// Other names than the document's.
#[derive(Debug, Default)]
pub struct Names {
    /// Types, by the name of the schema.
    pub types: Vec<(String, String, SourceLocation)>,
    /// Fields and parameters, by their name on the wire.
    pub fields: Vec<(String, String, SourceLocation)>,
    /// Schemas and properties whose text must not be seen in logs.
    pub secrets: Vec<(String, SourceLocation)>,
}
