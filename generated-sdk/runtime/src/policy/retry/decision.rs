use std::time::Duration;

use http::{HeaderMap, StatusCode};

use crate::error::NoRetryReason;
use crate::error::retry_headers::retry_after;

/// Decides whether a failed attempt is retried.
///
/// [`RetryPolicy`](super::RetryPolicy) implements the default rules. A closure can implement others.
///
/// The policy is called after every failed attempt. A retry also requires that the maximum number of retries
/// is not reached, that the body can be sent again, that the timeout of the call allows the delay, and that
/// the [budget](super::RetryBudget) is not used up.
///
/// # Examples
/// ```
/// # use std::time::Duration;
/// use sdk_runtime::retry::{Cause, Decision, FailedAttempt, NoRetryReason, Retry, RetryPolicy};
///
/// /// The default rules, and retries of temporary conflicts (409).
/// fn retry_conflicts() -> impl Retry {
///     let default = RetryPolicy::default();
///     move |failed: &FailedAttempt<'_>| match failed.cause {
///         Cause::Response(status, _) if status.as_u16() == 409 => Decision::Retry(Duration::from_secs(1)),
///         _ => default.decide(failed),
///     }
/// }
/// ```
pub trait Retry: Send + Sync + 'static {
    /// Returns the decision for a failed attempt.
    fn decide(&self, failed: &FailedAttempt<'_>) -> Decision;
}

impl<F: Fn(&FailedAttempt<'_>) -> Decision + Send + Sync + 'static> Retry for F {
    fn decide(&self, failed: &FailedAttempt<'_>) -> Decision {
        self(failed)
    }
}

/// A failed attempt.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FailedAttempt<'a> {
    /// HTTP method, in capitals.
    pub method: &'static str,
    /// Path template, such as `/accounts/{account_id}`, without parameter values.
    pub path: &'static str,
    /// Cause of the failure.
    pub cause: Cause<'a>,
    /// `true` if sending the request twice has the same effect as sending it once: because of its method,
    /// because it has an idempotency key, or because the caller declared it.
    pub is_idempotent: bool,
    /// Number of retries before this attempt.
    pub retries: u32,
    /// Time since the start of the call.
    pub elapsed: Duration,
}

impl FailedAttempt<'_> {
    /// Returns the delay requested by the server with `Retry-After-Ms`, or with `Retry-After` in seconds or
    /// as a date.
    pub fn retry_after(&self) -> Option<Duration> {
        match &self.cause {
            Cause::Response(_, headers) => retry_after(headers),
            _ => None,
        }
    }
}

/// Cause of a failed attempt.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Cause<'a> {
    /// The connection could not be established, so the server has not received the request.
    NoConnection,
    /// The connection broke or the attempt timed out. The server may have received the request.
    Interrupted,
    /// The server sent a response without a success status.
    Response(StatusCode, &'a HeaderMap),
}

/// Decision about a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decision {
    /// Retry after this delay.
    Retry(Duration),
    /// Fail the call for this reason.
    GiveUp(NoRetryReason),
}
