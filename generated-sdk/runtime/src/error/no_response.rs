//! Calls without an answer.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use super::request_info::RequestInfo;

/// No answer in time.
#[derive(Debug)]
#[non_exhaustive]
pub struct TimeoutError {
    /// The request.
    pub request: RequestInfo,
    /// The limit that ran out.
    pub limit: Duration,
}

impl fmt::Display for TimeoutError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.request.attempts {
            0 => write!(
                formatter,
                "{}: not sent within {:?}, for want of a turn by the client's limits or of a token",
                self.request, self.limit
            ),
            _ => write!(formatter, "{}: no complete answer within {:?}", self.request, self.limit),
        }
    }
}

/// No connection, or a broken one.
#[derive(Debug)]
#[non_exhaustive]
pub struct ConnectionError {
    /// The request.
    pub request: RequestInfo,
    /// Whether the server can have seen the request: false only where no connection was made.
    pub sent: bool,
    /// What the transport says of it.
    pub source: Box<dyn StdError + Send + Sync>,
}

impl fmt::Display for ConnectionError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.sent { "the connection broke before the answer was complete" } else { "no connection" };
        write!(formatter, "{}: {what}", self.request)?;
        let mut source: Option<&dyn StdError> = Some(self.source.as_ref());
        while let Some(error) = source {
            write!(formatter, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

/// Settings or arguments that can't make a request.
#[derive(Debug)]
#[non_exhaustive]
pub struct ConfigError {
    /// What is wrong, and what to do about it.
    pub message: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

/// A token source that has no token.
#[derive(Debug)]
#[non_exhaustive]
pub struct CredentialsError {
    /// The credential's name.
    pub credential: &'static str,
    /// What the source says of it.
    pub source: Box<dyn StdError + Send + Sync>,
}

impl fmt::Display for CredentialsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "there is no token for {}: {}", self.credential, self.source)
    }
}

/// A list that can't go on.
#[derive(Debug)]
#[non_exhaustive]
pub struct PagingError {
    /// The request.
    pub request: RequestInfo,
    /// What the server did.
    pub message: String,
}

impl fmt::Display for PagingError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: the list can't go on: {}", self.request, self.message)
    }
}
