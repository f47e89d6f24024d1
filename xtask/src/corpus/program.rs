//! Programs that use generated crates. `xtask/programs/NAME.rs` is compiled and run against the crate of the document
//! NAME. A program starts its own server and fails if a response is not the expected one.

use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::cargo;
use crate::error::{Error, Result};
use crate::paths::{display, workspace};

/// Maximum number of lines of a failed program's output that are shown.
const MAX_LINES: usize = 40;

/// Returns the program for a document, if there is one.
pub fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    Some(folder.join(format!("{name}.rs"))).filter(|path| path.is_file())
}

/// Compiles and runs a program with the crate `package` at `out`. Returns the time in seconds.
pub fn run(program: &Path, out: &Path, package: &str, name: &str) -> Result<f64> {
    let start = Instant::now();
    let folder = workspace().join("target/corpus-programs").join(name);
    let text = std::fs::read_to_string(program).map_err(Error::cannot("read", program))?;
    cargo::write_program(&folder, "program", &dependency(out, package, &text), &text)?;
    let output = cargo::command()
        .args(["run", "--quiet", "--color=never"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", workspace().join("target/corpus-target"))
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .map_err(Error::cannot_run("cargo"))?;
    if output.status.success() {
        return Ok(start.elapsed().as_secs_f64());
    }
    let texts = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let first: Vec<&str> = texts.iter().flat_map(|text| text.lines()).take(MAX_LINES).collect();
    Err(Error::new(format!("{} failed:\n{}", display(program), first.join("\n"))))
}

/// Returns the manifest's line for the generated crate. If the program's first line is `// features: …`, only those
/// features are enabled.
fn dependency(out: &Path, package: &str, text: &str) -> String {
    let features = text.lines().next().and_then(|line| line.strip_prefix("// features:"));
    let features = match features {
        Some(list) => {
            let list: Vec<&str> = list.split(',').map(str::trim).collect();
            format!(", default-features = false, features = {list:?}")
        }
        None => String::new(),
    };
    let path = std::path::absolute(out).unwrap_or_else(|_| out.to_owned()).display().to_string();
    format!("{package} = {{ path = {path:?}{features} }}\n")
}
