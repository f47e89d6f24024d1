use crate::config::Config;
use crate::diagnostics::{Diagnostic, Report};
use crate::model::sdk::ServerVariable;
use crate::openapi::normalize::NormalizedApi;
use crate::openapi::{Operation, Server};

/// Host of a base URL that has none: programs set the base URL.
const UNKNOWN_HOST: &str = "http://localhost";

/// Returns the base URL of the API and its variables.
pub(super) fn base_url(
    api: &NormalizedApi,
    config: &Config,
    report: &mut Report,
) -> (String, Vec<ServerVariable>) {
    if let Some(url) = &config.base_url.url {
        return (trimmed(url), Vec::new());
    }
    let Some(server) = api.servers.first() else {
        let help = "add `servers` to the document, or `url` to `base_url` in the configuration";
        report.push(Diagnostic::error("the document has no base URL").help(help));
        return (String::new(), Vec::new());
    };
    let url = trimmed(&server.url);
    let variables = server.variables.iter().filter(|variable| url.contains(&placeholder(&variable.name)));
    let variables: Vec<ServerVariable> = variables
        .map(|variable| {
            let values = (!variable.values.is_empty()).then(|| format!("One of: {}.", variable.values.join(", ")));
            let texts: Vec<String> = [variable.description.clone(), values].into_iter().flatten().collect();
            ServerVariable {
                name: variable.name.clone(),
                default: variable.default.clone(),
                description: (!texts.is_empty()).then(|| texts.join("\n\n")),
            }
        })
        .collect();
    if with_defaults(server).contains("://") {
        return (url, variables);
    }
    let message = format!("the server `{}` has no host; programs have to set the base URL", server.url);
    let help = "state an absolute URL in `servers`, or `url` in `base_url` of the configuration";
    report.push(Diagnostic::warning(message).help(help));
    (format!("{UNKNOWN_HOST}/{}", url.trim_start_matches('/')).trim_end_matches('/').to_owned(), variables)
}

/// Returns the base URL of an operation, if it differs from that of the API.
pub(super) fn own_base_url(api: &NormalizedApi, operation: &Operation) -> Option<String> {
    let own = operation.servers.first()?;
    (!api.servers.contains(own)).then(|| trimmed(&with_defaults(own)))
}

/// Returns the URL of a server with the default values of its variables.
fn with_defaults(server: &Server) -> String {
    let mut url = server.url.clone();
    for variable in &server.variables {
        url = url.replace(&placeholder(&variable.name), &variable.default);
    }
    url
}

fn placeholder(name: &str) -> String {
    format!("{{{name}}}")
}

/// Removes a trailing slash, the query and the fragment.
fn trimmed(url: &str) -> String {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    url[..end].trim().trim_end_matches('/').to_owned()
}
