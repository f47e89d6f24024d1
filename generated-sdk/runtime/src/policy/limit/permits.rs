use std::sync::Arc;

use tokio::sync::Semaphore;

use super::gate::{Gate, Permit};
use crate::transport::BoxFuture;

/// Limit of concurrent requests.
pub(crate) struct ConcurrencyLimit(Arc<Semaphore>);

impl ConcurrencyLimit {
    pub(crate) fn gate(count: usize) -> Arc<dyn Gate> {
        // A limit of zero would block all requests.
        Arc::new(Self(Arc::new(Semaphore::new(count.clamp(1, Semaphore::MAX_PERMITS)))))
    }
}

impl Gate for ConcurrencyLimit {
    fn enter(&self) -> BoxFuture<'_, Permit> {
        let permit = Arc::clone(&self.0).acquire_owned();
        // Acquiring fails only if the semaphore is closed, which never happens.
        Box::pin(async { Some(Box::new(permit.await.ok()?) as Box<dyn Send + Sync>) })
    }
}
