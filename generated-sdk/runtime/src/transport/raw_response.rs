use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::body::Body;
use crate::error::{DecodeError, Error, RequestInfo, Result};

/// An answer, not yet decoded.
pub(crate) struct RawResponse {
    pub(crate) request: RequestInfo,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// What of its body was not read.
    pub(crate) unread: Body,
    pub(crate) elapsed: Duration,
}

/// An answer goes through several hands, and would be copied by each.
pub(crate) type AttemptResult = Result<Box<RawResponse>>;

impl RawResponse {
    /// An error that says that the response does not match its type.
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
