//! Texts that the rules apply to.

/// Kind of text, which selects the rules that apply to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Doc,
    Comment,
    /// String literal that contains a space.
    Message,
    /// Description of an OpenAPI document or a configuration.
    Description,
    Heading,
    /// Paragraph of Markdown.
    Prose,
    Identifier,
}

impl Kind {
    /// Returns the name for messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Doc => "doc comment",
            Self::Comment => "comment",
            Self::Message => "message",
            Self::Description => "description",
            Self::Heading => "heading",
            Self::Prose => "text",
            Self::Identifier => "identifier",
        }
    }
}

/// Consecutive lines of one kind, without comment markers.
#[derive(Debug)]
pub struct Text {
    pub kind: Kind,
    /// Line numbers, starting at 1, with the text of each line.
    pub lines: Vec<(usize, String)>,
}

impl Text {
    pub fn new(kind: Kind, line: usize, text: impl Into<String>) -> Self {
        Self { kind, lines: vec![(line, text.into().trim().to_owned())] }
    }

    /// Returns the lines as one, separated by spaces.
    pub fn joined(&self) -> String {
        self.lines.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// Returns the number and text of the line at a byte offset of the joined lines.
    pub fn line_at(&self, offset: usize) -> (usize, &str) {
        let mut start = 0;
        let mut found = (0, "");
        for (line, text) in &self.lines {
            if start > offset && found.0 > 0 {
                break;
            }
            found = (*line, text.trim());
            start += text.len() + 1;
        }
        found
    }
}

/// Appends a line to the previous text if it continues that text, or begins a new text.
pub fn append(texts: &mut Vec<Text>, kind: Kind, line: usize, text: &str) {
    match texts.iter_mut().rev().find(|text| text.kind != Kind::Identifier) {
        Some(last) if last.kind == kind && last.lines.last().is_some_and(|(previous, _)| previous + 1 == line) => {
            last.lines.push((line, text.trim().to_owned()));
        }
        _ => texts.push(Text::new(kind, line, text)),
    }
}

/// Removes fenced code from the lines of documentation. Removed lines become empty, so that line numbers stay.
pub fn remove_fenced_code(texts: &mut [Text]) {
    for text in texts.iter_mut().filter(|text| text.kind == Kind::Doc) {
        let mut fenced = false;
        for (_, line) in &mut text.lines {
            let fence = line.trim_start().starts_with("```");
            fenced ^= fence;
            if fenced || fence {
                line.clear();
            }
        }
    }
}
