//! Requests: building, options, and conversion to HTTP requests.

mod body;
pub(crate) mod client_state;
mod curl;
pub(crate) mod options;
mod path;
mod payload;
mod prepare;
mod url;

use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use ::url::Url;
use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::utf8_percent_encode;
use serde::Serialize;

use crate::json::parameter::{self, Pair, Style, UNRESERVED};
use crate::operation::OperationRef;
use crate::transport::headers::{MAX_HEADERS, header_name, set_header};
use client_state::{ClientState, RequestLimits};
use path::Path;
use payload::Payload;

/// Header with a key by which the server recognizes retries of a request.
pub(crate) type IdempotencyKey = (HeaderName, HeaderValue);

/// Request that can be configured and sent. Generated requests wrap this type. It does not depend on the
/// types of an operation, so its code is compiled once.
///
/// Invalid values, such as an empty path parameter, are reported as [`Error::Config`](crate::Error::Config)
/// when the request is sent.
#[derive(Clone)]
#[must_use]
pub struct Request {
    pub(crate) state: Arc<ClientState>,
    pub(crate) operation: OperationRef,
    path: Path,
    query: Vec<Pair>,
    pub(crate) payload: Payload,
    /// Media type of a JSON body, if it is not `application/json`.
    content_type: Option<&'static str>,
    /// Media type for the `Accept` header, if it is not `application/json`.
    pub(crate) accept: Option<&'static str>,
    /// Overrides the idempotency that the method determines.
    pub(crate) is_idempotent: Option<bool>,
    /// Rarely used parts. They are boxed to keep requests, and the futures that contain them, small.
    extras: Option<Box<Extras>>,
}

/// Rarely used parts of a request.
#[derive(Clone, Default)]
struct Extras {
    /// URL from a response that replaces path and query, such as that of the next page of a list.
    link: Option<Url>,
    headers: HeaderMap,
    cookies: Vec<(String, String)>,
    /// Overrides the limits of the client.
    limits: Option<RequestLimits>,
    /// First problem that was found while the request was built. Sending the request returns it as an error.
    problem: Option<String>,
}

impl Request {
    pub(crate) fn with_state(state: Arc<ClientState>, operation: OperationRef) -> Self {
        Self {
            state,
            path: Path::new(operation.path),
            operation,
            query: Vec::new(),
            payload: Payload::default(),
            content_type: None,
            accept: None,
            is_idempotent: None,
            extras: None,
        }
    }

    fn extras(&mut self) -> &mut Extras {
        self.extras.get_or_insert_default()
    }

    /// Returns the limits of the request, or else of the client.
    pub(crate) fn limits(&self) -> &RequestLimits {
        self.extras.as_ref().and_then(|extras| extras.limits.as_ref()).unwrap_or(&self.state.limits)
    }

    /// Returns the limits of the request, initialized from the client's.
    pub(crate) fn limits_mut(&mut self) -> &mut RequestLimits {
        let Self { state, extras, .. } = self;
        extras.get_or_insert_default().limits.get_or_insert_with(|| state.limits.clone())
    }

    /// Sets the next path parameter. The value is encoded as one segment.
    pub fn path(mut self, value: impl Into<String>) -> Self {
        self.fill(&value.into());
        self
    }

    /// Encodes the value of the next path parameter and sets it.
    fn fill(&mut self, value: &str) {
        let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        // Most values are IDs, which need no encoding. `fold` checks all bytes without a branch for each,
        // which is faster than `all`.
        if value.bytes().fold(true, |all, byte| all & is_unreserved(byte)) {
            self.fill_encoded(value);
        } else {
            self.fill_encoded(&utf8_percent_encode(value, UNRESERVED).to_string());
        }
    }

    fn fill_encoded(&mut self, value: &str) {
        if let Err(problem) = self.path.fill(value) {
            self.report(format_args!("{problem}"));
        }
    }

    /// Sets the next path parameter to several segments, each encoded.
    pub(crate) fn path_segments<S: AsRef<str>>(&mut self, segments: impl Iterator<Item = S>) {
        let mut path = String::new();
        for segment in segments {
            // `fill` does not check the segments inside a value.
            if matches!(segment.as_ref(), "" | "." | "..") {
                self.report(format_args!("a path segment is empty, `.` or `..`"));
            }
            path.extend((!path.is_empty()).then_some("/"));
            path.extend(utf8_percent_encode(segment.as_ref(), UNRESERVED));
        }
        self.fill_encoded(&path);
    }

    /// Sets the next path parameter in a style, which determines the format of lists, objects and prefixes.
    /// `name` is the name of the parameter.
    pub fn path_as<T: Serialize + ?Sized>(mut self, style: Style, name: &str, value: &T) -> Self {
        match parameter::path(name, value, style) {
            Ok(text) => self.fill_encoded(&text),
            Err(error) => self.report(format_args!("the path parameter `{name}` can't be serialized: {error}")),
        }
        self
    }

    /// Sets a query parameter. Replaces an existing value. Items of a list repeat the name, and properties of
    /// an object are named `name.property`, to any depth.
    pub fn query<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        self.set_query(Style::Default, name, value, false);
    }

    /// Sets a query parameter like [`query`](Self::query), in another style.
    pub fn query_as<T: Serialize + ?Sized>(&mut self, style: Style, name: &str, value: &T) {
        self.set_query(style, name, value, false);
    }

    /// Sets a query parameter like [`query_as`](Self::query_as), and does not encode the reserved characters
    /// `:/?[]@!$'()*,;`.
    pub fn query_reserved<T: Serialize + ?Sized>(&mut self, style: Style, name: &str, value: &T) {
        self.set_query(style, name, value, true);
    }

    fn set_query<T: Serialize + ?Sized>(&mut self, style: Style, name: &str, value: &T, reserved: bool) {
        self.query.retain(|pair| !pair.belongs_to(name));
        match Pair::from_value(name, value, style, reserved) {
            Ok(pairs) => self.query.extend(pairs),
            Err(error) => self.report(format_args!("the query parameter `{name}` can't be serialized: {error}")),
        }
    }

    /// Returns the decoded value of a query parameter.
    pub(crate) fn query_value(&self, name: &str) -> Option<String> {
        self.query.iter().find(|pair| pair.parameter == name).map(Pair::value)
    }

    /// Sets a header. Replaces an existing value.
    pub fn header(&mut self, name: &str, value: &str) {
        match (header_name(name), HeaderValue::try_from(value)) {
            // Inserting into a full `HeaderMap` panics.
            (Ok(_), Ok(_)) if self.extras().headers.len() >= MAX_HEADERS => {
                self.report(format_args!("the request has more than {MAX_HEADERS} headers"));
            }
            (Ok(name), Ok(value)) => {
                set_header(&mut self.extras().headers, name, value);
            }
            _ => self.report(format_args!("`{name}` is not a valid header name, or its value is invalid")),
        }
    }

    /// Sets a header to a serialized value. Items of a list are separated by commas.
    pub fn header_value<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        self.header_as(Style::Simple, name, value);
    }

    /// Sets a header like [`header_value`](Self::header_value), in another style.
    pub fn header_as<T: Serialize + ?Sized>(&mut self, style: Style, name: &str, value: &T) {
        match parameter::header(value, style) {
            Ok(Some(text)) => self.header(name, &text),
            Ok(None) => {}
            Err(error) => self.report(format_args!("the header `{name}` can't be serialized: {error}")),
        }
    }

    /// Sets a cookie. A list or an object results in several cookies, except in the styles `Form` and `Json`.
    pub fn cookie<T: Serialize + ?Sized>(&mut self, style: Style, name: &str, value: &T) {
        match parameter::cookies(name, value, style) {
            Ok(cookies) => {
                let existing = &mut self.extras().cookies;
                existing.retain(|(existing, _)| !cookies.iter().any(|(name, _)| name == existing));
                existing.extend(cookies);
            }
            Err(error) => self.report(format_args!("the cookie `{name}` can't be serialized: {error}")),
        }
    }

    /// Sets the timeout of the call, including all attempts and the delays between them.
    pub fn timeout(&mut self, limit: Duration) {
        self.limits_mut().timeout = Some(limit);
    }

    /// Sets the timeout of each attempt.
    pub fn attempt_timeout(&mut self, limit: Duration) {
        self.limits_mut().attempt_timeout = limit;
    }

    /// Sets the key by which the server recognizes retries of the request.
    pub fn idempotency_key(&mut self, key: &str) {
        let name = self.state.api.idempotency_header.unwrap_or("Idempotency-Key");
        self.header(name, key);
        self.is_idempotent.get_or_insert(true);
    }

    /// Returns `true` if sending the request twice has the same effect as sending it once.
    pub(crate) fn is_idempotent(&self) -> bool {
        let by_method =
            || matches!(self.operation.method, "GET" | "HEAD" | "PUT" | "DELETE" | "OPTIONS" | "QUERY");
        self.is_idempotent.unwrap_or_else(by_method)
    }

    /// Returns an idempotency header with a new key. Returns `None` if the API defines no such header, if the
    /// request is idempotent, or if the program sets idempotency or the header itself.
    pub(crate) fn new_idempotency_key(&self) -> Option<Box<IdempotencyKey>> {
        let name = self.state.api.idempotency_header?;
        if self.is_idempotent.is_some() || self.is_idempotent() {
            return None;
        }
        let name = header_name(name).ok().filter(|name| !self.has_header(name))?;
        // A version 4 UUID, because servers expect this format. `fastrand` is not used, because a program
        // that seeds it would send the same keys in each run.
        let [a, b] = [(); 2].map(|()| RandomState::new().build_hasher().finish());
        let (version, variant) = (0x4000 | (a & 0xfff), 0x8000 | (b >> 50));
        let (first, second, last) = (a >> 32, (a >> 16) & 0xffff, b & 0xffff_ffff_ffff);
        let key = format!("{first:08x}-{second:04x}-{version:04x}-{variant:04x}-{last:012x}");
        Some(Box::new((name, HeaderValue::try_from(key).ok()?)))
    }

    fn has_header(&self, name: &HeaderName) -> bool {
        self.extras.as_ref().is_some_and(|extras| extras.headers.contains_key(name))
    }

    /// Sets the media type of a JSON body. The default is `application/json`.
    pub fn content_type(&mut self, media_type: &'static str) {
        self.content_type = Some(media_type);
    }

    /// Sets the `Accept` header. The default is `application/json`.
    pub fn accept(&mut self, media_type: &'static str) {
        self.accept = Some(media_type);
    }

    /// Records a problem, unless there is one already. Sending the request returns it as an error.
    pub(crate) fn report(&mut self, problem: fmt::Arguments<'_>) {
        self.extras().problem.get_or_insert_with(|| problem.to_string());
    }
}

/// Shows the operation but no values, because they may be secret.
impl fmt::Debug for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Request")
            .field("operation", &self.operation.id)
            .field("method", &self.operation.method)
            .field("path", &self.operation.path)
            .finish_non_exhaustive()
    }
}
