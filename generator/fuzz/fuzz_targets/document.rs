//! Checks that the generator either reports a diagnostic or writes Rust files inside its output folder, and that no
//! text of the document becomes code.
//!
//! Input whose first byte is less than 4 is a list of random choices that mutate a fixture. Other input is a document,
//! so the fixtures serve as the initial corpus.
#![no_main]

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use generator::document::Document;
use generator::render::Templates;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

#[path = "../../tests/support/harm.rs"]
mod harm;

use harm::Dice;

/// State shared by all runs.
struct Setup {
    fixtures: Vec<(PathBuf, Value)>,
    templates: Templates,
    /// Path of the current document.
    spec: PathBuf,
}

fn setup() -> &'static Setup {
    static SETUP: OnceLock<Setup> = OnceLock::new();
    SETUP.get_or_init(|| {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures");
        let mut folders: Vec<PathBuf> = std::fs::read_dir(fixtures)
            .expect("the fixtures")
            .map(|entry| entry.expect("a folder").path())
            .collect();
        folders.sort();
        let read = |folder: PathBuf| {
            let text = std::fs::read_to_string(folder.join("openapi.yaml")).ok()?;
            let document = Document::parse(Path::new("openapi.yaml"), &text).ok()?;
            Some((folder, document.root().value.clone()))
        };
        let folder = std::env::temp_dir().join(format!("generator-fuzz-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for documents");
        Setup {
            fixtures: folders.into_iter().filter_map(read).collect(),
            templates: Templates::load(None).expect("the templates"),
            spec: folder.join("openapi.yaml"),
        }
    })
}

fuzz_target!(|data: &[u8]| {
    let setup = setup();
    match data.split_first() {
        // A mutated fixture, with its own configuration or an inferred one.
        Some((mode @ 0..=3, choices)) => {
            let mut dice = Dice::Bytes(choices);
            let (folder, original) = &setup.fixtures[dice.roll(setup.fixtures.len())];
            let mut value = original.clone();
            for _ in 0..=dice.roll(16) {
                harm::mutate(&mut value, &mut dice);
            }
            if *mode > 1 {
                harm::poison(&mut value, &mut dice);
            }
            let config = Some(folder.join("sdk.yaml")).filter(|path| mode % 2 == 0 && path.is_file());
            write_and_check(setup, value.to_string().as_bytes(), config.as_deref());
        }
        // The input as a document, and the same document with malicious texts.
        _ => {
            write_and_check(setup, data, None);
            let Ok(text) = std::str::from_utf8(data) else { return };
            let Ok(document) = Document::parse(Path::new("openapi.yaml"), text) else { return };
            let mut value = document.root().value.clone();
            harm::poison(&mut value, &mut Dice::Seed(data.len() as u64));
            write_and_check(setup, value.to_string().as_bytes(), None);
        }
    }
});

fn write_and_check(setup: &Setup, text: &[u8], config: Option<&Path>) {
    std::fs::write(&setup.spec, text).expect("the document can be written");
    harm::check(&setup.templates, &setup.spec, config);
}
