//! Serialization of parameters in paths, queries, headers, cookies and forms.

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::Value;

use super::values::number::exact_integer;

pub use sdk_protocol::Style;

/// Characters to encode in a path segment or a query: all except the unreserved characters of RFC 3986.
pub(crate) const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Characters to encode in a query with `allowReserved`: all except the unreserved characters and those
/// reserved characters that have no meaning in a query. `#`, `&`, `=` and `+` are encoded.
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

/// Characters to encode in the value of a cookie: those that RFC 6265 does not allow, and `%`.
const COOKIE: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b',').add(b';').add(b'\\').add(b'%');

/// Characters to encode in the name of a cookie, which can be the key of an object: those of [`COOKIE`] and
/// `=`.
const COOKIE_NAME: &AsciiSet = &COOKIE.add(b'=');

/// Name and value in a query or form, both encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    /// Name of the parameter that the pair belongs to, not encoded.
    pub(crate) parameter: String,
    name: String,
    value: String,
}

impl Pair {
    /// Encodes a name and a value.
    pub(crate) fn new(parameter: &str, name: &str, value: &str) -> Self {
        Self { parameter: parameter.to_owned(), name: encode(name), value: encode(value) }
    }

    /// Returns `true` if the pair belongs to this parameter, or if its own name is the same.
    pub(crate) fn belongs_to(&self, name: &str) -> bool {
        self.parameter == name || self.name == encode(name)
    }

    /// Returns the decoded value.
    pub(crate) fn value(&self) -> String {
        percent_encoding::percent_decode_str(&self.value).decode_utf8_lossy().into_owned()
    }

    /// Encodes the value of a parameter. If `reserved`, reserved characters are not encoded.
    pub(crate) fn from_value<T: Serialize + ?Sized>(
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
            Style::DeepObject => add_brackets(name, &value, &mut add),
            Style::Form | Style::SpaceDelimited | Style::PipeDelimited => {
                let parts = parts(&value);
                if !parts.is_empty() {
                    // A separator inside a value is encoded, so that it differs from the separators between
                    // values.
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
                Value::Object(object) => object.iter().for_each(|(key, value)| add_repeated(key, value, &mut add)),
                value => add_repeated(name, value, &mut add),
            },
            _ => add_repeated(name, &value, &mut add),
        }
        Ok(pairs)
    }

    /// Encodes a field whose value is this JSON text, in the default style.
    pub(crate) fn from_json(name: &str, json: &[u8]) -> Vec<Self> {
        let value: Value = serde_json::from_slice(json).unwrap_or_default();
        Self::from_value(name, &value, Style::Default, false).unwrap_or_default()
    }

    /// Joins pairs to a query or the body of a form.
    pub(crate) fn join<'a>(pairs: impl IntoIterator<Item = &'a Self>) -> String {
        let pairs: Vec<String> = pairs.into_iter().map(|pair| format!("{}={}", pair.name, pair.value)).collect();
        pairs.join("&")
    }
}

/// Serializes and encodes a path parameter.
pub(crate) fn path<T: Serialize + ?Sized>(name: &str, value: &T, style: Style) -> serde_json::Result<String> {
    let value = serde_json::to_value(value)?;
    if style == Style::Json {
        return Ok(encode(&value.to_string()));
    }
    let name = encode(name);
    let exploded = |prefix: &str, with_name: bool| {
        let part = |(key, text): (Option<String>, String)| match key {
            Some(key) => format!("{prefix}{}={}", encode(&key), encode(&text)),
            None if with_name => format!("{prefix}{name}={}", encode(&text)),
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

/// Serializes the value of a header. Returns `None` if the value is null or empty.
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

/// Serializes a cookie parameter to names and values, both encoded.
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
                // RFC 6265 allows no commas in cookies, so they are encoded.
                add(name, &parts.join(","));
            }
        }
        (Style::FormExploded, Value::Object(object)) => {
            object.iter().for_each(|(key, value)| add_repeated(key, value, &mut add));
        }
        (_, value) => add_repeated(name, value, &mut add),
    }
    Ok(cookies)
}

/// Serializes a value as text for a path or header. Strings have no quotes, and items of lists are separated
/// by commas.
#[doc(hidden)]
pub fn text<T: Serialize + ?Sized>(value: &T) -> String {
    parts(&serde_json::to_value(value).unwrap_or_default()).join(",")
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

/// Returns a scalar value as text, and a nested list or object as JSON. Returns `None` for null.
fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(match number.as_f64().filter(|_| number.is_f64()).and_then(exact_integer) {
            Some(integer) => integer.to_string(),
            None => number.to_string(),
        }),
        value => Some(value.to_string()),
    }
}

/// Returns the items of a list, or the keys and values of an object alternately.
fn parts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().filter_map(scalar_text).collect(),
        Value::Object(object) => {
            object.iter().filter_map(|(key, value)| Some([key.clone(), scalar_text(value)?])).flatten().collect()
        }
        value => scalar_text(value).into_iter().collect(),
    }
}

/// Returns the items of a list without keys, or the values of an object with their keys.
fn entries(value: &Value) -> Vec<(Option<String>, String)> {
    match value {
        Value::Array(items) => items.iter().filter_map(|item| Some((None, scalar_text(item)?))).collect(),
        Value::Object(object) => {
            object.iter().filter_map(|(key, value)| Some((Some(key.clone()), scalar_text(value)?))).collect()
        }
        value => scalar_text(value).map(|text| (None, text)).into_iter().collect(),
    }
}

/// Adds a value in the default style. Items repeat the name, and properties are named `name.key`, to any depth.
fn add_repeated(name: &str, value: &Value, add: &mut impl FnMut(&str, &str)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| add_repeated(name, item, add)),
        Value::Object(object) => {
            object.iter().for_each(|(key, value)| add_repeated(&format!("{name}.{key}"), value, add));
        }
        value => {
            if let Some(text) = scalar_text(value) {
                add(name, &text);
            }
        }
    }
}

/// Adds a value with keys in brackets: `name[key]` for properties, `name[]` for items, and `name[0]` for
/// items that are lists or objects.
fn add_brackets(name: &str, value: &Value, add: &mut impl FnMut(&str, &str)) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                match item.is_object() || item.is_array() {
                    true => add_brackets(&format!("{name}[{index}]"), item, add),
                    false => add_brackets(&format!("{name}[]"), item, add),
                }
            }
        }
        Value::Object(object) => {
            object.iter().for_each(|(key, value)| add_brackets(&format!("{name}[{key}]"), value, add));
        }
        value => {
            if let Some(text) = scalar_text(value) {
                add(name, &text);
            }
        }
    }
}
