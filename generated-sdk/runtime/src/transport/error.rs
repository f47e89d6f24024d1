use std::error::Error as StdError;
use std::fmt;

/// Why a transport has no answer.
#[derive(Debug)]
pub struct TransportError {
    /// How far it came.
    pub kind: TransportErrorKind,
    /// What went wrong.
    pub source: Box<dyn StdError + Send + Sync>,
}

/// How far a request came before it failed: what a retry depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection was made, so the server can't have seen the request.
    Connect,
    /// The transport's own time limit ran out.
    Timeout,
    /// Anything later: the server may have acted on the request.
    Exchange,
    /// The request's own body could not be read, so it was not sent.
    Body,
    /// The transport can't send such a request, now or ever. It was not sent.
    Request,
}

impl fmt::Display for TransportError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.source, formatter)
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.source()
    }
}
