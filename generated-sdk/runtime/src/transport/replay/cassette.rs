//! File format of recordings: JSON that can be read and edited.

use std::path::Path;

use base64::prelude::{BASE64_STANDARD, Engine};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::exchange::Exchange;
use crate::error::{Error, Result};
use crate::json::Object;
use crate::transport::error::TransportErrorKind;

pub(super) fn save(path: &Path, exchanges: &[Exchange]) -> Result<()> {
    let exchanges: Vec<Value> = exchanges.iter().map(write).collect();
    let text = format!("{:#}\n", json!({ "exchanges": exchanges }));
    std::fs::write(path, text)
        .map_err(|error| Error::config(format!("{} can't be written: {error}", path.display())))
}

pub(super) fn load(path: &Path) -> Result<Vec<Exchange>> {
    let invalid = |message: String| Error::config(format!("{} can't be replayed: {message}", path.display()));
    let text = std::fs::read(path).map_err(|error| invalid(error.to_string()))?;
    let file: Value = serde_json::from_slice(&text).map_err(|error| invalid(error.to_string()))?;
    let exchanges = file.get("exchanges").and_then(Value::as_array);
    let exchanges = exchanges.ok_or_else(|| invalid("`exchanges` is not an array".to_owned()))?;
    let read = |(index, exchange)| {
        read(exchange).map_err(|message| invalid(format!("exchange {}: {message}", index + 1)))
    };
    exchanges.iter().enumerate().map(read).collect()
}

const FAILURES: [(&str, TransportErrorKind); 5] = [
    ("connect", TransportErrorKind::Connect),
    ("timeout", TransportErrorKind::Timeout),
    ("exchange", TransportErrorKind::Exchange),
    ("body", TransportErrorKind::Body),
    ("request", TransportErrorKind::Request),
];

fn write(exchange: &Exchange) -> Value {
    let mut request = Object::new();
    request.insert("method".to_owned(), exchange.method.as_str().into());
    request.insert("path".to_owned(), exchange.path.as_str().into());
    write_message(&mut request, &exchange.request_headers, &exchange.request_body);
    let failure = FAILURES.iter().find(|(_, kind)| exchange.failure == Some(*kind));
    if let Some((name, _)) = failure {
        return json!({ "request": request, "failure": name });
    }
    let mut response = Object::new();
    response.insert("status".to_owned(), exchange.status.into());
    write_message(&mut response, &exchange.headers, &exchange.body);
    json!({ "request": request, "response": response })
}

/// Writes headers and body. The body is written as JSON, text or base64, whichever first reproduces the same
/// bytes.
fn write_message(object: &mut Object, headers: &HeaderMap, body: &Bytes) {
    let mut names = Object::new();
    for name in headers.keys() {
        let values = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
        let values: Vec<Value> = values.map(Value::from).collect();
        let value = match <[Value; 1]>::try_from(values) {
            Ok([value]) => value,
            Err(values) => Value::Array(values),
        };
        names.insert(name.as_str().to_owned(), value);
    }
    object.insert("headers".to_owned(), names.into());
    if body.is_empty() {
        return;
    }
    let json = serde_json::from_slice::<Value>(body).ok().filter(|json| json.to_string().as_bytes() == body);
    let (name, value) = match (json, std::str::from_utf8(body)) {
        (Some(json), _) => ("json", json),
        (None, Ok(text)) => ("text", text.into()),
        (None, Err(_)) => ("base64", BASE64_STANDARD.encode(body).into()),
    };
    object.insert(name.to_owned(), value);
}

fn read(value: &Value) -> Result<Exchange, String> {
    let request = value.get("request").ok_or("`request` is missing")?;
    let text = |name: &str| {
        request.get(name).and_then(Value::as_str).ok_or_else(|| format!("`request.{name}` is missing"))
    };
    let mut exchange = Exchange::new(text("method")?, text("path")?);
    exchange.is_exact = true;
    (exchange.request_headers, exchange.request_body) = read_message(request)?;
    if let Some(failure) = value.get("failure") {
        let known = FAILURES.iter().find(|(name, _)| failure == name);
        let (_, kind) = known.ok_or_else(|| format!("unknown failure {failure}"))?;
        return Ok(exchange.fail(*kind));
    }
    let response = value.get("response").ok_or("`response` or `failure` is missing")?;
    let status = response.get("status").and_then(Value::as_u64).and_then(|status| status.try_into().ok());
    exchange.status = status.ok_or("`response.status` is missing")?;
    (exchange.headers, exchange.body) = read_message(response)?;
    Ok(exchange)
}

fn read_message(object: &Value) -> Result<(HeaderMap, Bytes), String> {
    let mut headers = HeaderMap::new();
    for (name, value) in object.get("headers").and_then(Value::as_object).into_iter().flatten() {
        for value in value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice) {
            let parsed = (HeaderName::try_from(name), HeaderValue::try_from(value.as_str().unwrap_or("\n")));
            let (Ok(name), Ok(value)) = parsed else {
                return Err(format!("`{name}` is not a valid header, or {value} is not a valid value"));
            };
            headers.try_append(name, value).map_err(|error| error.to_string())?;
        }
    }
    let text = |name: &str| object.get(name).and_then(Value::as_str);
    let body = match (object.get("json"), text("text"), text("base64")) {
        (Some(json), ..) => json.to_string().into(),
        (_, Some(text), _) => text.to_owned().into(),
        (.., Some(text)) => {
            BASE64_STANDARD.decode(text).map_err(|error| format!("invalid `base64`: {error}"))?.into()
        }
        _ => Bytes::new(),
    };
    Ok((headers, body))
}
