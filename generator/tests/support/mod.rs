//! The fixtures: a small spec for each feature, in `tests/fixtures/<feature>`.

// Each test file is a crate of its own and uses a part of this.
#![allow(dead_code, unreachable_pub)]

pub mod callers;
pub mod changes;
pub mod harm;
pub mod workspace;

use std::path::{Path, PathBuf};

use generator::Reading;
use generator::codegen::{self, Crate, Runtime};
use generator::render::{self, Files, Templates};

/// What a fixture's spec gives.
pub struct Generated {
    pub krate: Crate,
    pub files: Files,
    /// The program that calls every method.
    pub contract: String,
    pub reading: Reading,
}

pub fn fixtures_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// The fixtures' folders, by name.
pub fn fixtures() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(fixtures_folder()).expect("the folder of fixtures");
    let mut folders: Vec<PathBuf> =
        entries.map(|entry| entry.expect("a folder").path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// The last part of a path, as text.
pub fn name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).expect("a name")
}

/// Generates the crate of the spec in `folder`, for a runtime at `runtime`.
pub fn generate(folder: &Path, runtime: &str) -> Generated {
    let yaml = folder.join("openapi.yaml");
    let spec = if yaml.is_file() { yaml } else { folder.join("openapi.json") };
    let config = Some(folder.join("sdk.yaml")).filter(|path| path.is_file());
    let reading = generator::read(&spec, &[], config.as_deref(), None)
        .unwrap_or_else(|report| panic!("{} has errors:\n{report}", folder.display()));
    let runtime = Runtime { version: "0.1.0".to_owned(), path: runtime.to_owned() };
    let krate = codegen::lower_with_calls(&reading.sdk, runtime, true);
    let templates = Templates::load(None).expect("the templates");
    let rendered = render::render(&templates, &krate).and_then(|files| {
        let contract = render::render_contract(&templates, &krate)?;
        Ok((files, contract))
    });
    let (files, contract) =
        rendered.unwrap_or_else(|error| panic!("{} can't be written:\n{error}", folder.display()));
    Generated { krate, files, contract, reading }
}
