//! `cargo xtask watch`: generates the crate on every save.

mod files;

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Instant;

use generator::diff;

use self::files::{FileWatcher, WatchedFiles};
use crate::diff::{new_unlisted, terminal_list};
use crate::error::{Error, Result};
use crate::generate::{self, Cache, LoadedSpec, Options, RunReport};
use crate::output::{self, Plan};
use crate::paths::{display, workspace};

/// Maximum number of files listed by name.
const MAX_NAMED: usize = 8;

/// Maximum number of changes for callers that are shown in full.
const MAX_IN_FULL: usize = 5;

/// Maximum number of lines about changes for callers.
const MAX_LINES: usize = 24;

/// Generates the crate until the process is stopped.
pub fn run(options: Options) -> Result<()> {
    let options = prepare(options)?;
    let mut watched =
        WatchedFiles { files: fixed_files(&options), templates: options.templates.clone(), any_document: false };
    let other_folders = watched.files.iter().filter_map(|file| file.parent().map(Path::to_owned));
    let other_folders: Vec<PathBuf> = other_folders.chain(options.templates.clone()).collect();
    let mut watcher = FileWatcher::new(&document_folders(&options), &other_folders, &options.out())?;
    let mut last: Option<LoadedSpec> = None;
    let mut is_first = true;
    loop {
        // A panic in the generator ends one run only.
        let result = catch_unwind(AssertUnwindSafe(|| generate_once(&options, last.as_ref())));
        match result.unwrap_or_else(|_| Err(Error::new("the generator panicked; this is a bug in the generator")))
        {
            Ok(spec) => {
                let sources = spec.reading.sources().map(|(path, _)| path.to_owned());
                watched.files = fixed_files(&options).into_iter().chain(sources).collect();
                watched.any_document = false;
                last = Some(spec);
            }
            Err(error) => {
                eprintln!("{error}");
                watched.any_document = true;
            }
        }
        if std::mem::take(&mut is_first) {
            println!("watching {} and its files; press Ctrl-C to stop", display(&options.spec()));
        }
        let changed = watcher.wait(&watched)?;
        println!("\n{}", some_names(changed.iter(), display));
    }
}

/// Checks the options. Without `--templates`, selects the folder of templates in the workspace, because the
/// built-in templates are those of the time when this program was compiled.
fn prepare(mut options: Options) -> Result<Options> {
    if options.check {
        return Err(Error::new("`watch` does not accept --check").help("run `cargo xtask generate --check`"));
    }
    let spec = options.spec();
    if !spec.is_file() {
        return Err(
            Error::new(format!("no file {}", display(&spec))).help("name the OpenAPI document with --spec")
        );
    }
    options.check_templates()?;
    if options.templates.is_none() {
        let folder = workspace().join("templates");
        options.templates = folder.is_dir().then(|| display(&folder).into());
    }
    Ok(options)
}

/// Returns the inputs that do not depend on the document's contents.
fn fixed_files(options: &Options) -> Vec<PathBuf> {
    let runtime = workspace().join("generated-sdk/runtime/Cargo.toml");
    vec![options.spec(), options.expected_config(), runtime]
}

/// Returns the folders that may contain files of the document.
fn document_folders(options: &Options) -> Vec<PathBuf> {
    let spec = options.spec();
    let folder = spec.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::iter::once(folder.to_owned()).chain(options.allow.iter().cloned()).collect()
}

/// Generates the crate and prints the differences from the last successful run.
fn generate_once(options: &Options, last: Option<&LoadedSpec>) -> Result<LoadedSpec> {
    let start = Instant::now();
    let cache = Cache::open(&options.out(), options.cache_key());
    let spec = options.load()?;
    print_new_warnings(&spec, last);
    let (files, plan) = generate::plan(options, &cache, &spec)?;
    output::write(&options.out(), &files, &plan)?;
    let report = RunReport::new(&spec);
    if options.explain {
        report.print_untyped();
    }
    let summary = spec.summary();
    if last.is_none_or(|last| last.summary() != summary) {
        println!("{}: {summary}", display(&options.out()));
    }
    print_files(&plan);
    let changes = last.map(|last| changes(last, &spec)).unwrap_or_default();
    anstream::print!("{changes}");
    if let Some(unlisted) = last.and_then(|last| new_unlisted(&last.reading, &spec.reading)) {
        println!("note: {unlisted}");
    }
    // After `git checkout`, files may be up to date although the API changed since the last run.
    let result = if plan.is_empty() && changes.is_empty() { "unchanged" } else { "generated" };
    println!("{result} in {:.2} s", start.elapsed().as_secs_f64());
    cache.save(spec.reading.sources(), &files, report);
    Ok(spec)
}

/// Prints the warnings that the last successful run did not have, and the number of others.
fn print_new_warnings(spec: &LoadedSpec, last: Option<&LoadedSpec>) {
    let warnings = |spec: &LoadedSpec| -> Vec<String> {
        spec.reading.warnings.diagnostics.iter().map(ToString::to_string).collect()
    };
    let known: HashSet<String> = last.map(warnings).into_iter().flatten().collect();
    let warnings = warnings(spec);
    let count = warnings.len();
    let new: Vec<_> = warnings.into_iter().filter(|warning| !known.contains(warning)).collect();
    for warning in &new {
        eprintln!("{warning}\n");
    }
    match count - new.len() + spec.reading.warnings.omitted {
        0 => {}
        1 if last.is_some() => eprintln!("1 unchanged warning"),
        unchanged if last.is_some() => eprintln!("{unchanged} unchanged warnings"),
        omitted => eprintln!("and {omitted} more warnings"),
    }
}

fn print_files(plan: &Plan) {
    let name = |path: &Path| path.display().to_string();
    if !plan.write.is_empty() {
        println!("  written: {}", some_names(plan.write.iter(), name));
    }
    if !plan.remove.is_empty() {
        println!("  removed: {}", some_names(plan.remove.iter(), name));
    }
}

/// Formats the changes for callers between two runs, in full if they are few.
fn changes(old: &LoadedSpec, new: &LoadedSpec) -> String {
    let mut changes = diff::compare(to_compare(old), to_compare(new)).changes;
    for change in &mut changes {
        for source in change.old.iter_mut().chain(&mut change.new) {
            source.file = display(&source.file).into();
        }
    }
    let text = terminal_list(&changes, changes.len() <= MAX_IN_FULL, false);
    let count = text.lines().count();
    if count <= MAX_LINES {
        return text;
    }
    let first: Vec<&str> = text.lines().take(MAX_LINES).collect();
    format!("{}\nand {} more lines; run `cargo xtask diff` to see all\n", first.join("\n"), count - MAX_LINES)
}

fn to_compare(spec: &LoadedSpec) -> diff::Version<'_> {
    diff::Version { sdk: &spec.reading.sdk, krate: &spec.krate, spec: &spec.reading.spec }
}

/// Joins the first names of a list.
fn some_names<'a>(paths: impl Iterator<Item = &'a PathBuf>, name: impl Fn(&Path) -> String) -> String {
    let names: Vec<String> = paths.map(|path| name(path)).collect();
    let more = names.len().saturating_sub(MAX_NAMED);
    let shown = names[..names.len() - more].join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}
