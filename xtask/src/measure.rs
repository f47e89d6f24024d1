//! Runs a command and says how long it and its children took, and how much memory.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use clap::Args;

use crate::Failure;

/// The system counts the memory of all children of a process together, so each command gets a process that has no
/// others.
#[derive(Args)]
pub struct Options {
    /// Where the figures go
    report: PathBuf,
    /// The command and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<OsString>,
}

/// What a command took.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// From its beginning to its end.
    pub seconds: f64,
    /// The most memory that one of its processes had at a time, in MB; nothing where the system doesn't say.
    pub megabytes: Option<f64>,
}

pub fn run(options: &Options) -> Result<(), Failure> {
    let Some((program, arguments)) = options.command.split_first() else {
        return Err(Failure("there is no command to measure".to_owned()));
    };
    let failed = |error: std::io::Error| Failure(format!("{} can't be run: {error}", program.display()));
    let begin = Instant::now();
    let status = Command::new(program).args(arguments).status().map_err(failed)?;
    let figures = format!("{} {}", begin.elapsed().as_secs_f64(), memory().unwrap_or_default());
    std::fs::write(&options.report, figures).map_err(failed)?;
    match status.success() {
        true => Ok(()),
        false => std::process::exit(status.code().unwrap_or(1)),
    }
}

/// A command that measures another one.
pub fn wrap(report: &Path, program: impl Into<OsString>) -> Result<Command, Failure> {
    let own = std::env::current_exe().map_err(|error| Failure(format!("this program is nowhere: {error}")))?;
    let mut command = Command::new(own);
    command.arg("measure").arg(report).arg(program.into());
    Ok(command)
}

/// What the command took that wrote this report.
pub fn read(report: &Path) -> Option<Cost> {
    let text = std::fs::read_to_string(report).ok()?;
    let (seconds, megabytes) = text.split_once(' ')?;
    let megabytes: f64 = megabytes.parse().ok()?;
    Some(Cost { seconds: seconds.parse().ok()?, megabytes: (megabytes > 0.0).then_some(megabytes) })
}

/// The most memory that a child had, in MB.
#[cfg(unix)]
fn memory() -> Option<f64> {
    use nix::sys::resource::{UsageWho, getrusage};

    // In kilobytes, but for macOS.
    let unit = if cfg!(target_os = "macos") { 1.0 } else { 1024.0 };
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).ok()?;
    Some(usage.max_rss() as f64 * unit / 1e6)
}

#[cfg(not(unix))]
fn memory() -> Option<f64> {
    None
}
