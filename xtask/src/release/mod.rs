//! `cargo xtask release`: the version, the changelog and the crate of the next release. Nothing is published.

mod cargo;
mod changelog;
mod last;
mod steps;
mod undo;
mod version;

use std::path::{Path, PathBuf};

use clap::Args;
use generator::render::Files as Texts;

use self::last::{RUNTIME, Runtime};
use self::undo::Undo;
use crate::cache::Cache;
use crate::diff::edition::{Edition, Files};
use crate::diff::{Verdict, markdown};
use crate::generate;
use crate::git::Repository;
use crate::revision::Revision;
use crate::tree::{self, Plan};
use crate::{Failure, shown};

#[derive(Args)]
pub struct Options {
    /// Write nothing; show the version, the changelog's entry and the files
    #[arg(long)]
    dry_run: bool,
    /// The last release, as a git revision [default: the newest tag such as `v0.2.0` that leads here]
    #[arg(long, value_name = "REVISION")]
    since: Option<String>,
    /// The OpenAPI document [default: spec/openapi.yaml]
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// The configuration, which says the version [default: what stands beside the document]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where the crate goes [default: generated-sdk]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Another folder that the document may refer to; may be given more than once
    #[arg(long, value_name = "DIR")]
    allow: Vec<PathBuf>,
    /// Templates that take the place of the built-in ones, by file name
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
}

/// Where everything is.
struct Desk {
    repository: Repository,
    spec: PathBuf,
    config: PathBuf,
    out: PathBuf,
    allow: Vec<PathBuf>,
}

/// What is released.
struct Release {
    version: String,
    /// What it follows from, in lines for people.
    story: String,
    /// The changelog's sections.
    sections: String,
    /// Since when.
    last: Option<Revision>,
    package: String,
    /// The files of the spec, without the configuration.
    sources: Vec<PathBuf>,
}

pub fn run(options: &Options) -> Result<(), Failure> {
    let mut crate_options =
        generate::Options::of(options.spec.clone(), options.config.clone(), options.out.clone())
            .allowing(&options.allow);
    crate_options.templates.clone_from(&options.templates);
    let (spec, out) = (crate_options.spec(), crate_options.out());
    let config = crate_options.config().ok_or_else(|| {
        Failure(format!("{} has no sdk.yaml, which says the version; `cargo xtask init` writes one", shown(&spec)))
    })?;
    let desk = Desk { repository: Repository::around(&config)?, spec, config, out, allow: options.allow.clone() };
    let release = decide(&desk, options.since.as_deref())?;

    let crate_options = crate_options.with_version(&release.version);
    let generated = crate_options.read()?;
    let (files, plan) = generate::plan(&crate_options, &Cache::open(&desk.out, None), &generated)?;
    let texts = texts(&desk, &release)?;
    for note in notes(&desk, &release, &texts)? {
        eprintln!("{note}\n");
    }
    println!("{}", release.story);
    if options.dry_run {
        preview(&desk, &release, &texts, &plan);
        return Ok(());
    }
    write(&desk, &release, &texts, (&files, &plan))?;
    println!("{}", steps::next(&desk, &release)?);
    Ok(())
}

/// The version, and what is said of it.
fn decide(desk: &Desk, since: Option<&str>) -> Result<Release, Failure> {
    let last = last::find(&desk.repository, since, &desk.spec)?;
    let files = Files { spec: desk.spec.clone(), config: Some(desk.config.clone()), allow: desk.allow.clone() };
    let new = Edition::of_files(&files)?;
    let current = new.number().to_owned();
    let is_config = |path: &Path| path == desk.config;
    let sources = new.reading.sources().map(|(path, _)| path.to_owned()).filter(|path| !is_config(path)).collect();
    let package = new.reading.sdk.package.name.clone();
    let last = match last {
        Ok(last) => last,
        Err(why) if last::is_tagged(&desk.repository, &current) => {
            return Err(Failure(format!(
                "there is a tag v{current}, but {why}: name the last release by --since, or write a higher version in {}",
                shown(&desk.config),
            )));
        }
        Err(why) => {
            let count = new.reading.sdk.operations().len();
            let story = format!("{why}: {package} {current} is the first release");
            let sections = format!("### Added\n\n- The first release: {count} operations of the API.\n");
            return Ok(Release { version: current, story, sections, last: None, package, sources });
        }
    };
    let old = Edition::of_revision(&last, &files)?;
    let verdict = Verdict::new(&old, &new)?;
    if verdict.effect.is_none() && current == old.number() {
        let runtime = match last::runtime(&desk.repository, Some(&last))? {
            Runtime::Changed => format!("\n{}", runtime_changed(&last)),
            _ => String::new(),
        };
        return Err(Failure(format!(
            "nothing to release: nothing has changed for callers since {} ({current}). To release it nevertheless, write \
             a higher version in {}{runtime}",
            last.text,
            shown(&desk.config),
        )));
    }
    let version = version::choose(&last.text, old.number(), &current, &verdict.next_version)?;
    if last::is_tagged(&desk.repository, &version) {
        return Err(Failure(format!(
            "there is a tag v{version} already; name the last release by --since, or write a higher version in {}",
            shown(&desk.config),
        )));
    }
    let notes: String = verdict.notes.iter().map(|note| format!("\nnote: {note}")).collect();
    let summary = verdict.summary();
    let story = format!("since {} ({}): {summary}{notes}\nversion {version}", last.text, old.number());
    let sections = match markdown::sections(&verdict.changes) {
        text if text.is_empty() => "### Changed\n\n- Nothing for callers.\n".to_owned(),
        text => text,
    };
    Ok(Release { version, story, sections, last: Some(last), package, sources })
}

/// The files besides the crate's that are written, with their texts.
fn texts(desk: &Desk, release: &Release) -> Result<[(PathBuf, Option<String>, String); 2], Failure> {
    let read = |path: &Path| match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure(format!("{} can't be read: {error}", shown(path)))),
    };
    let config = read(&desk.config)?;
    let new_config = version::set(&desk.config, config.as_deref().unwrap_or_default(), &release.version)?;
    let path = desk.out.join("CHANGELOG.md");
    let old = read(&path)?;
    let date = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
    // A version that has a tag was refused before: an entry that is there may be replaced.
    let new = changelog::with(old.as_deref(), &release.version, &date, &release.sections);
    Ok([(desk.config.clone(), config, new_config), (path, old, new)])
}

/// What a person should know before.
fn notes(
    desk: &Desk,
    release: &Release,
    texts: &[(PathBuf, Option<String>, String); 2],
) -> Result<Vec<String>, Failure> {
    let mut notes = Vec::new();
    if let (Some(last), Runtime::Changed) =
        (&release.last, last::runtime(&desk.repository, release.last.as_ref())?)
    {
        notes.push(runtime_changed(last));
    }
    let (path, old, _) = &texts[1];
    if old.as_deref().is_some_and(changelog::has_notes) {
        notes.push(format!(
            "note: {} has notes below `Unreleased`; move what this release has below its heading",
            shown(path)
        ));
    }
    // Of a release that was written, and not made before the next change came.
    let is_left = |version: &&str| *version != release.version && !last::is_tagged(&desk.repository, version);
    let versions = old.as_deref().map(changelog::versions).unwrap_or_default();
    let is_new = |version: &&str| *version == release.version || is_left(version);
    let left: Vec<&str> = versions.into_iter().take_while(is_new).filter(is_left).collect();
    if release.last.is_some() && !left.is_empty() {
        notes.push(format!(
            "note: {} has entries of versions without a tag: {}; take those out that were never released",
            shown(path),
            left.join(", ")
        ));
    }
    let open = open(desk, release)?;
    if !open.is_empty() {
        let open: Vec<String> = open.iter().map(|path| shown(path)).collect();
        notes.push(format!("note: not committed yet, and part of this release: {}", open.join(", ")));
    }
    Ok(notes)
}

fn runtime_changed(last: &Revision) -> String {
    format!(
        "warning: {RUNTIME} has changed since {}, and its version has not: the new SDK would be used with the old one. \
         Raise the version in {RUNTIME}/Cargo.toml",
        last.text
    )
}

/// The files of the spec that are not committed as they are. They are no reason to refuse: the release is a commit that a
/// person makes of all that is named here, and a second run, after the first one has written, would be refused too.
fn open(desk: &Desk, release: &Release) -> Result<Vec<PathBuf>, Failure> {
    let inside = release.sources.iter().filter_map(|path| desk.repository.inside(path));
    let inside: Vec<String> = inside.map(|path| path.display().to_string().replace('\\', "/")).collect();
    if inside.is_empty() {
        return Ok(Vec::new());
    }
    let mut arguments = vec!["status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--"];
    arguments.extend(inside.iter().map(String::as_str));
    let output = desk.repository.ask(&arguments, b"", "tell what has changed")?;
    let output = String::from_utf8_lossy(&output);
    let paths = output.split('\0').filter_map(|line| line.get(3..)).filter(|path| !path.is_empty());
    Ok(paths.map(|path| desk.repository.folder.join(path)).collect())
}

fn preview(desk: &Desk, release: &Release, texts: &[(PathBuf, Option<String>, String); 2], plan: &Plan) {
    let entry = changelog::entry(&texts[1].2, &release.version);
    println!("\n{}:\n\n{}\n\nfiles:", shown(&texts[1].0), entry.trim_end());
    for (path, old, new) in texts {
        if old.as_ref() != Some(new) {
            println!("  {}", shown(path));
        }
    }
    for path in &plan.write {
        println!("  {}", shown(&desk.out.join(path)));
    }
    for path in &plan.remove {
        println!("  {} (removed)", shown(&desk.out.join(path)));
    }
    println!("nothing was written: --dry-run");
}

/// Writes everything, and checks it. Where something fails, all is as it was.
fn write(
    desk: &Desk,
    release: &Release,
    texts: &[(PathBuf, Option<String>, String); 2],
    (files, plan): (&Texts, &Plan),
) -> Result<(), Failure> {
    let mut undo = Undo::default();
    let lock = cargo::lock(&desk.out);
    let is_new = |lock: &&PathBuf| !lock.exists();
    let new_lock = lock.as_ref().filter(is_new).cloned();
    for path in texts.iter().map(|(path, ..)| path).chain(&lock) {
        undo.remember(path)?;
    }
    for path in plan.write.iter().chain(&plan.remove).map(PathBuf::as_path).chain([Path::new(tree::LIST)]) {
        undo.remember(&desk.out.join(path))?;
    }
    let result = write_and_check(desk, release, texts, (files, plan), lock.as_deref());
    match result {
        Ok(()) => {
            undo.forget();
            // It comes of the check, and nobody has asked for it.
            new_lock.map_or(Ok(()), std::fs::remove_file).unwrap_or_default();
            Ok(())
        }
        Err(Failure(why)) => Err(match undo.back() {
            failures if failures.is_empty() => {
                Failure(format!("{why}\n\nnothing is released: every file is as it was"))
            }
            failures => {
                Failure(format!("{why}\n\nthese files could not be put back:\n  {}", failures.join("\n  ")))
            }
        }),
    }
}

fn write_and_check(
    desk: &Desk,
    release: &Release,
    texts: &[(PathBuf, Option<String>, String); 2],
    (files, plan): (&Texts, &Plan),
    lock: Option<&Path>,
) -> Result<(), Failure> {
    std::fs::create_dir_all(&desk.out)
        .map_err(|error| Failure(format!("{} can't be made: {error}", shown(&desk.out))))?;
    for (path, old, new) in texts {
        if old.as_ref() != Some(new) {
            std::fs::write(path, new)
                .map_err(|error| Failure(format!("{} can't be written: {error}", shown(path))))?;
        }
    }
    tree::write(&desk.out, files, plan)?;
    println!("{}: {} files written, {} removed", shown(&desk.out), plan.write.len(), plan.remove.len());
    if lock.is_some_and(Path::exists) {
        cargo::run(&desk.out, &["update", "--workspace", "--offline", "--quiet"])?;
    }
    println!("checking {} {} with all features", release.package, release.version);
    cargo::run(&desk.out, &["check", "--all-features", "--quiet"])
}
