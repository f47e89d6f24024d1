/// One frame of a stream: an event or a JSON value.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Frame {
    /// Name of the event, if any.
    pub(super) event: Option<String>,
    /// Last id sent in the stream.
    pub(super) id: Option<String>,
    pub(super) data: Vec<u8>,
}

/// Splits a stream of bytes into frames, independent of chunk boundaries.
pub(super) trait FrameDecoder: Send + Sync {
    /// Appends a chunk.
    fn push(&mut self, chunk: &[u8]);

    /// Returns the next complete frame.
    fn next(&mut self) -> Option<Frame>;

    /// Returns the rest at the end of the stream, if it is a valid frame.
    fn last(&mut self) -> Option<Frame>;

    /// Returns the number of buffered bytes of an incomplete frame.
    fn buffered(&self) -> usize;
}
