//! Commands that the user runs to commit, tag and publish a release.

use std::path::{Path, PathBuf};

use super::decision::Release;
use super::files::ReleaseFiles;
use super::runtime::{self, RuntimeState};
use crate::error::Result;
use crate::paths::{is_in_workspace, resolve, with_slashes};

/// Formats the commands. Paths are relative to the root of the repository.
pub fn format(files: &ReleaseFiles, release: &Release, uncommitted: &[PathBuf]) -> Result<String> {
    let Release { package, version, .. } = release;
    let repository = &files.repository;
    let argument = |path: &Path| match repository.relative_path(path) {
        Some(path) => quote(&with_slashes(&path)),
        None => quote(&resolve(path).display().to_string()),
    };
    let lock = files.lock_file();
    let added =
        uncommitted.iter().chain([&files.config, &files.out]).chain(is_tracked(files, &lock).then_some(&lock));
    let added: Vec<String> = added.map(|path| argument(path)).collect();

    let mut commands = Vec::new();
    if !std::env::current_dir().is_ok_and(|current| resolve(&current) == repository.root) {
        commands.push(format!("cd {}", quote(&repository.root.display().to_string())));
    }
    let is_home = is_in_workspace(&files.out);
    if is_home {
        commands.push("cargo test --workspace".to_owned());
    }
    commands.extend([
        format!("git add {}", added.join(" ")),
        format!("git commit --message \"Release {package} {version}\""),
        format!("git tag v{version}"),
        format!("git push --atomic origin HEAD v{version}"),
    ]);
    let mut note = "";
    if is_home {
        if let RuntimeState::NewVersion = runtime::compare(repository, release.previous.as_ref())? {
            commands.push("cargo publish --package sdk-runtime".to_owned());
        }
        commands.push(format!("cargo publish --package {package}"));
    } else {
        commands.push(format!("cargo publish --manifest-path {}", argument(&files.out.join("Cargo.toml"))));
        note = "\n\nPublish the runtime, sdk-runtime, before the crate.";
    }
    let commands = commands.join(" &&\n  ");
    Ok(format!(
        "\nwrote {package} {version}, and its library compiles. Review the changes, then run:\n\n  {commands}{note}"
    ))
}

fn is_tracked(files: &ReleaseFiles, path: &Path) -> bool {
    let run = |path: &str| files.repository.run(&["ls-files", "--error-unmatch", "--", path], b"");
    let path = files.repository.relative_path(path);
    path.is_some_and(|path| run(&with_slashes(&path)).is_ok_and(|output| output.status.success()))
}

/// Quotes a word for a POSIX shell.
fn quote(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./+:@%,\\".contains(c);
    if word.chars().all(is_plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}
