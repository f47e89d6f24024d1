//! The calls, and checks of their results.

use std::fmt;
use std::time::Duration;

use sdk_runtime::operation::{Api, Operation};
use sdk_runtime::paging::{Pagination, Scheme};
use sdk_runtime::{Client, ClientBuilder, Error, Request, RetryBudget, RetryPolicy};

use crate::plan::{self, ATTEMPTS, Fault, ITEMS, Kind, PAGES};

static API: Api = Api {
    user_agent: "soak/1.0",
    base_url: "https://api.example.com",
    base_url_parts: &[],
    base_url_variable: "SOAK_BASE_URL",
    credentials: &[],
    security: &[],
    ..Api::DEFAULT
};
static PAGINATION: Pagination = Pagination {
    items: &["items"],
    info: &["info"],
    has_more: &[],
    scheme: Scheme::PageNumber { page: "page", first: 1 },
};
static GET: Operation = operation("GET", "/things/{number}", None);
static POST: Operation = operation("POST", "/things", None);
static LIST: Operation = operation("GET", "/lists/{number}", Some(&PAGINATION));
static STREAM: Operation = operation("GET", "/streams/{number}", None);

const fn operation(
    method: &'static str,
    path: &'static str,
    pagination: Option<&'static Pagination>,
) -> Operation {
    Operation { id: path, method, path, base_url: None, envelope: None, pagination, security: &[] }
}

/// Content of all responses.
#[derive(Clone, Debug, Default)]
struct Thing {
    /// Number of the call.
    id: usize,
    /// Number of attempts that the server has received; for an item or a line, its index.
    attempt: usize,
}

sdk_runtime::model!(Thing {
    "id" required id;
    "seen" required attempt;
});

/// Time limit of an attempt, far longer than any attempt that does not stall.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(3);

#[derive(Clone)]
pub struct Caller(Client);

impl Caller {
    pub fn new(base_url: &str) -> Self {
        let mut policy = RetryPolicy::default();
        policy.initial_backoff = Duration::from_millis(2);
        let builder = ClientBuilder::new(&API).base_url(base_url).retry(policy);
        let builder = builder.max_retries(u32::from(ATTEMPTS) - 1).retry_budget(RetryBudget::unlimited());
        Self(builder.attempt_timeout(ATTEMPT_TIMEOUT).build().unwrap())
    }

    fn request(&self, operation: &'static Operation, call: usize) -> Request {
        let request = Request::new(&self.0, operation);
        if operation.method == "POST" { request } else { request.path(call.to_string()) }
    }

    pub async fn call(&self, call: usize, tally: &mut Tally) {
        match plan::kind(call) {
            Kind::Get => self.get_or_post(self.request(&GET, call), call, tally).await,
            Kind::Post => {
                let mut request = self.request(&POST, call);
                request.body_field("id", &call);
                self.get_or_post(request, call, tally).await;
            }
            Kind::List => self.list(call, tally).await,
            Kind::Stream => self.stream(call, tally).await,
            Kind::Dropped => self.dropped(call, tally).await,
        }
    }

    async fn get_or_post(&self, request: Request, call: usize, tally: &mut Tally) {
        let expected = expected(call, 1);
        match request.json::<Thing>().await {
            Ok(response) => {
                let Thing { id, attempt } = response.result;
                if id != call || attempt != response.attempts as usize {
                    let attempts = response.attempts;
                    tally.report(format!(
                        "call {call} has the response of call {id} to attempt {attempt} of {attempts}"
                    ));
                }
                tally.succeeded(call, &expected);
            }
            Err(error) => tally.failed(call, &expected, &error),
        }
    }

    async fn list(&self, call: usize, tally: &mut Tally) {
        let expected = (1..=PAGES).try_for_each(|page| expected(call, page));
        let mut items = self.request(&LIST, call).items::<Thing>();
        let mut count = 0;
        loop {
            match items.try_next().await {
                Ok(Some(item)) => {
                    tally.check_item(call, count, &item);
                    count += 1;
                }
                Ok(None) => {
                    if count != PAGES * ITEMS {
                        tally.report(format!("the list {call} has {count} items"));
                    }
                    return tally.succeeded(call, &expected);
                }
                Err(error) => return tally.failed(call, &expected, &error),
            }
        }
    }

    async fn stream(&self, call: usize, tally: &mut Tally) {
        let expected = expected(call, 1);
        let mut stream = match self.request(&STREAM, call).lines::<Thing>().await {
            Ok(stream) => stream,
            Err(error) => return tally.failed(call, &expected, &error),
        };
        let mut count = 0;
        loop {
            match stream.try_next().await {
                Ok(Some(line)) => {
                    tally.check_item(call, count, &line);
                    count += 1;
                }
                Ok(None) => {
                    if count != ITEMS {
                        tally.report(format!("the stream {call} has {count} lines"));
                    }
                    return tally.succeeded(call, &expected);
                }
                Err(error) => return tally.failed(call, &expected, &error),
            }
        }
    }

    /// Drops the call at a random time: before it is sent, in flight, or about when it completes.
    async fn dropped(&self, call: usize, tally: &mut Tally) {
        let limit = Duration::from_micros(plan::mix(call as u64) % 4_000);
        let request = self.request(&GET, call).json::<Thing>();
        match tokio::time::timeout(limit, request).await {
            Ok(Ok(response)) if response.result.id != call => {
                tally.report(format!("call {call} has the response of call {}", response.result.id));
            }
            _ => {}
        }
        tally.dropped += 1;
    }
}

/// Returns the expected result of a request: a response, or an error because of a fault.
fn expected(call: usize, page: usize) -> Result<(), Fault> {
    let mut last = Fault::None;
    for attempt in 1..=ATTEMPTS {
        last = plan::fault(plan::request(call, page), attempt);
        let is_final = match plan::kind(call) {
            Kind::Post => last.may_have_acted(),
            // A stream is not retried after it has begun.
            Kind::Stream => last == Fault::Truncated,
            _ => false,
        };
        if last.is_success() {
            return Ok(());
        }
        if is_final || last == Fault::NotJson {
            break;
        }
    }
    Err(last)
}

fn is_caused_by(error: &Error, fault: Fault) -> bool {
    let is_status = |status: u16| error.api().is_some_and(|error| error.status.as_u16() == status);
    match fault {
        Fault::Reset | Fault::Truncated | Fault::Garbage => matches!(error, Error::Connection(_)),
        Fault::NotJson => matches!(error, Error::Decode(_)),
        Fault::Limited => is_status(429),
        Fault::Unavailable => is_status(503),
        Fault::Failed => is_status(500),
        Fault::Stall => matches!(error, Error::Timeout(_)),
        Fault::None | Fault::Slow | Fault::Close => false,
    }
}

/// Results of calls.
#[derive(Default)]
pub struct Tally {
    succeeded: usize,
    failed: usize,
    dropped: usize,
    /// Number of problems.
    problem_count: usize,
    /// Descriptions of the first problems.
    problems: Vec<String>,
}

/// Maximum number of problems that are described.
const MAX_REPORTED: usize = 10;

impl Tally {
    pub fn report(&mut self, problem: String) {
        self.problem_count += 1;
        if self.problems.len() < MAX_REPORTED {
            self.problems.push(problem);
        }
    }

    fn check_item(&mut self, call: usize, index: usize, item: &Thing) {
        if item.id != call || item.attempt != index {
            self.report(format!("item {index} of call {call} is item {} of call {}", item.attempt, item.id));
        }
    }

    fn succeeded(&mut self, call: usize, expected: &Result<(), Fault>) {
        self.succeeded += 1;
        if let Err(fault) = expected {
            self.report(format!("call {call} has a response despite the fault {fault:?}"));
        }
    }

    fn failed(&mut self, call: usize, expected: &Result<(), Fault>, error: &Error) {
        self.failed += 1;
        if !expected.is_err_and(|fault| is_caused_by(error, fault)) {
            self.report(format!("call {call} fails, expected {expected:?}: {error}"));
        }
    }

    pub fn calls(&self) -> usize {
        self.succeeded + self.failed + self.dropped
    }

    pub fn add(&mut self, other: Self) {
        let Self { succeeded, failed, dropped, problem_count, problems } = other;
        self.succeeded += succeeded;
        self.failed += failed;
        self.dropped += dropped;
        self.problem_count += problem_count;
        self.problems.extend(problems);
        self.problems.truncate(MAX_REPORTED);
    }

    pub fn problems(&self) -> Vec<String> {
        let more = self.problem_count - self.problems.len().min(self.problem_count);
        let more = (more > 0).then(|| format!("and {more} more problems"));
        self.problems.iter().cloned().chain(more).collect()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { succeeded, failed, dropped, .. } = self;
        write!(
            formatter,
            "{} calls: {succeeded} succeeded, {failed} failed as expected, {dropped} were dropped",
            self.calls()
        )
    }
}
