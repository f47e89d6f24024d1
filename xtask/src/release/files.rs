//! Files of a release, and their replacement.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::cargo;
use crate::error::{Error, Result};
use crate::git::Repository;
use crate::paths::resolve;

/// Paths of the inputs and outputs of a release.
pub struct ReleaseFiles {
    pub repository: Repository,
    /// OpenAPI document.
    pub spec: PathBuf,
    /// Configuration, which states the version.
    pub config: PathBuf,
    /// Folder of the crate.
    pub out: PathBuf,
    /// Other folders that the document may refer to.
    pub allow: Vec<PathBuf>,
}

/// File with its old and new text.
pub struct TextChange {
    pub path: PathBuf,
    /// Old text, or `None` if the file does not exist.
    pub old: Option<String>,
    pub new: String,
}

impl ReleaseFiles {
    /// Returns the path of the lock file of the workspace that the crate belongs to. The file need not exist.
    pub fn lock_file(&self) -> PathBuf {
        let mut command = cargo::command();
        command.args(["locate-project", "--workspace", "--message-format", "plain"]).current_dir(&self.out);
        let output = command.output().ok().filter(|output| output.status.success());
        let manifest = output.map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim_end()));
        let manifest = manifest.filter(|path| path.is_absolute()).unwrap_or_else(|| self.out.join("Cargo.toml"));
        manifest.with_file_name("Cargo.lock")
    }
}

impl TextChange {
    /// Returns `true` if the texts differ.
    pub fn is_change(&self) -> bool {
        self.old.as_ref() != Some(&self.new)
    }
}

/// Reads a text file, or returns `None` if it does not exist.
pub fn read_optional(path: &Path) -> Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::cannot("read", path)(error)),
    }
}

/// Writes changed texts to temporary files, calls `write_others`, and renames the temporary files.
///
/// If writing fails, the files keep their old texts.
pub fn replace_all(changes: &[TextChange], write_others: impl FnOnce() -> Result<()>) -> Result<()> {
    let mut staged = Vec::new();
    for change in changes.iter().filter(|change| change.is_change()) {
        // A link is kept, and its target replaced.
        let target = resolve(&change.path);
        let failed = Error::cannot("write", &change.path);
        let parent = target.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(parent).map_err(&failed)?;
        let folder = tempfile::Builder::new().prefix(".release-").tempdir_in(parent).map_err(&failed)?;
        let file = folder.path().join("text");
        std::fs::write(&file, &change.new).map_err(&failed)?;
        if let Ok(metadata) = target.metadata() {
            std::fs::set_permissions(&file, metadata.permissions()).map_err(&failed)?;
        }
        staged.push((folder, file, target));
    }
    write_others()?;
    for (_folder, file, target) in &staged {
        std::fs::rename(file, target).map_err(Error::cannot("write", target))?;
    }
    Ok(())
}
