//! The API of this crate: clients, requests of every kind, and the responses to them.

#[cfg(feature = "blocking")]
pub(crate) mod blocking;
pub(crate) mod call;
pub(crate) mod client;
mod decode;
mod macros;
pub mod paging;
pub(crate) mod response;
pub(crate) mod stream;
pub(crate) mod untyped;
