use std::sync::Arc;

use tokio::sync::Semaphore;

use super::gate::{Gate, Permit};
use crate::transport::BoxFuture;

/// No more than so many requests at a time.
pub(crate) struct ConcurrencyLimit(Arc<Semaphore>);

impl ConcurrencyLimit {
    pub(crate) fn gate(count: usize) -> Arc<dyn Gate> {
        // None at all would mean to wait for ever.
        Arc::new(Self(Arc::new(Semaphore::new(count.clamp(1, Semaphore::MAX_PERMITS)))))
    }
}

impl Gate for ConcurrencyLimit {
    fn enter(&self) -> BoxFuture<'_, Permit> {
        let permit = Arc::clone(&self.0).acquire_owned();
        // Nobody closes it.
        Box::pin(async { Some(Box::new(permit.await.ok()?) as Box<dyn Send + Sync>) })
    }
}
