use http::{HeaderMap, Method, Uri};
use url::Url;

use super::body::Body;
use super::error::{TransportError, TransportErrorKind};

/// A request that is ready to be sent, with its URL as this crate and reqwest have it: `http` has another type for that.
pub struct Prepared {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
    /// The names of the query parameters that are credentials.
    pub(crate) secret_query: Vec<String>,
}

impl Prepared {
    /// The same as other transports have it.
    pub(super) fn into_http(self) -> Result<http::Request<Body>, TransportError> {
        let Self { method, url, headers, body, secret_query } = self;
        let unsendable = |error: http::uri::InvalidUri| TransportError {
            kind: TransportErrorKind::Request,
            source: format!("no URL: {error}").into(),
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

/// The names of the query parameters that are credentials: the client says so of a request that has some.
#[derive(Clone)]
pub(crate) struct SecretQuery(pub(crate) Vec<String>);
