//! Error type of the commands.

use std::fmt;
use std::io;
use std::path::Path;

use generator::diagnostics::{Diagnostic, Report};

use crate::paths::display;

/// Result of a command, or of one of its steps.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Error that ends a command.
#[derive(Debug)]
pub enum Error {
    /// A problem, and the action that solves it.
    Message { message: String, help: Option<String> },
    /// Diagnostics of the generator.
    Report(Report),
}

impl Error {
    /// Creates an error without help. The message starts in lower case and has no final period.
    pub fn new(message: impl Into<String>) -> Self {
        Self::Message { message: message.into(), help: None }
    }

    /// Adds the action that solves the problem, as an imperative sentence without a final period.
    pub fn help(self, text: impl Into<String>) -> Self {
        match self {
            Self::Message { message, .. } => Self::Message { message, help: Some(text.into()) },
            report @ Self::Report(_) => report,
        }
    }

    /// Returns the first line of the problem, without help.
    pub fn message(&self) -> String {
        let text = match self {
            Self::Message { message, .. } => message.clone(),
            Self::Report(report) => report.to_string(),
        };
        text.lines().next().unwrap_or_default().to_owned()
    }

    /// Returns a conversion for failed operations on a file or folder: "cannot read spec/openapi.yaml: …".
    pub fn cannot<'a>(action: &'a str, path: &'a Path) -> impl Fn(io::Error) -> Self + 'a {
        move |error| Self::new(format!("cannot {action} {}: {error}", display(path)))
    }

    /// Returns a conversion for programs that cannot be started.
    pub fn cannot_run(program: &str) -> impl Fn(io::Error) -> Self + '_ {
        move |error| Self::new(format!("cannot run `{program}`: {error}"))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message { message, help: None } => write!(formatter, "error: {message}"),
            Self::Message { message, help: Some(help) } => write!(formatter, "error: {message}\n  = help: {help}"),
            Self::Report(report) => {
                let count = report.diagnostics.len() + report.omitted;
                let plural = if count == 1 { "" } else { "s" };
                write!(formatter, "{report}\n\n{count} problem{plural}; no files were written")
            }
        }
    }
}

impl From<Report> for Error {
    fn from(report: Report) -> Self {
        Self::Report(report)
    }
}

impl From<Diagnostic> for Error {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Report(diagnostic.into())
    }
}
