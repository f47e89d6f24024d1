//! Errors of calls that have no complete response, and of paging.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use super::request_info::RequestInfo;

/// Timeout that was exceeded.
#[derive(Debug)]
#[non_exhaustive]
pub struct TimeoutError {
    /// Request that exceeded the timeout.
    pub request: RequestInfo,
    /// Timeout of the attempt or of the call.
    pub limit: Duration,
}

impl fmt::Display for TimeoutError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.request.attempts {
            0 => write!(
                formatter,
                "{}: not sent within {:?}, because of the client's request limits or its token source",
                self.request, self.limit
            ),
            _ => write!(formatter, "{}: no complete response within {:?}", self.request, self.limit),
        }
    }
}

/// Connection that could not be established, or that broke before the response was complete.
#[derive(Debug)]
#[non_exhaustive]
pub struct ConnectionError {
    /// Request that failed.
    pub request: RequestInfo,
    /// `true` if the connection was established, so that the server may have received the request.
    pub sent: bool,
    /// Error of the transport.
    pub source: Box<dyn StdError + Send + Sync>,
}

impl fmt::Display for ConnectionError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = match self.sent {
            true => "the connection broke before the response was complete",
            false => "no connection",
        };
        write!(formatter, "{}: {message}", self.request)?;
        let mut source: Option<&dyn StdError> = Some(self.source.as_ref());
        while let Some(error) = source {
            write!(formatter, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

/// Invalid settings of a client or arguments of a call.
#[derive(Debug)]
#[non_exhaustive]
pub struct ConfigError {
    /// Description of the problem and of its solution.
    pub message: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

/// Failure of a [`TokenSource`](crate::TokenSource).
#[derive(Debug)]
#[non_exhaustive]
pub struct CredentialsError {
    /// Name of the credential, such as `api_token`.
    pub credential: &'static str,
    /// Error of the token source.
    pub source: Box<dyn StdError + Send + Sync>,
}

impl fmt::Display for CredentialsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "no token for the credential `{}`: {}", self.credential, self.source)
    }
}

/// List whose next page cannot be fetched.
#[derive(Debug)]
#[non_exhaustive]
pub struct PagingError {
    /// Request for the last page.
    pub request: RequestInfo,
    /// Description of the problem.
    pub message: String,
}

impl fmt::Display for PagingError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: the next page cannot be fetched: {}", self.request, self.message)
    }
}
