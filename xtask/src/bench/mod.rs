//! `cargo xtask bench`: measures the generator, the generated crate and the runtime. A missed target is not an error.

mod compile;
mod context;
mod documents;
mod generator;
mod peers;
mod runtime;
mod table;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use self::context::{Context, log};
use self::table::{Cells, Row, table};
use crate::error::{Error, Result};
use crate::paths::{display, workspace};
use crate::{cargo, generate};

/// Minimum number of operations for which the targets for large documents apply. They are meant for about 1,500.
const LARGE: usize = 1_000;

/// Arguments of `bench`.
#[derive(Args)]
pub struct Options {
    /// OpenAPI document; targets are meant for about 1,500 operations [default: spec/openapi.yaml].
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// SDK configuration [default: sdk.yaml next to the document, or else inferred].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Allow the document to refer to files in this folder; may be repeated.
    #[arg(long, value_name = "DIR")]
    allow: Vec<PathBuf>,
    /// Number of runs per row.
    #[arg(long, value_name = "COUNT", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// Groups of rows to measure, separated by commas [default: all].
    #[arg(long, value_enum, value_delimiter = ',', value_name = "GROUPS")]
    rows: Vec<Group>,
    /// Top-level resource that is compiled alone [default: the first].
    #[arg(long, value_name = "NAME")]
    resource: Option<String>,
    /// Compile the crates of other generators; can take many minutes and more than 10 GB of memory.
    #[arg(long)]
    peers: bool,
    /// Maximum time of a run, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 900)]
    limit: u64,
    /// Measure this build of the generator even if it is not optimized.
    #[arg(long, hide = true)]
    as_built: bool,
}

/// Groups of rows.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Group {
    /// `cargo check` of the whole crate and of one resource.
    Check,
    /// Build time and size of a program that makes one call.
    Program,
    /// `cargo doc`.
    Doc,
    /// Generation from nothing, without changes, and after a change of one operation.
    Generate,
    /// Time of generation by the number of paths.
    Growth,
    /// Models and requests compared to serde's derive and to requests by hand.
    Runtime,
    /// Calls over loopback compared to calls by hand.
    Calls,
}

/// Function that measures a row.
type Measure = fn(&Context) -> Result<Cells>;

/// Rows in the order of the table.
const ROWS: [(Group, &str, Measure); 18] = [
    (Group::Check, "`cargo check` of the whole crate", compile::check_all),
    (Group::Check, "`cargo check` of one resource", compile::check_one_resource),
    (Group::Program, "`cargo build --release` of a program with one call", compile::build_program),
    (Group::Program, "size of that program, compared to the same call by hand", compile::program_size),
    (Group::Doc, "`cargo doc` of the whole crate", compile::documentation),
    (Group::Generate, "generate, from nothing", generator::from_nothing),
    (Group::Generate, "generate, nothing changed", generator::unchanged),
    (Group::Generate, "generate, one operation changed", generator::one_operation),
    (Group::Growth, "generate, all paths compared to an eighth of them", generator::growth),
    (Group::Runtime, "decoding speed compared to serde's derive", runtime::decode),
    (Group::Runtime, "encoding speed compared to serde's derive", runtime::encode),
    (Group::Runtime, "speed of building a request compared to by hand", runtime::request),
    (Group::Calls, "processor time of a call, compared to by hand", runtime::call_processor_time),
    (Group::Calls, "rate of sequential calls, compared to by hand", runtime::sequential_calls),
    (Group::Calls, "rate of 64 concurrent calls, compared to by hand", runtime::concurrent_calls),
    (Group::Calls, "allocations of a call, compared to by hand", runtime::allocations),
    (Group::Calls, "processor time of one of 10,000 pages, compared to by hand", runtime::page_processor_time),
    (Group::Calls, "500 pages of 20 ms, 8 prefetched, compared to sequential", runtime::prefetched_pages),
];

/// Measures the rows and prints the table.
pub fn run(options: &Options) -> Result<()> {
    if cfg!(debug_assertions) && !options.as_built {
        return run_optimized();
    }
    let spec = options.spec.clone().unwrap_or_else(|| workspace().join("spec/openapi.yaml"));
    let name = spec.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let folder = workspace().join("target/bench").join(name);
    log(&format!("reading {}", display(&spec)));
    let sdk = Some(folder.join("sdk"));
    let generate = generate::Options::new(Some(spec.clone()), options.config.clone(), sdk, &options.allow);
    let context = Context {
        spec: generate.load()?,
        generate,
        folder,
        runs: options.runs,
        limit: Duration::from_secs(options.limit),
        resource: options.resource.clone(),
        compiles_peers: options.peers,
    };
    context.generate(&spec, &context.sdk(), context.generate.config().as_deref())?;

    let is_selected = |group: &Group| options.rows.is_empty() || options.rows.contains(group);
    let selected: Vec<_> = ROWS.iter().filter(|(group, ..)| is_selected(group)).collect();
    let mut rows: Vec<Row> = Vec::new();
    for (index, (_, title, measure)) in selected.iter().enumerate() {
        log(&format!("[{}/{}] {title}", index + 1, selected.len()));
        let cells = measure(&context);
        if let Err(error) = &cells {
            log(&error.to_string());
        }
        rows.push((title, cells));
    }
    let is_large = context.spec.operations >= LARGE;
    println!("{}\n\n{}", context.description(), table(&rows, &peers::titles(), is_large));
    if !is_large {
        println!("Targets apply to documents of about 1,500 operations, such as `--spec cloudflare.json`.");
    }
    Ok(())
}

/// Builds this program with optimizations and runs it with the same arguments.
fn run_optimized() -> Result<()> {
    log("building the generator with optimizations");
    let mut command = cargo::command();
    command.args(["run", "--quiet", "--profile", "measured", "--package", "xtask", "--manifest-path"]);
    command.arg(workspace().join("Cargo.toml")).arg("--").args(std::env::args_os().skip(1));
    match command.status().map_err(Error::cannot_run("cargo"))?.success() {
        true => Ok(()),
        false => Err(Error::new("the benchmark failed; see above")),
    }
}
