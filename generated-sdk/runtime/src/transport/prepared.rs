use http::{HeaderMap, Method, Uri};
use url::Url;

use super::body::Body;
use super::error::{TransportError, TransportErrorKind};

/// A request that is ready to be sent. Its URL has the type that this crate and reqwest use, to avoid
/// converting it to the type of the `http` crate.
pub struct Prepared {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
    /// Names of query parameters that are credentials.
    pub(crate) secret_query: Vec<String>,
}

impl Prepared {
    /// Converts to a request of the `http` crate.
    pub(super) fn into_http(self) -> Result<http::Request<Body>, TransportError> {
        let Self { method, url, headers, body, secret_query } = self;
        let unsendable = |error: http::uri::InvalidUri| TransportError {
            kind: TransportErrorKind::Request,
            source: format!("invalid URL: {error}").into(),
        };
        let mut request = http::Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = Uri::try_from(String::from(url)).map_err(unsendable)?;
        *request.headers_mut() = headers;
        if !secret_query.is_empty() {
            request.extensions_mut().insert(SecretQuery(secret_query));
        }
        Ok(request)
    }
}

/// Extension of a request with the names of query parameters that are credentials, set by the client.
#[derive(Clone)]
pub(crate) struct SecretQuery(
    #[cfg_attr(not(feature = "replay"), expect(dead_code, reason = "only recordings read it"))]
    pub(crate)  Vec<String>,
);
