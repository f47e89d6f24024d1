//! Generator of a Rust SDK from an OpenAPI document and a short configuration.
//!
//! # Pipeline
//!
//! Data flows in one direction. Each stage takes the value of the previous stage and returns its own:
//!
//! | stage | result |
//! |---|---|
//! | [`document`] | files of the spec as values, with `$ref` resolution and source locations |
//! | [`openapi`] | OpenAPI 3.0, 3.1 and 3.2 in one vocabulary |
//! | [`openapi::normalize`] | flat schemas, simplified unions, one request and one response for each operation |
//! | [`config`] or [`infer`] | resource tree, method names, paginations, credentials |
//! | [`model`] | resources, methods and types of the SDK, without OpenAPI and without Rust |
//! | [`naming`] | unique names in the conventions of a language |
//! | [`codegen`] | Rust types, statements and documentation as typed values |
//! | [`render`] | formatted files, from the templates |
//!
//! The configuration is read by [`config`]. Without a configuration file, [`infer`] derives one from the document.
//! [`diff`] compares the models of two SDK versions. The library reads the spec and the templates, writes no files and
//! prints nothing: problems are [`diagnostics`].
//!
//! # Example
//!
//! The functions [`read()`], [`codegen::lower`] and [`render::render`] run the whole pipeline:
//!
//! ```
//! use std::path::Path;
//!
//! use generator::codegen::{self, Runtime};
//! use generator::diagnostics::Report;
//! use generator::render::{self, Templates};
//!
//! fn main() -> Result<(), Report> {
//!     // Document to model.
//!     let input = generator::read(Path::new("tests/fixtures/pagination/openapi.yaml"), &[], None, Some("books-sdk"))?;
//!     // Model to Rust names and types.
//!     let runtime = Runtime { version: "0.1.0".to_owned(), path: "runtime".to_owned() };
//!     let krate = codegen::lower(&input.sdk, runtime, true);
//!     // Rust names and types to formatted files.
//!     let files = render::render(&Templates::load(None)?, &krate)?;
//!     assert!(files[Path::new("src/lib.rs")].contains("pub use"));
//!     Ok(())
//! }
//! ```

pub mod codegen;
pub mod config;
pub mod diagnostics;
pub mod diff;
pub mod document;
mod graph;
pub mod infer;
mod inflection;
pub mod model;
pub mod naming;
pub mod openapi;
pub mod render;

use std::path::{Path, PathBuf};

use config::Config;
use diagnostics::Report;
use document::Document;
use model::Sdk;
use openapi::normalize::NormalizedApi;

/// Result of [`read()`].
#[derive(Debug)]
pub struct ReadOutput {
    /// Model of the SDK.
    pub sdk: Sdk,
    /// Operations of the document that no method calls.
    pub unlisted: Vec<String>,
    /// Warnings: parts of the document that were interpreted leniently.
    pub warnings: Report,
    /// The document.
    pub spec: Document,
    /// The configuration, unless it was inferred.
    pub configuration: Option<Document>,
}

impl ReadOutput {
    /// Returns the path and text of every file that was read. Texts have no byte order mark.
    pub fn sources(&self) -> impl Iterator<Item = (&Path, &str)> {
        self.spec.sources().chain(self.configuration.iter().flat_map(Document::sources))
    }
}

/// Reads a document and a configuration, and builds the model of the SDK.
///
/// `spec` and `config` are paths. Without `config`, a configuration is inferred. `package` overrides the name of the
/// package. The document may refer to files in its own folder and in the folders `allowed`.
///
/// # Errors
/// Returns all errors of both files.
pub fn read(
    spec: &Path,
    allowed: &[PathBuf],
    config: Option<&Path>,
    package: Option<&str>,
) -> Result<ReadOutput, Report> {
    let mut report = Report::default();
    let configuration = config.map(|config| Document::load(config, &[])).transpose();
    let (spec, configuration) = match (Document::load(spec, allowed), configuration) {
        (Ok(spec), Ok(config)) => (spec, config),
        (spec, config) => {
            let errors = [spec.err(), config.err()].into_iter().flatten();
            return Err(Report {
                diagnostics: errors.flat_map(|report| report.diagnostics).collect(),
                omitted: 0,
            });
        }
    };
    let api = normalized(&spec, &mut report);
    let is_inferred = configuration.is_none();
    let configuration = match configuration {
        Some(configuration) => configuration,
        None => Document::from_value(Path::new("(inferred) sdk.yaml"), infer::configuration(&api).value()),
    };
    let is_openapi = !report.has_errors() || !api.operations.is_empty();
    let mut config: Config = config::read(&configuration, &mut report);
    if !is_openapi {
        // The document is not OpenAPI and has no operations, so every configured method would be an error.
        return Err(report);
    }
    if let Some(name) = package {
        name.clone_into(&mut config.package.name);
    }
    let sdk = model::build(&spec, &api, &configuration, config, &mut report);
    if !report.has_errors() {
        codegen::check(&sdk, &configuration).into_iter().for_each(|diagnostic| report.push(diagnostic));
    }
    if report.has_errors() {
        return Err(report);
    }
    let listed: std::collections::HashSet<&str> = sdk.operations().into_iter().collect();
    let ids = api.operations.iter().map(|operation| operation.id.clone());
    let unlisted = ids.filter(|id| !listed.contains(id.as_str())).collect();
    // Freeing the API is slow.
    rayon::spawn(move || drop(api));
    let configuration = (!is_inferred).then_some(configuration);
    Ok(ReadOutput { unlisted, warnings: report, sdk, spec, configuration })
}

fn normalized(spec: &Document, report: &mut Report) -> NormalizedApi {
    let api = openapi::read(spec, report);
    openapi::normalize::normalize(api, spec, report)
}

/// Infers a configuration for a document and returns it as YAML. The document may refer to
/// files in its own folder and in the folders `allowed`.
///
/// # Errors
/// Returns all errors of the document.
pub fn init(spec: &Path, allowed: &[PathBuf]) -> Result<String, Report> {
    let mut report = Report::default();
    let spec = Document::load(spec, allowed)?;
    let api = normalized(&spec, &mut report);
    if report.has_errors() { Err(report) } else { Ok(infer::configuration(&api).to_yaml()) }
}
