//! Sending a request: attempts, time limits and retries. Nothing here depends on what the answer means.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

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

impl Request {
    /// Sends the request until an attempt succeeds, fails for good, or time runs out.
    pub(crate) async fn answer(&self) -> Result<Answer> {
        let begin = Instant::now();
        let mut info = RequestInfo { method: self.operation.method, path: self.operation.path, attempts: 0 };
        let client = &self.client.0;
        let attempts = async {
            let mut secrets = client.credentials.secrets(client.api, self.operation, None).await?;
            let mut request = self.to_http(&secrets)?;
            let mut renewals = 0;
            loop {
                info.attempts += 1;
                let result = self.attempt(request.clone(), info).await;
                if secrets.is_renewable && is_refused(&result) {
                    // The token may have run out: the server has not acted, and a new one may do.
                    secrets = client.credentials.secrets(client.api, self.operation, Some(&secrets)).await?;
                    secrets.is_renewable = false;
                    renewals = 1;
                    request = self.to_http(&secrets)?;
                    continue;
                }
                let failure = match &result {
                    Ok(answer) if answer.status.is_success() => return result,
                    Ok(answer) => Failure::Answer(answer.status, &answer.headers),
                    Err(Error::Connection(error)) if !error.sent => Failure::Connect,
                    Err(_) => Failure::Exchange,
                };
                match self.limits.retry.next(info.method, &failure, info.attempts - 1 - renewals) {
                    // A wait that time doesn't allow would only hide what the server said.
                    Some(wait) if self.limits.timeout.is_none_or(|limit| begin.elapsed() + wait < limit) => {
                        tokio::time::sleep(wait).await;
                    }
                    _ => return result,
                }
            }
        };
        let result = match self.limits.timeout {
            None => attempts.await,
            Some(limit) => match tokio::time::timeout(limit, attempts).await {
                Ok(result) => result,
                Err(_) => Err(Error::Timeout(Box::new(TimeoutError { request: info, limit }))),
            },
        };
        result.map(|answer| Answer { elapsed: begin.elapsed(), ..answer })
    }

    async fn attempt(&self, request: http::Request<Bytes>, info: RequestInfo) -> Result<Answer> {
        let limit = self.limits.attempt_timeout;
        let timeout = || Error::Timeout(Box::new(TimeoutError { request: info, limit }));
        match tokio::time::timeout(limit, self.exchange(request)).await {
            Ok(Ok(response)) => {
                let (parts, body) = response.into_parts();
                let (status, headers) = (parts.status, parts.headers);
                Ok(Answer { request: info, status, headers, body, elapsed: Duration::ZERO })
            }
            Ok(Err(TransportError { kind: TransportErrorKind::Timeout, .. })) | Err(_) => Err(timeout()),
            Ok(Err(TransportError { kind, source })) => {
                let sent = kind != TransportErrorKind::Connect;
                Err(Error::Connection(Box::new(ConnectionError { request: info, sent, source })))
            }
        }
    }

    /// Sends a request and follows redirects: only to where the credentials went already, and only where the
    /// method stays what it is.
    async fn exchange(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let transport = &self.client.0.transport;
        let mut next = request;
        for _ in 0..MAX_REDIRECTS {
            let sent = next.clone();
            let response = transport.send(next).await?;
            match redirect(&sent, &response) {
                Some(target) => {
                    next = sent;
                    *next.uri_mut() = target;
                }
                None => return Ok(response),
            }
        }
        transport.send(next).await
    }
}

fn is_refused(result: &Result<Answer>) -> bool {
    matches!(result, Ok(answer) if answer.status == StatusCode::UNAUTHORIZED)
}

/// How many redirects are followed.
const MAX_REDIRECTS: usize = 10;

/// Where a request is to be sent once more, if it may be.
fn redirect(request: &http::Request<Bytes>, response: &http::Response<Bytes>) -> Option<http::Uri> {
    let is_read = matches!(request.method().as_str(), "GET" | "HEAD");
    match response.status().as_u16() {
        307 | 308 => {}
        301..=303 if is_read => {}
        _ => return None,
    }
    let from = url::Url::parse(&request.uri().to_string()).ok()?;
    let to = from.join(response.headers().get(http::header::LOCATION)?.to_str().ok()?).ok()?;
    (from.origin() == to.origin()).then(|| to.as_str().parse().ok())?
}
