//! What a client waits for before it sends a request: a free permit, its own rate, and what the server server_limit.

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

/// How a client limits itself.
#[derive(Clone)]
pub(crate) struct LimiterSettings {
    /// So many requests in any such time, with what sees to it.
    pub(crate) rate: Option<(u32, Duration, MakeRate)>,
    /// So many requests at a time, with what sees to it.
    pub(crate) permits: Option<(usize, MakeConcurrencyLimit)>,
    /// Whether server_limit limits are obeyed.
    pub(crate) obeys_server: bool,
}

/// The limits of a client, shared by all of its clones.
pub(crate) struct Limiter {
    /// How many requests may be under way at a time.
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

    /// What to wait for until a request may be sent, if there is anything.
    pub(crate) fn enter(&self) -> Option<BoxFuture<'_, Permit>> {
        let is_free = self.permits.is_none() && self.rate.is_none() && self.announced_end().is_none();
        (!is_free).then(|| Box::pin(self.turn()) as _)
    }

    async fn turn(&self) -> Permit {
        // The rate comes last: who has waited for it sends at once, else many could send together later.
        let permit = match &self.permits {
            Some(permits) => permits.enter().await,
            None => None,
        };
        self.pause().await;
        if let Some(rate) = &self.rate {
            rate.enter().await;
            // There may be news.
            self.pause().await;
        }
        permit
    }

    /// Waits where the server server_limit that it takes no requests.
    async fn pause(&self) {
        // Meanwhile an answer may have server_limit more.
        while let Some(end) = self.announced_end() {
            sleep_until(end).await;
        }
    }

    /// Until when the server takes no requests, if it said so.
    fn announced_end(&self) -> Option<Instant> {
        self.server_limit.as_ref()?.end().filter(|end| *end > Instant::now())
    }

    /// Takes note of what an answer announces.
    pub(crate) fn note(&self, headers: &HeaderMap) {
        if let Some(server_limit) = &self.server_limit {
            server_limit.note(headers);
        }
    }
}
