//! How requests reach the network: a small trait, and its implementation on reqwest.

#[cfg(feature = "reqwest")]
mod over_reqwest;
mod prepared;
mod replay;

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::pin::Pin;

pub use bytes::Bytes;
pub use futures_core::Stream;
#[doc(no_inline)]
pub use http;

pub use crate::body::{Body, BodyError};

#[cfg(feature = "reqwest")]
pub use over_reqwest::ReqwestTransport;
#[doc(hidden)]
pub use prepared::Prepared;
pub(crate) use replay::sounds_secret;
pub use replay::{Exchange, Recorder, Replay};
/// The version of reqwest under [`ReqwestTransport`].
#[cfg(feature = "reqwest")]
#[doc(no_inline)]
pub use reqwest;

/// A future that a transport returns.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Sends one HTTP request and returns its answer. The client does the rest: authentication, time limits,
/// retries and decoding.
///
/// ```
/// # use sdk_runtime::transport::{Body, BoxFuture, Transport, TransportError, http};
///
/// /// Answers every request with an empty object.
/// struct Nothing;
///
/// impl Transport for Nothing {
///     fn send(&self, _: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
///         Box::pin(async { Ok(http::Response::new(Body::from("{}"))) })
///     }
/// }
/// ```
pub trait Transport: Send + Sync + 'static {
    /// Sends `request` and returns the answer as soon as its headers are there; its body is read later, or never.
    /// It must neither retry nor follow redirects: the client does that, and the request may carry credentials.
    ///
    /// The request's body is a stream of chunks; where all of it is there, [`Body::as_bytes`] has it. A transport
    /// states its [`length`](Body::length) where that is known. The answer's body can be made of bytes, or of a
    /// [stream](Body::stream); a [`TransportError`] in the stream tells how far it came.
    ///
    /// Dropping the future, or the answer's body, must end the exchange.
    fn send(&self, request: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>>;

    /// As [`send`](Self::send), before the request has become one of `http`'s: a transport that has URLs of the same
    /// type spares itself that.
    #[doc(hidden)]
    fn send_prepared(&self, request: Prepared) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        match request.into_http() {
            Ok(request) => self.send(request),
            Err(error) => Box::pin(std::future::ready(Err(error))),
        }
    }
}

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
