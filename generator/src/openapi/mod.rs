//! OpenAPI 3.0, 3.1 and 3.2 documents in one vocabulary.
//!
//! [`read`] returns the content of the document as written; [`normalize`] simplifies its schemas and selects its
//! responses, request bodies and media types.

mod api;
mod external_docs;
pub mod normalize;
mod operation;
mod read;
mod schema;
mod security;
mod server;

pub use api::{Api, Tag};
pub use external_docs::ExternalDocs;
pub(crate) use operation::path_parameters;
pub use operation::{Body, Content, Encoding, Operation, Parameter, ParameterKind, Response};
pub use read::read;
pub use schema::{AdditionalProperties, Discriminator, Schema, SchemaId, Schemas, Type};
pub use security::{SecurityScheme, SecuritySchemeKind};
pub use server::{Server, ServerVariable};
