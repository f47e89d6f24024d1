//! From an answer's bytes to a value: the one step that depends on the operation's types.

use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{ApiError, Error, Message, Result};
use crate::json::extract::{Extracted, OtherProperties, ValueAt, read};
use crate::json::{Object, error_path};
use crate::operation::Envelope;
use crate::transport::RawResponse;

/// Reads an object. Who reads an answer's type hands it on, so that a program has serde_json's reader once:
/// as it is compiled for that type, and not in this crate as well.
type ReadObject = fn(&str) -> serde_json::Result<Object>;

/// What is wanted of that which stands around a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Around {
    All,
    /// Whether the call succeeded, which [`decode`] looks at itself.
    Nothing,
}

/// Reads the value at `path` of the answer.
pub(crate) fn decode<T: DeserializeOwned>(
    response: &RawResponse,
    envelope: Option<&Envelope>,
    path: &[&str],
    around: Around,
) -> Result<Extracted<T>> {
    let read_object: ReadObject = |json| serde_json::from_str(json);
    if !response.status.is_success() {
        return Err(api_error(response, envelope, read_object));
    }
    // Once as a whole: a reader of bytes would look at each text by itself.
    let body = match std::str::from_utf8(&response.body) {
        Ok("") => "null",
        Ok(body) => body,
        Err(error) => return Err(not_json(response, &error)),
    };
    let mut rest = Object::new();
    let mut value = None;
    let mut is_failed = false;
    let kept = match (around, envelope) {
        (Around::Nothing, Some(envelope)) => OtherProperties::CheckSuccess(envelope.success, &mut is_failed),
        _ => OtherProperties::Collect(&mut rest),
    };
    let result = read(body, ValueAt { path, rest: kept, value: &mut value });
    if is_failed || failed(envelope, &rest) {
        return Err(api_error(response, envelope, read_object));
    }
    let value = match (result, value) {
        (Ok(()), Some(value)) => value,
        // An absent value is as good as null, where the type takes that.
        (Ok(()), None) => match serde_json::from_str("null") {
            Ok(value) => value,
            Err(_) if response.body.is_empty() => return Err(response.decode_error("", "it is empty")),
            Err(_) => return Err(response.decode_error(&path.join("."), "it is missing")),
        },
        (Err(error), _) => return Err(explain(response, envelope, &error, read_object)),
    };
    Ok(Extracted { value, rest })
}

/// Whether an answer's status means success.
pub(crate) fn check_status(response: &RawResponse, envelope: Option<&Envelope>) -> Result<()> {
    let read_object: ReadObject = |json| serde_json::from_str(json);
    if response.status.is_success() { Ok(()) } else { Err(api_error(response, envelope, read_object)) }
}

/// Whether an answer means success, and its JSON if it is an object.
pub(crate) fn check(response: &RawResponse, envelope: Option<&Envelope>) -> Result<Object> {
    let read_object: ReadObject = |json| serde_json::from_str(json);
    let rest = object(response, read_object).unwrap_or_default();
    if !response.status.is_success() || failed(envelope, &rest) {
        return Err(api_error(response, envelope, read_object));
    }
    Ok(rest)
}

fn failed(envelope: Option<&Envelope>, rest: &Object) -> bool {
    envelope.is_some_and(|envelope| matches!(rest.get(envelope.success), Some(Value::Bool(false))))
}

/// Says where an answer does not fit.
#[cold]
fn explain(
    response: &RawResponse,
    envelope: Option<&Envelope>,
    error: &serde_json::Error,
    read_object: ReadObject,
) -> Error {
    if !error.is_data() {
        return not_json(response, error);
    }
    // The envelope may say that the call failed, and then it doesn't matter that there is no result.
    if object(response, read_object).is_some_and(|rest| failed(envelope, &rest)) {
        return api_error(response, envelope, read_object);
    }
    response.decode_error(&error_path::find(&response.body, error), &error.to_string())
}

/// Says what an answer is that is not JSON.
#[cold]
fn not_json(response: &RawResponse, error: &dyn fmt::Display) -> Error {
    let header = |name| response.headers.get(name).and_then(|value| value.to_str().ok());
    let coding = header(http::header::CONTENT_ENCODING).filter(|coding| !coding.eq_ignore_ascii_case("identity"));
    let media_type = header(http::header::CONTENT_TYPE).filter(|media_type| !media_type.contains("json"));
    let what = match (coding, media_type) {
        // Nobody asked for that; a proxy may do it all the same.
        (Some(coding), _) => format!("it is compressed ({coding}), and this client does not read that"),
        (None, Some(media_type)) => format!("it is {media_type}, not JSON"),
        (None, None) => format!("it is not JSON: {error}"),
    };
    response.decode_error("", &what)
}

fn object(response: &RawResponse, read_object: ReadObject) -> Option<Object> {
    std::str::from_utf8(&response.body).ok().and_then(|body| read_object(body).ok())
}

#[cold]
fn api_error(response: &RawResponse, envelope: Option<&Envelope>, read_object: ReadObject) -> Error {
    let body = object(response, read_object).map_or(Value::Null, Value::Object);
    let errors = match envelope.and_then(|envelope| body.get(envelope.errors)) {
        Some(errors) => Message::read_all(errors),
        None => Message::read_body(&body, &response.request.api.error_keys),
    };
    Error::Api(Box::new(ApiError {
        request: response.request,
        status: response.status,
        errors,
        headers: response.headers.clone(),
        body: response.body.clone(),
    }))
}
