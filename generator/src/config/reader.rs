use serde_json::Value;

use crate::diagnostics::{Diagnostic, Report};
use crate::document::{Document, Located, SourceLocation};

/// How long a name of a resource or method may be: it becomes the name of a file.
pub(super) const MAX_NAME: usize = 64;

pub(super) struct Reader<'a> {
    pub(super) document: &'a Document,
    pub(super) report: &'a mut Report,
}

impl<'a> Reader<'a> {
    pub(super) fn error(
        &mut self,
        location: &SourceLocation,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.report.push(self.document.locate(Diagnostic::error(message).help(help), location));
    }

    pub(super) fn error_at_key(
        &mut self,
        location: &SourceLocation,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.report.push(self.document.locate_key(Diagnostic::error(message).help(help), location));
    }

    /// The members of the mapping at `key`, which may be left out.
    pub(super) fn mapping(&mut self, located: &Located<'a>, key: &str) -> Vec<(&'a String, Located<'a>)> {
        match located.get(key) {
            Some(found) if !found.value.is_object() => {
                self.error(&found.location, format!("`{key}` is not a mapping"), "write `name: …` lines below it");
                Vec::new()
            }
            found => found.iter().flat_map(Located::members).collect(),
        }
    }

    /// The texts of the list at `key`, which may be left out.
    pub(super) fn list(&mut self, located: &Located<'a>, key: &str) -> Vec<(String, SourceLocation)> {
        let Some(found) = located.get(key) else { return Vec::new() };
        if !found.value.is_array() {
            self.error(&found.location, format!("`{key}` is not a list"), "write it as `[one, two]`");
        }
        let mut texts = Vec::new();
        for item in found.items() {
            match item.value.as_str() {
                Some(text) => texts.push((text.to_owned(), item.location)),
                None => self.error(&item.location, "a name is expected here", "write it in quotes"),
            }
        }
        texts
    }

    /// The text at a key that may be left out.
    pub(super) fn optional(&mut self, located: &Located<'_>, key: &str) -> Option<String> {
        match located.value.get(key)? {
            Value::String(text) => Some(text.clone()),
            _ => {
                self.error(&located.location.child(key), format!("`{key}` is not text"), "write it in quotes");
                None
            }
        }
    }

    pub(super) fn variable(&mut self, name: &str, location: &SourceLocation) {
        let valid = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if !name.chars().all(valid) || name.starts_with(|c: char| c.is_ascii_digit()) {
            let help = "use ASCII letters, digits and `_`";
            self.error(location, format!("`{}` is not the name of a variable", name.escape_debug()), help);
        }
    }

    /// Reports every key that is not among `known`.
    pub(super) fn keys(&mut self, located: &Located<'_>, known: &[&str]) {
        if !located.value.is_object() {
            self.error(&located.location, "a mapping is expected here", format!("its keys: {}", known.join(", ")));
        }
        for (key, value) in located.members() {
            if !known.contains(&key.as_str()) {
                let help = format!("known here: {}", known.join(", "));
                self.error_at_key(&value.location, format!("unknown key `{key}`"), help);
            }
        }
    }

    /// The text at a key that must be there.
    pub(super) fn required(&mut self, located: &Located<'_>, key: &str) -> String {
        match located.value.get(key) {
            Some(Value::String(text)) if !text.is_empty() => text.clone(),
            Some(Value::String(_)) => {
                self.error(&located.location.child(key), format!("`{key}` is empty"), "write what it is");
                String::new()
            }
            Some(_) => {
                self.error(&located.location.child(key), format!("`{key}` is not text"), "write it in quotes");
                String::new()
            }
            None => {
                self.error(&located.location, format!("`{key}` is missing here"), format!("add `{key}: …`"));
                String::new()
            }
        }
    }

    /// A name that words, case and `_` tell apart from every other: no two of them make the same file.
    pub(super) fn snake_case(&mut self, name: &str, location: &SourceLocation) {
        let valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let is_plain = name.chars().all(valid) && name.starts_with(|c: char| c.is_ascii_lowercase());
        if !is_plain || name.contains("__") || name.ends_with('_') || name.len() > MAX_NAME {
            let help = format!(
                "use lower-case ASCII letters, digits and single `_`, a letter first, at most {MAX_NAME} of them"
            );
            self.error_at_key(location, format!("`{name}` can't be the name of a resource or method"), help);
        }
    }
}
