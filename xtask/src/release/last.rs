//! The last release, as tags have it.

use std::path::Path;

use semver::Version;

use crate::git::Repository;
use crate::revision::Revision;
use crate::{Failure, shown, workspace};

/// The last release, or why the next one is the first.
pub type Last = Result<Revision, String>;

/// The revision of the last release: the one that is named, or the newest tag such as `v0.2.0` that leads here, if it has
/// the spec.
pub fn find(repository: &Repository, since: Option<&str>, spec: &Path) -> Result<Last, Failure> {
    let none = || "there is no tag of a release, such as v0.1.0, that leads here".to_owned();
    if let Some(since) = since {
        return Revision::of(repository, since).map(Ok);
    }
    if Revision::of(repository, "HEAD").is_err() {
        return Ok(Err(none()));
    }
    let tags = repository.ask(&["tag", "--list", "--merged", "HEAD", "v*"], b"", "list the tags")?;
    let tags = String::from_utf8_lossy(&tags);
    let newest = tags.lines().filter_map(|tag| Some((Version::parse(tag.strip_prefix('v')?).ok()?, tag))).max();
    let Some((_, tag)) = newest else {
        let is_shallow = repository.ask(&["rev-parse", "--is-shallow-repository"], b"", "tell how deep it is")?;
        return match is_shallow.starts_with(b"true") {
            true => Err(Failure(
                "this is a shallow clone, in which the tag of the last release is not to be seen; run `git fetch \
                 --tags --unshallow`"
                    .to_owned(),
            )),
            false => Ok(Err(none())),
        };
    };
    let revision = Revision { text: tag.to_owned(), ..Revision::of(repository, &format!("refs/tags/{tag}"))? };
    Ok(if has(&revision, spec)? { Ok(revision) } else { Err(format!("{tag} does not have {}", shown(spec))) })
}

/// Whether there is a tag for a version.
pub fn is_tagged(repository: &Repository, version: &str) -> bool {
    Revision::of(repository, &format!("refs/tags/v{version}")).is_ok()
}

/// Whether a revision has a file of the work tree.
fn has(revision: &Revision, path: &Path) -> Result<bool, Failure> {
    Ok(show(revision, path)?.is_some())
}

/// A file of the work tree as it was.
fn show(revision: &Revision, path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    let Some(path) = revision.repository.inside(path) else { return Ok(None) };
    let path: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    let name = format!("{}:{}", revision.commit, path.join("/"));
    let output = revision.repository.run(&["cat-file", "blob", &name], b"")?;
    Ok(output.status.success().then_some(output.stdout))
}

/// What has become of the runtime, which the crate depends on by its version.
pub enum Runtime {
    /// It is what it was, or belongs to another repository.
    Same,
    /// It has changed, and its version has not.
    Changed,
    /// It has a version of its own to publish.
    New,
}

/// Compares the runtime with the last release's.
pub fn runtime(repository: &Repository, last: Option<&Revision>) -> Result<Runtime, Failure> {
    let folder = workspace().join(RUNTIME);
    let Some(inside) = repository.inside(&folder) else { return Ok(Runtime::Same) };
    let Some(last) = last else { return Ok(Runtime::New) };
    let manifest = folder.join("Cargo.toml");
    let now = std::fs::read(&manifest).unwrap_or_default();
    if show(last, &manifest)?.is_none_or(|before| version(&now) != version(&before)) {
        return Ok(Runtime::New);
    }
    let inside = inside.display().to_string().replace('\\', "/");
    let output = repository.run(&["diff", "--quiet", &last.commit, "--", &inside], b"")?;
    Ok(if output.status.code() == Some(1) { Runtime::Changed } else { Runtime::Same })
}

/// Where the runtime is.
pub const RUNTIME: &str = "generated-sdk/runtime";

fn version(manifest: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(manifest);
    text.lines().find_map(|line| line.strip_prefix("version = ")).map(str::to_owned)
}
