//! Transports for tests: [`Replay`] sends prepared responses, and [`Recorder`] records exchanges.

mod cassette;
mod exchange;
mod recorder;

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use serde_json::Value;

pub use self::exchange::Exchange;
use self::exchange::{Difference, ReceivedRequest};
pub use self::recorder::Recorder;
use super::body::Body;
use super::error::{TransportError, TransportErrorKind};
use super::future::BoxFuture;
use super::traits::Transport;
use crate::error::Result;

/// Transport that responds to requests from a list of [`Exchange`]s, for tests without a network.
///
/// Each exchange is used for one request, and requests must be sent in the order of the list, unless
/// [`in_any_order`](Self::in_any_order) is set. A request without a matching exchange fails with
/// [`Error::Config`](crate::Error::Config), which names the request and the unused exchanges. Clones share
/// the list: pass a clone to the client and keep the other one for assertions.
///
/// Paths of exchanges include the path of the client's base URL.
///
/// # Examples
/// ```
/// use sdk_runtime::json;
/// use sdk_runtime::transport::Replay;
///
/// let replay = Replay::new()
///     .on("GET", "/accounts/1", 200, json!({"result": {"id": "1", "name": "Demo"}}))
///     .on("DELETE", "/accounts/1", 404, json!({"success": false, "errors": [{"code": 7003, "message": "gone"}]}));
/// // Client::builder().base_url("http://localhost").transport(replay.clone()) …
/// assert_eq!(replay.unused(), ["GET /accounts/1", "DELETE /accounts/1"]);
/// ```
///
#[derive(Clone, Default)]
pub struct Replay(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// Exchanges, each with `true` if it was used.
    exchanges: Vec<(Exchange, bool)>,
    in_any_order: bool,
    requests: Vec<http::Request<Bytes>>,
    /// Messages of requests without a matching exchange.
    unmatched: Vec<String>,
}

impl Replay {
    /// Creates a transport without exchanges.
    pub fn new() -> Self {
        Self::default()
    }

    /// Loads the exchanges of a file written by [`Recorder::save`].
    ///
    /// # Errors
    /// Returns [`Error::Config`](crate::Error::Config) if the file cannot be read or is not a recording.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let exchanges = cassette::load(path.as_ref())?;
        Ok(exchanges.into_iter().fold(Self::new(), Self::with))
    }

    /// Adds an exchange: a request with this method and path gets a response with this status and JSON body.
    /// If the path has a query, the request must have the same parameters, in any order. Otherwise any query
    /// matches.
    #[must_use]
    pub fn on(self, method: &str, path: &str, status: u16, json: Value) -> Self {
        self.with(Exchange::new(method, path).respond(status, json))
    }

    /// Adds an exchange.
    #[must_use]
    pub fn with(self, exchange: Exchange) -> Self {
        self.state().exchanges.push((exchange, false));
        self
    }

    /// Accepts requests in any order. Each request uses the first unused exchange that matches.
    #[must_use]
    pub fn in_any_order(self) -> Self {
        self.state().in_any_order = true;
        self
    }

    /// Returns all requests received so far, including credentials.
    pub fn requests(&self) -> Vec<http::Request<Bytes>> {
        self.state().requests.clone()
    }

    /// Returns method and path of each unused exchange.
    pub fn unused(&self) -> Vec<String> {
        self.state().unused().map(|(_, exchange)| exchange.to_string()).collect()
    }

    /// Asserts that every exchange was used, and that every request had a matching exchange.
    ///
    /// # Panics
    /// Panics if an exchange was not used, or if a request had no matching exchange.
    #[track_caller]
    pub fn assert_used(&self) {
        let (unused, unmatched) = (self.unused(), self.state().unmatched.join("\n"));
        assert!(unmatched.is_empty(), "{unmatched}");
        assert!(unused.is_empty(), "unused exchanges: {}", unused.join(", "));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // After a panic of a test, the state is still needed for messages.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn unused(&self) -> impl Iterator<Item = (usize, &Exchange)> {
        let numbered = self.exchanges.iter().enumerate();
        numbered.filter_map(|(index, (exchange, is_used))| (!is_used).then_some((index, exchange)))
    }

    /// Takes the exchange for a request. Returns a message if none matches.
    fn take(&mut self, received: &ReceivedRequest<'_>) -> Result<Exchange, String> {
        let found = {
            let mut candidates = self.unused().take(if self.in_any_order { usize::MAX } else { 1 });
            candidates.find(|(_, exchange)| exchange.difference(received).is_none()).map(|(index, _)| index)
        };
        match found.and_then(|index| self.exchanges.get_mut(index)) {
            Some((exchange, is_used)) => {
                *is_used = true;
                Ok(exchange.clone())
            }
            None => Err(self.explain(received)),
        }
    }

    fn explain(&self, received: &ReceivedRequest<'_>) -> String {
        let count = self.exchanges.len();
        let unused: Vec<_> = self.unused().collect();
        let reason = match unused.as_slice() {
            [] => format!("all {count} exchanges were used"),
            [(index, exchange), ..] if !self.in_any_order => {
                let next = format!("the next exchange ({} of {count}) is for {exchange}", index + 1);
                exchange.difference(received).map_or(next.clone(), |difference| format!("{next}: {difference}"))
            }
            unused => {
                let similar = unused.iter().filter_map(|(_, exchange)| exchange.difference(received));
                let similar = similar.filter(Difference::is_similar).map(|difference| difference.to_string());
                let similar: Vec<String> = similar.collect();
                let names: Vec<String> = unused.iter().map(|(_, exchange)| exchange.to_string()).collect();
                [&[format!("unused exchanges: {}", names.join(", "))], similar.as_slice()].concat().join("; ")
            }
        };
        format!("the replay has no exchange for {received}: {reason}")
    }

    fn response(&mut self, request: http::Request<Bytes>) -> Result<http::Response<Body>, TransportError> {
        let received = ReceivedRequest::new(&request);
        let outcome = self.take(&received);
        self.requests.push(request);
        match outcome.map(|exchange| exchange.outcome()) {
            Ok(outcome) => outcome,
            Err(message) => {
                self.unmatched.push(message.clone());
                Err(TransportError { kind: TransportErrorKind::Request, source: message.into() })
            }
        }
    }
}

impl Transport for Replay {
    fn send(&self, request: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let failed = |source| TransportError { kind: TransportErrorKind::Body, source };
            let body = body.collect().await.map_err(failed)?;
            self.state().response(http::Request::from_parts(parts, body))
        })
    }
}

/// Shows the unused exchanges, and not the requests, which contain credentials.
impl fmt::Debug for Replay {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Replay").field("unused", &self.unused()).finish_non_exhaustive()
    }
}
