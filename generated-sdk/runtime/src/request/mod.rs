//! Requests: their parts, and how they become ready to be sent.

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

/// A header by which the server recognizes a request that is sent again.
pub(crate) type IdempotencyKey = (HeaderName, HeaderValue);

/// A request on its way to be sent. Generated requests wrap it; nothing in it depends on an operation's types.
#[derive(Clone)]
#[must_use]
pub struct Request {
    pub(crate) state: Arc<ClientState>,
    pub(crate) operation: OperationRef,
    path: Path,
    query: Vec<Pair>,
    pub(crate) payload: Payload,
    /// What the body is, where its kind alone doesn't say it.
    content_type: Option<&'static str>,
    /// What the answer is to be, where that is not JSON.
    pub(crate) accept: Option<&'static str>,
    /// Whether it may be sent twice, where the program says so.
    pub(crate) is_idempotent: Option<bool>,
    /// Apart, so that the others are moved about and waited for with little memory.
    extras: Option<Box<Extras>>,
}

/// What few requests have.
#[derive(Clone, Default)]
struct Extras {
    /// Where it goes in place of what path and query say: to the next page of a list.
    link: Option<Url>,
    headers: HeaderMap,
    cookies: Vec<(String, String)>,
    /// Where they are not those of the client.
    limits: Option<RequestLimits>,
    /// The first thing that can't be sent; said when the request is.
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

    /// How long it may take, and how often it may be sent.
    pub(crate) fn limits(&self) -> &RequestLimits {
        self.extras.as_ref().and_then(|extras| extras.limits.as_ref()).unwrap_or(&self.state.limits)
    }

    /// Limits of its own.
    pub(crate) fn limits_mut(&mut self) -> &mut RequestLimits {
        let Self { state, extras, .. } = self;
        extras.get_or_insert_default().limits.get_or_insert_with(|| state.limits.clone())
    }

    /// Gives the next path parameter its value.
    pub fn path(mut self, value: impl Into<String>) -> Self {
        self.fill(&value.into());
        self
    }

    fn fill(&mut self, value: &str) {
        let stays = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        // Nearly all are ids, in which nothing is encoded. To look at each byte is quicker than to guess which is the last.
        if value.bytes().fold(true, |all, byte| all & stays(byte)) {
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

    /// Gives the next path parameter segments, each encoded.
    pub(crate) fn path_segments<S: AsRef<str>>(&mut self, segments: impl Iterator<Item = S>) {
        let mut path = String::new();
        for segment in segments {
            // As a value of its own, none of these could leave its place.
            if matches!(segment.as_ref(), "" | "." | "..") {
                self.report(format_args!("a segment of the path is empty, `.` or `..`"));
            }
            path.extend((!path.is_empty()).then_some("/"));
            path.extend(utf8_percent_encode(segment.as_ref(), UNRESERVED));
        }
        self.fill_encoded(&path);
    }

    /// Gives the next path parameter, which has this name, a list, an object or a value with marks around it.
    pub fn path_as<T: Serialize + ?Sized>(mut self, style: Style, name: &str, value: &T) -> Self {
        match parameter::path(name, value, style) {
            Ok(text) => self.fill_encoded(&text),
            Err(error) => self.report(format_args!("the path parameter `{name}` can't be written: {error}")),
        }
        self
    }

    /// Sets a query parameter. A list repeats the name, and an object's properties stand behind the name and a
    /// dot, to any depth. What the parameter had before goes.
    pub fn query<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        self.set_query(Style::Default, name, value, false);
    }

    /// As [`query`](Self::query), in another style.
    pub fn query_as<T: Serialize + ?Sized>(&mut self, style: Style, name: &str, value: &T) {
        self.set_query(style, name, value, false);
    }

    /// As [`query_as`](Self::query_as), with reserved characters (`:/?[]@!$'()*,;`) as they are.
    pub fn query_reserved<T: Serialize + ?Sized>(&mut self, style: Style, name: &str, value: &T) {
        self.set_query(style, name, value, true);
    }

    fn set_query<T: Serialize + ?Sized>(&mut self, style: Style, name: &str, value: &T, reserved: bool) {
        self.query.retain(|pair| !pair.is_of(name));
        match Pair::all(name, value, style, reserved) {
            Ok(pairs) => self.query.extend(pairs),
            Err(error) => self.report(format_args!("the query parameter `{name}` can't be written: {error}")),
        }
    }

    pub(crate) fn query_value(&self, name: &str) -> Option<String> {
        self.query.iter().find(|pair| pair.parameter == name).map(Pair::value)
    }

    /// Sets a header.
    pub fn header(&mut self, name: &str, value: &str) {
        match (header_name(name), HeaderValue::try_from(value)) {
            // A map that is full panics.
            (Ok(_), Ok(_)) if self.extras().headers.len() >= MAX_HEADERS => {
                self.report(format_args!("it has more than {MAX_HEADERS} headers"));
            }
            (Ok(name), Ok(value)) => {
                set_header(&mut self.extras().headers, name, value);
            }
            _ => self.report(format_args!("`{name}` is not a header, or its value can't be sent")),
        }
    }

    /// Sets a header to a value's text; a list's items stand behind each other with commas.
    pub fn header_value<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        self.header_as(Style::Simple, name, value);
    }

    /// As [`header_value`](Self::header_value), in another style.
    pub fn header_as<T: Serialize + ?Sized>(&mut self, style: Style, name: &str, value: &T) {
        match parameter::header(value, style) {
            Ok(Some(text)) => self.header(name, &text),
            Ok(None) => {}
            Err(error) => self.report(format_args!("the header `{name}` can't be written: {error}")),
        }
    }

    /// Sets a cookie; of a list, each item is one.
    pub fn cookie<T: Serialize + ?Sized>(&mut self, style: Style, name: &str, value: &T) {
        match parameter::cookies(name, value, style) {
            Ok(cookies) => {
                let known = &mut self.extras().cookies;
                known.retain(|(known, _)| !cookies.iter().any(|(name, _)| name == known));
                known.extend(cookies);
            }
            Err(error) => self.report(format_args!("the cookie `{name}` can't be written: {error}")),
        }
    }

    /// Limits how long the call may take, all its attempts and the waits between them counted.
    pub fn timeout(&mut self, limit: Duration) {
        self.limits_mut().timeout = Some(limit);
    }

    /// Limits how long one attempt may take.
    pub fn attempt_timeout(&mut self, limit: Duration) {
        self.limits_mut().attempt_timeout = limit;
    }

    /// Sets the key by which the server recognizes the request if it is sent again.
    pub fn idempotency_key(&mut self, key: &str) {
        let name = self.state.api.idempotency_header.unwrap_or("Idempotency-Key");
        self.header(name, key);
        self.is_idempotent.get_or_insert(true);
    }

    /// Whether sending it twice does no more than sending it once.
    pub(crate) fn is_idempotent(&self) -> bool {
        let by_method =
            || matches!(self.operation.method, "GET" | "HEAD" | "PUT" | "DELETE" | "OPTIONS" | "QUERY");
        self.is_idempotent.unwrap_or_else(by_method)
    }

    /// The header by which the server is to recognize a request that it would act on twice, with a key for it.
    pub(crate) fn new_idempotency_key(&self) -> Option<Box<IdempotencyKey>> {
        let name = self.state.api.idempotency_header?;
        if self.is_idempotent.is_some() || self.is_idempotent() {
            return None;
        }
        let name = header_name(name).ok().filter(|name| !self.has_header(name))?;
        // As a UUID of version 4, which is what servers expect.
        // Not by `fastrand`: a program that seeds it would send the same keys each time it runs.
        let [a, b] = [(); 2].map(|()| RandomState::new().build_hasher().finish());
        let (version, variant) = (0x4000 | (a & 0xfff), 0x8000 | (b >> 50));
        let (first, second, last) = (a >> 32, (a >> 16) & 0xffff, b & 0xffff_ffff_ffff);
        let key = format!("{first:08x}-{second:04x}-{version:04x}-{variant:04x}-{last:012x}");
        Some(Box::new((name, HeaderValue::try_from(key).ok()?)))
    }

    fn has_header(&self, name: &HeaderName) -> bool {
        self.extras.as_ref().is_some_and(|extras| extras.headers.contains_key(name))
    }

    /// States the media type of a JSON body, where that is not plain `application/json`.
    pub fn content_type(&mut self, media_type: &'static str) {
        self.content_type = Some(media_type);
    }

    /// States which media type an answer is to have, where that is not plain `application/json`.
    pub fn accept(&mut self, media_type: &'static str) {
        self.accept = Some(media_type);
    }

    pub(crate) fn report(&mut self, problem: fmt::Arguments<'_>) {
        self.extras().problem.get_or_insert_with(|| problem.to_string());
    }
}

/// Says what is asked for, not with which values: those may be secret.
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
