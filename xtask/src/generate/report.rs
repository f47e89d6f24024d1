//! Messages of a run. The cache stores them, and a run without changes prints them again.

use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::options::{LoadedSpec, Options};
use crate::paths::display;

/// Maximum number of operations listed by name.
const MAX_NAMED: usize = 8;

/// Messages about a spec.
#[derive(Serialize, Deserialize)]
pub struct RunReport {
    warnings: Vec<String>,
    /// Number of warnings that are not in `warnings`.
    omitted_warnings: usize,
    untyped: Vec<String>,
    /// Operations that the configuration does not list.
    unlisted: Vec<String>,
    summary: String,
}

/// Numbers of written, unchanged and removed files.
pub struct FileCounts {
    pub written: usize,
    pub unchanged: usize,
    pub removed: usize,
}

impl RunReport {
    /// Collects the messages about a spec.
    pub fn new(spec: &LoadedSpec) -> Self {
        Self {
            warnings: spec.reading.warnings.diagnostics.iter().map(ToString::to_string).collect(),
            omitted_warnings: spec.reading.warnings.omitted,
            untyped: spec.untyped.clone(),
            unlisted: spec.reading.unlisted.clone(),
            summary: spec.summary(),
        }
    }

    /// Returns `true` if there are warnings.
    pub fn has_warnings(&self) -> bool {
        !self.warnings.is_empty()
    }

    /// Prints the warnings.
    pub fn print_warnings(&self) {
        for warning in &self.warnings {
            eprintln!("{warning}\n");
        }
        if self.omitted_warnings > 0 {
            eprintln!("and {} more warnings\n", self.omitted_warnings);
        }
    }

    /// Prints the values typed as untyped JSON.
    pub fn print_untyped(&self) {
        for value in &self.untyped {
            println!("untyped JSON value: {value}");
        }
    }

    /// Prints the summary and the numbers of files.
    pub fn print_result(&self, options: &Options, files: &FileCounts, start: Instant) {
        let (out, summary) = (display(&options.out()), &self.summary);
        if options.check {
            println!("{out} is up to date: {summary}");
            return;
        }
        println!("{out}: {summary}");
        if !self.unlisted.is_empty() {
            let more = self.unlisted.len().saturating_sub(MAX_NAMED);
            let named = self.unlisted[..self.unlisted.len() - more].join(", ");
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            println!("operations that the configuration does not list: {named}{more}");
        }
        let FileCounts { written, unchanged, removed } = files;
        let seconds = start.elapsed().as_secs_f64();
        println!("{written} files written, {unchanged} unchanged, {removed} removed in {seconds:.2} s");
    }
}
