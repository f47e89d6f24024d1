//! A transport without a network. With tokio's clock paused, calls with delays of hours finish immediately.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use sdk_runtime::transport::{Body, BoxFuture, Transport, TransportError, TransportErrorKind, http};
use tokio::time::Instant;

/// Outcome of an exchange.
#[derive(Clone, Debug)]
pub enum Step {
    /// A response with this status and these headers.
    Response(u16, Vec<(&'static str, String)>),
    Fail(TransportErrorKind),
    /// Neither a response nor an error.
    Hang,
    /// The other step, after a delay.
    After(Duration, Box<Self>),
}

/// Record of an exchange.
#[derive(Clone, Debug)]
pub struct Exchange {
    pub method: String,
    pub url: String,
    pub headers: http::HeaderMap,
    pub begin: Instant,
    /// End of the exchange; `None` while it is in progress.
    pub end: Option<Instant>,
}

/// Transport whose exchanges follow a script. Clones share the recorded exchanges.
#[derive(Clone)]
pub struct ScriptedTransport {
    /// Returns the step of the exchange with this number, counted from 0.
    script: Arc<dyn Fn(usize) -> Step + Send + Sync>,
    exchanges: Arc<Mutex<Vec<Exchange>>>,
}

impl ScriptedTransport {
    pub fn new(script: impl Fn(usize) -> Step + Send + Sync + 'static) -> Self {
        Self { script: Arc::new(script), exchanges: Arc::default() }
    }

    /// Returns all exchanges so far.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.exchanges.lock().unwrap().clone()
    }

    /// Returns the delay before each exchange except the first.
    pub fn delays(&self) -> Vec<Duration> {
        let exchanges = self.exchanges();
        exchanges.windows(2).map(|pair| pair[1].begin - pair[0].end.expect("two exchanges overlap")).collect()
    }
}

/// Guard that records the end of an exchange when dropped, so cancelled exchanges are recorded as well.
struct RecordEnd(ScriptedTransport, usize);

impl Drop for RecordEnd {
    fn drop(&mut self) {
        self.0.exchanges.lock().unwrap()[self.1].end = Some(Instant::now());
    }
}

impl Transport for ScriptedTransport {
    fn send(&self, request: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        Box::pin(async move {
            let number = {
                let mut exchanges = self.exchanges.lock().unwrap();
                exchanges.push(Exchange {
                    method: request.method().to_string(),
                    url: request.uri().to_string(),
                    headers: request.headers().clone(),
                    begin: Instant::now(),
                    end: None,
                });
                exchanges.len() - 1
            };
            let _guard = RecordEnd(self.clone(), number);
            let mut step = (self.script)(number);
            while let Step::After(pause, then) = step {
                tokio::time::sleep(pause).await;
                step = *then;
            }
            match step {
                Step::Response(status, headers) => {
                    let mut response = http::Response::builder().status(status);
                    for (name, value) in headers {
                        response = response.header(name, value);
                    }
                    Ok(response.body(Body::from(r#"{"result":{"id":7},"success":true}"#)).unwrap())
                }
                Step::Fail(kind) => Err(TransportError { kind, source: "scripted failure".into() }),
                Step::Hang | Step::After(..) => std::future::pending().await,
            }
        })
    }
}
