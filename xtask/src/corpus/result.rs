//! Results of one document.

use crate::error::Error;

/// Result of a document. Steps after a failed one have no result.
#[derive(Default)]
pub struct DocumentResult {
    pub name: String,
    pub figures: Option<Figures>,
    pub generate_seconds: f64,
    /// Peak memory of the generator, in bytes.
    pub generate_peak: Option<u64>,
    pub check: Option<Check>,
    /// `true` if the document's program compiles and succeeds, or `None` if there is no program.
    pub program_passes: Option<bool>,
    pub error: Option<Error>,
}

/// Figures about a document and its crate.
#[derive(Clone)]
pub struct Figures {
    pub package: String,
    pub operations: usize,
    pub models: usize,
    /// Percentage of values that have a type.
    pub typed: f64,
    pub warnings: usize,
    /// Features of the crate, one per top-level resource.
    pub features: Vec<String>,
}

/// Result of `cargo check`.
pub struct Check {
    pub compiles: bool,
    pub warnings: usize,
    pub seconds: f64,
    /// Peak memory of the compiler, in bytes.
    pub peak: Option<u64>,
}

impl Figures {
    /// Formats the figures as one line, for another process.
    pub fn to_line(&self) -> String {
        let Self { package, operations, models, typed, warnings, features } = self;
        format!("{package}\t{operations}\t{models}\t{typed}\t{warnings}\t{}", features.join(","))
    }

    /// Parses the result of [`to_line`](Self::to_line).
    pub fn from_line(line: &str) -> Option<Self> {
        let mut fields = line.trim().split('\t');
        Some(Self {
            package: fields.next()?.to_owned(),
            operations: fields.next()?.parse().ok()?,
            models: fields.next()?.parse().ok()?,
            typed: fields.next()?.parse().ok()?,
            warnings: fields.next()?.parse().ok()?,
            features: fields.next()?.split(',').map(str::to_owned).collect(),
        })
    }
}
