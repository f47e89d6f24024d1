//! Finds the texts of a file that the rules apply to.

mod markup;
mod rust;

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
    lines: Vec<(usize, String)>,
}

impl Text {
    fn new(kind: Kind, line: usize, text: impl Into<String>) -> Self {
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

/// Language of a file, which selects how its texts are found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Language {
    Rust,
    /// minijinja template that writes Rust or TOML.
    Template,
    /// insta snapshot of generated Rust.
    Snapshot,
    Markdown,
    /// YAML or JSON.
    Yaml,
    /// TOML, shell or Python: comments that begin with `#`.
    Hash,
}

impl Language {
    /// Returns the language of a path, or `None` if the file is not checked.
    pub fn of(path: &str) -> Option<Self> {
        // The tables and tests of this command contain what it forbids.
        if path.starts_with("xtask/src/lint_docs") {
            return None;
        }
        let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
        match extension {
            "rs" => Some(Self::Rust),
            "jinja" if path.ends_with(".md.jinja") => Some(Self::Markdown),
            "jinja" => Some(Self::Template),
            "snap" => Some(Self::Snapshot),
            "md" => Some(Self::Markdown),
            "yaml" | "yml" | "json" => Some(Self::Yaml),
            "toml" | "py" | "sh" => Some(Self::Hash),
            _ if path == ".ci/run" => Some(Self::Hash),
            _ => None,
        }
    }
}

/// Returns the texts of a file.
pub fn texts(language: Language, source: &str) -> Vec<Text> {
    match language {
        Language::Rust => {
            let generated = source.starts_with("// @generated");
            rust::texts(source).into_iter().filter(|text| !generated || text.kind != Kind::Identifier).collect()
        }
        Language::Template => markup::template(source),
        Language::Snapshot => markup::snapshot(source),
        Language::Markdown => markup::markdown(source),
        Language::Yaml => markup::yaml(source),
        Language::Hash => markup::hash(source),
    }
}

/// Appends a line to the previous text if it continues that text, or begins a new text.
fn append(texts: &mut Vec<Text>, kind: Kind, line: usize, text: &str) {
    match texts.iter_mut().rev().find(|text| text.kind != Kind::Identifier) {
        Some(last) if last.kind == kind && last.lines.last().is_some_and(|(previous, _)| previous + 1 == line) => {
            last.lines.push((line, text.trim().to_owned()));
        }
        _ => texts.push(Text::new(kind, line, text)),
    }
}

/// Removes fenced code from the lines of documentation. Removed lines become empty, so that line numbers stay.
fn remove_fenced_code(texts: &mut [Text]) {
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
