//! Calls, and the futures that send them.
//!
//! Generated crates have thousands of requests, so the code that is compiled for each of them is small:
//! sending is independent of the type of the result, and a call only holds the function that decodes its
//! response.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::decode::{EnvelopeHandling, check, check_status, decode};
use super::paging::page::{Page, read_page};
use super::response::Response;
use crate::error::{Error, Result};
use crate::json::Object;
use crate::json::extract::Extracted;
use crate::operation::{Operation, OperationRef};
use crate::request::Request;
use crate::request::options::RequestOptions;
use crate::transport::{AttemptResult, BoxFuture, RawResponse};

/// Request without optional parameters. It is sent by awaiting it.
///
/// Generated crates define a type alias of `Call` for each request that has no optional parameters. Use the
/// alias in your code: it becomes a separate type when the API adds an optional parameter.
///
/// [`RequestOptions`] has the options of all requests, such as timeouts and headers.
///
/// # Errors
/// Awaiting the request returns any [`Error`].
///
/// # Examples
/// ```no_run
/// # use std::time::Duration;
/// # use sdk_runtime::{Call, RequestOptions, Value};
/// # async fn example(request: Call<Value>) -> sdk_runtime::Result<()> {
/// let result = request.clone().await?;
/// let response = request.with_timeout(Duration::from_secs(5)).send().await?;
/// println!("{result} {}", response.status);
/// # Ok(())
/// # }
/// ```
#[must_use = "requests do nothing unless awaited"]
pub struct Call<T> {
    request: Request,
    send: fn(Request) -> ResponseFuture<T>,
}

impl<T: DeserializeOwned> Call<T> {
    /// Creates a call whose result is JSON.
    #[doc(hidden)]
    pub fn json(request: Request) -> Self {
        Self { request, send: Request::json }
    }
}

impl Call<()> {
    /// Creates a call without a result.
    #[doc(hidden)]
    pub fn nothing(request: Request) -> Self {
        Self { request, send: Request::nothing }
    }
}

impl<T> Call<T> {
    pub(crate) fn new(request: Request, send: fn(Request) -> ResponseFuture<T>) -> Self {
        Self { request, send }
    }

    /// Sends the request and returns the complete response: the result with status, headers and body.
    ///
    /// # Errors
    /// Returns any [`Error`].
    pub fn send(self) -> ResponseFuture<T> {
        (self.send)(self.request)
    }
}

impl<T> IntoFuture for Call<T> {
    type Output = Result<T>;
    type IntoFuture = ResultFuture<T>;

    fn into_future(self) -> Self::IntoFuture {
        self.send().result()
    }
}

impl<T> RequestOptions for Call<T> {
    fn request_mut(&mut self) -> &mut Request {
        &mut self.request
    }
}

impl<T> Clone for Call<T> {
    fn clone(&self) -> Self {
        Self { request: self.request.clone(), send: self.send }
    }
}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Call").field(&self.request).finish()
    }
}

/// Future that sends a request and returns the complete [`Response`]: the result with status, headers and body.
#[must_use = "requests do nothing unless awaited"]
pub struct ResponseFuture<T> {
    response: BoxFuture<'static, AttemptResult>,
    operation: OperationRef,
    decode: DecodeResponse<T>,
    envelope_handling: EnvelopeHandling,
}

/// Decodes the response of an operation.
type DecodeResponse<T> = fn(RawResponse, &Operation, EnvelopeHandling) -> Result<Response<T>>;

impl<T> ResponseFuture<T> {
    fn new(request: Request, decode: DecodeResponse<T>) -> Self {
        let operation = request.operation.clone();
        Self { response: request.into_response(), operation, decode, envelope_handling: EnvelopeHandling::Keep }
    }

    /// Converts into a future that returns only the result. It ignores the rest of the envelope.
    pub fn result(self) -> ResultFuture<T> {
        ResultFuture(Self { envelope_handling: EnvelopeHandling::Discard, ..self })
    }
}

impl<T> Future for ResponseFuture<T> {
    type Output = Result<Response<T>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let response = ready!(self.response.as_mut().poll(context))?;
        Poll::Ready((self.decode)(*response, &self.operation, self.envelope_handling))
    }
}

impl<T> fmt::Debug for ResponseFuture<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ResponseFuture").field("operation", &self.operation.id).finish_non_exhaustive()
    }
}

/// Future that sends a request and returns its result.
#[derive(Debug)]
#[must_use = "requests do nothing unless awaited"]
pub struct ResultFuture<T>(ResponseFuture<T>);

impl<T> Future for ResultFuture<T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let response = ready!(Pin::new(&mut self.0).poll(context));
        Poll::Ready(response.map(|response| response.result))
    }
}

/// Functions by which the macro [`request!`](crate::request!) sends requests, one for each kind of response.
#[doc(hidden)]
impl Request {
    /// Sends the request and decodes the result in the envelope, or the whole JSON body without an envelope.
    pub fn json<T: DeserializeOwned>(self) -> ResponseFuture<T> {
        ResponseFuture::new(self, |response, operation, envelope_handling| {
            let name = operation.envelope.map(|envelope| [envelope.result]);
            let path = name.as_ref().map_or(&[][..], |name| name);
            let Extracted { value, rest } = decode(&response, operation.envelope, path, envelope_handling)?;
            Ok(Response::new(response, value, rest, operation.envelope))
        })
    }

    /// Sends the request and decodes the whole JSON body, including the envelope.
    pub(crate) fn json_with_envelope<T: DeserializeOwned>(self) -> ResponseFuture<T> {
        ResponseFuture::new(self, |response, operation, _| {
            // Check first, because the type could also match an envelope that reports a failure.
            let rest = check(&response, operation.envelope)?;
            let value = decode(&response, operation.envelope, &[], EnvelopeHandling::Keep)?.value;
            Ok(Response::new(response, value, rest, operation.envelope))
        })
    }

    /// Sends the request and decodes one page of a list.
    pub fn page<T: DeserializeOwned>(self) -> ResponseFuture<Page<T>> {
        ResponseFuture::new(self, |response, operation, _| {
            let pagination =
                operation.pagination.ok_or_else(|| Error::config(format!("{} is not a list", operation.id)))?;
            let Extracted { value, rest } = read_page(&response, operation.envelope, pagination)?;
            Ok(Response::new(response, value, rest, operation.envelope))
        })
    }

    /// Sends the request and checks that it succeeded. The body of a successful response is not decoded.
    pub fn nothing(self) -> ResponseFuture<()> {
        ResponseFuture::new(self, |response, operation, _| {
            let rest = check(&response, operation.envelope)?;
            Ok(Response::new(response, (), rest, operation.envelope))
        })
    }

    /// Sends the request and returns the body unchanged, for example a file or an image.
    pub fn bytes(mut self) -> ResponseFuture<Bytes> {
        self.accept.get_or_insert("*/*");
        ResponseFuture::new(self, |response, operation, _| read_bytes(response, operation))
    }

    /// Sends the request and returns the body as text. Invalid UTF-8 is replaced by U+FFFD.
    pub fn text(mut self) -> ResponseFuture<String> {
        self.accept.get_or_insert("*/*");
        ResponseFuture::new(self, |response, operation, _| {
            let response = read_bytes(response, operation)?;
            let text = String::from_utf8_lossy(&response.result).into_owned();
            Ok(response.map(|_| text))
        })
    }
}

fn read_bytes(response: RawResponse, operation: &Operation) -> Result<Response<Bytes>> {
    check_status(&response, operation.envelope)?;
    let body = response.body.clone();
    Ok(Response::new(response, body, Object::new(), None))
}
