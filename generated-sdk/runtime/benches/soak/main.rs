//! Soak test: many calls over loopback to a faulty server. Checks that memory does not grow, that every call
//! receives its own response, that no POST is repeated that the server may have acted on, and that all
//! connections are closed.
//!
//! ```sh
//! cargo bench --package sdk-runtime --bench soak -- --calls 1000000
//! ```
//!
//! Prints the problems and exits with 1 if there are any. `cargo test` makes 2,000 calls.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

mod calls;
mod monitor;
mod plan;
mod server;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::calls::{Caller, Tally};
use crate::monitor::{ResourceMonitor, descriptors};

/// Number of concurrent calls.
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
    let mut monitor = ResourceMonitor::new(calls);
    let tally = {
        let executor = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        executor.block_on(run(&server.base_url, calls, &mut monitor))
    };
    let seconds = begin.elapsed().as_secs_f64();
    let mut problems = tally.problems();
    problems.extend(monitor.problems());
    let [requests, duplicated, exceeded, open, max_open] = server.summary();
    if duplicated > 0 {
        problems
            .push(format!("{duplicated} POST requests were repeated although the server may have acted on them"));
    }
    if exceeded > 0 {
        problems.push(format!("{exceeded} requests were sent more often than allowed"));
    }
    // The connection of this query is open.
    if open != 1 {
        problems.push(format!("the server has {open} open connections after the client was dropped"));
    }
    if before != descriptors() {
        problems.push(format!("{before} files were open before, {} are open now", descriptors()));
    }
    println!("{tally}");
    println!(
        "{requests} requests on up to {max_open} connections in {seconds:.1} s, {:.0} per second",
        requests as f64 / seconds
    );
    println!("{monitor}");
    problems
}

/// Makes all calls and returns their results.
async fn run(base_url: &str, calls: usize, monitor: &mut ResourceMonitor) -> Tally {
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
                Some(Err(error)) => tally.report(format!("a call panicked: {error}")),
                None => break,
            },
            _ = tick.tick() => {
                if !monitor.sample(next.load(Ordering::Relaxed).min(calls)) {
                    tally.report("no call has completed for a minute".to_owned());
                    break;
                }
            }
        }
    }
    if tally.calls() != calls {
        tally.report(format!("{} of {calls} calls have completed", tally.calls()));
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

    /// Requests the server's statistics. Waits up to 10 s for the server to see that connections are closed.
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
