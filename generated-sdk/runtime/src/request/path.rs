use std::borrow::Cow;

/// Path of a request. It is built incrementally as the values of its parameters are set.
#[derive(Clone)]
pub(super) struct Path {
    template: &'static str,
    /// Length of the part of the template that is already in `text`, in bytes.
    consumed: usize,
    text: String,
}

impl Path {
    pub(super) fn new(template: &'static str) -> Self {
        Self { template, consumed: 0, text: String::new() }
    }

    /// Sets the encoded value of the next parameter.
    ///
    /// A value is always part of one segment. Empty values, and values that make the segment `.` or `..`, are
    /// rejected, because no encoding of such segments is preserved by all URL parsers between client and
    /// server.
    pub(super) fn fill(&mut self, value: &str) -> Result<(), String> {
        let Some((before, name, after)) = first_parameter(&self.template[self.consumed..]) else {
            // All parameters are set, so the value is ignored.
            return Ok(());
        };
        if value.is_empty() {
            return Err(empty_parameter(name));
        }
        if self.text.is_empty() {
            self.text.reserve(self.template.len() + value.len());
        }
        // The literal text up to the next parameter is appended too, so that the last value completes the path.
        let literal = split_at_byte(after, b'{').map_or(after, |(literal, _)| literal);
        self.text.push_str(before);
        self.text.push_str(value);
        self.text.push_str(literal);
        self.consumed = self.template.len() - (after.len() - literal.len());
        let ends_segment = literal.contains(['/', '?']) || literal.len() == after.len();
        if value.starts_with('.') && ends_segment { self.check_segment(literal) } else { Ok(()) }
    }

    /// Checks the segment that ends in the literal text that was appended last.
    #[cold]
    fn check_segment(&self, literal: &str) -> Result<(), String> {
        let remainder = literal.find(['/', '?']).map_or(0, |end| literal.len() - end);
        let written = &self.text[..self.text.len() - remainder];
        let segment = written.rfind('/').map_or(written, |slash| &written[slash + 1..]);
        if !matches!(segment, "." | "..") {
            return Ok(());
        }
        let template = &self.template[..self.consumed - remainder];
        let template = template.rfind('/').map_or(template, |slash| &template[slash + 1..]);
        Err(format!("the value of `{template}` is not allowed: the path segment would be `{segment}`"))
    }

    /// Returns the complete path. Fails if a parameter is not set.
    pub(super) fn finish(&self) -> Result<Cow<'_, str>, String> {
        let rest = &self.template[self.consumed..];
        if let Some((_, name, _)) = first_parameter(rest) {
            return Err(empty_parameter(name));
        }
        Ok(match (self.text.is_empty(), rest.is_empty()) {
            (true, _) => Cow::Borrowed(rest),
            (false, true) => Cow::Borrowed(&self.text),
            (false, false) => Cow::Owned([&self.text, rest].concat()),
        })
    }
}

/// Finds the first parameter of a template. Returns the text before it, its name, and the text after it. A
/// parameter without a closing brace ends with its segment.
fn first_parameter(template: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = split_at_byte(template, b'{')?;
    let end = rest.bytes().position(|byte| matches!(byte, b'}' | b'/')).unwrap_or(rest.len());
    let (name, after) = rest.split_at(end);
    Some((before, name, after.strip_prefix('}').unwrap_or(after)))
}

/// Splits like `str::split_once`, whose search is optimized for long strings and slower for strings as short
/// as paths.
pub(super) fn split_at_byte(text: &str, separator: u8) -> Option<(&str, &str)> {
    let index = text.bytes().position(|byte| byte == separator)?;
    Some((&text[..index], &text[index + 1..]))
}

fn empty_parameter(name: &str) -> String {
    format!("the path parameter `{name}` is empty")
}
