use std::borrow::Cow;
use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, header};
use percent_encoding::utf8_percent_encode;
use serde::Serialize;
use url::Url;

use crate::auth::{Secrets, add_cookie, header_name};
use crate::body::{Body, Payload};
use crate::client::{Client, Limits, is_safe};
use crate::error::{Error, Result};
use crate::operation::{Operation, Source};
use crate::parameter::{self, Pair, Style, UNRESERVED};
use crate::transport::SecretQuery;

/// More than any server takes, and less than a map of headers can hold.
pub(crate) const MOST_HEADERS: usize = 4096;

/// Sets a header. A map's own way to do so is large, and compiled wherever it is called: so it is called here alone.
#[inline(never)]
pub(crate) fn set_header(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    headers.insert(name, value);
}

/// A header by which the server recognizes a request that is sent again.
pub(crate) type IdempotencyKey = (HeaderName, HeaderValue);

/// A request on its way to be sent. Generated requests wrap it; nothing in it depends on an operation's types.
#[derive(Clone)]
#[must_use]
pub struct Request {
    pub(crate) client: Client,
    pub(crate) operation: Source,
    /// The values of the path's parameters, encoded.
    path: Vec<String>,
    query: Vec<Pair>,
    /// Where it goes in place of what path and query say: to the next page of a list.
    link: Option<Url>,
    headers: HeaderMap,
    cookies: Vec<(String, String)>,
    pub(crate) payload: Payload,
    /// What the body is, where its kind alone doesn't say it.
    content_type: Option<&'static str>,
    /// What the answer is to be, where that is not JSON.
    pub(crate) accept: Option<&'static str>,
    pub(crate) limits: Limits,
    /// Whether it may be sent twice, where the program says so.
    pub(crate) is_idempotent: Option<bool>,
    /// The first thing that can't be sent; said when the request is.
    problem: Option<String>,
}

impl Request {
    /// A request of `operation`, with none of its parameters.
    pub fn new(client: &Client, operation: &'static Operation) -> Self {
        Self::of(client, Source::Document(operation))
    }

    pub(crate) fn of(client: &Client, operation: Source) -> Self {
        Self {
            client: client.clone(),
            operation,
            path: Vec::new(),
            query: Vec::new(),
            link: None,
            headers: HeaderMap::new(),
            cookies: Vec::new(),
            payload: Payload::default(),
            content_type: None,
            accept: None,
            limits: client.0.limits.clone(),
            is_idempotent: None,
            problem: None,
        }
    }

    /// Gives the next path parameter its value.
    pub fn path(mut self, value: impl Into<String>) -> Self {
        let value = value.into();
        let stays = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        // Nearly all are ids, in which nothing is encoded.
        let is_id = value.bytes().all(stays);
        self.path.push(if is_id { value } else { utf8_percent_encode(&value, UNRESERVED).to_string() });
        self
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
        self.path.push(path);
    }

    /// Gives the next path parameter, which has this name, a list, an object or a value with marks around it.
    pub fn path_as<T: Serialize + ?Sized>(mut self, style: Style, name: &str, value: &T) -> Self {
        match parameter::path(name, value, style) {
            Ok(text) => self.path.push(text),
            Err(error) => self.report(format_args!("the path parameter `{name}` can't be written: {error}")),
        }
        self
    }

    /// Sets a query parameter. A list repeats the name, and an object's properties stand behind the name and a
    /// dot, to any depth. What the parameter had before goes.
    pub fn query<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        self.set_query(Style::Repeat, name, value, false);
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
            (Ok(_), Ok(_)) if self.headers.len() >= MOST_HEADERS => {
                self.report(format_args!("it has more than {MOST_HEADERS} headers"));
            }
            (Ok(name), Ok(value)) => {
                set_header(&mut self.headers, name, value);
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
                self.cookies.retain(|(known, _)| !cookies.iter().any(|(name, _)| name == known));
                self.cookies.extend(cookies);
            }
            Err(error) => self.report(format_args!("the cookie `{name}` can't be written: {error}")),
        }
    }

    /// Limits how long the call may take, all its attempts and the waits between them counted.
    pub fn timeout(&mut self, limit: Duration) {
        self.limits.timeout = Some(limit);
    }

    /// Limits how long one attempt may take.
    pub fn attempt_timeout(&mut self, limit: Duration) {
        self.limits.attempt_timeout = limit;
    }

    /// Sets the key by which the server recognizes the request if it is sent again.
    pub fn idempotency_key(&mut self, key: &str) {
        let name = self.client.0.api.idempotency_header.unwrap_or("Idempotency-Key");
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
    pub(crate) fn new_idempotency_key(&self) -> Option<IdempotencyKey> {
        let name = self.client.0.api.idempotency_header?;
        if self.is_idempotent.is_some() || self.is_idempotent() {
            return None;
        }
        let name = header_name(name).ok().filter(|name| !self.headers.contains_key(name))?;
        // As a UUID of version 4, which is what servers expect.
        // Not by `fastrand`: a program that seeds it would send the same keys each time it runs.
        let [a, b] = [(); 2].map(|()| RandomState::new().build_hasher().finish());
        let (version, variant) = (0x4000 | (a & 0xfff), 0x8000 | (b >> 50));
        let (first, second, last) = (a >> 32, (a >> 16) & 0xffff, b & 0xffff_ffff_ffff);
        let key = format!("{first:08x}-{second:04x}-{version:04x}-{variant:04x}-{last:012x}");
        Some((name, HeaderValue::try_from(key).ok()?))
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
        self.problem.get_or_insert_with(|| problem.to_string());
    }

    /// The request as HTTP, with credentials; sent on to another place, if the server said so.
    pub(crate) fn to_http(
        &self,
        secrets: &Secrets,
        key: Option<&IdempotencyKey>,
        moved: Option<&Url>,
    ) -> Result<http::Request<Body>> {
        if let Some(problem) = &self.problem {
            return Err(self.unsendable(format_args!("{problem}")));
        }
        let client = &self.client.0;
        let mut headers = client.headers.clone();
        for (name, value) in &self.cookies {
            add_cookie(&mut headers, name, value)
                .map_err(|_| self.unsendable(format_args!("the cookie `{name}` can't be sent")))?;
        }
        let mut hidden = Vec::new();
        secrets.apply(&client.credentials, &mut headers, &mut hidden)?;
        // As with headers: what a program sets for this one request wins.
        hidden.retain(|secret| !self.query.iter().any(|pair| pair.is_of(&secret.parameter)));
        if let Some((name, value)) = key {
            set_header(&mut headers, name.clone(), value.clone());
        }
        if let Some(accept) = self.accept.and_then(|accept| HeaderValue::try_from(accept).ok()) {
            set_header(&mut headers, header::ACCEPT, accept);
        }
        // What a program sets for this one request wins.
        for (name, value) in &self.headers {
            set_header(&mut headers, name.clone(), value.clone());
        }

        let unsendable = |what: String| self.unsendable(format_args!("{what}"));
        let url = match moved.or(self.link.as_ref()) {
            Some(link) => with_secrets(link, &hidden),
            None => self.write_url(&hidden).map_err(unsendable)?,
        };

        let (media_type, body) = self.payload.write().map_err(unsendable)?.unwrap_or_default();
        if !media_type.is_empty() && !headers.contains_key(header::CONTENT_TYPE) {
            let media_type = self.content_type.filter(|_| self.payload.is_json()).unwrap_or(&media_type);
            let value = HeaderValue::try_from(media_type)
                .map_err(|_| self.unsendable(format_args!("the body's media type is none")))?;
            set_header(&mut headers, header::CONTENT_TYPE, value);
        }
        let mut request = http::Request::new(body);
        *request.method_mut() = http::Method::from_bytes(self.operation.method.as_bytes())
            .map_err(|_| self.unsendable(format_args!("the method is not one of HTTP")))?;
        *request.uri_mut() =
            http::Uri::try_from(url).map_err(|error| self.unsendable(format_args!("no URL: {error}")))?;
        *request.headers_mut() = headers;
        if !hidden.is_empty() {
            let names = hidden.into_iter().map(|pair| pair.parameter).collect();
            request.extensions_mut().insert(SecretQuery(names));
        }
        Ok(request)
    }

    #[cold]
    fn unsendable(&self, what: fmt::Arguments<'_>) -> Error {
        Error::config(format!("{} {}: {what}", self.operation.method, self.operation.path))
    }

    /// Sends the request to a URL that a server gave, which must be one that the credentials may go to.
    pub(crate) fn go_to(&mut self, link: Url) {
        self.link = Some(link);
    }

    /// The URL of a server's that the request goes to, if it does.
    pub(crate) fn link(&self) -> Option<&Url> {
        self.link.as_ref()
    }

    /// Where the request goes, without credentials.
    pub(crate) fn url(&self) -> Result<Url, String> {
        match &self.link {
            Some(link) => Ok(link.clone()),
            None => Url::parse(&self.write_url(&[])?).map_err(|error| format!("no URL: {error}")),
        }
    }

    /// The operation's base URL.
    pub(crate) fn home(&self) -> Result<Url, String> {
        Url::parse(&self.base_url()?).map_err(|error| format!("no URL: {error}"))
    }

    /// The URL by path and query, and credentials behind those.
    fn write_url(&self, secrets: &[Pair]) -> Result<String, String> {
        let base = self.base_url()?;
        // Bytes that fill their place exactly become a URI as they are.
        let values: usize = self.path.iter().map(String::len).sum();
        let mut url = String::with_capacity(base.len() + self.operation.path.len() + values);
        url.push_str(&base);
        self.write_path(&mut url)?;
        if !self.query.is_empty() || !secrets.is_empty() {
            // A path may have a query of its own.
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(&Pair::write(self.query.iter().chain(secrets)));
        }
        Ok(url)
    }

    /// Where the operation is, without a slash at its end: what the program says, what the operation says, or where
    /// the whole API is.
    fn base_url(&self) -> Result<Cow<'_, str>, String> {
        let client = &self.client.0;
        let Some(own) = self.operation.base_url else { return Ok(Cow::Borrowed(&client.base_url)) };
        if own.contains("://") {
            if client.is_elsewhere {
                return Ok(Cow::Borrowed(&client.base_url));
            }
            let is_safe = client.allows_http || Url::parse(own).is_ok_and(|url| is_safe(&url));
            return if is_safe {
                Ok(Cow::Borrowed(own))
            } else {
                Err("credentials would go to it in the clear; allow it with the client's `allow_http`".to_owned())
            };
        }
        // It is said relative to where the whole API is.
        let base = Url::parse(&format!("{}/", client.base_url));
        let joined = base.and_then(|base| base.join(own));
        joined
            .map(|url| Cow::Owned(url.as_str().trim_end_matches('/').to_owned()))
            .map_err(|error| format!("its base URL `{own}` can't be used: {error}"))
    }

    /// Writes the path. A value is one segment, whatever is in it: what would be a way out of it (nothing, `.`,
    /// `..`) is refused, because no encoding of those survives all the URL parsers between here and the server.
    fn write_path(&self, url: &mut String) -> Result<(), String> {
        let mut values = self.path.iter();
        // Sets of one character: std looks for a character itself in a way that is quick in long texts, and slow here.
        for segment in self.operation.path.split(['/']).skip(1) {
            url.push('/');
            let begin = url.len();
            let mut rest = segment;
            while let Some((before, parameter)) = rest.split_once(['{']) {
                url.push_str(before);
                let (name, after) = parameter.split_once(['}']).unwrap_or((parameter, ""));
                let value = values.next().map(String::as_str).unwrap_or_default();
                if value.is_empty() {
                    return Err(format!("the path parameter `{name}` is empty"));
                }
                url.push_str(value);
                rest = after;
            }
            url.push_str(rest);
            // A query of the path's own may stand behind its last segment.
            if let b"." | b".." | [b'.', b'?', ..] | [b'.', b'.', b'?', ..] = &url.as_bytes()[begin..] {
                return Err(format!("the value of `{segment}` would leave the path: `{}`", &url[begin..]));
            }
        }
        Ok(())
    }
}

/// A server's URL with the credentials that go into the query. One that the server repeats is sent once: as the
/// client has it.
fn with_secrets(link: &Url, secrets: &[Pair]) -> String {
    let mut url = link.clone();
    if !secrets.is_empty() {
        let is_secret = |pair: &&str| {
            let name = url::form_urlencoded::parse(pair.as_bytes()).next();
            name.is_some_and(|(name, _)| secrets.iter().any(|secret| secret.parameter == name))
        };
        let others =
            link.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty() && !is_secret(pair));
        let query: Vec<String> = others.map(str::to_owned).chain([Pair::write(secrets)]).collect();
        url.set_query(Some(&query.join("&")));
    }
    url.into()
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
