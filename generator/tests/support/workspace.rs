//! Workspaces of generated crates in the target folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Returns the root of this repository.
fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the generator is in a folder of the repository")
}

/// Returns the path of the runtime crate, for manifests.
pub fn runtime_path() -> String {
    repository().join("generated-sdk/runtime").display().to_string().replace('\\', "/")
}

/// Writes the manifest and the lock file of a workspace. The lock file is that of this repository, so that cargo
/// resolves and downloads nothing.
pub fn write_workspace(folder: &Path, members: &[&str]) {
    let manifest = format!(
        "[workspace]\nresolver = \"3\"\nmembers = {members:?}\n\n[profile.dev]\ndebug = false\nincremental = false\n"
    );
    write_changed(&folder.join("Cargo.toml"), &manifest);
    fs::copy(repository().join("Cargo.lock"), folder.join("Cargo.lock")).expect("the lock file is copied");
}

/// Returns a command that runs cargo in a workspace.
pub fn cargo(folder: &Path) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(folder).env("CARGO_TARGET_DIR", folder.join("target")).stdin(Stdio::null());
    cargo
}

/// Writes the files of a package and removes all others from its folder.
pub fn write_package(folder: &Path, files: &BTreeMap<PathBuf, String>) {
    let mut written = BTreeSet::new();
    for (path, text) in files {
        write_changed(&folder.join(path), text);
        written.insert(folder.join(path));
    }
    remove_others(folder, &written);
}

/// Writes a file if its content differs. Cargo recompiles files with a new modification time.
pub fn write_changed(path: &Path, text: &str) {
    if fs::read_to_string(path).is_ok_and(|current| current == text) {
        return;
    }
    fs::create_dir_all(path.parent().expect("a file in a folder")).expect("the folder is created");
    fs::write(path, text).unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
}

/// Removes the files in a folder that are not in `written`.
fn remove_others(folder: &Path, written: &BTreeSet<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder exists") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            remove_others(&path, written);
        } else if !written.contains(&path) {
            fs::remove_file(&path).expect("the file is removed");
        }
    }
}
