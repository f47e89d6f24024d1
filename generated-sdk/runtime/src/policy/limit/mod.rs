//! Limits before a request is sent: concurrency, the client's own rate, and the server's rate-limit headers.

mod concurrency;
mod rate;
mod rate_limit_headers;
mod request_limit;

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use tokio::time::{Instant, sleep_until};

use crate::transport::BoxFuture;
pub(crate) use concurrency::ConcurrencyLimit;
pub(crate) use rate::RateLimit;
use rate_limit_headers::RateLimitHeaders;
pub(crate) use request_limit::Permit;
use request_limit::RequestLimit;

type MakeRateLimit = fn(u32, Duration) -> Arc<dyn RequestLimit>;
type MakeConcurrencyLimit = fn(usize) -> Arc<dyn RequestLimit>;

/// Configuration of a client's limits.
#[derive(Clone)]
pub(crate) struct LimiterSettings {
    /// Maximum number of requests in a period, and the constructor of the limiter.
    pub(crate) rate: Option<(u32, Duration, MakeRateLimit)>,
    /// Maximum number of concurrent requests, and the constructor of the limiter.
    pub(crate) concurrency: Option<(usize, MakeConcurrencyLimit)>,
    /// `true` if rate-limit headers of the server delay requests.
    pub(crate) obeys_server: bool,
}

/// Limits of a client, shared by all of its clones.
pub(crate) struct Limiter {
    /// Maximum number of concurrent requests.
    pub(crate) max_concurrent: Option<usize>,
    concurrency: Option<Arc<dyn RequestLimit>>,
    rate: Option<Arc<dyn RequestLimit>>,
    server_limit: Option<RateLimitHeaders>,
}

impl Limiter {
    pub(crate) fn new(settings: LimiterSettings) -> Self {
        Self {
            max_concurrent: settings.concurrency.map(|(count, _)| count),
            concurrency: settings.concurrency.map(|(count, make)| make(count)),
            rate: settings.rate.map(|(count, period, make)| make(count, period)),
            server_limit: settings.obeys_server.then(RateLimitHeaders::default),
        }
    }

    /// Returns a future that waits until a request may be sent, or `None` if it may be sent immediately.
    pub(crate) fn acquire(&self) -> Option<BoxFuture<'_, Permit>> {
        let is_free = self.concurrency.is_none() && self.rate.is_none() && self.server_limit_end().is_none();
        (!is_free).then(|| Box::pin(self.wait()) as _)
    }

    /// Waits until a request may be sent.
    async fn wait(&self) -> Permit {
        // The rate limiter is last. A request that has waited for it must be sent immediately, or many
        // requests could be sent at the same time later.
        let permit = match &self.concurrency {
            Some(concurrency) => concurrency.acquire().await,
            None => None,
        };
        self.wait_for_server_limit().await;
        if let Some(rate) = &self.rate {
            rate.acquire().await;
            // A response may have been received in the meantime.
            self.wait_for_server_limit().await;
        }
        permit
    }

    /// Waits until the server's rate-limit headers allow requests.
    async fn wait_for_server_limit(&self) {
        // A response received while waiting may have extended the delay.
        while let Some(end) = self.server_limit_end() {
            sleep_until(end).await;
        }
    }

    /// Returns the time until which the server accepts no requests, if it is in the future.
    fn server_limit_end(&self) -> Option<Instant> {
        self.server_limit.as_ref()?.end().filter(|end| *end > Instant::now())
    }

    /// Reads the rate-limit headers of a response.
    pub(crate) fn update(&self, headers: &HeaderMap) {
        if let Some(server_limit) = &self.server_limit {
            server_limit.update(headers);
        }
    }
}
