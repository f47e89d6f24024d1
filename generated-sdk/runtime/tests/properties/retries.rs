//! Properties of retries: any sequence of failures is handled by the retry rules and within the time limits.
//! Tokio's clock is paused.

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use sdk_runtime::transport::TransportErrorKind;
use sdk_runtime::{Client, Error, RetryPolicy};
use tokio::time::Instant;

use crate::config;
use crate::support::scripted_transport::{ScriptedTransport, Step};
use crate::support::{builder, create_thing, delete_thing, find_thing};

/// A sequence of exchanges and the settings of the client. No step takes exactly as long as the attempt
/// timeout.
#[derive(Clone, Debug)]
struct Scenario {
    method: &'static str,
    /// Steps of the exchanges. Further exchanges succeed.
    steps: Vec<Step>,
    max_retries: u32,
    initial_backoff: Duration,
    max_backoff: Duration,
    max_retry_after: Duration,
    attempt_timeout: Duration,
    timeout: Option<Duration>,
}

fn scenario() -> impl Strategy<Value = Scenario> {
    let status = prop::sample::select(vec![200, 301, 400, 401, 408, 409, 425, 429, 429, 500, 502, 503, 503, 599]);
    let retry_after = prop_oneof![
        4 => Just(None),
        3 => (0..100u64).prop_map(|seconds| Some(seconds.to_string())),
        1 => prop::sample::select(vec!["-1", "soon", "", "1e3", "18446744073709551615", "99999999999999999999"])
            .prop_map(|text| Some(text.to_owned())),
    ];
    let response = (status, retry_after).prop_map(|(status, retry_after)| {
        Step::Response(status, retry_after.into_iter().map(|retry_after| ("retry-after", retry_after)).collect())
    });
    let kinds = [TransportErrorKind::Connect, TransportErrorKind::Exchange, TransportErrorKind::Timeout];
    let step = prop_oneof![
        6 => response,
        3 => prop::sample::select(kinds.to_vec()).prop_map(Step::Fail),
        1 => Just(Step::Hang),
    ];
    let step =
        (0..20u64, step).prop_map(|(seconds, step)| Step::After(Duration::from_secs(seconds), Box::new(step)));
    let delay = || {
        prop_oneof![
            (0..60_000u64).prop_map(Duration::from_millis),
            prop::sample::select(vec![Duration::ZERO, Duration::from_nanos(1), Duration::MAX]),
        ]
    };
    let time_limit = |most: u64| (0..most).prop_map(|seconds| Duration::from_millis(seconds * 1000 + 500));
    (
        prop::sample::select(vec!["GET", "POST", "DELETE"]),
        vec(step, 0..6),
        prop_oneof![0..5u32, Just(u32::MAX)],
        (delay(), delay(), delay()),
        time_limit(40),
        prop::option::of(time_limit(200)),
    )
        .prop_map(|(method, steps, max_retries, delays, attempt_timeout, timeout)| {
            let (initial_backoff, max_backoff, max_retry_after) = delays;
            Scenario {
                method,
                steps,
                max_retries,
                initial_backoff,
                max_backoff,
                max_retry_after,
                attempt_timeout,
                timeout,
            }
        })
}

impl Scenario {
    fn client(&self, transport: &ScriptedTransport) -> Client {
        let mut policy = RetryPolicy::default();
        policy.initial_backoff = self.initial_backoff;
        policy.max_backoff = self.max_backoff;
        policy.max_retry_after = self.max_retry_after;
        let builder = builder("https://api.example.com").retry(policy).max_retries(self.max_retries);
        let builder = builder.attempt_timeout(self.attempt_timeout).transport(transport.clone());
        match self.timeout {
            Some(time_limit) => builder.timeout(time_limit),
            None => builder,
        }
        .build()
        .unwrap()
    }

    /// Returns the duration and outcome of the attempt with this number, if the call does not time out.
    fn outcome(&self, number: usize) -> (Duration, Step) {
        match self.steps.get(number) {
            None => (Duration::ZERO, Step::Response(200, Vec::new())),
            Some(Step::After(time, step)) if *time < self.attempt_timeout && !matches!(**step, Step::Hang) => {
                (*time, (**step).clone())
            }
            Some(_) => (self.attempt_timeout, Step::Fail(TransportErrorKind::Timeout)),
        }
    }

    /// Returns the shortest and longest delay after this outcome by the documented rules, or `None` if there
    /// must be no retry.
    fn delay(&self, outcome: &Step, retries: u32) -> Option<(Duration, Duration)> {
        let is_idempotent = self.method != "POST";
        let doubled = self.initial_backoff.saturating_mul(2u32.saturating_pow(retries));
        let backoff = Some((Duration::ZERO, doubled.min(self.max_backoff)));
        let Step::Response(status, headers) = outcome else {
            return backoff
                .filter(|_| is_idempotent || matches!(outcome, Step::Fail(TransportErrorKind::Connect)));
        };
        let retry_after = headers.first().map(|(_, retry_after)| retry_after);
        let is_retryable = match status {
            429 => true,
            503 if retry_after.is_some() => true,
            408 | 500..=599 => is_idempotent,
            _ => false,
        };
        let seconds = |retry_after: &String| match retry_after.as_str() {
            "99999999999999999999" => Some(u64::MAX),
            retry_after => retry_after.parse().ok(),
        };
        match retry_after.and_then(seconds).map(Duration::from_secs) {
            _ if !is_retryable => None,
            Some(retry_after) => Some((retry_after, retry_after)).filter(|_| retry_after <= self.max_retry_after),
            None => backoff,
        }
    }
}

/// Granularity of tokio's timers, which round up to the next millisecond.
const TIMER_GRANULARITY: Duration = Duration::from_millis(2);

/// A year. Tokio's timers truncate very long delays to some decades.
const MAX_TIMER: Duration = Duration::from_secs(365 * 24 * 60 * 60);

#[test]
fn retries_follow_the_rules_and_the_time_limits() {
    let test = |scenario: Scenario| {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(run(&scenario))
    };
    TestRunner::new(config(2000)).run(&scenario(), test).unwrap();
}

async fn run(scenario: &Scenario) -> Result<(), TestCaseError> {
    let steps = scenario.steps.clone();
    let transport = ScriptedTransport::new(move |number| {
        steps.get(number).cloned().unwrap_or(Step::Response(200, Vec::new()))
    });
    let client = scenario.client(&transport);
    let begin = Instant::now();
    let result = match scenario.method {
        "GET" => find_thing(&client, "a", "b").await,
        "POST" => create_thing(&client).await,
        _ => delete_thing(&client).await,
    };
    let elapsed = begin.elapsed();
    let time_limit = scenario.timeout.unwrap_or(Duration::MAX);
    prop_assert!(elapsed <= time_limit.saturating_add(TIMER_GRANULARITY), "{elapsed:?}");

    let exchanges = transport.exchanges();
    let last = exchanges.len() - 1;
    prop_assert!(last <= scenario.max_retries as usize);
    for (number, pair) in exchanges.windows(2).enumerate() {
        let (time, outcome) = scenario.outcome(number);
        let elapsed = pair[0].end.unwrap() - pair[0].begin;
        prop_assert!(time <= elapsed && elapsed <= time + TIMER_GRANULARITY, "{elapsed:?}");
        let bounds = scenario.delay(&outcome, number as u32);
        let delay = pair[1].begin - pair[0].end.unwrap();
        let is_within_bounds = bounds.is_some_and(|(least, most)| {
            least.min(MAX_TIMER) <= delay && delay <= most.saturating_add(TIMER_GRANULARITY)
        });
        prop_assert!(is_within_bounds, "{outcome:?} was retried after {delay:?}; expected {bounds:?}");
    }

    // The call ends with the last exchange and reports its outcome.
    prop_assert_eq!(exchanges[last].end, Some(begin + elapsed));
    let (time, outcome) = scenario.outcome(last);
    let remaining = time_limit.saturating_sub(exchanges[last].begin - begin);
    let timed_out = matches!(&result, Err(Error::Timeout(error)) if error.limit == time_limit);
    if time > remaining {
        prop_assert!(timed_out, "{result:?}");
    } else if !timed_out || time.saturating_add(TIMER_GRANULARITY) < remaining {
        let matches_outcome = match (&outcome, &result) {
            (Step::Response(200, _), Ok(Some(thing))) => thing.id == 7,
            (Step::Response(status, _), Err(Error::Api(error))) => error.status == *status,
            (Step::Fail(TransportErrorKind::Timeout), Err(Error::Timeout(error))) => {
                error.limit == scenario.attempt_timeout
            }
            (Step::Fail(kind), Err(Error::Connection(error))) => {
                error.sent == (*kind != TransportErrorKind::Connect)
            }
            _ => false,
        };
        prop_assert!(matches_outcome, "{outcome:?} was reported as {result:?}");
        // There was a reason not to retry.
        if let Some((_, longest)) = scenario.delay(&outcome, last as u32) {
            let exceeds_time = longest.saturating_add(TIMER_GRANULARITY) >= remaining.saturating_sub(time);
            prop_assert!(last == scenario.max_retries as usize || exceeds_time, "{outcome:?} was not retried");
        }
    }
    if let Err(error) = &result {
        prop_assert_eq!(error.request().unwrap().attempts as usize, exchanges.len());
    }
    Ok(())
}
