use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderValue, header};
use url::Url;

use crate::error::{Error, Result};
use crate::json::values::Secret;
use crate::operation::{Api, Credential, Operation, OperationRef};
use crate::policy::auth::{Credentials, TokenSource};
use crate::policy::limit::{ConcurrencyLimit, Limiter, LimiterSettings, RateLimit};
use crate::policy::observe::Observer;
use crate::policy::retry::{Retry, RetryBudget, RetryPolicy};
use crate::request::Request;
use crate::request::client_state::{ClientState, RequestLimits, is_secure};
use crate::transport::Transport;
use crate::transport::headers::{MAX_HEADERS, header_name, set_header};

/// Client of an API: base URL, credentials, settings and transport, which all requests share.
///
/// A [`ClientBuilder`] builds it. Generated crates wrap it in a client with one method for each resource. A
/// clone is cheap and shares the settings, limits and connection pool of the original.
#[derive(Clone)]
pub struct Client(pub(crate) Arc<ClientState>);

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Client")
            .field("base_url", &self.0.base_url.as_str())
            .field("credentials", &self.0.credentials)
            .field("limits", &self.0.limits)
            .finish_non_exhaustive()
    }
}

impl Request {
    /// Creates a request of `operation` without parameters.
    pub fn new(client: &Client, operation: &'static Operation) -> Self {
        Self::with_state(Arc::clone(&client.0), OperationRef::Document(operation))
    }
}

/// Builder of a [`Client`]. Every setting has a safe default.
///
/// Invalid settings are reported by [`build`](Self::build).
///
/// # Examples
/// ```
/// # use std::time::Duration;
/// use sdk_runtime::operation::Api;
/// use sdk_runtime::{Client, ClientBuilder};
///
/// static API: Api = Api { base_url: "https://api.example.com/v1", ..Api::DEFAULT };
///
/// # #[cfg(feature = "reqwest")]
/// fn client() -> sdk_runtime::Result<Client> {
///     ClientBuilder::new(&API).timeout(Duration::from_secs(30)).max_retries(5).build()
/// }
/// ```
#[derive(Clone)]
#[must_use]
pub struct ClientBuilder {
    api: &'static Api,
    base_url: Option<String>,
    base_url_parts: Vec<(&'static str, String)>,
    credentials: Credentials,
    headers: Vec<(String, String)>,
    transport: Option<Arc<dyn Transport>>,
    connect_timeout: Option<Duration>,
    limits: RequestLimits,
    budget: RetryBudget,
    limiter: LimiterSettings,
    observer: Option<Arc<dyn Observer>>,
    #[cfg(feature = "tracing")]
    traces_bodies: bool,
    allows_http: bool,
    max_response_size: usize,
}

/// Default timeout of an attempt.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(60);

/// Default maximum number of retries of a call.
const MAX_RETRIES: u32 = 2;

/// Default maximum size of a response in bytes. It is larger than the JSON that any API sends, and small
/// enough not to exhaust the memory of a program.
const MAX_RESPONSE_SIZE: usize = 256 << 20;

impl ClientBuilder {
    /// Creates a builder for a client of `api` with the default settings.
    pub fn new(api: &'static Api) -> Self {
        Self {
            api,
            base_url: None,
            base_url_parts: Vec::new(),
            credentials: Credentials::default(),
            headers: Vec::new(),
            transport: None,
            limits: RequestLimits {
                timeout: None,
                attempt_timeout: ATTEMPT_TIMEOUT,
                max_retries: MAX_RETRIES,
                retry: Arc::new(RetryPolicy::default()),
            },
            budget: RetryBudget::default(),
            limiter: LimiterSettings { rate: None, concurrency: None, obeys_server: true },
            observer: None,
            #[cfg(feature = "tracing")]
            traces_bodies: false,
            allows_http: false,
            connect_timeout: None,
            max_response_size: MAX_RESPONSE_SIZE,
        }
    }

    /// Reads credentials and the base URL from the environment variables of the API.
    ///
    /// Empty variables are ignored. Values set on the builder take precedence, before and after this call.
    pub fn from_env(mut self) -> Self {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        for credential in self.api.credentials {
            if let Some(value) = variable(credential.variable) {
                self.credentials.set_from_environment(self.api, credential, Secret::from(value));
            }
        }
        if self.base_url.is_none() {
            self.base_url = variable(self.api.base_url_variable);
        }
        self
    }

    /// Sets a credential.
    ///
    /// Removes credentials from the environment that belong to other security requirements.
    pub fn credential(mut self, credential: &'static Credential, secret: impl Into<Secret>) -> Self {
        self.credentials.set(self.api, credential, secret.into());
        self
    }

    /// Sets the source of a credential, from which each call obtains a token.
    ///
    /// Removes credentials from the environment that belong to other security requirements.
    pub fn credential_source(mut self, credential: &'static Credential, source: impl TokenSource) -> Self {
        self.credentials.set_source(self.api, credential, Arc::new(source));
        self
    }

    /// Sets a variable of the API's base URL. Has no effect if [`base_url`](Self::base_url) is set.
    pub fn base_url_part(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.base_url_parts.push((name, value.into()));
        self
    }

    /// Sets the base URL of all operations: an `http` or `https` URL, with or without a path.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Adds a header to every request. Replaces a header of the same name, such as `User-Agent`.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Limits the duration of a call: all attempts and the delays between them, until the response is read
    /// or its stream begins. No limit by default.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.limits.timeout = Some(limit);
        self
    }

    /// Limits the duration of one attempt, including the upload and reading the response. For a stream,
    /// limits the time until the response begins and the time between two chunks. 60 s by default.
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.limits.attempt_timeout = limit;
        self
    }

    /// Sets the retry policy: a [`RetryPolicy`], which is the default, or another implementation of [`Retry`].
    pub fn retry(mut self, policy: impl Retry) -> Self {
        self.limits.retry = Arc::new(policy);
        self
    }

    /// Sets the maximum number of retries of a call. 0 disables retries. 2 by default.
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.limits.max_retries = retries;
        self
    }

    /// Sets the budget of retries that all calls share, so that retries do not multiply the load during an
    /// outage. 100 retries by default. Each successful call returns a tenth of a retry to the budget.
    pub fn retry_budget(mut self, budget: RetryBudget) -> Self {
        self.budget = budget;
        self
    }

    /// Limits the number of requests in any period of the given length. Requests beyond the limit are
    /// delayed. Every attempt counts as a request. 0 is treated as 1. No limit by default.
    pub fn rate_limit(mut self, requests: u32, period: Duration) -> Self {
        self.limiter.rate = Some((requests, period, RateLimit::new_shared));
        self
    }

    /// Limits the number of concurrent requests. Requests beyond the limit are delayed. A response that is
    /// read as a stream counts until its end, or until it is dropped. 0 is treated as 1. No limit by default.
    pub fn max_concurrent_requests(mut self, requests: usize) -> Self {
        self.limiter.concurrency = Some((requests, ConcurrencyLimit::new_shared));
        self
    }

    /// If `true`, delays requests while the rate-limit headers of the server (`RateLimit`,
    /// `X-RateLimit-Remaining` and variants) announce that it accepts none. Delays longer than 60 s are
    /// ignored. `true` by default.
    pub fn obey_rate_limit_headers(mut self, obey: bool) -> Self {
        self.limiter.obeys_server = obey;
        self
    }

    /// Sets an observer of every attempt, for metrics.
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// If `true`, emits the bodies of requests and responses to `tracing` at the level `TRACE`. Bodies can
    /// contain secrets. `false` by default.
    #[cfg(feature = "tracing")]
    pub fn trace_bodies(mut self, trace: bool) -> Self {
        self.traces_bodies = trace;
        self
    }

    /// Allows `http` URLs, over which credentials are sent unencrypted. By default, `http` is allowed only
    /// for this machine (`localhost` and loopback addresses).
    pub fn allow_http(mut self) -> Self {
        self.allows_http = true;
        self
    }

    /// Limits the size of a response in bytes, after decompression. Larger responses are errors. For a
    /// stream, limits the size of one item. 256 MiB by default.
    pub fn max_response_size(mut self, bytes: usize) -> Self {
        self.max_response_size = bytes;
        self
    }

    /// Limits the duration of opening a connection, including TLS. 10 s by default. Applies to the default
    /// transport only; [`build`](Self::build) fails if [`transport`](Self::transport) is set as well.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = Some(limit);
        self
    }

    /// Sets the transport that sends the requests, instead of the default one.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Builds the client. Sends nothing.
    ///
    /// # Errors
    /// Returns [`Error::Config`] if
    /// * the credentials satisfy no security requirement of the API,
    /// * the base URL or a header is invalid,
    /// * the default transport cannot be created, or
    /// * both [`transport`](Self::transport) and [`connect_timeout`](Self::connect_timeout) are set.
    pub fn build(mut self) -> Result<Client> {
        self.credentials.check(self.api)?;
        let has_custom_base_url = self.base_url.is_some();
        let base_url = match &self.base_url {
            Some(url) => check_base_url(url, self.allows_http)?,
            None => check_base_url(&self.api_url()?, self.allows_http)?,
        };
        if self.headers.len() > MAX_HEADERS {
            return Err(Error::config(format!("the client has more than {MAX_HEADERS} headers; remove some")));
        }
        let mut headers = HeaderMap::new();
        set_header(&mut headers, header::USER_AGENT, HeaderValue::from_static(self.api.user_agent));
        set_header(&mut headers, header::ACCEPT, HeaderValue::from_static("application/json"));
        for (name, value) in &self.headers {
            let value = HeaderValue::try_from(value).map_err(|_| {
                Error::config(format!("invalid value of the header `{name}`; remove control characters"))
            })?;
            set_header(&mut headers, header_name(name)?, value);
        }
        self.credentials.prepare(self.api, &headers)?;
        let transport = match (self.transport, self.connect_timeout) {
            (Some(transport), None) => transport,
            (None, limit) => default_transport(limit)?,
            // Ignoring the limit silently would be worse than an error.
            (Some(_), Some(_)) => {
                return Err(Error::config(
                    "`connect_timeout` applies to the default transport only; remove it, and set the limit in the \
                     client's transport",
                ));
            }
        };
        Ok(Client(Arc::new(ClientState {
            api: self.api,
            base_url,
            has_custom_base_url,
            credentials: self.credentials,
            headers,
            transport,
            limits: self.limits,
            budget: self.budget,
            limiter: Limiter::new(self.limiter),
            observer: self.observer,
            #[cfg(feature = "tracing")]
            traces_bodies: self.traces_bodies,
            allows_http: self.allows_http,
            max_response_size: self.max_response_size,
        })))
    }
}

impl ClientBuilder {
    /// Returns the default base URL of the API with the values of its variables.
    fn api_url(&self) -> Result<String> {
        let mut url = self.api.base_url.to_owned();
        for (name, default) in self.api.base_url_parts {
            let part = self.base_url_parts.iter().rfind(|(known, _)| known == name);
            let value = part.map_or(*default, |(_, value)| value);
            // A value must not extend into another component of the URL, because credentials are sent to
            // its host.
            let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~' | ':' | '/');
            let variable = format!("{{{name}}}");
            let is_part_of_host = url.split_once(&variable).is_some_and(|(before, after)| {
                before.split_once("://").is_some_and(|(_, host)| !host.contains('/'))
                    && !after.is_empty()
                    && !after.starts_with('/')
            });
            if !value.chars().all(is_allowed) || (is_part_of_host && value.contains('/')) {
                return Err(Error::config(format!(
                    "invalid value of `{name}` in the base URL; use letters, digits and `-._~:/`, and no `/` in the \
                     host"
                )));
            }
            url = url.replace(&variable, value);
        }
        Ok(url)
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ClientBuilder")
            .field("credentials", &self.credentials)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// Parses and checks a base URL. Removes slashes at the end of its path.
fn check_base_url(text: &str, allows_http: bool) -> Result<Url> {
    // The message does not contain the URL, which can contain a password.
    let invalid = |problem: &str| Error::config(format!("invalid base URL: {problem}"));
    let mut url = Url::parse(text).map_err(|error| invalid(&error.to_string()))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(invalid("it contains a user or a password; set the client's credentials instead"));
    }
    if !matches!(url.scheme(), "http" | "https") {
        return Err(invalid("the scheme is neither http nor https"));
    }
    if !allows_http && !is_secure(&url) {
        return Err(invalid("http sends credentials unencrypted; use https, or call `allow_http`"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(invalid("it has a query or a fragment; remove it"));
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

#[cfg(feature = "reqwest")]
fn default_transport(connect_timeout: Option<Duration>) -> Result<Arc<dyn Transport>> {
    use crate::transport::ReqwestTransport;

    Ok(Arc::new(match connect_timeout {
        Some(limit) => ReqwestTransport::with(|builder| builder.connect_timeout(limit))?,
        None => ReqwestTransport::new()?,
    }))
}

#[cfg(not(feature = "reqwest"))]
fn default_transport(_: Option<Duration>) -> Result<Arc<dyn Transport>> {
    Err(Error::config("the client has no transport; enable the `reqwest` feature, or set a transport"))
}
