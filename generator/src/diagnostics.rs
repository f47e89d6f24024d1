//! What the generator has to say about its input.

use std::fmt;
use std::path::{Path, PathBuf};

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// Something was read differently from the letter.
    Warning,
}

/// One problem of the input: what, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// The file.
    pub file: Option<PathBuf>,
    /// The JSON pointer inside the file.
    pub pointer: Option<String>,
    /// Line and column, from one, and the part of the line around it.
    pub line: Option<(usize, usize, String)>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A problem that stops the run.
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

    /// A problem that doesn't.
    pub fn warning(message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(message) }
    }

    /// Says what to do.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Names the file.
    pub fn in_file(mut self, path: &Path) -> Self {
        self.file = Some(path.to_owned());
        self
    }

    /// Names the JSON pointer.
    pub fn at_pointer(mut self, pointer: &str) -> Self {
        self.pointer = Some(pointer.to_owned());
        self
    }

    /// Names the line and column. Of the line's text only what is around the column is kept: a whole document may
    /// be one line.
    pub fn at_line(self, line: usize, column: usize, text: &str) -> Self {
        let begin = column.saturating_sub(CONTEXT + 1);
        let begin = text.char_indices().nth(begin).map_or(text.len(), |(begin, _)| begin);
        self.at_part(line, column, &text[begin..])
    }

    /// As [`at_line`](Self::at_line), with the text from [`CONTEXT`] characters before the column on.
    pub(crate) fn at_part(mut self, line: usize, column: usize, part: &str) -> Self {
        self.line = Some((line, column, part.chars().take(2 * CONTEXT).collect()));
        self
    }
}

/// How much of a line is shown before and behind the column.
pub(crate) const CONTEXT: usize = 60;

impl fmt::Display for Diagnostic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(formatter, "{severity}: {}", shown(&self.message))?;
        if let Some(file) = &self.file {
            write!(formatter, "\n  --> {}", file.display())?;
            if let Some((line, column, _)) = &self.line {
                write!(formatter, ":{line}:{column}")?;
            }
        }
        if let Some(pointer) = self.pointer.as_ref().filter(|pointer| !pointer.is_empty()) {
            write!(formatter, "\n   at {}", shown(pointer))?;
        }
        if let Some((line, column, text)) = &self.line {
            let first = column.saturating_sub(CONTEXT + 1);
            write!(formatter, "\n{line:>5} | {}\n      | {:>2$}", shown(text), "^", column - first)?;
        }
        match &self.help {
            Some(help) => write!(formatter, "\n  = {}", shown(help)),
            None => Ok(()),
        }
    }
}

/// How much of a text is shown: names of the document may be of any length.
const SHOWN: usize = 1000;

/// A text for a terminal: not endless, and without characters that would do something there.
pub(crate) fn shown(text: &str) -> String {
    let is_hidden = |c: char| (c.is_control() && c != '\n') || turns_direction(c);
    let visible = |c: char| match c {
        '\t' => ' ',
        c if is_hidden(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    let mut shown: String = text.chars().take(SHOWN).map(visible).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

/// Whether a character turns the direction of the text around it, so that it looks like what it is not.
pub(crate) fn turns_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The names that are most like one that there isn't.
pub(crate) fn near<'a>(known: impl Iterator<Item = &'a str>, name: &str) -> Vec<&'a str> {
    let mut near: Vec<&str> = known.collect();
    near.sort_by_cached_key(|known| (strsim::levenshtein(known, name), *known));
    near.truncate(3);
    near
}

/// How many problems of each severity are kept: nobody reads more, and a document may have one in every line.
const KEPT: usize = 1000;

/// All problems of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The problems, in the order in which they were found.
    pub diagnostics: Vec<Diagnostic>,
    /// How many more there are than were kept.
    pub omitted: usize,
}

impl Report {
    /// Takes note of a problem.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let alike = self.diagnostics.iter().filter(|known| known.severity == diagnostic.severity).count();
        if alike == KEPT {
            self.omitted += 1;
        } else if !self.diagnostics.contains(&diagnostic) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Whether something stops the run.
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
