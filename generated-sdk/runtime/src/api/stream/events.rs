//! Server-sent events as defined by the WHATWG HTML standard.

use super::frame::{Frame, FrameDecoder};

/// Splits a stream into events.
#[derive(Default)]
pub(super) struct Events {
    buffer: Vec<u8>,
    /// Start of the current line in the buffer.
    line_start: usize,
    /// Number of bytes of the buffer that were searched for a line end.
    searched: usize,
    /// `true` if the last line ended with CR. A following LF belongs to the same line end.
    after_cr: bool,
    /// `true` after the first line, which may start with a byte order mark.
    is_past_first_line: bool,
    name: Option<String>,
    id: Option<String>,
    data: Vec<u8>,
    has_data: bool,
}

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

impl FrameDecoder for Events {
    fn push(&mut self, chunk: &[u8]) {
        self.buffer.drain(..self.line_start);
        self.searched -= self.line_start;
        self.line_start = 0;
        self.buffer.extend_from_slice(chunk);
    }

    fn next(&mut self) -> Option<Frame> {
        while let Some(line) = self.line() {
            if let Some(frame) = self.read(&line) {
                return Some(frame);
            }
        }
        None
    }

    /// An event without a final empty line is incomplete and is discarded.
    fn last(&mut self) -> Option<Frame> {
        None
    }

    fn buffered(&self) -> usize {
        self.buffer.len() - self.line_start + self.data.len()
    }
}

impl Events {
    /// Returns the next complete line without its end, which is CR, LF or both.
    fn line(&mut self) -> Option<Vec<u8>> {
        if self.after_cr && self.line_start < self.buffer.len() {
            self.after_cr = false;
            if self.buffer[self.line_start] == b'\n' {
                self.line_start += 1;
                self.searched = self.line_start;
            }
        }
        let length = self.buffer[self.searched..].iter().position(|byte| matches!(byte, b'\r' | b'\n'));
        let Some(end) = length.map(|length| self.searched + length) else {
            self.searched = self.buffer.len();
            return None;
        };
        let mut line = &self.buffer[self.line_start..end];
        if !std::mem::replace(&mut self.is_past_first_line, true) {
            line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
        }
        let line = line.to_vec();
        self.after_cr = self.buffer[end] == b'\r';
        self.line_start = end + 1;
        self.searched = self.line_start;
        Some(line)
    }

    fn read(&mut self, line: &[u8]) -> Option<Frame> {
        if line.is_empty() {
            return self.dispatch();
        }
        let (field, value) = match line.iter().position(|byte| *byte == b':') {
            // A line that starts with a colon is a comment.
            Some(0) => return None,
            Some(colon) => (&line[..colon], &line[colon + 1..]),
            None => (line, &[][..]),
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        let text = || String::from_utf8_lossy(value).into_owned();
        match field {
            b"data" => {
                if self.has_data {
                    self.data.push(b'\n');
                }
                self.has_data = true;
                self.data.extend_from_slice(text().as_bytes());
            }
            b"event" => self.name = Some(text()).filter(|name| !name.is_empty()),
            b"id" if !value.contains(&0) => self.id = Some(text()).filter(|id| !id.is_empty()),
            // `retry` sets the delay before reconnecting, which is not supported.
            _ => {}
        }
        None
    }

    /// Returns the event that ends with an empty line, or `None` if it has no data.
    fn dispatch(&mut self) -> Option<Frame> {
        let event = self.name.take();
        let data = std::mem::take(&mut self.data);
        let has_data = std::mem::take(&mut self.has_data);
        has_data.then(|| Frame { event, id: self.id.clone(), data })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::stream::lines::Lines;

    fn read(decoder: &mut dyn FrameDecoder, chunks: &[&[u8]]) -> Vec<Frame> {
        let mut frames = Vec::new();
        for chunk in chunks {
            decoder.push(chunk);
            while let Some(frame) = decoder.next() {
                frames.push(frame);
            }
        }
        frames.extend(decoder.last());
        frames
    }

    /// Reads the text at once, byte by byte, and in two chunks split at every offset. All results must be
    /// equal.
    fn read_with_all_chunkings(decoder: &dyn Fn() -> Box<dyn FrameDecoder>, text: &str) -> Vec<Frame> {
        let text = text.as_bytes();
        let expected = read(&mut *decoder(), &[text]);
        let bytes: Vec<&[u8]> = text.chunks(1).collect();
        assert_eq!(read(&mut *decoder(), &bytes), expected);
        for middle in 0..=text.len() {
            assert_eq!(read(&mut *decoder(), &[&text[..middle], &text[middle..]]), expected, "split at {middle}");
        }
        expected
    }

    fn events(text: &str) -> Vec<(Option<String>, Option<String>, String)> {
        let frames = read_with_all_chunkings(&|| Box::new(Events::default()), text);
        frames
            .into_iter()
            .map(|frame| (frame.event, frame.id, String::from_utf8(frame.data).unwrap_or_default()))
            .collect()
    }

    fn datas(text: &str) -> Vec<String> {
        events(text).into_iter().map(|(_, _, data)| data).collect()
    }

    #[test]
    fn events_end_with_an_empty_line_of_any_line_ending() {
        for end in ["\n", "\r", "\r\n"] {
            let text = "data: a\ndata: b\n\ndata: c\n\ndata: lost\n".replace('\n', end);
            assert_eq!(datas(&text), ["a\nb", "c"], "{end:?}");
        }
        assert_eq!(datas("data: a\r\n\rdata: b\n\r\n"), ["a", "b"]);
    }

    /// Examples and edge cases of the standard.
    #[test]
    fn fields_are_parsed_by_the_standard() {
        assert_eq!(datas("data: YHOO\ndata: +2\ndata: 10\n\n"), ["YHOO\n+2\n10"]);
        assert_eq!(datas("data\n\ndata\ndata\n\ndata:"), ["", "\n"]);
        assert_eq!(datas("data:test\n\ndata: test\n\ndata:  test\n\n"), ["test", "test", " test"]);
        let name = |name: &str| Some(name.to_owned());
        let all = ": a comment\n\ndata: 1\nid: 1\n\nevent: add\ndata: 2\nid\n\nid: 3\ndata: 3\n\ndata: 4\n\n";
        let expected = [
            (None, name("1"), "1".to_owned()),
            (name("add"), None, "2".to_owned()),
            (None, name("3"), "3".to_owned()),
            (None, name("3"), "4".to_owned()),
        ];
        assert_eq!(events(all), expected);
        assert_eq!(
            events("id: a\0b\nretry: 1\nother: x\nevent: e\nevent: f\ndata: 1\n\n"),
            [(name("f"), None, "1".to_owned())]
        );
        // An event without data is discarded with its name.
        assert_eq!(events("event: a\n\ndata: 1\n\n"), [(None, None, "1".to_owned())]);
    }

    #[test]
    fn text_is_utf_8_with_an_optional_byte_order_mark() {
        assert_eq!(datas("\u{feff}data: \u{17c}\u{1f422}\n\n\u{feff}data: x\n\n"), ["\u{17c}\u{1f422}"]);
        let frames = read(&mut Events::default(), &[b"data: \xff!\n\n"]);
        assert_eq!(frames[0].data, "\u{fffd}!".as_bytes());
    }

    #[test]
    fn values_are_separated_by_lines_or_record_separators() {
        let lines = |is_sequence: bool, text: &str| -> Vec<String> {
            let frames = read_with_all_chunkings(&|| Box::new(Lines::new(is_sequence)), text);
            frames.into_iter().map(|frame| String::from_utf8(frame.data).unwrap_or_default()).collect()
        };
        assert_eq!(lines(false, "{}\n\r\n [1] \r\n\n\u{fc}"), ["{}", "[1]", "\u{fc}"]);
        assert_eq!(lines(false, ""), [""; 0]);
        assert_eq!(lines(true, "\u{1e}[1,\n2]\n\u{1e}3\n\u{1e}\u{1e}{"), ["[1,\n2]", "3", "{"]);
    }
}
