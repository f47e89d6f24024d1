//! Sending a request: attempts, time limits and retries. Nothing here depends on what the answer means.

mod attempt;
mod redirect;
#[cfg(feature = "tracing")]
mod trace;

use std::time::Duration;

use http::StatusCode;
use tokio::time::Instant;

use crate::error::{Error, NoRetryReason, RequestInfo, Result, TimeoutError};
use crate::policy::auth::RequestCredentials;
use crate::policy::observe::{Attempt, Outcome};
use crate::policy::retry::{Cause, Decision, FailedAttempt};
use crate::request::Request;
use crate::transport::{AttemptResult, BoxFuture};

use attempt::BodyHandling;
pub(crate) use attempt::failure;

/// What follows an attempt.
enum NextStep {
    /// The call is done, well or not.
    Done,
    /// The token was refused: the server has not acted, and a new one may do.
    RenewToken,
    Retry(Duration),
    GiveUp(NoRetryReason),
}

impl Request {
    /// Sends the request until an attempt succeeds, fails for good, or time runs out.
    pub(crate) fn into_response(self) -> BoxFuture<'static, AttemptResult> {
        Box::pin(async move { self.call(BodyHandling::Buffer).await })
    }

    /// As [`into_response`](Self::into_response), without the body of a success: that is to be read.
    pub(crate) async fn open(&self) -> AttemptResult {
        self.call(BodyHandling::Stream).await
    }

    async fn call(&self, body_handling: BodyHandling) -> AttemptResult {
        let begin = Instant::now();
        let deadline = self.limits().timeout.and_then(|limit| begin.checked_add(limit));
        let mut info = RequestInfo::of(&self.operation);
        let client = &self.state;
        let mut secrets = client.credentials.secrets(client.api, &self.operation)?;
        if let Some(tokens) = client.credentials.tokens(&mut secrets, false) {
            self.within(deadline, info, tokens).await??;
        }
        let key = self.new_idempotency_key();
        if !self.payload.is_replayable() {
            return Err(Error::config(format!("{info}: the body is a stream that was sent already")));
        }
        let mut retries = 0;
        loop {
            let permit = match client.limiter.enter() {
                Some(turn) => self.within(deadline, info, turn).await?,
                None => None,
            };
            info.attempts += 1;
            let started = Instant::now();
            let mut result = self.attempt(&secrets, key.as_deref(), info, body_handling, started, deadline).await;
            if let Ok(response) = &mut result {
                client.limiter.note(&response.headers);
                response.elapsed = begin.elapsed();
            }
            let after = match cause(&result) {
                None => NextStep::Done,
                Some(cause) => {
                    let (RequestInfo { method, path, .. }, elapsed) = (info, begin.elapsed());
                    let is_idempotent = key.is_some() || self.is_idempotent();
                    self.after(&secrets, &FailedAttempt { method, path, cause, is_idempotent, retries, elapsed })
                }
            };
            self.observe(info, &result, started, &after);
            match after {
                NextStep::Done => {
                    if let Ok(response) = &mut result {
                        client.budget.give_back();
                        // What is read has left its permit to others.
                        if body_handling == BodyHandling::Stream {
                            response.unread.hold_permit(permit);
                        }
                    }
                    return result;
                }
                NextStep::GiveUp(why) => {
                    if let Ok(response) = &mut result {
                        response.request.no_retry_reason = Some(why);
                    }
                    return result.map_err(|error| error.stopped(why));
                }
                NextStep::RenewToken => {
                    // The source may need a permit for a request of its own.
                    drop((result, permit));
                    if let Some(tokens) = client.credentials.tokens(&mut secrets, true) {
                        self.within(deadline, info, tokens).await??;
                    }
                }
                NextStep::Retry(wait) => {
                    #[cfg(feature = "tracing")]
                    trace::retry(info, wait);
                    drop((result, permit));
                    self.within(deadline, info, Box::pin(tokio::time::sleep(wait))).await?;
                    retries += 1;
                }
            }
        }
    }

    /// Waits for something before the request is sent, for as long as the call may take.
    async fn within<T>(
        &self,
        deadline: Option<Instant>,
        request: RequestInfo,
        step: BoxFuture<'_, T>,
    ) -> Result<T> {
        let Some(deadline) = deadline else { return Ok(step.await) };
        let late = |_| {
            let limit = self.limits().timeout.unwrap_or_default();
            Error::Timeout(Box::new(TimeoutError { request, limit }))
        };
        tokio::time::timeout_at(deadline, step).await.map_err(late)
    }

    /// What follows an attempt that failed.
    fn after(&self, secrets: &RequestCredentials, failed: &FailedAttempt<'_>) -> NextStep {
        let client = &self.state;
        let is_refused = matches!(failed.cause, Cause::Response(StatusCode::UNAUTHORIZED, _));
        if is_refused && secrets.is_renewable && self.payload.is_replayable() {
            return NextStep::RenewToken;
        }
        let wait = match self.limits().retry.decide(failed) {
            Decision::Retry(wait) => wait,
            Decision::GiveUp(why) => return NextStep::GiveUp(why),
        };
        let is_late = |limit: Duration| failed.elapsed.checked_add(wait).is_none_or(|end| end >= limit);
        match () {
            () if failed.retries >= self.limits().max_retries => NextStep::GiveUp(NoRetryReason::MaxRetries),
            () if !self.payload.is_replayable() => NextStep::GiveUp(NoRetryReason::BodyNotReplayable),
            // A wait that time doesn't allow would only hide what the server said.
            () if self.limits().timeout.is_some_and(is_late) => NextStep::GiveUp(NoRetryReason::Timeout),
            () if !client.budget.take() => NextStep::GiveUp(NoRetryReason::Budget),
            () => NextStep::Retry(wait),
        }
    }

    /// Tells of an attempt.
    fn observe(&self, info: RequestInfo, result: &AttemptResult, started: Instant, after: &NextStep) {
        let Some(observer) = &self.state.observer else { return };
        let next = match after {
            NextStep::Retry(wait) => Some(*wait),
            NextStep::RenewToken => Some(Duration::ZERO),
            NextStep::Done | NextStep::GiveUp(_) => None,
        };
        observer.attempt(&Attempt {
            operation: self.operation.id,
            method: info.method,
            path: info.path,
            number: info.attempts,
            outcome: match result {
                Ok(response) => Outcome::Response(response.status, &response.headers),
                Err(error) => Outcome::Error(error),
            },
            elapsed: started.elapsed(),
            next,
        });
    }
}

/// How an attempt failed, if it did so in a way that another one might not.
fn cause(result: &AttemptResult) -> Option<Cause<'_>> {
    match result {
        Ok(response) if response.status.is_success() => None,
        Ok(response) => Some(Cause::Response(response.status, &response.headers)),
        Err(Error::Connection(error)) if !error.sent => Some(Cause::NoConnection),
        Err(Error::Connection(_) | Error::Timeout(_)) => Some(Cause::Interrupted),
        // Too large an answer, or a file that isn't there: it will be so the next time.
        Err(_) => None,
    }
}
