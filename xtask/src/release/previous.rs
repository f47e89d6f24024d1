//! Previous release, found by its tag.

use std::path::Path;

use semver::Version;

use crate::error::{Error, Result};
use crate::git::Repository;
use crate::paths::{display, with_slashes};
use crate::revision::Revision;

/// Revision of the previous release, or the reason for its absence.
pub type PreviousRelease = Result<Revision, String>;

/// Finds the previous release: the revision `since`, or the newest tag such as `v0.2.0` that `HEAD` contains. A tag
/// without the spec counts as no release.
pub fn find(repository: &Repository, since: Option<&str>, spec: &Path) -> Result<PreviousRelease> {
    let none = || "no release tag such as v0.1.0 in the history of HEAD".to_owned();
    if let Some(since) = since {
        return Revision::find_in(repository, since).map(Ok);
    }
    if Revision::find_in(repository, "HEAD").is_err() {
        return Ok(Err(none()));
    }
    let tags = repository.output(&["tag", "--list", "--merged", "HEAD", "v*"], b"", "list tags")?;
    let tags = String::from_utf8_lossy(&tags);
    let newest = tags.lines().filter_map(|tag| Some((Version::parse(tag.strip_prefix('v')?).ok()?, tag))).max();
    let Some((_, tag)) = newest else {
        let is_shallow = repository.output(&["rev-parse", "--is-shallow-repository"], b"", "read the history")?;
        return match is_shallow.starts_with(b"true") {
            true => Err(Error::new("this is a shallow clone without the tag of the previous release")
                .help("run `git fetch --tags --unshallow`")),
            false => Ok(Err(none())),
        };
    };
    // Without `refs/tags/`, a branch of the same name would be ambiguous.
    let revision =
        Revision { name: tag.to_owned(), ..Revision::find_in(repository, &format!("refs/tags/{tag}"))? };
    match read(&revision, spec)? {
        Some(_) => Ok(Ok(revision)),
        None => Ok(Err(format!("{tag} does not have {}", display(spec)))),
    }
}

/// Returns `true` if a version has a tag.
pub fn is_tagged(repository: &Repository, version: &str) -> bool {
    Revision::find_in(repository, &format!("refs/tags/v{version}")).is_ok()
}

/// Reads a file of the work tree at a revision, or returns `None` if the revision lacks it.
pub fn read(revision: &Revision, path: &Path) -> Result<Option<Vec<u8>>> {
    let Some(path) = revision.repository.relative_path(path) else { return Ok(None) };
    let name = format!("{}:{}", revision.commit, with_slashes(&path));
    let output = revision.repository.run(&["cat-file", "blob", &name], b"")?;
    Ok(output.status.success().then_some(output.stdout))
}
