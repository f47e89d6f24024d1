//! One request and its answer, and whether they belong together.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::Value;
use url::form_urlencoded;

use crate::transport::body::Body;
use crate::transport::error::{TransportError, TransportErrorKind};
use crate::transport::prepared::SecretQuery;

/// A request, and what a [`Replay`](super::Replay) answers to it: nothing with the status 200, unless told otherwise.
///
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
    /// The request's method, in capitals.
    pub method: String,
    /// The request's path, with its query if it has one.
    pub path: String,
    /// The request's headers, as they were recorded. No request need have them.
    pub request_headers: HeaderMap,
    /// The request's body. Where it is JSON, a request must have the same to be answered.
    pub request_body: Bytes,
    /// The answer's status.
    pub status: u16,
    /// The answer's headers.
    pub headers: HeaderMap,
    /// The answer's body.
    pub body: Bytes,
    /// How the exchange fails, where there is no answer.
    pub failure: Option<TransportErrorKind>,
    /// Whether a request without a query is meant where the path has none.
    pub(super) is_exact: bool,
    /// What can't be sent of what was written by hand.
    problem: Option<String>,
}

impl Exchange {
    /// A request of this method and path. Where the path has a query, a request must have the same one, in any
    /// order; else it may have any.
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

    /// Wants this JSON for the request's body.
    #[must_use]
    pub fn expect_json(mut self, json: Value) -> Self {
        self.request_body = json.to_string().into();
        self
    }

    /// Answers with JSON.
    #[must_use]
    pub fn respond(self, status: u16, json: Value) -> Self {
        self.respond_bytes(status, "application/json", json.to_string())
    }

    /// Answers with a body of any media type.
    #[must_use]
    pub fn respond_bytes(mut self, status: u16, media_type: &str, body: impl Into<Bytes>) -> Self {
        self.status = status;
        self.body = body.into();
        self.response_header(header::CONTENT_TYPE.as_str(), media_type)
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn response_header(mut self, name: &str, value: &str) -> Self {
        match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            (Ok(name), Ok(value)) => _ = self.headers.append(name, value),
            _ => self.problem = Some(format!("`{name}` is not a header, or can't have the value `{value}`")),
        }
        self
    }

    /// Fails instead of answering.
    #[must_use]
    pub fn fail(mut self, kind: TransportErrorKind) -> Self {
        self.failure = Some(kind);
        self
    }

    pub(super) fn outcome(self) -> Result<http::Response<Body>, TransportError> {
        if let Some(kind) = self.failure {
            return Err(TransportError { kind, source: "the replay has a failure here".into() });
        }
        let failed =
            |message: String| TransportError { kind: TransportErrorKind::Request, source: message.into() };
        if let Some(problem) = &self.problem {
            return Err(failed(format!("the answer to {self} can't be made: {problem}")));
        }
        let status = StatusCode::from_u16(self.status)
            .map_err(|_| failed(format!("the answer to {self} can't be made: {} is no status", self.status)))?;
        let mut response = http::Response::new(Body::from(self.body));
        *response.status_mut() = status;
        *response.headers_mut() = self.headers;
        Ok(response)
    }

    /// Why this exchange is not for what was asked for, if it is not.
    pub(super) fn difference(&self, asked: &Asked<'_>) -> Option<Difference> {
        let (path, query) = split(&self.path);
        if self.method != asked.request.method().as_str() || path != asked.path() {
            let before = asked.path().strip_suffix(path).filter(|before| before.starts_with('/'));
            let is_below = self.method == asked.request.method().as_str() && path.starts_with('/');
            return Some(match before.filter(|_| is_below) {
                Some(before) => Difference::BasePath(before.to_owned()),
                None => Difference::Other,
            });
        }
        if (self.is_exact || query.is_some()) && pairs(query) != pairs(asked.query()) {
            return Some(Difference::Query);
        }
        match (json(&self.request_body), json(asked.request.body())) {
            (Some(expected), Some(body)) if expected == body => None,
            (Some(expected), _) => {
                let body = String::from_utf8_lossy(asked.request.body()).into_owned();
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

/// A request as exchanges know it: without credentials.
pub(super) struct Asked<'a> {
    pub(super) request: &'a http::Request<Bytes>,
    target: String,
}

impl<'a> Asked<'a> {
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

impl fmt::Display for Asked<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.request.method(), self.target)
    }
}

/// Why an exchange is not for a request.
#[derive(Debug)]
pub(super) enum Difference {
    /// It is for another one.
    Other,
    /// The request has this before its path.
    BasePath(String),
    Query,
    Body {
        expected: String,
        body: String,
    },
}

impl Difference {
    /// Whether the exchange may have been meant for the request.
    pub(super) fn is_near(&self) -> bool {
        !matches!(self, Self::Other)
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Other => formatter.write_str("the method or path is another"),
            Self::BasePath(before) => {
                write!(
                    formatter,
                    "the client's base URL has the path {before}; give it one without, or write it in front"
                )
            }
            Self::Query => formatter.write_str("the query is another"),
            Self::Body { expected, body } => write!(formatter, "the body is {body} instead of {expected}"),
        }
    }
}

/// What stands in place of a credential.
pub(super) const HIDDEN: &str = "hidden";

/// The path and query of a request, with credentials hidden.
pub(super) fn target<T>(request: &http::Request<T>) -> String {
    let whole = request.uri().path_and_query().map_or("/", |target| target.as_str());
    let (path, Some(query)) = split(whole) else { return whole.to_owned() };
    let Some(SecretQuery(secrets)) = request.extensions().get() else { return whole.to_owned() };
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

/// A body as JSON, if it is.
fn json(body: &[u8]) -> Option<Value> {
    serde_json::from_slice(body).ok()
}
