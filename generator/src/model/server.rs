//! Where the API and each of its operations are.

use super::ServerVariable;
use crate::config::Config;
use crate::diagnostics::{Diagnostic, Report};
use crate::openapi::{Api, Operation, Server};

/// Where an API is that doesn't say it: the program has to.
const NOWHERE: &str = "http://localhost";

/// The API's base URL and its variables.
pub(super) fn base_url(api: &Api, config: &Config, report: &mut Report) -> (String, Vec<ServerVariable>) {
    if let Some(url) = &config.base_url.url {
        return (trimmed(url), Vec::new());
    }
    let Some(server) = api.servers.first() else {
        let help = "add `servers` to the document, or `url` to `base_url` in the configuration";
        report.push(Diagnostic::error("there is no base URL").help(help));
        return (String::new(), Vec::new());
    };
    let url = trimmed(&server.url);
    let parts: Vec<ServerVariable> = server
        .variables
        .iter()
        .filter(|variable| url.contains(&format!("{{{}}}", variable.name)))
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
    if filled(server).contains("://") {
        return (url, parts);
    }
    let message = format!("the server `{}` has no host", server.url);
    let help =
        "programs have to say it by `base_url`; or state the whole URL in `servers`, or in the configuration";
    report.push(Diagnostic::warning(message).help(help));
    (format!("{NOWHERE}/{}", url.trim_start_matches('/')).trim_end_matches('/').to_owned(), parts)
}

/// Where an operation is, if not where the API is.
pub(super) fn own_base_url(api: &Api, operation: &Operation) -> Option<String> {
    let own = operation.servers.first()?;
    (!api.servers.contains(own)).then(|| trimmed(&filled(own)))
}

/// A server's URL with the default values of its variables.
fn filled(server: &Server) -> String {
    let mut url = server.url.clone();
    for variable in &server.variables {
        url = url.replace(&format!("{{{}}}", variable.name), &variable.default);
    }
    url
}

/// Without a slash at its end, a query or a fragment.
fn trimmed(url: &str) -> String {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    url[..end].trim().trim_end_matches('/').to_owned()
}
