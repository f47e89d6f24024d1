//! Checks that the generator returns a report or writes Rust files that contain no code from the document.
//!
//! Input that begins with a byte less than four holds the choices for mutations of a fixture. All other input is a
//! document, so the fixtures serve as the initial corpus.
#![no_main]

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use generator::document::Document;
use generator::render::Templates;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

#[path = "../../tests/support/hostile_documents.rs"]
mod hostile_documents;

use hostile_documents::Choices;

/// State that all runs share.
struct Shared {
    fixtures: Vec<(PathBuf, Value)>,
    templates: Templates,
    /// File that holds the document of the current run.
    spec: PathBuf,
}

fn shared() -> &'static Shared {
    static SHARED: OnceLock<Shared> = OnceLock::new();
    SHARED.get_or_init(|| {
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
        std::fs::create_dir_all(&folder).expect("the folder is created");
        Shared {
            fixtures: folders.into_iter().filter_map(read).collect(),
            templates: Templates::load(None).expect("the templates"),
            spec: folder.join("openapi.yaml"),
        }
    })
}

fuzz_target!(|data: &[u8]| {
    let shared = shared();
    match data.split_first() {
        // A mutated fixture, with its own or an inferred configuration.
        Some((mode @ 0..=3, bytes)) => {
            let mut choices = Choices::Bytes(bytes);
            let (folder, original) = &shared.fixtures[choices.below(shared.fixtures.len())];
            let mut value = original.clone();
            for _ in 0..=choices.below(16) {
                hostile_documents::mutate(&mut value, &mut choices);
            }
            if *mode > 1 {
                hostile_documents::inject_hostile_text(&mut value, &mut choices);
            }
            let config = Some(folder.join("sdk.yaml")).filter(|path| mode % 2 == 0 && path.is_file());
            write_and_check(shared, value.to_string().as_bytes(), config.as_deref());
        }
        // The document itself, and the document with hostile text.
        _ => {
            write_and_check(shared, data, None);
            let Ok(text) = std::str::from_utf8(data) else { return };
            let Ok(document) = Document::parse(Path::new("openapi.yaml"), text) else { return };
            let mut value = document.root().value.clone();
            hostile_documents::inject_hostile_text(&mut value, &mut Choices::Seed(data.len() as u64));
            write_and_check(shared, value.to_string().as_bytes(), None);
        }
    }
});

fn write_and_check(shared: &Shared, text: &[u8], config: Option<&Path>) {
    std::fs::write(&shared.spec, text).expect("the document is written");
    hostile_documents::check(&shared.templates, &shared.spec, config);
}
