//! `cargo xtask semver-checks`: compares the generator's diff rules with cargo-semver-checks, for the changes in
//! `generator/tests/changes`.

use std::process::Stdio;

use crate::cargo;
use crate::error::{Error, Result};
use crate::paths::workspace;

/// Runs the comparison, which is an ignored test, after checking that the tool is installed.
pub fn run() -> Result<()> {
    let cargo = || {
        let mut command = cargo::command();
        command.current_dir(workspace()).stdin(Stdio::null());
        command
    };
    let version = cargo().args(["semver-checks", "--version"]).output();
    if !version.is_ok_and(|output| output.status.success()) {
        return Err(Error::new("cargo-semver-checks is not installed")
            .help("run `cargo install cargo-semver-checks --locked`"));
    }
    let arguments =
        ["test", "--package", "generator", "--test", "changes", "--locked", "--", "--ignored", "--nocapture"];
    match cargo().args(arguments).status().map_err(Error::cannot_run("cargo"))?.success() {
        true => Ok(()),
        false => Err(Error::new("cargo-semver-checks disagrees with the expected effect of a change; see above")),
    }
}
