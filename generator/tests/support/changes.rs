//! Single changes of a document or of `sdk.yaml`, read from `tests/changes`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Change of a document or configuration, with its expected effects.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// File name without extension.
    #[serde(skip)]
    pub name: String,
    /// Names of the states before and after the change.
    #[serde(skip)]
    pub states: [String; 2],
    /// Effect of the change on callers, as a sentence.
    pub rule: String,
    /// Most severe effect that the comparison reports, or `none`.
    pub effect: String,
    /// Result of compiling `caller` against the crate after the change.
    pub compiler: Compiler,
    /// Result of cargo-semver-checks for the two crates.
    pub semver_checks: SemverChecks,
    /// Reason why the three results differ.
    pub because: Option<String>,
    /// Patches that derive the state before the change from the common state.
    #[serde(default)]
    pub before: Patches,
    /// Patches that derive the state after the change from the state before it.
    #[serde(default)]
    pub document: Patch,
    #[serde(default)]
    pub config: Patch,
    /// Body of a function with a `client` that compiles before the change.
    pub caller: String,
    /// Body of a function with a `client` that compiles only after the change.
    pub new_caller: Option<String>,
}

/// Result of compiling a caller.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Compiler {
    /// The caller does not compile.
    Breaking,
    /// The caller compiles with a deprecation warning.
    Warning,
    Compatible,
}

/// Result of cargo-semver-checks.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum SemverChecks {
    Breaking,
    Compatible,
    /// Reported as compatible although the change breaks callers.
    Blind,
}

/// Patches of both files.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Patches {
    #[serde(default)]
    pub document: Patch,
    #[serde(default)]
    pub config: Patch,
}

/// JSON merge patch (RFC 7386), or a sequence of them.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Patch(Value);

impl Patch {
    fn apply(&self, target: &mut Value) {
        match &self.0 {
            Value::Null => {}
            Value::Array(patches) => patches.iter().for_each(|patch| merge(target, patch)),
            patch => merge(target, patch),
        }
    }
}

fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    let Some(target) = target.as_object_mut() else { return };
    for (key, value) in patch {
        match value {
            // `shift_remove` keeps the order of the other keys.
            Value::Null => drop(target.shift_remove(key)),
            value => merge(target.entry(key.clone()).or_insert(Value::Null), value),
        }
    }
}

/// Document and configuration.
#[derive(Clone)]
pub struct State {
    document: Value,
    config: Value,
}

impl State {
    /// Returns the document and the configuration as JSON.
    pub fn texts(&self) -> [String; 2] {
        [&self.document, &self.config].map(|value| format!("{value:#}"))
    }

    fn with(&self, document: &Patch, config: &Patch) -> Self {
        let mut state = self.clone();
        document.apply(&mut state.document);
        config.apply(&mut state.config);
        state
    }
}

/// Name of the state that most changes begin with.
pub const BASE: &str = "change_base";

/// Returns all changes sorted by name, and the states before and after them by name.
pub fn changes() -> (Vec<Change>, BTreeMap<String, State>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/changes");
    let base = State { document: read(&folder.join("base.yaml")), config: read(&folder.join("sdk.yaml")) };
    let entries = fs::read_dir(&folder).expect("the folder of changes");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("a file").path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "yaml"));
    files.retain(|file| !file.ends_with("base.yaml") && !file.ends_with("sdk.yaml"));
    files.sort();
    let mut states = BTreeMap::new();
    let read_change = |file: &PathBuf| {
        let name = file.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
        let mut change: Change = read(file);
        let before = base.with(&change.before.document, &change.before.config);
        let after = before.with(&change.document, &change.config);
        // Values are equal if only the order of keys differs, so compare texts.
        assert!(before.texts() != after.texts(), "{name} changes nothing");
        let old = if before.texts() == base.texts() { BASE.to_owned() } else { format!("change_{name}_before") };
        change.states = [old.clone(), format!("change_{name}")];
        states.insert(old, before);
        states.insert(change.states[1].clone(), after);
        Change { name, ..change }
    };
    let changes = files.iter().map(read_change).collect();
    (changes, states)
}

fn read<T: DeserializeOwned>(file: &Path) -> T {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}
