use super::operation::ParameterKind;
use crate::document::SourceLocation;

/// A security scheme.
#[derive(Debug)]
pub struct SecurityScheme {
    /// Location in the document.
    pub location: SourceLocation,
    /// Name in the document.
    pub name: String,
    /// Description of the scheme.
    pub description: Option<String>,
    /// Method of authentication.
    pub kind: SecuritySchemeKind,
}

/// Method of authentication of a security scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecuritySchemeKind {
    /// Token in `Authorization: Bearer`; OAuth 2 and OpenID Connect as well.
    Bearer,
    /// Client certificate (mutual TLS).
    MutualTls,
    /// Another scheme of the `Authorization` header.
    Http,
    /// User name and password in `Authorization: Basic`.
    Basic,
    /// Value in the header, query parameter or cookie of this name.
    ApiKey(ParameterKind, String),
}
