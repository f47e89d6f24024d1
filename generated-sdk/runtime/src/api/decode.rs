//! Decodes responses. Only this step depends on the type of the result.

use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{ApiError, Error, Message, Result};
use crate::json::extract::{Extracted, OtherProperties, ValueAt, read};
use crate::json::{Object, error_path};
use crate::operation::Envelope;
use crate::transport::RawResponse;

/// Parses an object. The generic functions pass it on, so that serde_json's parser is compiled once,
/// together with the type of the result, and not a second time in this crate.
type ReadObject = fn(&str) -> serde_json::Result<Object>;

/// Handling of the properties around a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum EnvelopeHandling {
    /// Return the properties in [`Extracted::rest`].
    Keep,
    /// Read only the property that reports success, which [`decode`] checks.
    Discard,
}

/// Decodes the value at `path` of the response. An empty path is the whole body.
///
/// # Errors
/// Returns [`Error::Api`] if the status or the envelope reports a failure, and [`Error::Decode`] if the body
/// is not JSON or the value does not match the type.
pub(crate) fn decode<T: DeserializeOwned>(
    response: &RawResponse,
    envelope: Option<&Envelope>,
    path: &[&str],
    envelope_handling: EnvelopeHandling,
) -> Result<Extracted<T>> {
    let read_object: ReadObject = |json| serde_json::from_str(json);
    if !response.status.is_success() {
        return Err(api_error(response, envelope, read_object));
    }
    // UTF-8 is validated once. Parsing bytes would validate each string separately.
    let body = match std::str::from_utf8(&response.body) {
        Ok("") => "null",
        Ok(body) => body,
        Err(error) => return Err(not_json(response, &error)),
    };
    let mut rest = Object::new();
    let mut value = None;
    let mut is_failed = false;
    let other_properties = match (envelope_handling, envelope) {
        (EnvelopeHandling::Discard, Some(envelope)) => {
            OtherProperties::CheckSuccess(envelope.success, &mut is_failed)
        }
        _ => OtherProperties::Collect(&mut rest),
    };
    let result = read(body, ValueAt { path, rest: other_properties, value: &mut value });
    if is_failed || reports_failure(envelope, &rest) {
        return Err(api_error(response, envelope, read_object));
    }
    let value = match (result, value) {
        (Ok(()), Some(value)) => value,
        // A missing value is equivalent to null if the type accepts null.
        (Ok(()), None) => match serde_json::from_str("null") {
            Ok(value) => value,
            Err(_) if response.body.is_empty() => return Err(response.decode_error("", "it is empty")),
            Err(_) => return Err(response.decode_error(&path.join("."), "it is missing")),
        },
        (Err(error), _) => return Err(decode_error(response, envelope, &error, read_object)),
    };
    Ok(Extracted { value, rest })
}

/// Checks that the status of the response is a success.
pub(crate) fn check_status(response: &RawResponse, envelope: Option<&Envelope>) -> Result<()> {
    let read_object: ReadObject = |json| serde_json::from_str(json);
    if response.status.is_success() { Ok(()) } else { Err(api_error(response, envelope, read_object)) }
}

/// Checks that the status and the envelope report success. Returns the body if it is a JSON object, or else
/// an empty object.
pub(crate) fn check(response: &RawResponse, envelope: Option<&Envelope>) -> Result<Object> {
    let read_object: ReadObject = |json| serde_json::from_str(json);
    let rest = object(response, read_object).unwrap_or_default();
    if !response.status.is_success() || reports_failure(envelope, &rest) {
        return Err(api_error(response, envelope, read_object));
    }
    Ok(rest)
}

/// Returns `true` if the envelope reports that the call failed.
fn reports_failure(envelope: Option<&Envelope>, rest: &Object) -> bool {
    envelope.is_some_and(|envelope| matches!(rest.get(envelope.success), Some(Value::Bool(false))))
}

/// Returns the error for a body that serde_json rejected.
#[cold]
fn decode_error(
    response: &RawResponse,
    envelope: Option<&Envelope>,
    error: &serde_json::Error,
    read_object: ReadObject,
) -> Error {
    if !error.is_data() {
        return not_json(response, error);
    }
    // If the envelope reports a failure, the API's error explains the missing result.
    if object(response, read_object).is_some_and(|rest| reports_failure(envelope, &rest)) {
        return api_error(response, envelope, read_object);
    }
    response.decode_error(&error_path::find(&response.body, error), &error.to_string())
}

/// Returns the error for a body that is not JSON, with its encoding or media type.
#[cold]
fn not_json(response: &RawResponse, error: &dyn fmt::Display) -> Error {
    let header = |name| response.headers.get(name).and_then(|value| value.to_str().ok());
    let coding = header(http::header::CONTENT_ENCODING).filter(|coding| !coding.eq_ignore_ascii_case("identity"));
    let media_type = header(http::header::CONTENT_TYPE).filter(|media_type| !media_type.contains("json"));
    let problem = match (coding, media_type) {
        // The client did not accept this encoding, but a proxy can compress regardless.
        (Some(coding), _) => format!(
            "it is compressed ({coding}), which the client does not support; enable the feature `gzip`, \
             `brotli` or `zstd`"
        ),
        (None, Some(media_type)) => format!("it is {media_type}, not JSON"),
        (None, None) => format!("it is not JSON: {error}"),
    };
    response.decode_error("", &problem)
}

/// Returns the body if it is a JSON object.
fn object(response: &RawResponse, read_object: ReadObject) -> Option<Object> {
    std::str::from_utf8(&response.body).ok().and_then(|body| read_object(body).ok())
}

/// Returns the error that the response reports.
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
