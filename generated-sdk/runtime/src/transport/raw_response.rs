use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::body::Body;
use crate::error::{DecodeError, Error, RequestInfo, Result};

/// A response that is not decoded yet.
pub(crate) struct RawResponse {
    pub(crate) request: RequestInfo,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Unread part of the body.
    pub(crate) unread: Body,
    pub(crate) elapsed: Duration,
}

/// Result of an attempt. The response is boxed because it is passed through several functions.
pub(crate) type AttemptResult = Result<Box<RawResponse>>;

impl RawResponse {
    /// Returns an error that the response does not match its type.
    pub(crate) fn decode_error(&self, path: &str, message: &str) -> Error {
        Error::Decode(Box::new(DecodeError {
            request: self.request,
            status: self.status,
            headers: self.headers.clone(),
            path: path.to_owned(),
            message: message.to_owned(),
            body: self.body.clone(),
        }))
    }
}
