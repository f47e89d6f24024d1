use crate::transport::BoxFuture;

/// Limit that delays requests. It is a trait object so that programs that set no limit do not contain its
/// code.
pub(crate) trait RequestLimit: Send + Sync {
    /// Waits until a request may be sent. Returns the permit that the request holds.
    fn acquire(&self) -> BoxFuture<'_, Permit>;
}

/// Permit of a concurrency limit, which is released when dropped. `None` if there is no such limit.
pub(crate) type Permit = Option<Box<dyn Send + Sync>>;
