use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::Request;
use crate::error::Result;
use crate::policy::retry::Retry;
use crate::transport::Body;

/// Options of a single request. All generated requests implement this trait.
///
/// The options override the settings of the client.
///
/// # Examples
///
/// ```
/// # use std::time::Duration;
/// # use sdk_runtime::{Request, RequestOptions};
/// # fn example(request: Request) -> Request {
/// request.with_timeout(Duration::from_secs(5)).with_header("x-reason", "backup")
/// # }
/// ```
pub trait RequestOptions: Sized {
    /// Returns the underlying request.
    #[doc(hidden)]
    fn request_mut(&mut self) -> &mut Request;

    /// Sets the timeout of the call, including all attempts and the delays between them. If a list is read
    /// item by item, the timeout applies to each page.
    fn with_timeout(mut self, limit: Duration) -> Self {
        self.request_mut().timeout(limit);
        self
    }

    /// Sets the timeout of each attempt. If the response is read as a stream, the timeout also limits the
    /// time to wait for each chunk.
    fn with_attempt_timeout(mut self, limit: Duration) -> Self {
        self.request_mut().attempt_timeout(limit);
        self
    }

    /// Sets the maximum number of retries. 0 disables retries.
    fn with_max_retries(mut self, retries: u32) -> Self {
        self.request_mut().limits_mut().max_retries = retries;
        self
    }

    /// Sets the retry policy.
    fn with_retry(mut self, policy: impl Retry) -> Self {
        self.request_mut().limits_mut().retry = Arc::new(policy);
        self
    }

    /// Declares whether the request is idempotent: sending it twice has the same effect as sending it once.
    /// An idempotent request is retried like a GET. By default this depends on the method.
    fn with_idempotent(mut self, is_idempotent: bool) -> Self {
        self.request_mut().is_idempotent = Some(is_idempotent);
        self
    }

    /// Sets the idempotency key, by which the server recognizes retries of the request. If the API supports
    /// such keys, a random key is generated for each call by default.
    fn with_idempotency_key(mut self, key: &str) -> Self {
        self.request_mut().idempotency_key(key);
        self
    }

    /// Sets a header. An invalid name or value is reported as [`Error::Config`](crate::Error::Config) when
    /// the request is sent.
    fn with_header(mut self, name: &str, value: &str) -> Self {
        self.request_mut().header(name, value);
        self
    }

    /// Sets a query parameter, for parameters that the SDK does not define. Replaces an existing value.
    /// Arrays repeat the name, properties of objects are appended to the name with a dot (`filter.name=x`),
    /// and `None` sends nothing.
    fn with_query(mut self, name: &str, value: impl Serialize) -> Self {
        self.request_mut().query(name, &value);
        self
    }

    /// Sets a property of the body, for properties that the SDK does not define. Replaces an existing value.
    fn with_body_field(mut self, name: &str, value: impl Serialize) -> Self {
        self.request_mut().body_field(name, &value);
        self
    }

    /// Returns the request as a `curl` command, for debugging. Credentials are shown as the environment
    /// variables from which the SDK reads them. Other secret headers and the body are not shown.
    ///
    /// # Errors
    /// Returns [`Error::Config`](crate::Error::Config) if the request is invalid.
    fn as_curl(&mut self) -> Result<String> {
        self.request_mut().curl(false)
    }

    /// Returns the request as a `curl` command like [`as_curl`](Self::as_curl), including the body, which may
    /// contain secrets.
    ///
    /// # Errors
    /// Same as [`as_curl`](Self::as_curl).
    fn as_curl_with_body(&mut self) -> Result<String> {
        self.request_mut().curl(true)
    }

    /// Replaces the body with one of any media type.
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
