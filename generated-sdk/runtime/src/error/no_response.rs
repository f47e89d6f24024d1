//! Errors of calls that have no response.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use super::request_info::RequestInfo;

/// Exceeded time limit.
#[derive(Debug)]
#[non_exhaustive]
pub struct TimeoutError {
    /// Request that exceeded the limit.
    pub request: RequestInfo,
    /// Time limit of the attempt or of the call.
    pub limit: Duration,
}

impl fmt::Display for TimeoutError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.request.attempts {
            0 => write!(
                formatter,
                "{}: not sent within {:?}, while waiting for the client's limits or for a token",
                self.request, self.limit
            ),
            _ => write!(formatter, "{}: no complete response within {:?}", self.request, self.limit),
        }
    }
}

/// Connection that could not be established, or that broke.
#[derive(Debug)]
#[non_exhaustive]
pub struct ConnectionError {
    /// Request that failed.
    pub request: RequestInfo,
    /// `false` if no connection was established, so that the server cannot have received the request.
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
    /// Description of the problem and its solution.
    pub message: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

/// Failure of a token source.
#[derive(Debug)]
#[non_exhaustive]
pub struct CredentialsError {
    /// Name of the credential.
    pub credential: &'static str,
    /// Error of the token source.
    pub source: Box<dyn StdError + Send + Sync>,
}

impl fmt::Display for CredentialsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "no token for {}: {}", self.credential, self.source)
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
