//! Public API: clients, requests, responses, pagination and streams.

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
