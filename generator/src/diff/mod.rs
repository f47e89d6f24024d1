//! What changes for callers from one version of an SDK to another: resources, methods, types and the client, compared
//! as the model and its Rust have them, never as text of files.

mod arguments;
mod client;
mod index;
mod methods;
mod models;
mod objects;
mod pairs;
mod sent;
mod version;

use std::fmt::Display;
use std::path::PathBuf;

use serde::Serialize;

use crate::codegen::Crate;
use crate::diagnostics;
use crate::document::{Document, SourceLocation};
use crate::model::Sdk;

use index::Index;
use pairs::Pairs;

pub use version::{NotAVersion, next};

/// One version of an SDK.
#[derive(Clone, Copy, Debug)]
pub struct Version<'a> {
    /// What it offers.
    pub sdk: &'a Sdk,
    /// How that is written in Rust.
    pub krate: &'a Crate,
    /// The document that it comes from.
    pub spec: &'a Document,
}

/// What a change means for a caller, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Code that was right no longer compiles, or means something else.
    Breaking,
    /// The same code compiles and does something else.
    Behaviour,
    /// What still works is to be replaced: the compiler warns of it.
    Deprecation,
    /// There is something new.
    Addition,
    /// Only what is said of it has changed.
    Documentation,
}

impl Effect {
    /// All of them, the worst first.
    pub const ALL: [Self; 5] =
        [Self::Breaking, Self::Behaviour, Self::Deprecation, Self::Addition, Self::Documentation];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Breaking => "breaking",
            Self::Behaviour => "behaviour",
            Self::Deprecation => "deprecation",
            Self::Addition => "addition",
            Self::Documentation => "documentation",
        }
    }
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What it means for a caller.
    pub effect: Effect,
    /// The rule by which that was decided, for programs: it stays the same when the words don't.
    pub rule: &'static str,
    /// The resource that it belongs to, with dots; empty for the client and what all have in common.
    pub resource: String,
    /// What has changed, as callers write it.
    pub item: String,
    /// What has changed about it.
    pub message: String,
    /// How a caller adapts.
    pub advice: Option<String>,
    /// What to write in the configuration, so that callers needn't yet.
    pub remedy: Option<String>,
    /// Whether code that breaks may still compile, so that the compiler doesn't find it.
    pub is_silent: bool,
    /// Where the old document has it.
    pub old: Option<Source>,
    /// Where the new document has it.
    pub new: Option<Source>,
}

/// Where a document has something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    /// The file.
    pub file: PathBuf,
    /// The line, from one; nothing in a file that is all one line.
    pub line: Option<usize>,
    /// The JSON pointer inside the file.
    pub pointer: String,
}

/// Everything that changes from one version to another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// The changes: resource by resource, in each the worst first.
    pub changes: Vec<Change>,
}

impl Changes {
    /// The worst that they mean for a caller; nothing where there are none.
    pub fn effect(&self) -> Option<Effect> {
        self.changes.iter().map(|change| change.effect).min()
    }

    /// How many there are of an effect.
    pub fn count(&self, effect: Effect) -> usize {
        self.changes.iter().filter(|change| change.effect == effect).count()
    }
}

/// Compares two versions of an SDK.
pub fn compare(old: Version<'_>, new: Version<'_>) -> Changes {
    let (old, new) = rayon::join(|| Index::new(old), || Index::new(new));
    let pairs = Pairs::new(&old, &new);
    let mut comparison = Comparison { old: &old, new: &new, pairs: &pairs, changes: Vec::new() };
    comparison.client();
    comparison.resources();
    comparison.methods();
    comparison.models();
    comparison.aliases();
    let mut changes = comparison.changes;
    changes.sort_by(|a, b| (&a.resource, a.effect).cmp(&(&b.resource, b.effect)));
    Changes { changes }
}

/// A comparison under way.
struct Comparison<'a> {
    old: &'a Index<'a>,
    new: &'a Index<'a>,
    pairs: &'a Pairs,
    changes: Vec<Change>,
}

/// A text of the document as code, whatever is in it.
fn code(text: impl Display) -> String {
    format!("`{}`", text.to_string().replace('`', "'"))
}

/// The same of several.
fn codes<T: Display>(texts: &[T]) -> String {
    texts.iter().map(code).collect::<Vec<_>>().join(", ")
}

/// A text for one line of a report.
fn one_line(text: &str) -> String {
    diagnostics::shown(text).replace('\n', " ")
}

/// What a change is about: its resource, its name for callers, and where both documents have it.
#[derive(Clone, Debug, Default)]
struct About<'a> {
    resource: String,
    item: String,
    old: Option<&'a SourceLocation>,
    new: Option<&'a SourceLocation>,
}

impl<'a> About<'a> {
    /// The same, of a part of it.
    fn part(&self, item: String, old: Option<&'a SourceLocation>, new: Option<&'a SourceLocation>) -> Self {
        Self { resource: self.resource.clone(), item, old, new }
    }
}

impl Comparison<'_> {
    /// Takes note of a change; what it returns can be added to.
    fn add(
        &mut self,
        about: &About<'_>,
        effect: Effect,
        rule: &'static str,
        message: impl Into<String>,
    ) -> &mut Change {
        let change = Change {
            effect,
            rule,
            resource: about.resource.clone(),
            item: about.item.clone(),
            message: one_line(&message.into()),
            advice: None,
            remedy: None,
            is_silent: false,
            old: about.old.and_then(|location| self.old.source(location)),
            new: about.new.and_then(|location| self.new.source(location)),
        };
        let index = self.changes.len();
        self.changes.push(change);
        &mut self.changes[index]
    }

    /// Compares what is said of something, and whether it is still to be used.
    fn said(&mut self, about: &About<'_>, old: (&[String], bool), new: (&[String], bool)) {
        match (old.1, new.1) {
            (false, true) => {
                self.add(about, Effect::Deprecation, "deprecated", "is deprecated");
            }
            (true, false) => {
                self.add(about, Effect::Documentation, "no-longer-deprecated", "is no longer deprecated");
            }
            _ => {}
        }
        if old.0 != new.0 {
            self.add(about, Effect::Documentation, "documentation-changed", "is documented in other words");
        }
    }

    /// Whether a type of the old version is the same one in the new version, as callers write them.
    fn is_same(&self, old: &impl Display, new: &impl Display) -> bool {
        self.pairs.is_same(&old.to_string(), &new.to_string())
    }
}

impl Change {
    /// Says how a caller adapts.
    fn advise(&mut self, advice: impl Into<String>) -> &mut Self {
        self.advice = Some(one_line(&advice.into()));
        self
    }

    /// Says what keeps the old name, in the configuration.
    fn keep_by(&mut self, configuration: impl Into<String>) -> &mut Self {
        self.remedy = Some(one_line(&configuration.into()));
        self
    }

    /// Says that the compiler doesn't find it.
    fn silently(&mut self) -> &mut Self {
        self.is_silent = true;
        self
    }
}
