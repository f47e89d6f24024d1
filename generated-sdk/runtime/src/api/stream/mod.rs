//! Streamed responses: raw chunks, server-sent events, and JSON lines.

pub(crate) mod chunks;
mod events;
mod frame;
mod lines;
mod request;
pub(crate) mod streaming;

pub use chunks::Chunks;
pub use streaming::{Event, Streaming};
