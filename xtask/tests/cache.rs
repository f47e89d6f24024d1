//! Tests of the cache of `cargo xtask generate`: it changes the time of a run, never the result.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use support::*;

/// Returns the path of the record of a sandbox.
fn record(sandbox: &Sandbox) -> PathBuf {
    let folder = Path::new(env!("CARGO_BIN_EXE_xtask")).with_file_name("xtask-generate");
    let out = sandbox.0.path().canonicalize().unwrap().join("out");
    let name = format!("{:032x}", xxhash_rust::xxh3::xxh3_128(out.as_os_str().as_encoded_bytes()));
    folder.join(name).with_extension("json")
}

/// Returns the output of a run without the time.
fn output(run: Outcome) -> (String, String) {
    let out = run.out.split(" removed in ").next().unwrap().to_owned();
    (out, run.err)
}

#[test]
fn detects_changes_of_all_inputs_and_outputs() {
    type Case = (&'static str, fn(&Sandbox), &'static [&'static str], &'static str);
    let cases: [Case; 12] = [
        ("nothing", |_| (), &[], "0 files written, 11 unchanged, 0 removed"),
        (
            "an operation",
            |sandbox| {
                sandbox.edit(
                    "api.yaml",
                    "operationId: tickets-get",
                    "operationId: tickets-get\n      summary: Buy.",
                )
            },
            &["API.md", "src/tickets/mod.rs"],
            "2 files written, 9 unchanged, 0 removed",
        ),
        (
            "the configuration",
            |sandbox| sandbox.edit("sdk.yaml", "version: 0.1.0", "version: 0.2.0"),
            &["Cargo.toml"],
            "1 files written, 10 unchanged, 0 removed",
        ),
        (
            "a template",
            |sandbox| sandbox.edit("own/lib.rs.jinja", "forbid(unsafe_code)", "deny(unsafe_code)"),
            &["src/lib.rs"],
            "1 files written, 10 unchanged, 0 removed",
        ),
        (
            "a new template",
            |sandbox| sandbox.write("own/Cargo.toml.jinja", "[package]\n"),
            &["Cargo.toml"],
            "1 files written, 10 unchanged, 0 removed",
        ),
        (
            "another file of the document",
            |sandbox| sandbox.edit("visitors.yaml", "string", "integer"),
            &["src/animals/keepers/models.rs"],
            "1 files written, 10 unchanged, 0 removed",
        ),
        (
            "a file by hand",
            |sandbox| sandbox.edit("out/src/tickets/mod.rs", "tickets", "cards"),
            &["src/tickets/mod.rs"],
            "1 files written, 10 unchanged, 0 removed",
        ),
        (
            "a deleted file",
            |sandbox| fs::remove_file(sandbox.path("out/src/tickets/mod.rs")).unwrap(),
            &["src/tickets/mod.rs"],
            "1 files written, 10 unchanged, 0 removed",
        ),
        (
            "the list of files",
            |sandbox| fs::remove_file(sandbox.path("out/.generated")).unwrap(),
            &[".generated"],
            "0 files written, 11 unchanged, 0 removed",
        ),
        ("no record", |sandbox| fs::remove_file(record(sandbox)).unwrap(), &[], "0 files written, 11 unchanged"),
        ("half a record", |sandbox| damage(sandbox, |text| text.truncate(text.len() / 2)), &[], "0 files written"),
        (
            "a record of something else",
            |sandbox| damage(sandbox, |text| *text = text.replace("4 operations", "5 operations")),
            &[],
            "0 files written, 11 unchanged",
        ),
    ];
    let more = ["--templates", "own"];
    for (name, change, files, counts) in cases {
        println!("{name}");
        let sandbox = Sandbox::new();
        sandbox.write("own/lib.rs.jinja", include_str!("../../templates/lib.rs.jinja"));
        sandbox.edit("api.yaml", "Keeper: {type: object, required: [id], properties: {id: {type: string}", KEEPER);
        sandbox.write("visitors.yaml", "type: string\n");
        sandbox.generate(&more).passes();
        sandbox.age();
        change(&sandbox);
        let before = sandbox.files("out");
        let run = sandbox.generate(&more).passes();
        assert!(run.out.starts_with("out: 4 operations") && run.out.contains(counts), "{}", run.out);
        let after = sandbox.snapshot("out");
        let now = SystemTime::now() - Duration::from_secs(1800);
        let touched = after.iter().filter(|(_, (time, text))| text.is_some() && *time > now);
        assert_eq!(touched.map(|(path, _)| path.as_str()).collect::<Vec<_>>(), files);
        // The result equals that of a first run.
        let (expected, check) = (Sandbox::new(), sandbox.generate(&["--templates", "own", "--check"]));
        check.passes();
        for file in ["api.yaml", "sdk.yaml", "visitors.yaml", "own/lib.rs.jinja"] {
            expected.write(file, &sandbox.read(file));
        }
        if sandbox.path("own/Cargo.toml.jinja").exists() {
            expected.write("own/Cargo.toml.jinja", &sandbox.read("own/Cargo.toml.jinja"));
        }
        expected.generate(&more).passes();
        assert_eq!(sandbox.files("out"), expected.files("out"));
        assert!(name == "nothing" || !files.is_empty() || before == sandbox.files("out"));
    }
}

/// Schema that refers to another file.
const KEEPER: &str =
    "Keeper: {type: object, required: [id], properties: {id: {type: string}, visitors: {$ref: visitors.yaml}";

fn damage(sandbox: &Sandbox, change: fn(&mut String)) {
    let path = record(sandbox);
    let mut text = fs::read_to_string(&path).unwrap();
    change(&mut text);
    fs::write(path, text).unwrap();
}

#[test]
fn repeats_warnings_and_explanations_of_the_last_run() {
    let sandbox = Sandbox::new();
    sandbox.edit("api.yaml", "price: {type: number}", "price: {$ref: '#/nowhere'}");
    let first = output(sandbox.generate(&["--explain"]));
    assert!(first.0.contains("untyped JSON value: ") && first.1.contains("has no target"), "{first:?}");
    let second = output(sandbox.generate(&["--explain"]));
    assert_eq!(
        (second.0.replace("0 files written, 11 unch", "11 files written, 0 unch"), &second.1),
        (first.0, &first.1)
    );
    let check = sandbox.generate(&["--check"]);
    assert_eq!((check.code, &check.err), (Some(0), &first.1));
    sandbox.generate(&["--strict"]).fails(&["has no target", "no files were written"]);
    sandbox.generate(&["--strict", "--check"]).fails(&["has no target"]);
}

#[test]
fn check_has_the_same_result_with_and_without_a_record() {
    let sandbox = Sandbox::generated();
    sandbox.generate(&["--check"]).passes();
    sandbox.edit("out/src/api.rs", "https://api", "https://my-api");
    let with_record = sandbox.generate(&["--check"]).fails(&["stale: src/api.rs"]);
    fs::remove_file(record(&sandbox)).unwrap();
    assert_eq!(sandbox.generate(&["--check"]).fails(&[]).err, with_record.err);
    // A handwritten file has the path of a generated one.
    sandbox.generate(&[]).passes();
    sandbox.edit("out/src/api.rs", MARKER, "");
    sandbox.generate(&["--check"]).fails(&["out/src/api.rs was not generated"]);
    sandbox.generate(&[]).fails(&["out/src/api.rs was not generated"]);
}
