//! Time and memory of commands.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

/// Bounds of the time between two samples of memory.
const MIN_INTERVAL: Duration = Duration::from_micros(500);
const MAX_INTERVAL: Duration = Duration::from_millis(10);

/// The time between samples is the time since the start divided by this, so that short runs are sampled often enough.
const SAMPLES: u32 = 50;

/// Processes whose time and memory are measured.
pub enum Scope<'a> {
    /// The process of the command.
    Process,
    /// The process of the command and its descendants. Memory is that of the largest.
    Tree,
    /// The compilers of these crates, which cargo starts. Time is from the start of the first to the end of the last.
    Compilers(&'a [&'a str]),
}

/// Result of a command.
pub struct Measurement {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
    /// Time in seconds. If no process of the scope was seen, the time of the command.
    pub seconds: f64,
    /// Peak memory of a process in bytes, or `None` on systems other than Linux.
    pub peak: Option<u64>,
}

/// Runs a command and measures it. After `limit` (`None` for no limit), the command and its descendants are killed, and
/// the result is an error of the kind `TimedOut`.
pub fn measure(command: &mut Command, scope: &Scope<'_>, limit: Option<Duration>) -> std::io::Result<Measurement> {
    let start = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    // Both pipes are read on threads: a full pipe would block the command.
    let stdout = read(child.stdout.take());
    let stderr = read(child.stderr.take());
    let mut peak = None;
    let mut seen: Option<(Instant, Instant)> = None;
    let status = loop {
        let processes = match scope {
            Scope::Process => vec![child.id()],
            Scope::Tree => descendants(child.id()).into_iter().chain([child.id()]).collect(),
            Scope::Compilers(crates) => {
                descendants(child.id()).into_iter().filter(|id| is_compiler(*id, crates)).collect()
            }
        };
        if !processes.is_empty() {
            let now = Instant::now();
            seen = Some((seen.map_or(now, |(first, _)| first), now));
        }
        peak = peak.max(processes.into_iter().filter_map(peak_memory).max());
        match child.try_wait()? {
            Some(status) => break status,
            None if limit.is_some_and(|limit| start.elapsed() > limit) => {
                // `Child::kill` would leave the compilers that cargo started.
                let all = descendants(child.id()).into_iter().chain([child.id()]).map(|id| id.to_string());
                Command::new("kill").args(all).status()?;
                child.wait()?;
                let error = format!("stopped after {} s", start.elapsed().as_secs());
                return Err(std::io::Error::new(std::io::ErrorKind::TimedOut, error));
            }
            None => thread::sleep((start.elapsed() / SAMPLES).clamp(MIN_INTERVAL, MAX_INTERVAL)),
        }
    };
    let time = match (scope, seen) {
        (Scope::Compilers(_), Some((first, last))) => last - first,
        _ => start.elapsed(),
    };
    let text = |thread: thread::JoinHandle<Vec<u8>>| {
        String::from_utf8_lossy(&thread.join().unwrap_or_default()).into_owned()
    };
    Ok(Measurement { status, stdout: text(stdout), stderr: text(stderr), seconds: time.as_secs_f64(), peak })
}

/// Sets a file's modification time, so that cargo compiles its crate again.
pub fn touch(file: &Path) -> std::io::Result<()> {
    File::options().append(true).open(file)?.set_modified(SystemTime::now())
}

/// Reads a pipe to its end, or until the first error.
fn read(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.map(|mut pipe| pipe.read_to_end(&mut bytes));
        bytes
    })
}

fn proc_file(id: u32, name: &str) -> PathBuf {
    PathBuf::from(format!("/proc/{id}/{name}"))
}

/// Returns the peak memory of a process in bytes. Linux keeps the figure, so only growth after the last sample is missed.
fn peak_memory(id: u32) -> Option<u64> {
    let status = std::fs::read_to_string(proc_file(id, "status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

/// Returns the ids of all processes that a process started, directly or indirectly.
fn descendants(id: u32) -> Vec<u32> {
    let mut found = Vec::new();
    for thread in std::fs::read_dir(proc_file(id, "task")).into_iter().flatten().flatten() {
        let children = std::fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        for child in children.split_whitespace().filter_map(|child| child.parse().ok()) {
            found.push(child);
            found.extend(descendants(child));
        }
    }
    found
}

/// Returns `true` if a process compiles one of these crates.
fn is_compiler(id: u32, crates: &[&str]) -> bool {
    let arguments = std::fs::read(proc_file(id, "cmdline")).unwrap_or_default();
    let arguments: Vec<&[u8]> = arguments.split(|byte| *byte == 0).collect();
    arguments
        .windows(2)
        .any(|pair| pair[0] == b"--crate-name" && crates.iter().any(|name| name.as_bytes() == pair[1]))
}
