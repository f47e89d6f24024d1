//! The runtime's micro-benchmarks: models and requests, each beside what people write without the runtime.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::figure::{Figure, Unit};
use super::table::Cells;
use super::{Bench, say};
use crate::{Failure, shown, workspace};

pub fn decode(_: &Bench<'_>) -> Result<Cells, Failure> {
    compare("decode", |figure| figure.target(1.0).stretch(1.2))
}

pub fn encode(_: &Bench<'_>) -> Result<Cells, Failure> {
    compare("encode", |figure| figure.target(1.0).stretch(1.2))
}

/// Without a goal: next to the network both are nothing.
pub fn request(_: &Bench<'_>) -> Result<Cells, Failure> {
    compare("request", |figure| figure)
}

/// Runs the benchmarks of a kind: how many times as quick the runtime is, in the geometric mean, and where it is
/// worst and best.
fn compare(kind: &str, with_goals: fn(Figure) -> Figure) -> Result<Cells, Failure> {
    let home = workspace().join("target/bench/criterion");
    super::generator::remove(&home)?;
    say("  building and running the runtime's benchmarks");
    let output = Command::new(super::cargo())
        .args(["bench", "--quiet", "--package", "sdk-runtime", "--bench", "models", "--", "--noplot"])
        .arg(format!("^{kind}/"))
        .current_dir(workspace())
        .env("CRITERION_HOME", &home)
        .output()
        .map_err(|error| Failure(format!("cargo can't be run: {error}")))?;
    if !output.status.success() {
        return Err(Failure(format!("the benchmarks fail:\n{}", String::from_utf8_lossy(&output.stderr).trim())));
    }
    let mut ratios: Vec<(f64, String)> = Vec::new();
    for group in folders(&home)? {
        let name = group.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some(name) = name.strip_prefix(&format!("{kind}_")) else { continue };
        let (theirs, ours) = (quickest(&group.join("other"))?, quickest(&group.join("runtime"))?);
        say(&format!("  {name}: {ours:.0} ns, the other way {theirs:.0} ns"));
        ratios.push((theirs / ours, name.to_owned()));
    }
    ratios.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (Some(worst), Some(best)) = (ratios.first(), ratios.last()) else {
        return Err(Failure("the benchmarks left no results".to_owned()));
    };
    let mean = ratios.iter().map(|(ratio, _)| ratio.ln()).sum::<f64>() / ratios.len() as f64;
    let note = format!("from {:.2} ({}) to {:.2} ({})", worst.0, worst.1, best.0, best.1);
    let figure = with_goals(Figure::new(Unit::Faster, [mean.exp()]));
    Ok(Cells { note, for_large: false, ..Cells::of([figure]) })
}

fn folders(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let failed = |error: std::io::Error| Failure(format!("{} can't be read: {error}", shown(folder)));
    let entries = std::fs::read_dir(folder).map_err(failed)?;
    let paths =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>().map_err(failed)?;
    Ok(paths.into_iter().filter(|path| path.is_dir()).collect())
}

/// The quickest sample of a benchmark, in nanoseconds for each time: what else the machine does only adds to it, and does
/// so differently to the two that are compared.
fn quickest(folder: &Path) -> Result<f64, Failure> {
    let file = folder.join("new/sample.json");
    let text =
        std::fs::read(&file).map_err(|error| Failure(format!("{} can't be read: {error}", shown(&file))))?;
    let value: Value = serde_json::from_slice(&text).unwrap_or_default();
    let numbers = |name: &str| value[name].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    let (times, counts): (Vec<f64>, Vec<f64>) = (numbers("times"), numbers("iters"));
    let each = times.iter().zip(&counts).map(|(time, count)| time / count);
    each.min_by(f64::total_cmp).ok_or_else(|| Failure(format!("{} has no samples", shown(&file))))
}
