use serde_json::Value;

use crate::diagnostics::{Diagnostic, Report, quoted_list};
use crate::document::{Document, Located, SourceLocation};

/// Maximum length of the name of a resource, method or package. Names of resources become file names.
pub(super) const MAX_NAME: usize = 64;

/// Reader of the configuration. Adds errors to the report.
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

    /// Returns the members of the mapping at `key`, which is optional.
    pub(super) fn mapping(&mut self, located: &Located<'a>, key: &str) -> Vec<(&'a String, Located<'a>)> {
        match located.get(key) {
            Some(found) if !found.value.is_object() => {
                self.error(
                    &found.location,
                    format!("`{key}` is not a mapping"),
                    "write `name: …` lines below the key",
                );
                Vec::new()
            }
            found => found.iter().flat_map(Located::members).collect(),
        }
    }

    /// Returns the strings of the list at `key`, which is optional.
    pub(super) fn list(&mut self, located: &Located<'a>, key: &str) -> Vec<(String, SourceLocation)> {
        let Some(found) = located.get(key) else { return Vec::new() };
        if !found.value.is_array() {
            self.error(&found.location, format!("`{key}` is not a list"), "write the list as `[one, two]`");
        }
        let mut texts = Vec::new();
        for item in found.items() {
            match item.value.as_str() {
                Some(text) => texts.push((text.to_owned(), item.location)),
                None => self.error(&item.location, "the item is not a string", "write the name in quotes"),
            }
        }
        texts
    }

    /// Returns the string at `key`, which is optional.
    pub(super) fn optional(&mut self, located: &Located<'_>, key: &str) -> Option<String> {
        match located.value.get(key)? {
            Value::String(text) => Some(text.clone()),
            _ => {
                self.error(
                    &located.location.child(key),
                    format!("`{key}` is not a string"),
                    "write the value in quotes",
                );
                None
            }
        }
    }

    /// Checks the name of an environment variable.
    pub(super) fn variable(&mut self, name: &str, location: &SourceLocation) {
        let valid = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if !name.chars().all(valid) || name.starts_with(|c: char| c.is_ascii_digit()) {
            let help = "use ASCII letters, digits and `_`";
            self.error(
                location,
                format!("invalid name `{}` of an environment variable", name.escape_debug()),
                help,
            );
        }
    }

    /// Reports all keys that are not in `known`.
    pub(super) fn keys(&mut self, located: &Located<'_>, known: &[&str]) {
        if !located.value.is_object() {
            self.error(
                &located.location,
                "expected a mapping",
                format!("write a mapping with the keys {}", quoted_list(known.iter().copied())),
            );
        }
        for (key, value) in located.members() {
            if !known.contains(&key.as_str()) {
                let expected = quoted_list(known.iter().copied());
                let message = format!("unknown key `{key}`; expected one of {expected}");
                self.error_at_key(&value.location, message, "rename or remove the key");
            }
        }
    }

    /// Returns the string at `key`, which is required and must not be empty.
    pub(super) fn required(&mut self, located: &Located<'_>, key: &str) -> String {
        match located.value.get(key) {
            Some(Value::String(text)) if !text.is_empty() => text.clone(),
            Some(Value::String(_)) => {
                self.error(&located.location.child(key), format!("`{key}` is empty"), "write a value");
                String::new()
            }
            Some(_) => {
                self.error(
                    &located.location.child(key),
                    format!("`{key}` is not a string"),
                    "write the value in quotes",
                );
                String::new()
            }
            None => {
                self.error(&located.location, format!("missing key `{key}`"), format!("add `{key}: …`"));
                String::new()
            }
        }
    }

    /// Checks the name of a resource or method. Different valid names have different file names, also on file systems
    /// that ignore case.
    pub(super) fn snake_case(&mut self, name: &str, location: &SourceLocation) {
        let valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let is_plain = name.chars().all(valid) && name.starts_with(|c: char| c.is_ascii_lowercase());
        if !is_plain || name.contains("__") || name.ends_with('_') || name.len() > MAX_NAME {
            let help = format!(
                "use at most {MAX_NAME} lower-case ASCII letters, digits and single `_`, beginning with a letter"
            );
            self.error_at_key(location, format!("invalid name `{name}` of a resource or method"), help);
        }
    }
}
