//! The program's memory and open files while it calls.

use std::fmt;
use std::time::{Duration, Instant};

/// Looks at this program from time to time.
pub struct Watch {
    calls: usize,
    /// How many calls had begun, and the memory then, in kilobytes; nothing where the system doesn't tell.
    memory: Vec<(usize, u64)>,
    /// The most files that were open.
    most_descriptors: usize,
    /// When the number of calls was another last.
    progress: (usize, Instant),
    told: Instant,
}

/// How much more memory there may be at the end than early on: allocators keep some of what is freed.
const MAX_GROWTH: u64 = 8 << 10;

/// How many calls it takes until memory is what it will be.
const WARM_UP: usize = 50_000;

impl Watch {
    pub fn new(calls: usize) -> Self {
        let now = Instant::now();
        Self { calls, memory: Vec::new(), most_descriptors: 0, progress: (0, now), told: now }
    }

    /// Takes note of how things are after so many calls; says whether they go on.
    pub fn look(&mut self, calls: usize) -> bool {
        self.memory.extend(memory().map(|memory| (calls, memory)));
        self.most_descriptors = self.most_descriptors.max(descriptors());
        let now = Instant::now();
        if calls != self.progress.0 {
            self.progress = (calls, now);
        }
        if self.told.elapsed() > Duration::from_secs(10) {
            self.told = now;
            let megabytes = self.memory.last().map_or(0.0, |(_, memory)| *memory as f64 / 1e3);
            println!("{calls} of {} calls, {megabytes:.1} MB", self.calls);
        }
        self.progress.1.elapsed() < Duration::from_secs(60)
    }

    /// The most memory in a span of the calls, by its parts of the whole.
    fn most(&self, from: f64, to: f64) -> Option<u64> {
        let is_in = |calls: usize| (from..=to).contains(&(calls as f64 / self.calls as f64));
        self.memory.iter().filter(|(calls, _)| is_in(*calls)).map(|(_, memory)| *memory).max()
    }

    pub fn problems(&self) -> Option<String> {
        if self.calls < 4 * WARM_UP {
            return None;
        }
        let (early, late) = (self.most(0.25, 0.5)?, self.most(0.75, 1.0)?);
        (late > early + MAX_GROWTH)
            .then(|| format!("memory grows: {early} KB in the second quarter, {late} KB in the last"))
    }
}

impl fmt::Display for Watch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let most = |from, to| {
            self.most(from, to)
                .map_or("unknown".to_owned(), |kilobytes| format!("{:.1} MB", kilobytes as f64 / 1e3))
        };
        write!(
            formatter,
            "memory by quarters: {}, {}, {}, {}; up to {} open files",
            most(0.0, 0.25),
            most(0.25, 0.5),
            most(0.5, 0.75),
            most(0.75, 1.0),
            self.most_descriptors
        )
    }
}

/// The memory that this program has, in kilobytes.
fn memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}

/// How many files and connections are open; zero where the system doesn't tell.
pub fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").map_or(0, |entries| entries.count())
}
