//! Inference of a configuration from the document, as a starting point for `sdk.yaml`.
//!
//! Derives the resource tree, method names, paginations, the envelope, and environment variables of credentials.

mod output;
mod pagination;
mod tree;

use std::collections::BTreeMap;

use heck::{ToKebabCase, ToShoutySnakeCase};
use sdk_protocol::{Envelope, Owned};

pub use self::output::InferredConfig;
use self::pagination::Paginations;
use crate::openapi::SecuritySchemeKind;
use crate::openapi::normalize::{NormalizedApi, has_envelope, property, success_schema};

/// Infers the configuration for an API.
pub fn configuration(api: &NormalizedApi) -> InferredConfig {
    let name = package_name(&api.title);
    let prefix = name.trim_end_matches("-sdk").to_shouty_snake_case();
    let envelope = envelope(api);
    let tree = || tree::resources(api, envelope.as_ref());
    let (tree, (paginations, operation_paginations)) = rayon::join(tree, || paginations(api, envelope.as_ref()));
    let credentials = api
        .security_schemes
        .iter()
        .filter(|scheme| scheme.kind != SecuritySchemeKind::MutualTls)
        .map(|scheme| (scheme.name.clone(), format!("{prefix}_{}", variable(&scheme.name, &scheme.kind))))
        .collect();
    let title = if api.title.trim().is_empty() { "the API" } else { api.title.trim() };
    InferredConfig {
        name,
        description: format!("{title}, for Rust"),
        base_url_variable: format!("{prefix}_BASE_URL"),
        url: api.servers.is_empty().then(|| "http://localhost".to_owned()),
        credentials,
        envelope,
        paginations: paginations.into_named(),
        operation_paginations,
        tree,
    }
}

/// Detects the paginations. Returns them, and the name of the pagination of each paginated operation by its id.
fn paginations(
    api: &NormalizedApi,
    envelope: Option<&Envelope<Owned>>,
) -> (Paginations, BTreeMap<String, String>) {
    let mut paginations = Paginations::default();
    let mut operation_paginations = BTreeMap::new();
    for operation in &api.operations {
        if let Some(name) = paginations.detect(api, operation, envelope) {
            operation_paginations.insert(operation.id.clone(), name);
        }
    }
    (paginations, operation_paginations)
}

/// Returns a package name for the title of an API: ASCII words with hyphens, ending in `-sdk`.
fn package_name(title: &str) -> String {
    let ascii: String = title.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect();
    let words = ascii.to_kebab_case();
    let words = words.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
    let words = words.strip_suffix("-api").unwrap_or(words);
    let mut name: String = words.chars().take(40).collect();
    if name.trim_matches('-').is_empty() {
        name = "api".to_owned();
    }
    format!("{}-sdk", name.trim_matches('-'))
}

/// Returns the environment variable of a security scheme, without the prefix of the package.
fn variable(name: &str, kind: &SecuritySchemeKind) -> String {
    let ascii: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect();
    match (ascii.to_shouty_snake_case(), kind) {
        (name, _) if !name.is_empty() => name,
        (_, SecuritySchemeKind::Basic) => "USER_AND_PASSWORD".to_owned(),
        _ => "TOKEN".to_owned(),
    }
}

/// Returns the envelope with `result`, `success`, `errors` and `messages`, if more than two thirds of the responses
/// have it.
fn envelope(api: &NormalizedApi) -> Option<Envelope<Owned>> {
    let [result, success, errors, messages] = ["result", "success", "errors", "messages"].map(str::to_owned);
    let envelope = Envelope { result, success, errors, messages };
    let mut enveloped = 0;
    let mut plain = 0;
    for operation in &api.operations {
        let Some(schema) = success_schema(api, operation, Some(&envelope)) else { continue };
        let is_enveloped = has_envelope(&api.schemas, schema, &envelope)
            && property(&api.schemas, schema, &envelope.messages).is_some();
        match is_enveloped {
            true => enveloped += 1,
            false => plain += 1,
        }
    }
    (enveloped > 2 * plain).then_some(envelope)
}
