//! Inferred configuration as a value and as commented YAML.

use std::collections::BTreeMap;
use std::fmt::Write;

use sdk_protocol::{Envelope, Owned};
use serde_json::{Map, Value, json};

use super::pagination::InferredPagination;
use super::tree::Resource;

/// Inferred configuration.
pub struct InferredConfig {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) base_url_variable: String,
    /// Base URL, if the document has no server.
    pub(super) url: Option<String>,
    /// Security schemes, each with its environment variable.
    pub(super) credentials: Vec<(String, String)>,
    pub(super) envelope: Option<Envelope<Owned>>,
    /// Paginations with their names.
    pub(super) paginations: Vec<(String, InferredPagination)>,
    /// Name of the pagination of each paginated operation, by the id of the operation.
    pub(super) operation_paginations: BTreeMap<String, String>,
    /// Root of the resource tree.
    pub(super) tree: Resource,
}

impl InferredConfig {
    /// Returns the configuration as the value of an `sdk.yaml`.
    pub fn value(&self) -> Value {
        let mut base_url = json!({"environment": self.base_url_variable});
        if let Some(url) = &self.url {
            base_url["url"] = url.as_str().into();
        }
        let mut value = json!({
            "package": {"name": self.name, "version": "0.1.0", "description": self.description},
            "base_url": base_url,
        });
        if !self.credentials.is_empty() {
            let credentials = self.credentials.iter().map(|(scheme, variable)| (scheme.clone(), json!(variable)));
            value["authentication"] = Value::Object(credentials.collect());
        }
        if let Some(Envelope { result, success, errors, messages }) = &self.envelope {
            value["envelope"] =
                json!({"result": result, "success": success, "errors": errors, "messages": messages});
        }
        if !self.paginations.is_empty() {
            let keys = |pagination: &InferredPagination| {
                pagination.keys().map(|(key, value)| (key.to_owned(), value)).collect()
            };
            let paginations = self.paginations.iter();
            let paginations =
                paginations.map(|(name, pagination)| (name.clone(), Value::Object(keys(pagination))));
            value["pagination"] = Value::Object(paginations.collect());
        }
        value["resources"] = self.resources(&self.tree);
        value
    }

    fn resources(&self, parent: &Resource) -> Value {
        let resource = |resource: &Resource| {
            let mut value = Map::new();
            if !resource.methods.is_empty() {
                let target = |id: &String| match self.operation_paginations.get(id) {
                    Some(pagination) => json!({"operation": id, "pagination": pagination}),
                    None => json!(id),
                };
                let methods = resource.methods.iter().map(|(name, id)| (name.clone(), target(id)));
                value.insert("methods".to_owned(), Value::Object(methods.collect()));
            }
            if !resource.resources.is_empty() {
                value.insert("resources".to_owned(), self.resources(resource));
            }
            Value::Object(value)
        };
        parent.resources.iter().map(|(name, child)| (name.clone(), resource(child))).collect::<Map<_, _>>().into()
    }

    /// Returns the configuration as YAML with comments.
    pub fn to_yaml(&self) -> String {
        let mut text = String::from(
            "# Configuration of the SDK, inferred from the document.\n\
             # Resources and methods can be renamed, moved and removed. `cargo xtask generate` reports errors.\n",
        );
        let value = self.value();
        for (index, (key, value)) in value.as_object().into_iter().flatten().enumerate() {
            if index > 0 {
                text.push('\n');
            }
            if let Some(comment) = comment(key) {
                let _ = writeln!(text, "# {comment}");
            }
            write_member(&mut text, key, value, 0);
        }
        text
    }
}

/// Returns the comment above a key.
fn comment(key: &str) -> Option<&'static str> {
    Some(match key {
        "authentication" => "Security schemes, each with the environment variable of its credential.",
        "envelope" => "Keys of the object that wraps the result of every response.",
        "pagination" => "Paginations of list operations.",
        "resources" => "Resources with their methods. Each method has the id of its operation.",
        "url" => "The document has no server.",
        _ => return None,
    })
}

fn write_member(text: &mut String, key: &str, value: &Value, depth: usize) {
    let indent = "  ".repeat(depth);
    let name = quoted(key);
    // Writing to a String cannot fail.
    let _ = match value {
        // A method with an operation and a pagination.
        Value::Object(members) if members.get("operation").is_some_and(Value::is_string) => {
            let members = members.iter().map(|(key, value)| format!("{key}: {}", scalar(value)));
            writeln!(text, "{indent}{name}: {{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        Value::Object(members) => {
            let _ = writeln!(text, "{indent}{name}:");
            for (key, value) in members {
                if let Some(comment) = comment(key).filter(|_| key == "url") {
                    let _ = writeln!(text, "{indent}  # {comment}");
                }
                write_member(text, key, value, depth + 1);
            }
            Ok(())
        }
        value => writeln!(text, "{indent}{name}: {}", scalar(value)),
    };
}

/// Returns a scalar as YAML in one line.
fn scalar(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), quoted)
}

/// Returns a string as a YAML scalar: plain if YAML reads it as the same string, otherwise quoted as in JSON.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '/' | '.');
    let is_version = text.split('.').count() == 3 && text.chars().all(|c| c.is_ascii_digit() || c == '.');
    let is_word = text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(plain);
    let is_keyword = matches!(
        text.to_ascii_lowercase().as_str(),
        "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n"
    );
    if (is_word && !is_keyword) || is_version { text.to_owned() } else { Value::from(text).to_string() }
}
