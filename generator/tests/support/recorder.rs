//! A transport for the tests of fixtures: it keeps what it is given, and answers what it was told.

// Each test uses a part of this.
#![allow(dead_code, unreachable_pub)]

use std::sync::{Arc, Mutex};

use runtime::transport::{BoxFuture, Bytes, Transport, TransportError, http};

#[derive(Clone)]
pub struct Recorder {
    answer: Bytes,
    last: Arc<Mutex<Option<http::Request<Bytes>>>>,
}

impl Recorder {
    /// A transport that answers every request with this JSON.
    pub fn new(answer: &str) -> Self {
        Self { answer: Bytes::copy_from_slice(answer.as_bytes()), last: Arc::default() }
    }

    fn last(&self) -> http::Request<Bytes> {
        self.last.lock().unwrap().clone().expect("a request")
    }

    /// The last request's method, path with query, and body.
    pub fn sent(&self) -> String {
        let request = self.last();
        let target = request.uri().path_and_query().expect("a path");
        let body = String::from_utf8_lossy(request.body()).into_owned();
        format!("{} {target} {body}", request.method()).trim_end().to_owned()
    }

    /// The last request's whole URL.
    pub fn url(&self) -> String {
        self.last().uri().to_string()
    }

    /// A header of the last request.
    pub fn header(&self, name: &str) -> Option<String> {
        self.last().headers().get(name).map(|value| value.to_str().unwrap().to_owned())
    }
}

impl Transport for Recorder {
    fn send(&self, request: http::Request<Bytes>) -> BoxFuture<'_, Result<http::Response<Bytes>, TransportError>> {
        *self.last.lock().unwrap() = Some(request);
        Box::pin(async { Ok(http::Response::new(self.answer.clone())) })
    }
}
