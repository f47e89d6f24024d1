//! Cargo, asked to check the crate and to take note of its version.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Failure, generate, shown, workspace};

/// Runs cargo in the crate's folder. What it has to say is seen.
pub fn run(out: &Path, arguments: &[&str]) -> Result<(), Failure> {
    let mut command = Command::new(program());
    command.args(arguments).current_dir(out);
    // A crate of its own would get a folder in which nobody expects one.
    if std::env::var_os("CARGO_TARGET_DIR").is_none() && !is_home(out) {
        command.env("CARGO_TARGET_DIR", workspace().join("target/xtask-release"));
    }
    let words = format!("cargo {}", arguments.join(" "));
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure(format!("`{words}` in {} failed: {status}", shown(out)))),
        Err(error) => Err(Failure(format!("`{words}` can't be run: {error}"))),
    }
}

fn program() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// The file in which cargo keeps the versions of the workspace that the crate is in, whether it is there or not.
pub fn lock(out: &Path) -> Option<PathBuf> {
    let mut command = Command::new(program());
    command.args(["locate-project", "--workspace", "--message-format", "plain"]).current_dir(out);
    let output = command.output().ok().filter(|output| output.status.success());
    let manifest = output.map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim_end()));
    let manifest = manifest.filter(|path| path.is_absolute()).unwrap_or_else(|| out.join("Cargo.toml"));
    Some(manifest.with_file_name("Cargo.lock"))
}

/// Whether a crate is in this workspace.
pub fn is_home(out: &Path) -> bool {
    generate::whole(out).starts_with(generate::whole(&workspace()))
}
