use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

use super::gate::{Gate, Permit};
use crate::transport::BoxFuture;

/// No more than so many requests in any span of this length, wherever it begins.
pub(crate) struct Rate {
    count: usize,
    time: Duration,
    /// When the last of them were sent: as many as count.
    turns: Mutex<VecDeque<Instant>>,
}

impl Rate {
    pub(crate) fn gate(count: u32, time: Duration) -> Arc<dyn Gate> {
        Arc::new(Self::new(count, time))
    }

    fn new(count: u32, time: Duration) -> Self {
        // None at all would mean to wait for ever.
        let count = usize::try_from(count.max(1)).unwrap_or(usize::MAX);
        Self { count, time, turns: Mutex::default() }
    }

    /// Waits for a turn, which is counted when it has come. Those who wait stand in a line; who leaves it has taken
    /// nothing from the others.
    async fn turn(&self) {
        let mut turns = self.turns.lock().await;
        if let Some(first) = turns.front().filter(|_| turns.len() >= self.count) {
            // What is too far off for a clock never comes.
            match first.checked_add(self.time) {
                Some(turn) => sleep_until(turn).await,
                None => std::future::pending().await,
            }
            turns.pop_front();
        }
        let now = Instant::now();
        // Those that count no more: a large count is not kept for nothing.
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

    /// Requests come in bursts and alone, and some are given up while they wait; in no span are there more than the
    /// rate allows, and none waits for nothing.
    #[tokio::test(start_paused = true)]
    async fn no_span_has_more_than_the_count() {
        let (count, time) = (5, Duration::from_secs(10));
        let rate = Rate::new(count, time);
        let mut sent: Vec<Instant> = Vec::new();
        for pause in [0, 0, 0, 3, 0, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 30, 0, 0, 0, 0, 0, 0] {
            tokio::time::sleep(Duration::from_secs(pause)).await;
            let now = Instant::now();
            let before = sent.len().checked_sub(count as usize).map(|index| sent[index] + time);
            let expected = before.map_or(now, |before| before.max(now));
            // Until just before.
            if let Some(wait) = expected.checked_duration_since(now + Duration::from_millis(5)) {
                assert!(tokio::time::timeout(wait, rate.turn()).await.is_err());
            }
            rate.turn().await;
            assert_eq!(Instant::now(), expected);
            sent.push(expected);
        }
    }
}
