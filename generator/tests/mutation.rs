//! Mutated and hostile documents. For every document the generator returns a report or Rust that contains no code from
//! the document.
//!
//! Failures are reproducible by their seed. `MUTATIONS` sets the number of mutations per fixture. The fuzz target in
//! `generator/fuzz` searches for further documents.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::path::Path;

use generator::ReadOutput;
use generator::codegen::{self, Crate, Runtime};
use generator::diff::{self, Version};
use generator::render::Templates;
use serde_json::Value;
use support::hostile_documents::{self, Choices};

/// Returns the documents of the fixtures in YAML.
fn originals() -> Vec<(std::path::PathBuf, Value)> {
    let read = |fixture: std::path::PathBuf| {
        let text = std::fs::read_to_string(fixture.join("openapi.yaml")).ok()?;
        let document = generator::document::Document::parse(Path::new("x.yaml"), &text).unwrap();
        Some((fixture, document.root().value.clone()))
    };
    support::fixtures().into_iter().filter_map(read).collect()
}

/// Generates and checks crates from `count` mutations of each fixture. Returns the number of generated crates and the
/// number of rejected documents.
fn check_mutations(name: &str, count: u64, mutate: impl Fn(&mut Value, &mut Choices<'_>)) -> (u64, u64) {
    let templates = Templates::load(None).unwrap();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    let spec = folder.join("openapi.json");
    let (mut generated, mut rejected) = (0, 0);
    for (fixture, original) in originals() {
        for seed in 0..count {
            let mut choices =
                Choices::Seed(seed.wrapping_mul(7919).wrapping_add(original.to_string().len() as u64));
            let mut document = original.clone();
            mutate(&mut document, &mut choices);
            std::fs::write(&spec, document.to_string()).unwrap();
            // Alternate between the fixture's configuration and an inferred one.
            let config = Some(fixture.join("sdk.yaml")).filter(|path| path.is_file() && seed % 2 == 0);
            let check = || hostile_documents::check(&templates, &spec, config.as_deref()).is_some();
            let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(check));
            match result {
                Ok(true) => generated += 1,
                Ok(false) => rejected += 1,
                Err(_) => panic!("{}, seed {seed}:\n{document}", support::name(&fixture)),
            }
        }
    }
    (generated, rejected)
}

/// Returns the number of mutations per fixture.
fn count() -> u64 {
    std::env::var("MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(12)
}

#[test]
fn mutated_documents_cause_no_panic_and_inject_no_code() {
    let (generated, rejected) = check_mutations("mutation", count(), |document, choices| {
        for _ in 0..=choices.below(3) {
            hostile_documents::mutate(document, choices);
        }
    });
    // The test is meaningful only if many documents are generated and some are rejected.
    assert!(generated > rejected / 4 && rejected > 0, "{generated} generated, {rejected} rejected");
}

#[test]
fn hostile_text_injects_no_code() {
    let inject = hostile_documents::inject_hostile_text;
    let (generated, rejected) = check_mutations("hostile_text", count() / 2, inject);
    assert!(generated > rejected / 4, "{generated} generated, {rejected} rejected");
}

/// A version compared with itself has no changes, and messages contain no control characters.
#[test]
fn any_two_documents_can_be_compared() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compared");
    std::fs::create_dir_all(&folder).unwrap();
    let spec = folder.join("openapi.json");
    let (mut compared, mut changed) = (0, 0);
    for (fixture, original) in originals() {
        let config = Some(fixture.join("sdk.yaml")).filter(|path| path.is_file());
        let read = |document: &Value| {
            std::fs::write(&spec, document.to_string()).unwrap();
            let reading = generator::read(&spec, &[], config.as_deref(), None).ok()?;
            let runtime = Runtime { version: String::new(), path: String::new() };
            let krate = codegen::lower(&reading.sdk, runtime, true);
            Some((reading, krate))
        };
        let Some(old) = read(&original) else { continue };
        for seed in 0..count() {
            let mut choices =
                Choices::Seed(seed.wrapping_mul(104_729).wrapping_add(original.to_string().len() as u64));
            let mut document = original.clone();
            hostile_documents::mutate(&mut document, &mut choices);
            if seed % 3 == 0 {
                hostile_documents::inject_hostile_text(&mut document, &mut choices);
            }
            let Some(new) = read(&document) else { continue };
            let compare = |old, new| diff::compare(version(old), version(new)).changes;
            let context = || format!("{}, seed {seed}:\n{document}", support::name(&fixture));
            assert_eq!(compare(&new, &new), [], "{}", context());
            for change in compare(&old, &new).into_iter().chain(compare(&new, &old)) {
                changed += 1;
                let text = format!("{}{}{}", change.item, change.message, change.advice.unwrap_or_default());
                assert!(!text.contains(char::is_control), "{text:?} of {}", context());
            }
            compared += 1;
        }
    }
    // The test is meaningful only if many documents are compared and have changes.
    assert!(compared > 100 && changed > 100, "{compared} compared, {changed} changes");
}

fn version((reading, krate): &(ReadOutput, Crate)) -> Version<'_> {
    Version { sdk: &reading.sdk, krate, spec: &reading.spec }
}
