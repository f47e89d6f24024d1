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
    /// Line and column, from one, and the line itself.
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

    /// Names the line and column.
    pub fn at_line(mut self, line: usize, column: usize, text: &str) -> Self {
        self.line = Some((line, column, text.to_owned()));
        self
    }
}

/// How much of a line is shown before and behind the column.
const CONTEXT: usize = 60;

impl fmt::Display for Diagnostic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(formatter, "{severity}: {}", self.message)?;
        if let Some(file) = &self.file {
            write!(formatter, "\n  --> {}", file.display())?;
            if let Some((line, column, _)) = &self.line {
                write!(formatter, ":{line}:{column}")?;
            }
        }
        if let Some(pointer) = self.pointer.as_ref().filter(|pointer| !pointer.is_empty()) {
            write!(formatter, "\n   at {pointer}")?;
        }
        if let Some((line, column, text)) = &self.line {
            let first = column.saturating_sub(CONTEXT + 1);
            let shown: String = text.chars().skip(first).take(2 * CONTEXT).collect();
            write!(formatter, "\n{line:>5} | {shown}\n      | {:>1$}", "^", column - first)?;
        }
        match &self.help {
            Some(help) => write!(formatter, "\n  = {help}"),
            None => Ok(()),
        }
    }
}

/// All problems of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The problems, in the order in which they were found.
    pub diagnostics: Vec<Diagnostic>,
}

impl Report {
    /// Takes note of a problem.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if !self.diagnostics.contains(&diagnostic) {
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
        Self { diagnostics: vec![diagnostic] }
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
        Ok(())
    }
}
