//! Generated files on disk: comparison, writing, pruning. Handwritten files are never changed.

use std::collections::BTreeSet;
use std::fmt;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use generator::render::{Files, MARKER};
use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::paths::with_slashes;

/// Name of the file that lists the generated files. A later run removes the files that it no longer generates.
const LIST: &str = ".generated";

/// Prefix of the folders in which files are written before they are moved to their final path.
const STAGING_PREFIX: &str = ".generated-";

/// Age from which a staging folder is left over from an interrupted run.
const STALE_STAGING: Duration = Duration::from_secs(600);

/// Changes that make the output folder match the generated files.
pub struct Plan {
    /// Files to write: new or different.
    pub write: Vec<PathBuf>,
    /// Files that an earlier run generated and this one does not.
    pub remove: Vec<PathBuf>,
    /// `true` if the list of generated files differs.
    is_list_stale: bool,
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
    /// Compares the generated files with those in the folder `out`.
    ///
    /// # Errors
    /// Fails if a handwritten file has the path of a generated file, if a path leads through a symbolic link, or if a
    /// file cannot be read.
    pub fn new(out: &Path, files: &Files) -> Result<Self> {
        let is_stale = |(path, text): (&PathBuf, &String)| {
            Ok::<_, Error>(read_if_generated(out, path)?.is_none_or(|old| old != text.as_bytes()))
        };
        let stale: Vec<Result<bool>> = files.par_iter().map(is_stale).collect();
        let mut write = Vec::new();
        // The first error in the order of the files is returned, independent of the order of the threads.
        for (path, is_stale) in files.keys().zip(stale) {
            if is_stale? {
                write.push(path.clone());
            }
        }
        let list = read_if_generated(out, Path::new(LIST))?.unwrap_or_default();
        let list = String::from_utf8_lossy(&list);
        let mut remove = BTreeSet::new();
        for line in list.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            let path = PathBuf::from(line);
            let is_plain = path.components().all(|component| matches!(component, Component::Normal(_)));
            if is_plain
                && !files.contains_key(&path)
                && read_generated(out, &path).is_some_and(|text| is_generated(&text))
            {
                remove.insert(path);
            }
        }
        let is_list_stale = list != list_text(files.keys());
        Ok(Self { write, remove: remove.into_iter().collect(), is_list_stale })
    }

    /// Returns `true` if the output folder is up to date.
    pub fn is_empty(&self) -> bool {
        self.write.is_empty() && self.remove.is_empty() && !self.is_list_stale
    }
}

/// Reads a regular file. Folders and pipes are errors, so that reading never blocks.
pub fn read_file(path: &Path) -> std::io::Result<Vec<u8>> {
    match std::fs::metadata(path)?.is_file() {
        true => std::fs::read(path),
        false => Err(std::io::Error::other("it is not a file")),
    }
}

/// Reads a file below `out`, or returns `None` if it is missing or behind a symbolic link.
pub fn read_generated(out: &Path, path: &Path) -> Option<Vec<u8>> {
    check_no_link(out, path).ok()?;
    read_file(&out.join(path)).ok()
}

/// Returns `true` if the list of generated files names exactly these.
pub fn is_listed<'a>(out: &Path, files: impl Iterator<Item = &'a PathBuf>) -> bool {
    read_generated(out, Path::new(LIST)).is_some_and(|list| list == list_text(files).as_bytes())
}

/// Reads a file that is about to be replaced, or returns `None` if it does not exist.
fn read_if_generated(out: &Path, path: &Path) -> Result<Option<Vec<u8>>> {
    check_no_link(out, path)?;
    let target = out.join(path);
    match read_file(&target) {
        Ok(old) if is_generated(&old) => Ok(Some(old)),
        Ok(_) => Err(Error::new(format!(
            "{} was not generated (its first line has no marker) and would be replaced; no files were written",
            target.display(),
        ))
        .help("move or delete the file")),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::new(format!("cannot read {}: {error}", target.display()))),
    }
}

/// Fails if a component of a path below `out` is a symbolic link, which could lead out of the folder.
fn check_no_link(out: &Path, path: &Path) -> Result<()> {
    let mut folder = out.to_owned();
    for component in path.components() {
        folder.push(component);
        if folder.is_symlink() {
            return Err(Error::new(format!(
                "{} is a symbolic link; generated files are written only below {}",
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

fn list_text<'a>(files: impl Iterator<Item = &'a PathBuf>) -> String {
    let mut text =
        format!("# {MARKER}.\n# List of generated files. Files that are no longer generated are removed.\n");
    for path in files {
        text.push_str(&with_slashes(path));
        text.push('\n');
    }
    text
}

/// Applies a plan to the folder `out`. Files that are up to date are not touched.
///
/// All files are written to a staging folder before the first is moved, so that a full disk changes nothing.
pub fn write(out: &Path, files: &Files, plan: &Plan) -> Result<()> {
    if plan.is_empty() {
        return Ok(());
    }
    std::fs::create_dir_all(out).map_err(Error::cannot("write", out))?;
    remove_stale_staging(out);
    let staging =
        tempfile::Builder::new().prefix(STAGING_PREFIX).tempdir_in(out).map_err(Error::cannot("write", out))?;
    let staged = |index: usize| staging.path().join(index.to_string());
    for (index, path) in plan.write.iter().enumerate() {
        if let Some(text) = files.get(path) {
            write_file(&staged(index), text)?;
        }
    }
    let replace_list = |text: String| {
        let path = staging.path().join(LIST);
        write_file(&path, &text)?;
        move_file(&path, &out.join(LIST))
    };
    // The list names old and new files until the end, so that the run after an interrupted one can remove both.
    if plan.is_list_stale {
        let all: BTreeSet<_> = files.keys().chain(&plan.remove).collect();
        replace_list(list_text(all.into_iter()))?;
    }
    for (index, path) in plan.write.iter().enumerate() {
        move_file(&staged(index), &out.join(path))?;
    }
    remove(out, &plan.remove)?;
    if plan.is_list_stale {
        replace_list(list_text(files.keys()))?;
    }
    Ok(())
}

/// Removes files, and the folders that are empty afterwards.
fn remove(out: &Path, files: &[PathBuf]) -> Result<()> {
    let mut folders = BTreeSet::new();
    for path in files {
        let target = out.join(path);
        match std::fs::remove_file(&target) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(Error::new(format!("cannot remove {}: {error}", target.display())));
            }
            _ => {}
        }
        folders.extend(path.ancestors().skip(1).filter(|path| !path.as_os_str().is_empty()));
    }
    for folder in folders.iter().rev() {
        // Fails for folders that are not empty, which stay.
        let _ = std::fs::remove_dir(out.join(folder));
    }
    Ok(())
}

/// Removes staging folders of interrupted runs.
fn remove_stale_staging(out: &Path) {
    for entry in std::fs::read_dir(out).into_iter().flatten().flatten() {
        let is_staging = entry.file_name().to_string_lossy().starts_with(STAGING_PREFIX);
        let age = entry.metadata().and_then(|metadata| metadata.modified()).map(|time| time.elapsed());
        if is_staging && matches!(age, Ok(Ok(age)) if age > STALE_STAGING) && entry.path().is_dir() {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

fn write_file(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).map_err(|error| Error::new(format!("cannot write {}: {error}", path.display())))
}

/// Renames a file. A missing folder is created; a concurrent run may have removed it.
fn move_file(from: &Path, to: &Path) -> Result<()> {
    let folder = to.parent().unwrap_or(Path::new("."));
    std::fs::rename(from, to)
        .or_else(|_| std::fs::create_dir_all(folder).and_then(|()| std::fs::rename(from, to)))
        .map_err(|error| Error::new(format!("cannot write {}: {error}", to.display())))
}
