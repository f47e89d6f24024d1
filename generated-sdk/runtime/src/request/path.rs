use std::borrow::Cow;

/// The path of a request, written while its values come.
#[derive(Clone)]
pub(super) struct Path {
    template: &'static str,
    /// How much of the template is written.
    done: usize,
    text: String,
}

impl Path {
    pub(super) fn new(template: &'static str) -> Self {
        Self { template, done: 0, text: String::new() }
    }

    /// Gives the next parameter its value, encoded. A value is one segment, whatever is in it: what would be a way out
    /// of it (nothing, `.`, `..`) is refused, because no encoding of those survives all the URL parsers between here
    /// and the server.
    pub(super) fn fill(&mut self, value: &str) -> Result<(), String> {
        let Some((before, name, after)) = parameter(&self.template[self.done..]) else {
            // One too many has no place.
            return Ok(());
        };
        if value.is_empty() {
            return Err(is_empty(name));
        }
        if self.text.is_empty() {
            self.text.reserve(self.template.len() + value.len());
        }
        // What follows up to the next parameter is known as well, so that the last value completes the path.
        let literal = split_at_byte(after, b'{').map_or(after, |(literal, _)| literal);
        self.text.push_str(before);
        self.text.push_str(value);
        self.text.push_str(literal);
        self.done = self.template.len() - (after.len() - literal.len());
        let ends_segment = literal.contains(['/', '?']) || literal.len() == after.len();
        if value.starts_with('.') && ends_segment { self.check_segment(literal) } else { Ok(()) }
    }

    /// Checks the segment that ends within the literal text that was written last.
    #[cold]
    fn check_segment(&self, literal: &str) -> Result<(), String> {
        let behind = literal.find(['/', '?']).map_or(0, |end| literal.len() - end);
        let written = &self.text[..self.text.len() - behind];
        let segment = written.rfind('/').map_or(written, |slash| &written[slash + 1..]);
        if !matches!(segment, "." | "..") {
            return Ok(());
        }
        let template = &self.template[..self.done - behind];
        let template = template.rfind('/').map_or(template, |slash| &template[slash + 1..]);
        Err(format!("the value of `{template}` would leave the path: `{segment}`"))
    }

    /// The whole path.
    pub(super) fn finish(&self) -> Result<Cow<'_, str>, String> {
        let rest = &self.template[self.done..];
        if let Some((_, name, _)) = parameter(rest) {
            return Err(is_empty(name));
        }
        Ok(match (self.text.is_empty(), rest.is_empty()) {
            (true, _) => Cow::Borrowed(rest),
            (false, true) => Cow::Borrowed(&self.text),
            (false, false) => Cow::Owned([&self.text, rest].concat()),
        })
    }
}

/// The first parameter of a template: what is before it, its name, and what is behind it. It ends with its segment.
fn parameter(template: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = split_at_byte(template, b'{')?;
    let end = rest.bytes().position(|byte| matches!(byte, b'}' | b'/')).unwrap_or(rest.len());
    let (name, after) = rest.split_at(end);
    Some((before, name, after.strip_prefix('}').unwrap_or(after)))
}

/// As `split_once`, which looks for a character in a way that is quick in long texts, and slow in these.
pub(super) fn split_at_byte(text: &str, mark: u8) -> Option<(&str, &str)> {
    let place = text.bytes().position(|byte| byte == mark)?;
    Some((&text[..place], &text[place + 1..]))
}

fn is_empty(name: &str) -> String {
    format!("the path parameter `{name}` is empty")
}
