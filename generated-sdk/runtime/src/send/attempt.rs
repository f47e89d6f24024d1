//! One attempt: the request goes out, and its answer comes.

use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;

use super::redirect::{MAX_REDIRECTS, redirect};
use super::{Answer, Extent, Opened, Step};
use crate::body::{Body, BodyError};
use crate::decode::misfit;
use crate::error::{ConnectionError, Error, RequestInfo, Result, TimeoutError};
use crate::request::Request;
use crate::transport::{TransportError, TransportErrorKind};

impl Request {
    pub(super) async fn attempt(
        &self,
        request: http::Request<Body>,
        info: RequestInfo,
        extent: Extent,
    ) -> Result<Opened> {
        let limit = self.limits.attempt_timeout;
        #[cfg(feature = "tracing")]
        let span = crate::trace::attempt(self.operation, &request, info);
        let attempt = async {
            #[cfg(feature = "tracing")]
            self.trace("the body of the request", request.body().as_bytes());
            let response = self.exchange(request).await.map_err(|error| failure(error.into(), info, limit))?;
            let (parts, body) = response.into_parts();
            let (status, headers) = (parts.status, parts.headers);
            let answer = Answer { request: info, status, headers, body: Bytes::new(), elapsed: Duration::ZERO };
            match extent {
                Extent::Head if status.is_success() => Ok((answer, body)),
                _ => {
                    let answer = self.read(answer, body).await?;
                    #[cfg(feature = "tracing")]
                    self.trace("the body of the answer", Some(&answer.body));
                    Ok((answer, Body::empty()))
                }
            }
        };
        #[cfg(feature = "tracing")]
        let attempt = tracing::Instrument::instrument(attempt, span.clone());
        let attempt: Step<'_> = pin!(attempt);
        let late = |_| Err(Error::Timeout(Box::new(TimeoutError { request: info, limit })));
        let result = tokio::time::timeout(limit, attempt).await.unwrap_or_else(late);
        #[cfg(feature = "tracing")]
        crate::trace::outcome(&span, &result);
        result
    }

    #[cfg(feature = "tracing")]
    fn trace(&self, what: &'static str, body: Option<&Bytes>) {
        if self.client.0.traces_bodies {
            crate::trace::body(what, body);
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
