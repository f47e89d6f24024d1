//! Compares the reported effect of single changes of a document or of `sdk.yaml` with the result of the compiler.
//!
//! Each file in `tests/changes` has a caller that is compiled against the crates before and after the change. All
//! crates are members of one workspace in the target folder, and all callers are in one package of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};

use generator::diff::{self, Changes, Version};
use serde_json::Value;
use support::Generated;
use support::callers::{callers, write_callers};
use support::changes::{Change, Compiler, SemverChecks, State, changes};
use support::workspace::{self, runtime_path, write_changed, write_package, write_workspace};

/// All changes, and a workspace with the crates before and after them.
struct Workspace {
    folder: PathBuf,
    changes: Vec<Change>,
    /// Crates before and after the changes, by package name in the workspace.
    crates: BTreeMap<String, Generated>,
    /// Names of the programs in the package of callers.
    programs: BTreeSet<String>,
}

/// Returns the workspace, which is written once for all tests.
fn workspace() -> &'static Workspace {
    static WORKSPACE: OnceLock<Workspace> = OnceLock::new();
    WORKSPACE.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("changes");
        let (changes, states) = changes();
        let crates = write_crates(&folder, &states);
        let libraries = crates.iter().map(|(name, generated)| (name.clone(), generated.krate.library.as_str()));
        let programs = write_callers(&folder, &changes, &libraries.collect());
        Workspace { folder, changes, crates, programs }
    })
}

fn write_crates(folder: &Path, states: &BTreeMap<String, State>) -> BTreeMap<String, Generated> {
    let runtime = runtime_path();
    let mut crates = BTreeMap::new();
    for (package, state) in states {
        let spec = folder.join("states").join(package);
        let [document, config] = state.texts();
        write_changed(&spec.join("openapi.json"), &document);
        write_changed(&spec.join("sdk.yaml"), &config);
        let mut generated = support::generate(&spec, &runtime);
        let manifest = generated.files.get_mut(Path::new("Cargo.toml")).expect("a manifest");
        // The packages of a workspace have distinct names.
        let name_line = |name: &str| format!("name = {name:?}\n");
        *manifest = manifest.replacen(&name_line(&generated.krate.package), &name_line(package), 1);
        // Compiling the default transport takes most of the time.
        *manifest = manifest.replace("default = [\"reqwest\", ", "default = [").replace("\n[workspace]\n", "");
        write_package(&folder.join(package), &generated.files);
        crates.insert(package.clone(), generated);
    }
    let members: Vec<&str> = states.keys().map(String::as_str).chain(["callers"]).collect();
    write_workspace(folder, &members);
    crates
}

impl Workspace {
    fn cargo(&self, arguments: &[&str]) -> Command {
        let mut cargo = workspace::cargo(&self.folder);
        cargo.args(arguments);
        cargo
    }

    /// Compiles the callers and returns the messages of the compiler by caller.
    fn check(&self) -> BTreeMap<String, Messages> {
        let mut cargo = self.cargo(&["check", "--package", "callers", "--bins", "--message-format=json"]);
        let output = cargo.args(["--offline", "--quiet", "--keep-going"]).output().expect("cargo runs");
        let mut callers: BTreeMap<String, Messages> = BTreeMap::new();
        let mut programs = BTreeSet::new();
        let mut library_messages = String::new();
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let line: Value = serde_json::from_str(line).expect("a message in JSON");
            if line["target"]["kind"][0] == "bin" {
                programs.insert(line["target"]["name"].as_str().unwrap_or_default().to_owned());
            }
            let message = &line["message"];
            let spans = message["spans"].as_array().map_or(&[][..], Vec::as_slice);
            let span = spans.iter().find(|span| span["is_primary"] == true).unwrap_or(&Value::Null);
            let Some(text) = message["rendered"].as_str() else { continue };
            if line["target"]["kind"][0] != "bin" {
                library_messages.push_str(text);
            } else if let Some(file) = span["file_name"].as_str() {
                let caller = Path::new(file).file_stem().unwrap_or_default().to_string_lossy().into_owned();
                let messages = callers.entry(caller).or_default();
                match message["level"].as_str() {
                    Some("error") => messages.errors.push_str(text),
                    _ => messages.has_deprecation |= message["code"]["code"] == "deprecated",
                }
            }
        }
        assert!(library_messages.is_empty(), "generated crates have warnings or errors:\n{library_messages}");
        assert_eq!(programs, self.programs, "{}", String::from_utf8_lossy(&output.stderr));
        callers
    }
}

/// Messages of the compiler about a caller.
#[derive(Default)]
struct Messages {
    errors: String,
    has_deprecation: bool,
}

impl Messages {
    fn result(&self) -> Compiler {
        match (self.errors.is_empty(), self.has_deprecation) {
            (false, _) => Compiler::Breaking,
            (true, true) => Compiler::Warning,
            (true, false) => Compiler::Compatible,
        }
    }
}

#[test]
fn change_files_are_consistent() {
    let mut problems = String::new();
    for change in &changes().0 {
        let is_breaking = change.effect == "breaking";
        let others = [change.compiler == Compiler::Breaking, change.semver_checks == SemverChecks::Breaking];
        let mut expect = |holds: bool, problem: &str| {
            if !holds {
                writeln!(problems, "{}: {problem}", change.name).unwrap();
            }
        };
        expect(
            (change.semver_checks == SemverChecks::Compatible) != is_breaking,
            "`semver_checks` must be `breaking` or `blind` for a breaking change, and `compatible` otherwise",
        );
        let agree = others.iter().all(|other| *other == is_breaking);
        expect(change.because.is_some() != agree, "`because` must be set if and only if the results differ");
    }
    assert!(problems.is_empty(), "\n{problems}");
}

#[test]
fn reported_effects_match_the_change_files() {
    let workspace = workspace();
    let (mut problems, mut all) = (String::new(), String::new());
    for change in &workspace.changes {
        let differences = workspace.compare(change);
        let effect = differences.effect().map_or("none", diff::Effect::name);
        let is_silent = differences.changes.iter().any(|difference| difference.is_silent);
        let mut text = format!("{}: {}\n", change.name, change.rule);
        for difference in &differences.changes {
            let diff::Change { effect, rule, resource, item, message, advice, remedy, .. } = difference;
            writeln!(text, "    {} ({rule}) in {resource:?}: {item} {message}", effect.name()).unwrap();
            for advice in advice.iter().chain(remedy) {
                writeln!(text, "        {advice}").unwrap();
            }
        }
        if effect != change.effect {
            writeln!(problems, "{effect}, expected {}: {text}", change.effect).unwrap();
        }
        if is_silent != (change.effect == "breaking" && change.compiler != Compiler::Breaking) {
            writeln!(problems, "silent: {is_silent}: {text}").unwrap();
        }
        writeln!(all, "{text}").unwrap();
    }
    assert!(problems.is_empty(), "\n{problems}");
    support::assert_snapshot("changes", &all);
}

impl Workspace {
    fn compare(&self, change: &Change) -> Changes {
        let [old, new] = change.states.each_ref().map(|package| {
            let Generated { reading, krate, .. } = &self.crates[package];
            Version { sdk: &reading.sdk, krate, spec: &reading.spec }
        });
        diff::compare(old, new)
    }
}

#[test]
fn compiler_results_match_the_change_files() {
    let workspace = workspace();
    let messages_by_caller = workspace.check();
    let mut problems = String::new();
    for caller in workspace.changes.iter().flat_map(callers) {
        let none = Messages::default();
        let messages = messages_by_caller.get(&caller.name).unwrap_or(&none);
        let result = messages.result();
        // A caller may use items that are deprecated before the change.
        let is_allowed = result == Compiler::Warning && !caller.name.ends_with("_old_after");
        if result != caller.expected && !is_allowed {
            let (name, expected, errors) = (&caller.name, caller.expected, &messages.errors);
            writeln!(problems, "{name} is {result:?}, expected {expected:?}:\n{errors}").unwrap();
        }
    }
    assert!(problems.is_empty(), "\n{problems}");
}

#[test]
#[ignore = "needs cargo-semver-checks (cargo install cargo-semver-checks --locked), and takes minutes"]
fn semver_checks_results_match_the_change_files() {
    let workspace = workspace();
    let version = workspace.cargo(&["semver-checks", "--version"]).output();
    let is_installed = version.is_ok_and(|output| output.status.success());
    assert!(is_installed, "install cargo-semver-checks: cargo install cargo-semver-checks --locked");
    workspace.document();
    let next = AtomicUsize::new(0);
    let rows = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(change) = workspace.changes.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let lints = workspace.semver_checks(change);
                    rows.lock().expect("the rows").insert(&change.name, (change, lints));
                }
            });
        }
    });
    let mut problems = String::new();
    for (name, (change, lints)) in rows.into_inner().expect("the rows") {
        println!(
            "{name:<40} {:<14} {:<11} {:<11} {}",
            change.effect,
            format!("{:?}", change.compiler),
            format!("{:?}", change.semver_checks),
            lints.join(" "),
        );
        if lints.is_empty() == (change.semver_checks == SemverChecks::Breaking) {
            let lints = lints.join(", ");
            writeln!(problems, "{name}: expected {:?}, found [{lints}]", change.semver_checks).unwrap();
        }
    }
    assert!(problems.is_empty(), "\n{problems}");
}

impl Workspace {
    /// Returns the path of a crate's documentation in JSON.
    fn documentation(&self, package: &str) -> PathBuf {
        self.folder.join("documentation").join(package).with_extension("json")
    }

    /// Writes the documentation of all crates in JSON, under their original library names.
    fn document(&self) {
        let mut cargo = self.cargo(&["doc", "--workspace", "--exclude", "callers", "--no-deps"]);
        let output = cargo
            .args(["--offline", "--quiet"])
            // The JSON format is unstable. cargo-semver-checks supports certain versions and sets this variable, too.
            .env("RUSTC_BOOTSTRAP", "1")
            .env(
                "RUSTDOCFLAGS",
                "-Z unstable-options --output-format json --document-private-items --document-hidden-items \
                 --cap-lints allow",
            )
            .output()
            .expect("cargo runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        for (package, generated) in &self.crates {
            let json = self.folder.join("target/doc").join(package).with_extension("json");
            let text = fs::read_to_string(&json).unwrap_or_else(|error| panic!("{}: {error}", json.display()));
            write_changed(&self.documentation(package), &text.replace(package, &generated.krate.library));
        }
    }

    /// Returns the lints of cargo-semver-checks that a change violates.
    fn semver_checks(&self, change: &Change) -> Vec<String> {
        let [before, after] = change.states.each_ref().map(|package| self.documentation(package));
        let mut cargo = self.cargo(&["semver-checks", "--color", "never", "--release-type", "minor"]);
        cargo.arg("--baseline-rustdoc").arg(before).arg("--current-rustdoc").arg(after);
        let output = cargo.output().expect("cargo-semver-checks runs");
        let [stdout, stderr] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
        let lints = stdout.lines().filter_map(|line| line.strip_prefix("--- failure ")?.split_once(':'));
        let lints: Vec<String> = lints.map(|(lint, _)| lint.to_owned()).collect();
        assert_eq!(lints.is_empty(), output.status.success(), "{}:\n{stdout}\n{stderr}", change.name);
        lints
    }
}
