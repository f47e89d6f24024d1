//! Workspaces of generated crates, below the target folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Writes a file, unless it is as it should be: cargo compiles again what has a new date.
pub fn write_changed(path: &Path, text: &str) {
    if fs::read_to_string(path).is_ok_and(|known| known == text) {
        return;
    }
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).unwrap_or_else(|error| panic!("{} can't be written: {error}", path.display()));
}

/// Removes what an earlier version of a fixture left.
pub fn remove_others(folder: &Path, written: &BTreeSet<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            remove_others(&path, written);
        } else if !written.contains(&path) {
            fs::remove_file(&path).expect("a file to remove");
        }
    }
}

/// Writes the files of a package, and nothing else below its folder.
pub fn write_all(folder: &Path, files: &BTreeMap<PathBuf, String>) {
    let mut written = BTreeSet::new();
    for (path, text) in files {
        write_changed(&folder.join(path), text);
        written.insert(folder.join(path));
    }
    remove_others(folder, &written);
}
