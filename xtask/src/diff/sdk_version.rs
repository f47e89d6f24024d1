//! Versions of an SDK, read from files or from a git revision.

use std::path::{Path, PathBuf};

use generator::ReadOutput;
use generator::codegen::{self, Crate};
use generator::diff::{ChangeLocation, Version};

use crate::error::Result;
use crate::paths::display;
use crate::revision::{Checkout, Revision, SpecSource};

/// Paths of a spec in the work tree.
#[derive(Clone, Debug)]
pub struct SpecFiles {
    /// OpenAPI document.
    pub spec: PathBuf,
    /// Configuration. If `None`, the `sdk.yaml` next to the document is used if it exists.
    pub config: Option<PathBuf>,
    /// Other folders that the document may refer to.
    pub allow: Vec<PathBuf>,
}

impl SpecFiles {
    /// Returns the path of the configuration, if there is one.
    pub fn config(&self) -> Option<PathBuf> {
        let default = self.spec.with_file_name("sdk.yaml");
        self.config.clone().or_else(|| default.is_file().then_some(default))
    }
}

/// One version of an SDK.
pub struct SdkVersion {
    /// Name for messages: a path or a revision.
    pub name: String,
    pub reading: ReadOutput,
    krate: Crate,
    /// Files of a revision. Sources refer to them.
    checkout: Option<Checkout>,
}

impl SdkVersion {
    /// Reads files of the work tree.
    pub fn from_files(files: &SpecFiles) -> Result<Self> {
        let reading = generator::read(&files.spec, &files.allow, files.config().as_deref(), None)?;
        Ok(Self::new(display(&files.spec), reading, None))
    }

    /// Reads a command-line argument: a document, or a revision of `files`. A document without a configuration uses
    /// `fallback_config`.
    pub fn from_argument(text: &str, files: &SpecFiles, fallback_config: Option<&Path>) -> Result<Self> {
        match SpecSource::parse(text, &files.spec)? {
            SpecSource::File(spec) => {
                let mut own = SpecFiles { spec, ..files.clone() };
                own.config = own.config().or_else(|| fallback_config.map(Path::to_owned));
                Ok(Self { name: text.to_owned(), ..Self::from_files(&own)? })
            }
            SpecSource::Revision(revision) => Self::from_revision(&revision, files),
        }
    }

    /// Reads the files of a revision.
    pub fn from_revision(revision: &Revision, files: &SpecFiles) -> Result<Self> {
        let checkout = Checkout::new(revision, &files.spec, files.config.as_deref(), &files.allow)?;
        let reading = generator::read(&checkout.spec, &checkout.allowed, checkout.config.as_deref(), None)
            .map_err(|report| checkout.rename_paths_in(report))?;
        Ok(Self::new(revision.name.clone(), reading, Some(checkout)))
    }

    fn new(name: String, reading: ReadOutput, checkout: Option<Checkout>) -> Self {
        let krate = codegen::lower_for_callers(&reading.sdk);
        Self { name, reading, krate, checkout }
    }

    /// Returns the input of the comparison.
    pub fn to_compare(&self) -> Version<'_> {
        Version { sdk: &self.reading.sdk, krate: &self.krate, spec: &self.reading.spec }
    }

    /// Returns the version number of the package.
    pub fn number(&self) -> &str {
        &self.reading.sdk.package.version
    }

    /// Replaces the file of a source by its name for messages.
    pub fn rename_file(&self, source: &mut ChangeLocation) {
        source.file = match &self.checkout {
            Some(checkout) => checkout.display(&source.file).into(),
            None => display(&source.file).into(),
        };
    }

    /// Removes temporary files without freeing memory, which is slow and unnecessary at the end of the process.
    pub fn remove_files(mut self) {
        drop(self.checkout.take());
        std::mem::forget(self);
    }
}
