//! The generator, each time as a process of its own.

use std::path::Path;
use std::process::Command;

use generator::document::Document;

use super::documents::Files;
use super::figure::{Figure, Unit};
use super::table::Cells;
use super::{Bench, figures, say};
use crate::measure::{Measured, Of};
use crate::{Failure, shown};

/// How many times as large the documents are that show how time grows.
const SIZES: [usize; 4] = [1, 2, 4, 8];

pub fn from_nothing(bench: &Bench<'_>) -> Result<Cells, Failure> {
    let out = bench.folder.join("generated");
    let runs = bench.repeat(|| {
        remove(&out)?;
        bench.generate(&bench.generate.spec(), &out, bench.generate.config().as_deref())
    })?;
    let [seconds, memory] = figures(&runs);
    let peers = bench.peers.iter().map(|(peer, version)| match version {
        Some(_) => peer.generate(bench, [&seconds, &memory]),
        None => peer.missing(),
    });
    let peers = peers.collect();
    let figures = [seconds.target(1.0).stretch(0.5), memory.target(400e6)];
    Ok(Cells { peers, ..Cells::of(figures) })
}

pub fn unchanged(bench: &Bench<'_>) -> Result<Cells, Failure> {
    let out = bench.folder.join("generated");
    let generate = || bench.generate(&bench.generate.spec(), &out, bench.generate.config().as_deref());
    generate()?;
    let [seconds, _] = figures(&bench.repeat(generate)?);
    Ok(Cells::of([seconds.target(0.2).stretch(0.05)]))
}

/// From the document to one with a changed operation and back: either is a change of one operation.
pub fn one_operation(bench: &Bench<'_>) -> Result<Cells, Failure> {
    let document = Document::load(&bench.generate.spec(), &bench.options.allow)?;
    let files = Files::of(&document)?;
    let (changed, operation) =
        files.changed(&document).ok_or_else(|| Failure("no operation reads something".to_owned()))?;
    say(&format!("  changing {operation}"));
    let folder = bench.folder.join("documents");
    let specs = [changed.write(&folder.join("changed"))?, files.write(&folder.join("unchanged"))?];
    let out = bench.folder.join("changed");
    bench.generate(&specs[1], &out, bench.generate.config().as_deref())?;
    let mut turn = specs.iter().cycle();
    let runs = bench.repeat(|| {
        let spec = turn.next().unwrap_or(&specs[0]);
        bench.generate(spec, &out, bench.generate.config().as_deref())
    })?;
    let [seconds, _] = figures(&runs);
    let written = runs.iter().filter_map(|run| written(&run.stdout));
    let figures = [seconds.target(0.3).stretch(0.1), Figure::new(Unit::Files, written)];
    Ok(Cells { goal: "only its files", ..Cells::of(figures) })
}

pub fn growth(bench: &Bench<'_>) -> Result<Cells, Failure> {
    let files = Files::of(&Document::load(&bench.generate.spec(), &bench.options.allow)?)?;
    let folder = bench.folder.join("documents");
    let mut medians = Vec::new();
    for times in SIZES {
        let spec = files.multiplied(times).write(&folder.join("larger"))?;
        say(&format!("  {times} times the document"));
        let out = bench.folder.join("larger");
        // Names are inferred: a configuration doesn't know the copies.
        let runs = bench.repeat(|| {
            remove(&out)?;
            bench.generate(&spec, &out, None)
        })?;
        medians.push(figures(&runs)[0].median().unwrap_or_default());
        let said = runs.first().map(|run| run.stdout.lines().next().unwrap_or_default().to_owned());
        say(&format!("  {}", said.unwrap_or_default()));
        remove(&out)?;
    }
    remove(&folder)?;
    let ratio =
        Figure::new(Unit::Times, [medians[SIZES.len() - 1] / medians[0]]).target(SIZES[SIZES.len() - 1] as f64);
    let each = SIZES.iter().zip(&medians).map(|(times, seconds)| format!("{times}× in {seconds:.2} s"));
    let note = each.collect::<Vec<_>>().join(", ");
    Ok(Cells { note, for_large: false, ..Cells::of([ratio]) })
}

impl Bench<'_> {
    /// Generates a crate as people do.
    pub fn generate(&self, spec: &Path, out: &Path, config: Option<&Path>) -> Result<Measured, Failure> {
        let failed = |error: std::io::Error| Failure(format!("the generator can't be run: {error}"));
        let mut command = Command::new(std::env::current_exe().map_err(failed)?);
        command.arg("generate").arg("--spec").arg(spec).arg("--out").arg(out);
        if let Some(config) = config {
            command.arg("--config").arg(config);
        }
        for folder in &self.options.allow {
            command.arg("--allow").arg(folder);
        }
        let measured = self.measure(&mut command, &Of::Itself).map_err(failed)?;
        match measured.status.success() {
            true => Ok(measured),
            false => Err(Failure(format!("{} can't be generated:\n{}", shown(spec), measured.stderr.trim()))),
        }
    }
}

/// How many files the generator says that it wrote.
fn written(said: &str) -> Option<f64> {
    said.lines().find_map(|line| line.split_once(" files written")?.0.parse().ok())
}

pub fn create(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(|error| Failure(format!("{} can't be made: {error}", shown(folder))))
}

pub fn remove(folder: &Path) -> Result<(), Failure> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Failure(format!("{} can't be removed: {error}", shown(folder))))
        }
        _ => Ok(()),
    }
}
