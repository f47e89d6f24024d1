use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::error::{DecodeError, Error, Message, RequestInfo, Result};
use crate::json::Object;
use crate::operation::Envelope;
use crate::transport::RawResponse;

/// The whole answer to a call: the typed result and everything around it.
#[non_exhaustive]
pub struct Response<T> {
    /// What the call is for.
    pub result: T,
    /// The status of the answer.
    pub status: StatusCode,
    /// The headers of the answer.
    pub headers: HeaderMap,
    /// The body of the answer, as it came.
    pub body: Bytes,
    /// What stood around the result in the answer's JSON.
    pub envelope: Object,
    /// How many times the request was sent.
    pub attempts: u32,
    /// How long the call took, all its attempts and the waits between them counted.
    pub elapsed: Duration,
    names: Option<&'static Envelope>,
    request: RequestInfo,
}

/// There may be secrets in a body: it is shown by its length.
impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Response")
            .field("result", &self.result)
            .field("status", &self.status)
            .field("attempts", &self.attempts)
            .field("elapsed", &self.elapsed)
            .field("request_id", &self.request_id())
            .field("body_length", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl<T> Response<T> {
    pub(crate) fn new(
        response: RawResponse,
        result: T,
        envelope: Object,
        names: Option<&'static Envelope>,
    ) -> Self {
        let RawResponse { request, status, headers, body, elapsed, .. } = response;
        Self { result, status, headers, body, envelope, attempts: request.attempts, elapsed, names, request }
    }

    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        let Self { result, status, headers, body, envelope, attempts, elapsed, names, request } = self;
        Response { result: change(result), status, headers, body, envelope, attempts, elapsed, names, request }
    }

    /// Returns the ID that the server assigned to the request.
    pub fn request_id(&self) -> Option<&str> {
        self.request.request_id(&self.headers)
    }

    /// The remarks that the API makes beside the result.
    pub fn messages(&self) -> Vec<Message> {
        let messages = self.names.and_then(|names| self.envelope.get(names.messages));
        messages.map(Message::read_all).unwrap_or_default()
    }

    /// The body as JSON that no type has narrowed: for fields that this version does not know.
    ///
    /// # Errors
    /// [`Error::Decode`] when the body is not JSON.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_slice(&self.body).map_err(|error| {
            Error::Decode(Box::new(DecodeError {
                request: self.request,
                status: self.status,
                headers: self.headers.clone(),
                path: String::new(),
                message: format!("it is not JSON: {error}"),
                body: self.body.clone(),
            }))
        })
    }
}
