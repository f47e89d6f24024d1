//! `cargo xtask release`: prepares the version, the changelog and the crate of the next release. Nothing is published.

mod changelog;
mod decision;
mod files;
mod next_steps;
mod previous;
mod runtime;
mod staging;
mod version;

use std::path::PathBuf;

use clap::Args;

use self::decision::Release;
use self::files::{ReleaseFiles, TextChange};
use self::runtime::RuntimeState;
use crate::cargo;
use crate::error::{Error, Result};
use crate::generate::{self, Cache};
use crate::git::Repository;
use crate::output::{self, Plan};
use crate::paths::{display, with_slashes};

/// Arguments of `release`.
#[derive(Args)]
pub struct Options {
    /// Do not write; show the version, the changelog entry and the files.
    #[arg(long)]
    dry_run: bool,
    /// Git revision of the previous release [default: the newest tag such as `v0.2.0` in the history].
    #[arg(long, value_name = "REVISION")]
    since: Option<String>,
    /// OpenAPI document [default: spec/openapi.yaml].
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// SDK configuration, which states the version [default: sdk.yaml next to the document].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder of the generated crate [default: generated-sdk].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Allow the document to refer to files in this folder; may be repeated.
    #[arg(long, value_name = "DIR")]
    allow: Vec<PathBuf>,
    /// Folder of templates that replace the built-in templates of the same file name.
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
}

/// Prepares a release. Files are written only after the new crate compiles.
pub fn run(options: &Options) -> Result<()> {
    let mut crate_options =
        generate::Options::new(options.spec.clone(), options.config.clone(), options.out.clone(), &options.allow);
    crate_options.templates.clone_from(&options.templates);
    let (spec, out) = (crate_options.spec(), crate_options.out());
    let config = crate_options.config().ok_or_else(|| {
        Error::new(format!("{} has no sdk.yaml, which states the version", display(&spec)))
            .help(format!("run `cargo xtask init --spec {}`", display(&spec)))
    })?;
    let repository = Repository::containing(&config)?;
    let files = ReleaseFiles { repository, spec, config, out, allow: options.allow.clone() };
    let release = decision::decide(&files, options.since.as_deref())?;

    let crate_options = crate_options.for_release(&release.version);
    let spec = crate_options.load()?;
    let (rendered, plan) = generate::plan(&crate_options, &Cache::open(&files.out, None), &spec)?;
    let texts = text_changes(&files, &release)?;
    let uncommitted = uncommitted_sources(&files, &release)?;
    for note in notes(&files, &release, &texts, &uncommitted)? {
        eprintln!("{note}\n");
    }
    println!("{}", release.explanation);
    if options.dry_run {
        print_preview(&files, &release, &texts, &plan);
        return Ok(());
    }
    println!("checking {} {} with all features", release.package, release.version);
    staging::check(&files, &crate_options)?;
    files::replace_all(&texts, || output::write(&files.out, &rendered, &plan))?;
    println!("{}: {} files written, {} removed", display(&files.out), plan.write.len(), plan.remove.len());
    update_lock_file(&files);
    println!("{}", next_steps::format(&files, &release, &uncommitted)?);
    Ok(())
}

/// Returns the changes of the configuration and the changelog, in this order.
fn text_changes(files: &ReleaseFiles, release: &Release) -> Result<[TextChange; 2]> {
    let config = files::read_optional(&files.config)?;
    let new_config = version::set(&files.config, config.as_deref().unwrap_or_default(), &release.version)?;
    let path = files.out.join("CHANGELOG.md");
    let changelog = files::read_optional(&path)?;
    let date = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
    // An existing entry of the version is not released: a version with a tag is rejected before.
    let new_changelog = changelog::with_entry(changelog.as_deref(), &release.version, &date, &release.sections);
    Ok([
        TextChange { path: files.config.clone(), old: config, new: new_config },
        TextChange { path, old: changelog, new: new_changelog },
    ])
}

/// Returns notes and warnings for the user.
fn notes(
    files: &ReleaseFiles,
    release: &Release,
    [_, changelog]: &[TextChange; 2],
    uncommitted: &[PathBuf],
) -> Result<Vec<String>> {
    let mut notes = Vec::new();
    if let Some(previous) = &release.previous
        && let RuntimeState::ChangedWithoutVersion = runtime::compare(&files.repository, Some(previous))?
    {
        notes.push(runtime::warning(previous));
    }
    let text = changelog.old.as_deref().unwrap_or_default();
    let path = display(&changelog.path);
    if changelog::has_unreleased_notes(text) {
        notes.push(format!(
            "note: {path} has notes below `Unreleased`\n  = help: move the notes of this release below its heading"
        ));
    }
    // Entries of releases that were written but never tagged.
    let is_untagged =
        |version: &&str| *version != release.version && !previous::is_tagged(&files.repository, version);
    let newest = changelog::versions(text).into_iter();
    let newest = newest.take_while(|version| *version == release.version || is_untagged(version));
    let untagged: Vec<&str> = newest.filter(is_untagged).collect();
    if release.previous.is_some() && !untagged.is_empty() {
        notes.push(format!(
            "note: {path} has entries of versions without a tag: {}\n  = help: remove the entries that were never \
             released",
            untagged.join(", ")
        ));
    }
    if !uncommitted.is_empty() {
        let paths: Vec<String> = uncommitted.iter().map(|path| display(path)).collect();
        notes.push(format!("note: this release includes uncommitted changes of {}", paths.join(", ")));
    }
    Ok(notes)
}

/// Returns the files of the spec with uncommitted changes.
///
/// They do not prevent a release: the user commits them with it, and running the command twice must work.
fn uncommitted_sources(files: &ReleaseFiles, release: &Release) -> Result<Vec<PathBuf>> {
    let paths = release.sources.iter().filter_map(|path| files.repository.relative_path(path));
    let paths: Vec<String> = paths.map(|path| with_slashes(&path)).collect();
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    let mut arguments = vec!["status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--"];
    arguments.extend(paths.iter().map(String::as_str));
    let output = files.repository.output(&arguments, b"", "list changed files")?;
    let output = String::from_utf8_lossy(&output);
    let paths = output.split('\0').filter_map(|line| line.get(3..)).filter(|path| !path.is_empty());
    Ok(paths.map(|path| files.repository.root.join(path)).collect())
}

fn print_preview(files: &ReleaseFiles, release: &Release, texts: &[TextChange; 2], plan: &Plan) {
    let [_, changelog] = texts;
    let entry = changelog::entry(&changelog.new, &release.version);
    println!("\n{}:\n\n{}\n\nfiles:", display(&changelog.path), entry.trim_end());
    for text in texts.iter().filter(|text| text.is_change()) {
        println!("  {}", display(&text.path));
    }
    for path in &plan.write {
        println!("  {}", display(&files.out.join(path)));
    }
    for path in &plan.remove {
        println!("  {} (removed)", display(&files.out.join(path)));
    }
    println!("dry run: no files were written");
}

/// Updates the version of the crate in an existing lock file. A failure is only a warning, because cargo updates the
/// file in the next build too.
fn update_lock_file(files: &ReleaseFiles) {
    let lock = files.lock_file();
    if !lock.is_file() {
        return;
    }
    let arguments = ["update", "--workspace", "--offline", "--quiet"];
    let status = cargo::command().args(arguments).current_dir(&files.out).status();
    if !status.is_ok_and(|status| status.success()) {
        eprintln!("warning: `cargo {}` failed; {} is stale", arguments.join(" "), display(&lock));
    }
}
