//! One version of an SDK, read from files or from a git revision.

use std::path::{Path, PathBuf};

use generator::Reading;
use generator::codegen::{self, Crate};
use generator::diff::{Source, Version};

use crate::revision::{Revision, Side, Snapshot};
use crate::{Failure, shown};

/// Where the files of the working tree are.
#[derive(Clone, Debug)]
pub struct Files {
    /// The OpenAPI document.
    pub spec: PathBuf,
    /// The configuration; what stands beside the document where it isn't named.
    pub config: Option<PathBuf>,
    /// Other folders that the document may refer to.
    pub allow: Vec<PathBuf>,
}

impl Files {
    /// The configuration that there is.
    pub fn config(&self) -> Option<PathBuf> {
        let beside = self.spec.with_file_name("sdk.yaml");
        self.config.clone().or_else(|| beside.is_file().then_some(beside))
    }
}

/// One version of an SDK.
pub struct Edition {
    /// What it is called.
    pub name: String,
    pub reading: Reading,
    pub krate: Crate,
    /// The files of a revision, as long as they are needed.
    snapshot: Option<Snapshot>,
}

impl Edition {
    /// Reads the files of the working tree.
    pub fn of_files(files: &Files) -> Result<Self, Failure> {
        let reading = generator::read(&files.spec, &files.allow, files.config().as_deref(), None)?;
        Ok(Self::new(shown(&files.spec), reading, None))
    }

    /// Reads what a person has named: a document, or a revision of the working tree's. A document without a
    /// configuration of its own has the one at `fallback`.
    pub fn named(text: &str, files: &Files, fallback: Option<&Path>) -> Result<Self, Failure> {
        match Side::named(text, &files.spec)? {
            Side::File(spec) => {
                let mut own = Files { spec, config: files.config.clone(), allow: files.allow.clone() };
                own.config = own.config().or_else(|| fallback.map(Path::to_owned));
                Ok(Self { name: text.to_owned(), ..Self::of_files(&own)? })
            }
            Side::Revision(revision) => Self::of_revision(&revision, files),
        }
    }

    /// Reads the files as they were.
    pub fn of_revision(revision: &Revision, files: &Files) -> Result<Self, Failure> {
        let snapshot = revision.files(&files.spec, files.config.as_deref(), &files.allow)?;
        let reading = generator::read(&snapshot.spec, &snapshot.allowed, snapshot.config.as_deref(), None)
            .map_err(|report| snapshot.report(report))?;
        Ok(Self::new(revision.text.clone(), reading, Some(snapshot)))
    }

    /// Says how what was read is written in Rust.
    pub fn new(name: String, reading: Reading, snapshot: Option<Snapshot>) -> Self {
        let krate = codegen::lower_for_callers(&reading.sdk);
        Self { name, reading, krate, snapshot }
    }

    /// What is compared.
    pub fn version(&self) -> Version<'_> {
        Version { sdk: &self.reading.sdk, krate: &self.krate, spec: &self.reading.spec }
    }

    /// The package's version.
    pub fn number(&self) -> &str {
        &self.reading.sdk.package.version
    }

    /// Lets go of it at the program's end: the system takes back the memory at once, but not the files of a revision.
    pub fn leave(mut self) {
        drop(self.snapshot.take());
        std::mem::forget(self);
    }

    /// Names the file of a source as people know it.
    pub fn name_file(&self, source: &mut Source) {
        source.file = match &self.snapshot {
            Some(snapshot) => snapshot.shown(&source.file).into(),
            None => shown(&source.file).into(),
        };
    }
}
