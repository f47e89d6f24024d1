//! The generated files on disk: compared, written, pruned. What a person wrote is never touched.

use std::collections::BTreeSet;
use std::fmt;
use std::io::Write;
use std::path::{Component, Path, PathBuf};

use generator::render::{Files, MARKER};

use crate::Failure;

/// Names the files that were generated last time, so that those that are no longer needed can go.
const LIST: &str = ".generated";

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
    pub fn new(out: &Path, files: &Files) -> Result<Self, Failure> {
        let mut write = Vec::new();
        for (path, text) in files {
            let target = out.join(path);
            check_inside(out, path)?;
            match std::fs::read(&target) {
                Ok(old) if old == text.as_bytes() => {}
                Ok(old) if !is_generated(&old) => {
                    return Err(Failure(format!(
                        "{} is in the way: it was not generated (its first line doesn't say so), so it is left as \
                         it is; move or delete it. Nothing was written",
                        target.display(),
                    )));
                }
                Ok(_) => write.push(path.clone()),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => write.push(path.clone()),
                Err(error) => return Err(Failure(format!("{} can't be read: {error}", target.display()))),
            }
        }
        let old = std::fs::read_to_string(out.join(LIST)).unwrap_or_default();
        let mut remove = Vec::new();
        for line in old.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            let path = PathBuf::from(line);
            let is_plain = path.components().all(|component| matches!(component, Component::Normal(_)));
            if !is_plain || files.contains_key(&path) || check_inside(out, &path).is_err() {
                continue;
            }
            if std::fs::read(out.join(&path)).is_ok_and(|text| is_generated(&text)) {
                remove.push(path);
            }
        }
        Ok(Self { write, remove, list: old != list(files) })
    }

    pub fn is_empty(&self) -> bool {
        self.write.is_empty() && self.remove.is_empty() && !self.list
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

fn list(files: &Files) -> String {
    let mut text =
        format!("# {MARKER}.\n# The generated files: those that a later run no longer makes are removed.\n");
    for path in files.keys() {
        let path: Vec<_> = path.components().map(|component| component.as_os_str().to_string_lossy()).collect();
        text.push_str(&path.join("/"));
        text.push('\n');
    }
    text
}

/// Makes the folder `out` what the plan says. Files that are as they should be are not touched.
pub fn write(out: &Path, files: &Files, plan: &Plan) -> Result<(), Failure> {
    for path in &plan.write {
        if let Some(text) = files.get(path) {
            replace(&out.join(path), text)?;
        }
    }
    // The list is written before files go: one that a broken run left behind is still on it.
    if plan.list {
        replace(&out.join(LIST), &list(files))?;
    }
    let mut folders = BTreeSet::new();
    for path in &plan.remove {
        let target = out.join(path);
        std::fs::remove_file(&target)
            .map_err(|error| Failure(format!("{} can't be removed: {error}", target.display())))?;
        folders.extend(
            path.ancestors().skip(1).filter(|path| path.components().next().is_some()).map(Path::to_owned),
        );
    }
    for folder in folders.iter().rev() {
        // Only empty ones go; that others stay is no error.
        let _ = std::fs::remove_dir(out.join(folder));
    }
    Ok(())
}

/// Writes a file whole or not at all.
fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure(format!("{} can't be written: {error}", path.display()));
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let mut file = builder.tempfile_in(folder).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}
