//! JSON values in sequence: one per line, or each after a record separator (RFC 7464).

use super::frame::{Frame, FrameDecoder};

/// Splits a stream into JSON values.
#[derive(Default)]
pub(super) struct Lines {
    /// `true` if values are preceded by record separators, and may span several lines.
    is_sequence: bool,
    buffer: Vec<u8>,
    /// Start of the current value in the buffer.
    value_start: usize,
    /// Number of bytes of the buffer that were searched for the end of the value.
    searched: usize,
    /// Nesting depth of objects and arrays in the current value.
    depth: usize,
    in_string: bool,
    is_escaped: bool,
}

const SEPARATOR: u8 = 0x1E;

impl Lines {
    pub(super) fn new(is_sequence: bool) -> Self {
        Self { is_sequence, ..Self::default() }
    }

    /// Tracks nesting and strings. Each byte is processed once, because parsing a long value again at each of
    /// its lines would take quadratic time.
    fn track(&mut self, byte: u8) {
        match byte {
            _ if self.is_escaped => self.is_escaped = false,
            b'\\' => self.is_escaped = self.in_string,
            b'"' => self.in_string = !self.in_string,
            b'{' | b'[' if !self.in_string => self.depth += 1,
            b'}' | b']' if !self.in_string => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }

    fn frame(&mut self, end: usize, next: usize) -> Option<Frame> {
        let data = self.buffer[self.value_start..end].trim_ascii().to_vec();
        self.value_start = next;
        (self.depth, self.in_string, self.is_escaped) = (0, false, false);
        (!data.is_empty()).then(|| Frame { data, ..Frame::default() })
    }
}

impl FrameDecoder for Lines {
    fn push(&mut self, chunk: &[u8]) {
        self.buffer.drain(..self.value_start);
        self.searched -= self.value_start;
        self.value_start = 0;
        self.buffer.extend_from_slice(chunk);
    }

    fn next(&mut self) -> Option<Frame> {
        while let Some(byte) = self.buffer.get(self.searched).copied() {
            let end = self.searched;
            self.searched += 1;
            let is_end = match byte {
                SEPARATOR => true,
                // In a sequence, a line end also ends the value if it is complete. Otherwise a value would
                // only be returned when the separator of the next value is received.
                b'\n' if self.is_sequence => self.depth == 0 && !self.in_string,
                byte => {
                    self.track(byte);
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

    /// The last line may lack a line end.
    fn last(&mut self) -> Option<Frame> {
        let end = self.buffer.len();
        self.searched = end;
        self.frame(end, end)
    }

    fn buffered(&self) -> usize {
        self.buffer.len() - self.value_start
    }
}
