use std::fmt;

use super::no_retry::NoRetryReason;
use crate::operation::Operation;

/// The request that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestInfo {
    /// The HTTP method.
    pub method: &'static str,
    /// The path's template, without the values of its parameters.
    pub path: &'static str,
    /// How many times the request was sent.
    pub attempts: u32,
    /// Why it was not sent again, where the call failed at an attempt.
    pub no_retry_reason: Option<NoRetryReason>,
}

impl RequestInfo {
    pub(crate) fn of(operation: &Operation) -> Self {
        Self { method: operation.method, path: operation.path, attempts: 0, no_retry_reason: None }
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
