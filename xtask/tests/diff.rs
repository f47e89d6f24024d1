//! `cargo xtask diff` as people run it: two versions of a spec in, what changes for callers out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::fs;
use std::process::{Command, Stdio};

use serde_json::Value;
use support::*;

/// A folder whose `old.yaml` is the document before the edits.
fn desk(edits: &[(&str, &str)]) -> Desk {
    let desk = Desk::new();
    desk.write("old.yaml", SPEC);
    edits.iter().for_each(|(from, to)| desk.edit("api.yaml", from, to));
    desk
}

fn diff(desk: &Desk, arguments: &[&str]) -> Outcome {
    fs::create_dir_all(desk.path("tmp")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    Outcome::of(command.arg("diff").args(arguments).current_dir(desk.0.path()).env("TMPDIR", desk.path("tmp")))
}

fn git(desk: &Desk, arguments: &[&str]) {
    let who = ["-c", "user.name=Nobody", "-c", "user.email=nobody@example.com"];
    Outcome::of(Command::new("git").current_dir(desk.0.path()).args(who).args(arguments)).passes();
}

const NAME: &str = "name: {type: string}}}";

#[test]
fn few_changes_are_shown_in_full() {
    let desk = desk(&[
        (NAME, "weight: {type: number}, name: {type: integer}}}"),
        ("operationId: tickets-get", "operationId: tickets-get\n      deprecated: true"),
        ("description: The keepers.", "description: All keepers."),
    ]);
    let report = diff(&desk, &["old.yaml", "api.yaml"]).passes();
    assert_eq!(
        report.out,
        "old.yaml -> api.yaml

animals
  breaking      `animals::Animal::name` is `Option<i64>` now; was `Option<String>`
                old.yaml:41 -> api.yaml:42
  addition      `animals::Animal::weight` a new field: `Option<f64>`
                api.yaml:42

tickets
  deprecation   `client.tickets().get(…)` is deprecated
                old.yaml:32 -> api.yaml:32

1 breaking, 1 deprecated, 1 new: the version after 0.1.0 is 0.2.0.
"
    );
    assert_eq!(report.err, "");
}

#[test]
fn many_changes_are_few_lines_unless_all_are_asked_for() {
    let fields: Vec<String> = (0..50).map(|number| format!("extra_{number}: {{type: string}}")).collect();
    let desk = desk(&[(NAME, &format!("{}, {NAME}", fields.join(", ")))]);
    let report = diff(&desk, &["old.yaml", "api.yaml"]).passes().out;
    let lines: Vec<&str> = report.lines().filter(|line| line.contains("addition")).collect();
    assert_eq!(lines.len(), 1, "{report}");
    assert!(lines[0].contains("`extra_0`") && lines[0].ends_with(" and 42 more"), "{report}");
    let all = diff(&desk, &["old.yaml", "api.yaml", "--all"]).passes().out;
    assert_eq!(all.lines().filter(|line| line.contains("addition")).count(), 50, "{all}");
}

#[test]
fn programs_get_json_and_an_exit_code() {
    let desk = desk(&[(NAME, "weight: {type: number}}}")]);
    let run = |more: &[&str]| diff(&desk, &[&["old.yaml", "api.yaml", "--format", "json"], more].concat());
    let verdict: Value = serde_json::from_str(&run(&[]).passes().out).unwrap();
    assert_eq!(verdict["effect"], "breaking");
    assert_eq!(verdict["next_version"], "0.2.0");
    let gone = &verdict["changes"][0];
    assert_eq!(gone["rule"], "field-removed");
    assert_eq!(gone["item"], "animals::Animal::name");
    assert_eq!(gone["old"]["file"], "old.yaml");
    assert_eq!(gone["old"]["line"], 41);
    assert_eq!(gone["old"]["pointer"], "/components/schemas/Animal/properties/name");
    assert_eq!(gone["new"], Value::Null);
    let failed = run(&["--fail-on", "breaking"]);
    assert_eq!((failed.code, failed.err.as_str()), (Some(1), "there are changes as bad as `breaking`\n"));
    assert_eq!(serde_json::from_str::<Value>(&failed.out).unwrap(), verdict);

    let desk = self::desk(&[(NAME, &format!("weight: {{type: number}}, {NAME}"))]);
    let run = |effect| diff(&desk, &["old.yaml", "api.yaml", "--fail-on", effect]);
    run("breaking").passes();
    assert_eq!(run("addition").code, Some(1));
}

#[test]
fn markdown_is_for_changelogs() {
    let desk = desk(&[(NAME, "weight: {type: number}}}")]);
    let report = diff(&desk, &["old.yaml", "api.yaml", "--format", "markdown"]).passes().out;
    assert_eq!(
        report,
        "### Breaking

- `animals::Animal`: field gone: `name`.

### Added

- `animals::Animal`: new field: `weight`.

1 breaking, 1 new: the version after 0.1.0 is 0.2.0.
"
    );
}

#[test]
fn a_revision_is_what_the_spec_was_then() {
    let desk = Desk::new();
    git(&desk, &["init", "-q"]);
    git(&desk, &["add", "."]);
    git(&desk, &["commit", "-qm", "The zoo"]);
    git(&desk, &["tag", "v0.1.0"]);
    desk.edit("api.yaml", NAME, "weight: {type: number}}}");
    desk.edit("sdk.yaml", "list: keepers-list", "all: keepers-list");
    let working = diff(&desk, &["v0.1.0", "--spec", "api.yaml"]).passes().out;
    assert!(working.contains("v0.1.0:api.yaml:41\n"), "{working}");
    assert!(working.contains("is `client.animals().keepers().all(…)` now"), "{working}");
    git(&desk, &["commit", "-qam", "Weigh the animals"]);
    desk.write("api.yaml", "broken: [");
    let committed = diff(&desk, &["HEAD~1", "HEAD", "--spec", "api.yaml"]).passes().out;
    assert!(committed.contains("HEAD~1:api.yaml:41\n"), "{committed}");
    diff(&desk, &["HEAD", "--spec", "api.yaml"]).fails(&["this is not YAML", "api.yaml:1"]);
    diff(&desk, &["v9", "--spec", "api.yaml"]).fails(&["no revision \"v9\"", "git tag"]);
    assert_eq!(fs::read_dir(desk.path("tmp")).unwrap().count(), 0, "the files of a revision go away");
}

#[test]
fn a_document_alone_is_read_with_the_configuration_of_the_other() {
    let desk = desk(&[]);
    desk.write("before/api.yaml", SPEC);
    let same = diff(&desk, &["before/api.yaml", "api.yaml"]).passes().out;
    assert_eq!(same, "before/api.yaml -> api.yaml\n\nNothing changes for callers.\n");
    desk.write("sdk-before.yaml", &CONFIG.replace("get: tickets-get", "read: tickets-get"));
    let named = ["before/api.yaml", "api.yaml", "--old-config", "sdk-before.yaml"];
    let renamed = diff(&desk, &named).passes().out;
    assert!(renamed.contains("`client.tickets().read(…)` is `client.tickets().get(…)` now"), "{renamed}");

    // Of a revision, the working tree's stands in for the one that it had.
    desk.write("sub/api.yaml", SPEC);
    desk.write("sub/sdk.yaml", &CONFIG.replace("get: tickets-get", "read: tickets-get"));
    git(&desk, &["init", "-q"]);
    git(&desk, &["add", "."]);
    git(&desk, &["commit", "-qm", "The zoo"]);
    let same = diff(&desk, &["before/api.yaml", "HEAD", "--spec", "sub/api.yaml"]).passes().out;
    assert!(same.ends_with("Nothing changes for callers.\n"), "{same}");
}

#[test]
fn who_stops_reading_hears_no_complaint() {
    let desk = desk(&[(NAME, "name: {type: integer}}}")]);
    for format in ["text", "markdown", "json"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.args(["diff", "old.yaml", "api.yaml", "--format", format]).current_dir(desk.0.path());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
    }
}
