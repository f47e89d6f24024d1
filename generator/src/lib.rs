//! Generator of a Rust SDK from an OpenAPI document and a short configuration.
//!
//! Data flows in one direction:
//!
//! 1. [`document`] reads the files of the spec, with `$ref` resolution and source locations.
//! 2. [`openapi`] parses them into one vocabulary, and [`openapi::normalize`] simplifies schemas and selects responses.
//! 3. [`config`] reads the configuration. Without a configuration, [`infer`] derives one from the document.
//! 4. [`model`] holds the resources, methods and types of the SDK.
//! 5. [`codegen`] chooses Rust names and types, and [`render`] writes the files by the templates.
//!
//! [`diff`] compares two generated SDKs. The library does not write files and does not print.

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

/// Result of [`read`].
#[derive(Debug)]
pub struct Reading {
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

impl Reading {
    /// Returns the path and text of every file that was read. Texts have no byte order mark.
    pub fn sources(&self) -> impl Iterator<Item = (&Path, &str)> {
        self.spec.sources().chain(self.configuration.iter().flat_map(Document::sources))
    }
}

/// Reads a document and a configuration, and builds the model of the SDK.
///
/// Without `config`, a configuration is inferred. `package` overrides the name of the package. The document may refer
/// to files in its own folder and in the folders `allowed`.
///
/// # Errors
/// Returns all errors of both files.
pub fn read(
    spec: &Path,
    allowed: &[PathBuf],
    config: Option<&Path>,
    package: Option<&str>,
) -> Result<Reading, Report> {
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
        None => Document::of(Path::new("(inferred) sdk.yaml"), infer::configuration(&api).value()),
    };
    let is_openapi = !report.has_errors() || !api.operations.is_empty();
    let mut config: Config = config::read(&configuration, &mut report);
    if !is_openapi {
        // Without operations, every configured method would be reported.
        return Err(report);
    }
    if let Some(name) = package {
        name.clone_into(&mut config.package.name);
    }
    let sdk = model::build(&spec, &api, &configuration, config, &mut report);
    if !report.has_errors() {
        codegen::check(&sdk, &configuration).into_iter().for_each(|problem| report.push(problem));
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
    Ok(Reading { unlisted, warnings: report, sdk, spec, configuration })
}

fn normalized(spec: &Document, report: &mut Report) -> NormalizedApi {
    let api = openapi::read(spec, report);
    openapi::normalize::normalize(api, spec, report)
}

/// Returns an inferred configuration for a document, as YAML. `allowed` is as for [`read`].
///
/// # Errors
/// Returns all errors of the document.
pub fn init(spec: &Path, allowed: &[PathBuf]) -> Result<String, Report> {
    let mut report = Report::default();
    let spec = Document::load(spec, allowed)?;
    let api = normalized(&spec, &mut report);
    if report.has_errors() { Err(report) } else { Ok(infer::configuration(&api).to_yaml()) }
}
