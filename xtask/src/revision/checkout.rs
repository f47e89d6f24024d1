//! Files of a spec at a revision, in a temporary folder.

use std::path::{Path, PathBuf};

use generator::diagnostics::Report;
use tempfile::TempDir;

use super::commit::Revision;
use super::export;
use crate::error::{Error, Result};
use crate::paths::{display, resolve, with_slashes};

/// Files of a spec at a revision. The folder is removed on drop.
#[derive(Debug)]
pub struct Checkout {
    /// Name of the revision.
    revision: String,
    /// OpenAPI document.
    pub spec: PathBuf,
    /// Configuration, if the revision has one.
    pub config: Option<PathBuf>,
    /// Other folders that the document may refer to.
    pub allowed: Vec<PathBuf>,
    /// Folder that corresponds to the root of the repository.
    pub root: PathBuf,
    _folder: TempDir,
}

impl Checkout {
    /// Writes the files of a spec at a revision into a temporary folder.
    ///
    /// The paths are those of the work tree. Without `config`, the `sdk.yaml` next to the spec is used. The allowed
    /// folders must be in the repository. A configuration outside of the repository is read from the work tree.
    pub fn new(revision: &Revision, spec: &Path, config: Option<&Path>, allowed: &[PathBuf]) -> Result<Self> {
        let repository = &revision.repository;
        let inside = |path: &Path| {
            repository.relative_path(path).ok_or_else(|| {
                let (path, root) = (display(path), display(&repository.root));
                Error::new(format!("{path} is not in the repository {root}, which has {}", revision.name))
            })
        };
        // Targets of links in the work tree are exported as well.
        let link_targets = [Some(spec), config].into_iter().flatten().filter(|path| path.is_symlink());
        let link_targets: Vec<_> =
            link_targets.filter_map(|path| repository.relative_path(&resolve(path))).collect();
        let spec = inside(spec)?;
        let folders = allowed.iter().map(|folder| inside(&resolve(folder))).collect::<Result<Vec<_>>>()?;
        let default_config = spec.with_file_name("sdk.yaml");
        let given_config = config.map(|config| repository.relative_path(config).ok_or(config));
        let config = match &given_config {
            Some(Ok(config)) => Some(config),
            Some(Err(_)) => None,
            None => Some(&default_config),
        };
        let spec_folder = spec.parent().unwrap_or(Path::new(""));
        let exported_folders: Vec<&Path> = folders.iter().map(PathBuf::as_path).chain([spec_folder]).collect();
        let files = [Some(&spec), config].into_iter().flatten().chain(&link_targets);
        let files: Vec<&Path> = files.map(PathBuf::as_path).collect();
        let (folder, root) = export::export(revision, &files, &exported_folders)?;
        let exists = |path: &Path| root.join(path).is_file();
        let missing = |path: &Path| Error::new(format!("{} has no file {}", revision.name, with_slashes(path)));
        if !exists(&spec) {
            return Err(missing(&spec));
        }
        let config = match given_config {
            Some(Ok(config)) if !exists(&config) => return Err(missing(&config)),
            Some(Ok(config)) => Some(root.join(config)),
            Some(Err(outside)) => Some(outside.to_owned()),
            None => exists(&default_config).then(|| root.join(&default_config)),
        };
        let mut allowed = Vec::new();
        for path in folders {
            let path = root.join(path);
            // The generator rejects allowed folders that do not exist. The revision may not have had this one.
            std::fs::create_dir_all(&path).map_err(Error::cannot("write", &path))?;
            allowed.push(path);
        }
        let revision = revision.name.clone();
        Ok(Self { revision, spec: root.join(spec), config, allowed, root, _folder: folder })
    }

    /// Formats a path for messages, such as `HEAD~3:spec/openapi.yaml`.
    pub fn display(&self, path: &Path) -> String {
        match path.strip_prefix(&self.root) {
            Ok(path) => format!("{}:{}", self.revision, with_slashes(path)),
            Err(_) => display(path),
        }
    }

    /// Replaces paths of the temporary folder in a text.
    pub fn rename_paths(&self, text: &str) -> String {
        let root = format!("{}{}", self.root.display(), std::path::MAIN_SEPARATOR);
        text.replace(&root, &format!("{}:", self.revision))
    }

    /// Replaces paths of the temporary folder in diagnostics.
    pub fn rename_paths_in(&self, mut report: Report) -> Report {
        for diagnostic in &mut report.diagnostics {
            diagnostic.file = diagnostic.file.take().map(|file| self.display(&file).into());
            diagnostic.message = self.rename_paths(&diagnostic.message);
            diagnostic.help = diagnostic.help.take().map(|help| self.rename_paths(&help));
        }
        report
    }
}
