//! Errors of calls that have a response.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::code::ErrorCode;
use super::excerpt::Excerpt;
use super::message::Message;
use super::request_info::RequestInfo;

/// Error response of the API: an error status, or an envelope that reports a failure.
#[non_exhaustive]
pub struct ApiError {
    /// Request that failed.
    pub request: RequestInfo,
    /// Status of the response. It is a success if only the envelope reports the failure.
    pub status: StatusCode,
    /// Errors in the body. Empty if the body contains none, for example for the HTML page of a proxy.
    pub errors: Vec<Message>,
    /// Headers of the response.
    pub headers: HeaderMap,
    /// Unchanged body of the response.
    pub body: Bytes,
}

impl ApiError {
    /// Returns the codes of the errors, without errors that have no code.
    pub fn codes(&self) -> impl Iterator<Item = &ErrorCode> + '_ {
        self.errors.iter().filter_map(|message| message.code.as_ref())
    }

    /// Returns the ID that the server assigned to the request.
    pub fn request_id(&self) -> Option<&str> {
        self.request.request_id(&self.headers)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: the API responded with {}", self.request, self.status)?;
        for (index, error) in self.errors.iter().enumerate() {
            formatter.write_str(if index == 0 { ": " } else { "; " })?;
            write!(formatter, "{error}")?;
        }
        if self.errors.is_empty() && !self.body.is_empty() {
            write!(formatter, " and the body {}", Excerpt(&self.body))?;
        }
        write_request_id(formatter, self.request_id())
    }
}

/// Shows the length of the body only, because a body can contain secrets.
impl fmt::Debug for ApiError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ApiError")
            .field("request", &self.request)
            .field("status", &self.status)
            .field("errors", &self.errors)
            .field("request_id", &self.request_id())
            .field("body_length", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// Successful response that does not match its type.
#[non_exhaustive]
pub struct DecodeError {
    /// Request that received the response.
    pub request: RequestInfo,
    /// Status of the response.
    pub status: StatusCode,
    /// Headers of the response.
    pub headers: HeaderMap,
    /// Path of the value in the JSON, such as `result[3].status`. Empty if the body itself does not match.
    pub path: String,
    /// Description of the mismatch.
    pub message: String,
    /// Unchanged body of the response.
    pub body: Bytes,
}

impl DecodeError {
    /// Returns the ID that the server assigned to the request.
    pub fn request_id(&self) -> Option<&str> {
        self.request.request_id(&self.headers)
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: the API responded with {}, but ", self.request, self.status)?;
        match self.path.as_str() {
            "" => write!(formatter, "the response does not match its type: {}", self.message)?,
            path => write!(formatter, "`{path}` does not match its type: {}", self.message)?,
        }
        // The body can contain secrets, so it is shown only if there is no path.
        if self.path.is_empty() && !self.body.is_empty() {
            write!(formatter, "; the body begins with {}", Excerpt(&self.body))?;
        }
        write_request_id(formatter, self.request_id())
    }
}

/// Shows the length of the body only, because a body can contain secrets.
impl fmt::Debug for DecodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("DecodeError")
            .field("request", &self.request)
            .field("status", &self.status)
            .field("path", &self.path)
            .field("message", &self.message)
            .field("request_id", &self.request_id())
            .field("body_length", &self.body.len())
            .finish_non_exhaustive()
    }
}

fn write_request_id(formatter: &mut fmt::Formatter<'_>, request_id: Option<&str>) -> fmt::Result {
    match request_id {
        Some(id) => write!(formatter, " (request ID {id})"),
        None => Ok(()),
    }
}
