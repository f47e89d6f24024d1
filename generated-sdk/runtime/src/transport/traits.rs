use super::body::Body;
use super::error::TransportError;
use super::future::BoxFuture;
use super::prepared::Prepared;

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
