use std::error::Error as StdError;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body as _, Frame, SizeHint};
use url::Url;

use super::body::{Body, BodyError};
use super::error::{TransportError, TransportErrorKind};
use super::future::BoxFuture;
use super::prepared::Prepared;
use super::traits::Transport;
use crate::error::{Error, Result};

/// Default transport, implemented with reqwest: pooled connections, TLS with rustls, HTTP/2, and the proxies
/// configured in the system. Clones share the connection pool.
#[derive(Clone, Debug)]
pub struct ReqwestTransport {
    client: reqwest::Client,
}

/// Default timeout for establishing a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

impl ReqwestTransport {
    /// Creates a transport with the default settings. The connect timeout is 10 s.
    ///
    /// # Errors
    /// Returns [`Error::Config`] if TLS cannot be set up, for example because there are no root certificates.
    pub fn new() -> Result<Self> {
        Self::with(|builder| builder)
    }

    /// Creates a transport whose settings, such as proxies, certificates and the pool, are modified by
    /// `change`. The connect timeout is 10 s unless `change` sets another one.
    ///
    /// # Examples
    /// ```
    /// # use std::time::Duration;
    /// # use sdk_runtime::transport::ReqwestTransport;
    /// # fn example() -> sdk_runtime::Result<ReqwestTransport> {
    /// ReqwestTransport::with(|builder| builder.connect_timeout(Duration::from_secs(2)).pool_max_idle_per_host(4))
    /// # }
    /// ```
    ///
    /// # Errors
    /// Returns [`Error::Config`] if the settings are invalid, or TLS cannot be set up.
    pub fn with(change: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder) -> Result<Self> {
        let builder = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none());
        change(builder)
            .build()
            .map(Self::from)
            .map_err(|error| Error::config(format!("the HTTP client can't be set up: {}", with_sources(&error))))
    }
}

/// Formats an error with its sources, because reqwest's messages rarely contain the cause.
fn with_sources(error: &dyn StdError) -> String {
    let sources = std::iter::successors(error.source(), |error| (*error).source());
    sources.fold(error.to_string(), |text, source| format!("{text}: {source}"))
}

/// Uses an existing client, if [`with`](ReqwestTransport::with) is not sufficient.
///
/// Set its redirect policy to `none`. The SDK follows redirects if that is safe, whereas reqwest removes only
/// standard headers such as `Authorization` when it follows a redirect to another host, and not an API's own
/// headers.
impl From<reqwest::Client> for ReqwestTransport {
    fn from(client: reqwest::Client) -> Self {
        Self { client }
    }
}

impl Transport for ReqwestTransport {
    fn send(&self, request: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let (http::request::Parts { method, uri, headers, .. }, body) = request.into_parts();
        match Url::parse(&uri.to_string()) {
            Ok(url) => self.send_prepared(Prepared { method, url, headers, body, secret_query: Vec::new() }),
            Err(error) => {
                let error = TransportError { kind: TransportErrorKind::Request, source: error.into() };
                Box::pin(std::future::ready(Err(error)))
            }
        }
    }

    fn send_prepared(&self, request: Prepared) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let Prepared { method, url, headers, body, .. } = request;
        let mut request = reqwest::Request::new(method, url);
        *request.headers_mut() = headers;
        *request.body_mut() = Some(request_body(body));
        let exchange = self.client.execute(request);
        Box::pin(
            async move { Ok(http::Response::from(exchange.await.map_err(transport_error)?).map(response_body)) },
        )
    }
}

fn request_body(body: Body) -> reqwest::Body {
    match body.as_bytes() {
        Some(bytes) => bytes.clone().into(),
        None => reqwest::Body::wrap(RequestBody(body)),
    }
}

fn response_body(body: reqwest::Body) -> Body {
    let length = body.size_hint().exact();
    let body = Body::once(Box::pin(ResponseBody(body)));
    match length {
        Some(length) => body.with_length(length),
        None => body,
    }
}

/// Body of a request for hyper, which sends it with its length, if known, or else chunked.
struct RequestBody(Body);

impl http_body::Body for RequestBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        Pin::new(&mut self.0).poll_next(context).map_ok(Frame::data)
    }

    fn size_hint(&self) -> SizeHint {
        self.0.length().map(SizeHint::with_exact).unwrap_or_default()
    }
}

/// Body of a response as a stream. Trailers are ignored.
struct ResponseBody(reqwest::Body);

impl Stream for ResponseBody {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match ready!(Pin::new(&mut self.0).poll_frame(context)) {
                Some(Ok(frame)) => {
                    if let Ok(chunk) = frame.into_data() {
                        return Poll::Ready(Some(Ok(chunk)));
                    }
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(transport_error(error).into()))),
                None => return Poll::Ready(None),
            }
        }
    }
}

fn transport_error(error: reqwest::Error) -> TransportError {
    let kind = match () {
        () if error.is_builder() => TransportErrorKind::Request,
        () if error.is_connect() => TransportErrorKind::Connect,
        () if error.is_timeout() => TransportErrorKind::Timeout,
        () => TransportErrorKind::Exchange,
    };
    // The URL may contain values of parameters and a credential.
    TransportError { kind, source: error.without_url().into() }
}
