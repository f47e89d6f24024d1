//! Other generators of Rust code from OpenAPI documents, measured with the same document.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::context::{Context, log, remove};
use super::table::Figure;
use crate::cargo;
use crate::error::{Error, Result};
use crate::measure::{Measurement, Scope};

/// Another generator.
struct Peer {
    program: &'static str,
    /// Subcommand or option that prints the version.
    version: &'static str,
    /// Command that installs it.
    install: &'static str,
    /// Arguments that generate a crate.
    arguments: fn(spec: &Path, out: &Path) -> Vec<OsString>,
}

const PEERS: [Peer; 2] = [
    Peer {
        program: "ploidy",
        version: "--version",
        install: "cargo install ploidy",
        arguments: |spec, out| {
            ["generate".into(), "rust".into(), "--output".into(), out.into(), spec.into()].to_vec()
        },
    },
    Peer {
        program: "openapi-generator-cli",
        version: "version",
        install: "pip install openapi-generator-cli",
        arguments: |spec, out| {
            let options = ["generate", "-g", "rust", "--skip-validate-spec", "-i"].map(OsString::from);
            options.into_iter().chain([spec.into(), "-o".into(), out.into()]).collect()
        },
    },
];

/// Returns the titles of the peers' columns.
pub fn titles() -> Vec<String> {
    let title = |peer: &Peer| match peer.installed_version() {
        Some(version) => format!("{} {version}", peer.program),
        None => peer.program.to_owned(),
    };
    PEERS.iter().map(title).collect()
}

/// Measures how the peers generate a crate. Returns one text per peer, with the ratio to `ours`.
pub fn generate(context: &Context, ours: &[&Figure; 2]) -> Vec<String> {
    measure_each(ours, |peer| context.repeat(|| Ok(peer.generate(context)?.0)))
}

/// Measures how the crates of the peers compile, if requested.
pub fn check(context: &Context, ours: &[&Figure; 2]) -> Vec<String> {
    if !context.compiles_peers {
        return PEERS.iter().map(|_| "not measured without `--peers`".to_owned()).collect();
    }
    measure_each(ours, |peer| {
        let (_, out) = peer.generate(context)?;
        context.repeat(|| compile(context, &out))
    })
}

fn measure_each(ours: &[&Figure; 2], measure: impl Fn(&Peer) -> Result<[Figure; 2]>) -> Vec<String> {
    let text = |peer: &Peer| {
        if peer.installed_version().is_none() {
            return format!("not installed: `{}`", peer.install);
        }
        log(&format!("  {}", peer.program));
        match measure(peer) {
            Ok(figures) => {
                let texts = ours.iter().zip(&figures).map(|(ours, peer)| ours.format_peer(peer));
                texts.collect::<Vec<_>>().join(", ")
            }
            Err(error) => error.message(),
        }
    };
    PEERS.iter().map(text).collect()
}

impl Peer {
    fn installed_version(&self) -> Option<String> {
        let output = Command::new(self.program).arg(self.version).stdin(Stdio::null()).output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        output.status.success().then(|| text.split_whitespace().last().unwrap_or_default().to_owned())
    }

    /// Generates a crate, and returns its folder.
    fn generate(&self, context: &Context) -> Result<(Measurement, PathBuf)> {
        // Some generators name the crate after the folder.
        let out = context.folder.join(format!("{}-sdk", self.program));
        remove(&out)?;
        let spec = context.generate.spec();
        let spec = std::path::absolute(&spec).map_err(Error::cannot("read", &spec))?;
        let mut command = Command::new(self.program);
        command.args((self.arguments)(&spec, &out));
        Ok((context.measure(&mut command, &Scope::Tree)?, out))
    }
}

/// Compiles the crate of a peer and measures its compiler.
fn compile(context: &Context, out: &Path) -> Result<Measurement> {
    let manifest = out.join("Cargo.toml");
    let failed = Error::cannot("read", &manifest);
    let text = std::fs::read_to_string(&manifest).map_err(&failed)?;
    let name = text.lines().find_map(|line| line.strip_prefix("name")?.trim_start().strip_prefix('='));
    let name = name.unwrap_or_default().trim().trim_matches('"').replace('-', "_");
    // The crate is below this workspace but not a member of it.
    if !text.contains("[workspace]") {
        std::fs::write(&manifest, text + "\n[workspace]\n").map_err(&failed)?;
    }
    let mut command = cargo::command();
    command
        .args(["check", "--quiet", "--color=never", "--message-format=short"])
        .current_dir(out)
        .env("CARGO_TARGET_DIR", context.target())
        .env("CARGO_INCREMENTAL", "0");
    // Each run compiles the crate again.
    let library = out.join("src/lib.rs");
    crate::measure::touch(&library).map_err(Error::cannot("write", &library))?;
    context.measure(&mut command, &Scope::Compilers(&[&name]))
}
