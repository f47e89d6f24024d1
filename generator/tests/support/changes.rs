//! Single changes of a document or of `sdk.yaml`, in `tests/changes`: each a file that states the rule that it shows.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A change, as its file states it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The file's name.
    #[serde(skip)]
    pub name: String,
    /// The names of the states before and after it.
    #[serde(skip)]
    pub states: [String; 2],
    /// What the change means for callers, in a sentence.
    pub rule: String,
    /// What a comparison of the two has to say: the worst that it finds, or `none`.
    pub effect: String,
    /// What the compiler says of a caller who used what changed.
    pub compiler: Compiler,
    /// What cargo-semver-checks says of the two crates.
    pub semver_checks: SemverChecks,
    /// Why one of the two doesn't see what breaks.
    pub because: Option<String>,
    /// What makes the state before the change of the common one.
    #[serde(default)]
    pub before: Patches,
    /// What makes the state after the change of that.
    #[serde(default)]
    pub document: Patch,
    #[serde(default)]
    pub config: Patch,
    /// The body of a function that has a `client`: a caller from before the change.
    pub caller: String,
    /// A caller who uses what is new, and could not do so before.
    pub new_caller: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Compiler {
    /// The caller no longer compiles.
    Breaking,
    /// It compiles, and is told that it uses what is deprecated.
    Warning,
    Compatible,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum SemverChecks {
    Breaking,
    Compatible,
    /// It says compatible, and the change breaks callers.
    Blind,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Patches {
    #[serde(default)]
    pub document: Patch,
    #[serde(default)]
    pub config: Patch,
}

/// A JSON merge patch (RFC 7386), or several, one after the other.
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
            // What stands behind it keeps its order.
            Value::Null => drop(target.shift_remove(key)),
            value => merge(target.entry(key.clone()).or_insert(Value::Null), value),
        }
    }
}

/// A document and its configuration.
#[derive(Clone)]
pub struct State {
    document: Value,
    config: Value,
}

impl State {
    /// The text of both files.
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

/// The state that most changes begin with.
pub const BASE: &str = "change_base";

/// All changes, in the order of their names, and the states before and after them, by name.
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
        // As texts: values don't see the order of keys.
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
