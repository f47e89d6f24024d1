/// A server of an API.
#[derive(Clone, Debug, PartialEq)]
pub struct Server {
    /// URL, which may contain variables in braces.
    pub url: String,
    /// Description of the server.
    pub description: Option<String>,
    /// Variables of the URL.
    pub variables: Vec<ServerVariable>,
}

/// A variable of a server's URL.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerVariable {
    /// Name of the variable.
    pub name: String,
    /// Default value.
    pub default: String,
    /// Allowed values; empty if any value is allowed.
    pub values: Vec<String>,
    /// Description of the variable.
    pub description: Option<String>,
}
