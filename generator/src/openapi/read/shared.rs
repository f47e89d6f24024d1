//! Objects that occur at several levels of a document.

use crate::document::Located;
use crate::openapi::external_docs::ExternalDocs;
use crate::openapi::server::{Server, ServerVariable};

/// Returns the strings of the first list that exists at one of `keys`. Items that are not strings are empty.
pub(super) fn strings(located: &Located<'_>, keys: &[&str]) -> Vec<String> {
    let list = keys.iter().find_map(|key| located.get(key));
    let text = |item: Located<'_>| item.value.as_str().map(str::to_owned).unwrap_or_default();
    list.iter().flat_map(Located::items).map(text).collect()
}

/// Returns the `externalDocs` of an API, a tag or an operation.
pub(super) fn external_docs(located: &Located<'_>) -> Option<ExternalDocs> {
    let page = located.get("externalDocs")?;
    Some(ExternalDocs { url: page.text("url")?, description: page.text("description") })
}

/// Returns the `servers` of an API, a path item or an operation.
pub(super) fn servers(located: &Located<'_>) -> Vec<Server> {
    let variable = |(name, variable): (&String, Located<'_>)| ServerVariable {
        name: name.clone(),
        default: variable.text("default").unwrap_or_default(),
        values: strings(&variable, &["enum"]),
        description: variable.text("description"),
    };
    let server = |server: Located<'_>| {
        let variables = server.get("variables");
        Some(Server {
            url: server.text("url")?,
            description: server.text("description").or_else(|| server.text("name")),
            variables: variables.iter().flat_map(Located::members).map(variable).collect(),
        })
    };
    located.get("servers").iter().flat_map(Located::items).filter_map(server).collect()
}

/// Returns security requirements: alternatives, each a set of scheme names.
pub(super) fn security_requirements(security: &Located<'_>) -> Vec<Vec<String>> {
    security.items().map(|alternative| alternative.members().map(|(name, _)| name.clone()).collect()).collect()
}
