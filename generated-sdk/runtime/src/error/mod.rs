//! Errors of a call.

mod api;
mod code;
mod excerpt;
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
pub use code::ErrorCode;
pub use message::Message;
pub use no_response::{ConfigError, ConnectionError, CredentialsError, PagingError, TimeoutError};
pub use no_retry::NoRetryReason;
pub use request_info::RequestInfo;

/// Result of a call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Error of a call, or of building a client.
///
/// Errors name the request by its method and path template, without parameter values, which can be secret.
///
/// # Examples
/// ```
/// # use sdk_runtime::{Call, Error, Result, Value};
/// # async fn example(request: Call<Value>) -> Result<Option<Value>> {
/// match request.await {
///     Ok(value) => Ok(Some(value)),
///     Err(error) if error.is_not_found() => Ok(None),
///     Err(Error::Api(error)) => {
///         eprintln!("{}, request ID {:?}", error.status, error.request_id());
///         Err(Error::Api(error))
///     }
///     Err(error) => Err(error),
/// }
/// # }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The API responded with an error status, or its envelope reports a failure.
    Api(Box<ApiError>),
    /// The timeout of the call or of its last attempt was exceeded before the response was complete.
    Timeout(Box<TimeoutError>),
    /// The connection could not be established, or it broke before the response was complete.
    Connection(Box<ConnectionError>),
    /// The API responded with success, but the response does not match its type.
    Decode(Box<DecodeError>),
    /// The settings of the client or the arguments of the call are invalid, so no request was sent. Also
    /// returned if a download cannot be written to its file or writer.
    Config(Box<ConfigError>),
    /// A token source failed, before the request was sent or after the API rejected the previous token.
    Credentials(Box<CredentialsError>),
    /// The next page of a list cannot be fetched, because the server repeats a page or the next page has
    /// another origin.
    Paging(Box<PagingError>),
}

impl Error {
    /// Returns the status of the response, if there is a response.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Api(error) => Some(error.status),
            Self::Decode(error) => Some(error.status),
            _ => None,
        }
    }

    /// Returns the ID that the server assigned to the request, for support tickets.
    ///
    /// The header is the `request_id_header` of the API's configuration, or else `x-request-id` or
    /// `request-id`.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Api(error) => error.request_id(),
            Self::Decode(error) => error.request_id(),
            _ => None,
        }
    }

    /// Returns the error codes of the API. Empty unless the error is [`Error::Api`].
    ///
    /// # Examples
    /// ```
    /// # use sdk_runtime::Error;
    /// fn print_codes(error: &Error) {
    ///     for code in error.codes() {
    ///         println!("{code}");
    ///     }
    /// }
    /// ```
    pub fn codes(&self) -> impl Iterator<Item = &ErrorCode> + '_ {
        self.api().into_iter().flat_map(ApiError::codes)
    }

    /// Returns `true` if the API reported an error with this code: a number or text.
    ///
    /// # Examples
    /// ```
    /// # use sdk_runtime::Error;
    /// fn is_missing(error: &Error) -> bool {
    ///     error.has_code(1003) || error.has_code("not_found")
    /// }
    /// ```
    pub fn has_code(&self, code: impl Into<ErrorCode>) -> bool {
        let code = code.into();
        self.codes().any(|known| *known == code)
    }

    /// Returns the error response of the API, if the error is [`Error::Api`].
    pub fn api(&self) -> Option<&ApiError> {
        match self {
            Self::Api(error) => Some(error),
            _ => None,
        }
    }

    /// Returns `true` if the API responded with status 404.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Api(error) if error.status == StatusCode::NOT_FOUND)
    }

    /// Returns `true` if the API rejected the credentials (status 401 or 403).
    pub fn is_unauthorized(&self) -> bool {
        matches!(self, Self::Api(error) if matches!(error.status.as_u16(), 401 | 403))
    }

    /// Returns `true` if the API limited the rate of requests (status 429).
    pub fn is_rate_limited(&self) -> bool {
        matches!(self, Self::Api(error) if error.status == StatusCode::TOO_MANY_REQUESTS)
    }

    /// Returns `true` if the request conflicts with the state of the resource (status 409).
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Api(error) if error.status == StatusCode::CONFLICT)
    }

    /// Returns `true` if the API rejected the request as invalid (status 400 or 422).
    pub fn is_invalid(&self) -> bool {
        matches!(self, Self::Api(error) if matches!(error.status.as_u16(), 400 | 422))
    }

    /// Returns `true` if the server failed (status 5xx).
    pub fn is_server_error(&self) -> bool {
        matches!(self, Self::Api(error) if error.status.is_server_error())
    }

    /// Returns `true` if the timeout of the call or of an attempt was exceeded.
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Timeout(_))
    }

    /// Returns `true` if the connection could not be established, or broke.
    pub fn is_connection(&self) -> bool {
        matches!(self, Self::Connection(_))
    }

    /// Returns `true` if the same call can succeed later: connection errors, timeouts, and status 408, 429
    /// or 5xx.
    ///
    /// The server may already have acted on the request, so repeating the call is not always safe; see
    /// [`no_retry_reason`](Self::no_retry_reason).
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Api(error) => matches!(error.status.as_u16(), 408 | 429 | 500..=599),
            Self::Timeout(_) | Self::Connection(_) => true,
            _ => false,
        }
    }

    /// Returns the reason why the request was not retried. `None` if no attempt failed, for example for
    /// [`Error::Decode`].
    pub fn no_retry_reason(&self) -> Option<NoRetryReason> {
        self.request().and_then(|request| request.no_retry_reason)
    }

    /// Returns the delay that the server requires before another attempt: the response header
    /// `Retry-After-Ms`, or `Retry-After` in seconds or as a date. `None` unless the error is
    /// [`Error::Api`].
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Api(error) => retry_headers::retry_after(&error.headers),
            _ => None,
        }
    }

    /// Returns the method, path template and number of attempts of the request. `None` for
    /// [`Error::Config`] and [`Error::Credentials`].
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

    /// Sets the reason why the request is not retried.
    pub(crate) fn with_no_retry_reason(mut self, reason: NoRetryReason) -> Self {
        match &mut self {
            Self::Timeout(error) => error.request.no_retry_reason = Some(reason),
            Self::Connection(error) => error.request.no_retry_reason = Some(reason),
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
            // The failure or the number of attempts already implies these reasons.
            None | Some(NoRetryReason::Permanent | NoRetryReason::MaxRetries) => Ok(()),
            Some(reason) => write!(formatter, "; not retried: {reason}"),
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
    /// Deserializes the body as `T`, for example as an error type of the operation.
    ///
    /// # Examples
    /// ```
    /// # use sdk_runtime::{Error, Object};
    /// fn reason(error: &Error) -> Option<String> {
    ///     let body: Object = error.api()?.read().ok()?;
    ///     Some(body.get("reason")?.as_str()?.to_owned())
    /// }
    /// ```
    ///
    /// # Errors
    /// Returns [`Error::Decode`] if the body does not match the type.
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
