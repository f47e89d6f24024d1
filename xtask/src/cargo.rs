//! Invocations of cargo.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use crate::error::{Error, Result};
use crate::paths::workspace;

/// Returns a command that runs the cargo that started this program, or the one in `PATH`.
pub fn command() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")))
}

/// Copies the workspace's `Cargo.lock` into another package's folder, so that it builds with the same versions.
pub fn copy_lock_file(folder: &Path) -> Result<()> {
    std::fs::copy(workspace().join("Cargo.lock"), folder.join("Cargo.lock"))
        .map_err(Error::cannot("write Cargo.lock into", folder))?;
    Ok(())
}

/// Writes a program with one source file as a separate package: `Cargo.toml`, `src/main.rs`, `Cargo.lock`.
///
/// `dependencies` are lines of the manifest; `tokio` is added to them.
pub fn write_program(folder: &Path, name: &str, dependencies: &str, text: &str) -> Result<()> {
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n[workspace]\n\n\
         [dependencies]\n{dependencies}\
         tokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }}\n\n\
         [profile.dev]\ndebug = false\n\n[profile.release]\nstrip = true\n"
    );
    let failed = Error::cannot("write", folder);
    std::fs::create_dir_all(folder.join("src")).map_err(&failed)?;
    std::fs::write(folder.join("Cargo.toml"), manifest).map_err(&failed)?;
    std::fs::write(folder.join("src/main.rs"), text).map_err(&failed)?;
    copy_lock_file(folder)
}
