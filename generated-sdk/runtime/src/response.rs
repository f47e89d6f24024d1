use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::Object;
use crate::error::{Message, ray_id};
use crate::operation::Envelope;
use crate::send::Answer;

/// The whole answer to a call: the typed result and everything around it.
#[derive(Debug)]
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
}

impl<T> Response<T> {
    pub(crate) fn new(answer: Answer, result: T, envelope: Object, names: Option<&'static Envelope>) -> Self {
        let Answer { request, status, headers, body, elapsed } = answer;
        Self { result, status, headers, body, envelope, attempts: request.attempts, elapsed, names }
    }

    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        let Self { result, status, headers, body, envelope, attempts, elapsed, names } = self;
        Response { result: change(result), status, headers, body, envelope, attempts, elapsed, names }
    }

    /// The id that Cloudflare's network gave the request (`cf-ray`).
    pub fn ray_id(&self) -> Option<&str> {
        ray_id(&self.headers)
    }

    /// The remarks that the API makes beside the result.
    pub fn messages(&self) -> Vec<Message> {
        Message::read_all(self.names.and_then(|names| self.envelope.get(names.messages)))
    }

    /// The body as JSON that no type has narrowed: for fields that this version does not know.
    ///
    /// # Errors
    /// When the body is not JSON.
    pub fn json(&self) -> serde_json::Result<Value> {
        serde_json::from_slice(&self.body)
    }
}
