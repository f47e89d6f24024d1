//! `cargo xtask semver-checks`: what cargo-semver-checks says of the single changes in `generator/tests/changes`.

use std::process::{Command, Stdio};

use crate::{Failure, workspace};

/// The tests compare it; this says what they need before they compile anything.
pub fn run() -> Result<(), Failure> {
    let cargo = || {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(workspace()).stdin(Stdio::null());
        cargo
    };
    let version = cargo().args(["semver-checks", "--version"]).output();
    if !version.is_ok_and(|output| output.status.success()) {
        return Err(Failure(
            "cargo-semver-checks is not there: `cargo install cargo-semver-checks --locked` installs it"
                .to_owned(),
        ));
    }
    let tests =
        ["test", "--package", "generator", "--test", "changes", "--locked", "--", "--ignored", "--nocapture"];
    match cargo().args(tests).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(Failure("cargo-semver-checks and what the changes state differ: see above".to_owned())),
        Err(error) => Err(Failure(format!("cargo can't be started: {error}"))),
    }
}
