//! Calls, and what they become when they are sent or awaited.
//!
//! Generated crates have thousands of requests, so that what is made anew for each of them is kept small: sending
//! knows nothing of types, and a call only holds the function that reads its answer.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::decode::{Around, check, check_status, decode};
use super::paging::page::{Page, read_page};
use super::response::Response;
use crate::error::{Error, Result};
use crate::json::Object;
use crate::json::extract::Extracted;
use crate::operation::{Operation, OperationRef};
use crate::request::Request;
use crate::request::options::RequestOptions;
use crate::transport::{AttemptResult, BoxFuture, RawResponse};

/// A request that has no parameters left to set: it is awaited to send it.
///
/// Generated crates have a name of its own for each request, which is this type wherever that does. Write the request's
/// name: as soon as there is something to set, it is another type.
#[must_use = "a request is sent when it is awaited"]
pub struct Call<T> {
    request: Request,
    send: fn(Request) -> ResponseFuture<T>,
}

impl<T: DeserializeOwned> Call<T> {
    /// For calls that give JSON.
    #[doc(hidden)]
    pub fn json(request: Request) -> Self {
        Self { request, send: Request::json }
    }
}

impl Call<()> {
    /// For calls that give nothing.
    #[doc(hidden)]
    pub fn nothing(request: Request) -> Self {
        Self { request, send: Request::nothing }
    }
}

impl<T> Call<T> {
    pub(crate) fn new(request: Request, send: fn(Request) -> ResponseFuture<T>) -> Self {
        Self { request, send }
    }

    /// Sends the request and returns the whole answer: status, headers and body besides the result.
    ///
    /// # Errors
    /// Any [`Error`].
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

/// A call that gives the whole answer: status, headers and body besides the result.
#[must_use = "a request is sent when it is awaited"]
pub struct ResponseFuture<T> {
    response: BoxFuture<'static, AttemptResult>,
    operation: OperationRef,
    read: Read<T>,
    around: Around,
}

/// Reads the answer to an operation, and what is wanted around the result.
type Read<T> = fn(RawResponse, &Operation, Around) -> Result<Response<T>>;

impl<T> ResponseFuture<T> {
    fn new(request: Request, read: Read<T>) -> Self {
        let operation = request.operation.clone();
        Self { response: request.into_response(), operation, read, around: Around::All }
    }

    /// The same call, for its result alone.
    pub fn result(self) -> ResultFuture<T> {
        ResultFuture(Self { around: Around::Nothing, ..self })
    }
}

impl<T> Future for ResponseFuture<T> {
    type Output = Result<Response<T>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let response = ready!(self.response.as_mut().poll(context))?;
        Poll::Ready((self.read)(*response, &self.operation, self.around))
    }
}

impl<T> fmt::Debug for ResponseFuture<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ResponseFuture").field("operation", &self.operation.id).finish_non_exhaustive()
    }
}

/// A call that gives its result.
#[derive(Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct ResultFuture<T>(ResponseFuture<T>);

impl<T> Future for ResultFuture<T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let response = ready!(Pin::new(&mut self.0).poll(context));
        Poll::Ready(response.map(|response| response.result))
    }
}

/// What the macro [`request!`](crate::request!) sends requests with: by what their answers hold.
#[doc(hidden)]
impl Request {
    /// For calls that give JSON.
    pub fn json<T: DeserializeOwned>(self) -> ResponseFuture<T> {
        ResponseFuture::new(self, |response, operation, around| {
            let name = operation.envelope.map(|envelope| [envelope.result]);
            let path = name.as_ref().map_or(&[][..], |name| name);
            let Extracted { value, rest } = decode(&response, operation.envelope, path, around)?;
            Ok(Response::new(response, value, rest, operation.envelope))
        })
    }

    /// For calls that give JSON without an envelope, or with it.
    pub(crate) fn json_with_envelope<T: DeserializeOwned>(self) -> ResponseFuture<T> {
        ResponseFuture::new(self, |response, operation, _| {
            // Of an envelope that says that the call failed, the type could make what it likes.
            let rest = check(&response, operation.envelope)?;
            let value = decode(&response, operation.envelope, &[], Around::All)?.value;
            Ok(Response::new(response, value, rest, operation.envelope))
        })
    }

    /// For calls that give one page of a list.
    pub fn page<T: DeserializeOwned>(self) -> ResponseFuture<Page<T>> {
        ResponseFuture::new(self, |response, operation, _| {
            let pagination =
                operation.pagination.ok_or_else(|| Error::config(format!("{} is not a list", operation.id)))?;
            let Extracted { value, rest } = read_page(&response, operation.envelope, pagination)?;
            Ok(Response::new(response, value, rest, operation.envelope))
        })
    }

    /// For calls that give nothing: whatever an answer of success holds is left where it is.
    pub fn nothing(self) -> ResponseFuture<()> {
        ResponseFuture::new(self, |response, operation, _| {
            let rest = check(&response, operation.envelope)?;
            Ok(Response::new(response, (), rest, operation.envelope))
        })
    }

    /// For calls that give what is no JSON: a file, a picture.
    pub fn bytes(mut self) -> ResponseFuture<Bytes> {
        self.accept.get_or_insert("*/*");
        ResponseFuture::new(self, |response, operation, _| read_bytes(response, operation))
    }

    /// For calls that give text. What is not UTF-8 in it is replaced.
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
