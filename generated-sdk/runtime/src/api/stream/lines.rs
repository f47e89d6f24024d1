//! JSON values behind each other: one on each line, or each behind a record separator (RFC 7464).

use super::frame::{Frame, FrameDecoder};

/// Cuts a stream into JSON values.
#[derive(Default)]
pub(super) struct Lines {
    /// Whether a value may stand on several lines, because a separator stands before each.
    is_sequence: bool,
    buffer: Vec<u8>,
    /// Where the value at hand begins, and how far its end was looked for.
    begin: usize,
    seen: usize,
    /// What the value at hand is in the middle of.
    depth: usize,
    is_text: bool,
    is_escaped: bool,
}

const SEPARATOR: u8 = 0x1E;

impl Lines {
    pub(super) fn new(is_sequence: bool) -> Self {
        Self { is_sequence, ..Self::default() }
    }

    /// Follows the value, each byte once: to read it anew at each line would take a server's long value for ever.
    fn pass(&mut self, byte: u8) {
        match byte {
            _ if self.is_escaped => self.is_escaped = false,
            b'\\' => self.is_escaped = self.is_text,
            b'"' => self.is_text = !self.is_text,
            b'{' | b'[' if !self.is_text => self.depth += 1,
            b'}' | b']' if !self.is_text => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }

    fn frame(&mut self, end: usize, next: usize) -> Option<Frame> {
        let data = self.buffer[self.begin..end].trim_ascii().to_vec();
        self.begin = next;
        (self.depth, self.is_text, self.is_escaped) = (0, false, false);
        (!data.is_empty()).then(|| Frame { data, ..Frame::default() })
    }
}

impl FrameDecoder for Lines {
    fn push(&mut self, chunk: &[u8]) {
        self.buffer.drain(..self.begin);
        self.seen -= self.begin;
        self.begin = 0;
        self.buffer.extend_from_slice(chunk);
    }

    fn next(&mut self) -> Option<Frame> {
        while let Some(byte) = self.buffer.get(self.seen).copied() {
            let end = self.seen;
            self.seen += 1;
            let is_end = match byte {
                SEPARATOR => true,
                // In a sequence the line's end is the value's only if the value is complete. Waiting for the next
                // separator instead would keep the value back until the next one comes.
                b'\n' if self.is_sequence => self.depth == 0 && !self.is_text,
                byte => {
                    self.pass(byte);
                    byte == b'\n'
                }
            };
            if is_end {
                if let Some(frame) = self.frame(end, end + 1) {
                    return Some(frame);
                }
            }
        }
        None
    }

    /// The last line may do without its end.
    fn last(&mut self) -> Option<Frame> {
        let end = self.buffer.len();
        self.seen = end;
        self.frame(end, end)
    }

    fn waiting(&self) -> usize {
        self.buffer.len() - self.begin
    }
}
