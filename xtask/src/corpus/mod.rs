//! `cargo xtask corpus DIR…`: the generator against real documents, each generated and compiled, and used by the
//! programs that there are for it.
//!
//! Times are those of this build of the generator; `cargo run --release --package xtask -- corpus …` shows what an
//! optimized one takes.

mod program;

use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;
use generator::render;

use crate::generate;
use crate::measure::{Measured, Of, measure, touch};
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
    /// Check each top-level resource alone as well, by its feature: that takes a second or two for each
    #[arg(long)]
    each_resource: bool,
    /// Programs to run against generated crates, each named after its document [default: xtask/programs]
    #[arg(long, value_name = "DIR")]
    programs: Option<PathBuf>,
    /// Another folder that the documents may refer to; may be given more than once
    #[arg(long, value_name = "DIR")]
    allow: Vec<PathBuf>,
    /// Fail after this many documents that don't work
    #[arg(long, value_name = "COUNT", default_value_t = usize::MAX)]
    stop_after: usize,
    /// Generate one document there and print the figures: what each document is measured by
    #[arg(long, hide = true, value_name = "OUT")]
    one: Option<PathBuf>,
}

/// What became of one document.
#[derive(Default)]
struct Row {
    name: String,
    figures: Option<Figures>,
    /// Seconds, and bytes.
    generate: (f64, Option<u64>),
    check: Option<Check>,
    /// Whether there is a program for it, and it did what it should.
    program: Option<bool>,
    problem: Option<String>,
}

/// What the generator says of a document.
#[derive(Clone)]
struct Figures {
    package: String,
    operations: usize,
    models: usize,
    /// In percent.
    typed: f64,
    warnings: usize,
    /// The crate's features: the resources at the top.
    features: Vec<String>,
}

/// What the compiler says of a crate.
struct Check {
    compiles: bool,
    warnings: usize,
    seconds: f64,
    peak: Option<u64>,
}

pub fn run(options: &Options) -> Result<(), Failure> {
    if let (Some(out), [document]) = (&options.one, options.places.as_slice()) {
        println!("{}", generate(document, out, options)?.to_line());
        return Ok(());
    }
    let mut documents = Vec::new();
    for place in &options.places {
        find(place, &mut documents)?;
    }
    documents.sort();
    if documents.is_empty() {
        return Err(Failure("there are no OpenAPI documents in these folders".to_owned()));
    }
    let mut rows: Vec<Row> = Vec::new();
    for (index, document) in documents.iter().enumerate() {
        let name = name(document, &rows);
        let say = |what: &str| eprintln!("[{}/{}] {name}: {what}", index + 1, documents.len());
        rows.push(check(document, &name, options, &say));
        if rows.iter().filter(|row| row.problem.is_some()).count() >= options.stop_after {
            break;
        }
    }
    print(&rows);
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

fn print(rows: &[Row]) {
    println!(
        "{:<32} {:>10} {:>7} {:>8} {:>8} {:>10} {:>8} {:>10} {:>8} {:>8} {:>14} {:>8}",
        "document",
        "operations",
        "models",
        "typed",
        "warnings",
        "generate",
        "memory",
        "check",
        "memory",
        "compiles",
        "rustc warnings",
        "program",
    );
    for row in rows {
        let figure = |show: &dyn Fn(&Figures) -> String| row.figures.as_ref().map_or("-".to_owned(), show);
        let check = |show: &dyn Fn(&Check) -> String| row.check.as_ref().map_or("-".to_owned(), show);
        let word = |is_good: bool| if is_good { "yes" } else { "no" };
        println!(
            "{:<32} {:>10} {:>7} {:>8} {:>8} {:>10} {:>8} {:>10} {:>8} {:>8} {:>14} {:>8}",
            row.name,
            figure(&|figures| figures.operations.to_string()),
            figure(&|figures| figures.models.to_string()),
            figure(&|figures| format!("{:.1} %", figures.typed)),
            figure(&|figures| figures.warnings.to_string()),
            format!("{:.2} s", row.generate.0),
            megabytes(row.generate.1),
            check(&|check| format!("{:.1} s", check.seconds)),
            check(&|check| megabytes(check.peak)),
            check(&|check| word(check.compiles).to_owned()),
            check(&|check| check.warnings.to_string()),
            row.program.map_or("-", word),
        );
    }
}

fn megabytes(bytes: Option<u64>) -> String {
    bytes.map_or("-".to_owned(), |bytes| format!("{} MB", bytes.div_ceil(1_000_000)))
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

/// What a document is called here: as its file, with the folder's name before it where another is called so too.
fn name(document: &Path, rows: &[Row]) -> String {
    let text = |name: Option<&std::ffi::OsStr>| name.unwrap_or_default().to_string_lossy().into_owned();
    let mut name = text(document.file_stem());
    for folder in document.ancestors().skip(1) {
        if !rows.iter().any(|row| row.name == name) {
            break;
        }
        name = format!("{}-{name}", text(folder.file_name()));
    }
    name
}

fn check(document: &Path, name: &str, options: &Options, say: &dyn Fn(&str)) -> Row {
    let mut row = Row { name: name.to_owned(), ..Row::default() };
    row.problem = work(document, options, say, &mut row).err().map(|problem| problem.0);
    if row.problem.is_some() {
        say("failed");
    }
    row
}

/// All steps with a document. What is known by the first one that fails stays in the row.
fn work(document: &Path, options: &Options, say: &dyn Fn(&str), row: &mut Row) -> Result<(), Failure> {
    let out = workspace().join("target/corpus").join(&row.name);
    let generated = generate_apart(document, &out, options)?;
    row.generate = (generated.seconds, generated.peak);
    if !generated.status.success() {
        return Err(Failure(generated.stderr.trim().to_owned()));
    }
    let figures = Figures::of_line(&generated.stdout)
        .ok_or_else(|| Failure(format!("the figures can't be read: {:?}", generated.stdout)))?;
    row.figures = Some(figures.clone());
    say(&format!(
        "{} operations, {} models generated in {:.2} s, {}",
        figures.operations,
        figures.models,
        generated.seconds,
        megabytes(generated.peak)
    ));
    if options.no_compile {
        return Ok(());
    }
    let (check, said) = compile(&out, &figures.package, &[])?;
    say(&format!("checked in {:.1} s, {}", check.seconds, megabytes(check.peak)));
    let is_clean = check.compiles && check.warnings == 0;
    row.check = Some(check);
    if !is_clean {
        let first: Vec<&str> = said.lines().take(20).collect();
        return Err(Failure(format!("the crate at {} is not clean:\n{}", shown(&out), first.join("\n"))));
    }
    if options.each_resource {
        compile_each(&out, &figures, say)?;
    }
    let programs = options.programs.clone().unwrap_or_else(|| workspace().join("xtask/programs"));
    if let Some(program) = program::find(&programs, &row.name) {
        row.program = Some(false);
        let seconds = program::run(&program, &out, &figures.package, &row.name)?;
        row.program = Some(true);
        say(&format!("{} compiled and run in {seconds:.1} s", shown(&program)));
    }
    Ok(())
}

/// Generates in a process of its own, so that the memory is the document's.
fn generate_apart(document: &Path, out: &Path, options: &Options) -> Result<Measured, Failure> {
    let failed = |error: std::io::Error| Failure(format!("the generator can't be run: {error}"));
    let mut command = Command::new(std::env::current_exe().map_err(failed)?);
    command.arg("corpus").arg("--one").arg(out).arg(document);
    for folder in &options.allow {
        command.arg("--allow").arg(folder);
    }
    measure(&mut command, &Of::Itself).map_err(failed)
}

fn generate(document: &Path, out: &Path, options: &Options) -> Result<Figures, Failure> {
    let generated = generate::Options::of(Some(document.to_owned()), None, Some(out.to_owned()))
        .allowing(&options.allow)
        .read()?;
    if !generated.reading.unlisted.is_empty() {
        return Err(Failure(format!("no method calls {}", generated.reading.unlisted.join(", "))));
    }
    let files = render::render(&generated.templates, &generated.krate)?;
    tree::write(out, &files, &Plan::new(out, &files, |_| false)?)?;
    Ok(Figures {
        package: generated.krate.package.clone(),
        operations: generated.operations,
        models: generated.models,
        typed: generated.typed_share(),
        warnings: generated.reading.warnings.diagnostics.len() + generated.reading.warnings.omitted,
        features: generated.krate.features.iter().map(|child| child.feature.text().to_owned()).collect(),
    })
}

impl Figures {
    fn to_line(&self) -> String {
        let Self { package, operations, models, typed, warnings, features } = self;
        format!("{package}\t{operations}\t{models}\t{typed}\t{warnings}\t{}", features.join(","))
    }

    fn of_line(line: &str) -> Option<Self> {
        let mut words = line.trim().split('\t');
        Some(Self {
            package: words.next()?.to_owned(),
            operations: words.next()?.parse().ok()?,
            models: words.next()?.parse().ok()?,
            typed: words.next()?.parse().ok()?,
            warnings: words.next()?.parse().ok()?,
            features: words.next()?.split(',').map(str::to_owned).collect(),
        })
    }
}

/// Checks the crate with each of its features alone.
fn compile_each(out: &Path, figures: &Figures, say: &dyn Fn(&str)) -> Result<(), Failure> {
    let mut slowest = (0.0, "");
    for feature in &figures.features {
        let (check, said) = compile(out, &figures.package, &["--no-default-features", "--features", feature])?;
        if !check.compiles || check.warnings > 0 {
            let first: Vec<&str> = said.lines().take(20).collect();
            return Err(Failure(format!("`{feature}` alone is not clean:\n{}", first.join("\n"))));
        }
        if check.seconds > slowest.0 {
            slowest = (check.seconds, feature);
        }
    }
    let count = figures.features.len();
    say(&format!("each of {count} resources checked alone, in {:.1} s at the most (`{}`)", slowest.0, slowest.1));
    Ok(())
}

/// Checks a crate, and returns what the compiler said too.
fn compile(out: &Path, package: &str, features: &[&str]) -> Result<(Check, String), Failure> {
    let failed = |error: std::io::Error| Failure(format!("{} can't be compiled: {error}", shown(out)));
    std::fs::copy(workspace().join("Cargo.lock"), out.join("Cargo.lock")).map_err(failed)?;
    touch(&out.join("src/lib.rs")).map_err(failed)?;
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .args(["check", "--quiet", "--color=never", "--message-format=short"])
        .args(features)
        .current_dir(out)
        .env("CARGO_TARGET_DIR", workspace().join("target/corpus-target"));
    let measured = measure(&mut command, &Of::Compilers(&[&package.replace('-', "_")])).map_err(failed)?;
    let check = Check {
        compiles: measured.status.success(),
        warnings: measured.stderr.lines().filter(|line| line.contains(": warning: ")).count(),
        seconds: measured.seconds,
        peak: measured.peak,
    };
    Ok((check, measured.stderr))
}
