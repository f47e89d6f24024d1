/// What a stream of bytes is cut into.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Frame {
    /// The event's name, where it has one.
    pub(super) event: Option<String>,
    /// The last id that an event of the stream had.
    pub(super) id: Option<String>,
    pub(super) data: Vec<u8>,
}

/// Cuts a stream of bytes, wherever the network has cut it before.
pub(super) trait FrameDecoder: Send + Sync {
    /// Takes the next bytes.
    fn push(&mut self, chunk: &[u8]);

    /// The next frame that is complete.
    fn next(&mut self) -> Option<Frame>;

    /// What is left at the end of the stream, if that counts.
    fn last(&mut self) -> Option<Frame>;

    /// How many bytes wait for the rest of their frame.
    fn waiting(&self) -> usize;
}
