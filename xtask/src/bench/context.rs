//! Inputs that all rows share, and helpers to run commands.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::table::{Figure, Unit};
use crate::cargo;
use crate::error::{Error, Result};
use crate::generate::{self, LoadedSpec};
use crate::measure::{Measurement, Scope, measure};
use crate::paths::{display, workspace};

/// Inputs of the benchmark.
pub struct Context {
    /// Options that generate the crate in [`sdk`](Self::sdk).
    pub generate: generate::Options,
    pub spec: LoadedSpec,
    /// Folder of all outputs.
    pub folder: PathBuf,
    /// Number of runs per row.
    pub runs: u32,
    /// Maximum time of a run.
    pub limit: Duration,
    /// Top-level resource that is compiled alone, or `None` for the first.
    pub resource: Option<String>,
    /// If set, the crates of peers are compiled.
    pub compiles_peers: bool,
}

impl Context {
    /// Returns the folder of the generated crate.
    pub fn sdk(&self) -> PathBuf {
        self.generate.out()
    }

    /// Returns cargo's target folder, which all rows share.
    pub fn target(&self) -> PathBuf {
        workspace().join("target/bench/target")
    }

    /// Returns a cargo command for a package with the workspace's lock file.
    pub fn cargo(&self, package: &Path, arguments: &[&str]) -> Result<Command> {
        cargo::copy_lock_file(package)?;
        let mut command = cargo::command();
        command
            .args(arguments)
            .args(["--quiet", "--color=never"])
            .current_dir(package)
            .env("CARGO_TARGET_DIR", self.target())
            .env("CARGO_INCREMENTAL", "0");
        Ok(command)
    }

    /// Runs a command and fails with its last line of error output if it fails.
    pub fn measure(&self, command: &mut Command, scope: &Scope<'_>) -> Result<Measurement> {
        let program = command.get_program().to_string_lossy().into_owned();
        let measured = measure(command, scope, Some(self.limit)).map_err(Error::cannot_run(&program))?;
        if measured.status.success() {
            return Ok(measured);
        }
        log(measured.stderr.trim());
        let last = measured.stderr.lines().rev().find(|line| !line.trim().is_empty());
        Err(Error::new(format!("`{program}` failed: {}", last.unwrap_or_default().trim())))
    }

    /// Generates a crate in a separate process.
    pub fn generate(&self, spec: &Path, out: &Path, config: Option<&Path>) -> Result<Measurement> {
        let mut command = Command::new(std::env::current_exe().map_err(Error::cannot_run("xtask"))?);
        command.arg("generate").arg("--spec").arg(spec).arg("--out").arg(out);
        if let Some(config) = config {
            command.arg("--config").arg(config);
        }
        for folder in &self.generate.allow {
            command.arg("--allow").arg(folder);
        }
        self.measure(&mut command, &Scope::Process)
    }

    /// Repeats a measurement, and returns time and memory.
    pub fn repeat(&self, mut run: impl FnMut() -> Result<Measurement>) -> Result<[Figure; 2]> {
        let runs = (1..=self.runs).map(|number| {
            let measured = run()?;
            let [seconds, memory] = figures(std::slice::from_ref(&measured));
            log(&format!("  run {number} of {}: {}, {}", self.runs, seconds.format(), memory.format()));
            Ok(measured)
        });
        Ok(figures(&runs.collect::<Result<Vec<_>>>()?))
    }

    /// Describes the document and the machine in one line.
    pub fn description(&self) -> String {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let field = |text: &str, name: &str| {
            Some(text.lines().find(|line| line.starts_with(name))?.split_once(':')?.1.trim().to_owned())
        };
        let model = field(&read("/proc/cpuinfo"), "model name").map(|model| format!(" of {model}"));
        let memory = field(&read("/proc/meminfo"), "MemTotal")
            .and_then(|text| text.strip_suffix(" kB")?.parse::<f64>().ok())
            .map(|kibibytes| format!(", {:.0} GiB", (kibibytes / f64::from(1 << 20)).ceil()));
        let rustc = Command::new("rustc").arg("--version").output().ok();
        let rustc = rustc.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
        let rustc = rustc.split_whitespace().nth(1).map(|version| format!(", Rust {version}"));
        let name = self.generate.spec().file_name().unwrap_or_default().to_string_lossy().into_owned();
        format!(
            "`{name}`: {} operations, {} models; {cores} cores{}{}{}; medians of {} runs, lowest and highest in brackets:",
            self.spec.operations,
            self.spec.models,
            model.unwrap_or_default(),
            memory.unwrap_or_default(),
            rustc.unwrap_or_default(),
            self.runs,
        )
    }
}

/// Returns time and memory of runs of the same command.
fn figures(runs: &[Measurement]) -> [Figure; 2] {
    let seconds = runs.iter().map(|run| run.seconds);
    let peaks = runs.iter().filter_map(|run| Some(run.peak? as f64));
    [Figure::new(Unit::Seconds, seconds), Figure::new(Unit::Bytes, peaks)]
}

/// Prints progress to standard error.
pub fn log(message: &str) {
    eprintln!("{message}");
}

/// Removes a folder if it exists.
pub fn remove(folder: &Path) -> Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::new(format!("cannot remove {}: {error}", display(folder))))
        }
        _ => Ok(()),
    }
}
