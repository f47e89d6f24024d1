//! OpenAPI 3.0 and 3.1 in one vocabulary: what the document says, without what it means for an SDK.

mod operation;
mod read;
mod schema;

pub use operation::{
    Body, Content, Encoding, ExternalDocs, Operation, Parameter, ParameterKind, Response, SecurityScheme,
    SecuritySchemeKind, Server, ServerVariable, Tag,
};
pub(crate) use read::path_parameters;
pub use read::read;
pub use schema::{Additional, Discriminator, Schema, SchemaId, Schemas, Type};

/// An API as its document describes it.
#[derive(Debug, Default)]
pub struct Api {
    /// The title.
    pub title: String,
    /// The version of the document.
    pub version: String,
    /// What the API is for.
    pub description: Option<String>,
    /// Where more is said of it.
    pub external_docs: Option<ExternalDocs>,
    /// Where it is, the main place first.
    pub servers: Vec<Server>,
    /// The groups of operations.
    pub tags: Vec<Tag>,
    /// The ways to authenticate, by name.
    pub security_schemes: Vec<SecurityScheme>,
    /// The alternatives for operations that don't state their own, each a set of schemes that go together.
    pub security: Vec<Vec<String>>,
    /// The operations, in the order of the document.
    pub operations: Vec<Operation>,
    /// Every schema of the document.
    pub schemas: Schemas,
}
