//! Result of a comparison: the changes, their effect and the next version.

use std::collections::HashSet;

use generator::ReadOutput;
use generator::diff::{self, Changes, Effect};
use serde::Serialize;

use super::sdk_version::SdkVersion;
use crate::error::{Error, Result};

/// Maximum number of operations listed by name.
const MAX_NAMED: usize = 8;

/// Changes between two versions of an SDK.
#[derive(Serialize)]
pub struct DiffReport {
    /// Names of the versions: paths or revisions.
    pub old: String,
    pub new: String,
    /// Version numbers of the packages.
    pub old_version: String,
    pub new_version: String,
    /// Most severe effect, or `None` without changes.
    pub effect: Option<Effect>,
    /// Lowest version number that the changes allow.
    pub next_version: String,
    pub notes: Vec<String>,
    #[serde(flatten)]
    pub changes: Changes,
}

impl DiffReport {
    /// Compares two versions.
    pub fn new(old: &SdkVersion, new: &SdkVersion) -> Result<Self> {
        let mut changes = diff::compare(old.to_compare(), new.to_compare());
        for change in &mut changes.changes {
            change.old.iter_mut().for_each(|source| old.rename_file(source));
            change.new.iter_mut().for_each(|source| new.rename_file(source));
        }
        let effect = changes.effect();
        let next_version =
            diff::next_version(old.number(), effect).map_err(|error| Error::new(error.to_string()))?;
        Ok(Self {
            old: old.name.clone(),
            new: new.name.clone(),
            old_version: old.number().to_owned(),
            new_version: new.number().to_owned(),
            effect,
            next_version,
            notes: notes(old, new),
            changes,
        })
    }

    /// Returns the number of changes by effect and the next version, in one line.
    pub fn summary(&self) -> String {
        let counts: Vec<String> = Effect::ALL
            .into_iter()
            .map(|effect| (self.changes.count(effect), effect))
            .filter(|(count, _)| *count > 0)
            .map(|(count, effect)| format!("{count} {}", adjective(effect)))
            .collect();
        if counts.is_empty() {
            return "No changes for callers.".to_owned();
        }
        format!("{}: the version after {} is {}.", counts.join(", "), self.old_version, self.next_version)
    }
}

fn notes(old: &SdkVersion, new: &SdkVersion) -> Vec<String> {
    let mut notes = Vec::new();
    if old.reading.configuration.is_none() || new.reading.configuration.is_none() {
        notes.push("without an sdk.yaml, names are inferred and change with the document".to_owned());
    }
    notes.extend(new_unlisted(&old.reading, &new.reading));
    notes
}

/// Returns a note about operations that are new in the document and that the configuration does not list.
pub fn new_unlisted(old: &ReadOutput, new: &ReadOutput) -> Option<String> {
    let mut known: HashSet<&str> = old.unlisted.iter().map(String::as_str).collect();
    known.extend(old.sdk.operations());
    let added: Vec<&str> = new.unlisted.iter().map(String::as_str).filter(|id| !known.contains(id)).collect();
    let more = added.len().saturating_sub(MAX_NAMED);
    let named = added[..added.len() - more].join(", ");
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!added.is_empty())
        .then(|| format!("sdk.yaml does not list these new operations, so they have no methods: {named}{more}"))
}

fn adjective(effect: Effect) -> &'static str {
    match effect {
        Effect::Breaking => "breaking",
        Effect::Behaviour => "behavioural",
        Effect::Deprecation => "deprecated",
        Effect::Addition => "new",
        Effect::Documentation => "documentation only",
    }
}
