//! `cargo xtask corpus`: generates and compiles the SDK of every document in folders, and runs the programs that use
//! them.
//!
//! Times are those of the profile that this program was built with. To measure an optimized generator, run
//! `cargo run --release --package xtask -- corpus …`.

mod documents;
mod program;
mod result;
mod table;

use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;
use generator::render;

use self::documents::CorpusDocument;
use self::result::{Check, DocumentResult, Figures};
use self::table::megabytes;
use crate::error::{Error, Result};
use crate::measure::{Measurement, Scope, measure, touch};
use crate::output::{self, Plan};
use crate::paths::{display, workspace};
use crate::{cargo, generate};

/// Maximum number of lines of compiler output that are shown.
const MAX_LINES: usize = 20;

/// Arguments of `corpus`.
#[derive(Args)]
pub struct Options {
    /// Folders of OpenAPI documents, or single documents.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Generate without compiling.
    #[arg(long)]
    no_compile: bool,
    /// Also check each top-level resource alone, by its feature; takes a second or two per resource.
    #[arg(long)]
    each_resource: bool,
    /// Folder of programs to run against generated crates, each named after its document [default: xtask/programs].
    #[arg(long, value_name = "DIR")]
    programs: Option<PathBuf>,
    /// Allow documents to refer to files in this folder; may be repeated.
    #[arg(long, value_name = "DIR")]
    allow: Vec<PathBuf>,
    /// Stop after this number of failed documents.
    #[arg(long, value_name = "COUNT", default_value_t = usize::MAX)]
    #[arg(hide_default_value = true)]
    stop_after: usize,
    /// Generate one document into this folder and print its figures; used by the command itself.
    #[arg(long, hide = true, value_name = "OUT")]
    one: Option<PathBuf>,
}

/// Tests the documents and prints a table of results.
pub fn run(options: &Options) -> Result<()> {
    if let (Some(out), [document]) = (&options.one, options.paths.as_slice()) {
        println!("{}", generate(document, out, options)?.to_line());
        return Ok(());
    }
    let documents = documents::find(&options.paths)?;
    if documents.is_empty() {
        return Err(Error::new("no OpenAPI documents in these folders"));
    }
    let mut results: Vec<DocumentResult> = Vec::new();
    for (index, document) in documents.iter().enumerate() {
        let log = |message: &str| eprintln!("[{}/{}] {}: {message}", index + 1, documents.len(), document.name);
        results.push(test(document, options, &log));
        if results.iter().filter(|result| result.error.is_some()).count() >= options.stop_after {
            break;
        }
    }
    table::print(&results);
    let errors = results.iter().filter_map(|result| Some((&result.name, result.error.as_ref()?)));
    let mut failed = 0;
    for (name, error) in errors {
        println!("\n{name}: {error}");
        failed += 1;
    }
    println!("{} passed, {failed} failed", results.len() - failed);
    match failed {
        0 => Ok(()),
        _ => Err(Error::new(format!("{failed} of {} documents failed", results.len()))),
    }
}

fn test(document: &CorpusDocument, options: &Options, log: &dyn Fn(&str)) -> DocumentResult {
    let mut result = DocumentResult { name: document.name.clone(), ..DocumentResult::default() };
    result.error = test_steps(document, options, log, &mut result).err();
    if result.error.is_some() {
        log("failed");
    }
    result
}

/// Runs all steps until one fails. Results of earlier steps are stored in `result`.
fn test_steps(
    document: &CorpusDocument,
    options: &Options,
    log: &dyn Fn(&str),
    result: &mut DocumentResult,
) -> Result<()> {
    let out = workspace().join("target/corpus").join(&document.name);
    let generated = generate_in_process(&document.path, &out, options)?;
    (result.generate_seconds, result.generate_peak) = (generated.seconds, generated.peak);
    if !generated.status.success() {
        return Err(Error::new(generated.stderr.trim().trim_start_matches("error: ")));
    }
    let figures = Figures::from_line(&generated.stdout)
        .ok_or_else(|| Error::new(format!("invalid figures: {:?}", generated.stdout)))?;
    result.figures = Some(figures.clone());
    log(&format!(
        "{} operations, {} models generated in {:.2} s, {}",
        figures.operations,
        figures.models,
        generated.seconds,
        megabytes(generated.peak)
    ));
    if options.no_compile {
        return Ok(());
    }
    let (check, messages) = compile(&out, &figures.package, &[])?;
    log(&format!("checked in {:.1} s, {}", check.seconds, megabytes(check.peak)));
    let is_clean = check.compiles && check.warnings == 0;
    result.check = Some(check);
    if !is_clean {
        return Err(Error::new(format!("errors or warnings in {}:\n{}", display(&out), first_lines(&messages))));
    }
    if options.each_resource {
        compile_each_resource(&out, &figures, log)?;
    }
    let programs = options.programs.clone().unwrap_or_else(|| workspace().join("xtask/programs"));
    if let Some(program) = program::find(&programs, &document.name) {
        result.program_passes = Some(false);
        let seconds = program::run(&program, &out, &figures.package, &document.name)?;
        result.program_passes = Some(true);
        log(&format!("{} compiled and run in {seconds:.1} s", display(&program)));
    }
    Ok(())
}

/// Generates in a separate process, to measure the peak memory of one document.
fn generate_in_process(document: &Path, out: &Path, options: &Options) -> Result<Measurement> {
    let failed = Error::cannot_run("xtask");
    let mut command = Command::new(std::env::current_exe().map_err(&failed)?);
    command.arg("corpus").arg("--one").arg(out).arg(document);
    for folder in &options.allow {
        command.arg("--allow").arg(folder);
    }
    measure(&mut command, &Scope::Process, None).map_err(&failed)
}

fn generate(document: &Path, out: &Path, options: &Options) -> Result<Figures> {
    let generate = generate::Options::new(Some(document.to_owned()), None, Some(out.to_owned()), &options.allow);
    let spec = generate.load()?;
    if !spec.reading.unlisted.is_empty() {
        return Err(Error::new(format!("operations without a method: {}", spec.reading.unlisted.join(", "))));
    }
    let files = render::render(&spec.templates, &spec.krate)?;
    output::write(out, &files, &Plan::new(out, &files)?)?;
    Ok(Figures {
        package: spec.krate.package.clone(),
        operations: spec.operations,
        models: spec.models,
        typed: spec.typed_percentage(),
        warnings: spec.reading.warnings.diagnostics.len() + spec.reading.warnings.omitted,
        features: spec.krate.features.iter().map(|child| child.feature.text().to_owned()).collect(),
    })
}

/// Checks the crate with each of its features alone.
fn compile_each_resource(out: &Path, figures: &Figures, log: &dyn Fn(&str)) -> Result<()> {
    let mut slowest = (0.0, "");
    for feature in &figures.features {
        let (check, messages) = compile(out, &figures.package, &["--no-default-features", "--features", feature])?;
        if !check.compiles || check.warnings > 0 {
            let lines = first_lines(&messages);
            return Err(Error::new(format!("errors or warnings with the feature `{feature}` alone:\n{lines}")));
        }
        if check.seconds > slowest.0 {
            slowest = (check.seconds, feature);
        }
    }
    let (count, (seconds, feature)) = (figures.features.len(), slowest);
    log(&format!("each of {count} resources checked alone, in at most {seconds:.1} s (`{feature}`)"));
    Ok(())
}

/// Checks a crate. Returns the result and the compiler's messages.
fn compile(out: &Path, package: &str, features: &[&str]) -> Result<(Check, String)> {
    let failed = Error::cannot("compile", out);
    cargo::copy_lock_file(out)?;
    touch(&out.join("src/lib.rs")).map_err(&failed)?;
    let mut command = cargo::command();
    command
        .args(["check", "--quiet", "--color=never", "--message-format=short"])
        .args(features)
        .current_dir(out)
        .env("CARGO_TARGET_DIR", workspace().join("target/corpus-target"));
    let measured =
        measure(&mut command, &Scope::Compilers(&[&package.replace('-', "_")]), None).map_err(&failed)?;
    let check = Check {
        compiles: measured.status.success(),
        warnings: measured.stderr.lines().filter(|line| line.contains(": warning: ")).count(),
        seconds: measured.seconds,
        peak: measured.peak,
    };
    Ok((check, measured.stderr))
}

fn first_lines(text: &str) -> String {
    text.lines().take(MAX_LINES).collect::<Vec<_>>().join("\n")
}
