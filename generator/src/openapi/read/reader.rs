use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::Value;

use crate::diagnostics::{Diagnostic, Report};
use crate::document::{Document, FileId, Located, SourceLocation};
use crate::openapi::schema::SchemaId;

/// State of reading one document.
pub(super) struct Reader<'a> {
    pub(super) document: &'a Document,
    pub(super) report: &'a mut Report,
    /// Numbers of the known schemas, by the address of their value: a pointer is faster to hash than a location.
    pub(super) known: HashMap<*const Value, SchemaId>,
    /// Targets of resolved references, by file and text: most references occur many times.
    pub(super) references: HashMap<(FileId, &'a str), SchemaId>,
    /// Names of schemas that are not located among the components.
    pub(super) names: HashMap<SchemaId, String>,
    /// Ids of the operations read so far.
    pub(super) operation_ids: HashSet<String>,
    /// Known schemas that are not read yet. A queue instead of recursion, because a chain of references can be longer
    /// than the stack.
    pub(super) queue: VecDeque<Located<'a>>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(document: &'a Document, report: &'a mut Report) -> Self {
        Self {
            document,
            report,
            known: HashMap::new(),
            references: HashMap::new(),
            names: HashMap::new(),
            operation_ids: HashSet::new(),
            queue: VecDeque::new(),
        }
    }

    pub(super) fn error(&mut self, location: &SourceLocation, message: impl Into<String>, help: &str) {
        self.report.push(self.document.locate(Diagnostic::error(message).help(help), location));
    }

    pub(super) fn warn(&mut self, location: &SourceLocation, message: impl Into<String>, help: &str) {
        self.report.push(self.document.locate(Diagnostic::warning(message).help(help), location));
    }

    /// Returns the target if `located` is a reference, or `located` itself. Reports a reference that cannot be resolved.
    pub(super) fn deref(&mut self, located: Located<'a>) -> Option<Located<'a>> {
        match self.document.deref(located) {
            Ok(located) => Some(located),
            Err(diagnostic) => {
                self.report.push(diagnostic);
                None
            }
        }
    }
}
