//! What an API that nobody has configured looks like: a first `sdk.yaml`, for a person to edit.

mod pages;
mod tree;
mod write;

use std::collections::BTreeMap;

use heck::{ToKebabCase, ToShoutySnakeCase};
use sdk_protocol::{Envelope, Owned};

pub use self::write::Inferred;
use crate::openapi::SecuritySchemeKind;
use crate::openapi::normalize::{NormalizedApi, has_envelope, property, success_schema};

/// What `sdk.yaml` would say if a person had looked at the document for a while.
pub fn configuration(api: &NormalizedApi) -> Inferred {
    let name = package_name(&api.title);
    let prefix = name.trim_end_matches("-sdk").to_shouty_snake_case();
    let envelope = envelope(api);
    let tree = || tree::resources(api, envelope.as_ref());
    let (tree, (pages, paginations)) = rayon::join(tree, || paginations(api, envelope.as_ref()));
    let credentials = api
        .security_schemes
        .iter()
        .filter(|scheme| scheme.kind != SecuritySchemeKind::MutualTls)
        .map(|scheme| (scheme.name.clone(), format!("{prefix}_{}", variable(&scheme.name, &scheme.kind))))
        .collect();
    let title = if api.title.trim().is_empty() { "the API" } else { api.title.trim() };
    Inferred {
        name,
        description: format!("{title}, for Rust"),
        base_url_variable: format!("{prefix}_BASE_URL"),
        url: api.servers.is_empty().then(|| "http://localhost".to_owned()),
        credentials,
        envelope,
        schemes: pages.into_named(),
        tree,
        paginations,
    }
}

/// The ways in which lists go on, and the name of that of each operation that has one.
fn paginations(
    api: &NormalizedApi,
    envelope: Option<&Envelope<Owned>>,
) -> (pages::Schemes, BTreeMap<String, String>) {
    let mut pages = pages::Schemes::default();
    let mut paginations = BTreeMap::new();
    for operation in &api.operations {
        if let Some(scheme) = pages.recognise(api, operation, envelope) {
            paginations.insert(operation.id.clone(), scheme);
        }
    }
    (pages, paginations)
}

/// A package's name from a title: ASCII words with hyphens.
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

fn variable(name: &str, kind: &SecuritySchemeKind) -> String {
    let ascii: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect();
    match (ascii.to_shouty_snake_case(), kind) {
        (name, _) if !name.is_empty() => name,
        (_, SecuritySchemeKind::Basic) => "USER_AND_PASSWORD".to_owned(),
        _ => "TOKEN".to_owned(),
    }
}

/// An envelope is one that most answers share: an object with the result, whether it is one, and errors.
fn envelope(api: &NormalizedApi) -> Option<Envelope<Owned>> {
    let [result, success, errors, messages] = ["result", "success", "errors", "messages"].map(str::to_owned);
    let envelope = Envelope { result, success, errors, messages };
    let mut with = 0;
    let mut without = 0;
    for operation in &api.operations {
        let Some(schema) = success_schema(api, operation, Some(&envelope)) else { continue };
        let is_enveloped = has_envelope(&api.schemas, schema, &envelope)
            && property(&api.schemas, schema, &envelope.messages).is_some();
        match is_enveloped {
            true => with += 1,
            false => without += 1,
        }
    }
    (with > 2 * without).then_some(envelope)
}
