//! `cargo xtask release` as people run it, in repositories of their own. A program in cargo's place tells what it was
//! asked for, and fails where a test wants it to.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use support::*;

const CARGO: &str = r#"#!/bin/sh
echo "$*" >> "$DESK/cargo.log"
case "$1" in
  locate-project) echo "$DESK/Cargo.toml" ;;
  update) echo "new" > "$DESK/Cargo.lock" ;;
  check) touch "$DESK/checked"; test ! -e "$DESK/broken" || { echo "it is broken" >&2; exit 101; } ;;
esac
"#;

const ROW: (&str, &str) = ("price: {type: number}", "price: {type: number}, row: {type: string}");

/// A repository with a spec, its crate and a first release.
fn released() -> Desk {
    let desk = unreleased();
    desk.generate(&[]).passes();
    commit(&desk);
    git(&desk, &["tag", "v0.1.0"]);
    desk
}

fn unreleased() -> Desk {
    let desk = Desk::new();
    git(&desk, &["init", "--quiet", "--initial-branch", "main"]);
    desk.write("bin/cargo", CARGO);
    fs::set_permissions(desk.path("bin/cargo"), fs::Permissions::from_mode(0o755)).unwrap();
    desk.write(".gitignore", "/bin\n/cargo.log\n/checked\n/broken\n");
    desk.write("Cargo.lock", "old\n");
    commit(&desk);
    desk
}

fn git(desk: &Desk, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command
        .current_dir(desk.0.path())
        .args(["-c", "user.name=A", "-c", "user.email=a@example.com"])
        .args(arguments);
    let outcome = Outcome::of(command.env("GIT_CONFIG_GLOBAL", ""));
    assert_eq!(outcome.code, Some(0), "{arguments:?}: {}", outcome.err);
    outcome.out
}

fn commit(desk: &Desk) {
    git(desk, &["add", "--all"]);
    git(desk, &["commit", "--quiet", "--allow-empty", "--message", "Change"]);
}

fn release(desk: &Desk, more: &[&str]) -> Outcome {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let plain: &[&str] = if more.contains(&"--spec") { &[] } else { &["--spec", "api.yaml", "--out", "out"] };
    command.arg("release").args(plain).args(more).current_dir(desk.0.path());
    command.env("CARGO", desk.path("bin/cargo")).env("DESK", desk.0.path());
    Outcome::of(&mut command)
}

/// All files, but those of the repository itself and of the program in cargo's place.
fn files(desk: &Desk) -> std::collections::BTreeMap<String, String> {
    let mut files = desk.files("out");
    for path in ["api.yaml", "sdk.yaml", "Cargo.lock"] {
        files.insert(format!("../{path}"), desk.read(path));
    }
    files
}

fn changelog(desk: &Desk) -> String {
    desk.read("out/CHANGELOG.md")
}

#[test]
fn a_release_from_the_first_to_the_third() {
    let desk = unreleased();
    let first = release(&desk, &[]).passes();
    assert!(first.out.contains("zoo-sdk 0.1.0 is the first"), "{}", first.out);
    assert!(changelog(&desk).contains("### Added\n\n- The first release: 4 operations of the API.\n"));
    assert_eq!(desk.read("sdk.yaml"), CONFIG);
    desk.generate(&["--check"]).passes();
    commit(&desk);
    git(&desk, &["tag", "v0.1.0"]);

    desk.edit("api.yaml", ROW.0, ROW.1);
    commit(&desk);
    let second = release(&desk, &[]).passes();
    assert!(second.out.contains("since v0.1.0 (0.1.0): "), "{}", second.out);
    assert!(second.out.contains("version 0.1.1\n"), "{}", second.out);
    let next = "  git add sdk.yaml out Cargo.lock &&\n  git commit --message \"Release zoo-sdk 0.1.1\" &&\n  git tag \
                v0.1.1 &&\n  git push --atomic origin HEAD v0.1.1 &&\n  cargo publish --manifest-path out/Cargo.toml\n";
    assert!(second.out.contains(next), "{}", second.out);
    assert_eq!(desk.read("sdk.yaml"), CONFIG.replace("0.1.0", "0.1.1"));
    assert!(desk.read("out/Cargo.toml").contains("version = \"0.1.1\""));
    assert_eq!(desk.read("Cargo.lock"), "new\n");
    let text = changelog(&desk);
    let (new, old) = (text.find("## [0.1.1] - 2").unwrap(), text.find("## [0.1.0] - 2").unwrap());
    assert!(new < old && text[new..old].contains("### Added"), "{text}");
    let asked = desk.read("cargo.log");
    assert!(asked.contains("update --workspace --offline --quiet\ncheck --all-features --quiet\n"), "{asked}");
    assert_eq!(git(&desk, &["tag"]), "v0.1.0\n", "nobody but a person tags");
    desk.generate(&["--check"]).passes();

    // Again before it is tagged: the same, whether it is committed or not.
    let before = files(&desk);
    release(&desk, &[]).passes();
    assert_eq!(files(&desk), before);
    commit(&desk);
    release(&desk, &[]).passes();
    assert_eq!(files(&desk), before);
    git(&desk, &["tag", "v0.1.1"]);
    release(&desk, &[]).fails(&["nothing to release", "v0.1.1 (0.1.1)"]);
    release(&desk, &["--dry-run"]).fails(&["nothing to release"]);
    release(&desk, &["--since", "v0.1.0"]).fails(&["there is a tag v0.1.1 already"]);

    desk.edit("sdk.yaml", TICKETS, "");
    let third = release(&desk, &[]).passes();
    assert!(third.out.contains("version 0.2.0\n") && third.out.contains("2 removed"), "{}", third.out);
    assert!(changelog(&desk).contains("### Breaking"));
    assert!(!desk.path("out/src/tickets").exists());
}

#[test]
fn a_dry_run_shows_all_and_writes_nothing() {
    let desk = released();
    desk.edit("api.yaml", ROW.0, ROW.1);
    let before = (desk.snapshot("out"), desk.snapshot(".").len(), files(&desk));
    let status = git(&desk, &["status", "--porcelain"]);
    let run = release(&desk, &["--dry-run"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.err.contains("not committed yet, and part of this release: api.yaml"), "{}", run.err);
    for words in [
        "version 0.1.1\n",
        "out/CHANGELOG.md:\n\n## [0.1.1] - 2",
        "### Added",
        "files:\n  sdk.yaml\n  out/CHANGELOG.md\n  out/Cargo.toml\n",
        "  out/src/tickets/models.rs\n",
        "nothing was written: --dry-run\n",
    ] {
        assert!(run.out.contains(words), "no {words:?} in: {}", run.out);
    }
    assert_eq!((desk.snapshot("out"), desk.snapshot(".").len(), files(&desk)), before);
    assert_eq!(git(&desk, &["status", "--porcelain"]), status);
    assert!(!desk.path("checked").exists());
}

#[test]
fn what_fails_leaves_all_as_it_was() {
    let desk = released();
    desk.edit("api.yaml", ROW.0, ROW.1);
    desk.edit("sdk.yaml", TICKETS, "");
    desk.edit("sdk.yaml", "get: animals-get", "get: animals-get\n      ticket: tickets-get");
    desk.write("broken", "");
    let before = files(&desk);
    let run = release(&desk, &[]);
    assert_eq!(run.code, Some(1));
    for words in ["it is broken", "`cargo check --all-features --quiet` in out failed", "every file is as it was"]
    {
        assert!(run.err.contains(words), "no {words:?} in: {}", run.err);
    }
    assert_eq!(files(&desk), before);
    assert!(desk.path("checked").exists(), "it was as far as that");
    fs::remove_file(desk.path("broken")).unwrap();
    assert_eq!(release(&desk, &[]).code, Some(0));
    assert_ne!(files(&desk), before);

    // The first release is all new: nothing of it stays, not even folders.
    let desk = unreleased();
    desk.write("broken", "");
    assert_eq!(release(&desk, &[]).code, Some(1));
    assert!(!desk.path("out").exists());
    assert_eq!(desk.read("Cargo.lock"), "old\n");
}

#[test]
fn the_version_may_be_a_persons() {
    let desk = released();
    desk.edit("sdk.yaml", TICKETS, "");
    desk.edit("sdk.yaml", "version: 0.1.0", "version: 0.1.5");
    let before = files(&desk);
    release(&desk, &[]).fails(&["version 0.1.5, which is too low", "needs at least 0.2.0"]);
    desk.edit("sdk.yaml", "version: 0.1.5", "version: 0.0.9");
    release(&desk, &[]).fails(&["version 0.0.9, which is lower than 0.1.0"]);
    desk.edit("sdk.yaml", "version: 0.0.9", "version: 0.1.5");
    assert_eq!(files(&desk), before);
    desk.edit("sdk.yaml", "version: 0.1.5", "version: 1.0.0");
    assert!(release(&desk, &[]).passes().out.contains("\nversion 1.0.0\n"));
    assert!(changelog(&desk).contains("## [1.0.0] - 2"));
    // A release without changes is one that a person asks for.
    let desk = released();
    desk.edit("sdk.yaml", "version: 0.1.0", "version: 0.1.1");
    release(&desk, &[]).passes();
    assert!(changelog(&desk).contains("### Changed\n\n- Nothing for callers.\n"));
}

#[test]
fn the_newest_tag_that_leads_here_is_the_last_release() {
    let desk = released();
    git(&desk, &["tag", "v0.0.9"]);
    git(&desk, &["tag", "v-next"]);
    git(&desk, &["tag", "other-9.0.0"]);
    // A branch of the same name is another thing.
    git(&desk, &["branch", "v0.1.0"]);
    git(&desk, &["checkout", "--quiet", "-b", "side"]);
    desk.edit("sdk.yaml", "version: 0.1.0", "version: 0.5.0");
    commit(&desk);
    git(&desk, &["tag", "v0.5.0"]);
    git(&desk, &["checkout", "--quiet", "main"]);
    desk.edit("api.yaml", ROW.0, ROW.1);
    commit(&desk);
    git(&desk, &["branch", "--force", "v0.1.0"]);
    let run = release(&desk, &["--dry-run"]).passes();
    assert!(run.out.contains("since v0.1.0 (0.1.0)") && run.out.contains("version 0.1.1"), "{}", run.out);
    let run = release(&desk, &["--dry-run", "--since", "side"]);
    run.fails(&["version 0.1.0, which is lower than 0.5.0 of side"]);
    release(&desk, &["--since", "v9"]).fails(&["no revision \"v9\""]);
    release(&desk, &["--since=--output=x"]).fails(&["can't be the name of a revision"]);
}

#[test]
fn what_a_person_wrote_in_the_changelog_stays() {
    let desk = released();
    let text = "# Ours\n\n## [Unreleased]\n\n- Soon.\n\n## [0.1.0] - 2026-01-01\n\n- First.\n";
    desk.write("out/CHANGELOG.md", text);
    desk.edit("api.yaml", ROW.0, ROW.1);
    commit(&desk);
    let run = release(&desk, &[]);
    assert!(run.code == Some(0) && run.err.contains("has notes below `Unreleased`"), "{}", run.err);
    let new = changelog(&desk);
    assert!(new.starts_with("# Ours\n\n## [Unreleased]\n\n- Soon.\n\n## [0.1.1] - 2"), "{new}");
    assert!(new.ends_with("\n\n## [0.1.0] - 2026-01-01\n\n- First.\n"), "{new}");
}

#[test]
fn what_can_not_be_released_is_said() {
    let desk = released();
    let other = Desk::new();
    release(&other, &[]).fails(&["not in the work tree of a git repository"]);
    fs::remove_file(desk.path("sdk.yaml")).unwrap();
    release(&desk, &[]).fails(&["no sdk.yaml, which says the version"]);
    let desk = released();
    desk.edit("api.yaml", ROW.0, "price: {type: number");
    release(&desk, &[]).fails(&["this is not YAML", "api.yaml:"]);
    // The last release is elsewhere: its tag doesn't lead here.
    let desk = unreleased();
    desk.edit("sdk.yaml", "description: The zoo.", "description: Another zoo.");
    git(&desk, &["checkout", "--quiet", "-b", "side"]);
    commit(&desk);
    git(&desk, &["tag", "v0.1.0"]);
    git(&desk, &["checkout", "--quiet", "main"]);
    release(&desk, &[]).fails(&["there is a tag v0.1.0", "--since"]);
}

/// Another document in the same repository has no release yet where the tag doesn't have it.
#[test]
fn another_document_has_a_first_release_of_its_own() {
    let desk = released();
    desk.write("pets/openapi.yaml", SPEC);
    desk.write("pets/sdk.yaml", &CONFIG.replace("zoo-sdk", "pets-sdk").replace("0.1.0", "0.3.0"));
    let run = release(&desk, &["--spec", "pets/openapi.yaml", "--out", "pets/sdk", "--dry-run"]);
    assert!(
        run.code == Some(0)
            && run.out.contains("v0.1.0 does not have pets/openapi.yaml: pets-sdk 0.3.0 is the first"),
        "{}{}",
        run.out,
        run.err
    );
}

/// Each run says what has changed since the last release, whatever an earlier one has written.
#[test]
fn an_entry_that_was_never_released_is_named() {
    let desk = released();
    desk.edit("api.yaml", ROW.0, ROW.1);
    commit(&desk);
    release(&desk, &[]).passes();
    desk.edit("sdk.yaml", TICKETS, "");
    desk.edit("sdk.yaml", "version: 0.1.1", "version: 0.2.0");
    let run = release(&desk, &[]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.err.contains("without a tag: 0.1.1; take those out"), "{}", run.err);
}

/// What is printed can be typed as it is, wherever the release was made.
#[test]
fn the_steps_lead_to_a_commit_and_a_tag() {
    let desk = released();
    desk.edit("api.yaml", ROW.0, ROW.1);
    let elsewhere = tempfile::tempdir().unwrap();
    let (spec, out) = (desk.path("api.yaml"), desk.path("out"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(["release", "--spec"]).arg(&spec).arg("--out").arg(&out).current_dir(elsewhere.path());
    command.env("CARGO", desk.path("bin/cargo")).env("DESK", desk.0.path());
    let run = Outcome::of(&mut command);
    assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
    let steps = run.out.split("and then:\n\n").nth(1).unwrap().split(" &&\n  git push").next().unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-c", steps]).current_dir(elsewhere.path()).env("GIT_CONFIG_GLOBAL", "");
    for who in ["AUTHOR", "COMMITTER"] {
        shell.env(format!("GIT_{who}_NAME"), "A").env(format!("GIT_{who}_EMAIL"), "a@example.com");
    }
    let typed = Outcome::of(&mut shell);
    assert_eq!(typed.code, Some(0), "{steps}\n{}", typed.err);
    assert_eq!(git(&desk, &["status", "--porcelain"]), "");
    assert_eq!(git(&desk, &["describe", "--tags"]), "v0.1.1\n");
}
