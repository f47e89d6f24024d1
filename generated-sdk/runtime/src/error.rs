//! What can go wrong with a call, in words for people and in fields for programs.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::operation::Operation;
use crate::retry::{self, NoRetry};
use crate::{Object, locate};

/// The result of a call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call has no result.
///
/// Every error of a request names the request by its method and the template of its path, never by values that
/// could be secret.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The API answered, and its answer is an error.
    Api(Box<ApiError>),
    /// No answer came in time.
    Timeout(Box<TimeoutError>),
    /// No connection could be made, or it broke before the answer was complete.
    Connection(Box<ConnectionError>),
    /// The API answered with success, but the answer does not fit its type.
    Decode(Box<DecodeError>),
    /// The client's settings or a call's arguments can't make a request. Nothing was sent.
    Config(Box<ConfigError>),
    /// A token source has no token. Nothing was sent.
    Credentials(Box<CredentialsError>),
    /// A list can't go on: the server would send the same page for ever, or the next page is at another host.
    Paging(Box<PagingError>),
}

impl Error {
    /// The status of the answer, if there was one.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Api(error) => Some(error.status),
            Self::Decode(error) => Some(error.status),
            _ => None,
        }
    }

    /// The id that Cloudflare's network gave the request (`cf-ray`), for a support ticket.
    pub fn ray_id(&self) -> Option<&str> {
        match self {
            Self::Api(error) => ray_id(&error.headers),
            Self::Decode(error) => ray_id(&error.headers),
            _ => None,
        }
    }

    /// The codes of the API's own errors; empty for any other error.
    pub fn codes(&self) -> impl Iterator<Item = i64> + '_ {
        match self {
            Self::Api(error) => error.errors.as_slice(),
            _ => &[],
        }
        .iter()
        .filter_map(|message| message.code)
    }

    /// The API's answer, where that is the error.
    pub fn api(&self) -> Option<&ApiError> {
        match self {
            Self::Api(error) => Some(error),
            _ => None,
        }
    }

    /// Whether the API answered 404.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Api(error) if error.status == StatusCode::NOT_FOUND)
    }

    /// Whether the API refused the credentials (401 or 403).
    pub fn is_unauthorized(&self) -> bool {
        matches!(self, Self::Api(error) if matches!(error.status.as_u16(), 401 | 403))
    }

    /// Whether the API asked for fewer requests (429).
    pub fn is_rate_limited(&self) -> bool {
        matches!(self, Self::Api(error) if error.status == StatusCode::TOO_MANY_REQUESTS)
    }

    /// Whether what the call asks for contradicts what is there (409).
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Api(error) if error.status == StatusCode::CONFLICT)
    }

    /// Whether the API takes the request for wrong (400 or 422).
    pub fn is_invalid(&self) -> bool {
        matches!(self, Self::Api(error) if matches!(error.status.as_u16(), 400 | 422))
    }

    /// Whether the failure is the server's own (5xx).
    pub fn is_server_error(&self) -> bool {
        matches!(self, Self::Api(error) if error.status.is_server_error())
    }

    /// Whether the call ran out of time.
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Timeout(_))
    }

    /// Whether no connection could be made, or it broke.
    pub fn is_connection(&self) -> bool {
        matches!(self, Self::Connection(_))
    }

    /// Whether the same call may succeed at another time: no connection, no answer in time, 408, 429 or 5xx.
    /// Whether that is safe is another question: see [`no_retry`](Self::no_retry).
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Api(error) => matches!(error.status.as_u16(), 408 | 429 | 500..=599),
            Self::Timeout(_) | Self::Connection(_) => true,
            _ => false,
        }
    }

    /// Why the request was not sent again; nothing where no attempt failed, as with an answer that does not fit.
    pub fn no_retry(&self) -> Option<NoRetry> {
        self.request().and_then(|request| request.no_retry)
    }

    /// How long the server asks to wait before the request is sent again.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Api(error) => retry::asked_wait(&error.headers),
            _ => None,
        }
    }

    /// The request that failed: its method, the template of its path, and how often it was sent. Nothing where there
    /// was none.
    pub fn request(&self) -> Option<&RequestInfo> {
        match self {
            Self::Api(error) => Some(&error.request),
            Self::Timeout(error) => Some(&error.request),
            Self::Connection(error) => Some(&error.request),
            Self::Decode(error) => Some(&error.request),
            Self::Paging(error) => Some(&error.request),
            Self::Config(_) | Self::Credentials(_) => None,
        }
    }

    /// Notes why the request is not sent again.
    pub(crate) fn stopped(mut self, why: NoRetry) -> Self {
        match &mut self {
            Self::Timeout(error) => error.request.no_retry = Some(why),
            Self::Connection(error) => error.request.no_retry = Some(why),
            _ => {}
        }
        self
    }

    pub(crate) fn config(message: impl Into<String>) -> Self {
        Self::Config(Box::new(ConfigError { message: message.into() }))
    }
}

/// The request that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestInfo {
    /// The HTTP method.
    pub method: &'static str,
    /// The path's template, without the values of its parameters.
    pub path: &'static str,
    /// How many times the request was sent.
    pub attempts: u32,
    /// Why it was not sent again, where the call failed at an attempt.
    pub no_retry: Option<NoRetry>,
}

impl RequestInfo {
    pub(crate) fn of(operation: &Operation) -> Self {
        Self { method: operation.method, path: operation.path, attempts: 0, no_retry: None }
    }
}

impl fmt::Display for RequestInfo {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.path)?;
        match self.attempts {
            0 | 1 => Ok(()),
            attempts => write!(formatter, " ({attempts} attempts)"),
        }
    }
}

/// The API's answer, where it is an error.
#[non_exhaustive]
pub struct ApiError {
    /// The request.
    pub request: RequestInfo,
    /// The status of the answer. It can be a success where only the envelope says that the call failed.
    pub status: StatusCode,
    /// The errors that the API lists, or the one that it states in one of the usual ways; empty where the body is not
    /// the API's own (a proxy's HTML page, say).
    pub errors: Vec<Message>,
    /// The headers of the answer.
    pub headers: HeaderMap,
    /// The body of the answer, as it came.
    pub body: Bytes,
}

impl ApiError {
    /// The body as one of the types that an operation's documentation names for its errors.
    ///
    /// ```
    /// # use sdk_runtime::{Error, Object};
    /// fn reason(error: &Error) -> Option<String> {
    ///     let body: Object = error.api()?.read().ok()?;
    ///     Some(body.get("reason")?.as_str()?.to_owned())
    /// }
    /// ```
    ///
    /// # Errors
    /// [`Error::Decode`] where the body does not fit the type.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.body).map_err(|error| {
            let path = match error.is_data() {
                true => locate::path(&self.body, &error),
                false => String::new(),
            };
            Error::Decode(Box::new(DecodeError {
                request: self.request,
                status: self.status,
                headers: self.headers.clone(),
                path,
                message: error.to_string(),
                body: self.body.clone(),
            }))
        })
    }

    /// The id that Cloudflare's network gave the request.
    pub fn ray_id(&self) -> Option<&str> {
        ray_id(&self.headers)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: the API answered {}", self.request, self.status)?;
        for (index, error) in self.errors.iter().enumerate() {
            formatter.write_str(if index == 0 { ": " } else { "; " })?;
            write!(formatter, "{error}")?;
        }
        if self.errors.is_empty() && !self.body.is_empty() {
            write!(formatter, " with the body {}", Excerpt(&self.body))?;
        }
        write_ray_id(formatter, &self.headers)
    }
}

/// One message of the API: an error or a remark.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Message {
    /// The API's own number for it.
    pub code: Option<i64>,
    /// What it says.
    pub message: String,
    /// Where the API's documentation explains it.
    pub documentation_url: Option<String>,
    /// A JSON pointer to the part of the request that it is about.
    pub pointer: Option<String>,
}

impl Message {
    /// Reads the array of messages in an envelope. It takes what it finds: a message that can't be read must
    /// not hide the others.
    pub(crate) fn read_all(value: Option<&Value>) -> Vec<Self> {
        let Some(Value::Array(items)) = value else { return Vec::new() };
        items.iter().map(Self::read).collect()
    }

    /// What a body says that has none of an SDK's own shapes: in the ways that are usual among APIs, one of which is
    /// RFC 9457.
    pub(crate) fn guess(body: &Object) -> Vec<Self> {
        let text = |object: &Object, names: &[&str]| {
            names
                .iter()
                .find_map(|name| object.get(*name)?.as_str())
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
        };
        let code = |object: &Object| object.get("code").and_then(Value::as_i64);
        const TEXTS: [&str; 6] = ["message", "detail", "error_description", "title", "error", "reason"];
        match body.get("error") {
            Some(Value::Object(error)) => {
                let message = text(error, &TEXTS).or_else(|| text(error, &["code", "type"]));
                message.map(|message| Self { code: code(error), message, ..Self::default() }).into_iter().collect()
            }
            _ => match (text(body, &TEXTS), body.get("errors")) {
                (Some(message), _) => vec![Self { code: code(body), message, ..Self::default() }],
                (None, errors) => Self::read_all(errors),
            },
        }
    }

    fn read(value: &Value) -> Self {
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        Self {
            code: value.get("code").and_then(|code| code.as_i64().or_else(|| code.as_str()?.parse().ok())),
            message: text(value.get("message")).unwrap_or_else(|| plain(value)),
            documentation_url: text(value.get("documentation_url")),
            pointer: text(value.get("source").and_then(|source| source.get("pointer"))),
        }
    }
}

/// Any value as people write it: `field: name, problem: taken`.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(object) => {
            let entries = object.iter().map(|(name, value)| format!("{name}: {}", plain(value)));
            entries.collect::<Vec<_>>().join(", ")
        }
    }
}

impl fmt::Display for Message {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => write!(formatter, "{} (code {code})", self.message)?,
            None => formatter.write_str(&self.message)?,
        }
        match &self.pointer {
            Some(pointer) => write!(formatter, " at {pointer}"),
            None => Ok(()),
        }
    }
}

/// No answer in time.
#[derive(Debug)]
#[non_exhaustive]
pub struct TimeoutError {
    /// The request.
    pub request: RequestInfo,
    /// The limit that ran out.
    pub limit: Duration,
}

impl fmt::Display for TimeoutError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: no complete answer within {:?}", self.request, self.limit)
    }
}

/// No connection, or a broken one.
#[derive(Debug)]
#[non_exhaustive]
pub struct ConnectionError {
    /// The request.
    pub request: RequestInfo,
    /// Whether the server can have seen the request: false only where no connection was made.
    pub sent: bool,
    /// What the transport says of it.
    pub source: Box<dyn StdError + Send + Sync>,
}

impl fmt::Display for ConnectionError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.sent { "the connection broke before the answer was complete" } else { "no connection" };
        write!(formatter, "{}: {what}", self.request)?;
        let mut source: Option<&dyn StdError> = Some(self.source.as_ref());
        while let Some(error) = source {
            write!(formatter, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

/// An answer that does not fit.
#[non_exhaustive]
pub struct DecodeError {
    /// The request.
    pub request: RequestInfo,
    /// The status of the answer.
    pub status: StatusCode,
    /// The headers of the answer.
    pub headers: HeaderMap,
    /// The place in the JSON, such as `result[3].status`; empty for the whole body.
    pub path: String,
    /// What does not fit there.
    pub message: String,
    /// The body of the answer, as it came.
    pub body: Bytes,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: the API answered {}, but ", self.request, self.status)?;
        // Where the place is known the body isn't shown: there may be a secret in it.
        match self.path.as_str() {
            "" => write!(formatter, "the answer does not fit: {}", self.message)?,
            path => write!(formatter, "`{path}` does not fit: {}", self.message)?,
        }
        if self.path.is_empty() && !self.body.is_empty() {
            write!(formatter, "; it begins: {}", Excerpt(&self.body))?;
        }
        write_ray_id(formatter, &self.headers)
    }
}

/// There may be secrets in a body: it is shown by its length.
impl fmt::Debug for ApiError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ApiError")
            .field("request", &self.request)
            .field("status", &self.status)
            .field("errors", &self.errors)
            .field("ray_id", &self.ray_id())
            .field("body_length", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// There may be secrets in a body: it is shown by its length.
impl fmt::Debug for DecodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("DecodeError")
            .field("request", &self.request)
            .field("status", &self.status)
            .field("path", &self.path)
            .field("message", &self.message)
            .field("ray_id", &ray_id(&self.headers))
            .field("body_length", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// Settings or arguments that can't make a request.
#[derive(Debug)]
#[non_exhaustive]
pub struct ConfigError {
    /// What is wrong, and what to do about it.
    pub message: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

/// A token source that has no token.
#[derive(Debug)]
#[non_exhaustive]
pub struct CredentialsError {
    /// The credential's name.
    pub credential: &'static str,
    /// What the source says of it.
    pub source: Box<dyn StdError + Send + Sync>,
}

impl fmt::Display for CredentialsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "there is no token for {}: {}", self.credential, self.source)
    }
}

/// A list that can't go on.
#[derive(Debug)]
#[non_exhaustive]
pub struct PagingError {
    /// The request.
    pub request: RequestInfo,
    /// What the server did.
    pub message: String,
}

impl fmt::Display for PagingError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: the list can't go on: {}", self.request, self.message)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Api(error) => error.fmt(formatter),
            Self::Timeout(error) => error.fmt(formatter),
            Self::Connection(error) => error.fmt(formatter),
            Self::Decode(error) => error.fmt(formatter),
            Self::Config(error) => error.fmt(formatter),
            Self::Credentials(error) => error.fmt(formatter),
            Self::Paging(error) => error.fmt(formatter),
        }?;
        match self.no_retry() {
            // The failure, or the number of attempts, says it already.
            None | Some(NoRetry::Final | NoRetry::Exhausted) => Ok(()),
            Some(why) => write!(formatter, "; not sent again: {why}"),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Connection(error) => Some(error.source.as_ref()),
            Self::Credentials(error) => Some(error.source.as_ref()),
            _ => None,
        }
    }
}

pub(crate) fn ray_id(headers: &HeaderMap) -> Option<&str> {
    headers.get("cf-ray")?.to_str().ok()
}

fn write_ray_id(formatter: &mut fmt::Formatter<'_>, headers: &HeaderMap) -> fmt::Result {
    match ray_id(headers) {
        Some(ray_id) => write!(formatter, " (ray id {ray_id})"),
        None => Ok(()),
    }
}

/// The beginning of a body, on one line.
struct Excerpt<'a>(&'a [u8]);

/// How many characters of a body an error's text shows; the error itself holds all of it.
const EXCERPT: usize = 200;

impl fmt::Display for Excerpt<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = String::from_utf8_lossy(self.0);
        let mut characters = 0;
        formatter.write_str("\"")?;
        for (index, word) in text.split_whitespace().enumerate() {
            let blank = if index == 0 { "" } else { " " };
            for character in blank.chars().chain(word.chars()) {
                if characters == EXCERPT {
                    return formatter.write_str("…\"");
                }
                characters += 1;
                // A terminal must not obey a server.
                let shown = if character.is_control() { char::REPLACEMENT_CHARACTER } else { character };
                write!(formatter, "{shown}")?;
            }
        }
        formatter.write_str("\"")
    }
}
