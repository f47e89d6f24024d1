use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

use super::gate::{Gate, Permit};
use crate::transport::BoxFuture;

/// Sliding-window limit: at most `count` requests in any period of length `time`.
pub(crate) struct Rate {
    count: usize,
    time: Duration,
    /// Times of the last requests, at most `count`.
    turns: Mutex<VecDeque<Instant>>,
}

impl Rate {
    pub(crate) fn gate(count: u32, time: Duration) -> Arc<dyn Gate> {
        Arc::new(Self::new(count, time))
    }

    fn new(count: u32, time: Duration) -> Self {
        // A limit of zero would block all requests.
        let count = usize::try_from(count.max(1)).unwrap_or(usize::MAX);
        Self { count, time, turns: Mutex::default() }
    }

    /// Waits until a request may be sent, then counts it. Waiters are served in order, and a dropped waiter is not
    /// counted.
    async fn turn(&self) {
        let mut turns = self.turns.lock().await;
        if let Some(first) = turns.front().filter(|_| turns.len() >= self.count) {
            // The time is beyond the range of the clock, so the wait is endless.
            match first.checked_add(self.time) {
                Some(turn) => sleep_until(turn).await,
                None => std::future::pending().await,
            }
            turns.pop_front();
        }
        let now = Instant::now();
        // Removes expired times, so that memory is not held for an unused large count.
        while turns.front().is_some_and(|first| first.checked_add(self.time).is_some_and(|end| end <= now)) {
            turns.pop_front();
        }
        turns.push_back(now);
    }
}

impl Gate for Rate {
    fn enter(&self) -> BoxFuture<'_, Permit> {
        Box::pin(async {
            self.turn().await;
            None
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends bursts and single requests, and drops some while they wait. No period has more requests than allowed, and
    /// no request waits longer than necessary.
    #[tokio::test(start_paused = true)]
    async fn no_period_has_more_requests_than_the_count() {
        let (count, time) = (5, Duration::from_secs(10));
        let rate = Rate::new(count, time);
        let mut sent: Vec<Instant> = Vec::new();
        for pause in [0, 0, 0, 3, 0, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 30, 0, 0, 0, 0, 0, 0] {
            tokio::time::sleep(Duration::from_secs(pause)).await;
            let now = Instant::now();
            let before = sent.len().checked_sub(count as usize).map(|index| sent[index] + time);
            let expected = before.map_or(now, |before| before.max(now));
            // Dropped just before its time.
            if let Some(wait) = expected.checked_duration_since(now + Duration::from_millis(5)) {
                assert!(tokio::time::timeout(wait, rate.turn()).await.is_err());
            }
            rate.turn().await;
            assert_eq!(Instant::now(), expected);
            sent.push(expected);
        }
    }
}
