use serde_json::Value;

use super::SchemaId;
use crate::document::SourceLocation;

/// One operation: a method on a path.
#[derive(Debug)]
pub struct Operation {
    /// Where it stands.
    pub location: SourceLocation,
    /// Its id, or its method and path where it has none.
    pub id: String,
    /// The HTTP method, in capitals.
    pub method: String,
    /// The path's template.
    pub path: String,
    /// What it does, in a few words.
    pub summary: Option<String>,
    /// What it does.
    pub description: Option<String>,
    /// Where more is said of it.
    pub external_docs: Option<ExternalDocs>,
    /// The groups that it belongs to.
    pub tags: Vec<String>,
    /// No longer to be used.
    pub deprecated: bool,
    /// The parameters, those of the path item first.
    pub parameters: Vec<Parameter>,
    /// The request's body.
    pub body: Option<Body>,
    /// The responses, in the order of the document.
    pub responses: Vec<Response>,
    /// Where it is, if not where the API is.
    pub servers: Vec<Server>,
    /// The alternatives to authenticate, where they differ from the API's.
    pub security: Option<Vec<Vec<String>>>,
    /// Permissions of which the caller needs one.
    pub permissions: Vec<String>,
}

/// A page that says more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalDocs {
    /// Its URL, as the document has it: anything.
    pub url: String,
    /// What it is.
    pub description: Option<String>,
}

/// A group of operations.
#[derive(Debug)]
pub struct Tag {
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// Where more is said of it.
    pub external_docs: Option<ExternalDocs>,
}

/// Where a parameter goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParameterKind {
    /// In the path.
    Path,
    /// Behind the question mark.
    Query,
    /// Among the headers.
    Header,
    /// In the `Cookie` header.
    Cookie,
    /// The whole of what is behind the question mark.
    QueryString,
}

/// A parameter of an operation.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Where it stands.
    pub location: SourceLocation,
    /// Its name on the wire.
    pub name: String,
    /// Where it goes.
    pub kind: ParameterKind,
    /// Whether it must be there.
    pub required: bool,
    /// What it is.
    pub description: Option<String>,
    /// No longer to be used.
    pub deprecated: bool,
    /// Its values.
    pub schema: Option<SchemaId>,
    /// How lists and objects stand in it, where the document says so.
    pub style: Option<String>,
    /// Whether each item of a list or object stands by itself, where the document says so.
    pub explode: Option<bool>,
    /// Whether reserved characters stay as they are.
    pub allow_reserved: bool,
    /// The media type that its value is written in, where that isn't plain text.
    pub media_type: Option<String>,
    /// A value that it may have.
    pub example: Option<Value>,
}

/// A place where an API is.
#[derive(Clone, Debug, PartialEq)]
pub struct Server {
    /// Its URL, which may have variables in braces.
    pub url: String,
    /// What it is.
    pub description: Option<String>,
    /// The variables of the URL.
    pub variables: Vec<ServerVariable>,
}

/// A variable of a server's URL.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerVariable {
    /// Its name.
    pub name: String,
    /// Its value, unless told otherwise.
    pub default: String,
    /// The values it can have; any, if empty.
    pub values: Vec<String>,
    /// What it is.
    pub description: Option<String>,
}

/// The body of a request.
#[derive(Debug)]
pub struct Body {
    /// Where it stands.
    pub location: SourceLocation,
    /// Whether it must be there.
    pub required: bool,
    /// Whether the document says so, or that it need not.
    pub is_stated: bool,
    /// What it is, in each of its media types.
    pub content: Vec<Content>,
}

/// One response of an operation.
#[derive(Debug)]
pub struct Response {
    /// Where it stands.
    pub location: SourceLocation,
    /// The status, `4XX` or `default`.
    pub status: String,
    /// What it means.
    pub description: Option<String>,
    /// The names of its headers.
    pub headers: Vec<String>,
    /// What it is, in each of its media types.
    pub content: Vec<Content>,
}

/// A body in one media type.
#[derive(Debug)]
pub struct Content {
    /// The media type.
    pub media_type: String,
    /// What the body is.
    pub schema: Option<SchemaId>,
    /// What each item is, of a body that is a sequence of items.
    pub item_schema: Option<SchemaId>,
    /// How the fields of a form are written, where the document says so.
    pub encoding: Vec<Encoding>,
}

/// How a field of a form is written.
#[derive(Debug)]
pub struct Encoding {
    /// The field.
    pub name: String,
    /// Its media type, or several with commas between.
    pub content_type: Option<String>,
    /// How lists and objects stand in it.
    pub style: Option<String>,
    /// Whether each item of a list or object stands by itself.
    pub explode: Option<bool>,
    /// The names of the headers that its part has besides.
    pub headers: Vec<String>,
}

/// A way to authenticate.
#[derive(Debug)]
pub struct SecurityScheme {
    /// Where it stands.
    pub location: SourceLocation,
    /// Its name in the document.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// How it works.
    pub kind: SecuritySchemeKind,
}

/// How a way to authenticate works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecuritySchemeKind {
    /// A token in the `Authorization` header.
    Bearer,
    /// The client's certificate.
    MutualTls,
    /// Another scheme of the `Authorization` header.
    Http,
    /// User and password in the `Authorization` header.
    Basic,
    /// A value in the header, query parameter or cookie of this name.
    ApiKey(ParameterKind, String),
}
