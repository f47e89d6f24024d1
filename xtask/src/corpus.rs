//! `cargo xtask corpus DIR…`: the generator against real documents, each generated and compiled.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use clap::Args;
use generator::render;

use crate::generate;
use crate::tree::{self, Plan};
use crate::{Failure, shown, workspace};

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
struct Row {
    name: String,
    size: String,
    typed: String,
    warnings: usize,
    generate: f64,
    compile: Option<f64>,
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
    let mut rows = Vec::new();
    for (index, document) in documents.iter().enumerate() {
        eprintln!("[{}/{}] {}", index + 1, documents.len(), document.display());
        rows.push(check(document, !options.no_compile));
        if rows.iter().filter(|row| row.problem.is_some()).count() >= options.stop_after {
            break;
        }
    }
    println!(
        "{:<32} {:>26} {:>8} {:>9} {:>11} {:>10}",
        "document", "operations, models", "typed", "warnings", "generate", "compile"
    );
    for row in &rows {
        let compile = row.compile.map_or("-".to_owned(), |seconds| format!("{seconds:.1} s"));
        println!(
            "{:<32} {:>26} {:>8} {:>9} {:>9.2} s {:>10}",
            row.name, row.size, row.typed, row.warnings, row.generate, compile
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

fn check(document: &Path, compile: bool) -> Row {
    let name = document.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let out = workspace().join("target/corpus").join(&name);
    let mut row = Row {
        name,
        size: String::new(),
        typed: String::new(),
        warnings: 0,
        generate: 0.0,
        compile: None,
        problem: None,
    };
    let begin = Instant::now();
    let result = generate(document, &out, &mut row);
    row.generate = begin.elapsed().as_secs_f64();
    if let Err(problem) = result {
        row.problem = Some(problem.0);
        return row;
    }
    if compile {
        let begin = Instant::now();
        row.problem = compiles(&out).err().map(|problem| problem.0);
        row.compile = Some(begin.elapsed().as_secs_f64());
    }
    row
}

fn generate(document: &Path, out: &Path, row: &mut Row) -> Result<(), Failure> {
    let options = generate::Options::of(Some(document.to_owned()), None, Some(out.to_owned()));
    let generated = options.read()?;
    row.size = format!("{}, {}", generated.operations, generated.models);
    row.typed = format!("{:.1} %", generated.typed_share());
    row.warnings = generated.warnings.diagnostics.len() + generated.warnings.omitted;
    let files = render::render(&generated.templates, &generated.krate)?;
    tree::write(out, &files, &Plan::new(out, &files)?)
}

/// Checks a crate; a warning of the compiler counts as a failure.
fn compiles(out: &Path) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure(format!("{} can't be compiled: {error}", shown(out)));
    std::fs::copy(workspace().join("Cargo.lock"), out.join("Cargo.lock")).map_err(failed)?;
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["check", "--quiet", "--color=never"])
        .current_dir(out)
        .env("CARGO_TARGET_DIR", workspace().join("target/corpus-target"))
        .output()
        .map_err(failed)?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() && said.trim().is_empty() {
        return Ok(());
    }
    let first: Vec<&str> = said.lines().take(20).collect();
    Err(Failure(format!("the crate at {} is not clean:\n{}", shown(out), first.join("\n"))))
}
