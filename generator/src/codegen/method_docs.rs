//! Documentation of methods.

use super::context::CodegenContext;
use super::doc_block::{DocBlock, link, linked, links};
use super::expression::Argument;
use super::literal::StringLiteral;
use super::markdown::{code, one_line, sentence};
use super::response_kind::ResponseKind;
use crate::model::{BodyFormat, Endpoint, ErrorResponse, Method, Resource, Type};

/// Maximum length of a search alias, in bytes.
const MAX_ALIAS: usize = 60;

/// Documentation of a method.
pub(super) struct MethodDocs {
    /// Text before the example.
    pub(super) docs: DocBlock,
    /// Section about errors, after the example.
    pub(super) errors: DocBlock,
    /// Other names by which a search in the documentation finds the method.
    pub(super) search_aliases: Vec<StringLiteral>,
}

impl CodegenContext<'_> {
    /// Returns the documentation of a method. `arguments` have the descriptions of their parameters.
    pub(super) fn method_docs(
        &self,
        resource: &Resource,
        method: &Method,
        arguments: &[(&Argument, Option<&str>)],
        response: &ResponseKind,
    ) -> MethodDocs {
        let mut docs = DocBlock::default();
        let summary = method.summary.as_deref().map(sentence);
        let summary = summary.as_deref().filter(|summary| !summary.trim().is_empty());
        summary.iter().for_each(|summary| docs.push_text(summary));
        let description = method.description.as_deref().filter(|text| !text.trim().is_empty());
        let stem = |text: &str| text.trim().trim_end_matches('.').to_owned();
        if let Some(description) = description.filter(|text| summary.map(stem) != Some(stem(text))) {
            docs.push_text(description);
        }
        docs.push_markdown(&sends(method, response));
        if let Some(note) = other_media_types(method) {
            docs.push_markdown(&note);
        }
        if !method.permissions.is_empty() {
            docs.push_text(&format!("Requires one of these permissions: {}.", method.permissions.join(", ")));
        }
        docs.push_link(method.external_docs.as_ref());
        // A list of names alone adds nothing to the signature.
        if arguments.iter().any(|(argument, description)| description.is_some() || !links(&argument.ty).is_empty())
        {
            docs.push_list(Some("Arguments"), arguments.iter().map(argument_item));
        }
        let mut errors = DocBlock::default();
        errors.push_list(Some("Errors"), self.error_items(method));
        MethodDocs { docs, errors, search_aliases: search_aliases(method, &self.method_name(resource, method)) }
    }

    fn error_items(&self, method: &Method) -> Vec<String> {
        let item = |failure: &ErrorResponse| {
            let description = failure.description.as_deref().and_then(one_line).map(|text| sentence(&text));
            let body = match &failure.ty {
                Some(Type::Named(id)) => Some(format!("The body is a {}.", link(self.named_type(*id)))),
                _ => None,
            };
            let texts: Vec<String> = description.into_iter().chain(body).collect();
            match texts.is_empty() {
                true => code(&failure.status),
                false => format!("{}: {}", code(&failure.status), texts.join(" ")),
            }
        };
        method.error_responses.iter().map(item).collect()
    }
}

/// Returns the requests that a method sends, and its result.
fn sends(method: &Method, response: &ResponseKind) -> String {
    let base = method.base_url.as_deref().unwrap_or_default().trim_end_matches('/');
    let endpoint = |path: &str| code(&format!("{} {base}{path}", method.verb));
    let endpoints = match &method.endpoint {
        Endpoint::Path(path) => endpoint(path),
        Endpoint::Choice { paths, .. } => {
            paths.iter().map(|(_, path)| endpoint(path)).collect::<Vec<_>>().join(" or ")
        }
    };
    match response {
        ResponseKind::Empty => format!("Sends {endpoints}."),
        response => format!("Sends {endpoints} and returns {}.", response.description(&linked)),
    }
}

fn other_media_types(method: &Method) -> Option<String> {
    let body = method.body.as_ref().filter(|body| body.format != BodyFormat::Raw)?;
    let types: Vec<String> = body.alternatives.iter().map(|media_type| code(media_type)).collect();
    let with_body = "[`with_body`](crate::RequestOptions::with_body)";
    (!types.is_empty()).then(|| format!("{with_body} sends a body of the type {} instead.", types.join(" or ")))
}

fn argument_item((argument, description): &(&Argument, Option<&str>)) -> String {
    let types = links(&argument.ty);
    let name = match types.is_empty() {
        true => format!("`{}`", argument.name),
        false => format!("`{}` ({})", argument.name, types.join(", ")),
    };
    match description.and_then(one_line) {
        Some(description) => format!("{name}: {description}"),
        None => name,
    }
}

/// Returns the operation's summary and id, if they are plain text. rustdoc rejects other aliases.
fn search_aliases(method: &Method, name: &str) -> Vec<StringLiteral> {
    let summary = method.summary.as_deref().unwrap_or_default().trim().trim_end_matches('.').to_lowercase();
    let is_valid = |alias: &str| {
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || " -_./".contains(c);
        !alias.is_empty() && alias.len() <= MAX_ALIAS && alias != name && alias.chars().all(is_allowed)
    };
    let mut aliases: Vec<StringLiteral> = Vec::new();
    for alias in [summary.as_str(), method.operation.trim()] {
        if is_valid(alias) && !aliases.iter().any(|known| known.text() == alias) {
            aliases.push(StringLiteral::new(alias));
        }
    }
    aliases
}
