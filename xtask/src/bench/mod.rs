//! `cargo xtask bench`: what the generator and the crate that it makes take, beside targets and peers. Nothing fails
//! here because it is slow.

mod calls;
mod compile;
mod documents;
mod figure;
mod generator;
mod micro;
mod peers;
mod program;
mod table;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use clap::{Args, ValueEnum};

use self::calls::Python;
use self::figure::{Figure, Unit};
use self::peers::Peer;
use self::table::{Cells, Row, table};
use crate::generate::{self, Generated};
use crate::measure::{Measured, Of, measure_within};
use crate::{Failure, shown, workspace};

#[derive(Args)]
pub struct Options {
    /// The OpenAPI document [default: spec/openapi.yaml, which is too small for the targets to mean anything]
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// How the SDK presents the API [default: the sdk.yaml beside the document; inferred where there is none]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Another folder that the document may refer to; may be given more than once
    #[arg(long, value_name = "DIR")]
    allow: Vec<PathBuf>,
    /// How often each row is measured
    #[arg(long, value_name = "COUNT", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// The rows to measure, with commas between [default: all]
    #[arg(long, value_enum, value_delimiter = ',', value_name = "ROWS")]
    rows: Vec<Rows>,
    /// The resource that is compiled alone [default: the first]
    #[arg(long, value_name = "NAME")]
    resource: Option<String>,
    /// Compile the crates of other generators too: that can take many minutes and more than 10 GB
    #[arg(long)]
    peers: bool,
    /// A Python that has the API's own SDK, to be measured beside ours
    #[arg(long, value_name = "PROGRAM", default_value = "python3")]
    python: String,
    /// How long one run may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 900)]
    limit: u64,
    /// Measure this build of the generator, even if it is not optimized
    #[arg(long, hide = true)]
    as_built: bool,
}

/// Rows that belong together.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Rows {
    /// `cargo check` of the whole crate, and of one resource
    Check,
    /// A program that makes one call: its build, and its size
    Program,
    /// `cargo doc`
    Doc,
    /// The generator: from nothing, nothing changed, one operation changed
    Generate,
    /// The generator, as the document grows
    Growth,
    /// Models and requests of the runtime, beside serde's derive and requests by hand
    Runtime,
    /// Calls over loopback, beside those by hand and by the API's own SDK for Python
    Calls,
}

/// What measures a row.
type Measure = fn(&Bench<'_>) -> Result<Cells, Failure>;

/// All rows, in the order of the table.
const ROWS: [(Rows, &str, Measure); 18] = [
    (Rows::Check, "`cargo check` of the whole crate", compile::whole),
    (Rows::Check, "`cargo check` of one resource", compile::one_resource),
    (Rows::Program, "`cargo build --release` of a program with one call", program::build),
    (Rows::Program, "that program's size, beyond the same call by hand", program::size),
    (Rows::Doc, "`cargo doc` of the whole crate", compile::documentation),
    (Rows::Generate, "generate, from nothing", generator::from_nothing),
    (Rows::Generate, "generate, nothing changed", generator::unchanged),
    (Rows::Generate, "generate, one operation changed", generator::one_operation),
    (Rows::Growth, "generate, 8 times the document: times as long", generator::growth),
    (Rows::Runtime, "decoding, in the mean: times as quick as serde's derive", micro::decode),
    (Rows::Runtime, "encoding, in the mean: times as quick as serde's derive", micro::encode),
    (Rows::Runtime, "a request: times as quick as one by hand", micro::request),
    (Rows::Calls, "a call: time of the processor beyond the same by hand", calls::processor),
    (Rows::Calls, "calls one by one: times as quick as by hand", calls::one_by_one),
    (Rows::Calls, "calls, 64 at a time: times as quick as by hand", calls::together),
    (Rows::Calls, "a call: allocations beyond the same by hand", calls::allocations),
    (Rows::Calls, "one of 10,000 pages of 100 items: time of the processor beyond the same by hand", calls::page),
    (Rows::Calls, "500 pages of 20 ms each, 8 fetched ahead: times as quick as one by one", calls::ahead),
];

/// From how many operations on the targets mean something: they are for about 1,500.
const LARGE: usize = 1_000;

/// How many lines of a problem are shown.
const SHOWN: usize = 20;

/// How much of such a line is.
const MAX_LINE: usize = 300;

/// What all rows need.
struct Bench<'a> {
    options: &'a Options,
    /// How the document becomes a crate.
    generate: generate::Options,
    /// What it becomes.
    generated: Generated,
    /// Where everything is written.
    folder: PathBuf,
    peers: Vec<(&'static Peer, Option<String>)>,
    python: Option<Python>,
}

pub fn run(options: &Options) -> Result<(), Failure> {
    if cfg!(debug_assertions) && !options.as_built {
        return run_optimized();
    }
    let spec = options.spec.clone().unwrap_or_else(|| workspace().join("spec/openapi.yaml"));
    let name = spec.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let folder = workspace().join("target/bench").join(name);
    let sdk = folder.join("sdk");
    let generate = generate::Options::of(Some(spec.clone()), options.config.clone(), Some(sdk));
    let generate = generate.allowing(&options.allow);
    say(&format!("reading {}", shown(&spec)));
    let generated = generate.read()?;
    let peers = peers::PEERS.iter().map(|peer| (peer, peer.version())).collect();
    let python = Python::find(&options.python, &options.rows);
    let bench = Bench { options, generate, generated, folder, peers, python };
    bench.generate(&spec, &bench.sdk(), bench.generate.config().as_deref())?;

    let chosen: Vec<_> =
        ROWS.iter().filter(|(rows, ..)| options.rows.is_empty() || options.rows.contains(rows)).collect();
    let mut rows: Vec<Row> = Vec::new();
    for (index, (_, what, measure)) in chosen.iter().enumerate() {
        say(&format!("[{}/{}] {what}", index + 1, chosen.len()));
        let cells = measure(&bench).map_err(|failure| failure.0);
        if let Err(problem) = &cells {
            // Cargo names whole commands.
            let lines = problem.trim().lines().take(SHOWN);
            let lines: Vec<String> = lines.map(|line| line.chars().take(MAX_LINE).collect()).collect();
            say(&format!("not measured: {}", lines.join("\n")));
        }
        rows.push((what, cells));
    }
    let is_large = bench.generated.operations >= LARGE;
    let peers = bench.peers.iter().map(|(peer, version)| peer.title(version.as_deref()));
    let peers: Vec<String> = peers.chain(bench.python.as_ref().map(Python::title)).collect();
    println!("{}\n\n{}", bench.about(), table(&rows, &peers, is_large));
    if !is_large {
        println!("Targets are for documents of about 1,500 operations, such as `--spec cloudflare.json`.");
    }
    Ok(())
}

/// Builds this program with optimizations, and runs it in place of this one.
fn run_optimized() -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure(format!("the generator can't be built: {error}"));
    say("building the generator with optimizations");
    let mut command = Command::new(cargo());
    command.args(["run", "--quiet", "--profile", "measured", "--package", "xtask", "--manifest-path"]);
    command.arg(workspace().join("Cargo.toml")).arg("--").args(std::env::args_os().skip(1));
    match command.status().map_err(failed)?.success() {
        true => Ok(()),
        false => Err(Failure("the benchmark failed; see above".to_owned())),
    }
}

/// Tells whoever waits what is going on.
fn say(what: &str) {
    eprintln!("{what}");
}

fn cargo() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

impl Bench<'_> {
    /// The generated crate.
    fn sdk(&self) -> PathBuf {
        self.generate.out()
    }

    /// Cargo in a folder, with what was compiled for other rows at hand.
    fn cargo(&self, folder: &Path, arguments: &[&str]) -> Result<Command, Failure> {
        let failed = |error: std::io::Error| Failure(format!("{} can't be compiled: {error}", shown(folder)));
        // The same versions as everywhere else in the workspace.
        std::fs::copy(workspace().join("Cargo.lock"), folder.join("Cargo.lock")).map_err(failed)?;
        let mut command = Command::new(cargo());
        command
            .args(arguments)
            .args(["--quiet", "--color=never"])
            .current_dir(folder)
            .env("CARGO_TARGET_DIR", self.target())
            .env("CARGO_INCREMENTAL", "0");
        Ok(command)
    }

    fn target(&self) -> PathBuf {
        workspace().join("target/bench/target")
    }

    /// Runs a command for no longer than a run may take.
    fn measure(&self, command: &mut Command, of: &Of<'_>) -> std::io::Result<Measured> {
        measure_within(command, of, Duration::from_secs(self.options.limit))
    }

    /// Repeats a measurement as often as asked for.
    fn repeat(&self, mut run: impl FnMut() -> Result<Measured, Failure>) -> Result<Vec<Measured>, Failure> {
        (1..=self.options.runs)
            .map(|number| {
                let measured = run()?;
                let took = figures(std::slice::from_ref(&measured));
                say(&format!(
                    "  {number} of {}: {}",
                    self.options.runs,
                    took.map(|figure| figure.show()).join(", ")
                ));
                Ok(measured)
            })
            .collect()
    }

    /// What was measured, and on what.
    fn about(&self) -> String {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let field = |text: &str, name: &str| {
            let line = text.lines().find(|line| line.starts_with(name))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        };
        let model =
            field(&read("/proc/cpuinfo"), "model name").map(|model| format!(" of {model}")).unwrap_or_default();
        let memory = field(&read("/proc/meminfo"), "MemTotal")
            .and_then(|text| text.strip_suffix(" kB")?.parse::<f64>().ok())
            .map(|kibibytes| format!(", {:.0} GiB", (kibibytes / f64::from(1 << 20)).ceil()))
            .unwrap_or_default();
        let rustc = Command::new("rustc").arg("--version").output();
        let rustc = rustc.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
        let rustc = rustc.split_whitespace().nth(1).map(|version| format!(", Rust {version}")).unwrap_or_default();
        let name = self.generate.spec().file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (operations, models) = (self.generated.operations, self.generated.models);
        let runs = match self.options.runs {
            1 => "one run".to_owned(),
            runs => format!("medians of {runs} runs, lowest and highest in brackets"),
        };
        format!(
            "`{name}`: {operations} operations, {models} models; {cores} core{}{model}{memory}{rustc}; {runs}:",
            if cores == 1 { "" } else { "s" }
        )
    }
}

/// Time and memory of the same command, run several times.
fn figures(runs: &[Measured]) -> [Figure; 2] {
    let seconds = runs.iter().map(|run| run.seconds);
    let peaks = runs.iter().filter_map(|run| Some(run.peak? as f64));
    [Figure::new(Unit::Seconds, seconds), Figure::new(Unit::Memory, peaks)]
}
