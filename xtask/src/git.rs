//! Invocations of git. Nothing here changes a repository, its files or its index.

use std::ffi::OsStr;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::error::{Error, Result};
use crate::paths::{display, resolve};

/// Git repository with a work tree.
#[derive(Clone, Debug)]
pub struct Repository {
    /// Root folder of the work tree, with symbolic links resolved.
    pub root: PathBuf,
}

impl Repository {
    /// Finds the repository that contains a path. The path need not exist.
    pub fn containing(path: &Path) -> Result<Self> {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let folder = path.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("."));
        let output = run(folder, &["rev-parse", "--show-toplevel"], b"")?;
        let name = String::from_utf8_lossy(&output.stdout);
        let name = name.strip_suffix('\n').unwrap_or(&name);
        match Path::new(name).canonicalize() {
            Ok(root) if output.status.success() && !name.is_empty() => Ok(Self { root }),
            _ => Err(Error::new(format!(
                "{} is not in the work tree of a git repository{}",
                display(folder),
                reason(&output)
            ))),
        }
    }

    /// Runs git in the root folder with `input` as standard input. The exit status is not checked.
    pub fn run<S: AsRef<OsStr>>(&self, arguments: &[S], input: &[u8]) -> Result<Output> {
        run(&self.root, arguments, input)
    }

    /// Runs git and returns its standard output. `action` completes the message of a failure: "git cannot …".
    pub fn output<S: AsRef<OsStr>>(&self, arguments: &[S], input: &[u8], action: &str) -> Result<Vec<u8>> {
        let output = self.run(arguments, input)?;
        match output.status.success() {
            true => Ok(output.stdout),
            false => Err(Error::new(format!("git cannot {action} in {}{}", display(&self.root), reason(&output)))),
        }
    }

    /// Returns the path relative to the root, or `None` if it is outside. Links in its parent folders are resolved, but
    /// the last component is not: it may be a link, or missing.
    pub fn relative_path(&self, path: &Path) -> Option<PathBuf> {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let resolved = match path.file_name() {
            Some(name) => resolve(parent).join(name),
            None => resolve(path),
        };
        resolved.strip_prefix(&self.root).map(Path::to_owned).ok()
    }
}

/// Variables with which a git hook that runs this program redirects git to another repository.
const REDIRECTING: [&str; 6] =
    ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_NAMESPACE"];

fn run<S: AsRef<OsStr>>(folder: &Path, arguments: &[S], input: &[u8]) -> Result<Output> {
    let mut command = Command::new("git");
    for name in REDIRECTING {
        command.env_remove(name);
    }
    // Disables the prompt for passwords and the refresh of the index.
    command.env("GIT_TERMINAL_PROMPT", "0").env("GIT_OPTIONAL_LOCKS", "0").env("LC_ALL", "C");
    command.arg("-C").arg(folder).arg("--literal-pathspecs").args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let failed = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => {
            Error::new("git is not installed or not in PATH").help("install git to read revisions")
        }
        _ => Error::new(format!("cannot run git: {error}")),
    };
    let mut child = command.spawn().map_err(failed)?;
    let stdin = child.stdin.take();
    std::thread::scope(|scope| {
        // Git writes while it reads, so both pipes are served at once. A write error shows in git's own message.
        scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(input)));
        child.wait_with_output().map_err(failed)
    })
}

/// Returns the first line of git's error output in parentheses, as the end of a sentence.
fn reason(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    match text.lines().find(|line| !line.trim().is_empty()) {
        Some(line) => format!(" ({})", line.trim()),
        None => String::new(),
    }
}
