use std::sync::Arc;

use tokio::sync::Semaphore;

use super::{Gate, Place};
use crate::transport::BoxFuture;

/// No more than so many requests at a time.
pub(crate) struct Places(Arc<Semaphore>);

impl Places {
    pub(crate) fn gate(count: usize) -> Arc<dyn Gate> {
        // None at all would mean to wait for ever.
        Arc::new(Self(Arc::new(Semaphore::new(count.clamp(1, Semaphore::MAX_PERMITS)))))
    }
}

impl Gate for Places {
    fn enter(&self) -> BoxFuture<'_, Place> {
        let place = Arc::clone(&self.0).acquire_owned();
        // Nobody closes it.
        Box::pin(async { Some(Box::new(place.await.ok()?) as Box<dyn Send + Sync>) })
    }
}
