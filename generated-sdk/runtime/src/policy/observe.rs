//! What a program can learn of the requests that its client sends: for metrics, and for logs of its own.

use std::fmt;
use std::time::Duration;

use http::{HeaderMap, StatusCode};

use crate::error::Error;

/// Is told of every attempt. A closure is one. It is called where the request is sent, so it should not take long.
///
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
    /// An attempt has ended. One whose call is dropped meanwhile is not told of.
    fn attempt(&self, attempt: &Attempt<'_>);
}

impl<F: Fn(&Attempt<'_>) + Send + Sync + 'static> Observer for F {
    fn attempt(&self, attempt: &Attempt<'_>) {
        self(attempt);
    }
}

/// An attempt that has ended. There is no value of a parameter in it, and no credential.
#[derive(Debug)]
#[non_exhaustive]
pub struct Attempt<'a> {
    /// The operation's id in the API's document.
    pub operation: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// The path's template.
    pub path: &'static str,
    /// Which of the call's attempts it is, from one.
    pub number: u32,
    /// What came of it.
    pub outcome: Outcome<'a>,
    /// How long it took.
    pub elapsed: Duration,
    /// How long the call will wait until the next attempt; nothing where this is the last.
    pub next: Option<Duration>,
}

impl Attempt<'_> {
    /// Whether the server answered with success.
    pub fn is_success(&self) -> bool {
        matches!(self.outcome, Outcome::Response(status, _) if status.is_success())
    }
}

/// What came of an attempt.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Outcome<'a> {
    /// The server answered.
    Response(StatusCode, &'a HeaderMap),
    /// There is no answer, or not all of it.
    Error(&'a Error),
}

/// Headers are left out: there may be cookies and URLs with credentials in them.
impl fmt::Debug for Outcome<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Response(status, _) => formatter.debug_tuple("Response").field(status).finish_non_exhaustive(),
            Self::Error(error) => formatter.debug_tuple("Error").field(error).finish(),
        }
    }
}
