//! Shared code of the tests, and access to the fixtures: one small document per feature in `tests/fixtures`.

// Each test file is a separate crate and uses only parts of this module.
#![allow(dead_code, unreachable_pub)]

pub mod callers;
pub mod changes;
pub mod hostile_documents;
pub mod signatures;
pub mod workspace;

use std::path::{Path, PathBuf};

use generator::ReadOutput;
use generator::codegen::{self, Crate, Runtime};
use generator::render::{self, Files, Templates};

/// Crate generated from a document.
pub struct Generated {
    pub krate: Crate,
    pub files: Files,
    /// Program that calls every method of the crate.
    pub contract: String,
    pub reading: ReadOutput,
}

/// Returns the folder that contains the fixtures.
pub fn fixtures_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// Returns the folders of the fixtures, sorted by name.
pub fn fixtures() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(fixtures_folder()).expect("the folder of fixtures");
    let mut folders: Vec<PathBuf> =
        entries.map(|entry| entry.expect("a folder").path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// Returns the last component of a path.
pub fn name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).expect("a name")
}

/// Generates the crate of the document in `folder`, with a dependency on the runtime at the path `runtime`.
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
        rendered.unwrap_or_else(|error| panic!("{} cannot be rendered:\n{error}", folder.display()));
    Generated { krate, files, contract, reading }
}

/// Compares a text with the snapshot of this name.
pub fn assert_snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.remove_input_file();
    settings.remove_snapshot_suffix();
    settings.set_snapshot_path("../snapshots");
    settings.bind(|| insta::assert_snapshot!(name, text));
}
