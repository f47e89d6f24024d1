//! Whatever a document says: the generator reports it or writes Rust below its folder, in which nothing of the
//! document is code. Data that begin with a byte below four are choices by which a fixture is changed; all others are a
//! document, so that the fixtures themselves are what the fuzzer begins with.
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

/// What every run needs.
struct Ground {
    fixtures: Vec<(PathBuf, Value)>,
    templates: Templates,
    /// The document at hand.
    spec: PathBuf,
}

fn ground() -> &'static Ground {
    static GROUND: OnceLock<Ground> = OnceLock::new();
    GROUND.get_or_init(|| {
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
        Ground {
            fixtures: folders.into_iter().filter_map(read).collect(),
            templates: Templates::load(None).expect("the templates"),
            spec: folder.join("openapi.yaml"),
        }
    })
}

fuzz_target!(|data: &[u8]| {
    let ground = ground();
    match data.split_first() {
        // A fixture, changed: with its own configuration, or with an inferred one.
        Some((mode @ 0..=3, choices)) => {
            let mut dice = Dice::Bytes(choices);
            let (folder, original) = &ground.fixtures[dice.roll(ground.fixtures.len())];
            let mut value = original.clone();
            for _ in 0..=dice.roll(16) {
                harm::mutate(&mut value, &mut dice);
            }
            if *mode > 1 {
                harm::poison(&mut value, &mut dice);
            }
            let config = Some(folder.join("sdk.yaml")).filter(|path| mode % 2 == 0 && path.is_file());
            write_and_check(ground, value.to_string().as_bytes(), config.as_deref());
        }
        // A document as it is, in whatever syntax, and with harm in its texts.
        _ => {
            write_and_check(ground, data, None);
            let Ok(text) = std::str::from_utf8(data) else { return };
            let Ok(document) = Document::parse(Path::new("openapi.yaml"), text) else { return };
            let mut value = document.root().value.clone();
            harm::poison(&mut value, &mut Dice::Seed(data.len() as u64));
            write_and_check(ground, value.to_string().as_bytes(), None);
        }
    }
});

fn write_and_check(ground: &Ground, text: &[u8], config: Option<&Path>) {
    std::fs::write(&ground.spec, text).expect("the document can be written");
    harm::check(&ground.templates, &ground.spec, config);
}
