//! Commands of this workspace: `cargo xtask …`.

mod bench;
mod cargo;
mod contract;
mod corpus;
mod diff;
mod error;
mod generate;
mod git;
mod init;
mod lint_docs;
mod measure;
mod output;
mod paths;
mod release;
mod revision;
mod semver_checks;
mod watch;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Stack size of worker threads in bytes, the same as of the main thread. Values of a document may be deeply nested.
const STACK_SIZE: usize = 8 << 20;

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "Generate and test SDKs",
    disable_help_subcommand = true
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Generate the SDK from an OpenAPI document.
    Generate(generate::Options),
    /// Generate the SDK on every save of the document, the configuration or a template.
    ///
    /// Errors are printed, and the command continues. Without --templates, the templates of this workspace are read
    /// on every save. Changes of the generator itself take effect after a restart.
    Watch(generate::Options),
    /// Write a first configuration for an OpenAPI document.
    Init(init::Options),
    /// Show the changes for callers between two versions of a document.
    Diff(diff::Options),
    /// Prepare a release: set the version, write the changelog, generate and compile the SDK.
    Release(release::Options),
    /// Generate and compile the SDK of every document in folders.
    Corpus(corpus::Options),
    /// Call every method of the SDK against a mock server (requires Node.js).
    Contract(contract::Options),
    /// Compare the rules of `diff` with cargo-semver-checks (requires cargo-semver-checks).
    SemverChecks,
    /// Check comments, documentation and names against the style rules.
    LintDocs(lint_docs::Options),
    /// Measure the generator, the generated crate and the runtime.
    Bench(bench::Options),
}

fn main() -> ExitCode {
    // Fails only if the thread pool is already in use.
    let _ = rayon::ThreadPoolBuilder::new().stack_size(STACK_SIZE).build_global();
    let result = match Arguments::parse().command {
        Command::Generate(options) => generate::run(&options),
        Command::Watch(options) => watch::run(options),
        Command::Init(options) => init::run(&options),
        Command::Diff(options) => diff::run(&options),
        Command::Release(options) => release::run(&options),
        Command::Corpus(options) => corpus::run(&options),
        Command::Contract(options) => contract::run(&options),
        Command::SemverChecks => semver_checks::run(),
        Command::LintDocs(options) => lint_docs::run(&options),
        Command::Bench(options) => bench::run(&options),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
