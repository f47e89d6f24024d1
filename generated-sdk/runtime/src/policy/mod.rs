//! Settings of a client that every request obeys: credentials, retries, limits and the observer.

pub(crate) mod auth;
pub(crate) mod limit;
pub mod observe;
pub mod retry;
