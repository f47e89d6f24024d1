//! Exchanges, and their comparison with requests.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::Value;
use url::form_urlencoded;

use crate::transport::body::Body;
use crate::transport::error::{TransportError, TransportErrorKind};
use crate::transport::prepared::SecretQuery;

/// A request and its response, for [`Replay`](super::Replay). The default response has the status 200 and no
/// body.
///
/// # Examples
/// ```
/// use sdk_runtime::json;
/// use sdk_runtime::transport::{Exchange, TransportErrorKind};
///
/// let created = Exchange::new("POST", "/accounts")
///     .expect_json(json!({"name": "Demo"}))
///     .respond(201, json!({"result": {"id": "1"}}))
///     .response_header("cf-ray", "8f1c2d3e4f5a6b7c-AMS");
/// let file = Exchange::new("GET", "/accounts/1/logo").respond_bytes(200, "image/png", b"\x89PNG".as_slice());
/// let broken = Exchange::new("GET", "/accounts/2").fail(TransportErrorKind::Connect);
/// # let _ = (created, file, broken);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Exchange {
    /// Method of the request, in capitals.
    pub method: String,
    /// Path of the request, including its query, if any.
    pub path: String,
    /// Recorded headers of the request. They are not compared with requests.
    pub request_headers: HeaderMap,
    /// Body of the request. If it is JSON, the body of a request must be equal to match.
    pub request_body: Bytes,
    /// Status of the response.
    pub status: u16,
    /// Headers of the response.
    pub headers: HeaderMap,
    /// Body of the response.
    pub body: Bytes,
    /// If set, the exchange fails with an error of this kind instead of a response.
    pub failure: Option<TransportErrorKind>,
    /// `true` if a path without a query only matches requests without a query.
    pub(super) is_exact: bool,
    /// Message about an invalid header of the response.
    problem: Option<String>,
}

impl Exchange {
    /// Creates an exchange for requests with this method and path. If the path has a query, the request must
    /// have the same parameters, in any order. Otherwise any query matches.
    pub fn new(method: &str, path: &str) -> Self {
        Self {
            method: method.to_ascii_uppercase(),
            path: path.to_owned(),
            request_headers: HeaderMap::new(),
            request_body: Bytes::new(),
            status: 200,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            failure: None,
            is_exact: false,
            problem: None,
        }
    }

    /// Requires this JSON as the body of the request.
    #[must_use]
    pub fn expect_json(mut self, json: Value) -> Self {
        self.request_body = json.to_string().into();
        self
    }

    /// Sets a response with a JSON body. An invalid status fails the exchange.
    #[must_use]
    pub fn respond(self, status: u16, json: Value) -> Self {
        self.respond_bytes(status, "application/json", json.to_string())
    }

    /// Sets a response with a body of any media type. An invalid status or media type fails the exchange.
    #[must_use]
    pub fn respond_bytes(mut self, status: u16, media_type: &str, body: impl Into<Bytes>) -> Self {
        self.status = status;
        self.body = body.into();
        self.response_header(header::CONTENT_TYPE.as_str(), media_type)
    }

    /// Adds a header to the response. An invalid header fails the exchange.
    #[must_use]
    pub fn response_header(mut self, name: &str, value: &str) -> Self {
        match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            (Ok(name), Ok(value)) => _ = self.headers.append(name, value),
            _ => self.problem = Some(format!("`{name}` is not a valid header, or `{value}` is not a valid value")),
        }
        self
    }

    /// Fails the exchange with an error of this kind.
    #[must_use]
    pub fn fail(mut self, kind: TransportErrorKind) -> Self {
        self.failure = Some(kind);
        self
    }

    pub(super) fn outcome(self) -> Result<http::Response<Body>, TransportError> {
        if let Some(kind) = self.failure {
            return Err(TransportError { kind, source: "replayed failure".into() });
        }
        let failed =
            |message: String| TransportError { kind: TransportErrorKind::Request, source: message.into() };
        if let Some(problem) = &self.problem {
            return Err(failed(format!("the response to {self} can't be built: {problem}")));
        }
        let status = StatusCode::from_u16(self.status).map_err(|_| {
            failed(format!("the response to {self} can't be built: {} is not a valid status", self.status))
        })?;
        let mut response = http::Response::new(Body::from(self.body));
        *response.status_mut() = status;
        *response.headers_mut() = self.headers;
        Ok(response)
    }

    /// Returns the difference between this exchange and a request, or `None` if they match.
    pub(super) fn difference(&self, received: &ReceivedRequest<'_>) -> Option<Difference> {
        let (path, query) = split(&self.path);
        if self.method != received.request.method().as_str() || path != received.path() {
            let before = received.path().strip_suffix(path).filter(|before| before.starts_with('/'));
            let is_below = self.method == received.request.method().as_str() && path.starts_with('/');
            return Some(match before.filter(|_| is_below) {
                Some(before) => Difference::BasePath(before.to_owned()),
                None => Difference::Other,
            });
        }
        if (self.is_exact || query.is_some()) && pairs(query) != pairs(received.query()) {
            return Some(Difference::Query);
        }
        match (json(&self.request_body), json(received.request.body())) {
            (Some(expected), Some(body)) if expected == body => None,
            (Some(expected), _) => {
                let body = String::from_utf8_lossy(received.request.body()).into_owned();
                Some(Difference::Body { expected: expected.to_string(), body })
            }
            (None, _) => None,
        }
    }
}

impl fmt::Display for Exchange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.path)
    }
}

/// A received request, with a target without credentials.
pub(super) struct ReceivedRequest<'a> {
    pub(super) request: &'a http::Request<Bytes>,
    target: String,
}

impl<'a> ReceivedRequest<'a> {
    pub(super) fn new(request: &'a http::Request<Bytes>) -> Self {
        Self { request, target: target(request) }
    }

    fn path(&self) -> &str {
        split(&self.target).0
    }

    fn query(&self) -> Option<&str> {
        split(&self.target).1
    }
}

impl fmt::Display for ReceivedRequest<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.request.method(), self.target)
    }
}

/// Difference between an exchange and a request.
#[derive(Debug)]
pub(super) enum Difference {
    /// Method or path differ.
    Other,
    /// The path of the request has this prefix.
    BasePath(String),
    Query,
    Body {
        expected: String,
        body: String,
    },
}

impl Difference {
    /// Returns `true` if the exchange was probably meant for the request.
    pub(super) fn is_similar(&self) -> bool {
        !matches!(self, Self::Other)
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Other => formatter.write_str("method or path differ"),
            Self::BasePath(before) => {
                write!(
                    formatter,
                    "the path of the client's base URL is {before}; use a base URL without a path, or add the path to \
                     the exchange"
                )
            }
            Self::Query => formatter.write_str("the query differs"),
            Self::Body { expected, body } => write!(formatter, "the body is {body}, expected {expected}"),
        }
    }
}

/// Placeholder for credentials.
pub(super) const HIDDEN: &str = "hidden";

/// Returns path and query of a request, with credentials replaced.
pub(super) fn target<T>(request: &http::Request<T>) -> String {
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    let (path, Some(query)) = split(target) else { return target.to_owned() };
    let Some(SecretQuery(secrets)) = request.extensions().get() else { return target.to_owned() };
    let hide = |pair: &str| {
        let name = form_urlencoded::parse(pair.as_bytes()).next().map(|(name, _)| name.into_owned());
        match name.filter(|name| secrets.contains(name)) {
            Some(name) => form_urlencoded::Serializer::new(String::new()).append_pair(&name, HIDDEN).finish(),
            None => pair.to_owned(),
        }
    };
    let pairs: Vec<String> = query.split('&').map(hide).collect();
    format!("{path}?{}", pairs.join("&"))
}

fn split(target: &str) -> (&str, Option<&str>) {
    target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)))
}

fn pairs(query: Option<&str>) -> Vec<(Cow<'_, str>, Cow<'_, str>)> {
    let mut pairs: Vec<_> = form_urlencoded::parse(query.unwrap_or_default().as_bytes()).collect();
    pairs.sort_unstable();
    pairs
}

/// Parses a body as JSON.
fn json(body: &[u8]) -> Option<Value> {
    serde_json::from_slice(body).ok()
}
