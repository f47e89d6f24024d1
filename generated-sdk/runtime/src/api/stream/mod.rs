//! Responses that are read while they arrive.

pub(crate) mod chunks;
mod events;
mod frame;
mod lines;
mod request;
pub(crate) mod streaming;

pub use chunks::Chunks;
pub use streaming::{Event, Streaming};
