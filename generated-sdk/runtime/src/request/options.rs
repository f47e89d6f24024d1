use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::Request;
use crate::error::Result;
use crate::policy::retry::Retry;
use crate::transport::Body;

/// What can be said of every single request, whatever it asks for. All generated requests have it.
///
/// ```
/// # use std::time::Duration;
/// # use sdk_runtime::{Request, RequestOptions};
/// # fn example(request: Request) -> Request {
/// request.with_timeout(Duration::from_secs(5)).with_header("x-reason", "backup")
/// # }
/// ```
pub trait RequestOptions: Sized {
    /// The request that the options are those of.
    #[doc(hidden)]
    fn request_mut(&mut self) -> &mut Request;

    /// Limits how long the call may take, all its attempts and the waits between them counted. Of a list that is
    /// read item by item, each page is a call of its own.
    fn with_timeout(mut self, limit: Duration) -> Self {
        self.request_mut().timeout(limit);
        self
    }

    /// Limits how long one attempt may take; of an answer that is read as a stream, the wait for each piece.
    fn with_attempt_timeout(mut self, limit: Duration) -> Self {
        self.request_mut().attempt_timeout(limit);
        self
    }

    /// Sets how often the request is sent again at the most; zero turns retries off.
    fn with_max_retries(mut self, retries: u32) -> Self {
        self.request_mut().limits_mut().max_retries = retries;
        self
    }

    /// Sets when failed attempts are repeated, for this request alone.
    fn with_retry(mut self, policy: impl Retry) -> Self {
        self.request_mut().limits_mut().retry = Arc::new(policy);
        self
    }

    /// Says whether sending the request twice does no more than sending it once, so that it may be sent again
    /// wherever a GET would be. By default that depends on its method.
    fn with_idempotent(mut self, is_idempotent: bool) -> Self {
        self.request_mut().is_idempotent = Some(is_idempotent);
        self
    }

    /// Sets the key by which the server recognizes the request if it is sent again, so that it may be. Without this
    /// one is made up for each call where the API knows such keys.
    fn with_idempotency_key(mut self, key: &str) -> Self {
        self.request_mut().idempotency_key(key);
        self
    }

    /// Sets a header of this request.
    fn with_header(mut self, name: &str, value: &str) -> Self {
        self.request_mut().header(name, value);
        self
    }

    /// Sets a query parameter that this SDK does not know, or replaces one. A list repeats the name, the properties
    /// of an object stand behind the name and a dot, and nothing is sent for `None`.
    fn with_query(mut self, name: &str, value: impl Serialize) -> Self {
        self.request_mut().query(name, &value);
        self
    }

    /// Sets a property of the body that this SDK does not know.
    fn with_body_field(mut self, name: &str, value: impl Serialize) -> Self {
        self.request_mut().body_field(name, &value);
        self
    }

    /// The request as a command for a shell, for a person who wants to see it or to try it by hand. Credentials are
    /// there as the environment variables that this SDK reads them from, other secret headers and the body not at
    /// all.
    ///
    /// # Errors
    /// [`Error::Config`](crate::Error::Config) where it can't be sent either.
    fn as_curl(&mut self) -> Result<String> {
        self.request_mut().curl(false)
    }

    /// As [`as_curl`](Self::as_curl), with the body, in which there may be secrets.
    ///
    /// # Errors
    /// As [`as_curl`](Self::as_curl).
    fn as_curl_with_body(&mut self) -> Result<String> {
        self.request_mut().curl(true)
    }

    /// Replaces the whole body by one of a media type that this SDK does not write.
    fn with_body(mut self, media_type: &str, body: impl Into<Body>) -> Self {
        self.request_mut().raw_body(media_type, body.into());
        self
    }
}

impl RequestOptions for Request {
    fn request_mut(&mut self) -> &mut Request {
        self
    }
}
