//! Compiles the crates of all fixtures and their documentation without warnings, and runs the `wire.rs` of the
//! fixtures that have one. It tests the bytes of requests and the decoding of responses.
//!
//! All crates are members of one workspace in the target folder. They are compiled without the default transport,
//! which takes most of the time and is not used by generated code.
//!
//! `FIXTURES=enums,pagination` compiles only these fixtures.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use support::workspace::{cargo, runtime_path, write_package, write_workspace};

/// Workspace with the crates of all fixtures.
struct Workspace {
    folder: PathBuf,
    packages: Vec<Package>,
}

struct Package {
    name: String,
    /// Cargo features of the resources.
    features: Vec<String>,
}

/// Returns the workspace, which is written once for all tests.
fn workspace() -> &'static Workspace {
    static WORKSPACE: OnceLock<Workspace> = OnceLock::new();
    WORKSPACE.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fixtures");
        let selection = std::env::var("FIXTURES").unwrap_or_default();
        let mut fixtures = support::fixtures();
        fixtures.retain(|fixture| {
            selection.is_empty() || selection.split(',').any(|name| name == support::name(fixture))
        });
        let packages = fixtures.iter().map(|fixture| write_fixture(&folder, fixture)).collect();
        let members: Vec<&str> = fixtures.iter().map(|fixture| support::name(fixture)).collect();
        write_workspace(&folder, &members);
        Workspace { folder, packages }
    })
}

/// Writes the crate of a fixture with its tests.
fn write_fixture(workspace: &Path, fixture: &Path) -> Package {
    let generated = support::generate(fixture, &runtime_path());
    let mut files = generated.files;
    let manifest = files.get_mut(Path::new("Cargo.toml")).expect("a manifest");
    // The crate is a member of this workspace, and warnings are errors.
    *manifest = manifest.replace("\n[workspace]\n", "\n[lints.rust]\nwarnings = \"deny\"\n");
    manifest.push_str("\n[dev-dependencies.serde_json]\nversion = \"1\"\n");
    files.insert("examples/contract.rs".into(), generated.contract);
    if let Ok(test) = fs::read_to_string(fixture.join("wire.rs")) {
        files.insert("tests/wire.rs".into(), test);
        files.insert("tests/recorder/mod.rs".into(), include_str!("support/recorder.rs").to_owned());
    }
    write_package(&workspace.join(support::name(fixture)), &files);
    let features = generated.krate.features.iter().map(|child| child.feature.text().to_owned()).collect();
    Package { name: generated.krate.package, features }
}

impl Workspace {
    /// Runs cargo in the workspace.
    ///
    /// # Panics
    /// If the command fails.
    fn cargo<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) {
        if let Err(message) = self.try_cargo(arguments) {
            panic!("{message}");
        }
    }

    fn try_cargo<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Result<(), String> {
        let mut cargo = cargo(&self.folder);
        cargo.args(arguments).args(["--offline", "--quiet"]).env("RUSTDOCFLAGS", "-D warnings");
        let output = cargo.output().expect("cargo runs");
        if output.status.success() {
            return Ok(());
        }
        let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        Err(format!("{cargo:?} failed:\n{stdout}\n{stderr}"))
    }

    /// Returns all features of all crates except the default transport.
    fn features(&self) -> String {
        let features = |package: &Package| {
            package.features.iter().map(|feature| format!("{}/{feature}", package.name)).collect::<Vec<_>>()
        };
        self.packages.iter().flat_map(features).collect::<Vec<_>>().join(",")
    }
}

/// The examples call each method with all arguments and setters.
#[test]
fn crates_and_examples_compile() {
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

#[test]
fn each_feature_compiles_without_the_others() {
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

/// Text of a document causes no broken links, invalid HTML or code that does not compile.
#[test]
fn documentation_compiles_without_warnings() {
    let workspace = workspace();
    let features = workspace.features();
    workspace.cargo(["doc", "--workspace", "--no-deps", "--no-default-features", "--features", &features]);
    workspace.cargo(["test", "--workspace", "--doc", "--no-default-features", "--features", &features]);
}

#[test]
fn requests_and_responses_match_the_documents() {
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
