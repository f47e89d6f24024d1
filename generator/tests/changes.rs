//! What single changes of a document or of `sdk.yaml` mean for callers, and what the compiler says of it: each file in
//! `tests/changes` has a caller, who is compiled against the crates from before and after the change. The compiler is
//! right; what we say of a change is compared with it.
//!
//! All crates are one workspace below the target folder, and all callers are of one package there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};

use generator::diff::{self, Changes, Version};
use serde_json::Value;
use support::Generated;
use support::callers::{callers, write_callers};
use support::changes::{Change, Compiler, SemverChecks, State, changes};
use support::workspace::{write_all, write_changed};

/// All changes, and a workspace of the crates from before and after them.
struct Workspace {
    folder: PathBuf,
    changes: Vec<Change>,
    /// The crates from before and after the changes, by the names of their packages here.
    crates: BTreeMap<String, Generated>,
    /// The programs of the callers.
    programs: BTreeSet<String>,
}

/// The workspace, written once for all tests of this file.
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
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let runtime = home.join("generated-sdk/runtime").display().to_string().replace('\\', "/");
    let mut crates = BTreeMap::new();
    for (package, state) in states {
        let spec = folder.join("states").join(package);
        let [document, config] = state.texts();
        write_changed(&spec.join("openapi.json"), &document);
        write_changed(&spec.join("sdk.yaml"), &config);
        let mut generated = support::generate(&spec, &runtime);
        let manifest = generated.files.get_mut(Path::new("Cargo.toml")).expect("a manifest");
        // One workspace can't have two packages of the same name.
        let named = |name: &str| format!("name = {name:?}\n");
        *manifest = manifest.replacen(&named(&generated.krate.package), &named(package), 1);
        // The default transport is the runtime's, and takes longer than all the rest.
        *manifest = manifest.replace("default = [\"reqwest\", ", "default = [").replace("\n[workspace]\n", "");
        write_all(&folder.join(package), &generated.files);
        crates.insert(package.clone(), generated);
    }
    let members: Vec<&str> = states.keys().map(String::as_str).chain(["callers"]).collect();
    let manifest = format!(
        "[workspace]\nresolver = \"3\"\nmembers = {members:?}\n\n[profile.dev]\ndebug = false\nincremental = false\n"
    );
    write_changed(&folder.join("Cargo.toml"), &manifest);
    // The same versions as everywhere else, so that nothing has to be looked up or fetched.
    fs::copy(home.join("Cargo.lock"), folder.join("Cargo.lock")).expect("the lock file");
    crates
}

impl Workspace {
    fn cargo(&self, arguments: &[&str]) -> Command {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo
            .args(arguments)
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .stdin(Stdio::null());
        cargo
    }

    /// What the compiler says of the callers that it doesn't take as they are, by their names.
    fn check(&self) -> BTreeMap<String, Said> {
        let mut cargo = self.cargo(&["check", "--package", "callers", "--bins", "--message-format=json"]);
        let output = cargo.args(["--offline", "--quiet", "--keep-going"]).output().expect("cargo");
        let mut callers: BTreeMap<String, Said> = BTreeMap::new();
        let mut programs = BTreeSet::new();
        let mut broken = String::new();
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let line: Value = serde_json::from_str(line).expect("a message");
            if line["target"]["kind"][0] == "bin" {
                programs.insert(line["target"]["name"].as_str().unwrap_or_default().to_owned());
            }
            let message = &line["message"];
            let spans = message["spans"].as_array().map_or(&[][..], Vec::as_slice);
            let place = spans.iter().find(|span| span["is_primary"] == true).unwrap_or(&Value::Null);
            let Some(text) = message["rendered"].as_str() else { continue };
            if line["target"]["kind"][0] != "bin" {
                broken.push_str(text);
            } else if let Some(file) = place["file_name"].as_str() {
                let caller = Path::new(file).file_stem().unwrap_or_default().to_string_lossy().into_owned();
                let said = callers.entry(caller).or_default();
                match message["level"].as_str() {
                    Some("error") => said.errors.push_str(text),
                    _ => said.is_warned |= message["code"]["code"] == "deprecated",
                }
            }
        }
        assert!(broken.is_empty(), "generated crates are not clean:\n{broken}");
        assert_eq!(programs, self.programs, "{}", String::from_utf8_lossy(&output.stderr));
        callers
    }
}

/// What the compiler says of a caller.
#[derive(Default)]
struct Said {
    errors: String,
    is_warned: bool,
}

impl Said {
    fn verdict(&self) -> Compiler {
        match (self.errors.is_empty(), self.is_warned) {
            (false, _) => Compiler::Breaking,
            (true, true) => Compiler::Warning,
            (true, false) => Compiler::Compatible,
        }
    }
}

/// Every file says what it must, and nothing that contradicts itself.
#[test]
fn rules_are_consistent() {
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
            "`semver_checks` is `breaking` or `blind` where callers break, and `compatible` where they don't",
        );
        let agree = others.iter().all(|other| *other == is_breaking);
        expect(change.because.is_some() != agree, "`because` says why the verdicts differ, where they do");
    }
    assert!(problems.is_empty(), "\n{problems}");
}

/// What we say of each change has the effect that its file states. The snapshot has it all.
#[test]
fn differences_have_the_effect() {
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
            writeln!(problems, "{effect}, not {}: {text}", change.effect).unwrap();
        }
        if is_silent != (change.effect == "breaking" && change.compiler != Compiler::Breaking) {
            writeln!(problems, "silent: {is_silent}: {text}").unwrap();
        }
        writeln!(all, "{text}").unwrap();
    }
    assert!(problems.is_empty(), "\n{problems}");
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("changes", all));
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
fn the_compiler_agrees() {
    let workspace = workspace();
    let callers_said = workspace.check();
    let mut problems = String::new();
    for caller in workspace.changes.iter().flat_map(callers) {
        let silence = Said::default();
        let said = callers_said.get(&caller.name).unwrap_or(&silence);
        let verdict = said.verdict();
        // What was deprecated before may be called.
        let is_warned = verdict == Compiler::Warning && !caller.name.ends_with("_old_after");
        if verdict != caller.expected && !is_warned {
            writeln!(problems, "{} is {verdict:?}, not {:?}:\n{}", caller.name, caller.expected, said.errors)
                .unwrap();
        }
    }
    assert!(problems.is_empty(), "\n{problems}");
}

/// cargo-semver-checks reads what rustdoc says of two crates.
#[test]
#[ignore = "needs cargo-semver-checks (cargo install cargo-semver-checks --locked), and takes minutes"]
fn semver_checks_agree() {
    let workspace = workspace();
    let is_there = workspace.cargo(&["semver-checks", "--version"]).output().is_ok_and(|it| it.status.success());
    assert!(is_there, "cargo-semver-checks is not there: cargo install cargo-semver-checks --locked");
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
            writeln!(problems, "{name} is not {:?}: [{}]", change.semver_checks, lints.join(", ")).unwrap();
        }
    }
    assert!(problems.is_empty(), "\n{problems}");
}

impl Workspace {
    /// Where the documentation of a crate is, for programs.
    fn documentation(&self, package: &str) -> PathBuf {
        self.folder.join("documentation").join(package).with_extension("json")
    }

    /// Has rustdoc write what it knows of all crates, under the names that they have in programs.
    fn document(&self) {
        let mut cargo = self.cargo(&["doc", "--workspace", "--exclude", "callers", "--no-deps"]);
        let output = cargo
            .args(["--offline", "--quiet"])
            // The format is not stable: cargo-semver-checks is made for certain versions of it, and does the same.
            .env("RUSTC_BOOTSTRAP", "1")
            .env(
                "RUSTDOCFLAGS",
                "-Z unstable-options --output-format json --document-private-items --document-hidden-items \
                 --cap-lints allow",
            )
            .output()
            .expect("cargo");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        for (package, generated) in &self.crates {
            let json = self.folder.join("target/doc").join(package).with_extension("json");
            let text = fs::read_to_string(&json).unwrap_or_else(|error| panic!("{}: {error}", json.display()));
            write_changed(&self.documentation(package), &text.replace(package, &generated.krate.library));
        }
    }

    /// The rules of cargo-semver-checks that a change breaks.
    fn semver_checks(&self, change: &Change) -> Vec<String> {
        let [before, after] = change.states.each_ref().map(|package| self.documentation(package));
        let mut cargo = self.cargo(&["semver-checks", "--color", "never", "--release-type", "minor"]);
        cargo.arg("--baseline-rustdoc").arg(before).arg("--current-rustdoc").arg(after);
        let output = cargo.output().expect("cargo-semver-checks");
        let [stdout, stderr] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
        let lints = stdout.lines().filter_map(|line| line.strip_prefix("--- failure ")?.split_once(':'));
        let lints: Vec<String> = lints.map(|(lint, _)| lint.to_owned()).collect();
        assert_eq!(lints.is_empty(), output.status.success(), "{}:\n{stdout}\n{stderr}", change.name);
        lints
    }
}
