//! `cargo xtask corpus DIR…`: the generator against real documents, each generated and compiled. Where this
//! repository has a program for a document, by its name, that runs too.

use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;

use crate::measure::{self, Cost};
use crate::{Failure, generate, shown, workspace};

#[derive(Args)]
pub struct Options {
    /// Folders of OpenAPI documents, or documents
    #[arg(required = true, value_name = "DIR")]
    places: Vec<PathBuf>,
    /// Generate only: compiling takes longer
    #[arg(long)]
    no_compile: bool,
    /// Fail after this many documents that don't work
    #[arg(long, value_name = "COUNT", default_value_t = usize::MAX)]
    stop_after: usize,
}

/// What became of one document.
#[derive(Default)]
struct Row {
    name: String,
    size: String,
    typed: String,
    warnings: usize,
    generate: Option<Cost>,
    compile: Option<Cost>,
    /// What the program for the document did, if there is one.
    program: Option<&'static str>,
    problem: Option<String>,
}

pub fn run(options: &Options) -> Result<(), Failure> {
    let mut documents = Vec::new();
    for place in &options.places {
        find(place, &mut documents)?;
    }
    documents.sort();
    if documents.is_empty() {
        return Err(Failure("there are no OpenAPI documents in these folders".to_owned()));
    }
    // The documents of a folder may refer to each other.
    let folders: Vec<PathBuf> = options.places.iter().filter(|place| place.is_dir()).cloned().collect();
    let mut rows = Vec::new();
    for (index, document) in documents.iter().enumerate() {
        eprintln!("[{}/{}] {}", index + 1, documents.len(), document.display());
        rows.push(check(document, &folders, !options.no_compile));
        if rows.iter().filter(|row| row.problem.is_some()).count() >= options.stop_after {
            break;
        }
    }
    println!(
        "{:<28} {:>18} {:>7} {:>8} {:>16} {:>17} {:>8}",
        "document", "operations, models", "typed", "warnings", "generate", "check", "program"
    );
    for row in &rows {
        let cost = |cost: Option<Cost>| match cost {
            None => "-".to_owned(),
            Some(Cost { seconds, megabytes: None }) => format!("{seconds:.2} s"),
            Some(Cost { seconds, megabytes: Some(megabytes) }) => format!("{seconds:.2} s {megabytes:.0} MB"),
        };
        println!(
            "{:<28} {:>18} {:>7} {:>8} {:>16} {:>17} {:>8}",
            row.name,
            row.size,
            row.typed,
            row.warnings,
            cost(row.generate),
            cost(row.compile),
            row.program.unwrap_or("-")
        );
    }
    let failed: Vec<&Row> = rows.iter().filter(|row| row.problem.is_some()).collect();
    for row in &failed {
        println!("\n{}: {}", row.name, row.problem.as_deref().unwrap_or_default());
    }
    println!("{} passed, {} failed", rows.len() - failed.len(), failed.len());
    match failed.len() {
        0 => Ok(()),
        count => Err(Failure(format!("{count} of {} documents don't work", rows.len()))),
    }
}

/// Documents: files that say `openapi` at their beginning. Files that others refer to don't.
fn find(place: &Path, documents: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure(format!("{} can't be read: {error}", place.display()));
    if place.metadata().map_err(failed)?.is_file() {
        documents.push(place.to_owned());
        return Ok(());
    }
    for entry in std::fs::read_dir(place).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            find(&path, documents)?;
        } else if path
            .extension()
            .is_some_and(|ending| ["json", "yaml", "yml"].iter().any(|known| ending == *known))
        {
            let text = std::fs::read(&path).map_err(failed)?;
            let text = String::from_utf8_lossy(&text);
            // The version can stand at the end; in YAML it stands at the beginning of a line.
            let is_document = match path.extension().is_some_and(|ending| ending == "json") {
                true => text.contains("\"openapi\""),
                false => text.lines().any(|line| line.starts_with("openapi:")),
            };
            if is_document {
                documents.push(path);
            }
        }
    }
    Ok(())
}

fn check(document: &Path, allowed: &[PathBuf], compile: bool) -> Row {
    let name = document.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let out = workspace().join("target/corpus").join(&name);
    let mut row = Row { name, ..Row::default() };
    let result = generate(document, allowed, &out, &mut row).and_then(|()| {
        if compile {
            compiles(&out, &mut row)?;
            program(&out, &mut row)?;
        }
        Ok(())
    });
    row.problem = result.err().map(|problem| problem.0);
    row
}

fn generate(document: &Path, allowed: &[PathBuf], out: &Path, row: &mut Row) -> Result<(), Failure> {
    let generated = generate::Options::of_document(document, allowed, out).read()?;
    row.size = format!("{}, {}", generated.operations, generated.models);
    row.typed = format!("{:.1} %", generated.typed_share());
    row.warnings = generated.warnings.diagnostics.len();
    if !generated.unlisted.is_empty() {
        return Err(Failure(format!("no method calls {}", generated.unlisted.join(", "))));
    }
    eprintln!("  generate: {}", row.size);
    // In a process of its own, as people run it.
    let own = std::env::current_exe().map_err(|error| Failure(format!("this program is nowhere: {error}")))?;
    let report = out.with_extension("generate");
    std::fs::create_dir_all(workspace().join("target/corpus"))
        .map_err(|error| Failure(format!("target/corpus can't be made: {error}")))?;
    let mut command = measure::wrap(&report, own)?;
    command.arg("generate").arg("--spec").arg(document).arg("--out").arg(out);
    for folder in allowed {
        command.arg("--allow").arg(folder);
    }
    let output = command.output().map_err(|error| Failure(format!("the generator can't be run: {error}")))?;
    row.generate = measure::read(&report);
    match output.status.success() {
        true => Ok(()),
        false => Err(Failure(String::from_utf8_lossy(&output.stderr).into_owned())),
    }
}

/// Cargo in a generated crate, with the versions of this workspace and one folder for what all crates need.
fn cargo(mut command: Command, out: &Path) -> Result<Command, Failure> {
    let failed = |error: std::io::Error| Failure(format!("{} can't be compiled: {error}", shown(out)));
    std::fs::copy(workspace().join("Cargo.lock"), out.join("Cargo.lock")).map_err(failed)?;
    command.current_dir(out).env("CARGO_TARGET_DIR", workspace().join("target/corpus-target"));
    Ok(command)
}

/// Checks a crate; a warning of the compiler counts as a failure.
fn compiles(out: &Path, row: &mut Row) -> Result<(), Failure> {
    eprintln!("  check");
    let failed = |error: std::io::Error| Failure(format!("{} can't be compiled: {error}", shown(out)));
    let report = out.with_extension("check");
    let mut cargo = cargo(measure::wrap(&report, cargo_path())?, out)?;
    let output = cargo.args(["check", "--quiet", "--color=never"]).output().map_err(failed)?;
    row.compile = measure::read(&report);
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() && said.trim().is_empty() {
        return Ok(());
    }
    let first: Vec<&str> = said.lines().take(20).collect();
    Err(Failure(format!("the crate at {} is not clean:\n{}", shown(out), first.join("\n"))))
}

/// Runs the program that this repository has for a document, with the crate that was made of it.
fn program(out: &Path, row: &mut Row) -> Result<(), Failure> {
    let source = workspace().join("xtask/programs").join(format!("{}.rs", row.name));
    if !source.is_file() {
        return Ok(());
    }
    eprintln!("  program");
    let failed = |error: std::io::Error| Failure(format!("{} can't be run: {error}", shown(&source)));
    std::fs::create_dir_all(out.join("examples")).map_err(failed)?;
    std::fs::copy(&source, out.join("examples/program.rs")).map_err(failed)?;
    let mut cargo = cargo(Command::new(cargo_path()), out)?;
    let output =
        cargo.args(["run", "--quiet", "--color=never", "--example", "program"]).output().map_err(failed)?;
    match output.status.success() {
        true => {
            row.program = Some("runs");
            Ok(())
        }
        false => {
            let said = String::from_utf8_lossy(&output.stderr);
            let first: Vec<&str> = said.lines().take(20).collect();
            Err(Failure(format!("{} fails:\n{}", shown(&source), first.join("\n"))))
        }
    }
}

fn cargo_path() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}
