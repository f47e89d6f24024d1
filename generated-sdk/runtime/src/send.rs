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
        let request = self.to_http()?;
        let attempts = async {
            loop {
                info.attempts += 1;
                let result = self.attempt(request.clone(), info).await;
                let failure = match &result {
                    Ok(answer) if answer.status.is_success() => return result,
                    Ok(answer) => Failure::Answer(answer.status, &answer.headers),
                    Err(Error::Connection(error)) if !error.sent => Failure::Connect,
                    Err(_) => Failure::Exchange,
                };
                match self.limits.retry.next(info.method, &failure, info.attempts - 1) {
                    Some(wait) => tokio::time::sleep(wait).await,
                    None => return result,
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
        match tokio::time::timeout(limit, self.client.0.transport.send(request)).await {
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
}
