//! Whatever goes wrong in whatever order, retries keep to the rules and to the time. The clock is paused.

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use sdk_runtime::transport::TransportErrorKind;
use sdk_runtime::{Client, Error, RetryPolicy};
use tokio::time::Instant;

use crate::config;
use crate::support::memory::{Memory, Step};
use crate::support::{builder, create_thing, delete_thing, find_thing};

/// A course of events, and the settings that a call meets it with. No step takes just as long as an attempt may.
#[derive(Clone, Debug)]
struct Course {
    method: &'static str,
    /// After the last of them all goes well.
    steps: Vec<Step>,
    max_retries: u32,
    initial_backoff: Duration,
    max_backoff: Duration,
    max_retry_after: Duration,
    attempt_timeout: Duration,
    timeout: Option<Duration>,
}

fn course() -> impl Strategy<Value = Course> {
    let status = prop::sample::select(vec![200, 301, 400, 401, 408, 409, 425, 429, 429, 500, 502, 503, 503, 599]);
    let asked = prop_oneof![
        4 => Just(None),
        3 => (0..100u64).prop_map(|seconds| Some(seconds.to_string())),
        1 => prop::sample::select(vec!["-1", "soon", "", "1e3", "18446744073709551615", "99999999999999999999"])
            .prop_map(|text| Some(text.to_owned())),
    ];
    let answer = (status, asked).prop_map(|(status, asked)| {
        Step::Answer(status, asked.into_iter().map(|asked| ("retry-after", asked)).collect())
    });
    let kinds = [TransportErrorKind::Connect, TransportErrorKind::Exchange, TransportErrorKind::Timeout];
    let step = prop_oneof![
        6 => answer,
        3 => prop::sample::select(kinds.to_vec()).prop_map(Step::Fail),
        1 => Just(Step::Hang),
    ];
    let step =
        (0..20u64, step).prop_map(|(seconds, step)| Step::After(Duration::from_secs(seconds), Box::new(step)));
    let wait = || {
        prop_oneof![
            (0..60_000u64).prop_map(Duration::from_millis),
            prop::sample::select(vec![Duration::ZERO, Duration::from_nanos(1), Duration::MAX]),
        ]
    };
    let limit = |most: u64| (0..most).prop_map(|seconds| Duration::from_millis(seconds * 1000 + 500));
    (
        prop::sample::select(vec!["GET", "POST", "DELETE"]),
        vec(step, 0..6),
        prop_oneof![0..5u32, Just(u32::MAX)],
        (wait(), wait(), wait()),
        limit(40),
        prop::option::of(limit(200)),
    )
        .prop_map(|(method, steps, max_retries, waits, attempt_timeout, timeout)| {
            let (initial_backoff, max_backoff, max_retry_after) = waits;
            Course {
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

impl Course {
    fn client(&self, memory: &Memory) -> Client {
        let mut policy = RetryPolicy::default();
        policy.initial_backoff = self.initial_backoff;
        policy.max_backoff = self.max_backoff;
        policy.max_retry_after = self.max_retry_after;
        let builder = builder("https://api.example.com").retry(policy).max_retries(self.max_retries);
        let builder = builder.attempt_timeout(self.attempt_timeout).transport(memory.clone());
        match self.timeout {
            Some(limit) => builder.timeout(limit),
            None => builder,
        }
        .build()
        .unwrap()
    }

    /// How the attempt of this number ends, if time allows: after how long, and with what.
    fn end(&self, number: usize) -> (Duration, Step) {
        match self.steps.get(number) {
            None => (Duration::ZERO, Step::Answer(200, Vec::new())),
            Some(Step::After(time, step)) if *time < self.attempt_timeout && !matches!(**step, Step::Hang) => {
                (*time, (**step).clone())
            }
            Some(_) => (self.attempt_timeout, Step::Fail(TransportErrorKind::Timeout)),
        }
    }

    /// The shortest and the longest wait behind such an end, by the rules as they are written for people; nothing where
    /// there is to be no other attempt.
    fn wait(&self, end: &Step, retries: u32) -> Option<(Duration, Duration)> {
        let is_idempotent = self.method != "POST";
        let doubled = self.initial_backoff.saturating_mul(2u32.saturating_pow(retries));
        let own = Some((Duration::ZERO, doubled.min(self.max_backoff)));
        let Step::Answer(status, headers) = end else {
            return own.filter(|_| is_idempotent || matches!(end, Step::Fail(TransportErrorKind::Connect)));
        };
        let asked = headers.first().map(|(_, asked)| asked);
        let may_be_repeated = match status {
            429 => true,
            503 if asked.is_some() => true,
            408 | 500..=599 => is_idempotent,
            _ => false,
        };
        let seconds = |asked: &String| match asked.as_str() {
            "99999999999999999999" => Some(u64::MAX),
            asked => asked.parse().ok(),
        };
        match asked.and_then(seconds).map(Duration::from_secs) {
            _ if !may_be_repeated => None,
            Some(asked) => Some((asked, asked)).filter(|_| asked <= self.max_retry_after),
            None => own,
        }
    }
}

/// A timer's tick: what waits does so to the end of it.
const TICK: Duration = Duration::from_millis(2);

/// A year: timers take what is far off for some decades.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

#[test]
fn retries_keep_to_the_rules_and_to_the_time() {
    let test = |course: Course| {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(follow(&course))
    };
    TestRunner::new(config(2000)).run(&course(), test).unwrap();
}

async fn follow(course: &Course) -> Result<(), TestCaseError> {
    let steps = course.steps.clone();
    let memory = Memory::new(move |number| steps.get(number).cloned().unwrap_or(Step::Answer(200, Vec::new())));
    let client = course.client(&memory);
    let begin = Instant::now();
    let result = match course.method {
        "GET" => find_thing(&client, "a", "b").await,
        "POST" => create_thing(&client).await,
        _ => delete_thing(&client).await,
    };
    let took = begin.elapsed();
    let limit = course.timeout.unwrap_or(Duration::MAX);
    prop_assert!(took <= limit.saturating_add(TICK), "{took:?}");

    let exchanges = memory.exchanges();
    let last = exchanges.len() - 1;
    prop_assert!(last <= course.max_retries as usize);
    for (number, pair) in exchanges.windows(2).enumerate() {
        let (time, end) = course.end(number);
        let took = pair[0].end.unwrap() - pair[0].begin;
        prop_assert!(time <= took && took <= time + TICK, "{took:?}");
        let bounds = course.wait(&end, number as u32);
        let wait = pair[1].begin - pair[0].end.unwrap();
        let keeps =
            bounds.is_some_and(|(least, most)| least.min(LONGEST) <= wait && wait <= most.saturating_add(TICK));
        prop_assert!(keeps, "{end:?} was repeated after {wait:?}, not {bounds:?}");
    }

    // The call ends with the last exchange, and the caller learns of that one.
    prop_assert_eq!(exchanges[last].end, Some(begin + took));
    let (time, end) = course.end(last);
    let left = limit.saturating_sub(exchanges[last].begin - begin);
    let is_out_of_time = matches!(&result, Err(Error::Timeout(error)) if error.limit == limit);
    if time > left {
        prop_assert!(is_out_of_time, "{result:?}");
    } else if !is_out_of_time || time.saturating_add(TICK) < left {
        let is_told = match (&end, &result) {
            (Step::Answer(200, _), Ok(Some(thing))) => thing.id == 7,
            (Step::Answer(status, _), Err(Error::Api(error))) => error.status == *status,
            (Step::Fail(TransportErrorKind::Timeout), Err(Error::Timeout(error))) => {
                error.limit == course.attempt_timeout
            }
            (Step::Fail(kind), Err(Error::Connection(error))) => {
                error.sent == (*kind != TransportErrorKind::Connect)
            }
            _ => false,
        };
        prop_assert!(is_told, "{end:?} became {result:?}");
        // And there was a reason to stop there.
        if let Some((_, longest)) = course.wait(&end, last as u32) {
            let is_late = longest.saturating_add(TICK) >= left.saturating_sub(time);
            prop_assert!(last == course.max_retries as usize || is_late, "{end:?} was not repeated");
        }
    }
    if let Err(error) = &result {
        prop_assert_eq!(error.request().unwrap().attempts as usize, exchanges.len());
    }
    Ok(())
}
