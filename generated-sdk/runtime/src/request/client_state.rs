use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use url::{Host, Url};

use crate::operation::Api;
use crate::policy::auth::Credentials;
use crate::policy::limit::Limiter;
use crate::policy::observe::Observer;
use crate::policy::retry::{Retry, RetryBudget};
use crate::transport::Transport;

/// State that all requests of a client share: base URL, credentials, transport, limits.
pub(crate) struct ClientState {
    pub(crate) api: &'static Api,
    /// Base URL of the API. Its path has no trailing slash, except for the path `/`.
    pub(crate) base_url: Url,
    /// `true` if the program or the environment sets the base URL.
    pub(crate) has_custom_base_url: bool,
    pub(crate) credentials: Credentials,
    pub(crate) headers: HeaderMap,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) limits: RequestLimits,
    pub(crate) budget: RetryBudget,
    pub(crate) limiter: Limiter,
    pub(crate) observer: Option<Arc<dyn Observer>>,
    /// `true` if bodies are logged.
    #[cfg(feature = "tracing")]
    pub(crate) traces_bodies: bool,
    /// `true` if requests to hosts other than localhost may use HTTP without TLS.
    pub(crate) allows_http: bool,
    /// Maximum size of a response body, in bytes.
    pub(crate) max_response_size: usize,
}

/// Timeouts and retries of a request. A request can override those of the client.
#[derive(Clone)]
pub(crate) struct RequestLimits {
    pub(crate) timeout: Option<Duration>,
    pub(crate) attempt_timeout: Duration,
    pub(crate) max_retries: u32,
    pub(crate) retry: Arc<dyn Retry>,
}

impl fmt::Debug for RequestLimits {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RequestLimits")
            .field("timeout", &self.timeout)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("max_retries", &self.max_retries)
            .finish_non_exhaustive()
    }
}

/// Returns `true` if requests to the URL cannot be read by others: it uses HTTPS, or its host is localhost.
pub(crate) fn is_secure(url: &Url) -> bool {
    let is_local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || is_local
}
