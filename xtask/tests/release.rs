//! Tests of `cargo xtask release` in temporary repositories. A script replaces cargo: it logs its arguments, and fails
//! if the file `broken` exists.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use support::*;

const CARGO: &str = r#"#!/bin/sh
echo "$*" >> "$SANDBOX/cargo.log"
case "$1" in
  locate-project) echo "$SANDBOX/Cargo.toml" ;;
  update) echo "new" > "$SANDBOX/Cargo.lock" ;;
  check) touch "$SANDBOX/checked"; test ! -e "$SANDBOX/broken" || { echo "it is broken" >&2; exit 101; } ;;
esac
"#;

const ROW: (&str, &str) = ("price: {type: number}", "price: {type: number}, row: {type: string}");

/// Creates a repository with a spec, its crate and a first release.
fn released() -> Sandbox {
    let sandbox = unreleased();
    sandbox.generate(&[]).passes();
    commit(&sandbox);
    git(&sandbox, &["tag", "v0.1.0"]);
    sandbox
}

fn unreleased() -> Sandbox {
    let sandbox = Sandbox::new();
    git(&sandbox, &["init", "--quiet", "--initial-branch", "main"]);
    sandbox.write("bin/cargo", CARGO);
    fs::set_permissions(sandbox.path("bin/cargo"), fs::Permissions::from_mode(0o755)).unwrap();
    sandbox.write(".gitignore", "/bin\n/cargo.log\n/checked\n/broken\n");
    sandbox.write("Cargo.lock", "old\n");
    commit(&sandbox);
    sandbox
}

fn git(sandbox: &Sandbox, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command
        .current_dir(sandbox.0.path())
        .args(["-c", "user.name=A", "-c", "user.email=a@example.com"])
        .args(arguments);
    let outcome = Outcome::run(command.env("GIT_CONFIG_GLOBAL", ""));
    assert_eq!(outcome.code, Some(0), "{arguments:?}: {}", outcome.err);
    outcome.out
}

fn commit(sandbox: &Sandbox) {
    git(sandbox, &["add", "--all"]);
    git(sandbox, &["commit", "--quiet", "--allow-empty", "--message", "Change"]);
}

fn release(sandbox: &Sandbox, more: &[&str]) -> Outcome {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let plain: &[&str] = if more.contains(&"--spec") { &[] } else { &["--spec", "api.yaml", "--out", "out"] };
    command.arg("release").args(plain).args(more).current_dir(sandbox.0.path());
    command.env("CARGO", sandbox.path("bin/cargo")).env("SANDBOX", sandbox.0.path());
    Outcome::run(&mut command)
}

/// Returns the files that a release may change.
fn files(sandbox: &Sandbox) -> std::collections::BTreeMap<String, String> {
    let mut files = sandbox.files("out");
    for path in ["api.yaml", "sdk.yaml", "Cargo.lock"] {
        files.insert(format!("../{path}"), sandbox.read(path));
    }
    files
}

fn changelog(sandbox: &Sandbox) -> String {
    sandbox.read("out/CHANGELOG.md")
}

#[test]
fn prepares_three_releases() {
    let sandbox = unreleased();
    let first = release(&sandbox, &[]).passes();
    assert!(first.out.contains("zoo-sdk 0.1.0 is the first"), "{}", first.out);
    assert!(changelog(&sandbox).contains("### Added\n\n- First release, with 4 operations of the API.\n"));
    assert_eq!(sandbox.read("sdk.yaml"), CONFIG);
    sandbox.generate(&["--check"]).passes();
    commit(&sandbox);
    git(&sandbox, &["tag", "v0.1.0"]);

    sandbox.edit("api.yaml", ROW.0, ROW.1);
    commit(&sandbox);
    let second = release(&sandbox, &[]).passes();
    assert!(second.out.contains("since v0.1.0 (0.1.0): "), "{}", second.out);
    assert!(second.out.contains("version 0.1.1\n"), "{}", second.out);
    let next = "  git add sdk.yaml out Cargo.lock &&\n  git commit --message \"Release zoo-sdk 0.1.1\" &&\n  git tag \
                v0.1.1 &&\n  git push --atomic origin HEAD v0.1.1 &&\n  cargo publish --manifest-path out/Cargo.toml\n";
    assert!(second.out.contains(next), "{}", second.out);
    assert_eq!(sandbox.read("sdk.yaml"), CONFIG.replace("0.1.0", "0.1.1"));
    assert!(sandbox.read("out/Cargo.toml").contains("version = \"0.1.1\""));
    assert_eq!(sandbox.read("Cargo.lock"), "new\n");
    let text = changelog(&sandbox);
    let (new, old) = (text.find("## [0.1.1] - 2").unwrap(), text.find("## [0.1.0] - 2").unwrap());
    assert!(new < old && text[new..old].contains("### Added"), "{text}");
    let log = sandbox.read("cargo.log");
    assert!(log.contains("check --all-features --quiet\n"), "{log}");
    assert_eq!(git(&sandbox, &["tag"]), "v0.1.0\n", "the command creates no tags");
    sandbox.generate(&["--check"]).passes();

    // A second run before the tag changes nothing, whether or not the first is committed.
    let before = files(&sandbox);
    release(&sandbox, &[]).passes();
    assert_eq!(files(&sandbox), before);
    commit(&sandbox);
    release(&sandbox, &[]).passes();
    assert_eq!(files(&sandbox), before);
    git(&sandbox, &["tag", "v0.1.1"]);
    release(&sandbox, &[]).fails(&["nothing to release", "v0.1.1 (0.1.1)"]);
    release(&sandbox, &["--dry-run"]).fails(&["nothing to release"]);
    release(&sandbox, &["--since", "v0.1.0"]).fails(&["the tag v0.1.1 already exists"]);

    sandbox.edit("sdk.yaml", TICKETS, "");
    let third = release(&sandbox, &[]).passes();
    assert!(third.out.contains("version 0.2.0\n") && third.out.contains("2 removed"), "{}", third.out);
    assert!(changelog(&sandbox).contains("### Breaking"));
    assert!(!sandbox.path("out/src/tickets").exists());
}

#[test]
fn dry_run_prints_everything_and_writes_nothing() {
    let sandbox = released();
    sandbox.edit("api.yaml", ROW.0, ROW.1);
    let before = (sandbox.snapshot("out"), sandbox.snapshot(".").len(), files(&sandbox));
    let status = git(&sandbox, &["status", "--porcelain"]);
    let run = release(&sandbox, &["--dry-run"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.err.contains("this release includes uncommitted changes of api.yaml"), "{}", run.err);
    for words in [
        "version 0.1.1\n",
        "out/CHANGELOG.md:\n\n## [0.1.1] - 2",
        "### Added",
        "files:\n  sdk.yaml\n  out/CHANGELOG.md\n  out/Cargo.toml\n",
        "  out/src/tickets/models.rs\n",
        "dry run: no files were written\n",
    ] {
        assert!(run.out.contains(words), "no {words:?} in: {}", run.out);
    }
    assert_eq!((sandbox.snapshot("out"), sandbox.snapshot(".").len(), files(&sandbox)), before);
    assert_eq!(git(&sandbox, &["status", "--porcelain"]), status);
    assert!(!sandbox.path("checked").exists());
}

#[test]
fn changes_no_file_if_the_crate_does_not_compile() {
    let sandbox = released();
    sandbox.edit("api.yaml", ROW.0, ROW.1);
    sandbox.edit("sdk.yaml", TICKETS, "");
    sandbox.edit("sdk.yaml", "get: animals-get", "get: animals-get\n      ticket: tickets-get");
    sandbox.write("broken", "");
    let before = files(&sandbox);
    let run = release(&sandbox, &[]);
    assert_eq!(run.code, Some(1));
    for words in [
        "it is broken",
        "`cargo check --all-features --quiet` of the crate for out failed",
        "no files were written",
    ] {
        assert!(run.err.contains(words), "no {words:?} in: {}", run.err);
    }
    assert_eq!(files(&sandbox), before);
    assert!(sandbox.path("checked").exists(), "cargo check has run");
    fs::remove_file(sandbox.path("broken")).unwrap();
    assert_eq!(release(&sandbox, &[]).code, Some(0));
    assert_ne!(files(&sandbox), before);

    // A failed first release leaves no folder.
    let sandbox = unreleased();
    sandbox.write("broken", "");
    assert_eq!(release(&sandbox, &[]).code, Some(1));
    assert!(!sandbox.path("out").exists());
    assert_eq!(sandbox.read("Cargo.lock"), "old\n");
}

#[test]
fn accepts_a_version_in_the_configuration() {
    let sandbox = released();
    sandbox.edit("sdk.yaml", TICKETS, "");
    sandbox.edit("sdk.yaml", "version: 0.1.0", "version: 0.1.5");
    let before = files(&sandbox);
    release(&sandbox, &[]).fails(&["version 0.1.5, which is too low", "require at least 0.2.0"]);
    sandbox.edit("sdk.yaml", "version: 0.1.5", "version: 0.0.9");
    release(&sandbox, &[]).fails(&["version 0.0.9, which is lower than 0.1.0"]);
    sandbox.edit("sdk.yaml", "version: 0.0.9", "version: 0.1.5");
    assert_eq!(files(&sandbox), before);
    sandbox.edit("sdk.yaml", "version: 0.1.5", "version: 1.0.0");
    assert!(release(&sandbox, &[]).passes().out.contains("\nversion 1.0.0\n"));
    assert!(changelog(&sandbox).contains("## [1.0.0] - 2"));
    // A higher version requests a release without changes.
    let sandbox = released();
    sandbox.edit("sdk.yaml", "version: 0.1.0", "version: 0.1.1");
    release(&sandbox, &[]).passes();
    assert!(changelog(&sandbox).contains("### Changed\n\n- No changes for callers.\n"));
}

#[test]
fn finds_the_newest_tag_in_the_history() {
    let sandbox = released();
    git(&sandbox, &["tag", "v0.0.9"]);
    git(&sandbox, &["tag", "v-next"]);
    git(&sandbox, &["tag", "other-9.0.0"]);
    // A branch with the name of a tag.
    git(&sandbox, &["branch", "v0.1.0"]);
    git(&sandbox, &["checkout", "--quiet", "-b", "side"]);
    sandbox.edit("sdk.yaml", "version: 0.1.0", "version: 0.5.0");
    commit(&sandbox);
    git(&sandbox, &["tag", "v0.5.0"]);
    git(&sandbox, &["checkout", "--quiet", "main"]);
    sandbox.edit("api.yaml", ROW.0, ROW.1);
    commit(&sandbox);
    git(&sandbox, &["branch", "--force", "v0.1.0"]);
    let run = release(&sandbox, &["--dry-run"]).passes();
    assert!(run.out.contains("since v0.1.0 (0.1.0)") && run.out.contains("version 0.1.1"), "{}", run.out);
    let run = release(&sandbox, &["--dry-run", "--since", "side"]);
    run.fails(&["version 0.1.0, which is lower than 0.5.0 of side"]);
    release(&sandbox, &["--since", "v9"]).fails(&["no revision \"v9\""]);
    release(&sandbox, &["--since=--output=x"]).fails(&["is not a valid revision name"]);
}

#[test]
fn keeps_handwritten_text_in_the_changelog() {
    let sandbox = released();
    let text = "# Ours\n\n## [Unreleased]\n\n- Soon.\n\n## [0.1.0] - 2026-01-01\n\n- First.\n";
    sandbox.write("out/CHANGELOG.md", text);
    sandbox.edit("api.yaml", ROW.0, ROW.1);
    commit(&sandbox);
    let run = release(&sandbox, &[]);
    assert!(run.code == Some(0) && run.err.contains("has notes below `Unreleased`"), "{}", run.err);
    let new = changelog(&sandbox);
    assert!(new.starts_with("# Ours\n\n## [Unreleased]\n\n- Soon.\n\n## [0.1.1] - 2"), "{new}");
    assert!(new.ends_with("\n\n## [0.1.0] - 2026-01-01\n\n- First.\n"), "{new}");
}

#[test]
fn reports_what_cannot_be_released() {
    let sandbox = released();
    let other = Sandbox::new();
    release(&other, &[]).fails(&["not in the work tree of a git repository"]);
    fs::remove_file(sandbox.path("sdk.yaml")).unwrap();
    release(&sandbox, &[]).fails(&["no sdk.yaml, which states the version"]);
    let sandbox = released();
    sandbox.edit("api.yaml", ROW.0, "price: {type: number");
    release(&sandbox, &[]).fails(&["invalid YAML", "api.yaml:"]);
    // The tag is not in the history.
    let sandbox = unreleased();
    sandbox.edit("sdk.yaml", "description: The zoo.", "description: Another zoo.");
    git(&sandbox, &["checkout", "--quiet", "-b", "side"]);
    commit(&sandbox);
    git(&sandbox, &["tag", "v0.1.0"]);
    git(&sandbox, &["checkout", "--quiet", "main"]);
    release(&sandbox, &[]).fails(&["the tag v0.1.0 exists", "--since"]);
}

#[test]
fn treats_a_document_that_the_tag_lacks_as_a_first_release() {
    let sandbox = released();
    sandbox.write("pets/openapi.yaml", SPEC);
    sandbox.write("pets/sdk.yaml", &CONFIG.replace("zoo-sdk", "pets-sdk").replace("0.1.0", "0.3.0"));
    let run = release(&sandbox, &["--spec", "pets/openapi.yaml", "--out", "pets/sdk", "--dry-run"]);
    assert!(
        run.code == Some(0)
            && run.out.contains("v0.1.0 does not have pets/openapi.yaml: pets-sdk 0.3.0 is the first"),
        "{}{}",
        run.out,
        run.err
    );
}

#[test]
fn names_changelog_entries_that_were_never_released() {
    let sandbox = released();
    sandbox.edit("api.yaml", ROW.0, ROW.1);
    commit(&sandbox);
    release(&sandbox, &[]).passes();
    sandbox.edit("sdk.yaml", TICKETS, "");
    sandbox.edit("sdk.yaml", "version: 0.1.1", "version: 0.2.0");
    let run = release(&sandbox, &[]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.err.contains("without a tag: 0.1.1"), "{}", run.err);
}

#[test]
fn printed_commands_create_a_commit_and_a_tag() {
    let sandbox = released();
    sandbox.edit("api.yaml", ROW.0, ROW.1);
    let other_folder = tempfile::tempdir().unwrap();
    let (spec, out) = (sandbox.path("api.yaml"), sandbox.path("out"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(["release", "--spec"]).arg(&spec).arg("--out").arg(&out).current_dir(other_folder.path());
    command.env("CARGO", sandbox.path("bin/cargo")).env("SANDBOX", sandbox.0.path());
    let run = Outcome::run(&mut command);
    assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
    let commands = run.out.split("then run:\n\n").nth(1).unwrap().split(" &&\n  git push").next().unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-c", commands]).current_dir(other_folder.path()).env("GIT_CONFIG_GLOBAL", "");
    for who in ["AUTHOR", "COMMITTER"] {
        shell.env(format!("GIT_{who}_NAME"), "A").env(format!("GIT_{who}_EMAIL"), "a@example.com");
    }
    let typed = Outcome::run(&mut shell);
    assert_eq!(typed.code, Some(0), "{commands}\n{}", typed.err);
    assert_eq!(git(&sandbox, &["status", "--porcelain"]), "");
    assert_eq!(git(&sandbox, &["describe", "--tags"]), "v0.1.1\n");
}
