//! The output of every fixture compiles without a warning, its documentation too; and the fixtures that have a
//! `wire.rs` do what that says: which bytes a request sends, and what an answer becomes.
//!
//! All crates are one workspace below the target folder. They are compiled without the default transport: that is
//! the runtime's, takes longer than all the rest, and nothing that is generated depends on it.
//!
//! `FIXTURES=enums,paging` compiles these alone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use support::workspace::{remove_others, write_changed};

/// A workspace of all fixtures' crates.
struct Workspace {
    folder: PathBuf,
    packages: Vec<Package>,
}

struct Package {
    name: String,
    /// The cargo features of its resources.
    features: Vec<String>,
}

/// The workspace, written once for all tests of this file.
fn workspace() -> &'static Workspace {
    static WORKSPACE: OnceLock<Workspace> = OnceLock::new();
    WORKSPACE.get_or_init(write)
}

fn write() -> Workspace {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned();
    let runtime = home.join("generated-sdk/runtime").display().to_string().replace('\\', "/");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fixtures");
    let mut packages = Vec::new();
    let mut members = String::new();
    let only = std::env::var("FIXTURES").unwrap_or_default();
    let is_asked_for =
        |fixture: &PathBuf| only.is_empty() || only.split(',').any(|name| name == support::name(fixture));
    for fixture in support::fixtures().into_iter().filter(is_asked_for) {
        let generated = support::generate(&fixture, &runtime);
        let mut files = generated.files;
        let manifest = files.get_mut(Path::new("Cargo.toml")).expect("a manifest");
        // It stands alone outside of this workspace. Here a warning is an error.
        *manifest = manifest.replace("\n[workspace]\n", "\n[lints.rust]\nwarnings = \"deny\"\n");
        manifest.push_str("\n[dev-dependencies.serde_json]\nversion = \"1\"\n");
        files.insert("examples/contract.rs".into(), generated.contract);
        if let Ok(test) = fs::read_to_string(fixture.join("wire.rs")) {
            files.insert("tests/wire.rs".into(), test);
            files.insert("tests/recorder/mod.rs".into(), include_str!("support/recorder.rs").to_owned());
        }
        let name = support::name(&fixture);
        let written: BTreeSet<PathBuf> = files
            .iter()
            .map(|(path, text)| {
                let path = folder.join(name).join(path);
                write_changed(&path, text);
                path
            })
            .collect();
        remove_others(&folder.join(name), &written);
        let features = generated.krate.features.iter().map(|child| child.feature.replace('"', "")).collect();
        packages.push(Package { name: generated.krate.package, features });
        members.push_str(&format!("{name:?}, "));
    }
    let manifest = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{members}]\n\n\
         [profile.dev]\ndebug = false\nincremental = false\n"
    );
    write_changed(&folder.join("Cargo.toml"), &manifest);
    // The same versions as everywhere else, so that nothing has to be looked up or fetched.
    fs::copy(home.join("Cargo.lock"), folder.join("Cargo.lock")).expect("the lock file");
    Workspace { folder, packages }
}

impl Workspace {
    /// Runs cargo here, and fails with what it says where it fails.
    fn cargo<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) {
        if let Err(message) = self.try_cargo(arguments) {
            panic!("{message}");
        }
    }

    fn try_cargo<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Result<(), String> {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo
            .args(arguments)
            .args(["--offline", "--quiet"])
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .env("RUSTDOCFLAGS", "-D warnings")
            .stdin(Stdio::null());
        let output = cargo.output().expect("cargo");
        if output.status.success() {
            return Ok(());
        }
        let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        Err(format!("{cargo:?} failed:\n{stdout}\n{stderr}"))
    }

    /// All features of all crates but the default transport.
    fn features(&self) -> String {
        let of = |package: &Package| {
            package.features.iter().map(|feature| format!("{}/{feature}", package.name)).collect::<Vec<_>>()
        };
        self.packages.iter().flat_map(of).collect::<Vec<_>>().join(",")
    }
}

/// The crates, and the programs that call each of their methods with everything that can be given.
#[test]
fn every_crate_compiles() {
    let workspace = workspace();
    let features = workspace.features();
    workspace.cargo([
        "check",
        "--keep-going",
        "--workspace",
        "--examples",
        "--no-default-features",
        "--features",
        &features,
    ]);
}

/// A resource alone has all that it needs.
#[test]
fn every_feature_compiles_alone() {
    let workspace = workspace();
    let mut failures = Vec::new();
    for package in workspace.packages.iter().filter(|package| package.features.len() > 1) {
        for feature in &package.features {
            let arguments =
                ["check", "--lib", "--no-default-features", "--package", &package.name, "--features", feature];
            failures.extend(workspace.try_cargo(arguments).err());
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// No text of a document becomes a broken link, HTML that is none, or code that doesn't compile.
#[test]
fn documentation_is_sound() {
    let workspace = workspace();
    let features = workspace.features();
    workspace.cargo(["doc", "--workspace", "--no-deps", "--no-default-features", "--features", &features]);
    workspace.cargo(["test", "--workspace", "--doc", "--no-default-features", "--features", &features]);
}

#[test]
fn requests_and_answers_are_right_on_the_wire() {
    let workspace = workspace();
    let features = workspace.features();
    workspace.cargo([
        "test",
        "--workspace",
        "--test",
        "wire",
        "--no-fail-fast",
        "--no-default-features",
        "--features",
        &features,
    ]);
}
