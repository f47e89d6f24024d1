//! Transport for the tests of fixtures. It records the last request and returns a fixed response.

// Each test uses only parts of this module.
#![allow(dead_code, unreachable_pub)]

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use runtime::transport::{Body, BoxFuture, Bytes, Stream, Transport, TransportError, TransportErrorKind, http};

/// Transport that records the last request and returns the same response to all requests.
#[derive(Clone)]
pub struct Recorder {
    body: Vec<Bytes>,
    headers: http::HeaderMap,
    status: http::StatusCode,
    last: Arc<Mutex<Option<http::Request<Bytes>>>>,
}

impl Recorder {
    /// Creates a transport whose responses have this body.
    pub fn new(body: &str) -> Self {
        let body = vec![Bytes::copy_from_slice(body.as_bytes())];
        Self { body, headers: http::HeaderMap::new(), status: http::StatusCode::OK, last: Arc::default() }
    }

    /// Creates a transport whose responses have a body of these chunks.
    pub fn chunks(content_type: &'static str, chunks: &[&'static str]) -> Self {
        let body = chunks.iter().map(|chunk| Bytes::from_static(chunk.as_bytes())).collect();
        Self { body, ..Self::new("") }.with_header("content-type", content_type)
    }

    /// Sets the status of the responses. The default is 200.
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = http::StatusCode::from_u16(status).unwrap();
        self
    }

    /// Adds a header to the responses.
    pub fn with_header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, value.parse().unwrap());
        self
    }

    fn last(&self) -> http::Request<Bytes> {
        self.last.lock().unwrap().clone().expect("a request")
    }

    /// Returns the method, path with query, and body of the last request.
    pub fn sent(&self) -> String {
        let request = self.last();
        let target = request.uri().path_and_query().expect("a path");
        let body = String::from_utf8_lossy(request.body()).into_owned();
        format!("{} {target} {body}", request.method()).trim_end().to_owned()
    }

    /// Returns the URL of the last request.
    pub fn url(&self) -> String {
        self.last().uri().to_string()
    }

    /// Returns a header of the last request.
    pub fn header(&self, name: &str) -> Option<String> {
        self.last().headers().get(name).map(|value| value.to_str().unwrap().to_owned())
    }
}

impl Transport for Recorder {
    fn send(&self, request: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await.map_err(|source| TransportError {
                kind: TransportErrorKind::Exchange,
                source,
            })?;
            *self.last.lock().unwrap() = Some(http::Request::from_parts(parts, body));
            let mut response = http::Response::new(Body::stream(Chunks(self.body.clone().into())));
            *response.status_mut() = self.status;
            *response.headers_mut() = self.headers.clone();
            Ok(response)
        })
    }
}

/// Chunks of a response body.
struct Chunks(VecDeque<Bytes>);

impl Stream for Chunks {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.pop_front().map(Ok))
    }
}
