use sdk_protocol::Placement;

use crate::config::Config;
use crate::diagnostics::{Diagnostic, Report};
use crate::document::Document;
use crate::model::sdk::Credential;
use crate::openapi::normalize::NormalizedApi;
use crate::openapi::{ParameterKind, SecuritySchemeKind};

/// Returns a credential for each configured security scheme.
pub(super) fn credentials(
    api: &NormalizedApi,
    configuration: &Document,
    config: &Config,
    report: &mut Report,
) -> Vec<Credential> {
    let mut credentials = Vec::new();
    for (name, variable, location) in &config.authentication {
        let Some(scheme) = api.security_schemes.iter().find(|scheme| scheme.name == *name) else {
            let known: Vec<&str> = api.security_schemes.iter().map(|scheme| scheme.name.as_str()).collect();
            let help = match known.as_slice() {
                [] => "describe the scheme at `components.securitySchemes` of the document".to_owned(),
                known => format!("use one of the document's schemes: {}", known.join(", ")),
            };
            let diagnostic = Diagnostic::error(format!("the document has no security scheme `{name}`")).help(help);
            report.push(configuration.locate(diagnostic, location));
            continue;
        };
        let placement = match &scheme.kind {
            SecuritySchemeKind::Bearer => Placement::Bearer,
            SecuritySchemeKind::Basic => Placement::Basic,
            // The credential is the entire value of the header.
            SecuritySchemeKind::Http => Placement::Header("Authorization".to_owned()),
            SecuritySchemeKind::ApiKey(ParameterKind::Header, name) => Placement::Header(name.clone()),
            SecuritySchemeKind::ApiKey(ParameterKind::Cookie, name) => Placement::Cookie(name.clone()),
            SecuritySchemeKind::ApiKey(_, name) => Placement::Query(name.clone()),
            SecuritySchemeKind::MutualTls => continue,
        };
        let description = scheme.description.clone();
        credentials.push(Credential { name: name.clone(), variable: variable.clone(), description, placement });
    }
    credentials
}

/// Returns the alternatives of security requirements for which all credentials are configured, as indices of
/// credentials. Client certificates are not credentials, because the transport has them.
pub(super) fn alternatives(
    api: &NormalizedApi,
    security: &[Vec<String>],
    credentials: &[Credential],
) -> Vec<Vec<usize>> {
    let is_credential = |name: &&String| {
        !api.security_schemes
            .iter()
            .any(|scheme| scheme.name == **name && scheme.kind == SecuritySchemeKind::MutualTls)
    };
    let mut alternatives: Vec<Vec<usize>> = security
        .iter()
        .filter_map(|schemes| {
            let names = schemes.iter().filter(is_credential);
            names.map(|name| credentials.iter().position(|credential| credential.name == *name)).collect()
        })
        .collect();
    // If authentication is optional, a client with credentials sends them.
    alternatives.sort_by_key(Vec::is_empty);
    alternatives
}
