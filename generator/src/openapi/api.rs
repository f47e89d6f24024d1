use super::external_docs::ExternalDocs;
use super::operation::Operation;
use super::schema::Schemas;
use super::security::SecurityScheme;
use super::server::Server;

/// An API as described by its document.
#[derive(Debug, Default)]
pub struct Api {
    /// Title of the API.
    pub title: String,
    /// Version of the document.
    pub version: String,
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
    /// All schemas of the document.
    pub schemas: Schemas,
}

/// A group of operations.
#[derive(Debug)]
pub struct Tag {
    /// Name of the tag.
    pub name: String,
    /// Description of the tag.
    pub description: Option<String>,
    /// Page with further documentation.
    pub external_docs: Option<ExternalDocs>,
}
