//! Rows about the runtime, from its own benchmarks: each compares the runtime with the same work by hand.

use std::path::Path;

use serde_json::Value;

use super::context::{Context, log, remove};
use super::table::{Cells, Figure, Unit};
use crate::cargo;
use crate::error::{Error, Result};
use crate::paths::workspace;

/// Rounds per run of the benchmark of calls. Each run is a separate process, because memory layout accounts for
/// one or two percent.
const ROUNDS: usize = 20;

/// Measures decoding of models, compared to serde's derive.
pub fn decode(_: &Context) -> Result<Cells> {
    compare("decode", Some(1.0))
}

/// Measures encoding of models, compared to serde's derive.
pub fn encode(_: &Context) -> Result<Cells> {
    compare("encode", Some(1.0))
}

/// Measures building of requests. Without a target: the time is negligible next to the network.
pub fn request(_: &Context) -> Result<Cells> {
    compare("request", None)
}

/// Measures the processor time of a call.
pub fn call_processor_time(context: &Context) -> Result<Cells> {
    let times = Times::run(context, "get", "cpu")?;
    Ok(Cells::new([times.overhead().target(0.05)]).note(times.microseconds()))
}

/// Measures the rate of sequential calls.
pub fn sequential_calls(context: &Context) -> Result<Cells> {
    let times = Times::run(context, "get", "wall")?;
    Ok(Cells::new([times.speedup()]).note(times.rates()))
}

/// Measures the rate of concurrent calls.
pub fn concurrent_calls(context: &Context) -> Result<Cells> {
    let times = Times::run(context, "concurrent", "wall")?;
    Ok(Cells::new([times.speedup()]).note(times.rates()))
}

/// Measures the allocations of a call.
pub fn allocations(_: &Context) -> Result<Cells> {
    let figures = run_calls("allocations", 1)?;
    let [ours, other] = ["runtime", "other"].map(|side| figures[side]["count"].as_f64());
    let (Some(ours), Some(other)) = (ours, other) else { return Err(no_results()) };
    let figure = Figure::new(Unit::CountDifference, [ours - other]).target(10.0);
    Ok(Cells::new([figure]).note(format!("{ours:.0}, by hand {other:.0}")))
}

/// Measures the processor time of a page of a long list.
pub fn page_processor_time(_: &Context) -> Result<Cells> {
    let times = Times::parse(&[run_calls("pages", ROUNDS)?], "cpu")?;
    Ok(Cells::new([times.overhead()]).note(times.microseconds()))
}

/// Measures the speedup by prefetched pages.
pub fn prefetched_pages(_: &Context) -> Result<Cells> {
    let times = Times::parse(&[run_calls("slow", 1)?], "wall")?;
    let [ours, other] = [&times.ours, &times.other].map(|values| median(values) / 1e3);
    Ok(Cells::new([times.speedup().target(6.0)]).note(format!("{ours:.1} ms a page, sequentially {other:.1} ms")))
}

/// Microseconds per call or page, for each round.
struct Times {
    ours: Vec<f64>,
    other: Vec<f64>,
}

impl Times {
    /// Runs a part of the benchmark of calls as often as requested.
    fn run(context: &Context, part: &str, clock: &str) -> Result<Self> {
        let runs = (0..context.runs).map(|_| run_calls(part, ROUNDS)).collect::<Result<Vec<_>>>()?;
        Self::parse(&runs, clock)
    }

    fn parse(runs: &[Value], clock: &str) -> Result<Self> {
        let values = |side: &str| -> Vec<f64> {
            runs.iter().filter_map(|run| run[side][clock].as_array()).flatten().filter_map(Value::as_f64).collect()
        };
        let times = Self { ours: values("runtime"), other: values("other") };
        if times.ours.is_empty() || times.other.is_empty() { Err(no_results()) } else { Ok(times) }
    }

    /// Returns the ratio of the times for each run: the median of its rounds.
    fn ratios(&self) -> impl Iterator<Item = f64> {
        let rounds: Vec<f64> = self.ours.iter().zip(&self.other).map(|(ours, other)| ours / other).collect();
        rounds.chunks(ROUNDS).map(median).collect::<Vec<_>>().into_iter()
    }

    fn overhead(&self) -> Figure {
        Figure::new(Unit::Share, self.ratios().map(|ratio| ratio - 1.0))
    }

    fn speedup(&self) -> Figure {
        Figure::new(Unit::Speedup, self.ratios().map(f64::recip))
    }

    fn microseconds(&self) -> String {
        format!("{:.1} µs, by hand {:.1} µs", median(&self.ours), median(&self.other))
    }

    fn rates(&self) -> String {
        format!("{:.0} per second, by hand {:.0}", 1e6 / median(&self.ours), 1e6 / median(&self.other))
    }
}

fn median(values: &[f64]) -> f64 {
    Figure::new(Unit::Ratio, values.iter().copied()).median().unwrap_or_default()
}

fn no_results() -> Error {
    Error::new("the benchmark printed no results")
}

/// Runs a part of the benchmark of calls.
fn run_calls(part: &str, rounds: usize) -> Result<Value> {
    let arguments = ["--bench", "calls", "--", part, "--rounds", &rounds.to_string()];
    let output = run_benchmark(&arguments, None)?;
    let results: Value = serde_json::from_slice(&output).unwrap_or_default();
    Ok(results[part].clone())
}

/// Runs the criterion benchmarks of a kind. Returns the geometric mean of the speedups, with the lowest and highest.
fn compare(kind: &str, target: Option<f64>) -> Result<Cells> {
    let results = workspace().join("target/bench/criterion");
    remove(&results)?;
    run_benchmark(&["--bench", "models", "--", "--noplot", &format!("^{kind}/")], Some(&results))?;
    let mut speedups: Vec<(f64, String)> = Vec::new();
    for group in std::fs::read_dir(&results).map_err(Error::cannot("read", &results))?.flatten() {
        let name = group.file_name().to_string_lossy().into_owned();
        let Some(name) = name.strip_prefix(&format!("{kind}_")) else { continue };
        let (ours, other) = (fastest(&group.path().join("runtime"))?, fastest(&group.path().join("other"))?);
        log(&format!("  {name}: {ours:.0} ns, by hand {other:.0} ns"));
        speedups.push((other / ours, name.to_owned()));
    }
    speedups.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (Some(lowest), Some(highest)) = (speedups.first(), speedups.last()) else { return Err(no_results()) };
    let mean = speedups.iter().map(|(speedup, _)| speedup.ln()).sum::<f64>() / speedups.len() as f64;
    let note = format!("from {:.2} ({}) to {:.2} ({})", lowest.0, lowest.1, highest.0, highest.1);
    let figure = Figure::new(Unit::Speedup, [mean.exp()]);
    let figure = match target {
        Some(target) => figure.target(target),
        None => figure,
    };
    Ok(Cells::new([figure]).note(note))
}

/// Returns the fastest sample of a benchmark in nanoseconds. Other load on the machine only adds to it.
fn fastest(folder: &Path) -> Result<f64> {
    let file = folder.join("new/sample.json");
    let text = std::fs::read(&file).map_err(Error::cannot("read", &file))?;
    let value: Value = serde_json::from_slice(&text).unwrap_or_default();
    let values = |name: &str| value[name].as_array().into_iter().flatten().filter_map(Value::as_f64);
    let samples = values("times").zip(values("iters")).map(|(time, count)| time / count);
    samples.min_by(f64::total_cmp).ok_or_else(no_results)
}

/// Builds and runs a benchmark of the runtime, and returns its output.
fn run_benchmark(arguments: &[&str], criterion_home: Option<&Path>) -> Result<Vec<u8>> {
    log("  building and running a benchmark of the runtime");
    let mut command = cargo::command();
    command.args(["bench", "--quiet", "--package", "sdk-runtime"]).args(arguments).current_dir(workspace());
    if let Some(folder) = criterion_home {
        command.env("CRITERION_HOME", folder);
    }
    let output = command.output().map_err(Error::cannot_run("cargo"))?;
    match output.status.success() {
        true => Ok(output.stdout),
        false => {
            let message = String::from_utf8_lossy(&output.stderr);
            Err(Error::new(format!("the benchmark failed:\n{}", message.trim())))
        }
    }
}
