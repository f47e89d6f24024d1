//! Answers that are errors, and answers that do not fit.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::excerpt::Excerpt;
use super::headers::ray_id;
use super::message::Message;
use super::request_info::RequestInfo;

/// The API's answer, where it is an error.
#[non_exhaustive]
pub struct ApiError {
    /// The request.
    pub request: RequestInfo,
    /// The status of the answer. It can be a success where only the envelope says that the call failed.
    pub status: StatusCode,
    /// The errors that the API lists, or the one that it states in one of the usual ways; empty where the body is not
    /// the API's own (a proxy's HTML page, say).
    pub errors: Vec<Message>,
    /// The headers of the answer.
    pub headers: HeaderMap,
    /// The body of the answer, as it came.
    pub body: Bytes,
}

impl ApiError {
    /// The id that Cloudflare's network gave the request.
    pub fn ray_id(&self) -> Option<&str> {
        ray_id(&self.headers)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: the API answered {}", self.request, self.status)?;
        for (index, error) in self.errors.iter().enumerate() {
            formatter.write_str(if index == 0 { ": " } else { "; " })?;
            write!(formatter, "{error}")?;
        }
        if self.errors.is_empty() && !self.body.is_empty() {
            write!(formatter, " with the body {}", Excerpt(&self.body))?;
        }
        write_ray_id(formatter, &self.headers)
    }
}

/// There may be secrets in a body: it is shown by its length.
impl fmt::Debug for ApiError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ApiError")
            .field("request", &self.request)
            .field("status", &self.status)
            .field("errors", &self.errors)
            .field("ray_id", &self.ray_id())
            .field("body_length", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// An answer that does not fit.
#[non_exhaustive]
pub struct DecodeError {
    /// The request.
    pub request: RequestInfo,
    /// The status of the answer.
    pub status: StatusCode,
    /// The headers of the answer.
    pub headers: HeaderMap,
    /// The place in the JSON, such as `result[3].status`; empty for the whole body.
    pub path: String,
    /// What does not fit there.
    pub message: String,
    /// The body of the answer, as it came.
    pub body: Bytes,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: the API answered {}, but ", self.request, self.status)?;
        // Where the place is known the body isn't shown: there may be a secret in it.
        match self.path.as_str() {
            "" => write!(formatter, "the answer does not fit: {}", self.message)?,
            path => write!(formatter, "`{path}` does not fit: {}", self.message)?,
        }
        if self.path.is_empty() && !self.body.is_empty() {
            write!(formatter, "; it begins: {}", Excerpt(&self.body))?;
        }
        write_ray_id(formatter, &self.headers)
    }
}

/// There may be secrets in a body: it is shown by its length.
impl fmt::Debug for DecodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("DecodeError")
            .field("request", &self.request)
            .field("status", &self.status)
            .field("path", &self.path)
            .field("message", &self.message)
            .field("ray_id", &ray_id(&self.headers))
            .field("body_length", &self.body.len())
            .finish_non_exhaustive()
    }
}

fn write_ray_id(formatter: &mut fmt::Formatter<'_>, headers: &HeaderMap) -> fmt::Result {
    match ray_id(headers) {
        Some(ray_id) => write!(formatter, " (ray id {ray_id})"),
        None => Ok(()),
    }
}
