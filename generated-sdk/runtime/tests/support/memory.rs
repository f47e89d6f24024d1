//! A transport without a network: with the clock paused, a call that waits for hours takes no time.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use sdk_runtime::transport::{Body, BoxFuture, Transport, TransportError, TransportErrorKind, http};
use tokio::time::Instant;

/// How an exchange goes.
#[derive(Clone, Debug)]
pub enum Step {
    /// An answer, with these headers.
    Answer(u16, Vec<(&'static str, String)>),
    Fail(TransportErrorKind),
    /// Nothing comes, ever.
    Hang,
    /// As the other step, but it takes its time.
    After(Duration, Box<Self>),
}

/// An exchange as it went.
#[derive(Clone, Debug)]
pub struct Exchange {
    pub method: String,
    pub url: String,
    pub headers: http::HeaderMap,
    pub begin: Instant,
    /// Nothing as long as it goes on.
    pub end: Option<Instant>,
}

/// Plays what the function says of the exchanges, which are numbered from 0. A clone shares the record.
#[derive(Clone)]
pub struct Memory {
    play: Arc<dyn Fn(usize) -> Step + Send + Sync>,
    record: Arc<Mutex<Vec<Exchange>>>,
}

impl Memory {
    pub fn new(play: impl Fn(usize) -> Step + Send + Sync + 'static) -> Self {
        Self { play: Arc::new(play), record: Arc::default() }
    }

    /// All exchanges so far.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.record.lock().unwrap().clone()
    }

    /// How long the client waited before each exchange but the first.
    pub fn waits(&self) -> Vec<Duration> {
        let exchanges = self.exchanges();
        exchanges.windows(2).map(|pair| pair[1].begin - pair[0].end.expect("two at once")).collect()
    }
}

/// Records the end of an exchange, whatever ends it.
struct Ending(Memory, usize);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.record.lock().unwrap()[self.1].end = Some(Instant::now());
    }
}

impl Transport for Memory {
    fn send(&self, request: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        Box::pin(async move {
            let number = {
                let mut record = self.record.lock().unwrap();
                record.push(Exchange {
                    method: request.method().to_string(),
                    url: request.uri().to_string(),
                    headers: request.headers().clone(),
                    begin: Instant::now(),
                    end: None,
                });
                record.len() - 1
            };
            let _ending = Ending(self.clone(), number);
            let mut step = (self.play)(number);
            while let Step::After(pause, then) = step {
                tokio::time::sleep(pause).await;
                step = *then;
            }
            match step {
                Step::Answer(status, headers) => {
                    let mut response = http::Response::builder().status(status);
                    for (name, value) in headers {
                        response = response.header(name, value);
                    }
                    Ok(response.body(Body::from(r#"{"result":{"id":7},"success":true}"#)).unwrap())
                }
                Step::Fail(kind) => Err(TransportError { kind, source: "as the script says".into() }),
                Step::Hang | Step::After(..) => std::future::pending().await,
            }
        })
    }
}
