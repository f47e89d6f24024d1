//! The generated files on disk: compared, written, pruned. What a person wrote is never touched.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use generator::render::{Files, MARKER};
use rayon::prelude::*;

use crate::Failure;

/// Names the files that were generated last time, so that those that are no longer needed can go.
pub const LIST: &str = ".generated";

/// What has to change on disk.
pub struct Plan {
    /// Files to write: new ones, and those that differ.
    pub write: Vec<PathBuf>,
    /// Files that were generated before and no longer are.
    pub remove: Vec<PathBuf>,
    /// Whether the list of generated files differs.
    list: bool,
}

impl fmt::Display for Plan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for path in &self.write {
            writeln!(formatter, "  stale: {}", path.display())?;
        }
        for path in &self.remove {
            writeln!(formatter, "  no longer generated: {}", path.display())?;
        }
        if self.write.is_empty() && self.remove.is_empty() {
            writeln!(formatter, "  stale: {LIST}")?;
        }
        Ok(())
    }
}

impl Plan {
    /// Compares the files with those at `out`.
    ///
    /// Fails before anything is written where a file that a person wrote is in the way.
    ///
    /// Those that `is_there` knows are not read again.
    pub fn new(out: &Path, files: &Files, is_there: impl Fn(&Path) -> bool + Sync) -> Result<Self, Failure> {
        Self::compare(out, files, is_there, |text, old| old == text.as_bytes())
    }

    /// As [`new`](Self::new), where something else than its text tells whether a file is what it should be.
    pub fn compare<T: Sync>(
        out: &Path,
        files: &BTreeMap<PathBuf, T>,
        is_there: impl Fn(&Path) -> bool + Sync,
        is_same: impl Fn(&T, &[u8]) -> bool + Sync,
    ) -> Result<Self, Failure> {
        let is_stale = |(path, file): (&PathBuf, &T)| {
            let target = out.join(path);
            check_inside(out, path)?;
            if is_there(path) {
                return Ok(false);
            }
            match read_file(&target) {
                Ok(old) if is_same(file, &old) => Ok(false),
                Ok(old) if !is_generated(&old) => Err(Failure(format!(
                    "{} is in the way: it was not generated (its first line doesn't say so), so it is left as it is; \
                     move or delete it. Nothing was written",
                    target.display(),
                ))),
                Ok(_) => Ok(true),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(true),
                Err(error) => Err(Failure(format!("{} can't be read: {error}", target.display()))),
            }
        };
        let stale: Vec<Result<bool, Failure>> = files.par_iter().map(is_stale).collect();
        let mut write = Vec::new();
        for (path, is_stale) in files.keys().zip(stale) {
            if is_stale? {
                write.push(path.clone());
            }
        }
        let old = read_list(out)?;
        let mut remove = BTreeSet::new();
        for line in old.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            let path = PathBuf::from(line);
            let is_plain = path.components().all(|component| matches!(component, Component::Normal(_)));
            if !is_plain || files.contains_key(&path) || check_inside(out, &path).is_err() {
                continue;
            }
            if read_file(&out.join(&path)).is_ok_and(|text| is_generated(&text)) {
                remove.insert(path);
            }
        }
        Ok(Self { write, remove: remove.into_iter().collect(), list: old != list(files.keys()) })
    }

    pub fn is_empty(&self) -> bool {
        self.write.is_empty() && self.remove.is_empty() && !self.list
    }
}

/// Reads a plain file; anything else (a folder, a pipe) is an error and not waited for.
pub fn read_file(path: &Path) -> std::io::Result<Vec<u8>> {
    match std::fs::metadata(path)?.is_file() {
        true => std::fs::read(path),
        false => Err(std::io::Error::other("it is not a file")),
    }
}

/// The list as the last run left it.
fn read_list(out: &Path) -> Result<String, Failure> {
    check_inside(out, Path::new(LIST))?;
    let path = out.join(LIST);
    match read_file(&path) {
        Ok(old) if is_generated(&old) => Ok(String::from_utf8_lossy(&old).into_owned()),
        Ok(_) => Err(Failure(format!(
            "{} is in the way: it was not generated (its first line doesn't say so), so it is left as it is; move or \
             delete it. Nothing was written",
            path.display(),
        ))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(Failure(format!("{} can't be read: {error}", path.display()))),
    }
}

/// No link on the way to a file may lead out of the crate's folder.
fn check_inside(out: &Path, path: &Path) -> Result<(), Failure> {
    let mut folder = out.to_owned();
    for component in path.components() {
        folder.push(component);
        if folder.is_symlink() {
            return Err(Failure(format!(
                "{} is a link; generated files are written only below {}",
                folder.display(),
                out.display(),
            )));
        }
    }
    Ok(())
}

fn is_generated(text: &[u8]) -> bool {
    let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    String::from_utf8_lossy(first).contains(MARKER)
}

fn list<'a>(files: impl Iterator<Item = &'a PathBuf>) -> String {
    let mut text =
        format!("# {MARKER}.\n# The generated files: those that a later run no longer makes are removed.\n");
    for path in files {
        let path: Vec<_> = path.components().map(|component| component.as_os_str().to_string_lossy()).collect();
        text.push_str(&path.join("/"));
        text.push('\n');
    }
    text
}

/// Makes the folder `out` what the plan says. Files that are as they should be are not touched.
pub fn write(out: &Path, files: &Files, plan: &Plan) -> Result<(), Failure> {
    if plan.is_empty() {
        return Ok(());
    }
    // Everything is written beside its place before the first file is moved: a full disk changes nothing.
    let failed = |error: std::io::Error| Failure(format!("{} can't be written: {error}", out.display()));
    std::fs::create_dir_all(out).map_err(failed)?;
    remove_stale(out);
    let stage = tempfile::Builder::new().prefix(STAGE).tempdir_in(out).map_err(failed)?;
    // Under numbers: folders are made once, where they stay.
    let staged = |index: usize| stage.path().join(index.to_string());
    for (index, path) in plan.write.iter().enumerate() {
        if let Some(text) = files.get(path) {
            put(&staged(index), text)?;
        }
    }
    // Whatever happens from here on: what is there and what comes is on the list, so a later run can remove it.
    let all: BTreeSet<_> = files.keys().chain(&plan.remove).collect();
    let replace_list = |text: String| {
        let path = stage.path().join(LIST);
        put(&path, &text)?;
        place(&path, &out.join(LIST))
    };
    if plan.list {
        replace_list(list(all.into_iter()))?;
    }
    for (index, path) in plan.write.iter().enumerate() {
        place(&staged(index), &out.join(path))?;
    }
    let mut folders = BTreeSet::new();
    for path in &plan.remove {
        let target = out.join(path);
        match std::fs::remove_file(&target) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Failure(format!("{} can't be removed: {error}", target.display())));
            }
            _ => {}
        }
        folders.extend(
            path.ancestors().skip(1).filter(|path| path.components().next().is_some()).map(Path::to_owned),
        );
    }
    for folder in folders.iter().rev() {
        // Only empty ones go; that others stay is no error.
        let _ = std::fs::remove_dir(out.join(folder));
    }
    if plan.list {
        replace_list(list(files.keys()))?;
    }
    Ok(())
}

/// What the folders begin with in which files are written before they are moved.
const STAGE: &str = ".generated-";

/// How old such a folder is when no run can still be using it.
const STALE: Duration = Duration::from_secs(600);

/// Removes what a run left that was stopped in the middle.
fn remove_stale(out: &Path) {
    for entry in std::fs::read_dir(out).into_iter().flatten().flatten() {
        let is_stage = entry.file_name().to_string_lossy().starts_with(STAGE);
        let age = entry.metadata().and_then(|metadata| metadata.modified()).map(|time| time.elapsed());
        if is_stage && matches!(age, Ok(Ok(age)) if age > STALE) && entry.path().is_dir() {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

fn put(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|error| Failure(format!("{} can't be written: {error}", path.display())))
}

/// Moves a file to its place, in one step. The folder is made where it isn't there, which another run may see to at the
/// same time.
fn place(from: &Path, to: &Path) -> Result<(), Failure> {
    let folder = to.parent().unwrap_or(Path::new("."));
    std::fs::rename(from, to)
        .or_else(|_| std::fs::create_dir_all(folder).and_then(|()| std::fs::rename(from, to)))
        .map_err(|error| Failure(format!("{} can't be written: {error}", to.display())))
}
