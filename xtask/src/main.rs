//! `cargo xtask …`: the commands that people type.

mod bench;
mod cache;
mod contract;
mod corpus;
mod diff;
mod generate;
mod git;
mod init;
mod lint_docs;
mod measure;
mod release;
mod revision;
mod semver_checks;
mod tree;
mod watch;

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use generator::diagnostics::{Diagnostic, Report};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Generates the SDK, and tests it", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Generate the SDK from the spec
    Generate(generate::Options),
    /// Show what changes for callers from one version of the spec to another
    Diff(diff::Options),
    /// Generate at once, and again on every save of the spec or the templates, until Ctrl-C
    ///
    /// It stays up where the spec or a template is broken, and says what is wrong. Without --templates, those of this
    /// workspace are read anew each time. A change of the generator itself is seen by the next `cargo xtask`: start it again.
    Watch(generate::Options),
    /// Set the version, write the changelog, generate and check: all of a release but to publish it
    Release(release::Options),
    /// Write a first configuration for a document that has none
    Init(init::Options),
    /// Generate and compile the SDK of every document in folders
    Corpus(corpus::Options),
    /// Measure the generator, and the crate that it makes, against targets and peers
    Bench(bench::Options),
    /// Compare what `diff` says of single changes with cargo-semver-checks (needs it)
    SemverChecks,
    /// Check comments, documentation and names against the style rules
    LintDocs(lint_docs::Options),
    /// Call every method of the SDK against a mock server that reads the same spec (needs Node)
    Contract(contract::Options),
}

fn main() -> ExitCode {
    // As much stack as the first thread has: values may be deep inside each other. It fails only where there are threads
    // already, and there are none.
    let _ = rayon::ThreadPoolBuilder::new().stack_size(8 << 20).build_global();
    let result = match Arguments::parse().command {
        Command::Generate(options) => generate::run(&options),
        Command::Diff(options) => diff::run(&options),
        Command::Watch(options) => watch::run(options),
        Command::Release(options) => release::run(&options),
        Command::Corpus(options) => corpus::run(&options),
        Command::Bench(options) => bench::run(&options),
        Command::LintDocs(options) => lint_docs::run(&options),
        Command::Init(options) => init::run(&options),
        Command::SemverChecks => semver_checks::run(),
        Command::Contract(options) => contract::run(&options),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

/// Why a command failed, in words for the person who typed it.
#[derive(Debug)]
struct Failure(String);

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl From<Report> for Failure {
    fn from(report: Report) -> Self {
        let count = report.diagnostics.len() + report.omitted;
        Self(format!("{report}\n\n{count} problem{}; nothing was written", if count == 1 { "" } else { "s" }))
    }
}

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Self {
        Report::from(diagnostic).into()
    }
}

/// The folder of the workspace.
fn workspace() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// A path as people would type it here: relative to the current folder, if it is in it.
fn shown(path: &Path) -> String {
    let current = std::env::current_dir().unwrap_or_default();
    // Without the dots that a reference had in it.
    let path: PathBuf = path.components().collect();
    match path.strip_prefix(&current) {
        Ok(inside) if inside.as_os_str().is_empty() => ".".to_owned(),
        inside => inside.unwrap_or(&path).display().to_string(),
    }
}
