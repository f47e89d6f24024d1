//! Programs that stand on generated crates: `xtask/programs/<document>.rs` is compiled and run against the crate of
//! the document of that name. It brings its own server, and fails where an answer is not what it expects.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::{Failure, shown, workspace};

/// The program for a document, if there is one.
pub fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    Some(folder.join(format!("{name}.rs"))).filter(|path| path.is_file())
}

/// Runs a program against the crate `package` at `out`, and says how long that took, in seconds.
pub fn run(program: &Path, out: &Path, package: &str, name: &str) -> Result<f64, Failure> {
    let begin = Instant::now();
    let folder = workspace().join("target/corpus-programs").join(name);
    let failed = |error: std::io::Error| Failure(format!("{} can't be run: {error}", shown(program)));
    let text = std::fs::read_to_string(program).map_err(failed)?;
    std::fs::create_dir_all(folder.join("src")).map_err(failed)?;
    std::fs::write(folder.join("Cargo.toml"), manifest(out, package, &text)).map_err(failed)?;
    std::fs::write(folder.join("src/main.rs"), &text).map_err(failed)?;
    // The same versions as everywhere else in the workspace.
    std::fs::copy(workspace().join("Cargo.lock"), folder.join("Cargo.lock")).map_err(failed)?;
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["run", "--quiet", "--color=never"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", workspace().join("target/corpus-target"))
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .map_err(failed)?;
    if output.status.success() {
        return Ok(begin.elapsed().as_secs_f64());
    }
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let first: Vec<&str> = said.iter().flat_map(|text| text.lines()).take(40).collect();
    Err(Failure(format!("{} fails:\n{}", shown(program), first.join("\n"))))
}

/// The crate of a program. Where its first line says `// features: …`, only those of the generated crate are compiled.
fn manifest(out: &Path, package: &str, text: &str) -> String {
    let features = text.lines().next().and_then(|line| line.strip_prefix("// features:"));
    let features = match features {
        Some(list) => {
            let list: Vec<&str> = list.split(',').map(str::trim).collect();
            format!(", default-features = false, features = {list:?}")
        }
        None => String::new(),
    };
    let path = std::path::absolute(out).unwrap_or_else(|_| out.to_owned()).display().to_string();
    format!(
        "[package]\nname = \"program\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n[workspace]\n\n\
         [dependencies]\n{package} = {{ path = {path:?}{features} }}\n\
         tokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }}\n\n\
         [profile.dev]\ndebug = false\n"
    )
}
