//! Snapshots of the generated output, one per fixture.
//!
//! A snapshot holds the diagnostics, `API.md` and the generated Rust. Most fixtures concern types and signatures, so
//! their snapshots hold a compact form of the Rust. The fixtures in [`FULL_TEXT`] show the complete files.
//!
//! After an intended change, `INSTA_UPDATE=always cargo test -p generator --test snapshots` updates the snapshots.
//! Review the difference.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::fmt::Write as _;
use std::path::Path;

use generator::render::Templates;
use support::Generated;
use support::signatures::{Bodies, signatures};

/// Fixtures whose snapshots hold the full text of the generated files. Together they show all text of the templates,
/// which [`full_texts_show_every_line_of_the_templates`] verifies.
const FULL_TEXT: [&str; 9] = [
    // Links, permissions, deprecated methods, sub-resources, and the files of the crate.
    "api_reference",
    // Request bodies, constructors, and setters of nullable and additional properties.
    "bodies",
    // Aliases of methods and types, and features that enable them.
    "deprecated_names",
    // Escaped text of the document.
    "docs",
    // Methods with several endpoints.
    "endpoint_choice",
    // Integer enums, unions and constants.
    "mixed_value_types",
    // Envelopes and pages.
    "pagination",
    // Credentials and security requirements.
    "security",
    "streams",
];

/// Fixtures whose snapshots hold the bodies of functions: they show how values are sent.
const BODIES: [&str; 3] = ["body_media_types", "multipart", "parameter_styles"];

/// Files that hardly differ between crates, and the fixtures whose snapshots hold them.
const CRATE_FILES: [(&str, &[&str]); 4] = [
    ("Cargo.toml", &["deprecated_names", "shared_types"]),
    ("src/api.rs", &["pagination", "pagination_styles", "security", "servers"]),
    ("src/client.rs", &["api_reference", "security", "servers"]),
    ("src/lib.rs", &["api_reference", "deprecated_names", "shared_types"]),
];

#[test]
fn output_matches_the_snapshots() {
    insta::glob!("fixtures/*/openapi.*", |path| {
        let folder = path.parent().expect("a folder");
        let fixture = support::name(folder);
        let generated = support::generate(folder, "runtime");
        support::assert_snapshot(fixture, &snapshot(fixture, &generated));
    });
}

/// Returns the snapshot of a fixture: each part follows a line with its name.
fn snapshot(fixture: &str, generated: &Generated) -> String {
    let mut text = String::new();
    if !generated.reading.warnings.diagnostics.is_empty() {
        let root = format!("{}/", support::fixtures_folder().display());
        let warnings = generated.reading.warnings.to_string().replace(&root, "");
        writeln!(text, "======== warnings\n{warnings}\n").unwrap();
    }
    let folder = support::fixtures_folder().join(fixture);
    if !folder.join("sdk.yaml").is_file() {
        let inferred = generator::init(&folder.join("openapi.yaml"), &[]).unwrap();
        writeln!(text, "======== sdk.yaml\n{inferred}").unwrap();
    }
    for (path, content) in &generated.files {
        let path = path.to_str().expect("a path in UTF-8").replace('\\', "/");
        let is_shown =
            CRATE_FILES.iter().find(|(name, _)| *name == path).is_none_or(|(_, shown)| shown.contains(&fixture));
        if is_shown {
            writeln!(text, "======== {path}\n{}", escape_control(&shown(fixture, &path, content))).unwrap();
        }
    }
    text
}

/// Returns the form of a file that the snapshot of a fixture holds.
fn shown(fixture: &str, path: &str, content: &str) -> String {
    // Every file begins with the marker.
    let content = content.split_once("\n\n").map_or(content, |(_, content)| content);
    let is_rust = Path::new(path).extension().is_some_and(|extension| extension == "rs");
    if !is_rust || FULL_TEXT.contains(&fixture) {
        return content.to_owned();
    }
    signatures(content, if BODIES.contains(&fixture) { Bodies::Shown } else { Bodies::Hidden })
}

/// Escapes control characters, which would be invisible in a snapshot or make it a binary file.
fn escape_control(text: &str) -> String {
    let is_invisible = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{2028}' | '\u{2029}');
    text.chars().map(|c| if is_invisible(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}

/// Text of the templates that the fixtures in [`FULL_TEXT`] do not show.
const NOT_SHOWN: [&str; 7] = [
    // Only the crate in this repository has guides.
    "doctest",
    "mod guides",
    "mod package",
    "mod repository",
    "README.md",
    // Tested by the requests of the fixture `servers`.
    "base_url_part",
    "(self, value: impl Into<String>)",
];

/// Each branch of the templates is in the full text of a fixture.
#[test]
fn full_texts_show_every_line_of_the_templates() {
    let shown = FULL_TEXT.map(|fixture| {
        let generated = support::generate(&support::fixtures_folder().join(fixture), "runtime");
        snapshot(fixture, &generated)
    });
    let shown = without_layout(&shown.concat());
    let mut missing = String::new();
    for (name, source) in Templates::load(None).unwrap().sources() {
        if matches!(name.as_str(), "contract.rs.jinja" | "Cargo.toml.jinja") {
            continue;
        }
        for line in text_outside_tags(&source).lines() {
            let is_exempt = NOT_SHOWN.iter().any(|text| line.contains(text));
            if !is_exempt && !shown.contains(&without_layout(line)) {
                writeln!(missing, "{name}: {line}").unwrap();
            }
        }
    }
    assert!(missing.is_empty(), "no snapshot holds this text of the templates:\n{missing}");
}

/// Returns the text of a template with a line break for each tag.
fn text_outside_tags(template: &str) -> String {
    let mut text = String::new();
    let mut rest = template;
    while !rest.is_empty() {
        let start = ["{{", "{%", "{#"].iter().filter_map(|tag| rest.find(tag)).min().unwrap_or(rest.len());
        let (outside, tag) = rest.split_at(start);
        text.extend([outside, "\n"]);
        let end = ["}}", "%}", "#}"].iter().filter_map(|end| tag.find(end)).min();
        rest = end.map_or("", |end| &tag[end + 2..]);
    }
    text
}

/// Removes whitespace and punctuation that the formatter changes, and markers of documentation.
fn without_layout(text: &str) -> String {
    let text = text.replace("#[doc = \"", "").replace("\"]", "");
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, ',' | '/')).collect()
}

/// Hash maps must not influence the order of the output.
#[test]
fn equal_input_produces_equal_output() {
    for folder in support::fixtures() {
        let (first, second) = (support::generate(&folder, "runtime"), support::generate(&folder, "runtime"));
        assert_eq!(first.files, second.files, "{}", folder.display());
        assert_eq!(first.contract, second.contract, "{}", folder.display());
    }
}

/// The command that writes files replaces those whose first line holds the marker, and no others.
#[test]
fn every_file_begins_with_the_marker() {
    let generated = support::generate(&support::fixtures_folder().join("shared_types"), "runtime");
    for (path, content) in &generated.files {
        let first = content.lines().next().unwrap_or_default();
        assert!(first.contains(generator::render::MARKER), "{}", path.display());
        assert!(path.is_relative(), "{}", path.display());
    }
}
