use std::sync::Arc;

use tokio::sync::Semaphore;

use super::request_limit::{Permit, RequestLimit};
use crate::transport::BoxFuture;

/// Limit of concurrent requests.
pub(crate) struct ConcurrencyLimit(Arc<Semaphore>);

impl ConcurrencyLimit {
    pub(crate) fn new_shared(count: usize) -> Arc<dyn RequestLimit> {
        // A limit of zero would block all requests.
        Arc::new(Self(Arc::new(Semaphore::new(count.clamp(1, Semaphore::MAX_PERMITS)))))
    }
}

impl RequestLimit for ConcurrencyLimit {
    fn acquire(&self) -> BoxFuture<'_, Permit> {
        let permit = Arc::clone(&self.0).acquire_owned();
        // Acquiring fails only if the semaphore is closed, which never happens.
        Box::pin(async { Some(Box::new(permit.await.ok()?) as Box<dyn Send + Sync>) })
    }
}
