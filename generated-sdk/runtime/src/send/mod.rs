//! Sends a request: attempts, timeouts and retries. Independent of the type of the result.

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
pub(crate) use attempt::exchange_error;

/// Next step after an attempt.
enum NextStep {
    /// Return the result of the attempt.
    Done,
    /// The token was rejected, so the server has not acted. Request a new token and send the request again.
    RenewToken,
    Retry(Duration),
    GiveUp(NoRetryReason),
}

impl Request {
    /// Sends the request until an attempt succeeds, fails permanently, or the call times out.
    pub(crate) fn into_response(self) -> BoxFuture<'static, AttemptResult> {
        Box::pin(async move { self.call(BodyHandling::Buffer).await })
    }

    /// Sends the request like [`into_response`](Self::into_response), without reading the body of a
    /// successful response.
    pub(crate) async fn open(&self) -> AttemptResult {
        self.call(BodyHandling::Stream).await
    }

    async fn call(&self, body_handling: BodyHandling) -> AttemptResult {
        let begin = Instant::now();
        let deadline = self.limits().timeout.and_then(|limit| begin.checked_add(limit));
        let mut info = RequestInfo::new(self.state.api, &self.operation);
        let client = &self.state;
        let mut secrets = client.credentials.secrets(client.api, &self.operation)?;
        if let Some(tokens) = client.credentials.tokens(&mut secrets, false) {
            self.with_deadline(deadline, info, tokens).await??;
        }
        let key = self.new_idempotency_key();
        if !self.payload.is_replayable() {
            return Err(Error::config(format!("{info}: the body is a stream that was already sent")));
        }
        let mut retries = 0;
        loop {
            let permit = match client.limiter.acquire() {
                Some(permit) => self.with_deadline(deadline, info, permit).await?,
                None => None,
            };
            info.attempts += 1;
            let started = Instant::now();
            let mut result = self.attempt(&secrets, key.as_deref(), info, body_handling, started, deadline).await;
            if let Ok(response) = &mut result {
                client.limiter.update(&response.headers);
                response.elapsed = begin.elapsed();
            }
            let next_step = match cause(&result) {
                None => NextStep::Done,
                Some(cause) => {
                    let (RequestInfo { method, path, .. }, elapsed) = (info, begin.elapsed());
                    let is_idempotent = key.is_some() || self.is_idempotent();
                    self.next_step(
                        &secrets,
                        &FailedAttempt { method, path, cause, is_idempotent, retries, elapsed },
                    )
                }
            };
            self.observe(info, &result, started, &next_step);
            match next_step {
                NextStep::Done => {
                    if let Ok(response) = &mut result {
                        client.budget.give_back();
                        // A response that was read completely releases its permit.
                        if body_handling == BodyHandling::Stream {
                            response.unread.hold_permit(permit);
                        }
                    }
                    return result;
                }
                NextStep::GiveUp(reason) => {
                    if let Ok(response) = &mut result {
                        response.request.no_retry_reason = Some(reason);
                    }
                    return result.map_err(|error| error.with_no_retry_reason(reason));
                }
                NextStep::RenewToken => {
                    // The source may need a permit for its own request.
                    drop((result, permit));
                    if let Some(tokens) = client.credentials.tokens(&mut secrets, true) {
                        self.with_deadline(deadline, info, tokens).await??;
                    }
                }
                NextStep::Retry(delay) => {
                    #[cfg(feature = "tracing")]
                    trace::retry(info, delay);
                    drop((result, permit));
                    self.with_deadline(deadline, info, Box::pin(tokio::time::sleep(delay))).await?;
                    retries += 1;
                }
            }
        }
    }

    /// Awaits a step before the request is sent, limited by the timeout of the call.
    async fn with_deadline<T>(
        &self,
        deadline: Option<Instant>,
        request: RequestInfo,
        step: BoxFuture<'_, T>,
    ) -> Result<T> {
        let Some(deadline) = deadline else { return Ok(step.await) };
        let timeout_error = |_| {
            let limit = self.limits().timeout.unwrap_or_default();
            Error::Timeout(Box::new(TimeoutError { request, limit }))
        };
        tokio::time::timeout_at(deadline, step).await.map_err(timeout_error)
    }

    /// Returns the next step after a failed attempt.
    fn next_step(&self, secrets: &RequestCredentials, failed: &FailedAttempt<'_>) -> NextStep {
        let client = &self.state;
        let is_unauthorized = matches!(failed.cause, Cause::Response(StatusCode::UNAUTHORIZED, _));
        if is_unauthorized && secrets.is_renewable && self.payload.is_replayable() {
            return NextStep::RenewToken;
        }
        let delay = match self.limits().retry.decide(failed) {
            Decision::Retry(delay) => delay,
            Decision::GiveUp(reason) => return NextStep::GiveUp(reason),
        };
        let exceeds = |limit: Duration| failed.elapsed.checked_add(delay).is_none_or(|end| end >= limit);
        match () {
            () if failed.retries >= self.limits().max_retries => NextStep::GiveUp(NoRetryReason::MaxRetries),
            () if !self.payload.is_replayable() => NextStep::GiveUp(NoRetryReason::BodyNotReplayable),
            // Waiting until the timeout would only hide the response of the server.
            () if self.limits().timeout.is_some_and(exceeds) => NextStep::GiveUp(NoRetryReason::Timeout),
            () if !client.budget.take() => NextStep::GiveUp(NoRetryReason::Budget),
            () => NextStep::Retry(delay),
        }
    }

    /// Notifies the observer of an attempt.
    fn observe(&self, info: RequestInfo, result: &AttemptResult, started: Instant, next_step: &NextStep) {
        let Some(observer) = &self.state.observer else { return };
        let next = match next_step {
            NextStep::Retry(delay) => Some(*delay),
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

/// Returns the cause of a failed attempt, if a retry might succeed.
fn cause(result: &AttemptResult) -> Option<Cause<'_>> {
    match result {
        Ok(response) if response.status.is_success() => None,
        Ok(response) => Some(Cause::Response(response.status, &response.headers)),
        Err(Error::Connection(error)) if !error.sent => Some(Cause::NoConnection),
        Err(Error::Connection(_) | Error::Timeout(_)) => Some(Cause::Interrupted),
        // Permanent, such as a response that is too large or a missing file.
        Err(_) => None,
    }
}
