//! Compilation of the new crate in a temporary folder, so that a failed release leaves every file unchanged.

use std::path::Path;

use generator::render;

use super::files::ReleaseFiles;
use crate::error::{Error, Result};
use crate::output::{self, Plan};
use crate::paths::{display, workspace};
use crate::{cargo, generate};

/// Generates the crate next to a copy of its handwritten files, and compiles it with all features.
pub fn check(files: &ReleaseFiles, options: &generate::Options) -> Result<()> {
    let parent = workspace().join("target/xtask-release");
    std::fs::create_dir_all(&parent).map_err(Error::cannot("write", &parent))?;
    let folder = tempfile::tempdir_in(&parent).map_err(Error::cannot("write", &parent))?;
    let staging = folder.path();
    copy(&files.out, staging)?;
    let lock = files.lock_file();
    if lock.is_file() {
        std::fs::copy(&lock, staging.join("Cargo.lock")).map_err(Error::cannot("read", &lock))?;
    }
    let spec = options.clone().with_out(staging).load()?;
    let rendered = render::render(&spec.templates, &spec.krate)?;
    output::write(staging, &rendered, &Plan::new(staging, &rendered)?)?;

    let arguments = ["check", "--all-features", "--quiet"];
    let mut command = cargo::command();
    command.args(arguments).current_dir(staging);
    if std::env::var_os("CARGO_TARGET_DIR").is_none() {
        command.env("CARGO_TARGET_DIR", parent.join("target"));
    }
    let status = command.status().map_err(Error::cannot_run("cargo"))?;
    match status.success() {
        true => Ok(()),
        false => Err(Error::new(format!(
            "`cargo {}` of the crate for {} failed ({status}); no files were written",
            arguments.join(" "),
            display(&files.out)
        ))),
    }
}

/// Copies a package without nested packages, build output and hidden files other than the list of generated files.
fn copy(from: &Path, to: &Path) -> Result<()> {
    if !from.is_dir() {
        return Ok(());
    }
    let failed = Error::cannot("copy", from);
    std::fs::create_dir_all(to).map_err(&failed)?;
    for entry in std::fs::read_dir(from).map_err(&failed)? {
        let entry = entry.map_err(&failed)?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().map_err(&failed)?;
        if kind.is_dir() {
            let is_package = path.join("Cargo.toml").is_file();
            let name = entry.file_name();
            if !is_package && name != "target" && !name.to_string_lossy().starts_with('.') {
                copy(&path, &target)?;
            }
        } else if path.is_file() {
            std::fs::copy(&path, &target).map_err(&failed)?;
        }
    }
    Ok(())
}
