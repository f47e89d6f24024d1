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

/// What all requests of a program share: where the API is, credentials, limits and the transport.
///
/// A clone is cheap and shares all of it, the pool of connections too.
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
    /// A request of `operation`, with none of its parameters.
    pub fn new(client: &Client, operation: &'static Operation) -> Self {
        Self::with_state(Arc::clone(&client.0), OperationRef::Document(operation))
    }
}

/// Makes a [`Client`]. What is not set has a safe default.
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

/// How long one attempt may take, unless told otherwise.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(60);

/// How often a request is sent again, unless told otherwise.
const MAX_RETRIES: u32 = 2;

/// How many bytes an answer may have, unless told otherwise: more than any API sends as JSON, and less than what
/// brings a program down.
const MAX_RESPONSE_SIZE: usize = 256 << 20;

impl ClientBuilder {
    /// A builder for a client of `api`, with nothing set.
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

    /// Takes the credentials and the base URL that the environment has. Those set on the builder win, before this or
    /// behind it.
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

    /// Sets a credential. Those from the environment that don't go with it are forgotten.
    pub fn credential(mut self, credential: &'static Credential, secret: impl Into<Secret>) -> Self {
        self.credentials.set(self.api, credential, secret.into());
        self
    }

    /// Sets what gives a credential whenever a call needs one. Those from the environment that don't go with it
    /// are forgotten.
    pub fn credential_source(mut self, credential: &'static Credential, source: impl TokenSource) -> Self {
        self.credentials.set_source(self.api, credential, Arc::new(source));
        self
    }

    /// Sets a variable of the API's base URL. It counts unless the whole URL is set.
    pub fn base_url_part(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.base_url_parts.push((name, value.into()));
        self
    }

    /// Sets where the API is, for all of its operations: an `http` or `https` URL, with or without a path.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Adds a header to every request.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Limits how long a call may take, all its attempts and the waits between them counted, until the answer is
    /// read or its stream begins. No limit by default.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.limits.timeout = Some(limit);
        self
    }

    /// Limits how long one attempt may take, uploads and reading the whole answer included. Of an answer that is
    /// read as a stream, it limits the wait for its beginning and for each piece. A minute by default.
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.limits.attempt_timeout = limit;
        self
    }

    /// Sets when failed attempts are repeated: by a [`RetryPolicy`], or by rules of your own.
    pub fn retry(mut self, policy: impl Retry) -> Self {
        self.limits.retry = Arc::new(policy);
        self
    }

    /// Sets how often a request is sent again at the most; zero turns retries off. Two by default.
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.limits.max_retries = retries;
        self
    }

    /// Sets how many retries all calls may make together, so that they don't make an outage worse. 100 by default,
    /// which calls that succeed fill up again.
    pub fn retry_budget(mut self, budget: RetryBudget) -> Self {
        self.budget = budget;
        self
    }

    /// Sends no more than so many requests in any span of this length: those beyond wait. Each attempt counts. No
    /// limit by default.
    pub fn rate_limit(mut self, requests: u32, time: Duration) -> Self {
        self.limiter.rate = Some((requests, time, RateLimit::new_shared));
        self
    }

    /// Sends no more than so many requests at a time: those beyond wait for the answers to others. An answer that
    /// is read as a stream counts until its end. No limit by default.
    pub fn max_concurrent_requests(mut self, requests: usize) -> Self {
        self.limiter.concurrency = Some((requests, ConcurrencyLimit::new_shared));
        self
    }

    /// Whether to wait, up to a minute, where the server announces that it will take no more requests for a while
    /// (`Ratelimit` and the like), in place of being refused. True by default.
    pub fn obey_rate_limit_headers(mut self, obey: bool) -> Self {
        self.limiter.obeys_server = obey;
        self
    }

    /// Sets what is told of every attempt: for metrics.
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Whether the bodies of requests and answers are told to `tracing`, at the level `TRACE`. There may be secrets in
    /// them. False by default.
    #[cfg(feature = "tracing")]
    pub fn trace_bodies(mut self, trace: bool) -> Self {
        self.traces_bodies = trace;
        self
    }

    /// Allows URLs that begin with `http:`, to which credentials go in the clear. Without it only this machine can be
    /// reached that way (`localhost`, 127.0.0.1).
    pub fn allow_http(mut self) -> Self {
        self.allows_http = true;
        self
    }

    /// Limits how many bytes an answer may have that is read as a whole; of a stream, one item. 256 MiB by default.
    /// A larger one is an error. What the server has compressed counts with the size that it has when unpacked.
    pub fn max_response_size(mut self, bytes: usize) -> Self {
        self.max_response_size = bytes;
        self
    }

    /// Limits how long making a connection may take, TLS included. Ten seconds by default. It is a setting of the
    /// default transport: one of your own has its own.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = Some(limit);
        self
    }

    /// Sets what carries the requests.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Makes the client.
    ///
    /// # Errors
    /// [`Error::Config`] when the credentials don't suffice for any way to authenticate, the base URL or a
    /// header is not one, the default transport can't be set up, or one of your own is given together with
    /// [`connect_timeout`](Self::connect_timeout).
    pub fn build(mut self) -> Result<Client> {
        self.credentials.check(self.api)?;
        let has_custom_base_url = self.base_url.is_some();
        let base_url = match &self.base_url {
            Some(url) => check_base_url(url, self.allows_http)?,
            None => check_base_url(&self.api_url()?, self.allows_http)?,
        };
        if self.headers.len() > MAX_HEADERS {
            return Err(Error::config(format!("the client has more than {MAX_HEADERS} headers")));
        }
        let mut headers = HeaderMap::new();
        set_header(&mut headers, header::USER_AGENT, HeaderValue::from_static(self.api.user_agent));
        set_header(&mut headers, header::ACCEPT, HeaderValue::from_static("application/json"));
        for (name, value) in &self.headers {
            let value = HeaderValue::try_from(value)
                .map_err(|_| Error::config(format!("the header `{name}` has a value that no header can carry")))?;
            set_header(&mut headers, header_name(name)?, value);
        }
        self.credentials.prepare(self.api, &headers)?;
        let transport = match (self.transport, self.connect_timeout) {
            (Some(transport), None) => transport,
            (None, limit) => default_transport(limit)?,
            // A limit that has no effect is worse than none.
            (Some(_), Some(_)) => {
                return Err(Error::config(
                    "`connect_timeout` is for the default transport, and the client has one of its own; set the \
                     limit there",
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
    /// The API's own URL, its variables filled in.
    fn api_url(&self) -> Result<String> {
        let mut url = self.api.base_url.to_owned();
        for (name, default) in self.api.base_url_parts {
            let set = self.base_url_parts.iter().rfind(|(known, _)| known == name);
            let value = set.map_or(*default, |(_, value)| value);
            // A value must not become another part of the URL: credentials go to its host.
            let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~' | ':' | '/');
            let variable = format!("{{{name}}}");
            let is_part_of_host = url.split_once(&variable).is_some_and(|(before, after)| {
                before.split_once("://").is_some_and(|(_, host)| !host.contains('/'))
                    && !after.is_empty()
                    && !after.starts_with('/')
            });
            if !value.chars().all(fits) || (is_part_of_host && value.contains('/')) {
                return Err(Error::config(format!("the value of `{name}` can't stand in the base URL")));
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

fn check_base_url(text: &str, allows_http: bool) -> Result<Url> {
    // The text itself is not repeated: there may be a password in it.
    let wrong = |why: &str| Error::config(format!("the base URL can't be used: {why}"));
    let mut url = Url::parse(text).map_err(|error| wrong(&error.to_string()))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Error::config("the base URL has a user or a password in it; use the client's credentials"));
    }
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong("it begins with neither http nor https"));
    }
    if !allows_http && !is_secure(&url) {
        return Err(wrong("credentials would go to it in the clear; write https, or allow it with `allow_http`"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("it has a query or a fragment; only a path can stand behind the host"));
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
    Err(Error::config("the `reqwest` feature is off, so the client needs a transport of its own"))
}
