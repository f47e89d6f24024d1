//! Server-sent events, as WHATWG's HTML defines them.

use super::frame::{Frame, FrameDecoder};

/// Cuts a stream into events.
#[derive(Default)]
pub(super) struct Events {
    buffer: Vec<u8>,
    /// Where the line at hand begins, and how far its end was looked for.
    begin: usize,
    seen: usize,
    /// The last line ended with CR: an LF that follows belongs to it.
    after_return: bool,
    /// The first line, before which a byte order mark may stand, is done.
    is_past_mark: bool,
    name: Option<String>,
    id: Option<String>,
    data: Vec<u8>,
    has_data: bool,
}

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

impl FrameDecoder for Events {
    fn push(&mut self, chunk: &[u8]) {
        self.buffer.drain(..self.begin);
        self.seen -= self.begin;
        self.begin = 0;
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

    /// An event that was not ended by an empty line may lack a part: it doesn't count.
    fn last(&mut self) -> Option<Frame> {
        None
    }

    fn waiting(&self) -> usize {
        self.buffer.len() - self.begin + self.data.len()
    }
}

impl Events {
    /// The next complete line, without its end: CR, LF or both.
    fn line(&mut self) -> Option<Vec<u8>> {
        if self.after_return && self.begin < self.buffer.len() {
            self.after_return = false;
            if self.buffer[self.begin] == b'\n' {
                self.begin += 1;
                self.seen = self.begin;
            }
        }
        let length = self.buffer[self.seen..].iter().position(|byte| matches!(byte, b'\r' | b'\n'));
        let Some(end) = length.map(|length| self.seen + length) else {
            self.seen = self.buffer.len();
            return None;
        };
        let mut line = &self.buffer[self.begin..end];
        if !std::mem::replace(&mut self.is_past_mark, true) {
            line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
        }
        let line = line.to_vec();
        self.after_return = self.buffer[end] == b'\r';
        self.begin = end + 1;
        self.seen = self.begin;
        Some(line)
    }

    fn read(&mut self, line: &[u8]) -> Option<Frame> {
        if line.is_empty() {
            return self.dispatch();
        }
        let (field, value) = match line.iter().position(|byte| *byte == b':') {
            // A comment.
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
            // `retry` asks for a pause before a new connection: there is none.
            _ => {}
        }
        None
    }

    /// The event that an empty line ends; without data it is none.
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

    /// Whole, byte by byte, and in two pieces at every place: it must always be the same.
    fn read_all_ways(decoder: &dyn Fn() -> Box<dyn FrameDecoder>, text: &str) -> Vec<Frame> {
        let text = text.as_bytes();
        let whole = read(&mut *decoder(), &[text]);
        let bytes: Vec<&[u8]> = text.chunks(1).collect();
        assert_eq!(read(&mut *decoder(), &bytes), whole);
        for middle in 0..=text.len() {
            assert_eq!(read(&mut *decoder(), &[&text[..middle], &text[middle..]]), whole, "cut at {middle}");
        }
        whole
    }

    fn events(text: &str) -> Vec<(Option<String>, Option<String>, String)> {
        let frames = read_all_ways(&|| Box::new(Events::default()), text);
        frames
            .into_iter()
            .map(|frame| (frame.event, frame.id, String::from_utf8(frame.data).unwrap_or_default()))
            .collect()
    }

    fn datas(text: &str) -> Vec<String> {
        events(text).into_iter().map(|(_, _, data)| data).collect()
    }

    #[test]
    fn events_end_with_an_empty_line_of_any_kind() {
        for end in ["\n", "\r", "\r\n"] {
            let text = "data: a\ndata: b\n\ndata: c\n\ndata: lost\n".replace('\n', end);
            assert_eq!(datas(&text), ["a\nb", "c"], "{end:?}");
        }
        assert_eq!(datas("data: a\r\n\rdata: b\n\r\n"), ["a", "b"]);
    }

    /// The examples of the standard, and its corners.
    #[test]
    fn fields_are_read_as_the_standard_says() {
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
        // An event without data takes its name with it.
        assert_eq!(events("event: a\n\ndata: 1\n\n"), [(None, None, "1".to_owned())]);
    }

    #[test]
    fn text_is_utf_8_behind_a_mark_or_without_one() {
        assert_eq!(datas("\u{feff}data: \u{17c}\u{1f422}\n\n\u{feff}data: x\n\n"), ["\u{17c}\u{1f422}"]);
        let frames = read(&mut Events::default(), &[b"data: \xff!\n\n"]);
        assert_eq!(frames[0].data, "\u{fffd}!".as_bytes());
    }

    #[test]
    fn values_stand_on_lines_or_behind_separators() {
        let lines = |is_sequence: bool, text: &str| -> Vec<String> {
            let frames = read_all_ways(&|| Box::new(Lines::new(is_sequence)), text);
            frames.into_iter().map(|frame| String::from_utf8(frame.data).unwrap_or_default()).collect()
        };
        assert_eq!(lines(false, "{}\n\r\n [1] \r\n\n\u{fc}"), ["{}", "[1]", "\u{fc}"]);
        assert_eq!(lines(false, ""), [""; 0]);
        assert_eq!(lines(true, "\u{1e}[1,\n2]\n\u{1e}3\n\u{1e}\u{1e}{"), ["[1,\n2]", "3", "{"]);
    }
}
