//! The spec as it was: the files of a git revision, written into a folder that goes away again.

mod tree;

use std::path::{Path, PathBuf};

use generator::diagnostics::Report;
use tempfile::TempDir;

use crate::generate::whole;
use crate::git::Repository;
use crate::{Failure, shown};

/// What a person names to compare with.
#[derive(Debug)]
pub enum Side {
    /// A spec's file.
    File(PathBuf),
    /// The spec at a revision.
    Revision(Revision),
}

impl Side {
    /// Tells a file from a revision of the repository that `spec` is in. A file that is there is meant before a branch
    /// of its name, as it is where git reads both: `./main` is never a revision, and `refs/heads/main` hardly a file. A
    /// folder is no spec.
    pub fn named(text: &str, spec: &Path) -> Result<Self, Failure> {
        let path = Path::new(text);
        if !text.is_empty() && path.exists() && !path.is_dir() {
            return Ok(Self::File(path.to_owned()));
        }
        Revision::find(text, spec).map(Self::Revision).map_err(|Failure(why)| {
            let what = match path.is_dir() {
                true => format!("{text:?} is a folder: name the OpenAPI document in it. As a revision"),
                false => format!("there is no file {text:?}. As a revision"),
            };
            Failure(format!("{what}: {why}"))
        })
    }
}

/// A commit that a person named.
#[derive(Clone, Debug)]
pub struct Revision {
    pub repository: Repository,
    /// As it was named.
    pub text: String,
    /// The commit's hash.
    pub commit: String,
}

impl Revision {
    /// Finds a revision of the repository that the file `near` is in.
    pub fn find(text: &str, near: &Path) -> Result<Self, Failure> {
        Self::of(&Repository::around(near)?, text)
    }

    /// Finds a revision of a repository.
    pub fn of(repository: &Repository, text: &str) -> Result<Self, Failure> {
        // No name in git begins like an option.
        if text.is_empty() || text.starts_with('-') || text.contains(char::is_control) {
            return Err(Failure(format!("{text:?} can't be the name of a revision")));
        }
        let name = format!("{text}^{{commit}}");
        let output = repository.run(&["rev-parse", "--verify", "--quiet", &name], b"")?;
        let commit = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let is_hash = !commit.is_empty() && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !output.status.success() || !is_hash {
            return Err(Failure(format!(
                "the repository {} has no revision {text:?}; `git log --oneline` and `git tag` show those that there are; in a shallow \
                 clone, `git fetch --tags --unshallow` brings the others",
                shown(&repository.folder),
            )));
        }
        Ok(Self { repository: repository.clone(), text: text.to_owned(), commit })
    }

    /// Writes the files of a spec as they were into a folder of their own. The paths are those of the work tree; without
    /// a configuration, what stood beside the spec is taken.
    ///
    /// Folders that the spec may refer to are taken along, and have to be in the repository: what another one was then,
    /// nobody knows. A configuration from elsewhere is taken as it is.
    pub fn files(&self, spec: &Path, config: Option<&Path>, allowed: &[PathBuf]) -> Result<Snapshot, Failure> {
        let inside = |path: &Path| {
            self.repository.inside(path).ok_or_else(|| {
                let (path, folder) = (shown(path), shown(&self.repository.folder));
                Failure(format!(
                    "{path} is not in the repository {folder}: what it was at {} is not known",
                    self.text
                ))
            })
        };
        // Where a link leads today, if one of them is a link.
        let behind = [Some(spec), config].into_iter().flatten().filter(|path| path.is_symlink());
        let behind: Vec<_> = behind.filter_map(|path| self.repository.inside(&whole(path))).collect();
        let spec = inside(spec)?;
        let folders = allowed.iter().map(|folder| inside(&whole(folder))).collect::<Result<Vec<_>, _>>()?;
        let beside = spec.with_file_name("sdk.yaml");
        let asked = config.map(|config| self.repository.inside(config).ok_or(config));
        let config = match &asked {
            Some(Ok(config)) => Some(config),
            Some(Err(_)) => None,
            None => Some(&beside),
        };
        let home = spec.parent().unwrap_or(Path::new(""));
        let wanted: Vec<&Path> = folders.iter().map(PathBuf::as_path).chain([home]).collect();
        let single = [Some(&spec), config].into_iter().flatten().chain(&behind);
        let single: Vec<&Path> = single.map(PathBuf::as_path).collect();
        let (folder, root) = tree::write(self, &single, &wanted)?;
        let there = |path: &Path| root.join(path).is_file();
        let missing = |path: &Path| Failure(format!("{} has no file {}", self.text, slashed(path)));
        if !there(&spec) {
            return Err(missing(&spec));
        }
        let config = match asked {
            Some(Ok(config)) if !there(&config) => return Err(missing(&config)),
            Some(Ok(config)) => Some(root.join(config)),
            Some(Err(elsewhere)) => Some(elsewhere.to_owned()),
            None => there(&beside).then(|| root.join(&beside)),
        };
        let mut allowed = Vec::new();
        for path in folders {
            let path = root.join(path);
            // What wasn't there then was not referred to.
            std::fs::create_dir_all(&path).map_err(|error| tree::unwritable(&path, &error))?;
            allowed.push(path);
        }
        Ok(Snapshot { text: self.text.clone(), spec: root.join(spec), config, allowed, root, _folder: folder })
    }
}

/// The files of a spec at a revision, for as long as this is kept.
#[derive(Debug)]
pub struct Snapshot {
    text: String,
    /// The OpenAPI document.
    pub spec: PathBuf,
    /// The configuration, if there was one.
    pub config: Option<PathBuf>,
    /// The other folders that the document may refer to.
    pub allowed: Vec<PathBuf>,
    /// Where the repository's files are.
    root: PathBuf,
    _folder: TempDir,
}

impl Snapshot {
    /// A file as people know it: `HEAD~3:spec/openapi.yaml`.
    pub fn shown(&self, path: &Path) -> String {
        match path.strip_prefix(&self.root) {
            Ok(path) => format!("{}:{}", self.text, slashed(path)),
            Err(_) => shown(path),
        }
    }

    /// A text in which files are named as people know them.
    pub fn named(&self, text: &str) -> String {
        let root = format!("{}{}", self.root.display(), std::path::MAIN_SEPARATOR);
        text.replace(&root, &format!("{}:", self.text))
    }

    /// Problems of the files here, which are named as people know them.
    pub fn report(&self, mut report: Report) -> Report {
        for diagnostic in &mut report.diagnostics {
            diagnostic.file = diagnostic.file.take().map(|file| self.shown(&file).into());
            diagnostic.message = self.named(&diagnostic.message);
            diagnostic.help = diagnostic.help.take().map(|help| self.named(&help));
        }
        report
    }
}

/// A path as git writes it.
fn slashed(path: &Path) -> String {
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests;
