//! Calls over loopback through the runtime, beside the same by hand on reqwest and serde; and by the API's own SDK for
//! Python, where that is installed.

use std::process::{Command, Stdio};

use serde_json::Value;

use super::figure::{Figure, Unit};
use super::table::Cells;
use super::{Bench, Rows, say};
use crate::{Failure, workspace};

/// Rounds of the benchmark in each run: they are short, and by turns one way and the other. A run is a process of its own,
/// because where things lie in memory is worth a percent or two.
const ROUNDS: usize = 20;

/// An interpreter that has the SDK for Python.
pub struct Python {
    program: String,
    /// The SDK's.
    version: Option<String>,
}

impl Python {
    /// The one that there is, if it is asked for.
    pub fn find(program: &str, chosen: &[Rows]) -> Option<Self> {
        let is_chosen = chosen.is_empty() || chosen.contains(&Rows::Calls);
        is_chosen.then(|| Self { program: program.to_owned(), version: version(program) })
    }

    /// The title of its column.
    pub fn title(&self) -> String {
        format!("cloudflare {} for Python (times ours)", self.version.as_deref().unwrap_or_default())
            .replace("  ", " ")
    }
}

fn version(program: &str) -> Option<String> {
    let text = "import cloudflare; print(cloudflare.__version__)";
    let output = Command::new(program).args(["-c", text]).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// How much more of the processor's time a call takes.
pub fn processor(bench: &Bench<'_>) -> Result<Cells, Failure> {
    let times = Times::of(&runs(bench, "get")?, "cpu")?;
    Ok(Cells { note: times.note(), ..times.cells(bench, times.beyond().target(0.05)) })
}

/// How many calls one after the other make in a second.
pub fn one_by_one(bench: &Bench<'_>) -> Result<Cells, Failure> {
    let times = Times::of(&runs(bench, "get")?, "wall")?;
    Ok(Cells { note: times.rates(), ..times.cells(bench, times.quicker()) })
}

/// How many calls that are made 64 at a time.
pub fn together(bench: &Bench<'_>) -> Result<Cells, Failure> {
    let times = Times::of(&runs(bench, "concurrent")?, "wall")?;
    let figure = times.quicker();
    Ok(Cells { note: times.rates(), for_large: false, ..Cells::of([figure]) })
}

/// How many more allocations a call makes.
pub fn allocations(bench: &Bench<'_>) -> Result<Cells, Failure> {
    let figures = run(bench, "allocations", 1, true)?;
    let [ours, other] = [number(&figures["runtime"]["count"])?, number(&figures["other"]["count"])?];
    let figure = Figure::new(Unit::More, [ours - other]).target(10.0);
    let note = format!("{ours:.0}, by hand {other:.0}");
    Ok(Cells { note, for_large: false, ..Cells::of([figure]) })
}

/// How much more of the processor's time a page of a long list takes.
pub fn page(bench: &Bench<'_>) -> Result<Cells, Failure> {
    let times = Times::of(&[run(bench, "pages", ROUNDS, true)?], "cpu")?;
    Ok(Cells { note: times.note(), ..times.cells(bench, times.beyond()) })
}

/// How much quicker a list is whose pages are fetched ahead.
pub fn ahead(bench: &Bench<'_>) -> Result<Cells, Failure> {
    let times = Times::of(&[run(bench, "slow", 1, true)?], "wall")?;
    let milliseconds = |values| Times::median(values) / 1e3;
    let note = format!("{:.1} ms a page, {:.1} ms", milliseconds(&times.ours), milliseconds(&times.other));
    Ok(Cells { note, for_large: false, ..Cells::of([times.quicker().target(6.0)]) })
}

/// Microseconds for each call or page, round by round.
struct Times {
    ours: Vec<f64>,
    other: Vec<f64>,
    python: Vec<f64>,
}

impl Times {
    fn of(runs: &[Value], clock: &str) -> Result<Self, Failure> {
        let numbers = |way: &str| -> Result<Vec<f64>, Failure> {
            runs.iter().filter_map(|figures| figures[way][clock].as_array()).flatten().map(number).collect()
        };
        Ok(Self { ours: numbers("runtime")?, other: numbers("other")?, python: numbers("python")? })
    }

    fn median(values: &[f64]) -> f64 {
        Figure::new(Unit::Times, values.iter().copied()).median().unwrap_or_default()
    }

    fn note(&self) -> String {
        format!("{:.1} µs, by hand {:.1} µs", Self::median(&self.ours), Self::median(&self.other))
    }

    fn rates(&self) -> String {
        let rate = |values| 1e6 / Self::median(values);
        format!("{:.0} in a second, by hand {:.0}", rate(&self.ours), rate(&self.other))
    }

    /// How many times as much we take, run by run: the median of the rounds of each.
    fn ratios(&self) -> Vec<f64> {
        let rounds: Vec<f64> = self.ours.iter().zip(&self.other).map(|(ours, other)| ours / other).collect();
        rounds.chunks(ROUNDS).map(Self::median).collect()
    }

    /// How much more we take.
    fn beyond(&self) -> Figure {
        Figure::new(Unit::Share, self.ratios().into_iter().map(|ratio| ratio - 1.0))
    }

    /// How many times as quick we are.
    fn quicker(&self) -> Figure {
        Figure::new(Unit::Faster, self.ratios().into_iter().map(f64::recip))
    }

    /// A figure, and what the SDK for Python takes for the same.
    fn cells(&self, bench: &Bench<'_>, figure: Figure) -> Cells {
        let mut peers = vec![String::new(); bench.peers.len()];
        peers.push(match Self::median(&self.python) {
            0.0 => "not installed: `pip install cloudflare`".to_owned(),
            theirs => format!("{theirs:.0} µs ({:.0}×)", theirs / Self::median(&self.ours)),
        });
        Cells { peers, for_large: false, ..Cells::of([figure]) }
    }
}

/// Runs one of the benchmark's parts as often as is asked for. Python's interpreter takes its time: it is in the first.
fn runs(bench: &Bench<'_>, what: &str) -> Result<Vec<Value>, Failure> {
    (0..bench.options.runs).map(|index| run(bench, what, ROUNDS, index == 0)).collect()
}

/// Runs one of the benchmark's parts.
fn run(bench: &Bench<'_>, what: &str, rounds: usize, with_python: bool) -> Result<Value, Failure> {
    say("  building and running the runtime's benchmark of calls");
    let mut command = Command::new(super::cargo());
    command
        .args(["bench", "--quiet", "--package", "sdk-runtime", "--bench", "calls", "--", what, "--rounds"])
        .arg(rounds.to_string())
        .current_dir(workspace());
    if let Some(python) = bench.python.as_ref().filter(|python| with_python && python.version.is_some()) {
        command.args(["--python", &python.program]);
    }
    let output = command.output().map_err(|error| Failure(format!("cargo can't be run: {error}")))?;
    if !output.status.success() {
        return Err(Failure(format!("the benchmark fails:\n{}", String::from_utf8_lossy(&output.stderr).trim())));
    }
    let said: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    Ok(said[what].clone())
}

fn number(value: &Value) -> Result<f64, Failure> {
    value.as_f64().ok_or_else(|| Failure("the benchmark left no results".to_owned()))
}
