//! What is left to a person.

use std::path::Path;

use super::last::{self, Runtime};
use super::{Desk, Release, cargo};
use crate::{Failure, generate, shown};

/// What a person does next, to be typed as it is.
pub fn next(desk: &Desk, release: &Release) -> Result<String, Failure> {
    let (version, package) = (&release.version, &release.package);
    let mut files: Vec<String> = super::open(desk, release)?;
    files.extend([shown(&desk.config), shown(&desk.out)]);
    files.extend(cargo::lock(&desk.out).filter(|lock| is_tracked(desk, lock)).map(|lock| shown(&lock)));
    let files: Vec<String> = files.iter().map(|file| quoted(file)).collect();
    let is_home = cargo::is_home(&desk.out);
    let publish = match is_home {
        true => format!("cargo publish --package {package}"),
        false => format!("cargo publish --manifest-path {}", quoted(&shown(&desk.out.join("Cargo.toml")))),
    };
    let mut steps = vec![
        format!("git add {}", files.join(" ")),
        format!("git commit --message \"Release {package} {version}\""),
        format!("git tag v{version}"),
        format!("git push --atomic origin HEAD v{version}"),
    ];
    if is_home {
        steps.insert(0, "cargo test --workspace".to_owned());
        if let Runtime::New = last::runtime(&desk.repository, release.last.as_ref())? {
            steps.push("cargo publish --package sdk-runtime".to_owned());
        }
    }
    steps.push(publish);
    let folder = &desk.repository.folder;
    if !std::env::current_dir().is_ok_and(|current| generate::whole(&current).starts_with(folder)) {
        steps.insert(0, format!("cd {}", quoted(&folder.display().to_string())));
    }
    Ok(format!("\n{package} {version} is ready. Look through it, and then:\n\n  {}", steps.join("\n  ")))
}

fn is_tracked(desk: &Desk, path: &Path) -> bool {
    let inside = desk.repository.inside(path).map(|path| path.display().to_string().replace('\\', "/"));
    let run = |path: String| desk.repository.run(&["ls-files", "--error-unmatch", "--", &path], b"");
    inside.is_some_and(|path| run(path).is_ok_and(|output| output.status.success()))
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./+:@%,\\".contains(c);
    if word.chars().all(is_plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}
