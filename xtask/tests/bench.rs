//! Tests of `cargo xtask bench`.
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

/// Runs the command and returns the titles and cells of the table's rows. `name` is the name of the document, and of the
/// folder of outputs.
fn bench(name: &str, spec: &str, rows: &str) -> Vec<(String, String)> {
    let sandbox = tempfile::tempdir().unwrap();
    let file = sandbox.path().join(format!("{name}.yaml"));
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
    rows.map(|(title, cells)| (title.trim().to_owned(), cells.to_owned())).collect()
}

#[test]
fn measures_the_generator() {
    let rows = bench("bench-test-zoo", SPEC, "generate,growth");
    let titles: Vec<&str> = rows.iter().map(|(title, _)| title.as_str()).collect();
    let [head, rule, first, second, third, growth] = titles.as_slice() else { panic!("{rows:?}") };
    assert_eq!((*head, *rule), ("what", "-".repeat(rule.len()).as_str()));
    assert_eq!([*first, *second], ["generate, from nothing", "generate, nothing changed"]);
    assert_eq!(
        [*third, *growth],
        ["generate, one operation changed", "generate, all paths compared to an eighth of them"]
    );
    assert!(rows.iter().all(|(_, result)| !result.contains("not measured")), "{rows:?}");
    // Peers that are not installed have a column too.
    assert!(
        rows[0].1.contains("ploidy") && rows[2].1.contains("not installed: `cargo install ploidy`"),
        "{rows:?}"
    );
    // The document is small, so times have no target.
    let cells: Vec<&str> = rows[2].1.split('|').map(str::trim).collect();
    assert_eq!(cells[1..3], ["", ""], "target, met: {rows:?}");
    assert!(rows[4].1.contains("2 files rewritten"), "{rows:?}");
}

#[test]
fn reports_rows_that_cannot_be_measured() {
    let rows = bench("bench-test-post", &SPEC.replace("get:", "post:"), "generate");
    assert!(rows[4].1.contains("not measured: the document has no GET operation"), "{rows:?}");
    assert!(rows[3].1.contains(" s"), "other rows are measured: {rows:?}");
}
