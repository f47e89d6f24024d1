//! A transport for the tests of fixtures: it keeps what it is given, and answers what it was told.

// Each test uses a part of this.
#![allow(dead_code, unreachable_pub)]

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use runtime::transport::{Body, BoxFuture, Bytes, Stream, Transport, TransportError, TransportErrorKind, http};

#[derive(Clone)]
pub struct Recorder {
    answer: Vec<Bytes>,
    headers: http::HeaderMap,
    status: http::StatusCode,
    last: Arc<Mutex<Option<http::Request<Bytes>>>>,
}

impl Recorder {
    /// A transport that answers every request with this JSON.
    pub fn new(answer: &str) -> Self {
        let answer = vec![Bytes::copy_from_slice(answer.as_bytes())];
        Self { answer, headers: http::HeaderMap::new(), status: http::StatusCode::OK, last: Arc::default() }
    }

    /// A transport that answers every request with these pieces, one after the other.
    pub fn pieces(content_type: &'static str, pieces: &[&'static str]) -> Self {
        let answer = pieces.iter().map(|piece| Bytes::from_static(piece.as_bytes())).collect();
        Self { answer, ..Self::new("") }.with_header("content-type", content_type)
    }

    /// With another status than 200.
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = http::StatusCode::from_u16(status).unwrap();
        self
    }

    /// With a header in every answer.
    pub fn with_header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, value.parse().unwrap());
        self
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
    fn send(&self, request: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await.map_err(|source| TransportError {
                kind: TransportErrorKind::Exchange,
                source,
            })?;
            *self.last.lock().unwrap() = Some(http::Request::from_parts(parts, body));
            let mut answer = http::Response::new(Body::stream(Pieces(self.answer.clone().into())));
            *answer.status_mut() = self.status;
            *answer.headers_mut() = self.headers.clone();
            Ok(answer)
        })
    }
}

/// The pieces of an answer.
struct Pieces(VecDeque<Bytes>);

impl Stream for Pieces {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.pop_front().map(Ok))
    }
}
