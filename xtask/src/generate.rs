//! `cargo xtask generate`: from the spec to the crate.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use generator::Reading;
use generator::codegen::{self, Crate, Runtime};
use generator::model::Resource;
use generator::render::{self, Files, Templates};
use serde::{Deserialize, Serialize};

use crate::cache::{Cache, fingerprint};
use crate::tree::{self, Plan};
use crate::{Failure, shown, workspace};

#[derive(Args)]
pub struct Options {
    /// The OpenAPI document [default: spec/openapi.yaml]
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// How the SDK presents the API, or what stands beside another document; inferred where there is none [default:
    /// spec/sdk.yaml]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where the crate goes [default: generated-sdk]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Another folder that the document may refer to; may be given more than once
    #[arg(long, value_name = "DIR")]
    pub allow: Vec<PathBuf>,
    /// The package's name [default: the one in the configuration]
    #[arg(long, value_name = "PACKAGE")]
    name: Option<String>,
    /// Templates that take the place of the built-in ones, by file name
    #[arg(long, value_name = "DIR")]
    pub templates: Option<PathBuf>,
    /// List what can only be any JSON value
    #[arg(long)]
    pub explain: bool,
    /// Write nothing; fail if the crate is not what the spec gives
    #[arg(long)]
    pub check: bool,
    /// Fail where there is a warning: what the document says is then what the crate has
    #[arg(long)]
    strict: bool,
    /// Whether the methods have their calls, which only tests need.
    #[arg(skip)]
    calls: bool,
    /// Another version than the configuration's.
    #[arg(skip)]
    version: Option<String>,
}

/// How many operations that no method calls are named.
const SHOWN: usize = 8;

/// What a spec gives.
pub struct Generated {
    pub operations: usize,
    pub resources: usize,
    pub models: usize,
    /// How many values there are, and which of them can be any JSON value.
    pub values: usize,
    pub free_form: Vec<String>,
    /// What was read.
    pub reading: Reading,
    pub krate: Crate,
    pub templates: Templates,
}

impl Options {
    /// The options of a crate that another command needs.
    pub fn of(spec: Option<PathBuf>, config: Option<PathBuf>, out: Option<PathBuf>) -> Self {
        Self {
            spec,
            config,
            out,
            allow: Vec::new(),
            name: None,
            templates: None,
            explain: false,
            check: false,
            strict: false,
            calls: true,
            version: None,
        }
    }

    /// With other folders that the document may refer to.
    pub fn allowing(self, folders: &[PathBuf]) -> Self {
        Self { allow: folders.to_vec(), ..self }
    }

    /// Those by which a release is generated, which has a version of its own and no calls for tests.
    pub fn with_version(self, version: &str) -> Self {
        Self { version: Some(version.to_owned()), calls: false, ..self }
    }

    pub fn out(&self) -> PathBuf {
        self.out.clone().unwrap_or_else(|| workspace().join("generated-sdk"))
    }

    pub fn spec(&self) -> PathBuf {
        self.spec.clone().unwrap_or_else(|| workspace().join("spec/openapi.yaml"))
    }

    /// The configuration, if there is one. Beside another document stands another configuration, or none: then one is
    /// inferred.
    pub fn config(&self) -> Option<PathBuf> {
        let beside = self.spec().with_file_name("sdk.yaml");
        self.config.clone().or_else(|| beside.is_file().then_some(beside))
    }

    /// Everything besides the contents of files that decides what is generated, and what is said of it; nothing where
    /// that can't be known. Of templates only their texts count, wherever they come from.
    pub fn circumstances(&self) -> Option<String> {
        let real = |path: &PathBuf| (path.clone(), path.canonicalize().ok(), path.is_dir());
        let folders: Vec<_> = self.allow.iter().map(real).collect();
        let files = (std::env::current_dir().ok()?, self.spec(), self.config(), self.out());
        let templates = Templates::load(self.templates.as_deref()).ok()?.sources();
        let (runtime, standalone) = runtime(&self.out()).ok()?;
        Some(format!("{:?}", (files, folders, &self.name, templates, runtime, standalone)))
    }

    /// Reads the spec and decides what the crate is.
    pub fn read(&self) -> Result<Generated, Failure> {
        if let Some(problem) = self.name.as_deref().and_then(generator::config::check_package_name) {
            return Err(Failure(format!("--name {:?}: {problem}", self.name.as_deref().unwrap_or_default())));
        }
        let config = self.config();
        let mut reading = generator::read(&self.spec(), &self.allow, config.as_deref(), self.name.as_deref())?;
        if let Some(version) = &self.version {
            version.clone_into(&mut reading.sdk.package.version);
        }
        if self.strict && !reading.warnings.diagnostics.is_empty() {
            return Err(reading.warnings.into());
        }
        if let Some(folder) = self.templates.as_ref().filter(|folder| !folder.is_dir()) {
            return Err(Failure(format!("there is no folder of templates at {}", folder.display())));
        }
        let templates = Templates::load(self.templates.as_deref())?;
        let (runtime, standalone) = runtime(&self.out())?;
        let (resources, operations) = count(&reading.sdk.resources);
        let lower = if self.calls { codegen::lower_with_calls } else { codegen::lower };
        let krate = lower(&reading.sdk, runtime, standalone);
        let models = krate.modules.iter().filter_map(|module| module.models.as_ref()).chain(&krate.types);
        let models = models.map(|models| models.models.len()).sum();
        let (values, free_form) = reading.sdk.untyped_values();
        Ok(Generated { operations, resources, models, values, free_form, reading, krate, templates })
    }
}

impl Generated {
    /// What there is, in a line.
    pub fn summary(&self) -> String {
        let mut text =
            format!("{} operations, {} resources, {} models", self.operations, self.resources, self.models);
        if !self.free_form.is_empty() {
            let typed = self.typed_share();
            let free = self.free_form.len();
            text += &format!(", typed {typed:.1} % of {} values ({free} free-form: --explain)", self.values);
        }
        text
    }

    /// The share of the values that have a type, in percent, rounded down so that 100 means all.
    pub fn typed_share(&self) -> f64 {
        let typed = (self.values - self.free_form.len()) as f64 / self.values.max(1) as f64;
        (typed * 1000.0).floor() / 10.0
    }
}

fn count(resources: &[Resource]) -> (usize, usize) {
    resources.iter().fold((0, 0), |(count, methods), resource| {
        let (inner_count, inner_methods) = self::count(&resource.resources);
        (count + 1 + inner_count, methods + resource.methods.len() + inner_methods)
    })
}

/// The runtime as a crate at `out` finds it: beside itself, or where this workspace has it.
fn runtime(out: &Path) -> Result<(Runtime, bool), Failure> {
    let home = workspace().join("generated-sdk");
    let folder = home.join("runtime");
    let manifest = folder.join("Cargo.toml");
    let text = std::fs::read_to_string(&manifest)
        .map_err(|error| Failure(format!("{} can't be read: {error}", manifest.display())))?;
    let version =
        text.lines().find_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"')).unwrap_or("*");
    let is_home = out.canonicalize().ok() == home.canonicalize().ok();
    let path = if is_home { "runtime".to_owned() } else { relative(out, &folder) };
    Ok((Runtime { version: version.to_owned(), path }, !is_home))
}

/// The path from the root, links followed. The folder may not be there yet, but what is above it may be reached by a
/// link.
pub fn whole(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let there = absolute.ancestors().find_map(|above| Some((above, above.canonicalize().ok()?)));
    match there {
        // Collected, because an empty rest would add a slash.
        Some((above, real)) => real.join(absolute.strip_prefix(above).unwrap_or(above)).components().collect(),
        None => absolute,
    }
}

/// The path from one folder to another, which holds wherever both are moved together.
fn relative(from: &Path, to: &Path) -> String {
    let (from, to) = (whole(from), whole(to));
    let (from, to): (Vec<_>, Vec<_>) = (from.components().collect(), to.components().collect());
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    if shared == 0 {
        return to.iter().collect::<PathBuf>().display().to_string().replace('\\', "/");
    }
    let up = from[shared..].iter().map(|_| "..".to_owned());
    let down = to[shared..].iter().map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

/// What a run says of a spec, whether it read it or knew it.
#[derive(Serialize, Deserialize)]
pub struct Findings {
    warnings: Vec<String>,
    /// How many more warnings there are.
    omitted: usize,
    free_form: Vec<String>,
    unlisted: Vec<String>,
    summary: String,
}

impl Findings {
    pub fn of(generated: &Generated) -> Self {
        Self {
            warnings: generated.reading.warnings.diagnostics.iter().map(ToString::to_string).collect(),
            omitted: generated.reading.warnings.omitted,
            free_form: generated.free_form.clone(),
            unlisted: generated.reading.unlisted.clone(),
            summary: generated.summary(),
        }
    }

    fn has_warnings(&self) -> bool {
        !self.warnings.is_empty()
    }

    fn warn(&self) {
        for warning in &self.warnings {
            eprintln!("{warning}\n");
        }
        if self.omitted > 0 {
            eprintln!("and {} more warnings\n", self.omitted);
        }
    }

    pub fn explain(&self) {
        for value in &self.free_form {
            println!("any JSON value: {value}");
        }
    }

    /// Says what became of the files: how many were written, left as they are, and removed.
    fn conclude(&self, options: &Options, [written, unchanged, removed]: [usize; 3], begin: Instant) {
        let (out, what) = (options.out(), &self.summary);
        if options.check {
            println!("{} is what the spec gives: {what}", shown(&out));
            return;
        }
        println!("{}: {what}", shown(&out));
        if !self.unlisted.is_empty() {
            let more = self.unlisted.len().saturating_sub(SHOWN);
            let shown = self.unlisted[..self.unlisted.len() - more].join(", ");
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            println!("operations that the configuration doesn't list: {shown}{more}");
        }
        let seconds = begin.elapsed().as_secs_f64();
        println!("{written} files written, {unchanged} unchanged, {removed} removed in {seconds:.2} s");
    }
}

pub fn run(options: &Options) -> Result<(), Failure> {
    let begin = Instant::now();
    let out = options.out();
    let cache = Cache::open(&out, options.circumstances());
    if let Some((findings, count)) = cache.unchanged()
        && !(options.strict && findings.has_warnings())
    {
        findings.warn();
        if options.explain {
            findings.explain();
        }
        findings.conclude(options, [0, count, 0], begin);
        return Ok(());
    }
    let generated = options.read()?;
    let findings = Findings::of(&generated);
    findings.warn();
    let (files, plan) = plan(options, &cache, &generated)?;
    if options.explain {
        findings.explain();
    }
    if options.check && !plan.is_empty() {
        return Err(Failure(format!(
            "{} is not what the spec gives:\n{plan}run `cargo xtask generate` with the same options but --check, and commit the result",
            shown(&out),
        )));
    }
    tree::write(&out, &files, &plan)?;
    let written = plan.write.len();
    findings.conclude(options, [written, files.len() - written, plan.remove.len()], begin);
    cache.keep(generated.reading.sources(), &files, findings);
    // The program ends here: the system takes it all back at once.
    std::mem::forget((generated, files));
    Ok(())
}

/// The files of the crate, and what has to change on disk.
pub fn plan(options: &Options, cache: &Cache, generated: &Generated) -> Result<(Files, Plan), Failure> {
    let out = options.out();
    let templates = fingerprint(format!("{:?}", generated.templates.sources()).as_bytes());
    let recall = |path: &Path, data: &[u8]| cache.recall(path, &templates, data);
    let files = render::render_with(&generated.templates, &generated.krate, &recall)?;
    if out.symlink_metadata().is_ok() && !out.is_dir() {
        return Err(Failure(format!("{} is not a folder; name one, or nothing that is there", shown(&out))));
    }
    let recalled = cache.recalled();
    let plan = Plan::new(&out, &files, |path| recalled.contains(path))?;
    Ok((files, plan))
}
