use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::error::{DecodeError, Error, Message, RequestInfo, Result};
use crate::json::Object;
use crate::operation::Envelope;
use crate::transport::RawResponse;

/// Complete response of a call: the typed result with status, headers, body and envelope.
///
/// # Examples
/// ```no_run
/// # use sdk_runtime::{Call, Value};
/// # async fn example(request: Call<Value>) -> sdk_runtime::Result<()> {
/// let response = request.send().await?;
/// println!("{} after {} attempts: {}", response.status, response.attempts, response.result);
/// println!("request ID for support: {:?}", response.request_id());
/// # Ok(())
/// # }
/// ```
#[non_exhaustive]
pub struct Response<T> {
    /// Decoded result.
    pub result: T,
    /// Status of the response.
    pub status: StatusCode,
    /// Headers of the response.
    pub headers: HeaderMap,
    /// Unchanged body of the response.
    pub body: Bytes,
    /// Properties of the envelope, without the result. Empty if the response is not a JSON object.
    pub envelope: Object,
    /// Number of attempts, including the successful one.
    pub attempts: u32,
    /// Duration of the call, including all attempts and the delays between them.
    pub elapsed: Duration,
    property_names: Option<&'static Envelope>,
    request: RequestInfo,
}

/// Shows the length of the body only, because a body can contain secrets.
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
        property_names: Option<&'static Envelope>,
    ) -> Self {
        let RawResponse { request, status, headers, body, elapsed, .. } = response;
        Self {
            result,
            status,
            headers,
            body,
            envelope,
            attempts: request.attempts,
            elapsed,
            property_names,
            request,
        }
    }

    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        let Self { result, status, headers, body, envelope, attempts, elapsed, property_names, request } = self;
        Response {
            result: change(result),
            status,
            headers,
            body,
            envelope,
            attempts,
            elapsed,
            property_names,
            request,
        }
    }

    /// Returns the ID that the server assigned to the request.
    pub fn request_id(&self) -> Option<&str> {
        self.request.request_id(&self.headers)
    }

    /// Returns the messages in the envelope, such as warnings. Empty if there is no envelope.
    pub fn messages(&self) -> Vec<Message> {
        let messages = self.property_names.and_then(|property_names| self.envelope.get(property_names.messages));
        messages.map(Message::read_all).unwrap_or_default()
    }

    /// Parses the body as an untyped JSON value, for properties that this version of the SDK does not define.
    ///
    /// # Errors
    /// Returns [`Error::Decode`] if the body is not JSON.
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
