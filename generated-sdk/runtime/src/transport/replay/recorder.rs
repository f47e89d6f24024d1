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
use crate::transport::headers::sounds_secret;
use crate::transport::traits::Transport;

/// Passes requests on to another transport and keeps what was said, for a [`Replay`](super::Replay).
///
/// ```no_run
/// # use sdk_runtime::transport::{Recorder, Transport};
/// # fn example(transport: impl Transport) -> sdk_runtime::Result<()> {
/// let recorder = Recorder::new(transport);
/// // Client::builder().transport(recorder.clone()) …
/// recorder.save("tests/accounts.json")?;
/// # Ok(())
/// # }
/// ```
///
/// Credentials are not recorded, nor are headers whose names sound like one (`x-api-key`), or cookies. Bodies are as they
/// came: what is secret in them, [`redact`](Self::redact) takes out. A body is recorded as far as it was read. A clone
/// shares what is recorded: one goes to the client, the other one saves.
#[derive(Clone)]
pub struct Recorder {
    inner: Arc<dyn Transport>,
    redact: Arc<dyn Fn(&mut Exchange) + Send + Sync>,
    tape: Tape,
}

/// All exchanges, in the order in which they began.
type Tape = Arc<Mutex<Vec<Recorded>>>;

/// An exchange, and the bodies as far as they were read.
struct Recorded {
    exchange: Exchange,
    request: BytesMut,
    response: BytesMut,
}

impl Recorder {
    /// Records what goes through a transport.
    pub fn new(transport: impl Transport) -> Self {
        Self { inner: Arc::new(transport), redact: Arc::new(|_| {}), tape: Tape::default() }
    }

    /// Changes each exchange before it is seen or saved: takes what is secret out of bodies, say.
    #[must_use]
    pub fn redact(mut self, change: impl Fn(&mut Exchange) + Send + Sync + 'static) -> Self {
        self.redact = Arc::new(change);
        self
    }

    /// What was recorded up to now.
    pub fn exchanges(&self) -> Vec<Exchange> {
        let tape = self.tape.lock().unwrap_or_else(PoisonError::into_inner);
        let finish = |recorded: &Recorded| {
            let mut exchange = recorded.exchange.clone();
            exchange.request_body = recorded.request.clone().freeze();
            exchange.body = recorded.response.clone().freeze();
            (self.redact)(&mut exchange);
            exchange
        };
        tape.iter().map(finish).collect()
    }

    /// Writes what was recorded up to now to a file of JSON.
    ///
    /// # Errors
    /// [`Error::Config`](crate::Error::Config) when the file can't be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        cassette::save(path.as_ref(), &self.exchanges())
    }

    /// Notes the beginning of an exchange, and gives its place.
    fn begin(&self, request: &http::Request<Body>) -> usize {
        let mut exchange = Exchange::new(request.method().as_str(), &exchange::target(request));
        exchange.request_headers = without_secrets(request.headers());
        // Until there is an answer: a call that runs out of time drops the exchange.
        exchange.failure = Some(TransportErrorKind::Timeout);
        exchange.is_exact = true;
        let body = request.body().as_bytes().map(|bytes| BytesMut::from(bytes.as_ref())).unwrap_or_default();
        let mut tape = self.tape.lock().unwrap_or_else(PoisonError::into_inner);
        tape.push(Recorded { exchange, request: body, response: BytesMut::new() });
        tape.len() - 1
    }

    fn note(&self, place: usize, note: impl FnOnce(&mut Recorded)) {
        let mut tape = self.tape.lock().unwrap_or_else(PoisonError::into_inner);
        tape.get_mut(place).map(note);
    }

    /// A body that is recorded while it is read.
    fn tap(&self, place: usize, body: Body, side: Side) -> Body {
        let length = body.length();
        let tapped = Body::stream(Tap { body, side, place, tape: Arc::clone(&self.tape) });
        match length {
            Some(length) => tapped.with_length(length),
            None => tapped,
        }
    }
}

impl Transport for Recorder {
    fn send(&self, request: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let place = self.begin(&request);
        let request = match request.body().as_bytes() {
            Some(_) => request,
            None => request.map(|body| self.tap(place, body, |recorded| &mut recorded.request)),
        };
        Box::pin(async move {
            let is_head = request.method() == http::Method::HEAD;
            let response = self.inner.send(request).await;
            self.note(place, |recorded| match &response {
                Ok(response) => {
                    recorded.exchange.failure = None;
                    recorded.exchange.status = response.status().as_u16();
                    recorded.exchange.headers = response_headers(response.headers(), is_head);
                }
                Err(error) => recorded.exchange.failure = Some(error.kind),
            });
            Ok(response?.map(|body| self.tap(place, body, |recorded| &mut recorded.response)))
        })
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tape = self.tape.lock().unwrap_or_else(PoisonError::into_inner);
        formatter.debug_struct("Recorder").field("exchanges", &tape.len()).finish_non_exhaustive()
    }
}

/// Headers, those with a secret by their names alone.
fn without_secrets(headers: &HeaderMap) -> HeaderMap {
    let hide = |name: &str, value: &HeaderValue| match value.is_sensitive() || sounds_secret(name) {
        true => HeaderValue::from_static(HIDDEN),
        false => value.clone(),
    };
    headers.iter().map(|(name, value)| (name.clone(), hide(name.as_str(), value))).collect()
}

/// The headers of an answer that a replay can give. Its body has the length that it has, unless it is none.
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

/// Which body of an exchange is meant.
type Side = fn(&mut Recorded) -> &mut BytesMut;

/// Records what is read of a body.
struct Tap {
    body: Body,
    side: Side,
    place: usize,
    tape: Tape,
}

impl Stream for Tap {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let chunk = ready!(Pin::new(&mut self.body).poll_next(context));
        if let Some(Ok(chunk)) = &chunk {
            let mut tape = self.tape.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(recorded) = tape.get_mut(self.place) {
                (self.side)(recorded).extend_from_slice(chunk);
            }
        }
        Poll::Ready(chunk)
    }
}
