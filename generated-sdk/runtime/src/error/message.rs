use std::fmt;

use sdk_protocol::ErrorKeys;
use serde_json::Value;

use super::code::ErrorCode;
use super::excerpt::Sanitized;
use crate::json::Object;

/// Message of the API: an error, or information in a successful response, such as a warning.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Message {
    /// Code of the message, if any.
    pub code: Option<ErrorCode>,
    /// Text of the message.
    pub message: String,
    /// URL of the documentation of the message, if any.
    pub documentation_url: Option<String>,
    /// JSON pointer (RFC 6901) to the part of the request that caused the message, if any.
    pub pointer: Option<String>,
}

impl Message {
    /// Reads the list of messages of an envelope. Items of unexpected types are kept as text.
    pub(crate) fn read_all(value: &Value) -> Vec<Self> {
        let Value::Array(items) = value else { return Vec::new() };
        items.iter().map(|item| Self::read_item(item, &["code", "type"], &["message", "detail"])).collect()
    }

    /// Reads the messages of a body without an envelope, in the order of the paths in `keys`.
    ///
    /// An object without text is used only if no message has text. Its code becomes the text.
    pub(crate) fn read_body(body: &Value, keys: &ErrorKeys) -> Vec<Self> {
        let codes = if keys.codes.is_empty() { ErrorKeys::DEFAULT.codes } else { keys.codes };
        let messages = if keys.messages.is_empty() { ErrorKeys::DEFAULT.messages } else { keys.messages };
        let mut parents: Vec<&[&str]> = Vec::new();
        for (_, parent) in messages.iter().chain(codes).filter_map(|path| path.split_last()) {
            if !parents.contains(&parent) {
                parents.push(parent);
            }
        }
        let (mut found, mut without_text) = (Vec::new(), Vec::new());
        for parent in parents {
            let (codes, messages) = (names(codes, parent), names(messages, parent));
            for (value, is_item) in values_at(body, parent) {
                let message = match value {
                    Value::Object(object) => Self::read_object(object, &codes, &messages),
                    _ => Self::default(),
                };
                match message {
                    Self { message, .. } if message.is_empty() && is_item => {
                        found.push(Self::read_item(value, &codes, &messages));
                    }
                    message if message.message.is_empty() => without_text.push(message),
                    message => found.push(message),
                }
            }
        }
        if found.is_empty() {
            let code_as_text = |message: Self| {
                let text = message.code.as_ref()?.to_string();
                Some(Self { message: text, ..message })
            };
            found.extend(without_text.into_iter().filter_map(code_as_text));
        }
        found
    }

    /// Reads an item of a list of messages. If it has no text, its other properties become the text.
    fn read_item(value: &Value, codes: &[&str], messages: &[&str]) -> Self {
        let Value::Object(object) = value else { return Self { message: to_text(value), ..Self::default() } };
        let mut message = Self::read_object(object, codes, messages);
        if message.message.is_empty() {
            let code = codes.iter().find(|name| object.get(**name).and_then(ErrorCode::read).is_some());
            let others = object.iter().filter(|(name, _)| Some(&name.as_str()) != code);
            message.message = properties_to_text(others);
        }
        message
    }

    /// Reads the known properties of an object.
    fn read_object(object: &Object, codes: &[&str], messages: &[&str]) -> Self {
        let text = |name: &&str| object.get(*name)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        Self {
            code: codes.iter().find_map(|name| ErrorCode::read(object.get(*name)?)),
            message: messages.iter().find_map(text).unwrap_or_default(),
            documentation_url: ["documentation_url", "doc_url"].iter().find_map(text),
            pointer: object.get("source").and_then(|source| source.get("pointer")?.as_str()).map(str::to_owned),
        }
    }
}

/// Returns the last names of the paths that begin with `parent`.
fn names<'a>(paths: &[&'a [&'a str]], parent: &[&str]) -> Vec<&'a str> {
    paths
        .iter()
        .filter_map(|path| path.split_last())
        .filter(|(_, p)| *p == parent)
        .map(|(name, _)| *name)
        .collect()
}

/// Returns the values at a path, each with `true` if it is an item of a list. A list on the path is
/// expanded to its items.
fn values_at<'a>(value: &'a Value, path: &[&str]) -> Vec<(&'a Value, bool)> {
    let mut values = vec![(value, false)];
    for name in path {
        let children = values.iter().filter_map(|(value, _)| value.get(name));
        values = children
            .flat_map(|value| match value {
                Value::Array(items) => items.iter().map(|item| (item, true)).collect(),
                value => vec![(value, false)],
            })
            .collect();
    }
    values
}

/// Converts a JSON value to text, such as `field: name, problem: taken`.
fn to_text(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(to_text).collect::<Vec<_>>().join(", "),
        Value::Object(object) => properties_to_text(object),
    }
}

/// Converts properties to text.
fn properties_to_text<'a>(entries: impl IntoIterator<Item = (&'a String, &'a Value)>) -> String {
    let entries = entries.into_iter().map(|(name, value)| format!("{name}: {}", to_text(value)));
    entries.collect::<Vec<_>>().join(", ")
}

impl fmt::Display for Message {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        Sanitized(&self.message).fmt(formatter)?;
        if let Some(code) = self.code.as_ref().filter(|code| **code != *self.message) {
            write!(formatter, " (code {})", Sanitized(&code.to_string()))?;
        }
        match &self.pointer {
            Some(pointer) => write!(formatter, " at {}", Sanitized(pointer)),
            None => Ok(()),
        }
    }
}
