//! Answers that are read while they come.

mod chunks;
mod events;
mod lines;
mod streaming;

pub use chunks::Chunks;
pub use streaming::{Event, Streaming};

pub(crate) use streaming::Framing;

/// What a stream of bytes is cut into.
#[derive(Debug, Default, PartialEq)]
struct Frame {
    /// The event's name, where it has one.
    event: Option<String>,
    /// The last id that an event of the stream had.
    id: Option<String>,
    data: Vec<u8>,
}

/// Cuts a stream of bytes, wherever the network has cut it before.
trait Cut: Send + Sync {
    /// Takes the next bytes.
    fn push(&mut self, chunk: &[u8]);

    /// The next frame that is complete.
    fn next(&mut self) -> Option<Frame>;

    /// What is left at the end of the stream, if that counts.
    fn last(&mut self) -> Option<Frame>;

    /// How many bytes wait for the rest of their frame.
    fn waiting(&self) -> usize;
}
