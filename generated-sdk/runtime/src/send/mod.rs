//! Sending a request: attempts, time limits and retries. Nothing here depends on what the answer means.

mod attempt;
mod redirect;

use std::future::Future;
use std::pin::{Pin, pin};
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

/// An answer, not yet read.
pub(crate) struct Answer {
    pub(crate) request: RequestInfo,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) elapsed: Duration,
}

/// An answer, and what of its body was not read.
pub(crate) type Opened = (Answer, Body);

/// A step of a call, without its type: so the limits of time around it are compiled once.
type Step<'a> = Pin<&'a mut (dyn Future<Output = Result<Opened>> + Send)>;

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
    pub(crate) fn into_answer(self) -> BoxFuture<'static, Result<Answer>> {
        Box::pin(async move { Ok(self.call(Extent::Whole).await?.0) })
    }

    /// As [`into_answer`](Self::into_answer), without the body of a success: that is to be read.
    pub(crate) async fn open(&self) -> Result<Opened> {
        self.call(Extent::Head).await
    }

    async fn call(&self, extent: Extent) -> Result<Opened> {
        let begin = Instant::now();
        let deadline = self.limits.timeout.and_then(|limit| begin.checked_add(limit));
        let mut info = RequestInfo::of(&self.operation);
        let client = &self.client.0;
        let attempts = async {
            let mut secrets = client.credentials.secrets(client.api, &self.operation, None).await?;
            let key = self.new_idempotency_key();
            if !self.payload.is_whole() {
                return Err(Error::config(format!("{info}: the body is a stream that was sent already")));
            }
            let mut retries = 0;
            loop {
                let place = client.limiter.enter().await;
                info.attempts += 1;
                let started = Instant::now();
                let result = self.attempt(&secrets, key.as_ref(), info, extent, started, deadline).await;
                if let Ok((answer, _)) = &result {
                    client.limiter.note(&answer.headers);
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
                        if result.is_ok() {
                            client.budget.give_back();
                        }
                        return result.map(|(answer, body)| (answer, body.in_place(place)));
                    }
                    After::Stop(why) => return stopped(result, why),
                    After::Renew => {
                        // The source may need a place for a request of its own.
                        drop((result, place));
                        secrets = client.credentials.secrets(client.api, &self.operation, Some(&secrets)).await?;
                        secrets.is_renewable = false;
                    }
                    After::Again(wait) => {
                        #[cfg(feature = "tracing")]
                        crate::trace::again(info, wait);
                        drop((result, place));
                        tokio::time::sleep(wait).await;
                        retries += 1;
                    }
                }
            }
        };
        let limit = self.limits.timeout;
        let outcome = {
            let attempts: Step<'_> = pin!(attempts);
            match limit {
                None => Some(attempts.await),
                Some(limit) => tokio::time::timeout(limit, attempts).await.ok(),
            }
        };
        let late = || TimeoutError { request: info, limit: limit.unwrap_or_default() };
        let result = outcome.unwrap_or_else(|| Err(Error::Timeout(Box::new(late()))));
        result.map(|(answer, body)| (Answer { elapsed: begin.elapsed(), ..answer }, body))
    }

    /// What follows an attempt that failed.
    fn after(&self, secrets: &Secrets, failed: &Failed<'_>) -> After {
        let client = &self.client.0;
        let is_refused = matches!(failed.cause, Cause::Answer(StatusCode::UNAUTHORIZED, _));
        if is_refused && secrets.is_renewable && self.payload.is_whole() {
            return After::Renew;
        }
        let wait = match self.limits.retry.decide(failed) {
            Decision::Again(wait) => wait,
            Decision::Stop(why) => return After::Stop(why),
        };
        let is_late = |limit: Duration| failed.elapsed.checked_add(wait).is_none_or(|end| end >= limit);
        match () {
            () if failed.retries >= self.limits.max_retries => After::Stop(NoRetry::Exhausted),
            () if !self.payload.is_whole() => After::Stop(NoRetry::Body),
            // A wait that time doesn't allow would only hide what the server said.
            () if self.limits.timeout.is_some_and(is_late) => After::Stop(NoRetry::Time),
            () if !client.budget.take() => After::Stop(NoRetry::Budget),
            () => After::Again(wait),
        }
    }

    /// Tells of an attempt.
    fn observe(&self, info: RequestInfo, result: &Result<Opened>, started: Instant, after: &After) {
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
                Ok((answer, _)) => Outcome::Answer(answer.status, &answer.headers),
                Err(error) => Outcome::Error(error),
            },
            elapsed: started.elapsed(),
            next,
        });
    }
}

/// How an attempt failed, if it did so in a way that another one might not.
fn cause(result: &Result<Opened>) -> Option<Cause<'_>> {
    match result {
        Ok((answer, _)) if answer.status.is_success() => None,
        Ok((answer, _)) => Some(Cause::Answer(answer.status, &answer.headers)),
        Err(Error::Connection(error)) if !error.sent => Some(Cause::NoConnection),
        Err(Error::Connection(_) | Error::Timeout(_)) => Some(Cause::Broken),
        // Too large an answer, or a file that isn't there: it will be so the next time.
        Err(_) => None,
    }
}

/// The result of a call's last attempt, with the reason why it is the last.
fn stopped(result: Result<Opened>, why: NoRetry) -> Result<Opened> {
    match result {
        Ok((mut answer, body)) => {
            answer.request.no_retry = Some(why);
            Ok((answer, body))
        }
        Err(error) => Err(error.stopped(why)),
    }
}
