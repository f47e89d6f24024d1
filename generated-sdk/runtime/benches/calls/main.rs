//! Calls over loopback, through the runtime and by hand on reqwest and serde, in turns in one process; and the same by
//! the API's own SDK for Python. `cargo xtask bench --rows calls` shows the ratios; alone it prints a line of JSON for
//! each thing that it measures, with a figure for each round:
//!
//! ```sh
//! cargo bench --package sdk-runtime --bench calls -- get concurrent allocations pages slow
//! cargo bench --package sdk-runtime --bench calls -- get --rounds 9 --calls 10000 --python python3
//! ```
//!
//! `runtime` and `by-hand` make calls in one way alone, for a profiler.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

mod server;
mod ways;
mod zone;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;
use serde_json::{Value, json};
use tokio::runtime::Runtime as Executor;

use crate::ways::{ByHand, Runtime, Way};

/// How many rounds there are at the most of what takes seconds.
const MANY: usize = 3;

/// How often things are done.
struct Options {
    rounds: usize,
    /// In each round.
    calls: usize,
    pages: usize,
    /// Of a list whose answers come late: by so many milliseconds.
    slow_pages: usize,
    latency: u64,
    /// An interpreter that has the SDK.
    python: Option<String>,
}

fn main() {
    let mut options =
        Options { rounds: 20, calls: 1_024, pages: 10_000, slow_pages: 500, latency: 20, python: None };
    let mut parts = Vec::new();
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
            _ => parts.push(argument),
        }
    }
    if parts.is_empty() {
        parts = ["get", "concurrent", "allocations", "pages", "slow"].map(str::to_owned).to_vec();
        if !is_bench {
            // `cargo test`: do all ways work?
            options = Options { rounds: 1, calls: 64, pages: 3, slow_pages: 3, ..options };
        }
    }
    for part in parts {
        match part.as_str() {
            "serve" => server::serve().unwrap(),
            "runtime" => alone::<Runtime>(&options),
            "by-hand" => alone::<ByHand>(&options),
            "get" => print("get", &get(&options, 1)),
            "concurrent" => print("concurrent", &get(&options, 64)),
            "allocations" => print("allocations", &allocations(&options)),
            "pages" => print("pages", &pages(&options)),
            "slow" => print("slow", &slow(&options)),
            _ => eprintln!("there is no `{part}` here; see the beginning of {}", file!()),
        }
    }
}

fn print(what: &str, figures: &Value) {
    println!("{}", json!({what: figures}));
}

/// The server's process.
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

    /// Where there is a list of so many pages, each of which takes so many milliseconds.
    fn list(&self, pages: usize, latency: u64) -> String {
        format!("{}/{latency}/{pages}", self.base_url)
    }

    /// Calls by the SDK for Python, in a process of its own that says what they took.
    fn by_python(&self, options: &Options, what: &str, base_url: &str, count: usize) -> Value {
        let Some(python) = &options.python else { return Value::Null };
        let mut times = Times::default();
        for _ in 0..options.rounds.min(MANY) {
            let mut command = Command::new(python);
            command.args(["-c", include_str!("peer.py"), what, base_url, &count.to_string()]);
            let output = command.stderr(Stdio::inherit()).output().unwrap();
            assert!(output.status.success(), "{python} fails");
            let text = String::from_utf8(output.stdout).unwrap();
            let (wall, cpu) = text.trim().split_once(' ').unwrap();
            let each = |seconds: &str| seconds.parse::<f64>().unwrap() * 1e6 / count as f64;
            times.wall.push(each(wall));
            times.cpu.push(each(cpu));
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

/// Microseconds for each time: of the processor, and of the clock.
#[derive(Default)]
struct Times {
    cpu: Vec<f64>,
    wall: Vec<f64>,
}

impl Times {
    /// `work` does something `count` times.
    fn measure(&mut self, count: usize, work: impl FnOnce()) {
        let (cpu, wall) = (ProcessTime::now(), Instant::now());
        work();
        let each = |spent: Duration| spent.as_secs_f64() * 1e6 / count as f64;
        self.cpu.push(each(cpu.elapsed()));
        self.wall.push(each(wall.elapsed()));
    }

    fn json(&self) -> Value {
        json!({"cpu": self.cpu, "wall": self.wall})
    }
}

/// Two ways in turns, each of them first by turns too: so what else the machine does meets both. Each does something
/// `count` times.
fn in_turns(rounds: usize, count: usize, ways: [&dyn Fn(); 2]) -> [Value; 2] {
    let mut times = [Times::default(), Times::default()];
    for round in 0..rounds {
        for turn in [round % 2, (round + 1) % 2] {
            times[turn].measure(count, ways[turn]);
        }
    }
    times.map(|times| times.json())
}

/// One thread does everything, so that no time goes from one to another.
fn executor() -> Executor {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// Calls, so many at a time.
fn get(options: &Options, concurrency: usize) -> Value {
    let server = Server::start();
    let (runtime, by_hand, executor) = (Runtime::new(&server.base_url), ByHand::new(&server.base_url), executor());
    let each = options.calls / concurrency;
    let ways: [&dyn Fn(); 2] = [&|| executor.block_on(together(&runtime, concurrency, each)), &|| {
        executor.block_on(together(&by_hand, concurrency, each))
    }];
    // Connections are made.
    ways.iter().for_each(|way| way());
    let [ours, other] = in_turns(options.rounds, each * concurrency, ways);
    let python = match concurrency {
        1 => server.by_python(options, "get", &server.base_url, options.calls),
        _ => Value::Null,
    };
    json!({"runtime": ours, "other": other, "python": python})
}

fn alone<W: Way>(options: &Options) {
    let server = Server::start();
    executor().block_on(together(&W::new(&server.base_url), 1, options.calls));
}

async fn together(way: &impl Way, concurrency: usize, each: usize) {
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..concurrency {
        let way = way.clone();
        tasks.spawn(async move {
            for _ in 0..each {
                way.get().await;
            }
        });
    }
    while let Some(result) = tasks.join_next().await {
        result.unwrap();
    }
}

/// Allocations of a call, and how many bytes they have.
fn allocations(options: &Options) -> Value {
    let server = Server::start();
    let executor = executor();
    let (runtime, by_hand) = (Runtime::new(&server.base_url), ByHand::new(&server.base_url));
    let count = |way: &dyn Fn()| {
        way();
        let info = allocation_counter::measure(|| (0..options.calls).for_each(|_| way()));
        let each = |total: u64| total as f64 / options.calls as f64;
        json!({"count": each(info.count_total), "bytes": each(info.bytes_total)})
    };
    let ours = count(&|| executor.block_on(runtime.get()));
    json!({"runtime": ours, "other": count(&|| executor.block_on(by_hand.get()))})
}

/// A list of many pages, item by item; all figures are for a page.
fn pages(options: &Options) -> Value {
    let (server, executor) = (Server::start(), executor());
    let base_url = server.list(options.pages, 0);
    let (runtime, by_hand) = (Runtime::new(&base_url), ByHand::new(&base_url));
    let items = options.pages * zone::PER_PAGE;
    let [ours, other] = in_turns(
        options.rounds.min(MANY),
        options.pages,
        [&|| assert_eq!(executor.block_on(runtime.list()), items), &|| {
            assert_eq!(executor.block_on(by_hand.list()), items)
        }],
    );
    let fewer = options.pages.div_ceil(20);
    let python = server.by_python(options, "pages", &server.list(fewer, 0), fewer);
    json!({"pages": options.pages, "runtime": ours, "other": other, "python": python})
}

/// A list whose pages come late, one by one and with eight of them on their way.
fn slow(options: &Options) -> Value {
    let (server, executor) = (Server::start(), executor());
    let (pages, items) = (options.slow_pages, options.slow_pages * zone::PER_PAGE);
    let runtime = Runtime::new(&server.list(pages, options.latency));
    let [ahead, other] = in_turns(
        1,
        pages,
        [&|| assert_eq!(executor.block_on(runtime.list_ahead(8)), items), &|| {
            assert_eq!(executor.block_on(runtime.list()), items)
        }],
    );
    json!({"pages": pages, "latency": options.latency, "runtime": ahead, "other": other})
}
