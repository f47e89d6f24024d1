//! What can go wrong with a call, in words for people and in fields for programs.

mod api;
mod excerpt;
mod headers;
mod message;
mod no_response;
mod no_retry;
mod request_info;
pub(crate) mod retry_headers;

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use http::StatusCode;
use serde::de::DeserializeOwned;

use crate::json::error_path;

pub use api::{ApiError, DecodeError};
pub(crate) use headers::ray_id;
pub use message::Message;
pub use no_response::{ConfigError, ConnectionError, CredentialsError, PagingError, TimeoutError};
pub use no_retry::NoRetryReason;
pub use request_info::RequestInfo;

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
    /// Whether that is safe is another question: see [`no_retry_reason`](Self::no_retry_reason).
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Api(error) => matches!(error.status.as_u16(), 408 | 429 | 500..=599),
            Self::Timeout(_) | Self::Connection(_) => true,
            _ => false,
        }
    }

    /// Why the request was not sent again; nothing where no attempt failed, as with an answer that does not fit.
    pub fn no_retry_reason(&self) -> Option<NoRetryReason> {
        self.request().and_then(|request| request.no_retry_reason)
    }

    /// How long the server asks to wait before the request is sent again.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Api(error) => retry_headers::retry_after(&error.headers),
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
    pub(crate) fn stopped(mut self, why: NoRetryReason) -> Self {
        match &mut self {
            Self::Timeout(error) => error.request.no_retry_reason = Some(why),
            Self::Connection(error) => error.request.no_retry_reason = Some(why),
            _ => {}
        }
        self
    }

    pub(crate) fn config(message: impl Into<String>) -> Self {
        Self::Config(Box::new(ConfigError { message: message.into() }))
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
        match self.no_retry_reason() {
            // The failure, or the number of attempts, says it already.
            None | Some(NoRetryReason::Permanent | NoRetryReason::MaxRetries) => Ok(()),
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
                true => error_path::find(&self.body, &error),
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
}
