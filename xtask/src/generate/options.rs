//! Options of `cargo xtask generate`, and the loading of the spec that they name.

use std::path::{Path, PathBuf};

use clap::Args;
use generator::ReadOutput;
use generator::codegen::{self, Crate, Runtime};
use generator::model::Resource;
use generator::render::Templates;

use crate::error::{Error, Result};
use crate::paths::{self, workspace};

/// Arguments of `generate` and `watch`.
#[derive(Args, Clone)]
pub struct Options {
    /// OpenAPI document [default: spec/openapi.yaml].
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// SDK configuration; for another document, sdk.yaml in its folder, or else inferred [default: spec/sdk.yaml].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder of the generated crate [default: generated-sdk].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Allow the document to refer to files in this folder; may be repeated.
    #[arg(long, value_name = "DIR")]
    pub allow: Vec<PathBuf>,
    /// Package name [default: the name in the configuration].
    #[arg(long, value_name = "PACKAGE")]
    name: Option<String>,
    /// Folder of templates that replace the built-in templates of the same file name.
    #[arg(long, value_name = "DIR")]
    pub templates: Option<PathBuf>,
    /// List values typed as untyped JSON.
    #[arg(long)]
    pub explain: bool,
    /// Do not write; exit with 1 if the output is stale.
    #[arg(long)]
    pub check: bool,
    /// Treat warnings as errors.
    #[arg(long)]
    pub strict: bool,
    /// If set, methods include example calls, which tests and benchmarks need.
    #[arg(skip)]
    with_calls: bool,
    /// Package version that replaces the version in the configuration.
    #[arg(skip)]
    version: Option<String>,
}

/// Spec that was read and lowered to a crate.
pub struct LoadedSpec {
    /// Number of operations that have a method.
    pub operations: usize,
    pub resources: usize,
    pub models: usize,
    /// Number of values (fields, parameters, results) in the document.
    pub values: usize,
    /// Values typed as untyped JSON.
    pub untyped: Vec<String>,
    pub reading: ReadOutput,
    pub krate: Crate,
    pub templates: Templates,
}

impl Options {
    /// Creates the options with which other commands generate a crate. Methods include example calls.
    pub fn new(spec: Option<PathBuf>, config: Option<PathBuf>, out: Option<PathBuf>, allow: &[PathBuf]) -> Self {
        Self {
            spec,
            config,
            out,
            allow: allow.to_vec(),
            name: None,
            templates: None,
            explain: false,
            check: false,
            strict: false,
            with_calls: true,
            version: None,
        }
    }

    /// Sets the package version of a release and leaves out example calls.
    pub fn for_release(self, version: &str) -> Self {
        Self { version: Some(version.to_owned()), with_calls: false, ..self }
    }

    /// Sets the folder of the generated crate.
    pub fn with_out(self, out: &Path) -> Self {
        Self { out: Some(out.to_owned()), ..self }
    }

    /// Returns the folder of the generated crate.
    pub fn out(&self) -> PathBuf {
        self.out.clone().unwrap_or_else(|| workspace().join("generated-sdk"))
    }

    /// Returns the path of the OpenAPI document.
    pub fn spec(&self) -> PathBuf {
        self.spec.clone().unwrap_or_else(|| workspace().join("spec/openapi.yaml"))
    }

    /// Returns the path of the configuration: the one given, or `sdk.yaml` next to the document if it exists.
    pub fn config(&self) -> Option<PathBuf> {
        self.config.clone().or_else(|| Some(self.default_config()).filter(|path| path.is_file()))
    }

    /// Returns the path where the configuration is expected, whether or not it exists.
    pub fn expected_config(&self) -> PathBuf {
        self.config.clone().unwrap_or_else(|| self.default_config())
    }

    fn default_config(&self) -> PathBuf {
        self.spec().with_file_name("sdk.yaml")
    }

    /// Returns a text that changes with every input of the generator except the contents of the spec's files, or
    /// `None` if an input cannot be read. Templates are compared by text, not by path.
    pub fn cache_key(&self) -> Option<String> {
        let folders: Vec<_> =
            self.allow.iter().map(|path| (path, path.canonicalize().ok(), path.is_dir())).collect();
        let paths = (std::env::current_dir().ok()?, self.spec(), self.config(), self.out());
        let templates = Templates::load(self.templates.as_deref()).ok()?.sources();
        let (runtime, is_standalone) = runtime(&self.out()).ok()?;
        let package = (&self.name, &self.version, self.with_calls);
        Some(format!("{:?}", (paths, folders, package, templates, runtime, is_standalone)))
    }

    /// Reads the spec and lowers it to a crate.
    pub fn load(&self) -> Result<LoadedSpec> {
        if let Some(name) = &self.name
            && let Some(problem) = generator::config::check_package_name(name)
        {
            return Err(Error::new(format!("invalid --name {name:?}: {problem}")));
        }
        let config = self.config();
        let mut reading = generator::read(&self.spec(), &self.allow, config.as_deref(), self.name.as_deref())?;
        if let Some(version) = &self.version {
            version.clone_into(&mut reading.sdk.package.version);
        }
        if self.strict && !reading.warnings.diagnostics.is_empty() {
            return Err(reading.warnings.into());
        }
        self.check_templates()?;
        let templates = Templates::load(self.templates.as_deref())?;
        let (runtime, is_standalone) = runtime(&self.out())?;
        let (resources, operations) = count(&reading.sdk.resources);
        let lower = if self.with_calls { codegen::lower_with_calls } else { codegen::lower };
        let krate = lower(&reading.sdk, runtime, is_standalone);
        let models = krate.modules.iter().filter_map(|module| module.models.as_ref()).chain(&krate.types);
        let models = models.map(|models| models.models.len()).sum();
        let (values, untyped) = reading.sdk.untyped_values();
        Ok(LoadedSpec { operations, resources, models, values, untyped, reading, krate, templates })
    }

    /// Fails if the folder of templates does not exist.
    pub fn check_templates(&self) -> Result<()> {
        match self.templates.as_ref().filter(|folder| !folder.is_dir()) {
            Some(folder) => Err(Error::new(format!("no folder of templates at {}", folder.display()))),
            None => Ok(()),
        }
    }
}

impl LoadedSpec {
    /// Returns the numbers of operations, resources, models and untyped values in one line.
    pub fn summary(&self) -> String {
        let mut text =
            format!("{} operations, {} resources, {} models", self.operations, self.resources, self.models);
        if !self.untyped.is_empty() {
            text += &format!(
                ", {:.1} % of {} values typed ({} untyped, see --explain)",
                self.typed_percentage(),
                self.values,
                self.untyped.len()
            );
        }
        text
    }

    /// Returns the percentage of values that have a type, with one decimal, rounded down: 100 means all.
    pub fn typed_percentage(&self) -> f64 {
        let typed = (self.values - self.untyped.len()) as f64 / self.values.max(1) as f64;
        (typed * 1000.0).floor() / 10.0
    }
}

/// Returns the numbers of resources and methods.
fn count(resources: &[Resource]) -> (usize, usize) {
    resources.iter().fold((0, 0), |(count, methods), resource| {
        let (inner_count, inner_methods) = self::count(&resource.resources);
        (count + 1 + inner_count, methods + resource.methods.len() + inner_methods)
    })
}

/// Returns the dependency on the runtime of a crate at `out`, and `true` if that crate is a workspace of its own.
fn runtime(out: &Path) -> Result<(Runtime, bool)> {
    let home = workspace().join("generated-sdk");
    let folder = home.join("runtime");
    let manifest = folder.join("Cargo.toml");
    let text = std::fs::read_to_string(&manifest).map_err(Error::cannot("read", &manifest))?;
    let version =
        text.lines().find_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"')).unwrap_or("*");
    let is_home = out.canonicalize().ok() == home.canonicalize().ok();
    let path = if is_home { "runtime".to_owned() } else { paths::relative(out, &folder) };
    Ok((Runtime { version: version.to_owned(), path }, !is_home))
}
