//! Broken and hostile documents: whatever a document says, the generator ends with a report or with Rust, and
//! nothing in it becomes code. The seed makes a failure come again; `MUTATIONS` asks for more of them. The fuzz
//! target in `generator/fuzz` looks for others.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::path::Path;

use generator::Reading;
use generator::codegen::{self, Crate, Runtime};
use generator::diff::{self, Version};
use generator::render::Templates;
use serde_json::Value;
use support::harm::{self, Dice};

/// The fixtures' documents.
fn originals() -> Vec<(std::path::PathBuf, Value)> {
    let read = |fixture: std::path::PathBuf| {
        let text = std::fs::read_to_string(fixture.join("openapi.yaml")).ok()?;
        let document = generator::document::Document::parse(Path::new("x.yaml"), &text).unwrap();
        Some((fixture, document.root().value.clone()))
    };
    support::fixtures().into_iter().filter_map(read).collect()
}

/// Writes documents made of the fixtures' and checks what becomes of them. Returns how many were generated and how
/// many refused.
fn rounds(name: &str, count: u64, change: impl Fn(&mut Value, &mut Dice<'_>)) -> (u64, u64) {
    let templates = Templates::load(None).unwrap();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    let spec = folder.join("openapi.json");
    let (mut generated, mut refused) = (0, 0);
    for (fixture, original) in originals() {
        for seed in 0..count {
            let mut dice = Dice::Seed(seed.wrapping_mul(7919).wrapping_add(original.to_string().len() as u64));
            let mut document = original.clone();
            change(&mut document, &mut dice);
            std::fs::write(&spec, document.to_string()).unwrap();
            // With the fixture's configuration most methods are still there; without one, all are.
            let config = Some(fixture.join("sdk.yaml")).filter(|path| path.is_file() && seed % 2 == 0);
            let check = || harm::check(&templates, &spec, config.as_deref()).is_some();
            let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(check));
            match result {
                Ok(true) => generated += 1,
                Ok(false) => refused += 1,
                Err(_) => panic!("{}, seed {seed}:\n{document}", support::name(&fixture)),
            }
        }
    }
    (generated, refused)
}

fn count() -> u64 {
    std::env::var("MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(12)
}

#[test]
fn no_document_makes_the_generator_panic_or_write_code_of_its_own() {
    let (generated, refused) = rounds("mutation", count(), |document, dice| {
        for _ in 0..=dice.roll(3) {
            harm::mutate(document, dice);
        }
    });
    // If all were refused, nothing would be shown.
    assert!(generated > refused / 4 && refused > 0, "{generated} generated, {refused} refused");
}

#[test]
fn harm_in_every_text_stays_text() {
    let (generated, refused) = rounds("poison", count() / 2, harm::poison);
    assert!(generated > refused / 4, "{generated} generated, {refused} refused");
}

/// Whatever two versions of a document say, they can be compared: one with itself is the same, and no text of theirs
/// does anything to a terminal.
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
            let mut dice = Dice::Seed(seed.wrapping_mul(104_729).wrapping_add(original.to_string().len() as u64));
            let mut document = original.clone();
            harm::mutate(&mut document, &mut dice);
            if seed % 3 == 0 {
                harm::poison(&mut document, &mut dice);
            }
            let Some(new) = read(&document) else { continue };
            let compare = |old, new| diff::compare(side(old), side(new)).changes;
            let what = || format!("{}, seed {seed}:\n{document}", support::name(&fixture));
            assert_eq!(compare(&new, &new), [], "{}", what());
            for change in compare(&old, &new).into_iter().chain(compare(&new, &old)) {
                changed += 1;
                let text = format!("{}{}{}", change.item, change.message, change.advice.unwrap_or_default());
                assert!(!text.contains(char::is_control), "{text:?} of {}", what());
            }
            compared += 1;
        }
    }
    // If nothing were read or nothing changed, nothing would be shown.
    assert!(compared > 100 && changed > 100, "{compared} compared, {changed} changes");
}

fn side((reading, krate): &(Reading, Crate)) -> Version<'_> {
    Version { sdk: &reading.sdk, krate, spec: &reading.spec }
}
