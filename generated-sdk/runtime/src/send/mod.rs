//! Sending a request: attempts, time limits and retries. Nothing here depends on what the answer means.

mod attempt;
mod redirect;

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use tokio::time::Instant;

use crate::auth::Secrets;
use crate::body::Body;
use crate::error::{Error, RequestInfo, Result, TimeoutError};
use crate::observe::{Attempt, Outcome};
use crate::request::Request;
use crate::retry::{Cause, Decision, Failed, NoRetry};
use crate::transport::BoxFuture;

pub(crate) use attempt::failure;

/// An answer, not yet decoded.
pub(crate) struct Answer {
    pub(crate) request: RequestInfo,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// What of its body was not read.
    pub(crate) unread: Body,
    pub(crate) elapsed: Duration,
}

/// An answer goes through several hands, and would be copied by each.
pub(crate) type Answered = Result<Box<Answer>>;

/// What of an answer is read before the call is done.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    Whole,
    /// The headers alone, where the answer is a success.
    Head,
}

/// What follows an attempt.
enum After {
    /// The call is done, well or not.
    Done,
    /// The token was refused: the server has not acted, and a new one may do.
    Renew,
    Again(Duration),
    Stop(NoRetry),
}

impl Request {
    /// Sends the request until an attempt succeeds, fails for good, or time runs out.
    pub(crate) fn into_answer(self) -> BoxFuture<'static, Answered> {
        Box::pin(async move { self.call(Extent::Whole).await })
    }

    /// As [`into_answer`](Self::into_answer), without the body of a success: that is to be read.
    pub(crate) async fn open(&self) -> Answered {
        self.call(Extent::Head).await
    }

    async fn call(&self, extent: Extent) -> Answered {
        let begin = Instant::now();
        let deadline = self.limits().timeout.and_then(|limit| begin.checked_add(limit));
        let mut info = RequestInfo::of(&self.operation);
        let client = &self.client.0;
        let mut secrets = client.credentials.secrets(client.api, &self.operation)?;
        if let Some(tokens) = client.credentials.tokens(&mut secrets, false) {
            self.within(deadline, info, tokens).await??;
        }
        let key = self.new_idempotency_key();
        if !self.payload.is_whole() {
            return Err(Error::config(format!("{info}: the body is a stream that was sent already")));
        }
        let mut retries = 0;
        loop {
            let place = match client.limiter.enter() {
                Some(turn) => self.within(deadline, info, turn).await?,
                None => None,
            };
            info.attempts += 1;
            let started = Instant::now();
            let mut result = self.attempt(&secrets, key.as_deref(), info, extent, started, deadline).await;
            if let Ok(answer) = &mut result {
                client.limiter.note(&answer.headers);
                answer.elapsed = begin.elapsed();
            }
            let after = match cause(&result) {
                None => After::Done,
                Some(cause) => {
                    let (RequestInfo { method, path, .. }, elapsed) = (info, begin.elapsed());
                    let is_idempotent = key.is_some() || self.is_idempotent();
                    self.after(&secrets, &Failed { method, path, cause, is_idempotent, retries, elapsed })
                }
            };
            self.observe(info, &result, started, &after);
            match after {
                After::Done => {
                    if let Ok(answer) = &mut result {
                        client.budget.give_back();
                        // What is read has left its place to others.
                        if extent == Extent::Head {
                            answer.unread.take_place(place);
                        }
                    }
                    return result;
                }
                After::Stop(why) => {
                    if let Ok(answer) = &mut result {
                        answer.request.no_retry = Some(why);
                    }
                    return result.map_err(|error| error.stopped(why));
                }
                After::Renew => {
                    // The source may need a place for a request of its own.
                    drop((result, place));
                    if let Some(tokens) = client.credentials.tokens(&mut secrets, true) {
                        self.within(deadline, info, tokens).await??;
                    }
                }
                After::Again(wait) => {
                    #[cfg(feature = "tracing")]
                    crate::trace::again(info, wait);
                    drop((result, place));
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
    fn after(&self, secrets: &Secrets, failed: &Failed<'_>) -> After {
        let client = &self.client.0;
        let is_refused = matches!(failed.cause, Cause::Answer(StatusCode::UNAUTHORIZED, _));
        if is_refused && secrets.is_renewable && self.payload.is_whole() {
            return After::Renew;
        }
        let wait = match self.limits().retry.decide(failed) {
            Decision::Again(wait) => wait,
            Decision::Stop(why) => return After::Stop(why),
        };
        let is_late = |limit: Duration| failed.elapsed.checked_add(wait).is_none_or(|end| end >= limit);
        match () {
            () if failed.retries >= self.limits().max_retries => After::Stop(NoRetry::Exhausted),
            () if !self.payload.is_whole() => After::Stop(NoRetry::Body),
            // A wait that time doesn't allow would only hide what the server said.
            () if self.limits().timeout.is_some_and(is_late) => After::Stop(NoRetry::Time),
            () if !client.budget.take() => After::Stop(NoRetry::Budget),
            () => After::Again(wait),
        }
    }

    /// Tells of an attempt.
    fn observe(&self, info: RequestInfo, result: &Answered, started: Instant, after: &After) {
        let Some(observer) = &self.client.0.observer else { return };
        let next = match after {
            After::Again(wait) => Some(*wait),
            After::Renew => Some(Duration::ZERO),
            After::Done | After::Stop(_) => None,
        };
        observer.attempt(&Attempt {
            operation: self.operation.id,
            method: info.method,
            path: info.path,
            number: info.attempts,
            outcome: match result {
                Ok(answer) => Outcome::Answer(answer.status, &answer.headers),
                Err(error) => Outcome::Error(error),
            },
            elapsed: started.elapsed(),
            next,
        });
    }
}

/// How an attempt failed, if it did so in a way that another one might not.
fn cause(result: &Answered) -> Option<Cause<'_>> {
    match result {
        Ok(answer) if answer.status.is_success() => None,
        Ok(answer) => Some(Cause::Answer(answer.status, &answer.headers)),
        Err(Error::Connection(error)) if !error.sent => Some(Cause::NoConnection),
        Err(Error::Connection(_) | Error::Timeout(_)) => Some(Cause::Broken),
        // Too large an answer, or a file that isn't there: it will be so the next time.
        Err(_) => None,
    }
}
