//! `cargo xtask watch`: generates on every save.

mod files;

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use generator::diff;

use self::files::Watched;
use crate::cache::Cache;
use crate::diff::{people, unlisted};
use crate::generate::{self, Findings, Generated};
use crate::tree::{self, Plan};
use crate::{Failure, shown, workspace};

/// How many files are named.
const SHOWN: usize = 8;

/// How many changes for callers are shown in full.
const MAX_IN_FULL: usize = 5;

/// How many lines they may take.
const MAX_LINES: usize = 24;

/// Goes on until the program is ended.
pub fn run(options: generate::Options) -> Result<(), Failure> {
    let options = prepare(options)?;
    let mut watched = Watched {
        files: fixed(&options),
        templates: options.templates.clone(),
        out: options.out(),
        ..Watched::default()
    };
    let mut last: Option<Generated> = None;
    let mut seen = watched.state();
    let mut is_first = true;
    loop {
        let begin = SystemTime::now();
        // A mistake in the generator ends one run, not all.
        let round = catch_unwind(AssertUnwindSafe(|| round(&options, last.as_ref())));
        let stopped = || Failure("the generator stopped in the middle, which is a mistake in it".to_owned());
        match round.unwrap_or_else(|_| Err(stopped())) {
            Ok(generated) => {
                let sources = generated.reading.sources().map(|(path, _)| path.to_owned());
                watched.files = fixed(&options).into_iter().chain(sources).collect();
                watched.folders.clear();
                last = Some(generated);
            }
            Err(failure) => {
                eprintln!("{failure}");
                // What is missing may appear in any file.
                watched.folders = folders(&options);
            }
        }
        let now = watched.state();
        if std::mem::take(&mut is_first) {
            println!("watching {} files; Ctrl-C ends it", now.values().flatten().count());
        }
        seen = files::carry(&seen, now, begin);
        let now = watched.wait(&seen);
        println!("\n{}", some(files::changed(&seen, &now), shown));
        seen = now;
    }
}

/// The options with the workspace's own templates, which are compiled into this program as they were.
fn prepare(mut options: generate::Options) -> Result<generate::Options, Failure> {
    if options.check {
        return Err(Failure("--check writes nothing; `cargo xtask generate --check` is for that".to_owned()));
    }
    // What nobody saves again, because it isn't there, ends it at once.
    let spec = options.spec();
    if !spec.is_file() {
        return Err(Failure(format!("there is no file {}", shown(&spec))));
    }
    match &options.templates {
        Some(folder) if !folder.is_dir() => {
            return Err(Failure(format!("there is no folder of templates at {}", folder.display())));
        }
        Some(_) => {}
        None => {
            let home = workspace().join("templates");
            options.templates = home.is_dir().then(|| shown(&home).into());
        }
    }
    Ok(options)
}

/// What decides what is generated whatever the document refers to, and whether it is there or not.
fn fixed(options: &generate::Options) -> Vec<PathBuf> {
    let spec = options.spec();
    let config = options.config.clone().unwrap_or_else(|| spec.with_file_name("sdk.yaml"));
    vec![spec, config, workspace().join("generated-sdk/runtime/Cargo.toml")]
}

/// Where the document's files can be.
fn folders(options: &generate::Options) -> Vec<PathBuf> {
    let spec = options.spec();
    let home = spec.parent().filter(|home| !home.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::iter::once(home.to_owned()).chain(options.allow.iter().cloned()).collect()
}

/// Generates, and says what is new since the last time that it could.
fn round(options: &generate::Options, last: Option<&Generated>) -> Result<Generated, Failure> {
    let begin = Instant::now();
    let cache = Cache::open(&options.out(), options.circumstances());
    let generated = options.read()?;
    warn(&generated, last);
    let (files, plan) = generate::plan(options, &cache, &generated)?;
    tree::write(&options.out(), &files, &plan)?;
    let findings = Findings::of(&generated);
    if options.explain {
        findings.explain();
    }
    let summary = generated.summary();
    if last.is_none_or(|last| last.summary() != summary) {
        println!("{}: {summary}", shown(&options.out()));
    }
    name_files(&plan);
    // Files that git has brought back are as they should be, but not as they were.
    let changes = last.map(|last| changes(last, &generated)).unwrap_or_default();
    anstream::print!("{changes}");
    if let Some(unlisted) = last.and_then(|last| unlisted(&last.reading, &generated.reading)) {
        println!("note: {unlisted}");
    }
    let what = if plan.is_empty() && changes.is_empty() { "nothing changed" } else { "done" };
    println!("{what} in {:.2} s", begin.elapsed().as_secs_f64());
    cache.keep(generated.reading.sources(), &files, findings);
    Ok(generated)
}

/// Shows the warnings that weren't there the last time.
fn warn(generated: &Generated, last: Option<&Generated>) {
    let warnings = |generated: &Generated| -> Vec<String> {
        generated.reading.warnings.diagnostics.iter().map(ToString::to_string).collect()
    };
    let known: HashSet<String> = last.map(warnings).into_iter().flatten().collect();
    let warnings = warnings(generated);
    let count = warnings.len();
    let new: Vec<_> = warnings.into_iter().filter(|warning| !known.contains(warning)).collect();
    for warning in &new {
        eprintln!("{warning}\n");
    }
    match count - new.len() + generated.reading.warnings.omitted {
        0 => {}
        1 if last.is_some() => eprintln!("1 warning as before"),
        old if last.is_some() => eprintln!("{old} warnings as before"),
        more => eprintln!("and {more} more warnings"),
    }
}

fn name_files(plan: &Plan) {
    let name = |path: &Path| path.display().to_string();
    if !plan.write.is_empty() {
        println!("  written: {}", some(plan.write.iter(), name));
    }
    if !plan.remove.is_empty() {
        println!("  removed: {}", some(plan.remove.iter(), name));
    }
}

/// What changes for callers between two saves: each change in full where they are few.
fn changes(old: &Generated, new: &Generated) -> String {
    let mut changes = diff::compare(version(old), version(new)).changes;
    for change in &mut changes {
        for source in change.old.iter_mut().chain(&mut change.new) {
            source.file = shown(&source.file).into();
        }
    }
    let text = people::list(&changes, changes.len() <= MAX_IN_FULL, false);
    let count = text.lines().count();
    if count <= MAX_LINES {
        return text;
    }
    let first: Vec<&str> = text.lines().take(MAX_LINES).collect();
    format!("{}\nand {} more lines; `cargo xtask diff` shows all\n", first.join("\n"), count - MAX_LINES)
}

fn version(generated: &Generated) -> diff::Version<'_> {
    diff::Version { sdk: &generated.reading.sdk, krate: &generated.krate, spec: &generated.reading.spec }
}

/// The first of many files.
fn some<'a>(paths: impl Iterator<Item = &'a PathBuf>, name: impl Fn(&Path) -> String) -> String {
    let names: Vec<String> = paths.map(|path| name(path)).collect();
    let more = names.len().saturating_sub(SHOWN);
    let shown = names[..names.len() - more].join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}
