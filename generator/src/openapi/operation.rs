use serde_json::Value;

use super::external_docs::ExternalDocs;
use super::schema::SchemaId;
use super::server::Server;
use crate::document::SourceLocation;

/// An operation: an HTTP method on a path.
#[derive(Debug)]
pub struct Operation {
    /// Location in the document.
    pub location: SourceLocation,
    /// Operation id; the method and path if the document states none.
    pub id: String,
    /// HTTP method, in capitals.
    pub method: String,
    /// Path template.
    pub path: String,
    /// Short description.
    pub summary: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// Page with further documentation.
    pub external_docs: Option<ExternalDocs>,
    /// Names of the operation's tags.
    pub tags: Vec<String>,
    /// `true` if the operation is deprecated.
    pub deprecated: bool,
    /// Parameters, those of the path item first.
    pub parameters: Vec<Parameter>,
    /// Request body.
    pub body: Option<Body>,
    /// Responses, in the order of the document.
    pub responses: Vec<Response>,
    /// Servers of the operation or its path item; empty if the servers of the API apply.
    pub servers: Vec<Server>,
    /// Security requirements, if they differ from those of the API.
    pub security: Option<Vec<Vec<String>>>,
    /// Permissions; the caller needs one of them.
    pub permissions: Vec<String>,
}

/// Part of the request that carries a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParameterKind {
    /// Path segment.
    Path,
    /// Query parameter.
    Query,
    /// Header.
    Header,
    /// Cookie.
    Cookie,
    /// Entire query string.
    QueryString,
}

/// A parameter of an operation.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Location in the document.
    pub location: SourceLocation,
    /// Name on the wire.
    pub name: String,
    /// Part of the request that carries the parameter.
    pub kind: ParameterKind,
    /// `true` if the parameter is required.
    pub required: bool,
    /// Description of the parameter.
    pub description: Option<String>,
    /// `true` if the parameter is deprecated.
    pub deprecated: bool,
    /// Schema of the value.
    pub schema: Option<SchemaId>,
    /// Serialization style of arrays and objects, if stated.
    pub style: Option<String>,
    /// `explode`: each item of an array or object is serialized separately, if stated.
    pub explode: Option<bool>,
    /// `true` if reserved characters are not percent-encoded.
    pub allow_reserved: bool,
    /// Media type of the value, if the parameter has `content`.
    pub media_type: Option<String>,
    /// Example value.
    pub example: Option<Value>,
}

/// A request body.
#[derive(Debug)]
pub struct Body {
    /// Location in the document.
    pub location: SourceLocation,
    /// `true` if the body is required.
    pub required: bool,
    /// `true` if the document states `required`, with either value.
    pub is_required_stated: bool,
    /// Content by media type, in the order of the document.
    pub content: Vec<Content>,
}

/// A response of an operation.
#[derive(Debug)]
pub struct Response {
    /// Location in the document.
    pub location: SourceLocation,
    /// Status code, range such as `4XX`, or `default`.
    pub status: String,
    /// Description of the response.
    pub description: Option<String>,
    /// Names of the response headers.
    pub headers: Vec<String>,
    /// Content by media type, in the order of the document.
    pub content: Vec<Content>,
}

impl Response {
    /// Returns `true` for a status of `2XX`.
    pub(crate) fn is_success(&self) -> bool {
        self.status.starts_with('2')
    }
}

/// The content of a body in one media type.
#[derive(Debug)]
pub struct Content {
    /// Media type or range.
    pub media_type: String,
    /// Schema of the body.
    pub schema: Option<SchemaId>,
    /// Schema of each item, if the body is a sequence of items.
    pub item_schema: Option<SchemaId>,
    /// Encodings of the fields of a form.
    pub encoding: Vec<Encoding>,
}

/// Encoding of a form field.
#[derive(Debug)]
pub struct Encoding {
    /// Name of the field.
    pub name: String,
    /// Media type, or a comma-separated list of media types.
    pub content_type: Option<String>,
    /// Serialization style of arrays and objects.
    pub style: Option<String>,
    /// `explode`: each item of an array or object is serialized separately, if stated.
    pub explode: Option<bool>,
    /// Names of additional headers of the part.
    pub headers: Vec<String>,
}

/// Returns the names of the parameters in a path template.
pub(crate) fn path_parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}
