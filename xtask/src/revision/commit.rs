//! Resolution of revision names to commits.

use std::path::Path;

use crate::error::{Error, Result};
use crate::git::Repository;
use crate::paths::display;

/// Commit that the user named.
#[derive(Clone, Debug)]
pub struct Revision {
    pub repository: Repository,
    /// Name that the user gave.
    pub name: String,
    /// Hash of the commit.
    pub commit: String,
}

impl Revision {
    /// Finds a revision in the repository that contains the file `path`.
    pub fn find(name: &str, path: &Path) -> Result<Self> {
        Self::find_in(&Repository::containing(path)?, name)
    }

    /// Finds a revision in a repository.
    pub fn find_in(repository: &Repository, name: &str) -> Result<Self> {
        // Git would parse a leading `-` as an option. No revision starts with it.
        if name.is_empty() || name.starts_with('-') || name.contains(char::is_control) {
            return Err(Error::new(format!("{name:?} is not a valid revision name")));
        }
        let argument = format!("{name}^{{commit}}");
        let output = repository.run(&["rev-parse", "--verify", "--quiet", &argument], b"")?;
        let commit = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let is_hash = !commit.is_empty() && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !output.status.success() || !is_hash {
            let message = format!("the repository {} has no revision {name:?}", display(&repository.root));
            return Err(Error::new(message).help(
                "list the revisions with `git log --oneline` and `git tag`; in a shallow clone, run \
                 `git fetch --tags --unshallow` first",
            ));
        }
        Ok(Self { repository: repository.clone(), name: name.to_owned(), commit })
    }
}
