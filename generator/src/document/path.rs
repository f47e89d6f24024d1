use std::path::{Component, Path, PathBuf};

/// Returns the absolute path without `.` and `..`, if the system can determine it. Links are followed, so that a path
/// cannot leave a folder by a link.
pub(super) fn normalize(path: &Path) -> PathBuf {
    if let Ok(path) = path.canonicalize() {
        return path;
    }
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut normalized = PathBuf::new();
    for component in absolute.components() {
        match component {
            Component::ParentDir => {
                normalized.pop();
            }
            Component::CurDir => {}
            other => normalized.push(other),
        }
        // A path that does not exist has no links.
        normalized = normalized.canonicalize().unwrap_or(normalized);
    }
    normalized
}
