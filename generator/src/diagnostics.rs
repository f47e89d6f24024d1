//! Errors and warnings about the input.

use std::fmt;
use std::path::{Path, PathBuf};

/// Severity of a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The run fails, and no SDK is generated.
    Error,
    /// The input was interpreted leniently. The run continues.
    Warning,
}

/// Problem in the input, with its location and a suggested action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Severity of the problem.
    pub severity: Severity,
    /// Description of the problem.
    pub message: String,
    /// File that has the problem.
    pub file: Option<PathBuf>,
    /// JSON pointer inside the file.
    pub pointer: Option<String>,
    /// Line and column, counted from one, and the part of the line around the column.
    pub line: Option<(usize, usize, String)>,
    /// Suggested action.
    pub help: Option<String>,
}

impl Diagnostic {
    /// Returns an error without a location.
    pub fn error(message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            message: message.into(),
            file: None,
            pointer: None,
            line: None,
            help: None,
        }
    }

    /// Returns a warning without a location.
    pub fn warning(message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(message) }
    }

    /// Sets the suggested action.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Sets the file.
    pub fn file(mut self, path: &Path) -> Self {
        self.file = Some(path.to_owned());
        self
    }

    /// Sets the JSON pointer.
    pub fn pointer(mut self, pointer: &str) -> Self {
        self.pointer = Some(pointer.to_owned());
        self
    }

    /// Sets the line and column, counted from one. `text` is the whole line. Only the part around the column is kept,
    /// because a document may consist of one long line.
    pub fn line(self, line: usize, column: usize, text: &str) -> Self {
        let begin = column.saturating_sub(CONTEXT + 1);
        let begin = text.char_indices().nth(begin).map_or(text.len(), |(begin, _)| begin);
        self.line_excerpt(line, column, &text[begin..])
    }

    /// Sets the line and column as [`line`](Self::line) does. `excerpt` begins [`CONTEXT`] characters before the
    /// column, or at the beginning of the line.
    pub(crate) fn line_excerpt(mut self, line: usize, column: usize, excerpt: &str) -> Self {
        self.line = Some((line, column, excerpt.chars().take(2 * CONTEXT).collect()));
        self
    }
}

/// Number of characters that are displayed on each side of the column.
pub(crate) const CONTEXT: usize = 60;

impl fmt::Display for Diagnostic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(formatter, "{severity}: {}", display_text(&self.message))?;
        if let Some(file) = &self.file {
            write!(formatter, "\n  --> {}", file.display())?;
            if let Some((line, column, _)) = &self.line {
                write!(formatter, ":{line}:{column}")?;
            }
        }
        if let Some(pointer) = self.pointer.as_ref().filter(|pointer| !pointer.is_empty()) {
            write!(formatter, "\n   at {}", display_text(pointer))?;
        }
        if let Some((line, column, text)) = &self.line {
            let first = column.saturating_sub(CONTEXT + 1);
            write!(formatter, "\n{line:>5} | {}\n      | {:>2$}", display_text(text), "^", column - first)?;
        }
        match &self.help {
            Some(help) => write!(formatter, "\n  = help: {}", display_text(help)),
            None => Ok(()),
        }
    }
}

/// Maximum number of characters of a displayed text. Names in a document have no limit.
const MAX_DISPLAYED: usize = 1000;

/// Returns a text for the terminal: at most [`MAX_DISPLAYED`] characters, without control characters.
pub(crate) fn display_text(text: &str) -> String {
    let is_hidden = |c: char| (c.is_control() && c != '\n') || is_bidi_control(c);
    let visible = |c: char| match c {
        '\t' => ' ',
        c if is_hidden(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    let mut displayed: String = text.chars().take(MAX_DISPLAYED).map(visible).collect();
    if text.chars().nth(MAX_DISPLAYED).is_some() {
        displayed.push('…');
    }
    displayed
}

/// Returns `true` if a character changes the direction of the surrounding text. Such characters can disguise a text.
pub(crate) fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns at most three of the known names, the most similar to `name` first.
pub(crate) fn similar_names<'a>(known: impl Iterator<Item = &'a str>, name: &str) -> Vec<&'a str> {
    let mut names: Vec<&str> = known.collect();
    names.sort_by_cached_key(|known| (strsim::levenshtein(known, name), *known));
    names.truncate(3);
    names
}

/// Returns names as a list for a message, such as "`a`, `b`".
pub(crate) fn quoted_list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Maximum number of diagnostics of each severity in a report. A document may have a problem in every line.
const MAX_KEPT: usize = 1000;

/// Diagnostics of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Diagnostics, in the order in which they were found, without duplicates.
    pub diagnostics: Vec<Diagnostic>,
    /// Number of diagnostics beyond the limit of 1,000 for each severity.
    pub omitted: usize,
}

impl Report {
    /// Adds a diagnostic. Duplicates are ignored.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let kept = self.diagnostics.iter().filter(|known| known.severity == diagnostic.severity).count();
        if kept == MAX_KEPT {
            self.omitted += 1;
        } else if !self.diagnostics.contains(&diagnostic) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Returns `true` if the report has an error.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

impl From<Diagnostic> for Report {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostics: vec![diagnostic], omitted: 0 }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.diagnostics.iter().enumerate() {
            if index > 0 {
                formatter.write_str("\n\n")?;
            }
            diagnostic.fmt(formatter)?;
        }
        if self.omitted > 0 {
            write!(formatter, "\n\nand {} more", self.omitted)?;
        }
        Ok(())
    }
}
