//! `cargo xtask diff`: what changes for callers from one version of the spec to another.

mod lines;
mod markdown;
mod people;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use generator::Reading;
use generator::diff::{self, Changes, Effect};
use generator::rust::{self, Crate, Runtime};
use serde::Serialize;

use crate::{Failure, workspace};

#[derive(Args)]
pub struct Options {
    /// The old version: an OpenAPI document, or a git revision such as `HEAD~3` or `v0.2.0`
    old: String,
    /// The new version: an OpenAPI document, or a git revision [default: the working tree]
    new: Option<String>,
    /// The OpenAPI document of the working tree, and of revisions [default: spec/openapi.yaml]
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// Its configuration [default: the sdk.yaml beside each document; inferred where there is none]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The old document's configuration, where OLD is a file without an sdk.yaml beside it [default: that of NEW]
    #[arg(long, value_name = "FILE")]
    old_config: Option<PathBuf>,
    /// Another folder that the documents may refer to; may be given more than once
    #[arg(long, value_name = "DIR")]
    allow: Vec<PathBuf>,
    /// How the changes are written
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
    /// Fail where a change is that bad, or worse
    #[arg(long, value_enum, value_name = "EFFECT")]
    fail_on: Option<FailOn>,
    /// Show every change in full, however many there are
    #[arg(long)]
    all: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people at a terminal
    #[default]
    Text,
    /// For a changelog or a comment on a change
    Markdown,
    /// For programs
    Json,
}

/// The effects, as they are typed.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// Code that was right no longer compiles, or means something else
    Breaking,
    /// The same code compiles and does something else
    Behaviour,
    /// What still works is to be replaced
    Deprecation,
    /// There is something new
    Addition,
    /// Only what is said of it has changed
    Documentation,
}

impl FailOn {
    fn effect(self) -> Effect {
        match self {
            Self::Breaking => Effect::Breaking,
            Self::Behaviour => Effect::Behaviour,
            Self::Deprecation => Effect::Deprecation,
            Self::Addition => Effect::Addition,
            Self::Documentation => Effect::Documentation,
        }
    }
}

/// One version, read.
pub struct Side {
    /// What it is called.
    pub name: String,
    pub reading: Reading,
    pub krate: Crate,
}

impl Side {
    /// Reads a document with its configuration.
    pub fn read(name: String, spec: &Path, config: Option<&Path>, allow: &[PathBuf]) -> Result<Self, Failure> {
        Ok(Self::of(name, generator::read(spec, allow, config, None)?))
    }

    /// Says how what was read is written in Rust.
    pub fn of(name: String, reading: Reading) -> Self {
        let runtime = Runtime { version: String::new(), path: String::new() };
        let krate = rust::lower(&reading.sdk, runtime, true);
        Self { name, reading, krate }
    }

    fn version(&self) -> diff::Version<'_> {
        diff::Version { sdk: &self.reading.sdk, krate: &self.krate, spec: &self.reading.spec }
    }

    /// The package's version.
    pub fn number(&self) -> &str {
        &self.reading.sdk.package.version
    }
}

/// What changes from one version to another, and what follows from that.
#[derive(Serialize)]
pub struct Verdict {
    /// What the versions are called.
    pub old: String,
    pub new: String,
    /// The version of the old package, and the one that the new package says it has.
    pub old_version: String,
    pub new_version: String,
    /// The worst that the changes mean for a caller.
    pub effect: Option<Effect>,
    /// The version that has to follow.
    pub next_version: String,
    #[serde(flatten)]
    pub changes: Changes,
}

impl Verdict {
    pub fn new(old: &Side, new: &Side) -> Result<Self, Failure> {
        let changes = diff::compare(old.version(), new.version());
        let effect = changes.effect();
        let next_version = diff::next(old.number(), effect).map_err(|error| Failure(error.to_string()))?;
        Ok(Self {
            old: old.name.clone(),
            new: new.name.clone(),
            old_version: old.number().to_owned(),
            new_version: new.number().to_owned(),
            effect,
            next_version,
            changes,
        })
    }
}

impl Verdict {
    /// What the changes come to, and the version that follows, in a line or two.
    fn summary(&self) -> String {
        let counts: Vec<String> = Effect::ALL
            .into_iter()
            .map(|effect| (self.changes.count(effect), effect))
            .filter(|(count, _)| *count > 0)
            .map(|(count, effect)| format!("{count} {}", in_words(effect)))
            .collect();
        if counts.is_empty() {
            return "Nothing changes for callers.".to_owned();
        }
        format!("{}: the version behind {} is {}.", counts.join(", "), self.old_version, self.next_version)
    }
}

fn in_words(effect: Effect) -> &'static str {
    match effect {
        Effect::Breaking => "breaking",
        Effect::Behaviour => "in behaviour",
        Effect::Deprecation => "deprecated",
        Effect::Addition => "new",
        Effect::Documentation => "in words only",
    }
}

pub fn run(options: &Options) -> Result<(), Failure> {
    let home = workspace().join("spec/openapi.yaml");
    let spec = options.spec.as_deref().unwrap_or(&home);
    let side = |name: &str, config: Option<&Path>| -> Result<Side, Failure> {
        let path = PathBuf::from(name);
        let beside = path.with_file_name("sdk.yaml");
        let config = config.map(Path::to_owned).or_else(|| beside.is_file().then_some(beside));
        Side::read(name.to_owned(), &path, config.as_deref(), &options.allow)
    };
    let _ = spec;
    let (old, new) = rayon::join(
        || side(&options.old, options.old_config.as_deref()),
        || side(options.new.as_deref().unwrap_or_default(), options.config.as_deref()),
    );
    let (old, new) = (old?, new?);
    let verdict = Verdict::new(&old, &new)?;
    match options.format {
        Format::Text => anstream::print!("{}", people::report(&verdict, options.all)),
        Format::Markdown => print!("{}", markdown::report(&verdict)),
        Format::Json => {
            let text = serde_json::to_string_pretty(&verdict).map_err(|error| Failure(error.to_string()))?;
            println!("{text}");
        }
    }
    std::mem::forget((old, new));
    match options.fail_on.map(FailOn::effect) {
        Some(limit) if verdict.effect.is_some_and(|effect| effect <= limit) => {
            Err(Failure(format!("there are changes as bad as `{}`", limit.name())))
        }
        _ => Ok(()),
    }
}
