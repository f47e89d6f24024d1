//! Limits before a request is sent: concurrency, the client's own rate, and the server's rate-limit headers.

mod gate;
mod permits;
mod rate;
mod rate_limit_headers;

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use tokio::time::{Instant, sleep_until};

use crate::transport::BoxFuture;
use gate::Gate;
pub(crate) use gate::Permit;
pub(crate) use permits::ConcurrencyLimit;
pub(crate) use rate::Rate;
use rate_limit_headers::RateLimitHeaders;

type MakeRate = fn(u32, Duration) -> Arc<dyn Gate>;
type MakeConcurrencyLimit = fn(usize) -> Arc<dyn Gate>;

/// Configuration of a client's limits.
#[derive(Clone)]
pub(crate) struct LimiterSettings {
    /// Maximum number of requests in a period, and the constructor of the limiter.
    pub(crate) rate: Option<(u32, Duration, MakeRate)>,
    /// Maximum number of concurrent requests, and the constructor of the limiter.
    pub(crate) permits: Option<(usize, MakeConcurrencyLimit)>,
    /// `true` if rate-limit headers of the server delay requests.
    pub(crate) obeys_server: bool,
}

/// Limits of a client, shared by all of its clones.
pub(crate) struct Limiter {
    /// Maximum number of concurrent requests.
    pub(crate) count: Option<usize>,
    permits: Option<Arc<dyn Gate>>,
    rate: Option<Arc<dyn Gate>>,
    server_limit: Option<RateLimitHeaders>,
}

impl Limiter {
    pub(crate) fn new(settings: LimiterSettings) -> Self {
        Self {
            count: settings.permits.map(|(count, _)| count),
            permits: settings.permits.map(|(count, make)| make(count)),
            rate: settings.rate.map(|(count, time, make)| make(count, time)),
            server_limit: settings.obeys_server.then(RateLimitHeaders::default),
        }
    }

    /// Returns a future that waits until a request may be sent, or `None` if it may be sent immediately.
    pub(crate) fn enter(&self) -> Option<BoxFuture<'_, Permit>> {
        let is_free = self.permits.is_none() && self.rate.is_none() && self.server_limit_end().is_none();
        (!is_free).then(|| Box::pin(self.acquire()) as _)
    }

    /// Waits until a request may be sent.
    async fn acquire(&self) -> Permit {
        // The rate limiter is last. A request that has waited for it must be sent immediately, or many requests could be
        // sent at the same time later.
        let permit = match &self.permits {
            Some(permits) => permits.enter().await,
            None => None,
        };
        self.wait_for_server_limit().await;
        if let Some(rate) = &self.rate {
            rate.enter().await;
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
