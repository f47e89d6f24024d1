//! What is left to a person.

use std::path::{Path, PathBuf};

use super::last::{self, Runtime};
use super::{Desk, Release, cargo};
use crate::{Failure, generate, shown};

/// What a person does next, to be typed as it is.
pub fn next(desk: &Desk, release: &Release) -> Result<String, Failure> {
    let (version, package) = (&release.version, &release.package);
    let folder = &desk.repository.folder;
    let is_inside = std::env::current_dir().is_ok_and(|current| generate::whole(&current).starts_with(folder));
    // Where the commands begin with a change to the repository's folder, files are named from there.
    let named = |path: &Path| match is_inside {
        true => quoted(&shown(path)),
        false => quoted(&from_folder(folder, path)),
    };
    let mut files: Vec<PathBuf> = super::open(desk, release)?;
    files.extend([desk.config.clone(), desk.out.clone()]);
    files.extend(cargo::lock(&desk.out).filter(|lock| is_tracked(desk, lock)));
    let files: Vec<String> = files.iter().map(|file| named(file)).collect();
    let is_home = cargo::is_home(&desk.out);
    let publish = match is_home {
        true => format!("cargo publish --package {package}"),
        false => format!("cargo publish --manifest-path {}", named(&desk.out.join("Cargo.toml"))),
    };
    let mut steps = vec![
        format!("git add {}", files.join(" ")),
        format!("git commit --message \"Release {package} {version}\""),
        format!("git tag v{version}"),
        format!("git push --atomic origin HEAD v{version}"),
    ];
    let mut about = String::new();
    if is_home {
        steps.insert(0, "cargo test --workspace".to_owned());
        if let Runtime::New = last::runtime(&desk.repository, release.last.as_ref())? {
            steps.push("cargo publish --package sdk-runtime".to_owned());
        }
    } else {
        about = "\n\nThe runtime, sdk-runtime, has to be in the registry before the crate can be published."
            .to_owned();
    }
    steps.push(publish);
    if !is_inside {
        steps.insert(0, format!("cd {}", quoted(&folder.display().to_string())));
    }
    // Each only where the one before has worked.
    let steps = steps.join(" &&\n  ");
    Ok(format!(
        "\n{package} {version} is written, and its library compiles. Look through it, and then:\n\n  {steps}{about}"
    ))
}

/// A path from the repository's folder on, whatever the folder that this runs in.
fn from_folder(folder: &Path, path: &Path) -> String {
    let whole = generate::whole(path);
    whole.strip_prefix(folder).unwrap_or(&whole).display().to_string()
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
