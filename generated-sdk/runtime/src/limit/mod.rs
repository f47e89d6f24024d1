//! What a client waits for before it sends a request: a free place, its own rate, and what the server announced.

mod announced;
mod places;
mod rate;

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use tokio::time::{Instant, sleep_until};

use crate::transport::BoxFuture;
use announced::Announced;
pub(crate) use places::Places;
pub(crate) use rate::Rate;

/// What a request has to wait for. Behind a pointer, so that programs that set no limit have nothing of it in them.
pub(crate) trait Gate: Send + Sync {
    /// Waits until a request may be sent.
    fn enter(&self) -> BoxFuture<'_, Place>;
}

/// A place among the requests that may be under way. It is free again when this is dropped.
pub(crate) type Place = Option<Box<dyn Send + Sync>>;

type MakeRate = fn(u32, Duration) -> Arc<dyn Gate>;
type MakePlaces = fn(usize) -> Arc<dyn Gate>;

/// How a client limits itself.
#[derive(Clone)]
pub(crate) struct Settings {
    /// So many requests in any such time, with what sees to it.
    pub(crate) rate: Option<(u32, Duration, MakeRate)>,
    /// So many requests at a time, with what sees to it.
    pub(crate) places: Option<(usize, MakePlaces)>,
    /// Whether announced limits are obeyed.
    pub(crate) obeys: bool,
}

/// The limits of a client, shared by all of its clones.
pub(crate) struct Limiter {
    /// How many requests may be under way at a time.
    pub(crate) count: Option<usize>,
    places: Option<Arc<dyn Gate>>,
    rate: Option<Arc<dyn Gate>>,
    announced: Option<Announced>,
}

impl Limiter {
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            count: settings.places.map(|(count, _)| count),
            places: settings.places.map(|(count, make)| make(count)),
            rate: settings.rate.map(|(count, time, make)| make(count, time)),
            announced: settings.obeys.then(Announced::default),
        }
    }

    /// What to wait for until a request may be sent, if there is anything.
    pub(crate) fn enter(&self) -> Option<BoxFuture<'_, Place>> {
        let is_free = self.places.is_none() && self.rate.is_none() && self.announced_end().is_none();
        (!is_free).then(|| Box::pin(self.turn()) as _)
    }

    async fn turn(&self) -> Place {
        // The rate comes last: who has waited for it sends at once, else many could send together later.
        let place = match &self.places {
            Some(places) => places.enter().await,
            None => None,
        };
        self.pause().await;
        if let Some(rate) = &self.rate {
            rate.enter().await;
            // There may be news.
            self.pause().await;
        }
        place
    }

    /// Waits where the server announced that it takes no requests.
    async fn pause(&self) {
        // Meanwhile an answer may have announced more.
        while let Some(end) = self.announced_end() {
            sleep_until(end).await;
        }
    }

    /// Until when the server takes no requests, if it said so.
    fn announced_end(&self) -> Option<Instant> {
        self.announced.as_ref()?.end().filter(|end| *end > Instant::now())
    }

    /// Takes note of what an answer announces.
    pub(crate) fn note(&self, headers: &HeaderMap) {
        if let Some(announced) = &self.announced {
            announced.note(headers);
        }
    }
}
