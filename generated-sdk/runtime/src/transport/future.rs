use std::future::Future;
use std::pin::Pin;

/// Boxed future returned by a transport.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
