//! Memory and open files of the process during the test.

use std::fmt;
use std::time::{Duration, Instant};

/// Samples the resources of this process.
pub struct ResourceMonitor {
    calls: usize,
    /// Number of started calls and resident memory in kilobytes. Empty if the system does not report memory.
    memory: Vec<(usize, u64)>,
    /// Maximum number of open files.
    most_descriptors: usize,
    /// Number of started calls, and the time when it last changed.
    progress: (usize, Instant),
    last_report: Instant,
}

/// Allowed growth of memory in kilobytes. Allocators retain some of the freed memory.
const MAX_GROWTH: u64 = 8 << 10;

/// Number of calls until memory is stable.
const WARM_UP: usize = 50_000;

impl ResourceMonitor {
    pub fn new(calls: usize) -> Self {
        let now = Instant::now();
        Self { calls, memory: Vec::new(), most_descriptors: 0, progress: (0, now), last_report: now }
    }

    /// Records the resources after `calls` started calls. Returns `false` if there was no progress for a
    /// minute.
    pub fn sample(&mut self, calls: usize) -> bool {
        self.memory.extend(memory().map(|memory| (calls, memory)));
        self.most_descriptors = self.most_descriptors.max(descriptors());
        let now = Instant::now();
        if calls != self.progress.0 {
            self.progress = (calls, now);
        }
        if self.last_report.elapsed() > Duration::from_secs(10) {
            self.last_report = now;
            let megabytes = self.memory.last().map_or(0.0, |(_, memory)| *memory as f64 / 1e3);
            println!("{calls} of {} calls, {megabytes:.1} MB", self.calls);
        }
        self.progress.1.elapsed() < Duration::from_secs(60)
    }

    /// Returns the maximum memory within a range of the calls, given as fractions of all calls.
    fn max_open(&self, from: f64, to: f64) -> Option<u64> {
        let is_in = |calls: usize| (from..=to).contains(&(calls as f64 / self.calls as f64));
        self.memory.iter().filter(|(calls, _)| is_in(*calls)).map(|(_, memory)| *memory).max()
    }

    pub fn problems(&self) -> Option<String> {
        if self.calls < 4 * WARM_UP {
            return None;
        }
        let (early, late) = (self.max_open(0.25, 0.5)?, self.max_open(0.75, 1.0)?);
        (late > early + MAX_GROWTH)
            .then(|| format!("memory grows: {early} KB in the second quarter, {late} KB in the last"))
    }
}

impl fmt::Display for ResourceMonitor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let max_open = |from, to| {
            self.max_open(from, to)
                .map_or("unknown".to_owned(), |kilobytes| format!("{:.1} MB", kilobytes as f64 / 1e3))
        };
        write!(
            formatter,
            "memory by quarters: {}, {}, {}, {}; up to {} open files",
            max_open(0.0, 0.25),
            max_open(0.25, 0.5),
            max_open(0.5, 0.75),
            max_open(0.75, 1.0),
            self.most_descriptors
        )
    }
}

/// Returns the resident memory of this process in kilobytes.
fn memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}

/// Returns the number of open files and connections, or zero if the system does not report it.
pub fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").map_or(0, |entries| entries.count())
}
