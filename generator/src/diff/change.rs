//! Changes and their effects.

use std::path::PathBuf;

use serde::Serialize;

/// Effect of a change on callers, most severe first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Valid code no longer compiles, or has another meaning.
    Breaking,
    /// The same code compiles and behaves differently.
    Behaviour,
    /// The same code compiles with a deprecation warning.
    Deprecation,
    /// New API.
    Addition,
    /// Only documentation changed.
    Documentation,
}

impl Effect {
    /// All effects, most severe first.
    pub const ALL: [Self; 5] =
        [Self::Breaking, Self::Behaviour, Self::Deprecation, Self::Addition, Self::Documentation];

    /// Returns the name of the effect in lower case.
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

/// Single change between two versions of an SDK.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Effect on callers.
    pub effect: Effect,
    /// Identifier of the rule that classified the change, such as `field-removed`. Identifiers are stable.
    pub rule: &'static str,
    /// Path of the resource, separated by dots. Empty for the client and for items that resources share.
    pub resource: String,
    /// Changed item, as callers write it.
    pub item: String,
    /// Description of the change, in one line.
    pub message: String,
    /// Instructions to adapt the caller.
    pub advice: Option<String>,
    /// Configuration that keeps the old name.
    pub remedy: Option<String>,
    /// `true` if callers may compile although their meaning changed.
    pub is_silent: bool,
    /// Location in the old document.
    pub old: Option<ChangeLocation>,
    /// Location in the new document.
    pub new: Option<ChangeLocation>,
}

/// Location of a changed item in a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangeLocation {
    /// Path of the file.
    pub file: PathBuf,
    /// Line number, starting at 1. `None` if the file consists of a single line.
    pub line: Option<usize>,
    /// JSON pointer in the file.
    pub pointer: String,
}

/// All changes between two versions of an SDK.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// The changes, ordered by resource, then by effect, most severe first.
    pub changes: Vec<Change>,
}

impl Changes {
    /// Returns the most severe effect, or `None` if there are no changes.
    pub fn effect(&self) -> Option<Effect> {
        self.changes.iter().map(|change| change.effect).min()
    }

    /// Returns the number of changes with this effect.
    pub fn count(&self, effect: Effect) -> usize {
        self.changes.iter().filter(|change| change.effect == effect).count()
    }
}
