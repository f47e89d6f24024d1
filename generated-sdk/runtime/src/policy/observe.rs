//! Observers of attempts, for metrics and logs.

use std::fmt;
use std::time::Duration;

use http::{HeaderMap, StatusCode};

use crate::error::Error;

/// Observer that is called after every attempt.
///
/// It runs in the task that makes the call, so it should return quickly. Closures implement this trait.
///
/// # Examples
/// ```
/// # use std::sync::atomic::{AtomicU32, Ordering};
/// use sdk_runtime::observe::{Attempt, Observer};
///
/// static FAILED: AtomicU32 = AtomicU32::new(0);
///
/// fn count_failures() -> impl Observer {
///     |attempt: &Attempt<'_>| {
///         if !attempt.is_success() {
///             FAILED.fetch_add(1, Ordering::Relaxed);
///         }
///     }
/// }
/// ```
pub trait Observer: Send + Sync + 'static {
    /// Handles an attempt that has ended. It is not called for attempts of dropped calls.
    fn attempt(&self, attempt: &Attempt<'_>);
}

impl<F: Fn(&Attempt<'_>) + Send + Sync + 'static> Observer for F {
    fn attempt(&self, attempt: &Attempt<'_>) {
        self(attempt);
    }
}

/// Completed attempt. Contains neither parameter values nor credentials.
#[derive(Debug)]
#[non_exhaustive]
pub struct Attempt<'a> {
    /// `operationId` in the API's document. `any` for requests with a custom method and path.
    pub operation: &'static str,
    /// HTTP method, in capitals.
    pub method: &'static str,
    /// Path template, such as `/accounts/{account_id}`, without parameter values.
    pub path: &'static str,
    /// Number of the attempt within the call, starting at 1.
    pub number: u32,
    /// Outcome of the attempt.
    pub outcome: Outcome<'a>,
    /// Duration of the attempt.
    pub elapsed: Duration,
    /// Delay until the next attempt, or `None` if this is the last one.
    pub next: Option<Duration>,
}

impl Attempt<'_> {
    /// Returns `true` if the response has a success status (2xx).
    pub fn is_success(&self) -> bool {
        matches!(self.outcome, Outcome::Response(status, _) if status.is_success())
    }
}

/// Outcome of an attempt.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Outcome<'a> {
    /// The server sent a response with this status and these headers.
    Response(StatusCode, &'a HeaderMap),
    /// There is no complete response.
    Error(&'a Error),
}

/// Headers are not shown because they may contain cookies, and URLs with credentials.
impl fmt::Debug for Outcome<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Response(status, _) => formatter.debug_tuple("Response").field(status).finish_non_exhaustive(),
            Self::Error(error) => formatter.debug_tuple("Error").field(error).finish(),
        }
    }
}
