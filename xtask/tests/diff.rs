//! Tests of `cargo xtask diff`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::fs;
use std::process::{Command, Stdio};

use serde_json::Value;
use support::*;

/// Creates a sandbox whose `old.yaml` is the document before the edits.
fn sandbox(edits: &[(&str, &str)]) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("old.yaml", SPEC);
    edits.iter().for_each(|(from, to)| sandbox.edit("api.yaml", from, to));
    sandbox
}

fn diff(sandbox: &Sandbox, arguments: &[&str]) -> Outcome {
    fs::create_dir_all(sandbox.path("tmp")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    Outcome::run(
        command.arg("diff").args(arguments).current_dir(sandbox.0.path()).env("TMPDIR", sandbox.path("tmp")),
    )
}

fn git(sandbox: &Sandbox, arguments: &[&str]) {
    let identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
    Outcome::run(Command::new("git").current_dir(sandbox.0.path()).args(identity).args(arguments)).passes();
}

const NAME: &str = "name: {type: string}}}";

#[test]
fn shows_few_changes_in_full() {
    let sandbox = sandbox(&[
        (NAME, "weight: {type: number}, name: {type: integer}}}"),
        ("operationId: tickets-get", "operationId: tickets-get\n      deprecated: true"),
        ("description: The keepers.", "description: All keepers."),
    ]);
    let report = diff(&sandbox, &["old.yaml", "api.yaml"]).passes();
    assert_eq!(
        report.out,
        "old.yaml -> api.yaml

animals
  breaking      `animals::Animal::name` has type `Option<i64>`; previously `Option<String>`
                old.yaml:41 -> api.yaml:42
  addition      `animals::Animal::weight` added; has type `Option<f64>`
                api.yaml:42

tickets
  deprecation   `client.tickets().get(…)` deprecated
                old.yaml:32 -> api.yaml:32

1 breaking, 1 deprecated, 1 new: the version after 0.1.0 is 0.2.0.
"
    );
    assert_eq!(report.err, "");
}

#[test]
fn groups_many_changes_unless_all_are_requested() {
    let fields: Vec<String> = (0..50).map(|number| format!("extra_{number}: {{type: string}}")).collect();
    let sandbox = sandbox(&[(NAME, &format!("{}, {NAME}", fields.join(", ")))]);
    let report = diff(&sandbox, &["old.yaml", "api.yaml"]).passes().out;
    let lines: Vec<&str> = report.lines().filter(|line| line.contains("addition")).collect();
    assert_eq!(lines.len(), 1, "{report}");
    assert!(lines[0].contains("`extra_0`") && lines[0].ends_with(" and 42 more"), "{report}");
    let all = diff(&sandbox, &["old.yaml", "api.yaml", "--all"]).passes().out;
    assert_eq!(all.lines().filter(|line| line.contains("addition")).count(), 50, "{all}");
}

#[test]
fn prints_json_and_sets_the_exit_code() {
    let sandbox = sandbox(&[(NAME, "weight: {type: number}}}")]);
    let run = |more: &[&str]| diff(&sandbox, &[&["old.yaml", "api.yaml", "--format", "json"], more].concat());
    let report: Value = serde_json::from_str(&run(&[]).passes().out).unwrap();
    assert_eq!(report["effect"], "breaking");
    assert_eq!(report["next_version"], "0.2.0");
    let removed = &report["changes"][0];
    assert_eq!(removed["rule"], "field-removed");
    assert_eq!(removed["item"], "animals::Animal::name");
    assert_eq!(removed["old"]["file"], "old.yaml");
    assert_eq!(removed["old"]["line"], 41);
    assert_eq!(removed["old"]["pointer"], "/components/schemas/Animal/properties/name");
    assert_eq!(removed["new"], Value::Null);
    let failed = run(&["--fail-on", "breaking"]);
    assert_eq!(
        (failed.code, failed.err.as_str()),
        (Some(1), "error: there are changes of at least the severity `breaking`\n")
    );
    assert_eq!(serde_json::from_str::<Value>(&failed.out).unwrap(), report);

    let sandbox = self::sandbox(&[(NAME, &format!("weight: {{type: number}}, {NAME}"))]);
    let run = |effect| diff(&sandbox, &["old.yaml", "api.yaml", "--fail-on", effect]);
    run("breaking").passes();
    assert_eq!(run("addition").code, Some(1));
}

#[test]
fn prints_markdown() {
    let sandbox = sandbox(&[(NAME, "weight: {type: number}}}")]);
    let report = diff(&sandbox, &["old.yaml", "api.yaml", "--format", "markdown"]).passes().out;
    assert_eq!(
        report,
        "### Breaking

- `animals::Animal`: removed field: `name`.

### Added

- `animals::Animal`: new field: `weight`.

1 breaking, 1 new: the version after 0.1.0 is 0.2.0.
"
    );
}

#[test]
fn compares_git_revisions() {
    let sandbox = Sandbox::new();
    git(&sandbox, &["init", "-q"]);
    git(&sandbox, &["add", "."]);
    git(&sandbox, &["commit", "-qm", "The zoo"]);
    git(&sandbox, &["tag", "v0.1.0"]);
    sandbox.edit("api.yaml", NAME, "weight: {type: number}}}");
    sandbox.edit("sdk.yaml", "list: keepers-list", "all: keepers-list");
    let working = diff(&sandbox, &["v0.1.0", "--spec", "api.yaml"]).passes().out;
    assert!(working.contains("v0.1.0:api.yaml:41\n"), "{working}");
    assert!(working.contains("renamed to `client.animals().keepers().all(…)`"), "{working}");
    git(&sandbox, &["commit", "-qam", "Weigh the animals"]);
    sandbox.write("api.yaml", "broken: [");
    let committed = diff(&sandbox, &["HEAD~1", "HEAD", "--spec", "api.yaml"]).passes().out;
    assert!(committed.contains("HEAD~1:api.yaml:41\n"), "{committed}");
    diff(&sandbox, &["HEAD", "--spec", "api.yaml"]).fails(&["invalid YAML", "api.yaml:1"]);
    diff(&sandbox, &["v9", "--spec", "api.yaml"]).fails(&["no revision \"v9\"", "git tag"]);
    assert_eq!(fs::read_dir(sandbox.path("tmp")).unwrap().count(), 0, "temporary files are removed");
}

#[test]
fn reads_a_document_without_configuration_with_that_of_the_other() {
    let sandbox = sandbox(&[]);
    sandbox.write("before/api.yaml", SPEC);
    let same = diff(&sandbox, &["before/api.yaml", "api.yaml"]).passes().out;
    assert_eq!(same, "before/api.yaml -> api.yaml\n\nNo changes for callers.\n");
    sandbox.write("sdk-before.yaml", &CONFIG.replace("get: tickets-get", "read: tickets-get"));
    let named = ["before/api.yaml", "api.yaml", "--old-config", "sdk-before.yaml"];
    let renamed = diff(&sandbox, &named).passes().out;
    assert!(renamed.contains("`client.tickets().read(…)` renamed to `client.tickets().get(…)`"), "{renamed}");

    // The work tree's configuration replaces that of a revision.
    sandbox.write("sub/api.yaml", SPEC);
    sandbox.write("sub/sdk.yaml", &CONFIG.replace("get: tickets-get", "read: tickets-get"));
    git(&sandbox, &["init", "-q"]);
    git(&sandbox, &["add", "."]);
    git(&sandbox, &["commit", "-qm", "The zoo"]);
    let same = diff(&sandbox, &["before/api.yaml", "HEAD", "--spec", "sub/api.yaml"]).passes().out;
    assert!(same.ends_with("No changes for callers.\n"), "{same}");
}

#[test]
fn ignores_a_closed_pipe() {
    let sandbox = sandbox(&[(NAME, "name: {type: integer}}}")]);
    for format in ["text", "markdown", "json"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.args(["diff", "old.yaml", "api.yaml", "--format", format]).current_dir(sandbox.0.path());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
    }
}
