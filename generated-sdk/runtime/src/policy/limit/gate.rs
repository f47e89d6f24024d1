use crate::transport::BoxFuture;

/// What a request has to wait for. Behind a pointer, so that programs that set no limit have nothing of it in them.
pub(crate) trait Gate: Send + Sync {
    /// Waits until a request may be sent.
    fn enter(&self) -> BoxFuture<'_, Permit>;
}

/// A place among the requests that may be under way. It is free again when this is dropped.
pub(crate) type Permit = Option<Box<dyn Send + Sync>>;
