use std::time::Duration;

use bytes::Bytes;

use super::{BoxFuture, Transport, TransportError, TransportErrorKind};
use crate::error::{Error, Result};

/// The default transport: a pool of connections with TLS by rustls, HTTP/2, and the proxies that the system
/// states.
#[derive(Clone, Debug)]
pub struct ReqwestTransport(reqwest::Client);

/// How long making a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

impl ReqwestTransport {
    /// A transport with the default settings.
    ///
    /// # Errors
    /// [`Error::Config`] when TLS can't be set up, for want of root certificates, say.
    pub fn new() -> Result<Self> {
        reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map(Self)
            .map_err(|error| Error::config(format!("the HTTP client can't be set up: {error}")))
    }
}

/// A client of your own, with its proxies, certificates and pool. Give it the redirect policy `none`: redirects
/// are followed where that is safe, and reqwest takes only `Authorization` off a request to another host, not an
/// API's own headers.
impl From<reqwest::Client> for ReqwestTransport {
    fn from(client: reqwest::Client) -> Self {
        Self(client)
    }
}

impl Transport for ReqwestTransport {
    fn send(&self, request: http::Request<Bytes>) -> BoxFuture<'_, Result<http::Response<Bytes>, TransportError>> {
        Box::pin(async move {
            let request = reqwest::Request::try_from(request).map_err(failed)?;
            let mut response = self.0.execute(request).await.map_err(failed)?;
            let mut answer = http::Response::new(());
            *answer.status_mut() = response.status();
            *answer.version_mut() = response.version();
            *answer.headers_mut() = std::mem::take(response.headers_mut());
            let body = response.bytes().await.map_err(failed)?;
            Ok(answer.map(|()| body))
        })
    }
}

fn failed(error: reqwest::Error) -> TransportError {
    let kind = match () {
        () if error.is_builder() || error.is_connect() => TransportErrorKind::Connect,
        () if error.is_timeout() => TransportErrorKind::Timeout,
        () => TransportErrorKind::Exchange,
    };
    // The URL can hold values of parameters, and a credential where an API wants one in the query.
    TransportError { kind, source: error.without_url().into() }
}
