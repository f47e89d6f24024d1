//! Documentation comments.

use std::ops::Deref;
use std::sync::Arc;

use serde::Serialize;

use super::markdown;
use super::rust_type::{NamedType, RustType};
use crate::openapi::ExternalDocs;

/// Documentation comment: lines of Markdown.
///
/// Texts of the document are escaped: they contain neither Rust code nor links to items.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DocBlock(Vec<String>);

impl DocBlock {
    /// Returns the comment with a text of the document, or with `fallback` if the text is empty.
    pub(super) fn of(text: Option<&str>, fallback: &str) -> Self {
        let mut docs = Self::default();
        match text.filter(|text| !text.trim().is_empty()) {
            Some(text) => docs.push_text(text),
            None => docs.push_markdown(fallback),
        }
        docs
    }

    /// Adds paragraphs of a text of the document.
    pub(super) fn push_text(&mut self, text: &str) {
        self.push_lines(markdown::lines(text));
    }

    /// Adds a paragraph of Markdown that needs no escapes.
    pub(super) fn push_markdown(&mut self, text: &str) {
        let mut lines = Vec::new();
        markdown::wrap(text, &mut lines);
        self.push_lines(lines);
    }

    /// Adds a link to a page, if its URL is valid.
    pub(super) fn push_link(&mut self, page: Option<&ExternalDocs>) {
        self.push_lines(page.and_then(markdown::see).into_iter().collect());
    }

    /// Adds a section with a heading and a list, if the list has items. Items are Markdown.
    pub(super) fn push_list(&mut self, heading: Option<&str>, items: impl IntoIterator<Item = String>) {
        let mut lines = Vec::new();
        items.into_iter().for_each(|item| markdown::wrap(&format!("* {item}"), &mut lines));
        if !lines.is_empty() {
            let heading = heading.map(|heading| format!("# {heading}"));
            self.push_lines(heading.into_iter().chain(lines).collect());
        }
    }

    fn push_lines(&mut self, lines: Vec<String>) {
        if !lines.is_empty() {
            if !self.0.is_empty() {
                self.0.push(String::new());
            }
            self.0.extend(lines);
        }
    }
}

impl Deref for DocBlock {
    type Target = [String];

    fn deref(&self) -> &[String] {
        &self.0
    }
}

/// Returns a type as code, with a link if it mentions exactly one type of the generated crate. That type has to be in
/// scope.
pub(super) fn linked(ty: &RustType) -> String {
    let name = ty.short_name();
    match (ty, ty.named_types().as_slice()) {
        (RustType::Named(_), _) => format!("[`{name}`]"),
        (_, [named]) => format!("[`{name}`]({})", named.name),
        _ => format!("`{name}`"),
    }
}

/// Returns links to the types of the generated crate that a type mentions. They have to be in scope.
pub(super) fn links(ty: &RustType) -> Vec<String> {
    ty.named_types().into_iter().map(|named| format!("[`{}`]", named.name)).collect()
}

/// Returns a link to a type of the generated crate.
pub(super) fn link(ty: &Arc<NamedType>) -> String {
    format!("[`{}`](crate::{})", ty.name, ty.path())
}
