//! How the values of parameters become text in a URL, a header or a form.

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::Value;

use super::values::number::whole;

pub use sdk_protocol::Style;

/// All that stands for itself in a URL's path segment or query, by RFC 3986.
pub(crate) const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// As [`UNRESERVED`], with the reserved characters that `allowReserved` leaves: all that don't end a query.
const RESERVED: &AsciiSet = &UNRESERVED
    .remove(b':')
    .remove(b'/')
    .remove(b'?')
    .remove(b'[')
    .remove(b']')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b';');

/// All that a cookie can't carry, by RFC 6265.
const COOKIE: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b',').add(b';').add(b'\\').add(b'%');

/// All that the name of a cookie can't be made of besides, where it is the key of an object.
const COOKIE_NAME: &AsciiSet = &COOKIE.add(b'=');

/// One name and value of a query or form, both encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    /// The parameter that it belongs to.
    pub(crate) parameter: String,
    name: String,
    value: String,
}

impl Pair {
    pub(crate) fn new(parameter: &str, name: &str, value: &str) -> Self {
        Self { parameter: parameter.to_owned(), name: encode(name), value: encode(value) }
    }

    /// Whether it belongs to the parameter of this name, or is what has the name itself.
    pub(crate) fn is_of(&self, name: &str) -> bool {
        self.parameter == name || self.name == encode(name)
    }

    /// The value as it was before it was encoded.
    pub(crate) fn value(&self) -> String {
        percent_encoding::percent_decode_str(&self.value).decode_utf8_lossy().into_owned()
    }

    /// The pairs of a parameter that has this value.
    pub(crate) fn all<T: Serialize + ?Sized>(
        name: &str,
        value: &T,
        style: Style,
        reserved: bool,
    ) -> serde_json::Result<Vec<Self>> {
        let mut pairs = Vec::new();
        let mut add = |key: &str, text: &str| {
            let set = if reserved { RESERVED } else { UNRESERVED };
            let value = utf8_percent_encode(text, set).to_string();
            pairs.push(Self { parameter: name.to_owned(), name: encode(key), value });
        };
        let value = serde_json::to_value(value)?;
        match style {
            Style::Json if value.is_null() => {}
            Style::Json => add(name, &value.to_string()),
            Style::DeepObject => brackets(name, &value, &mut add),
            Style::Form | Style::SpaceDelimited | Style::PipeDelimited => {
                let parts = parts(&value);
                if !parts.is_empty() {
                    // The separators stand for themselves, those in the values don't.
                    let set = if reserved { RESERVED } else { UNRESERVED };
                    let parts: Vec<String> =
                        parts.iter().map(|part| utf8_percent_encode(part, set).to_string()).collect();
                    let separator = match style {
                        Style::SpaceDelimited => "%20",
                        Style::PipeDelimited => "%7C",
                        _ => ",",
                    };
                    let value = parts.join(separator);
                    pairs.push(Self { parameter: name.to_owned(), name: encode(name), value });
                }
            }
            Style::FormExploded => match &value {
                Value::Object(object) => object.iter().for_each(|(key, value)| repeat(key, value, &mut add)),
                value => repeat(name, value, &mut add),
            },
            _ => repeat(name, &value, &mut add),
        }
        Ok(pairs)
    }

    /// The pairs of a field that has this JSON.
    pub(crate) fn read(name: &str, json: &[u8]) -> Vec<Self> {
        let value: Value = serde_json::from_slice(json).unwrap_or_default();
        Self::all(name, &value, Style::Default, false).unwrap_or_default()
    }

    /// All pairs as a query or form has them.
    pub(crate) fn write<'a>(pairs: impl IntoIterator<Item = &'a Self>) -> String {
        let pairs: Vec<String> = pairs.into_iter().map(|pair| format!("{}={}", pair.name, pair.value)).collect();
        pairs.join("&")
    }
}

/// The text of a path parameter, encoded.
pub(crate) fn path<T: Serialize + ?Sized>(name: &str, value: &T, style: Style) -> serde_json::Result<String> {
    let value = serde_json::to_value(value)?;
    if style == Style::Json {
        return Ok(encode(&value.to_string()));
    }
    let name = encode(name);
    let exploded = |prefix: &str, own_name: bool| {
        let part = |(key, text): (Option<String>, String)| match key {
            Some(key) => format!("{prefix}{}={}", encode(&key), encode(&text)),
            None if own_name => format!("{prefix}{name}={}", encode(&text)),
            None => format!("{prefix}{}", encode(&text)),
        };
        entries(&value).into_iter().map(part).collect::<Vec<_>>()
    };
    let joined = parts(&value).iter().map(|part| encode(part)).collect::<Vec<_>>().join(",");
    Ok(match style {
        Style::SimpleExploded => exploded("", false).join(","),
        Style::Label => format!(".{joined}"),
        Style::LabelExploded => exploded(".", false).concat(),
        Style::Matrix => format!(";{name}={joined}"),
        Style::MatrixExploded => exploded(";", true).concat(),
        _ => joined,
    })
}

/// The text of a header; nothing for a value that is null or empty.
pub(crate) fn header<T: Serialize + ?Sized>(value: &T, style: Style) -> serde_json::Result<Option<String>> {
    let value = serde_json::to_value(value)?;
    let parts = match style {
        Style::Json if value.is_null() => Vec::new(),
        Style::Json => vec![value.to_string()],
        Style::SimpleExploded => {
            let part = |(key, text): (Option<String>, String)| match key {
                Some(key) => format!("{key}={text}"),
                None => text,
            };
            entries(&value).into_iter().map(part).collect()
        }
        _ => parts(&value),
    };
    let text = parts.join(",");
    Ok((!text.is_empty()).then_some(text))
}

/// The cookies of a parameter.
pub(crate) fn cookies<T: Serialize + ?Sized>(
    name: &str,
    value: &T,
    style: Style,
) -> serde_json::Result<Vec<(String, String)>> {
    let mut cookies = Vec::new();
    let mut add = |name: &str, text: &str| {
        let name = utf8_percent_encode(name, COOKIE_NAME).to_string();
        cookies.push((name, utf8_percent_encode(text, COOKIE).to_string()));
    };
    let value = serde_json::to_value(value)?;
    match (style, &value) {
        (Style::Json, Value::Null) => {}
        (Style::Json, value) => add(name, &value.to_string()),
        (Style::Form, value) => {
            let parts = parts(value);
            if !parts.is_empty() {
                // No cookie holds a comma.
                add(name, &parts.join(","));
            }
        }
        (Style::FormExploded, Value::Object(object)) => {
            object.iter().for_each(|(key, value)| repeat(key, value, &mut add));
        }
        (_, value) => repeat(name, value, &mut add),
    }
    Ok(cookies)
}

/// The text of a value in a path or header: that of a string without quotes, a list's items with commas between.
#[doc(hidden)]
pub fn text<T: Serialize + ?Sized>(value: &T) -> String {
    parts(&serde_json::to_value(value).unwrap_or_default()).join(",")
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

/// The text of a value that is neither a list nor an object; those as JSON, inside of other ones.
fn leaf(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(match number.as_f64().filter(|_| number.is_f64()).and_then(whole) {
            Some(whole) => whole.to_string(),
            None => number.to_string(),
        }),
        value => Some(value.to_string()),
    }
}

/// The items of a list, or keys and values of an object in turn.
fn parts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().filter_map(leaf).collect(),
        Value::Object(object) => {
            object.iter().filter_map(|(key, value)| Some([key.clone(), leaf(value)?])).flatten().collect()
        }
        value => leaf(value).into_iter().collect(),
    }
}

/// The items of a list, or the values of an object with their keys.
fn entries(value: &Value) -> Vec<(Option<String>, String)> {
    match value {
        Value::Array(items) => items.iter().filter_map(|item| Some((None, leaf(item)?))).collect(),
        Value::Object(object) => {
            object.iter().filter_map(|(key, value)| Some((Some(key.clone()), leaf(value)?))).collect()
        }
        value => leaf(value).map(|text| (None, text)).into_iter().collect(),
    }
}

/// A list repeats the name, an object's properties stand behind a dot, to any depth.
fn repeat(name: &str, value: &Value, add: &mut impl FnMut(&str, &str)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| repeat(name, item, add)),
        Value::Object(object) => {
            object.iter().for_each(|(key, value)| repeat(&format!("{name}.{key}"), value, add));
        }
        value => {
            if let Some(text) = leaf(value) {
                add(name, &text);
            }
        }
    }
}

fn brackets(name: &str, value: &Value, add: &mut impl FnMut(&str, &str)) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                match item.is_object() || item.is_array() {
                    true => brackets(&format!("{name}[{index}]"), item, add),
                    false => brackets(&format!("{name}[]"), item, add),
                }
            }
        }
        Value::Object(object) => {
            object.iter().for_each(|(key, value)| brackets(&format!("{name}[{key}]"), value, add));
        }
        value => {
            if let Some(text) = leaf(value) {
                add(name, &text);
            }
        }
    }
}
