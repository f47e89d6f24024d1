//! From an OpenAPI document and a short configuration to a Rust SDK.
//!
//! Data flows one way: [`document`] reads the spec's files, [`openapi`] and [`config`] give them a vocabulary,
//! [`model`] says what the SDK offers, [`rust`] decides names and types, and [`render`] lays them out by the
//! templates. [`diff`] compares two SDKs that came that far. Nothing here writes files or prints.

pub mod codegen;
pub mod config;
pub mod diagnostics;
pub mod diff;
pub mod document;
pub mod infer;
pub mod model;
pub mod naming;
pub mod openapi;
pub mod render;

use std::path::{Path, PathBuf};

use config::Config;
use diagnostics::Report;
use document::Document;
use model::Sdk;
use openapi::Api;

/// What [`read`] found.
#[derive(Debug)]
pub struct Reading {
    /// The SDK.
    pub sdk: Sdk,
    /// Operations of the document that no method calls.
    pub unlisted: Vec<String>,
    /// What was read differently from the letter.
    pub warnings: Report,
    /// The document.
    pub spec: Document,
    /// The configuration, if there is one.
    pub configuration: Option<Document>,
}

impl Reading {
    /// Every file that was read, by its path, without a byte order mark.
    pub fn sources(&self) -> impl Iterator<Item = (&Path, &str)> {
        self.spec.sources().chain(self.configuration.iter().flat_map(Document::sources))
    }
}

/// Reads a document and a configuration, and says what SDK they make. Without a configuration one is inferred.
/// `package` renames the package. The document may refer to files in its own folder and in those that `allowed` names.
///
/// # Errors
/// Every problem of both files.
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
    let api: Api = understand(&spec, &mut report);
    let is_inferred = configuration.is_none();
    let configuration = match configuration {
        Some(configuration) => configuration,
        None => Document::of(Path::new("(inferred) sdk.yaml"), infer::configuration(&api).value()),
    };
    let is_openapi = !report.has_errors() || !api.operations.is_empty();
    let mut config: Config = config::read(&configuration, &mut report);
    if !is_openapi {
        // Every method would be reported as one that the document doesn't have.
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
    // To take apart what is no longer needed takes a while, and nobody has to wait for it.
    rayon::spawn(move || drop(api));
    let configuration = (!is_inferred).then_some(configuration);
    Ok(Reading { unlisted, warnings: report, sdk, spec, configuration })
}

/// What the document says, in its simplest form.
fn understand(spec: &Document, report: &mut Report) -> Api {
    let mut api = openapi::read(spec, report);
    model::settle_answers(&mut api, spec, report);
    model::simplify(&mut api, spec, report);
    api
}

/// The configuration that is inferred for a document that has none, as text. `allowed` is as for [`read`].
///
/// # Errors
/// Every problem of the document.
pub fn init(spec: &Path, allowed: &[PathBuf]) -> Result<String, Report> {
    let mut report = Report::default();
    let spec = Document::load(spec, allowed)?;
    let api: Api = understand(&spec, &mut report);
    if report.has_errors() { Err(report) } else { Ok(infer::configuration(&api).to_yaml()) }
}
