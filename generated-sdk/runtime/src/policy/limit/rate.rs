use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

use super::request_limit::{Permit, RequestLimit};
use crate::transport::BoxFuture;

/// Sliding-window limit: at most `count` requests in any period of this length.
pub(crate) struct RateLimit {
    count: usize,
    period: Duration,
    /// Times of the last requests, at most `count`.
    sent: Mutex<VecDeque<Instant>>,
}

impl RateLimit {
    pub(crate) fn new_shared(count: u32, period: Duration) -> Arc<dyn RequestLimit> {
        Arc::new(Self::new(count, period))
    }

    fn new(count: u32, period: Duration) -> Self {
        // A limit of zero would block all requests.
        let count = usize::try_from(count.max(1)).unwrap_or(usize::MAX);
        Self { count, period, sent: Mutex::default() }
    }

    /// Waits until a request may be sent, then counts it. Waiters are served in order, and a dropped waiter
    /// is not counted.
    async fn acquire(&self) {
        let mut sent = self.sent.lock().await;
        if let Some(first) = sent.front().filter(|_| sent.len() >= self.count) {
            // If the end is beyond the range of the clock, the request is never sent.
            match first.checked_add(self.period) {
                Some(end) => sleep_until(end).await,
                None => std::future::pending().await,
            }
            sent.pop_front();
        }
        let now = Instant::now();
        // Removes expired times, so that memory is not held for an unused large count.
        while sent.front().is_some_and(|first| first.checked_add(self.period).is_some_and(|end| end <= now)) {
            sent.pop_front();
        }
        sent.push_back(now);
    }
}

impl RequestLimit for RateLimit {
    fn acquire(&self) -> BoxFuture<'_, Permit> {
        Box::pin(async {
            self.acquire().await;
            None
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends bursts and single requests, and drops some while they wait. No period has more requests than
    /// allowed, and no request waits longer than necessary.
    #[tokio::test(start_paused = true)]
    async fn no_period_has_more_requests_than_the_count() {
        let (count, time) = (5, Duration::from_secs(10));
        let rate = RateLimit::new(count, time);
        let mut sent: Vec<Instant> = Vec::new();
        for pause in [0, 0, 0, 3, 0, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 30, 0, 0, 0, 0, 0, 0] {
            tokio::time::sleep(Duration::from_secs(pause)).await;
            let now = Instant::now();
            let before = sent.len().checked_sub(count as usize).map(|index| sent[index] + time);
            let expected = before.map_or(now, |before| before.max(now));
            // Dropped just before its time.
            if let Some(wait) = expected.checked_duration_since(now + Duration::from_millis(5)) {
                assert!(tokio::time::timeout(wait, rate.acquire()).await.is_err());
            }
            rate.acquire().await;
            assert_eq!(Instant::now(), expected);
            sent.push(expected);
        }
    }
}
