//! How long a command takes, and how much memory.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

/// How long to wait until the command's memory is looked at again: after this part of the time that it has run, so that
/// short runs are measured as well as long ones.
const PART: u32 = 50;

/// The bounds of that.
const INTERVALS: [Duration; 2] = [Duration::from_micros(500), Duration::from_millis(10)];

/// Which process is measured.
pub enum Of<'a> {
    /// The command's own.
    Itself,
    /// The command's and all that it starts: the largest of them.
    All,
    /// The compilers of the crates of these names, that cargo starts: from the first one's begin to the last one's end.
    Compilers(&'a [&'a str]),
}

/// What a command said, and what it took.
pub struct Measured {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
    /// How long the process that was measured ran; or the command, if that process was never seen.
    pub seconds: f64,
    /// The most memory that the process had, in bytes; nothing where the system doesn't tell.
    pub peak: Option<u64>,
}

/// Runs a command to its end.
pub fn measure(command: &mut Command, of: &Of<'_>) -> std::io::Result<Measured> {
    measure_within(command, of, Duration::MAX)
}

/// Runs a command to its end, or ends it and all that it started after the time given.
pub fn measure_within(command: &mut Command, of: &Of<'_>, limit: Duration) -> std::io::Result<Measured> {
    let begin = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    // Both are read as they come, so that the command never waits for us.
    let stdout = read(child.stdout.take());
    let stderr = read(child.stderr.take());
    let mut peak = None;
    let mut seen: Option<(Instant, Instant)> = None;
    let status = loop {
        let processes = match of {
            Of::Itself => vec![child.id()],
            Of::All => below(child.id()).into_iter().chain([child.id()]).collect(),
            Of::Compilers(names) => below(child.id()).into_iter().filter(|id| compiles(*id, names)).collect(),
        };
        if !processes.is_empty() {
            let now = Instant::now();
            seen = Some((seen.map_or(now, |(first, _)| first), now));
        }
        peak = peak.max(processes.into_iter().filter_map(memory).max());
        match child.try_wait()? {
            Some(status) => break status,
            None if begin.elapsed() > limit => {
                // The standard library ends the child alone, and a compiler outlives its cargo.
                let all = below(child.id()).into_iter().chain([child.id()]).map(|id| id.to_string());
                Command::new("kill").args(all).status()?;
                child.wait()?;
                let error = format!("it was ended after {} s", limit.as_secs());
                return Err(std::io::Error::new(std::io::ErrorKind::TimedOut, error));
            }
            None => thread::sleep((begin.elapsed() / PART).clamp(INTERVALS[0], INTERVALS[1])),
        }
    };
    let spent = match (of, seen) {
        (Of::Compilers(_), Some((first, last))) => last - first,
        _ => begin.elapsed(),
    };
    let text = |thread: thread::JoinHandle<Vec<u8>>| {
        String::from_utf8_lossy(&thread.join().unwrap_or_default()).into_owned()
    };
    Ok(Measured { status, stdout: text(stdout), stderr: text(stderr), seconds: spent.as_secs_f64(), peak })
}

/// Makes a file look as if it had changed: cargo compiles no crate that looks as it did.
pub fn touch(file: &Path) -> std::io::Result<()> {
    File::options().append(true).open(file)?.set_modified(SystemTime::now())
}

fn read(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was said before an error is all that there is.
        let _ = pipe.map(|mut pipe| pipe.read_to_end(&mut bytes));
        bytes
    })
}

fn proc(id: u32, name: &str) -> PathBuf {
    PathBuf::from(format!("/proc/{id}/{name}"))
}

/// The most memory that a process has had. Linux keeps the figure itself, so only what comes between the last look and
/// the end is missed.
fn memory(id: u32) -> Option<u64> {
    let status = std::fs::read_to_string(proc(id, "status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

/// The processes that a process started, and those that they did.
fn below(id: u32) -> Vec<u32> {
    let mut found = Vec::new();
    for thread in std::fs::read_dir(proc(id, "task")).into_iter().flatten().flatten() {
        let children = std::fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        for child in children.split_whitespace().filter_map(|child| child.parse().ok()) {
            found.push(child);
            found.extend(below(child));
        }
    }
    found
}

/// Whether a process is the compiler of one of these crates.
fn compiles(id: u32, names: &[&str]) -> bool {
    let arguments = std::fs::read(proc(id, "cmdline")).unwrap_or_default();
    let arguments: Vec<&[u8]> = arguments.split(|byte| *byte == 0).collect();
    arguments
        .windows(2)
        .any(|pair| pair[0] == b"--crate-name" && names.iter().any(|name| name.as_bytes() == pair[1]))
}
