//! A single attempt: sends the request, follows redirects and reads the response.

use std::io;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::redirect::MAX_REDIRECTS;
#[cfg(feature = "tracing")]
use super::trace;
use crate::error::{ConnectionError, Error, RequestInfo, Result, TimeoutError};
use crate::policy::auth::RequestCredentials;
use crate::request::{IdempotencyKey, Request};
use crate::transport::{
    AttemptResult, Body, BodyError, BoxFuture, Prepared, RawResponse, TransportError, TransportErrorKind,
};

/// Handling of the response body.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyHandling {
    /// Read the body into memory.
    Buffer,
    /// Leave the body of a successful response unread. Bodies of errors are read.
    Stream,
}

type Exchange<'a> = BoxFuture<'a, Result<http::Response<Body>, TransportError>>;

impl Request {
    pub(super) async fn attempt(
        &self,
        secrets: &RequestCredentials,
        key: Option<&IdempotencyKey>,
        info: RequestInfo,
        body_handling: BodyHandling,
        started: Instant,
        deadline: Option<Instant>,
    ) -> AttemptResult {
        let (mut limit, mut end) =
            (self.limits().attempt_timeout, started.checked_add(self.limits().attempt_timeout));
        // The timeout of the call also ends the attempt, so that observers are notified.
        if let (Some(timeout), Some(deadline)) = (self.limits().timeout, deadline) {
            if end.is_none_or(|end| deadline < end) {
                (limit, end) = (timeout, Some(deadline));
            }
        }
        let request = self.prepare(secrets, key, None)?;
        #[cfg(feature = "tracing")]
        let span = trace::attempt(&self.operation, &request, info);
        // Created outside of the future below, which is moved and should be small.
        let exchange = {
            #[cfg(feature = "tracing")]
            let _within = span.enter();
            #[cfg(feature = "tracing")]
            self.trace("request body", request.body.as_bytes());
            self.exchange(request)
        };
        let attempt = async {
            let (mut exchange, mut redirects, mut from) = (exchange, 0, None);
            let response = loop {
                let failed =
                    |error: TransportError| exchange_error(error.into(), info, self.limits().attempt_timeout);
                let response = exchange.await.map_err(failed)?;
                match self.redirect(from.as_deref(), &response) {
                    Some(to) if redirects < MAX_REDIRECTS => {
                        redirects += 1;
                        exchange = self.exchange(self.prepare(secrets, key, Some(&to))?);
                        from = Some(Box::new(to));
                    }
                    _ => break response,
                }
            };
            let (http::response::Parts { status, headers, .. }, unread) = response.into_parts();
            let (body, elapsed) = (Bytes::new(), Duration::ZERO);
            let mut response = Box::new(RawResponse { request: info, status, headers, body, unread, elapsed });
            if body_handling == BodyHandling::Buffer || !status.is_success() {
                self.read(&mut response).await?;
                #[cfg(feature = "tracing")]
                self.trace("response body", Some(&response.body));
            }
            Ok(response)
        };
        #[cfg(feature = "tracing")]
        let attempt = tracing::Instrument::instrument(attempt, span.clone());
        let timeout_error = || Err(Error::Timeout(Box::new(TimeoutError { request: info, limit })));
        let result = match end {
            Some(end) => tokio::time::timeout_at(end, pin!(attempt)).await.unwrap_or_else(|_| timeout_error()),
            None => attempt.await,
        };
        #[cfg(feature = "tracing")]
        trace::outcome(&span, &result);
        result
    }

    #[cfg(feature = "tracing")]
    fn trace(&self, message: &'static str, body: Option<&Bytes>) {
        if self.state.traces_bodies {
            trace::body(message, body);
        }
    }

    /// Reads the entire body of a response.
    async fn read(&self, response: &mut RawResponse) -> Result<()> {
        let limit = self.state.max_response_size;
        let body = response.unread.collect_up_to(limit).await;
        response.unread = Body::empty();
        response.body = match body {
            Ok(Some(body)) => body,
            // The status of an error matters more than its body.
            Ok(None) if !response.status.is_success() => Bytes::new(),
            Ok(None) => {
                let message = format!(
                    "it is larger than {limit} bytes; raise `max_response_size`, or read the response as a stream"
                );
                return Err(response.decode_error("", &message));
            }
            Err(error) => return Err(exchange_error(error, response.request, self.limits().attempt_timeout)),
        };
        Ok(())
    }

    /// Sends a request. Files in its body are opened first, so a missing file is an error before anything is
    /// sent.
    fn exchange(&self, mut request: Prepared) -> Exchange<'_> {
        let transport = &self.state.transport;
        match request.body.open() {
            None => transport.send_prepared(request),
            Some(open) => Box::pin(async move {
                let unreadable =
                    |error: io::Error| TransportError { kind: TransportErrorKind::Body, source: error.into() };
                request.body = open.await.map_err(unreadable)?;
                transport.send_prepared(request).await
            }),
        }
    }
}

/// Converts an error of an exchange or a body.
pub(crate) fn exchange_error(error: BodyError, request: RequestInfo, limit: Duration) -> Error {
    let (kind, source) = match error.downcast::<TransportError>() {
        Ok(error) => (error.kind, error.source),
        Err(error) => (TransportErrorKind::Exchange, error),
    };
    match kind {
        TransportErrorKind::Timeout => Error::Timeout(Box::new(TimeoutError { request, limit })),
        TransportErrorKind::Body => Error::config(format!("{request}: the body can't be read: {source}")),
        TransportErrorKind::Request => Error::config(format!("{request}: {source}")),
        kind => {
            let sent = kind != TransportErrorKind::Connect;
            Error::Connection(Box::new(ConnectionError { request, sent, source }))
        }
    }
}
