//! `cargo xtask bench` as people run it.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::process::Command;

const SPEC: &str = r##"openapi: 3.1.0
info: {title: Zoo, version: 1.0.0}
servers: [{url: "https://api.example.com/v1"}]
paths:
  /animals/{animal_id}:
    parameters: [{name: animal_id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: animals-get
      tags: [Animals]
      responses:
        "200":
          description: The animal.
          content: {application/json: {schema: {$ref: "#/components/schemas/Animal"}}}
components:
  schemas:
    Animal: {type: object, required: [id], properties: {id: {type: string}, friend: {$ref: "#/components/schemas/Animal"}}}
"##;

/// Rows of the table, by their titles. The name is the document's, and that of the folder where everything is written.
fn bench(name: &str, spec: &str, rows: &str) -> Vec<(String, String)> {
    let desk = tempfile::tempdir().unwrap();
    let file = desk.path().join(format!("{name}.yaml"));
    std::fs::write(&file, spec).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["bench", "--as-built", "--runs", "1", "--rows", rows, "--spec"])
        .arg(file)
        .env("PATH", "")
        .output()
        .unwrap();
    let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert!(output.status.success(), "{err}");
    assert!(out.starts_with(&format!("`{name}.yaml`: 1 operations, 1 models; ")), "{out}");
    let rows = out.lines().filter_map(|line| line.strip_prefix("| ")?.split_once('|'));
    rows.map(|(what, result)| (what.trim().to_owned(), result.to_owned())).collect()
}

#[test]
fn the_generator_is_measured() {
    let rows = bench("bench-test-zoo", SPEC, "generate,growth");
    let titles: Vec<&str> = rows.iter().map(|(what, _)| what.as_str()).collect();
    let [head, rule, first, second, third, growth] = titles.as_slice() else { panic!("{rows:?}") };
    assert_eq!((*head, *rule), ("what", "-".repeat(rule.len()).as_str()));
    assert_eq!([*first, *second], ["generate, from nothing", "generate, nothing changed"]);
    assert_eq!(
        [*third, *growth],
        ["generate, one operation changed", "generate, 8 times the document: times as long"]
    );
    assert!(rows.iter().all(|(_, result)| !result.contains("not measured")), "{rows:?}");
    // Peers are named, though none is there.
    assert!(
        rows[0].1.contains("ploidy") && rows[2].1.contains("not installed: `cargo install ploidy`"),
        "{rows:?}"
    );
    // The document is small, so there is no target for what is measured in seconds.
    let cells: Vec<&str> = rows[2].1.split('|').map(str::trim).collect();
    assert_eq!(cells[1..4], ["", "", ""], "target, stretch, met: {rows:?}");
    assert!(rows[4].1.contains("2 files rewritten"), "{rows:?}");
}

#[test]
fn what_cannot_be_measured_says_why() {
    let rows = bench("bench-test-post", &SPEC.replace("get:", "post:"), "generate");
    assert!(rows[4].1.contains("not measured: no operation reads something"), "{rows:?}");
    assert!(rows[3].1.contains(" s"), "the others are measured: {rows:?}");
}
