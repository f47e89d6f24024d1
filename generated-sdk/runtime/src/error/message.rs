use std::fmt;

use serde_json::Value;

use super::excerpt::Harmless;
use crate::json::Object;

/// One message of the API: an error or a remark.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Message {
    /// The API's own number for it.
    pub code: Option<i64>,
    /// What it says.
    pub message: String,
    /// Where the API's documentation explains it.
    pub documentation_url: Option<String>,
    /// A JSON pointer to the part of the request that it is about.
    pub pointer: Option<String>,
}

impl Message {
    /// Reads the array of messages in an envelope. It takes what it finds: a message that can't be read must
    /// not hide the others.
    pub(crate) fn read_all(value: Option<&Value>) -> Vec<Self> {
        let Some(Value::Array(items)) = value else { return Vec::new() };
        items.iter().map(Self::read).collect()
    }

    /// What a body says that has none of an SDK's own shapes: in the ways that are usual among APIs, one of which is
    /// RFC 9457.
    pub(crate) fn guess(body: &Object) -> Vec<Self> {
        let text = |object: &Object, names: &[&str]| {
            names
                .iter()
                .find_map(|name| object.get(*name)?.as_str())
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
        };
        let code = |object: &Object| object.get("code").and_then(Value::as_i64);
        const TEXTS: [&str; 6] = ["message", "detail", "error_description", "title", "error", "reason"];
        match body.get("error") {
            Some(Value::Object(error)) => {
                let message = text(error, &TEXTS).or_else(|| text(error, &["code", "type"]));
                message.map(|message| Self { code: code(error), message, ..Self::default() }).into_iter().collect()
            }
            _ => match (text(body, &TEXTS), body.get("errors")) {
                (Some(message), _) => vec![Self { code: code(body), message, ..Self::default() }],
                (None, errors) => Self::read_all(errors),
            },
        }
    }

    fn read(value: &Value) -> Self {
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        Self {
            code: value.get("code").and_then(|code| code.as_i64().or_else(|| code.as_str()?.parse().ok())),
            message: text(value.get("message")).unwrap_or_else(|| plain(value)),
            documentation_url: text(value.get("documentation_url")),
            pointer: text(value.get("source").and_then(|source| source.get("pointer"))),
        }
    }
}

/// Any value as people write it: `field: name, problem: taken`.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(object) => {
            let entries = object.iter().map(|(name, value)| format!("{name}: {}", plain(value)));
            entries.collect::<Vec<_>>().join(", ")
        }
    }
}

impl fmt::Display for Message {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => write!(formatter, "{} (code {code})", Harmless(&self.message))?,
            None => Harmless(&self.message).fmt(formatter)?,
        }
        match &self.pointer {
            Some(pointer) => write!(formatter, " at {}", Harmless(pointer)),
            None => Ok(()),
        }
    }
}
