//! The configuration as YAML, with comments for the person who edits it.

use std::collections::BTreeMap;
use std::fmt::Write;

use sdk_protocol::{Envelope, Owned};
use serde_json::{Map, Value, json};

use super::pages::Scheme;
use super::tree::Resource;

/// All that was inferred.
pub struct Inferred {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) base_url_variable: String,
    pub(super) url: Option<String>,
    pub(super) credentials: Vec<(String, String)>,
    pub(super) envelope: Option<Envelope<Owned>>,
    pub(super) schemes: Vec<(String, Scheme)>,
    pub(super) tree: Resource,
    pub(super) paginations: BTreeMap<String, String>,
}

impl Inferred {
    /// The configuration, as it is read from `sdk.yaml`.
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
        if !self.schemes.is_empty() {
            let keys = |scheme: &Scheme| scheme.keys().map(|(key, value)| (key.to_owned(), value)).collect();
            let schemes = self.schemes.iter().map(|(name, scheme)| (name.clone(), Value::Object(keys(scheme))));
            value["pagination"] = Value::Object(schemes.collect());
        }
        value["resources"] = self.resources(&self.tree);
        value
    }

    fn resources(&self, parent: &Resource) -> Value {
        let resource = |resource: &Resource| {
            let mut value = Map::new();
            if !resource.methods.is_empty() {
                let calls = |id: &String| match self.paginations.get(id) {
                    Some(pages) => json!({"operation": id, "pagination": pages}),
                    None => json!(id),
                };
                let methods = resource.methods.iter().map(|(name, id)| (name.clone(), calls(id)));
                value.insert("methods".to_owned(), Value::Object(methods.collect()));
            }
            if !resource.resources.is_empty() {
                value.insert("resources".to_owned(), self.resources(resource));
            }
            Value::Object(value)
        };
        parent.resources.iter().map(|(name, below)| (name.clone(), resource(below))).collect::<Map<_, _>>().into()
    }

    /// The configuration as a file that a person edits.
    pub fn to_yaml(&self) -> String {
        let mut text = String::from(
            "# How the SDK presents the API: inferred from the document, for a person to edit.\n\
             # Everything here can be renamed, moved or left out; `cargo xtask generate` says what is wrong.\n",
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

/// What stands above a part of the configuration.
fn comment(key: &str) -> Option<&'static str> {
    Some(match key {
        "authentication" => "Each security scheme, and the environment variable that its credential is read from.",
        "envelope" => "Every answer is an object around the result of the call.",
        "pagination" => "How lists go on after their first page.",
        "resources" => "The tree of resources: each method names its operation in the document.",
        "url" => "The document names no server.",
        _ => return None,
    })
}

fn write_member(text: &mut String, key: &str, value: &Value, depth: usize) {
    let indent = "  ".repeat(depth);
    let name = quoted(key);
    // Writing to a String doesn't fail.
    let _ = match value {
        // A method with more than its operation.
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

/// A value that stands in one line.
fn scalar(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), quoted)
}

/// Text as a YAML scalar: plain where nothing else could be read from it, else quoted as in JSON.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '/' | '.');
    let is_version = text.split('.').count() == 3 && text.chars().all(|c| c.is_ascii_digit() || c == '.');
    let is_word = text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(plain);
    let is_taken = matches!(
        text.to_ascii_lowercase().as_str(),
        "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n"
    );
    if (is_word && !is_taken) || is_version { text.to_owned() } else { Value::from(text).to_string() }
}
