//! What the generator writes for each fixture, as one snapshot that a review can read from top to bottom.
//!
//! After a change that is meant, `INSTA_UPDATE=always cargo test -p generator --test snapshots` writes the
//! snapshots anew; the difference is for the review.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::fmt::Write as _;

use support::Generated;

/// Files that are nearly the same in every crate, and the fixtures that show them.
const COMMON: [(&str, &[&str]); 4] = [
    ("Cargo.toml", &["renamed", "shared"]),
    ("src/api.rs", &["paging", "paging_styles", "security"]),
    ("src/client.rs", &["scopes", "security"]),
    ("src/lib.rs", &["paging", "reference", "shared"]),
];

#[test]
fn every_fixture_gives_its_snapshot() {
    insta::glob!("fixtures/*/openapi.*", |path| {
        let folder = path.parent().expect("a folder");
        let generated = support::generate(folder, "runtime");
        let mut settings = insta::Settings::clone_current();
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.remove_input_file();
        settings.remove_snapshot_suffix();
        settings.bind(|| insta::assert_snapshot!(support::name(folder), text(support::name(folder), &generated)));
    });
}

/// The files behind each other, each under its name.
fn text(fixture: &str, generated: &Generated) -> String {
    let mut text = String::new();
    if !generated.reading.warnings.diagnostics.is_empty() {
        let root = format!("{}/", support::fixtures_folder().display());
        let warnings = generated.reading.warnings.to_string().replace(&root, "");
        writeln!(text, "======== warnings\n{warnings}\n").unwrap();
    }
    if fixture.starts_with("inferred") {
        let spec = support::fixtures_folder().join(fixture).join("openapi.yaml");
        writeln!(text, "======== sdk.yaml\n{}", generator::init(&spec, &[]).unwrap()).unwrap();
    }
    for (path, content) in &generated.files {
        let path = path.to_str().expect("a path of letters").replace('\\', "/");
        let is_shown =
            COMMON.iter().find(|(name, _)| *name == path).is_none_or(|(_, shown)| shown.contains(&fixture));
        if is_shown {
            // The marker is in all of them, and says nothing here.
            let content = content.split_once("\n\n").map_or(content.as_str(), |(_, content)| content);
            writeln!(text, "======== {path}\n{}", visible(content)).unwrap();
        }
    }
    text
}

/// Control characters that a document has slipped in would hide in a snapshot, or make it binary.
fn visible(text: &str) -> String {
    let is_hidden = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{2028}' | '\u{2029}');
    text.chars().map(|c| if is_hidden(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}

/// People regenerate and look at what changed: the order of a hash map must not be among it.
#[test]
fn the_same_input_gives_the_same_bytes() {
    for folder in support::fixtures() {
        let (first, second) = (support::generate(&folder, "runtime"), support::generate(&folder, "runtime"));
        assert_eq!(first.files, second.files, "{}", folder.display());
        assert_eq!(first.contract, second.contract, "{}", folder.display());
    }
}

/// The tool that made a file must be recognised by its first line, or it would not replace the file again.
#[test]
fn every_file_begins_with_the_marker() {
    let generated = support::generate(&support::fixtures_folder().join("shared"), "runtime");
    for (path, content) in &generated.files {
        let first = content.lines().next().unwrap_or_default();
        assert!(first.contains(generator::render::MARKER), "{}", path.display());
        assert!(path.is_relative(), "{}", path.display());
    }
}
