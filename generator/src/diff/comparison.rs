//! State of a comparison, and the functions that all parts of it use to report changes.

use std::fmt::Display;

use super::change::{Change, Changes, Effect};
use super::counterparts::Counterparts;
use super::sdk_index::SdkIndex;
use crate::codegen::RustType;
use crate::diagnostics;
use crate::document::SourceLocation;

/// Comparison of two versions, with the changes found so far.
pub(super) struct Comparison<'a> {
    pub(super) old: &'a SdkIndex<'a>,
    pub(super) new: &'a SdkIndex<'a>,
    pub(super) counterparts: &'a Counterparts,
    changes: Vec<Change>,
}

/// Item that a change concerns: its resource, its name for callers, and its locations in both documents.
#[derive(Clone, Debug, Default)]
pub(super) struct Subject<'a> {
    pub(super) resource: String,
    pub(super) item: String,
    pub(super) old: Option<&'a SourceLocation>,
    pub(super) new: Option<&'a SourceLocation>,
}

impl<'a> Subject<'a> {
    /// Creates a subject that belongs to no resource and has no location.
    pub(super) fn global(item: impl Into<String>) -> Self {
        Self { item: item.into(), ..Self::default() }
    }

    /// Creates a subject in the same resource.
    pub(super) fn part(
        &self,
        item: String,
        old: Option<&'a SourceLocation>,
        new: Option<&'a SourceLocation>,
    ) -> Self {
        Self { resource: self.resource.clone(), item, old, new }
    }
}

/// Documentation of an item, and whether the item is deprecated.
pub(super) struct Docs<'a> {
    pub(super) lines: &'a [String],
    pub(super) deprecated: bool,
}

impl<'a> Docs<'a> {
    /// Creates the documentation of an item that cannot be deprecated.
    pub(super) fn new(lines: &'a [String]) -> Self {
        Self { lines, deprecated: false }
    }
}

impl<'a> Comparison<'a> {
    pub(super) fn new(old: &'a SdkIndex<'a>, new: &'a SdkIndex<'a>, counterparts: &'a Counterparts) -> Self {
        Self { old, new, counterparts, changes: Vec::new() }
    }

    pub(super) fn into_changes(self) -> Changes {
        let mut changes = self.changes;
        changes.sort_by(|a, b| (&a.resource, a.effect).cmp(&(&b.resource, b.effect)));
        Changes { changes }
    }

    /// Adds a change and returns it, to be completed with advice.
    pub(super) fn add(
        &mut self,
        subject: &Subject<'_>,
        effect: Effect,
        rule: &'static str,
        message: impl Into<String>,
    ) -> &mut Change {
        let change = Change {
            effect,
            rule,
            resource: subject.resource.clone(),
            item: subject.item.clone(),
            message: one_line(&message.into()),
            advice: None,
            remedy: None,
            is_silent: false,
            old: subject.old.map(|location| self.old.change_location(location)),
            new: subject.new.map(|location| self.new.change_location(location)),
        };
        let index = self.changes.len();
        self.changes.push(change);
        &mut self.changes[index]
    }

    /// Compares the documentation of an item.
    pub(super) fn compare_docs(&mut self, subject: &Subject<'_>, old: &Docs<'_>, new: &Docs<'_>) {
        match (old.deprecated, new.deprecated) {
            (false, true) => {
                self.add(subject, Effect::Deprecation, "deprecated", "deprecated");
            }
            (true, false) => {
                self.add(subject, Effect::Documentation, "no-longer-deprecated", "no longer deprecated");
            }
            _ => {}
        }
        if old.lines != new.lines {
            self.add(subject, Effect::Documentation, "documentation-changed", "documentation changed");
        }
    }

    /// Returns `true` if both types are the same for callers.
    pub(super) fn is_same_type(&self, old: &RustType, new: &RustType) -> bool {
        self.counterparts.is_same_type(old, new)
    }

    /// Returns `true` if the new version lacks a resource.
    pub(super) fn is_removed_resource(&self, path: &str) -> bool {
        !path.is_empty() && !self.new.resources.contains_key(path)
    }

    /// Returns `true` if the old version lacks a resource.
    pub(super) fn is_added_resource(&self, path: &str) -> bool {
        !path.is_empty() && !self.old.resources.contains_key(path)
    }
}

impl Change {
    /// Sets the instructions to adapt the caller.
    pub(super) fn advise(&mut self, advice: impl Into<String>) -> &mut Self {
        self.advice = Some(one_line(&advice.into()));
        self
    }

    /// Sets the configuration that keeps the old name.
    pub(super) fn keep_name_with(&mut self, configuration: impl Into<String>) -> &mut Self {
        self.remedy = Some(one_line(&configuration.into()));
        self
    }

    /// Marks that callers may still compile, and advises to review them.
    pub(super) fn mark_silent(&mut self) -> &mut Self {
        self.is_silent = true;
        self.advise("review every call: old calls compile with another meaning")
    }
}

/// Returns a text of a document as inline code.
pub(super) fn code(text: impl Display) -> String {
    format!("`{}`", text.to_string().replace('`', "'"))
}

/// Returns texts as inline code, separated by commas.
pub(super) fn codes<T: Display>(texts: impl IntoIterator<Item = T>) -> String {
    texts.into_iter().map(code).collect::<Vec<_>>().join(", ")
}

/// Returns a count with its noun in singular or plural.
pub(super) fn count(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn one_line(text: &str) -> String {
    diagnostics::display_text(text).replace('\n', " ")
}
