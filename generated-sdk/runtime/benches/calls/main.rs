//! Benchmark of calls over loopback: through the runtime, and hand-written with reqwest and serde,
//! alternately in one process. Optionally also with Cloudflare's SDK for Python.
//! `cargo xtask bench --rows calls` shows the ratios. Run directly, it prints one line of JSON for each
//! benchmark, with a figure for each round:
//!
//! ```sh
//! cargo bench --package sdk-runtime --bench calls -- get concurrent allocations pages slow
//! cargo bench --package sdk-runtime --bench calls -- get --rounds 9 --calls 10000 --python python3
//! ```
//!
//! `runtime` and `hand-written` only make calls with one implementation, for a profiler.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

mod fixtures;
mod implementations;
mod server;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;
use serde_json::{Value, json};
use tokio::runtime::Runtime as TokioRuntime;

use crate::implementations::{HandWritten, Implementation, Runtime};

/// Maximum number of rounds of benchmarks that take seconds.
const MAX_SLOW_ROUNDS: usize = 3;

struct Options {
    rounds: usize,
    /// Calls in each round.
    calls: usize,
    pages: usize,
    /// Pages of the list with latency.
    slow_pages: usize,
    /// Latency of each page in milliseconds.
    latency: u64,
    /// Python interpreter with the SDK installed.
    python: Option<String>,
}

fn main() {
    let mut options =
        Options { rounds: 20, calls: 1_024, pages: 10_000, slow_pages: 500, latency: 20, python: None };
    let mut benchmarks = Vec::new();
    let mut is_bench = false;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().and_then(|text| text.parse().ok()).unwrap();
        match argument.as_str() {
            "--bench" => is_bench = true,
            "--rounds" => options.rounds = number(),
            "--calls" => options.calls = number(),
            "--pages" => options.pages = number(),
            "--slow-pages" => options.slow_pages = number(),
            "--latency" => options.latency = number() as u64,
            "--python" => options.python = arguments.next(),
            _ => benchmarks.push(argument),
        }
    }
    if benchmarks.is_empty() {
        benchmarks = ["get", "concurrent", "allocations", "pages", "slow"].map(str::to_owned).to_vec();
        if !is_bench {
            // `cargo test` only checks that all implementations work.
            options = Options { rounds: 1, calls: 64, pages: 3, slow_pages: 3, ..options };
        }
    }
    for benchmark in benchmarks {
        match benchmark.as_str() {
            "serve" => server::serve().unwrap(),
            "runtime" => profile::<Runtime>(&options),
            "hand-written" => profile::<HandWritten>(&options),
            "get" => print("get", &get(&options, 1)),
            "concurrent" => print("concurrent", &get(&options, 64)),
            "allocations" => print("allocations", &allocations(&options)),
            "pages" => print("pages", &pages(&options)),
            "slow" => print("slow", &slow(&options)),
            _ => eprintln!("unknown benchmark `{benchmark}`; see the documentation in {}", file!()),
        }
    }
}

fn print(name: &str, figures: &Value) {
    println!("{}", json!({name: figures}));
}

/// The server process.
struct Server {
    child: Child,
    base_url: String,
}

impl Server {
    fn start() -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg("serve").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut port = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut port).unwrap();
        Self { child, base_url: format!("http://127.0.0.1:{}", port.trim()) }
    }

    /// Returns the base URL of a list with this number of pages and this latency in milliseconds.
    fn list(&self, pages: usize, latency: u64) -> String {
        format!("{}/{latency}/{pages}", self.base_url)
    }

    /// Measures calls of the SDK for Python in a separate process, which prints the times.
    fn measure_python(&self, options: &Options, name: &str, base_url: &str, count: usize) -> Value {
        let Some(python) = &options.python else { return Value::Null };
        let mut times = Times::default();
        for _ in 0..options.rounds.min(MAX_SLOW_ROUNDS) {
            let mut command = Command::new(python);
            command.args(["-c", include_str!("cloudflare_python.py"), name, base_url, &count.to_string()]);
            let output = command.stderr(Stdio::inherit()).output().unwrap();
            assert!(output.status.success(), "{python} fails");
            let text = String::from_utf8(output.stdout).unwrap();
            let (wall, cpu) = text.trim().split_once(' ').unwrap();
            let per_call = |seconds: &str| seconds.parse::<f64>().unwrap() * 1e6 / count as f64;
            times.wall.push(per_call(wall));
            times.cpu.push(per_call(cpu));
        }
        times.json()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Microseconds per call, for each round.
#[derive(Default)]
struct Times {
    cpu: Vec<f64>,
    wall: Vec<f64>,
}

impl Times {
    /// Measures `work`, which makes `count` calls.
    fn measure(&mut self, count: usize, work: impl FnOnce()) {
        let (cpu, wall) = (ProcessTime::now(), Instant::now());
        work();
        let per_call = |spent: Duration| spent.as_secs_f64() * 1e6 / count as f64;
        self.cpu.push(per_call(cpu.elapsed()));
        self.wall.push(per_call(wall.elapsed()));
    }

    fn json(&self) -> Value {
        json!({"cpu": self.cpu, "wall": self.wall})
    }
}

/// Measures two implementations alternately, so that other load on the machine affects both. The order within
/// each round alternates as well. Each implementation makes `count` calls.
fn measure_alternately(rounds: usize, count: usize, implementations: [&dyn Fn(); 2]) -> [Value; 2] {
    let mut times = [Times::default(), Times::default()];
    for round in 0..rounds {
        for turn in [round % 2, (round + 1) % 2] {
            times[turn].measure(count, implementations[turn]);
        }
    }
    times.map(|times| times.json())
}

/// Returns a runtime with a single thread, which avoids the cost of switching threads.
fn tokio_runtime() -> TokioRuntime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// Measures single calls, `concurrency` at the same time.
fn get(options: &Options, concurrency: usize) -> Value {
    let server = Server::start();
    let (runtime, hand_written, tokio_runtime) =
        (Runtime::new(&server.base_url), HandWritten::new(&server.base_url), tokio_runtime());
    let calls_per_task = options.calls / concurrency;
    let implementations: [&dyn Fn(); 2] =
        [&|| tokio_runtime.block_on(run_concurrently(&runtime, concurrency, calls_per_task)), &|| {
            tokio_runtime.block_on(run_concurrently(&hand_written, concurrency, calls_per_task))
        }];
    // Opens the connections.
    implementations.iter().for_each(|implementation| implementation());
    let [runtime_times, hand_written_times] =
        measure_alternately(options.rounds, calls_per_task * concurrency, implementations);
    let python = match concurrency {
        1 => server.measure_python(options, "get", &server.base_url, options.calls),
        _ => Value::Null,
    };
    json!({"runtime": runtime_times, "other": hand_written_times, "python": python})
}

fn profile<W: Implementation>(options: &Options) {
    let server = Server::start();
    tokio_runtime().block_on(run_concurrently(&W::new(&server.base_url), 1, options.calls));
}

async fn run_concurrently(implementation: &impl Implementation, concurrency: usize, calls_per_task: usize) {
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..concurrency {
        let implementation = implementation.clone();
        tasks.spawn(async move {
            for _ in 0..calls_per_task {
                implementation.get().await;
            }
        });
    }
    while let Some(result) = tasks.join_next().await {
        result.unwrap();
    }
}

/// Measures the number and bytes of allocations per call.
fn allocations(options: &Options) -> Value {
    let server = Server::start();
    let tokio_runtime = tokio_runtime();
    let (runtime, hand_written) = (Runtime::new(&server.base_url), HandWritten::new(&server.base_url));
    let count = |implementation: &dyn Fn()| {
        implementation();
        let info = allocation_counter::measure(|| (0..options.calls).for_each(|_| implementation()));
        let average = |total: u64| total as f64 / options.calls as f64;
        json!({"count": average(info.count_total), "bytes": average(info.bytes_total)})
    };
    let runtime_allocations = count(&|| tokio_runtime.block_on(runtime.get()));
    json!({"runtime": runtime_allocations, "other": count(&|| tokio_runtime.block_on(hand_written.get()))})
}

/// Measures reading a long list item by item. All figures are per page.
fn pages(options: &Options) -> Value {
    let (server, tokio_runtime) = (Server::start(), tokio_runtime());
    let base_url = server.list(options.pages, 0);
    let (runtime, hand_written) = (Runtime::new(&base_url), HandWritten::new(&base_url));
    let items = options.pages * fixtures::PER_PAGE;
    let [runtime_times, hand_written_times] = measure_alternately(
        options.rounds.min(MAX_SLOW_ROUNDS),
        options.pages,
        [&|| assert_eq!(tokio_runtime.block_on(runtime.list()), items), &|| {
            assert_eq!(tokio_runtime.block_on(hand_written.list()), items)
        }],
    );
    let python_pages = options.pages.div_ceil(20);
    let python = server.measure_python(options, "pages", &server.list(python_pages, 0), python_pages);
    json!({"pages": options.pages, "runtime": runtime_times, "other": hand_written_times, "python": python})
}

/// Measures reading a list with latency, with eight prefetched pages and sequentially.
fn slow(options: &Options) -> Value {
    let (server, tokio_runtime) = (Server::start(), tokio_runtime());
    let (pages, items) = (options.slow_pages, options.slow_pages * fixtures::PER_PAGE);
    let runtime = Runtime::new(&server.list(pages, options.latency));
    let [prefetched, sequential] = measure_alternately(
        1,
        pages,
        [&|| assert_eq!(tokio_runtime.block_on(runtime.list_prefetched(8)), items), &|| {
            assert_eq!(tokio_runtime.block_on(runtime.list()), items)
        }],
    );
    json!({"pages": pages, "latency": options.latency, "runtime": prefetched, "other": sequential})
}
