//! Other generators of Rust from OpenAPI, on the same document in the same run.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::figure::Figure;
use super::{Bench, figures, generator, say};
use crate::measure::{Measured, Of};
use crate::{Failure, shown};

/// Another generator.
pub struct Peer {
    /// Its program, and how people call it.
    program: &'static str,
    /// What says its version.
    version: &'static [&'static str],
    install: &'static str,
    /// The arguments that make it generate a crate.
    arguments: fn(spec: &Path, out: &Path) -> Vec<OsString>,
}

pub const PEERS: [Peer; 2] = [
    Peer {
        program: "ploidy",
        version: &["--version"],
        install: "`cargo install ploidy`",
        arguments: |spec, out| {
            let words = ["generate".into(), "rust".into(), "--output".into(), out.into(), spec.into()];
            words.to_vec()
        },
    },
    Peer {
        program: "openapi-generator-cli",
        version: &["version"],
        install: "`pip install openapi-generator-cli`, with Java",
        arguments: |spec, out| {
            let words = ["generate", "-g", "rust", "--skip-validate-spec", "-i"].map(OsString::from);
            words.into_iter().chain([spec.into(), "-o".into(), out.into()]).collect()
        },
    },
];

impl Peer {
    /// Its version, if it is installed.
    pub fn version(&self) -> Option<String> {
        let output = Command::new(self.program).args(self.version).stdin(Stdio::null()).output().ok()?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        output.status.success().then(|| said.split_whitespace().last().unwrap_or_default().to_owned())
    }

    /// The title of its column.
    pub fn title(&self, version: Option<&str>) -> String {
        format!("{} {} (times ours)", self.program, version.unwrap_or_default()).replace("  ", " ")
    }

    /// The cell of a peer that is not there.
    pub fn missing(&self) -> String {
        format!("not installed: {}", self.install)
    }

    /// Time and memory of its generator, beside ours.
    pub fn generate(&self, bench: &Bench<'_>, ours: [&Figure; 2]) -> String {
        say(&format!("  the same by {}", self.program));
        let runs = bench.repeat(|| self.run(bench).map(|(measured, _)| measured));
        runs.map_or_else(|failure| explain(&failure), |runs| beside(ours, &runs))
    }

    /// Time and memory of the compiler for its crate, beside ours.
    pub fn check(&self, bench: &Bench<'_>, ours: [&Figure; 2]) -> String {
        if !bench.options.peers {
            return "not asked for: `--peers`".to_owned();
        }
        let limit = bench.options.limit;
        say(&format!("  the same by {}: once, for {limit} s at the most", self.program));
        self.run(bench)
            .and_then(|(_, out)| compile(bench, &out))
            .map_or_else(|failure| explain(&failure), |measured| beside(ours, &[measured]))
    }

    /// Generates its crate, and says where it is.
    fn run(&self, bench: &Bench<'_>) -> Result<(Measured, PathBuf), Failure> {
        let failed = |error: std::io::Error| Failure(format!("it failed: {error}"));
        // One names the crate after the folder.
        let out = bench.folder.join(format!("{}-sdk", self.program));
        generator::remove(&out)?;
        let spec = std::path::absolute(bench.generate.spec()).map_err(failed)?;
        let mut command = Command::new(self.program);
        command.args((self.arguments)(&spec, &out));
        let measured = bench.measure(&mut command, &Of::All).map_err(failed)?;
        match measured.status.success() {
            true => Ok((measured, out)),
            false => {
                // What it was doing comes first, the error last.
                let said = measured.stderr.lines().rev().find(|line| !line.trim().is_empty());
                Err(Failure(format!("it failed: {}", said.unwrap_or_default().trim())))
            }
        }
    }
}

/// Compiles a peer's crate, and measures the compiler of that crate alone.
fn compile(bench: &Bench<'_>, out: &Path) -> Result<Measured, Failure> {
    let failed = |error: std::io::Error| Failure(format!("not compiled: {error}"));
    let manifest = out.join("Cargo.toml");
    let text = std::fs::read_to_string(&manifest).map_err(failed)?;
    let name = text.lines().find_map(|line| line.strip_prefix("name")?.trim_start().strip_prefix('='));
    let name = name.unwrap_or_default().trim().trim_matches('"').replace('-', "_");
    // It is a workspace of its own, wherever it stands.
    if !text.contains("[workspace]") {
        std::fs::write(&manifest, text + "\n[workspace]\n").map_err(failed)?;
    }
    let mut command = Command::new(super::cargo());
    command
        .args(["check", "--quiet", "--color=never", "--message-format=short"])
        .current_dir(out)
        .env("CARGO_TARGET_DIR", bench.target())
        .env("CARGO_INCREMENTAL", "0");
    let measured = bench.measure(&mut command, &Of::Compilers(&[&name])).map_err(failed)?;
    if measured.status.success() {
        return Ok(measured);
    }
    let errors = measured.stderr.lines().filter(|line| line.contains(": error")).count();
    say(&format!(
        "  {} doesn't compile:\n{}",
        shown(out),
        measured.stderr.lines().take(10).collect::<Vec<_>>().join("\n")
    ));
    Err(Failure(format!("its crate doesn't compile: {errors} errors")))
}

fn beside(ours: [&Figure; 2], runs: &[Measured]) -> String {
    let theirs = figures(runs);
    let cells: Vec<String> = ours.iter().zip(&theirs).map(|(ours, theirs)| ours.compare(theirs)).collect();
    cells.join(", ")
}

fn explain(failure: &Failure) -> String {
    failure.0.lines().next().unwrap_or_default().to_owned()
}
