//! A transport that answers without a network, from exchanges that were recorded or written by hand.

mod cassette;
mod exchange;
mod recorder;

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use serde_json::Value;

pub use self::exchange::Exchange;
use self::exchange::{Asked, Difference};
pub use self::recorder::Recorder;
use super::body::Body;
use super::error::{TransportError, TransportErrorKind};
use super::future::BoxFuture;
use super::traits::Transport;
use crate::error::Result;

/// Answers requests from a list of [`Exchange`]s, for tests that need no network.
///
/// Each exchange answers one request, and they come in their order; [`in_any_order`](Self::in_any_order) lifts that.
/// A request that the list does not have is an [`Error::Config`](crate::Error::Config) that says what was asked for
/// and what is left. A clone shares the list: one goes to the client, the other one tells what happened.
///
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
/// A path begins behind the host, so that the path of a client's base URL belongs to it.
#[derive(Clone, Default)]
pub struct Replay(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// With whether it was used.
    exchanges: Vec<(Exchange, bool)>,
    in_any_order: bool,
    requests: Vec<http::Request<Bytes>>,
    /// What was asked for and not there.
    misses: Vec<String>,
}

impl Replay {
    /// A transport without exchanges.
    pub fn new() -> Self {
        Self::default()
    }

    /// A transport with the exchanges of a file that a [`Recorder`] has written.
    ///
    /// # Errors
    /// [`Error::Config`](crate::Error::Config) when the file can't be read or is not one.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let exchanges = cassette::load(path.as_ref())?;
        Ok(exchanges.into_iter().fold(Self::new(), Self::with))
    }

    /// Answers a request of this method and path with a status and JSON. Where the path has a query, the request
    /// must have the same one, in any order; else it may have any.
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

    /// Lets requests come in any order: each is answered by the first exchange that fits it and was not used.
    #[must_use]
    pub fn in_any_order(self) -> Self {
        self.state().in_any_order = true;
        self
    }

    /// The requests that came, with credentials.
    pub fn requests(&self) -> Vec<http::Request<Bytes>> {
        self.state().requests.clone()
    }

    /// The exchanges that were not used, by method and path.
    pub fn unused(&self) -> Vec<String> {
        self.state().unused().map(|(_, exchange)| exchange.to_string()).collect()
    }

    /// Checks that every exchange was used, and that nothing else was asked for.
    ///
    /// # Panics
    /// Where that is not so: it is an assertion for tests.
    #[track_caller]
    pub fn assert_used(&self) {
        let (unused, misses) = (self.unused(), self.state().misses.join("\n"));
        assert!(misses.is_empty(), "{misses}");
        assert!(unused.is_empty(), "these exchanges were not used: {}", unused.join(", "));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A test that failed in the middle is no reason to hide why.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn unused(&self) -> impl Iterator<Item = (usize, &Exchange)> {
        let numbered = self.exchanges.iter().enumerate();
        numbered.filter_map(|(index, (exchange, is_used))| (!is_used).then_some((index, exchange)))
    }

    /// The exchange that answers a request, or why none does.
    fn take(&mut self, asked: &Asked<'_>) -> Result<Exchange, String> {
        let found = {
            let mut candidates = self.unused().take(if self.in_any_order { usize::MAX } else { 1 });
            candidates.find(|(_, exchange)| exchange.difference(asked).is_none()).map(|(index, _)| index)
        };
        match found.and_then(|index| self.exchanges.get_mut(index)) {
            Some((exchange, is_used)) => {
                *is_used = true;
                Ok(exchange.clone())
            }
            None => Err(self.explain(asked)),
        }
    }

    fn explain(&self, asked: &Asked<'_>) -> String {
        let count = self.exchanges.len();
        let unused: Vec<_> = self.unused().collect();
        let why = match unused.as_slice() {
            [] => format!("all {count} exchanges were used"),
            [(index, exchange), ..] if !self.in_any_order => {
                let place = format!("the next, {} of {count}, is for {exchange}", index + 1);
                exchange.difference(asked).map_or(place.clone(), |difference| format!("{place}: {difference}"))
            }
            unused => {
                let near = unused.iter().filter_map(|(_, exchange)| exchange.difference(asked));
                let near: Vec<String> = near.filter(Difference::is_near).map(|near| near.to_string()).collect();
                let left: Vec<String> = unused.iter().map(|(_, exchange)| exchange.to_string()).collect();
                [&[format!("left are {}", left.join(", "))], near.as_slice()].concat().join("; ")
            }
        };
        format!("the replay has no answer to {asked}: {why}")
    }

    fn response(&mut self, request: http::Request<Bytes>) -> Result<http::Response<Body>, TransportError> {
        let asked = Asked::new(&request);
        let outcome = self.take(&asked);
        self.requests.push(request);
        match outcome.map(|exchange| exchange.outcome()) {
            Ok(outcome) => outcome,
            Err(message) => {
                self.misses.push(message.clone());
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

/// Says what is left, not what was sent: there are credentials in that.
impl fmt::Debug for Replay {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Replay").field("unused", &self.unused()).finish_non_exhaustive()
    }
}
