//! Paths: the workspace, display form, resolution.

use std::path::{Path, PathBuf};

/// Returns the root folder of the workspace.
pub fn workspace() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_owned()
}

/// Formats a path for messages: relative to the current folder if it is inside.
pub fn display(path: &Path) -> String {
    let current = std::env::current_dir().unwrap_or_default();
    // Collecting the components removes `.` and repeated separators.
    let path: PathBuf = path.components().collect();
    match path.strip_prefix(&current) {
        Ok(inside) if inside.as_os_str().is_empty() => ".".to_owned(),
        inside => inside.unwrap_or(&path).display().to_string(),
    }
}

/// Returns the absolute path with symbolic links resolved. The path need not exist; links are resolved in its longest
/// existing prefix.
pub fn resolve(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let existing = absolute.ancestors().find_map(|prefix| Some((prefix, prefix.canonicalize().ok()?)));
    match existing {
        // Collected because joining an empty path adds a separator.
        Some((prefix, real)) => real.join(absolute.strip_prefix(prefix).unwrap_or(prefix)).components().collect(),
        None => absolute,
    }
}

/// Returns the path from one folder to another, with slashes. The path is absolute if the two have no common root.
pub fn relative(from: &Path, to: &Path) -> String {
    let (from, to) = (resolve(from), resolve(to));
    let (from, to): (Vec<_>, Vec<_>) = (from.components().collect(), to.components().collect());
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    if shared == 0 {
        return to.iter().collect::<PathBuf>().display().to_string().replace('\\', "/");
    }
    let up = from[shared..].iter().map(|_| "..".to_owned());
    let down = to[shared..].iter().map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

/// Returns the path with `/` as the separator, as git and cargo print it.
pub fn with_slashes(path: &Path) -> String {
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

/// Returns `true` if a file or folder is inside this workspace.
pub fn is_in_workspace(path: &Path) -> bool {
    resolve(path).starts_with(resolve(&workspace()))
}
