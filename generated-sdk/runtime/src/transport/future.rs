use std::future::Future;
use std::pin::Pin;

/// Boxed future that can be sent to another thread, returned by transports and token sources.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
