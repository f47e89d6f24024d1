//! When a failed attempt is worth another, how long to wait before it, and how many there may be.

mod after;
mod budget;
mod policy;

use std::fmt;
use std::time::{Duration, SystemTime};

use http::{HeaderMap, StatusCode};

pub use budget::RetryBudget;
pub use policy::RetryPolicy;

/// Decides what becomes of a failed attempt. [`RetryPolicy`] has the rules of this SDK; a closure can have others.
///
/// It is asked after every attempt that failed, as long as the number of retries, the [budget](RetryBudget) and the
/// call's time allow another one at all. It is never asked where the body can't be sent again.
///
/// ```
/// # use std::time::Duration;
/// use sdk_runtime::retry::{Cause, Decision, Failed, NoRetry, Retry, RetryPolicy};
///
/// /// As usual, but 409 is a conflict that goes away by itself.
/// fn patient() -> impl Retry {
///     let usual = RetryPolicy::default();
///     move |failed: &Failed<'_>| match failed.cause {
///         Cause::Answer(status, _) if status.as_u16() == 409 => Decision::Again(Duration::from_secs(1)),
///         _ => usual.decide(failed),
///     }
/// }
/// ```
pub trait Retry: Send + Sync + 'static {
    /// What becomes of the attempt.
    fn decide(&self, failed: &Failed<'_>) -> Decision;
}

impl<F: Fn(&Failed<'_>) -> Decision + Send + Sync + 'static> Retry for F {
    fn decide(&self, failed: &Failed<'_>) -> Decision {
        self(failed)
    }
}

/// An attempt that failed, as far as a retry depends on it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Failed<'a> {
    /// The HTTP method.
    pub method: &'static str,
    /// The path's template.
    pub path: &'static str,
    /// How it failed.
    pub cause: Cause<'a>,
    /// Whether sending the request twice does no more than sending it once: by its method, because it has an
    /// idempotency key, or because the program says so.
    pub is_idempotent: bool,
    /// How many retries there were before this attempt.
    pub retries: u32,
    /// How long the call has taken so far.
    pub elapsed: Duration,
}

impl Failed<'_> {
    /// The wait that the server asks for in its answer: `Retry-After-Ms`, or `Retry-After` in seconds or as a date.
    pub fn retry_after(&self) -> Option<Duration> {
        match &self.cause {
            Cause::Answer(_, headers) => asked_wait(headers),
            _ => None,
        }
    }
}

/// The wait that the server asks for in these headers.
pub(crate) fn asked_wait(headers: &HeaderMap) -> Option<Duration> {
    after::wait(headers, SystemTime::now())
}

/// How an attempt failed.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Cause<'a> {
    /// No connection was made: the server has not seen the request.
    NoConnection,
    /// The connection broke, or time ran out, after the server may have seen the request.
    Broken,
    /// The server answered, and not with a success.
    Answer(StatusCode, &'a HeaderMap),
}

/// What becomes of a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decision {
    /// Another one, after this wait.
    Again(Duration),
    /// None: the call fails.
    Stop(NoRetry),
}

/// Why a request was not sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NoRetry {
    /// The failure would be the same the next time.
    Final,
    /// The server may have acted on it, and would act twice.
    Unsafe,
    /// It was sent as often as is allowed.
    Exhausted,
    /// The client's budget of retries is used up: most calls fail, and more requests would not help the server.
    Budget,
    /// The time for the call would have run out before.
    Time,
    /// The server asked for a longer wait than the policy allows.
    TooLong,
    /// Its body is a stream, which can't be read a second time.
    Body,
}

/// Says it as the end of a sentence about the request.
impl fmt::Display for NoRetry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Final => "it would fail again",
            Self::Unsafe => "the server may have acted on it",
            Self::Exhausted => "it was sent as often as is allowed",
            Self::Budget => "the client's budget of retries is used up",
            Self::Time => "no time is left for another attempt",
            Self::TooLong => "the server asks for a longer wait than is allowed",
            Self::Body => "its body can't be read a second time",
        })
    }
}
