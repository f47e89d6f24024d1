//! A great many calls over loopback to a server that fails in many ways: does the runtime's memory stay what it is, is no
//! answer lost or given to another, is nothing done twice that must not be, is no connection left?
//!
//! ```sh
//! cargo bench --package sdk-runtime --bench soak -- --calls 1000000
//! ```
//!
//! It ends with 1 where something does not hold, and says what. `cargo test` makes 2,000 calls.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

mod calls;
mod plan;
mod server;
mod watch;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::calls::{Caller, Tally};
use crate::watch::{Watch, descriptors};

/// How many calls are under way at a time.
const CONCURRENCY: usize = 128;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let after = |name: &str| arguments.iter().skip_while(|argument| *argument != name).nth(1);
    let is_bench = arguments.iter().any(|argument| argument == "--bench");
    let calls = after("--calls").map(|text| text.parse().unwrap());
    let calls = calls.unwrap_or(if is_bench { 1_000_000 } else { 2_000 });
    if arguments.iter().any(|argument| argument == "serve") {
        server::serve(calls).unwrap();
        return ExitCode::SUCCESS;
    }
    let problems = soak(calls);
    for problem in &problems {
        println!("FAILED: {problem}");
    }
    if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn soak(calls: usize) -> Vec<String> {
    let server = Server::start(calls);
    let before = descriptors();
    let begin = Instant::now();
    let mut watch = Watch::new(calls);
    let tally = {
        let executor = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        executor.block_on(run(&server.base_url, calls, &mut watch))
    };
    let seconds = begin.elapsed().as_secs_f64();
    let mut problems = tally.problems();
    problems.extend(watch.problems());
    let [requests, twice, often, open, most] = server.summary();
    if twice > 0 {
        problems.push(format!("{twice} requests that must not be repeated were sent again"));
    }
    if often > 0 {
        problems.push(format!("{often} requests were sent more often than they may be"));
    }
    // The one that asks is open.
    if open != 1 {
        problems.push(format!("the server has {open} connections open when the client is gone"));
    }
    if before != descriptors() {
        problems.push(format!("{before} files were open before, and {} are now", descriptors()));
    }
    println!("{tally}");
    println!(
        "{requests} requests on up to {most} connections in {seconds:.1} s, {:.0} in a second",
        requests as f64 / seconds
    );
    println!("{watch}");
    problems
}

/// Makes all calls, and says what became of them.
async fn run(base_url: &str, calls: usize, watch: &mut Watch) -> Tally {
    let caller = Caller::new(base_url);
    let next = Arc::new(AtomicUsize::new(0));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..CONCURRENCY {
        let (caller, next) = (caller.clone(), Arc::clone(&next));
        tasks.spawn(async move {
            let mut tally = Tally::default();
            loop {
                let call = next.fetch_add(1, Ordering::Relaxed);
                if call >= calls {
                    return tally;
                }
                caller.call(call, &mut tally).await;
            }
        });
    }
    let mut tally = Tally::default();
    let mut tick = tokio::time::interval(Duration::from_millis(100));
    loop {
        tokio::select! {
            ended = tasks.join_next() => match ended {
                Some(Ok(part)) => tally.add(part),
                Some(Err(error)) => tally.wrong(format!("a call panicked: {error}")),
                None => break,
            },
            _ = tick.tick() => {
                if !watch.look(next.load(Ordering::Relaxed).min(calls)) {
                    tally.wrong("no call has ended for a minute".to_owned());
                    break;
                }
            }
        }
    }
    if tally.calls() != calls {
        tally.wrong(format!("{} of {calls} calls have ended", tally.calls()));
    }
    tally
}

struct Server {
    child: Child,
    base_url: String,
}

impl Server {
    fn start(calls: usize) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["serve", "--calls", &calls.to_string()]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut port = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut port).unwrap();
        Self { child, base_url: format!("http://127.0.0.1:{}", port.trim()) }
    }

    /// What the server says at the end; it may yet have to read that connections are closed.
    fn summary(&self) -> [u64; 5] {
        let end = Instant::now() + Duration::from_secs(10);
        loop {
            let mut connection = TcpStream::connect(self.base_url.trim_start_matches("http://")).unwrap();
            connection.write_all(b"GET /summary HTTP/1.1\r\n\r\n").unwrap();
            connection.shutdown(std::net::Shutdown::Write).unwrap();
            let mut text = String::new();
            connection.read_to_string(&mut text).unwrap();
            let numbers = text.rsplit("\r\n\r\n").next().unwrap_or_default().split(' ');
            let numbers: Vec<u64> = numbers.map(|number| number.parse().unwrap()).collect();
            let numbers: [u64; 5] = numbers.try_into().unwrap();
            if numbers[3] == 1 || Instant::now() > end {
                return numbers;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
