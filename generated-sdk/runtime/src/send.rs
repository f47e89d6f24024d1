//! Sending a request: attempts, time limits and retries. Nothing here depends on what the answer means.

use std::future::Future;
use std::pin::{Pin, pin};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::body::{Body, BodyError};
use crate::decode::misfit;
use crate::error::{ConnectionError, Error, RequestInfo, Result, TimeoutError};
use crate::request::Request;
use crate::retry::Failure;
use crate::transport::{TransportError, TransportErrorKind};

/// An answer, not yet read.
pub(crate) struct Answer {
    pub(crate) request: RequestInfo,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) elapsed: Duration,
}

/// What of an answer is read before the call is done.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    Whole,
    /// The headers alone, where the answer is a success.
    Head,
}

impl Request {
    /// Sends the request until an attempt succeeds, fails for good, or time runs out.
    pub(crate) async fn answer(&self) -> Result<Answer> {
        Ok(self.call(Extent::Whole).await?.0)
    }

    /// As [`answer`](Self::answer), without the body of a success: that is to be read.
    pub(crate) async fn open(&self) -> Result<(Answer, Body)> {
        self.call(Extent::Head).await
    }

    async fn call(&self, extent: Extent) -> Result<(Answer, Body)> {
        let begin = Instant::now();
        let mut info = RequestInfo { method: self.operation.method, path: self.operation.path, attempts: 0 };
        let client = &self.client.0;
        let attempts = async {
            let mut secrets = client.credentials.secrets(client.api, self.operation, None).await?;
            let mut request = self.to_http(&secrets)?;
            if !request.body().is_whole() {
                return Err(Error::config(format!("{info}: the body is a stream that was sent already")));
            }
            let mut renewals = 0;
            loop {
                info.attempts += 1;
                let result = self.attempt(request.clone(), info, extent).await;
                if secrets.is_renewable && is_refused(&result) && request.body().is_whole() {
                    // The token may have run out: the server has not acted, and a new one may do.
                    secrets = client.credentials.secrets(client.api, self.operation, Some(&secrets)).await?;
                    secrets.is_renewable = false;
                    renewals = 1;
                    request = self.to_http(&secrets)?;
                    continue;
                }
                let failure = match &result {
                    Ok((answer, _)) if answer.status.is_success() => return result,
                    Ok((answer, _)) => Failure::Answer(answer.status, &answer.headers),
                    Err(Error::Connection(error)) if !error.sent => Failure::Connect,
                    Err(Error::Connection(_) | Error::Timeout(_)) => Failure::Exchange,
                    // Too large an answer, or a file that isn't there: it will be so the next time.
                    Err(_) => return result,
                };
                // A stream that was begun can't be sent again.
                if !request.body().is_whole() {
                    return result;
                }
                match self.limits.retry.next(info.method, &failure, info.attempts - 1 - renewals) {
                    // A wait that time doesn't allow would only hide what the server said.
                    Some(wait) if self.limits.timeout.is_none_or(|limit| begin.elapsed() + wait < limit) => {
                        tokio::time::sleep(wait).await;
                    }
                    _ => return result,
                }
            }
        };
        let limit = self.limits.timeout;
        let outcome = {
            // Pinned and without its type it is compiled once for both ways.
            let attempts: Pin<&mut (dyn Future<Output = _> + Send)> = pin!(attempts);
            match limit {
                None => Some(attempts.await),
                Some(limit) => tokio::time::timeout(limit, attempts).await.ok(),
            }
        };
        let late = || TimeoutError { request: info, limit: limit.unwrap_or_default() };
        let result = outcome.unwrap_or_else(|| Err(Error::Timeout(Box::new(late()))));
        result.map(|(answer, body)| (Answer { elapsed: begin.elapsed(), ..answer }, body))
    }

    async fn attempt(
        &self,
        request: http::Request<Body>,
        info: RequestInfo,
        extent: Extent,
    ) -> Result<(Answer, Body)> {
        let limit = self.limits.attempt_timeout;
        let attempt = async {
            let response = self.exchange(request).await.map_err(|error| failure(error.into(), info, limit))?;
            let (parts, body) = response.into_parts();
            let (status, headers) = (parts.status, parts.headers);
            let answer = Answer { request: info, status, headers, body: Bytes::new(), elapsed: Duration::ZERO };
            match extent {
                Extent::Head if status.is_success() => Ok((answer, body)),
                _ => Ok((self.read(answer, body).await?, Body::empty())),
            }
        };
        match tokio::time::timeout(limit, attempt).await {
            Ok(result) => result,
            Err(_) => Err(Error::Timeout(Box::new(TimeoutError { request: info, limit }))),
        }
    }

    /// Reads the whole body of an answer.
    async fn read(&self, answer: Answer, body: Body) -> Result<Answer> {
        let largest = self.client.0.max_response_size;
        match body.collect_up_to(largest).await {
            Ok(Some(body)) => Ok(Answer { body, ..answer }),
            Ok(None) => {
                let message = format!(
                    "it is larger than {largest} bytes; allow more with `max_response_size`, or read it chunk by chunk"
                );
                Err(misfit(&answer, "", &message))
            }
            Err(error) => Err(failure(error, answer.request, self.limits.attempt_timeout)),
        }
    }

    /// Sends a request and follows redirects: only to where the credentials went already, and only where the
    /// method stays what it is.
    async fn exchange(&self, request: http::Request<Body>) -> Result<http::Response<Body>, TransportError> {
        let transport = &self.client.0.transport;
        let mut next = request;
        for _ in 0..MAX_REDIRECTS {
            let sent = next.clone();
            let response = transport.send(open(next).await?).await?;
            match redirect(&sent, &response) {
                Some(target) => {
                    next = sent;
                    *next.uri_mut() = target;
                }
                None => return Ok(response),
            }
        }
        transport.send(open(next).await?).await
    }
}

/// Opens the files that are to be sent.
async fn open(request: http::Request<Body>) -> Result<http::Request<Body>, TransportError> {
    let (parts, body) = request.into_parts();
    match body.open().await {
        Ok(body) => Ok(http::Request::from_parts(parts, body)),
        Err(error) => Err(TransportError { kind: TransportErrorKind::Body, source: error.into() }),
    }
}

/// Why an exchange has failed, or the body of an answer.
pub(crate) fn failure(error: BodyError, request: RequestInfo, limit: Duration) -> Error {
    let (kind, source) = match error.downcast::<TransportError>() {
        Ok(error) => (error.kind, error.source),
        Err(error) => (TransportErrorKind::Exchange, error),
    };
    match kind {
        TransportErrorKind::Timeout => Error::Timeout(Box::new(TimeoutError { request, limit })),
        TransportErrorKind::Body => Error::config(format!("{request}: the body can't be read: {source}")),
        kind => {
            let sent = kind != TransportErrorKind::Connect;
            Error::Connection(Box::new(ConnectionError { request, sent, source }))
        }
    }
}

fn is_refused(result: &Result<(Answer, Body)>) -> bool {
    matches!(result, Ok((answer, _)) if answer.status == StatusCode::UNAUTHORIZED)
}

/// How many redirects are followed.
const MAX_REDIRECTS: usize = 10;

/// Where a request is to be sent once more, if it may be.
fn redirect(request: &http::Request<Body>, response: &http::Response<Body>) -> Option<http::Uri> {
    let is_read = matches!(request.method().as_str(), "GET" | "HEAD");
    match response.status().as_u16() {
        307 | 308 => {}
        301..=303 if is_read => {}
        _ => return None,
    }
    // A stream that was begun can't be sent again.
    if !request.body().is_whole() {
        return None;
    }
    let from = url::Url::parse(&request.uri().to_string()).ok()?;
    let to = from.join(response.headers().get(http::header::LOCATION)?.to_str().ok()?).ok()?;
    (from.origin() == to.origin()).then(|| to.as_str().parse().ok())?
}
