//! `cargo xtask lint-docs`: rejects prose and names that the style guide forbids.
//!
//! The rules are tables in [`rules`]. The texts that they apply to (doc comments, comments, messages, descriptions,
//! Markdown, identifiers) are found by [`extract`]; [`check`] matches one against the other.

mod check;
mod extract;
mod rules;
mod text;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Error, Result};
use crate::paths::workspace;
use check::Finding;

/// Arguments of `lint-docs`.
#[derive(clap::Args)]
pub struct Options {
    /// Files and folders to check [default: the workspace].
    paths: Vec<PathBuf>,
    /// Print the rules instead of checking files.
    #[arg(long)]
    list_rules: bool,
    /// Print the number of findings per folder and kind of text instead of each finding.
    #[arg(long)]
    summary: bool,
}

/// Checks the files of the workspace that git tracks or would track.
///
/// # Errors
/// Fails if a file has a finding or cannot be read, and if `git ls-files` fails.
pub fn run(options: &Options) -> Result<()> {
    if options.list_rules {
        print!("{}", rules::list());
        return Ok(());
    }
    let (findings, files) = check_folder(&workspace(), &options.paths)?;
    match options.summary {
        true => print!("{}", summary(&findings)),
        false => findings.iter().for_each(|finding| println!("{finding}")),
    }
    match findings.len() {
        0 => {
            println!("lint-docs: no findings in {files} files");
            Ok(())
        }
        count => Err(Error::new(format!("{count} finding{} in {files} files", plural(count)))),
    }
}

/// Returns the findings in a folder, ordered by path and line, and the number of files checked.
fn check_folder(folder: &Path, paths: &[PathBuf]) -> Result<(Vec<Finding>, usize)> {
    let mut findings = Vec::new();
    let mut count = 0;
    for path in list_files(folder, paths)? {
        let Some(language) = extract::Language::of(&path) else { continue };
        let bytes = match std::fs::read(folder.join(&path)) {
            Ok(bytes) => bytes,
            // Deleted in the work tree, but not yet in the index.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(Error::new(format!("cannot read {path}: {error}"))),
        };
        count += 1;
        findings.extend(check::check(&path, language, &String::from_utf8_lossy(&bytes)));
    }
    Ok((findings, count))
}

/// Returns the paths that git tracks or would track, relative to `folder`.
fn list_files(folder: &Path, paths: &[PathBuf]) -> Result<Vec<String>> {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"]);
    let current = std::env::current_dir().unwrap_or_default();
    command.args(paths.iter().map(|path| current.join(path)));
    let output = command.output().map_err(|error| Error::new(format!("cannot run git: {error}")))?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr);
        return Err(Error::new(format!("git ls-files failed: {}", reason.trim())));
    }
    let names = String::from_utf8_lossy(&output.stdout);
    let mut names: Vec<String> = names.split('\0').filter(|name| !name.is_empty()).map(str::to_owned).collect();
    names.sort();
    names.dedup();
    Ok(names)
}

/// Counts the findings per folder and kind of text.
fn summary(findings: &[Finding]) -> String {
    let mut counts = BTreeMap::<(String, &str), usize>::new();
    for finding in findings {
        let folders: Vec<&str> = finding.path.split('/').collect();
        let folder = folders[..folders.len().saturating_sub(1).min(3)].join("/");
        *counts.entry((folder, finding.kind.name())).or_default() += 1;
    }
    counts.into_iter().map(|((folder, kind), count)| format!("{count:6}  {folder}: {kind}\n")).collect()
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::Path;
    use std::process::Command;

    /// Writes files to a new repository and returns the messages about them.
    fn messages(files: &[(&str, &str)]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        assert!(Command::new("git").arg("init").arg("--quiet").arg(folder.path()).status().unwrap().success());
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let (findings, _) = super::check_folder(folder.path(), &[]).unwrap();
        findings.iter().map(|finding| finding.to_string().lines().next().unwrap_or_default().to_owned()).collect()
    }

    #[test]
    fn reports_doc_comments_that_begin_with_a_listed_word() {
        let text = "/// What was read.\n/// Of this line, only the first word of the block counts.\npub struct A;\n\n\
                    /// Returns the page.\npub fn a() {}\n\n/** As far as possible. */\npub struct B;\n";
        assert_eq!(
            messages(&[("src/a.rs", text)]),
            ["src/a.rs:1: doc comment begins with `What`", "src/a.rs:8: doc comment begins with `As far as`"]
        );
    }

    #[test]
    fn reports_doc_attributes_and_module_docs() {
        let text = "//! Where things are.\n\n#[doc = \"Whether it is so.\"]\npub struct A;\n#[doc = \"Name.\"]\nstruct B;\n";
        assert_eq!(
            messages(&[("src/a.rs", text)]),
            ["src/a.rs:1: doc comment begins with `Where`", "src/a.rs:3: doc comment begins with `Whether`"]
        );
    }

    #[test]
    fn reports_listed_words_in_comments_and_messages() {
        let text = "// Kept for\n// ever.\nfn a() { let c = '\"'; b(\"nobody has it\", 'x', r#\"so many \"x\" here\"#) }\n\
                    // `nobody` as a name.\n/// Text.\n/// ```\n/// nobody();\n/// ```\nfn c<'a>() {}\n";
        assert_eq!(
            messages(&[("src/a.rs", text)]),
            [
                "src/a.rs:1: comment contains `for ever`",
                "src/a.rs:3: message contains `nobody`",
                "src/a.rs:3: message contains `so many`"
            ]
        );
    }

    #[test]
    fn reports_parts_of_identifiers() {
        let text = "struct Desk;\nfn find_endless_types() {}\nlet replaced = placeholder;\nstruct PageFeed;\n";
        assert_eq!(
            messages(&[("src/a.rs", text)]),
            [
                "src/a.rs:1: identifier `Desk` contains `desk`",
                "src/a.rs:2: identifier `find_endless_types` contains `endless`",
                "src/a.rs:4: identifier `PageFeed` contains `feed`"
            ]
        );
    }

    #[test]
    fn ignores_identifiers_of_generated_files() {
        let text =
            "// @generated by `cargo xtask generate`; do not edit.\n\npub struct Feed;\n/// What.\nstruct A;\n";
        assert_eq!(messages(&[("src/a.rs", text)]), ["src/a.rs:4: doc comment begins with `What`"]);
    }

    #[test]
    fn reports_markdown_outside_code() {
        let text = "# What to read\n\nText that nobody\nreads; `nobody` is code.\n\n```sh\necho nobody\n```\n";
        assert_eq!(
            messages(&[("README.md", text)]),
            ["README.md:1: heading begins with `What`", "README.md:3: text contains `nobody`"]
        );
    }

    #[test]
    fn reports_yaml_descriptions_and_comments() {
        let text = "# Kept for ever.\ninfo:\n  description: >-\n    Whether the\n    account counts.\n  name: nobody\n\
                    list: {description: 'Which page.'}\n";
        assert_eq!(
            messages(&[("spec/a.yaml", text)]),
            [
                "spec/a.yaml:1: comment contains `for ever`",
                "spec/a.yaml:4: description begins with `Whether`",
                "spec/a.yaml:7: description begins with `Which`"
            ]
        );
    }

    #[test]
    fn reports_templates() {
        let text = "{# What was written. #}\n    /// Whether `{{ name }}` is set.\n    /// Which is the second line.\n\
                    {% for place in places %}\n";
        assert_eq!(
            messages(&[("templates/a.rs.jinja", text)]),
            [
                "templates/a.rs.jinja:1: comment begins with `What`",
                "templates/a.rs.jinja:2: doc comment begins with `Whether`",
                "templates/a.rs.jinja:4: identifier `place` contains `place`",
                "templates/a.rs.jinja:4: identifier `places` contains `places`"
            ]
        );
    }

    #[test]
    fn reports_comments_and_step_names_of_scripts() {
        let text =
            "#!/usr/bin/env bash\n# What must hold.\nstep \"documents that do harm\"\nif [ $# = 0 ]; then x; fi\n";
        assert_eq!(
            messages(&[(".ci/run", text), ("Cargo.toml", "a = 1 # So many.\n")]),
            [
                ".ci/run:2: comment begins with `What`",
                ".ci/run:3: message contains `do harm`",
                "Cargo.toml:1: comment contains `so many`"
            ]
        );
    }
}
