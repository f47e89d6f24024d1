//! What the list of all methods says of them: no more than a reader needs to find one and to call it.

use serde::Serialize;

use super::expression::Argument;
use super::identifiers as names;
use super::markdown;
use super::methods::{Method, Request};
use super::models::Models;
use super::rust_type::RustType;
use crate::model::{Endpoint, Method as ModelMethod, Resource};

/// A resource in the list of all methods. Its texts are Markdown, each on one line.
#[derive(Debug, Default, Serialize)]
pub struct Section {
    /// The signs of its heading.
    pub level: String,
    /// The names from the top down to this one, with dots between.
    pub name: String,
    /// What it is.
    pub summary: String,
    /// The names of the types in its module.
    pub types: Vec<String>,
    /// Its methods.
    pub methods: Vec<Entry>,
}

/// A method in the list of all methods.
#[derive(Debug, Serialize)]
pub struct Entry {
    /// The call, with the arguments and their types.
    pub call: String,
    /// What it does, in a sentence.
    pub summary: Option<String>,
    /// Where more is said of it.
    pub see: Option<String>,
    /// The HTTP method and the path: one, or one for each choice of the scope.
    pub endpoints: Vec<String>,
    /// Result of the request in words.
    pub result: String,
    /// The names of what can be set.
    pub setters: Vec<String>,
    /// The permissions of which the caller needs one.
    pub permissions: Vec<String>,
    /// No longer to be used.
    pub deprecated: bool,
}

/// How many headings there are below each other in Markdown.
const DEEPEST: usize = 6;

/// What the list says of types that belong to no resource.
pub(super) fn shared(models: &Models) -> Section {
    Section {
        level: "##".to_owned(),
        name: "types".to_owned(),
        summary: "Types that several resources use.".to_owned(),
        types: models.models.iter().map(|model| model.name.clone()).collect(),
        methods: Vec::new(),
    }
}

/// What the list says of a resource, by what its module has.
pub(super) fn section(resource: &Resource, methods: &[Method], models: Option<&Models>) -> Section {
    let path = names::modules(&resource.path);
    let calls: String = path.iter().map(|name| format!(".{name}()")).collect();
    let entries = resource.methods.iter().zip(methods);
    let types = models.map(|models| models.models.as_slice()).unwrap_or_default();
    Section {
        level: "#".repeat((path.len() + 1).min(DEEPEST)),
        name: path.join("."),
        summary: summary(resource),
        types: types.iter().map(|model| model.name.clone()).collect(),
        methods: entries.map(|(model, method)| entry(&calls, model, method)).collect(),
    }
}

/// What a resource is, and where more is said of it.
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
