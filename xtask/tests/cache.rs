//! What `cargo xtask generate` keeps of a run makes the next one quicker, and never another.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use support::*;

/// The record that the last run left of a crate: the newest one that knows the document's folder.
fn record(desk: &Desk) -> PathBuf {
    let folder = Path::new(env!("CARGO_BIN_EXE_xtask")).with_file_name("xtask-generate");
    let own = desk.0.path().canonicalize().unwrap().display().to_string();
    let mut records = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let is_own = |path: &PathBuf| fs::read_to_string(path).is_ok_and(|text| text.contains(&own));
    records.find(is_own).expect("a record")
}

/// What a run says but for the time.
fn said(run: Outcome) -> (String, String) {
    let out = run.out.split(" removed in ").next().unwrap().to_owned();
    (out, run.err)
}

/// All that a run reads and writes is looked at, whatever the run before knew.
#[test]
fn nothing_that_changed_goes_unseen() {
    type Case = (&'static str, fn(&Desk), &'static [&'static str], &'static str);
    let cases: [Case; 12] = [
        ("nothing", |_| (), &[], "0 files written, 11 unchanged, 0 removed"),
        (
            "an operation",
            |desk| {
                desk.edit("api.yaml", "operationId: tickets-get", "operationId: tickets-get\n      summary: Buy.")
            },
            &["API.md", "src/tickets/mod.rs"],
            "2 files written, 9 unchanged, 0 removed",
        ),
        (
            "the configuration",
            |desk| desk.edit("sdk.yaml", "version: 0.1.0", "version: 0.2.0"),
            &["Cargo.toml"],
            "1 files written, 10 unchanged, 0 removed",
        ),
        (
            "a template",
            |desk| desk.edit("own/lib.rs.jinja", "forbid(unsafe_code)", "deny(unsafe_code)"),
            &["src/lib.rs"],
            "1 files written, 10 unchanged, 0 removed",
        ),
        (
            "a new template",
            |desk| desk.write("own/Cargo.toml.jinja", "[package]\n"),
            &["Cargo.toml"],
            "1 files written, 10 unchanged, 0 removed",
        ),
        (
            "another file of the document",
            |desk| desk.edit("visitors.yaml", "string", "integer"),
            &["src/animals/keepers/models.rs"],
            "1 files written, 10 unchanged, 0 removed",
        ),
        (
            "a file by hand",
            |desk| desk.edit("out/src/tickets/mod.rs", "tickets", "cards"),
            &["src/tickets/mod.rs"],
            "1 files written, 10 unchanged, 0 removed",
        ),
        (
            "a deleted file",
            |desk| fs::remove_file(desk.path("out/src/tickets/mod.rs")).unwrap(),
            &["src/tickets/mod.rs"],
            "1 files written, 10 unchanged, 0 removed",
        ),
        (
            "the list of files",
            |desk| fs::remove_file(desk.path("out/.generated")).unwrap(),
            &[".generated"],
            "0 files written, 11 unchanged, 0 removed",
        ),
        ("no record", |desk| fs::remove_file(record(desk)).unwrap(), &[], "0 files written, 11 unchanged"),
        ("half a record", |desk| damage(desk, |text| text.truncate(text.len() / 2)), &[], "0 files written"),
        (
            "a record of something else",
            |desk| damage(desk, |text| *text = text.replace("4 operations", "5 operations")),
            &[],
            "0 files written, 11 unchanged",
        ),
    ];
    let more = ["--templates", "own"];
    for (name, change, files, counts) in cases {
        println!("{name}");
        let desk = Desk::new();
        desk.write("own/lib.rs.jinja", include_str!("../../templates/lib.rs.jinja"));
        desk.edit("api.yaml", "Keeper: {type: object, required: [id], properties: {id: {type: string}", KEEPER);
        desk.write("visitors.yaml", "type: string\n");
        desk.generate(&more).passes();
        desk.age();
        change(&desk);
        let before = desk.files("out");
        let run = desk.generate(&more).passes();
        assert!(run.out.starts_with("out: 4 operations") && run.out.contains(counts), "{}", run.out);
        let after = desk.snapshot("out");
        let now = SystemTime::now() - Duration::from_secs(1800);
        let touched = after.iter().filter(|(_, (time, text))| text.is_some() && *time > now);
        assert_eq!(touched.map(|(path, _)| path.as_str()).collect::<Vec<_>>(), files);
        // It is what somebody gets who has never generated anything.
        let (expected, check) = (Desk::new(), desk.generate(&["--templates", "own", "--check"]));
        check.passes();
        for file in ["api.yaml", "sdk.yaml", "visitors.yaml", "own/lib.rs.jinja"] {
            expected.write(file, &desk.read(file));
        }
        if desk.path("own/Cargo.toml.jinja").exists() {
            expected.write("own/Cargo.toml.jinja", &desk.read("own/Cargo.toml.jinja"));
        }
        expected.generate(&more).passes();
        assert_eq!(desk.files("out"), expected.files("out"));
        assert!(name == "nothing" || !files.is_empty() || before == desk.files("out"));
    }
}

/// A schema that refers to another file.
const KEEPER: &str =
    "Keeper: {type: object, required: [id], properties: {id: {type: string}, visitors: {$ref: visitors.yaml}";

fn damage(desk: &Desk, change: fn(&mut String)) {
    let path = record(desk);
    let mut text = fs::read_to_string(&path).unwrap();
    change(&mut text);
    fs::write(path, text).unwrap();
}

/// What there is to say of the document is said again where nothing changed.
#[test]
fn warnings_and_explanations_are_repeated() {
    let desk = Desk::new();
    desk.edit("api.yaml", "price: {type: number}", "price: {$ref: '#/nowhere'}");
    let first = said(desk.generate(&["--explain"]));
    assert!(first.0.contains("any JSON value: ") && first.1.contains("points to nothing"), "{first:?}");
    let again = said(desk.generate(&["--explain"]));
    assert_eq!(
        (again.0.replace("0 files written, 11 unch", "11 files written, 0 unch"), &again.1),
        (first.0, &first.1)
    );
    let check = desk.generate(&["--check"]);
    assert_eq!((check.code, &check.err), (Some(0), &first.1));
    desk.generate(&["--strict"]).fails(&["points to nothing", "nothing was written"]);
    desk.generate(&["--strict", "--check"]).fails(&["points to nothing"]);
}

/// The verdict of `--check` depends on nothing but the files.
#[test]
fn a_check_after_a_run_sees_what_a_first_one_would() {
    let desk = Desk::generated();
    desk.generate(&["--check"]).passes();
    desk.edit("out/src/api.rs", "https://api", "https://my-api");
    let known = desk.generate(&["--check"]).fails(&["stale: src/api.rs"]);
    fs::remove_file(record(&desk)).unwrap();
    assert_eq!(desk.generate(&["--check"]).fails(&[]).err, known.err);
    // The same of what a person wrote, which is in the way.
    desk.generate(&[]).passes();
    desk.edit("out/src/api.rs", MARKER, "");
    desk.generate(&["--check"]).fails(&["out/src/api.rs is in the way"]);
    desk.generate(&[]).fails(&["out/src/api.rs is in the way"]);
}
