//! `cargo xtask diff`: what changes for callers from one version of the spec to another.

pub mod edition;
mod lines;
pub mod markdown;
pub mod people;

use std::collections::HashSet;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use generator::Reading;
use generator::diff::{self, Changes, Effect};
use serde::Serialize;

use self::edition::{Edition, Files};

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
    /// What else a person should know.
    pub notes: Vec<String>,
    #[serde(flatten)]
    pub changes: Changes,
}

impl Verdict {
    pub fn new(old: &Edition, new: &Edition) -> Result<Self, Failure> {
        let mut changes = diff::compare(old.version(), new.version());
        for change in &mut changes.changes {
            change.old.iter_mut().for_each(|source| old.name_file(source));
            change.new.iter_mut().for_each(|source| new.name_file(source));
        }
        let effect = changes.effect();
        let next_version = diff::next(old.number(), effect).map_err(|error| Failure(error.to_string()))?;
        Ok(Self {
            old: old.name.clone(),
            new: new.name.clone(),
            old_version: old.number().to_owned(),
            new_version: new.number().to_owned(),
            effect,
            next_version,
            notes: notes(old, new),
            changes,
        })
    }

    /// What the changes come to, and the version that follows, in a line or two.
    pub fn summary(&self) -> String {
        let counts: Vec<String> = Effect::ALL
            .into_iter()
            .map(|effect| (self.changes.count(effect), effect))
            .filter(|(count, _)| *count > 0)
            .map(|(count, effect)| format!("{count} {}", in_words(effect)))
            .collect();
        if counts.is_empty() {
            return "Nothing changes for callers.".to_owned();
        }
        format!("{}: the version after {} is {}.", counts.join(", "), self.old_version, self.next_version)
    }
}

/// What the changes don't say.
fn notes(old: &Edition, new: &Edition) -> Vec<String> {
    let mut notes = Vec::new();
    if old.reading.configuration.is_none() || new.reading.configuration.is_none() {
        notes.push("where there is no sdk.yaml, names are inferred: they change with the document".to_owned());
    }
    notes.extend(unlisted(&old.reading, &new.reading));
    notes
}

/// How many operations are named.
const MAX_NAMED: usize = 8;

/// The operations that are new in the document and that no method calls.
pub fn unlisted(old: &Reading, new: &Reading) -> Option<String> {
    let mut known: HashSet<&str> = old.unlisted.iter().map(String::as_str).collect();
    known.extend(old.sdk.operations());
    let added: Vec<&str> = new.unlisted.iter().map(String::as_str).filter(|id| !known.contains(id)).collect();
    let more = added.len().saturating_sub(MAX_NAMED);
    let named = added[..added.len() - more].join(", ");
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!added.is_empty())
        .then(|| format!("new operations that sdk.yaml doesn't list, so that no method calls them: {named}{more}"))
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

/// Prints a text, of which a program such as `head` may read only the beginning.
fn show(text: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure(format!("the changes can't be shown: {error}")))
        }
        _ => Ok(()),
    }
}

pub fn run(options: &Options) -> Result<(), Failure> {
    let spec = options.spec.clone().unwrap_or_else(|| workspace().join("spec/openapi.yaml"));
    let files = Files { spec, config: options.config.clone(), allow: options.allow.clone() };
    let old_files =
        Files { config: options.old_config.clone().or_else(|| options.config.clone()), ..files.clone() };
    let fallback = match &options.new {
        Some(new) if Path::new(new).is_file() => Files { spec: new.into(), ..files.clone() }.config(),
        // The working tree's is most like a revision's, which is known only when that is read.
        _ => files.config(),
    };
    let (old, new) = rayon::join(
        || Edition::named(&options.old, &old_files, fallback.as_deref()),
        || match &options.new {
            Some(new) => Edition::named(new, &files, None),
            None => Edition::of_files(&files),
        },
    );
    let (old, new) = (old?, new?);
    let verdict = Verdict::new(&old, &new)?;
    let text = match options.format {
        Format::Text => people::report(&verdict, options.all),
        Format::Markdown => markdown::report(&verdict),
        Format::Json => serde_json::to_string_pretty(&verdict).map_err(|error| Failure(error.to_string()))? + "\n",
    };
    show(&text)?;
    old.leave();
    new.leave();
    match options.fail_on.map(FailOn::effect) {
        Some(limit) if verdict.effect.is_some_and(|effect| effect <= limit) => {
            Err(Failure(format!("there are changes as bad as `{}`", limit.name())))
        }
        _ => Ok(()),
    }
}
