use super::body::Body;
use super::error::TransportError;
use super::future::BoxFuture;
use super::prepared::Prepared;

/// Sends a single HTTP request. The client adds authentication, timeouts, retries and decoding.
///
/// # Examples
/// ```
/// # use sdk_runtime::transport::{Body, BoxFuture, Transport, TransportError, http};
///
/// /// Responds to every request with an empty object.
/// struct EmptyResponse;
///
/// impl Transport for EmptyResponse {
///     fn send(&self, _: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
///         Box::pin(async { Ok(http::Response::new(Body::from("{}"))) })
///     }
/// }
/// ```
pub trait Transport: Send + Sync + 'static {
    /// Sends `request` and returns the response as soon as its headers are received. The body is read later,
    /// or not at all.
    ///
    /// The transport must neither retry nor follow redirects: the client does, and the request may carry
    /// credentials. Dropping the future or the body of the response must cancel the exchange.
    ///
    /// The body of the request is a stream of chunks. [`Body::as_bytes`] returns it if it is in memory, and
    /// [`Body::length`] its length for `content-length`, if known. The body of the response can be bytes or a
    /// [stream](Body::stream).
    ///
    /// # Errors
    /// The [kind](crate::transport::TransportErrorKind) of the error determines whether the client retries.
    /// Errors in the body's stream should be [`TransportError`]s as well.
    fn send(&self, request: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>>;

    /// Sends a request like [`send`](Self::send), without converting its URL to the type of the `http` crate.
    #[doc(hidden)]
    fn send_prepared(&self, request: Prepared) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        match request.into_http() {
            Ok(request) => self.send(request),
            Err(error) => Box::pin(std::future::ready(Err(error))),
        }
    }
}
