//! What a client waits for before it sends a request: a free place, its own rate, and what the server announced.

mod announced;
mod rate;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::HeaderMap;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};

use announced::Announced;
use rate::Rate;

/// How a client limits itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    /// So many requests in any such time.
    pub(crate) rate: Option<(u32, Duration)>,
    /// So many requests at a time.
    pub(crate) places: Option<usize>,
    /// Whether announced limits are obeyed.
    pub(crate) obeys: bool,
}

/// The limits of a client, shared by all of its clones.
#[derive(Debug)]
pub(crate) struct Limiter {
    places: Option<Arc<Semaphore>>,
    rate: Option<Rate>,
    announced: Option<Announced>,
}

/// A place among the requests that may be under way. It is free again when this is dropped.
pub(crate) type Place = Option<OwnedSemaphorePermit>;

impl Limiter {
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            places: settings.places.map(|places| Arc::new(Semaphore::new(places.min(Semaphore::MAX_PERMITS)))),
            rate: settings.rate.map(|(count, time)| Rate::new(count, time)),
            announced: settings.obeys.then(Announced::default),
        }
    }

    /// Waits until a request may be sent.
    pub(crate) async fn enter(&self) -> Place {
        // The place comes first: who has waited for the rate sends at once, else many could send together later.
        let place = match &self.places {
            // Nobody closes it.
            Some(places) => Arc::clone(places).acquire_owned().await.ok(),
            None => None,
        };
        let announced = self.announced.as_ref().and_then(Announced::end);
        let turn = self.rate.as_ref().and_then(|rate| rate.turn(Instant::now()));
        if let Some(turn) = turn.max(announced) {
            sleep_until(turn).await;
        }
        place
    }

    /// Takes note of what an answer announces.
    pub(crate) fn note(&self, headers: &HeaderMap) {
        if let Some(announced) = &self.announced {
            announced.note(headers, Instant::now(), SystemTime::now());
        }
    }
}
