//! The program `git`, asked for what it knows. Nothing here changes a repository, its files or its index.

use std::ffi::OsStr;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::{Failure, shown};

/// The repository that a folder is in.
#[derive(Clone, Debug)]
pub struct Repository {
    /// The folder of its work tree, links followed.
    pub folder: PathBuf,
}

impl Repository {
    /// The repository that a file or a folder is in. The path may lead to what isn't there any more.
    pub fn around(path: &Path) -> Result<Self, Failure> {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let folder = path.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("."));
        let output = run(folder, &["rev-parse", "--show-toplevel"], b"")?;
        let name = text(&output.stdout);
        let name = name.strip_suffix('\n').unwrap_or(&name);
        match Path::new(name).canonicalize() {
            Ok(folder) if output.status.success() && !name.is_empty() => Ok(Self { folder }),
            _ => Err(Failure(format!(
                "{} is not in the work tree of a git repository{}",
                shown(folder),
                reason(&output)
            ))),
        }
    }

    /// Runs `git` in the work tree's folder.
    pub fn run<S: AsRef<OsStr>>(&self, arguments: &[S], input: &[u8]) -> Result<Output, Failure> {
        run(&self.folder, arguments, input)
    }

    /// What `git` prints; an error where it fails. `what` says what was asked, for people.
    pub fn ask<S: AsRef<OsStr>>(&self, arguments: &[S], input: &[u8], what: &str) -> Result<Vec<u8>, Failure> {
        let output = self.run(arguments, input)?;
        match output.status.success() {
            true => Ok(output.stdout),
            false => Err(Failure(format!("git can't {what} in {}{}", shown(&self.folder), reason(&output)))),
        }
    }

    /// Where a path of the work tree is below its folder: links on the way are followed, but what it names need not be
    /// there. Nothing where it is elsewhere.
    pub fn inside(&self, path: &Path) -> Option<PathBuf> {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let whole = match path.file_name() {
            Some(name) => crate::generate::whole(parent).join(name),
            None => crate::generate::whole(path),
        };
        whole.strip_prefix(&self.folder).map(Path::to_owned).ok()
    }
}

/// Variables by which a program that calls this one, such as a hook, leads git to other files than those around a folder.
const LEADING: [&str; 6] =
    ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_NAMESPACE"];

fn run<S: AsRef<OsStr>>(folder: &Path, arguments: &[S], input: &[u8]) -> Result<Output, Failure> {
    let mut command = Command::new("git");
    for name in LEADING {
        command.env_remove(name);
    }
    // Nobody is there to type a password, and nothing of the index is refreshed on the side.
    command.env("GIT_TERMINAL_PROMPT", "0").env("GIT_OPTIONAL_LOCKS", "0").env("LC_ALL", "C");
    command.arg("-C").arg(folder).arg("--literal-pathspecs").args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let failed = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => {
            Failure("git is not installed, or not in PATH: revisions are read by it".to_owned())
        }
        _ => Failure(format!("git can't be run: {error}")),
    };
    let mut child = command.spawn().map_err(failed)?;
    let stdin = child.stdin.take();
    std::thread::scope(|scope| {
        // It answers while it is still asked. That it stops listening shows in what it says.
        scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(input)));
        child.wait_with_output().map_err(failed)
    })
}

/// What git says, as the end of a sentence.
fn reason(output: &Output) -> String {
    let text = text(&output.stderr);
    match text.lines().find(|line| !line.trim().is_empty()) {
        Some(line) => format!(" ({})", line.trim()),
        None => String::new(),
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
