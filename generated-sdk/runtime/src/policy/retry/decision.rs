use std::time::Duration;

use http::{HeaderMap, StatusCode};

use crate::error::NoRetryReason;
use crate::error::retry_headers::retry_after;

/// Decides what becomes of a failed attempt. [`RetryPolicy`](super::RetryPolicy) has the rules of this SDK; a closure can have others.
///
/// It is asked after every attempt that failed, as long as the number of retries, the [budget](super::RetryBudget) and the
/// call's time allow another one at all. It is never asked where the body can't be sent again.
///
/// ```
/// # use std::time::Duration;
/// use sdk_runtime::retry::{Cause, Decision, FailedAttempt, NoRetryReason, Retry, RetryPolicy};
///
/// /// As usual, but 409 is a conflict that goes away by itself.
/// fn patient() -> impl Retry {
///     let usual = RetryPolicy::default();
///     move |failed: &FailedAttempt<'_>| match failed.cause {
///         Cause::Response(status, _) if status.as_u16() == 409 => Decision::Retry(Duration::from_secs(1)),
///         _ => usual.decide(failed),
///     }
/// }
/// ```
pub trait Retry: Send + Sync + 'static {
    /// What becomes of the attempt.
    fn decide(&self, failed: &FailedAttempt<'_>) -> Decision;
}

impl<F: Fn(&FailedAttempt<'_>) -> Decision + Send + Sync + 'static> Retry for F {
    fn decide(&self, failed: &FailedAttempt<'_>) -> Decision {
        self(failed)
    }
}

/// An attempt that failed, as far as a retry depends on it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FailedAttempt<'a> {
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

impl FailedAttempt<'_> {
    /// The wait that the server asks for in its answer: `Retry-After-Ms`, or `Retry-After` in seconds or as a date.
    pub fn retry_after(&self) -> Option<Duration> {
        match &self.cause {
            Cause::Response(_, headers) => retry_after(headers),
            _ => None,
        }
    }
}

/// How an attempt failed.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Cause<'a> {
    /// No connection was made: the server has not seen the request.
    NoConnection,
    /// The connection broke, or time ran out, after the server may have seen the request.
    Interrupted,
    /// The server answered, and not with a success.
    Response(StatusCode, &'a HeaderMap),
}

/// What becomes of a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decision {
    /// Another one, after this wait.
    Retry(Duration),
    /// None: the call fails.
    GiveUp(NoRetryReason),
}
