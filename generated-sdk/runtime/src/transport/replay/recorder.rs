use std::fmt;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http::{HeaderMap, HeaderValue, header};

use super::cassette;
use super::exchange::{self, Exchange, HIDDEN};
use crate::error::Result;
use crate::transport::body::{Body, BodyError};
use crate::transport::error::{TransportError, TransportErrorKind};
use crate::transport::future::BoxFuture;
use crate::transport::headers::is_secret_name;
use crate::transport::traits::Transport;

/// Transport that records the exchanges of another transport, for [`Replay`](super::Replay).
///
/// Credentials, cookies, and headers with names that indicate a secret (such as `x-api-key`) are replaced.
/// Bodies are recorded unchanged, up to the part that is read; use [`redact`](Self::redact) to remove secrets
/// from them. Clones share the recording: pass a clone to the client and save the other one.
///
/// # Examples
/// ```no_run
/// # use sdk_runtime::transport::{Recorder, Transport};
/// # fn example(transport: impl Transport) -> sdk_runtime::Result<()> {
/// let recorder = Recorder::new(transport);
/// // Client::builder().transport(recorder.clone()) …
/// recorder.save("tests/accounts.json")?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Recorder {
    inner: Arc<dyn Transport>,
    redact: Arc<dyn Fn(&mut Exchange) + Send + Sync>,
    recording: Recording,
}

/// All exchanges, in the order of their start.
type Recording = Arc<Mutex<Vec<Recorded>>>;

/// An exchange with the parts of the bodies that were read.
struct Recorded {
    exchange: Exchange,
    request: BytesMut,
    response: BytesMut,
}

impl Recorder {
    /// Creates a recorder of the exchanges of `transport`.
    pub fn new(transport: impl Transport) -> Self {
        Self { inner: Arc::new(transport), redact: Arc::new(|_| {}), recording: Recording::default() }
    }

    /// Sets a function that modifies each exchange before it is returned or saved, to remove secrets from
    /// bodies.
    #[must_use]
    pub fn redact(mut self, change: impl Fn(&mut Exchange) + Send + Sync + 'static) -> Self {
        self.redact = Arc::new(change);
        self
    }

    /// Returns the exchanges recorded so far.
    pub fn exchanges(&self) -> Vec<Exchange> {
        let recording = self.recording.lock().unwrap_or_else(PoisonError::into_inner);
        let finish = |recorded: &Recorded| {
            let mut exchange = recorded.exchange.clone();
            exchange.request_body = recorded.request.clone().freeze();
            exchange.body = recorded.response.clone().freeze();
            (self.redact)(&mut exchange);
            exchange
        };
        recording.iter().map(finish).collect()
    }

    /// Writes the exchanges recorded so far to a JSON file.
    ///
    /// # Errors
    /// Returns [`Error::Config`](crate::Error::Config) if the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        cassette::save(path.as_ref(), &self.exchanges())
    }

    /// Records the start of an exchange. Returns its index.
    fn start_exchange(&self, request: &http::Request<Body>) -> usize {
        let mut exchange = Exchange::new(request.method().as_str(), &exchange::target(request));
        exchange.request_headers = without_secrets(request.headers());
        // Kept if there is no response, because a call that times out drops the exchange.
        exchange.failure = Some(TransportErrorKind::Timeout);
        exchange.is_exact = true;
        let body = request.body().as_bytes().map(|bytes| BytesMut::from(bytes.as_ref())).unwrap_or_default();
        let mut recording = self.recording.lock().unwrap_or_else(PoisonError::into_inner);
        recording.push(Recorded { exchange, request: body, response: BytesMut::new() });
        recording.len() - 1
    }

    fn update(&self, index: usize, update: impl FnOnce(&mut Recorded)) {
        let mut recording = self.recording.lock().unwrap_or_else(PoisonError::into_inner);
        recording.get_mut(index).map(update);
    }

    /// Returns a body that is recorded while it is read.
    fn record_body(&self, index: usize, body: Body, select: BodySelector) -> Body {
        let length = body.length();
        let body = Body::stream(RecordingBody { body, select, index, recording: Arc::clone(&self.recording) });
        match length {
            Some(length) => body.with_length(length),
            None => body,
        }
    }
}

impl Transport for Recorder {
    fn send(&self, request: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let index = self.start_exchange(&request);
        let request = match request.body().as_bytes() {
            Some(_) => request,
            None => request.map(|body| self.record_body(index, body, |recorded| &mut recorded.request)),
        };
        Box::pin(async move {
            let is_head = request.method() == http::Method::HEAD;
            let response = self.inner.send(request).await;
            self.update(index, |recorded| match &response {
                Ok(response) => {
                    recorded.exchange.failure = None;
                    recorded.exchange.status = response.status().as_u16();
                    recorded.exchange.headers = response_headers(response.headers(), is_head);
                }
                Err(error) => recorded.exchange.failure = Some(error.kind),
            });
            Ok(response?.map(|body| self.record_body(index, body, |recorded| &mut recorded.response)))
        })
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let recording = self.recording.lock().unwrap_or_else(PoisonError::into_inner);
        formatter.debug_struct("Recorder").field("exchanges", &recording.len()).finish_non_exhaustive()
    }
}

/// Returns headers with secret values replaced.
fn without_secrets(headers: &HeaderMap) -> HeaderMap {
    let hide = |name: &str, value: &HeaderValue| match value.is_sensitive() || is_secret_name(name) {
        true => HeaderValue::from_static(HIDDEN),
        false => value.clone(),
    };
    headers.iter().map(|(name, value)| (name.clone(), hide(name.as_str(), value))).collect()
}

/// Returns the headers of a response for a replay. The length is removed, except for responses to HEAD,
/// because it is derived from the body.
fn response_headers(headers: &HeaderMap, is_head: bool) -> HeaderMap {
    let mut headers = without_secrets(headers);
    headers.remove(header::SET_COOKIE);
    headers.remove(header::TRANSFER_ENCODING);
    headers.remove(header::CONNECTION);
    if !is_head {
        headers.remove(header::CONTENT_LENGTH);
    }
    headers
}

/// Selects the body of the request or of the response.
type BodySelector = fn(&mut Recorded) -> &mut BytesMut;

/// Stream that records the chunks of a body.
struct RecordingBody {
    body: Body,
    select: BodySelector,
    index: usize,
    recording: Recording,
}

impl Stream for RecordingBody {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let chunk = ready!(Pin::new(&mut self.body).poll_next(context));
        if let Some(Ok(chunk)) = &chunk {
            let mut recording = self.recording.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(recorded) = recording.get_mut(self.index) {
                (self.select)(recorded).extend_from_slice(chunk);
            }
        }
        Poll::Ready(chunk)
    }
}
