//! The configuration as YAML, with comments for the person who edits it.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::Value;

use super::Envelope;
use super::pages::Scheme;
use super::tree::Resource;

/// All that was inferred.
pub(super) struct Inferred {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) base_url_variable: String,
    pub(super) url: Option<String>,
    pub(super) credentials: Vec<(String, String)>,
    pub(super) envelope: Option<Envelope>,
    pub(super) schemes: Vec<(String, Scheme)>,
    pub(super) tree: Resource,
    pub(super) paginations: BTreeMap<String, String>,
}

impl Inferred {
    pub(super) fn to_yaml(&self) -> String {
        let mut text = String::from(
            "# How the SDK presents the API: inferred from the document, for a person to edit.\n\
             # Everything here can be renamed, moved or left out; `cargo xtask generate` says what is wrong.\n",
        );
        // Writing to a String doesn't fail.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) -> std::fmt::Result {
        writeln!(
            text,
            "package:\n  name: {}\n  version: 0.1.0\n  description: {}",
            self.name,
            quoted(&self.description)
        )?;
        writeln!(text, "\nbase_url:\n  environment: {}", self.base_url_variable)?;
        if let Some(url) = &self.url {
            writeln!(text, "  # The document names no server.\n  url: {}", quoted(url))?;
        }
        if !self.credentials.is_empty() {
            writeln!(
                text,
                "\n# Each security scheme, and the environment variable that its credential is read from."
            )?;
            writeln!(text, "authentication:")?;
            for (scheme, variable) in &self.credentials {
                writeln!(text, "  {}: {variable}", quoted(scheme))?;
            }
        }
        if let Some(envelope) = &self.envelope {
            writeln!(text, "\n# Every answer is an object around the result of the call.\nenvelope:")?;
            writeln!(text, "  result: {}\n  success: {}", envelope.result, envelope.success)?;
            writeln!(text, "  errors: {}\n  messages: {}", envelope.errors, envelope.messages)?;
        }
        if !self.schemes.is_empty() {
            writeln!(text, "\n# How lists go on after their first page.\npagination:")?;
            for (name, scheme) in &self.schemes {
                writeln!(text, "  {name}:")?;
                for (key, value) in scheme.keys() {
                    match value.as_str() {
                        Some(value) => writeln!(text, "    {key}: {}", quoted(value))?,
                        None => writeln!(text, "    {key}: {value}")?,
                    }
                }
            }
        }
        writeln!(text, "\n# The tree of resources: each method names its operation in the document.\nresources:")?;
        self.resources(text, &self.tree, 1)
    }

    fn resources(&self, text: &mut String, resource: &Resource, depth: usize) -> std::fmt::Result {
        let indent = "  ".repeat(depth);
        for (name, resource) in &resource.resources {
            writeln!(text, "{indent}{name}:")?;
            if !resource.methods.is_empty() {
                writeln!(text, "{indent}  methods:")?;
                for (method, id) in &resource.methods {
                    match self.paginations.get(id) {
                        Some(pages) => {
                            writeln!(
                                text,
                                "{indent}    {method}: {{operation: {}, pagination: {pages}}}",
                                quoted(id)
                            )?;
                        }
                        None => writeln!(text, "{indent}    {method}: {}", quoted(id))?,
                    }
                }
            }
            if !resource.resources.is_empty() {
                writeln!(text, "{indent}  resources:")?;
                self.resources(text, resource, depth + 2)?;
            }
        }
        Ok(())
    }
}

/// Text as a YAML scalar: plain where nothing else could be read from it, else quoted as in JSON.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '/' | '.');
    let is_word = text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(plain);
    let is_taken = matches!(
        text.to_ascii_lowercase().as_str(),
        "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n"
    );
    if is_word && !is_taken { text.to_owned() } else { Value::from(text).to_string() }
}
