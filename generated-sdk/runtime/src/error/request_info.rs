use std::fmt;

use http::HeaderMap;

use super::no_retry::NoRetryReason;
use crate::operation::{Api, Operation};

/// Description of a request in an error: method, path template and number of attempts.
///
/// It contains no parameter values, which can be secret.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestInfo {
    /// HTTP method, in capitals.
    pub method: &'static str,
    /// Path template, such as `/accounts/{account_id}`.
    pub path: &'static str,
    /// Number of attempts. 0 if nothing was sent.
    pub attempts: u32,
    /// Reason why the request was not retried, if the last attempt failed.
    pub no_retry_reason: Option<NoRetryReason>,
    pub(crate) api: &'static Api,
}

impl RequestInfo {
    pub(crate) fn new(api: &'static Api, operation: &Operation) -> Self {
        Self { method: operation.method, path: operation.path, attempts: 0, no_retry_reason: None, api }
    }

    /// Returns the request ID in the response headers: the header that the API defines, or else
    /// `x-request-id` or `request-id`.
    pub(crate) fn request_id<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        let value = match self.api.request_id_header {
            Some(name) => headers.get(name),
            None => headers.get("x-request-id").or_else(|| headers.get("request-id")),
        };
        value?.to_str().ok()
    }
}

impl fmt::Debug for RequestInfo {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RequestInfo")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("attempts", &self.attempts)
            .field("no_retry_reason", &self.no_retry_reason)
            .finish()
    }
}

impl fmt::Display for RequestInfo {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.path)?;
        match self.attempts {
            0 | 1 => Ok(()),
            attempts => write!(formatter, " ({attempts} attempts)"),
        }
    }
}
