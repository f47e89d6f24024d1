//! Changes of the runtime crate since the previous release. The SDK depends on it by its version.

use super::previous;
use crate::error::Result;
use crate::git::Repository;
use crate::paths::{with_slashes, workspace};
use crate::revision::Revision;

/// Path of the runtime in the workspace.
pub const PATH: &str = "generated-sdk/runtime";

/// State of the runtime compared to the previous release.
pub enum RuntimeState {
    /// Unchanged, or in another repository.
    Unchanged,
    /// Changed with the same version, which is a mistake: the SDK would be used with the published runtime.
    ChangedWithoutVersion,
    /// Has a version that is not published.
    NewVersion,
}

/// Compares the runtime with the previous release.
pub fn compare(repository: &Repository, previous: Option<&Revision>) -> Result<RuntimeState> {
    let folder = workspace().join(PATH);
    let Some(relative) = repository.relative_path(&folder) else { return Ok(RuntimeState::Unchanged) };
    let Some(previous) = previous else { return Ok(RuntimeState::NewVersion) };
    let manifest = folder.join("Cargo.toml");
    let now = std::fs::read(&manifest).unwrap_or_default();
    if previous::read(previous, &manifest)?.is_none_or(|before| version(&now) != version(&before)) {
        return Ok(RuntimeState::NewVersion);
    }
    let output = repository.run(&["diff", "--quiet", &previous.commit, "--", &with_slashes(&relative)], b"")?;
    Ok(match output.status.code() {
        Some(1) => RuntimeState::ChangedWithoutVersion,
        _ => RuntimeState::Unchanged,
    })
}

/// Returns the warning for [`RuntimeState::ChangedWithoutVersion`].
pub fn warning(previous: &Revision) -> String {
    format!(
        "warning: {PATH} has changed since {} but its version has not, so the SDK would be used with the published \
         runtime\n  = help: raise the version in {PATH}/Cargo.toml",
        previous.name
    )
}

fn version(manifest: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(manifest);
    text.lines().find_map(|line| line.strip_prefix("version = ")).map(str::to_owned)
}
