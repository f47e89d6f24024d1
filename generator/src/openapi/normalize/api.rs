use std::collections::HashMap;

use super::direction::direction_dependent;
use super::operations::{self, SuccessUnion};
use super::simplify::simplify;
use crate::diagnostics::Report;
use crate::document::Document;
use crate::openapi::api::{Api, Tag};
use crate::openapi::external_docs::ExternalDocs;
use crate::openapi::operation::Operation;
use crate::openapi::schema::{SchemaId, Schemas};
use crate::openapi::security::SecurityScheme;
use crate::openapi::server::Server;

/// An API in normal form.
///
/// - Schemas have one notation per concept: a list of types is a union, keywords next to a union are part of each
///   member, a property that several parts of an `allOf` describe is described once, and no union is a member of
///   itself.
/// - The body of an operation is required if one of its properties is, unless the document states otherwise.
/// - An operation without a success response has `default` as `2XX`.
#[derive(Debug)]
pub struct NormalizedApi {
    /// Title of the API.
    pub title: String,
    /// Description of the API.
    pub description: Option<String>,
    /// Page with further documentation.
    pub external_docs: Option<ExternalDocs>,
    /// Servers of the API; the first one is the default.
    pub servers: Vec<Server>,
    /// Groups of operations.
    pub tags: Vec<Tag>,
    /// Security schemes, in the order of the document.
    pub security_schemes: Vec<SecurityScheme>,
    /// Security requirements of the operations that do not state their own: alternatives, each a set of scheme names
    /// that are used together.
    pub security: Vec<Vec<String>>,
    /// Operations, in the order of the document.
    pub operations: Vec<Operation>,
    /// All schemas: those of the document, simplified, and those added by the simplification.
    pub schemas: Schemas,
    /// Unions of the JSON of several success responses, by operation id.
    pub(super) success_unions: HashMap<String, SuccessUnion>,
    /// `true` for each schema that contains a read-only or write-only property, by the number of the schema.
    direction_dependent: Vec<bool>,
}

impl NormalizedApi {
    /// Returns `true` if the schema differs between requests and responses, because it contains a read-only or
    /// write-only property.
    pub(crate) fn is_direction_dependent(&self, id: SchemaId) -> bool {
        self.direction_dependent[id.index()]
    }
}

/// Brings an API into normal form. Contradictions between parts of an `allOf` are reported to `report`.
pub fn normalize(mut api: Api, document: &Document, report: &mut Report) -> NormalizedApi {
    let success_unions = operations::complete(&mut api);
    simplify(&mut api, document, report);
    let direction_dependent = direction_dependent(&api.schemas);
    let Api {
        title,
        version: _,
        description,
        external_docs,
        servers,
        tags,
        security_schemes,
        security,
        operations,
        schemas,
    } = api;
    NormalizedApi {
        title,
        description,
        external_docs,
        servers,
        tags,
        security_schemes,
        security,
        operations,
        schemas,
        success_unions,
        direction_dependent,
    }
}
