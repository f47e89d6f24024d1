use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::{Gate, Place};
use crate::transport::BoxFuture;

/// No more than so many requests in any span of this length, wherever it begins.
pub(crate) struct Rate {
    count: usize,
    time: Duration,
    /// When the last of them were, or will be, sent: as many as count.
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

    /// When the next request may be sent, which is then counted; nothing where that is now.
    fn turn(&self, now: Instant) -> Option<Instant> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let first = if turns.len() < self.count { None } else { turns.pop_front() };
        let turn = first.and_then(|first| first.checked_add(self.time)).filter(|turn| *turn > now);
        turns.push_back(turn.unwrap_or(now));
        turn
    }
}

impl Gate for Rate {
    fn enter(&self) -> BoxFuture<'_, Place> {
        let turn = self.turn(Instant::now());
        Box::pin(async move {
            if let Some(turn) = turn {
                sleep_until(turn).await;
            }
            None
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Requests come in bursts and alone; in no span are there more than the rate allows, and none waits for nothing.
    #[tokio::test(start_paused = true)]
    async fn no_span_has_more_than_the_count() {
        let (count, time) = (5, Duration::from_secs(10));
        let rate = Rate::new(count, time);
        let mut sent: Vec<Instant> = Vec::new();
        for pause in [0, 0, 0, 3, 0, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 30, 0, 0, 0, 0, 0, 0] {
            tokio::time::advance(Duration::from_secs(pause)).await;
            let now = Instant::now();
            let turn = rate.turn(now).unwrap_or(now);
            let before = sent.len().checked_sub(count as usize).map(|index| sent[index] + time);
            assert_eq!(turn, before.map_or(now, |before| before.max(now)));
            sent.push(turn);
        }
    }
}
