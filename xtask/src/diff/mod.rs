//! `cargo xtask diff`: changes for callers between two versions of a spec.

mod markdown;
mod report;
mod sdk_version;
mod summary_lines;
mod terminal;

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use generator::diff::Effect;

pub use self::markdown::sections as markdown_sections;
pub use self::report::{DiffReport, new_unlisted};
pub use self::sdk_version::{SdkVersion, SpecFiles};
pub use self::terminal::list as terminal_list;
use crate::error::{Error, Result};
use crate::paths::workspace;

/// Arguments of `diff`.
#[derive(Args)]
pub struct Options {
    /// Old version: an OpenAPI document, or a git revision such as `HEAD~3` or `v0.2.0`.
    old: String,
    /// New version: an OpenAPI document, or a git revision [default: the work tree].
    new: Option<String>,
    /// OpenAPI document of the work tree and of revisions [default: spec/openapi.yaml].
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// SDK configuration [default: sdk.yaml next to each document, or else inferred].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// SDK configuration of OLD if it is a file without an sdk.yaml next to it [default: the configuration of NEW].
    #[arg(long, value_name = "FILE")]
    old_config: Option<PathBuf>,
    /// Allow the documents to refer to files in this folder; may be repeated.
    #[arg(long, value_name = "DIR")]
    allow: Vec<PathBuf>,
    /// Output format.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
    /// Exit with 1 on changes of at least this severity.
    #[arg(long, value_enum, value_name = "EFFECT")]
    fail_on: Option<FailOn>,
    /// Show every change in full.
    #[arg(long)]
    all: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Text for a terminal.
    #[default]
    Text,
    /// Markdown for a changelog or a pull request.
    Markdown,
    /// JSON for programs.
    Json,
}

/// Effects as command-line values, from the most severe to the least.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// Correct code no longer compiles, or has another meaning.
    Breaking,
    /// The same code compiles and behaves differently.
    Behaviour,
    /// An item is deprecated.
    Deprecation,
    /// An item is new.
    Addition,
    /// Only documentation changes.
    Documentation,
}

impl From<FailOn> for Effect {
    fn from(value: FailOn) -> Self {
        match value {
            FailOn::Breaking => Self::Breaking,
            FailOn::Behaviour => Self::Behaviour,
            FailOn::Deprecation => Self::Deprecation,
            FailOn::Addition => Self::Addition,
            FailOn::Documentation => Self::Documentation,
        }
    }
}

/// Compares two versions and prints the changes.
pub fn run(options: &Options) -> Result<()> {
    let spec = options.spec.clone().unwrap_or_else(|| workspace().join("spec/openapi.yaml"));
    let files = SpecFiles { spec, config: options.config.clone(), allow: options.allow.clone() };
    let old_files =
        SpecFiles { config: options.old_config.clone().or_else(|| options.config.clone()), ..files.clone() };
    let fallback_config = match &options.new {
        Some(new) if Path::new(new).is_file() => SpecFiles { spec: new.into(), ..files.clone() }.config(),
        // The configuration of a revision is known only once it is read. The work tree's is most similar.
        _ => files.config(),
    };
    let (old, new) = rayon::join(
        || SdkVersion::from_argument(&options.old, &old_files, fallback_config.as_deref()),
        || match &options.new {
            Some(new) => SdkVersion::from_argument(new, &files, None),
            None => SdkVersion::from_files(&files),
        },
    );
    let (old, new) = (old?, new?);
    let report = DiffReport::new(&old, &new)?;
    let text = match options.format {
        Format::Text => terminal::report(&report, options.all),
        Format::Markdown => markdown::report(&report),
        Format::Json => {
            serde_json::to_string_pretty(&report).map_err(|error| Error::new(error.to_string()))? + "\n"
        }
    };
    print(&text)?;
    old.remove_files();
    new.remove_files();
    match options.fail_on.map(Effect::from) {
        Some(limit) if report.effect.is_some_and(|effect| effect <= limit) => {
            Err(Error::new(format!("there are changes of at least the severity `{}`", limit.name())))
        }
        _ => Ok(()),
    }
}

/// Prints a text. A closed pipe is not an error: `head` reads only the beginning.
fn print(text: &str) -> Result<()> {
    let mut out = anstream::stdout();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Error::new(format!("cannot print the changes: {error}")))
        }
        _ => Ok(()),
    }
}
