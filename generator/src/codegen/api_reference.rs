//! API reference: a list of all methods by resource.

use serde::Serialize;

use super::expression::Argument;
use super::identifiers as names;
use super::markdown;
use super::methods::{Method, Request};
use super::models::Models;
use super::rust_type::RustType;
use crate::model::{Endpoint, Method as ModelMethod, Resource};

/// Section of the API reference about a resource. Texts are Markdown on one line.
#[derive(Debug, Default, Serialize)]
pub struct Section {
    /// Signs of the heading, such as `##`.
    pub level: String,
    /// Names of the modules, separated by dots.
    pub name: String,
    /// Summary of the resource.
    pub summary: String,
    /// Names of the types in the module.
    pub types: Vec<String>,
    /// Methods of the resource.
    pub methods: Vec<Entry>,
}

/// Entry of the API reference about a method.
#[derive(Debug, Serialize)]
pub struct Entry {
    /// Call with the arguments and their types.
    pub call: String,
    /// First sentences of the documentation.
    pub summary: Option<String>,
    /// Link to the documentation of the API.
    pub see: Option<String>,
    /// HTTP method and path: one, or one for each alternative of the endpoint choice.
    pub endpoints: Vec<String>,
    /// Result of the request in words.
    pub result: String,
    /// Names of the setters.
    pub setters: Vec<String>,
    /// Permissions of which one is required.
    pub permissions: Vec<String>,
    /// `true` if the operation is deprecated.
    pub deprecated: bool,
}

/// Maximum level of a heading in Markdown.
const MAX_LEVEL: usize = 6;

/// Returns the section about the types that no single resource owns.
pub(super) fn shared(models: &Models) -> Section {
    Section {
        level: "##".to_owned(),
        name: "types".to_owned(),
        summary: "Types that several resources use.".to_owned(),
        types: models.models.iter().map(|model| model.name.clone()).collect(),
        methods: Vec::new(),
    }
}

/// Returns the section about a resource.
pub(super) fn section(resource: &Resource, methods: &[Method], models: Option<&Models>) -> Section {
    let path = names::modules(&resource.path);
    let calls: String = path.iter().map(|name| format!(".{name}()")).collect();
    let entries = resource.methods.iter().zip(methods);
    let types = models.map(|models| models.models.as_slice()).unwrap_or_default();
    Section {
        level: "#".repeat((path.len() + 1).min(MAX_LEVEL)),
        name: path.join("."),
        summary: summary(resource),
        types: types.iter().map(|model| model.name.clone()).collect(),
        methods: entries.map(|(model, method)| entry(&calls, model, method)).collect(),
    }
}

/// Returns the summary of a resource and the link to its documentation.
fn summary(resource: &Resource) -> String {
    let summary = resource.description.as_deref().and_then(markdown::brief);
    let see = resource.external_docs.as_ref().and_then(markdown::see);
    summary.into_iter().chain(see).collect::<Vec<_>>().join(" ")
}

fn entry(calls: &str, model: &ModelMethod, method: &Method) -> Entry {
    let argument = |argument: &Argument| format!("{}: {}", argument.name, argument.ty.short_name());
    let arguments: Vec<String> = method.arguments.iter().map(argument).collect();
    let endpoint = |path: &str| {
        let base = model.base_url.as_deref().unwrap_or_default();
        markdown::code(&format!("{} {}{path}", model.verb, base.trim_end_matches('/')))
    };
    let texts = [model.summary.as_deref(), model.description.as_deref()];
    Entry {
        call: markdown::code(&format!("client{calls}.{}({})", method.name, arguments.join(", "))),
        summary: texts.into_iter().flatten().find_map(markdown::brief),
        see: model.external_docs.as_ref().and_then(markdown::see),
        endpoints: match &model.endpoint {
            Endpoint::Path(path) => vec![endpoint(path)],
            Endpoint::Choice { paths, .. } => paths.iter().map(|(_, path)| endpoint(path)).collect(),
        },
        result: result(&method.request),
        setters: method.request.setters.iter().map(|setter| setter.name.clone()).collect(),
        permissions: model.permissions.iter().map(|name| markdown::code(name)).collect(),
        deprecated: method.deprecated,
    }
}

/// Returns the result of a request in words.
fn result(request: &Request) -> String {
    let result = request.response.description(&|ty: &RustType| format!("`{}`", ty.short_name()));
    match &request.stream {
        Some(stream) => format!("{result}; `stream()` returns a stream of `{}`", stream.item.short_name()),
        None => result,
    }
}
