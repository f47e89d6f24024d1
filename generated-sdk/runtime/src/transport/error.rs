use std::error::Error as StdError;
use std::fmt;

/// Error of a transport.
#[derive(Debug)]
pub struct TransportError {
    /// Kind of the error.
    pub kind: TransportErrorKind,
    /// Underlying error.
    pub source: Box<dyn StdError + Send + Sync>,
}

/// Kind of a transport error, which determines whether the request is retried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The connection could not be established, so the server has not received the request.
    Connect,
    /// A timeout of the transport expired.
    Timeout,
    /// The exchange failed after connecting. The server may have acted on the request.
    Exchange,
    /// The body of the request could not be read. The request was not sent completely.
    Body,
    /// The transport cannot send this request. It was not sent, and a retry would fail as well.
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
