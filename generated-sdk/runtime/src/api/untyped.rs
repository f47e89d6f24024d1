use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::call::{Call, ResultFuture};
use super::client::Client;
use super::paging::items::Items;
use super::paging::page::Page;
use super::stream::chunks::Chunks;
use super::stream::streaming::Streaming;
use crate::error::Result;
use crate::operation::{Operation, OperationRef, Pagination};
use crate::request::Request;
use crate::request::options::RequestOptions;

/// A request of any method and path, for what the API's document leaves out. It has the client's credentials, limits,
/// retries (by its method) and errors, like any other.
///
/// ```
/// # use sdk_runtime::{UntypedRequest, Result, Value, json};
/// # async fn example(request: impl Fn(&'static str, &'static str) -> UntypedRequest) -> Result<()> {
/// // The values of the path's parameters are given in their order.
/// let zone: Value = request("GET", "/zones/{zone_id}").path("023e105f").query("verbose", &true).await?;
/// // As a type of one's own, and with the whole answer.
/// let response = request("POST", "/zones").body(&json!({"name": "example.com"})).json::<Value>().send().await?;
/// # Ok(())
/// # }
/// ```
///
/// It is awaited for the JSON inside of the API's envelope, as a [`Value`]; other methods read the answer in other ways.
/// [`RequestOptions`] has what can be said of every request.
#[derive(Clone)]
#[must_use = "a request is sent when it is awaited"]
pub struct UntypedRequest {
    request: Request,
    /// How many parameters of the path have no value.
    missing: usize,
}

impl UntypedRequest {
    /// A request like those of `operation`, with another method and path.
    #[doc(hidden)]
    pub fn new(client: &Client, operation: &'static Operation, method: &'static str, path: &'static str) -> Self {
        let operation = Operation { method, path, ..*operation };
        let mut request = Request::with_state(Arc::clone(&client.0), OperationRef::from(operation));
        if method.is_empty() || !method.bytes().all(|byte| byte.is_ascii_uppercase()) {
            request.report(format_args!("a method is written in capitals, such as GET"));
        }
        if !path.starts_with('/') {
            request.report(format_args!("a path begins with `/`, behind the API's base URL"));
        }
        let before_query = path.split_once('?').map_or(path, |(path, _)| path);
        if before_query.split('/').any(|segment| matches!(segment, "." | "..")) {
            request.report(format_args!("a path has no segment `.` or `..`"));
        }
        if path.bytes().any(|byte| byte <= b' ' || byte == 0x7f) {
            // Some of them would be left out, and what is beside them be read in another way.
            request.report(format_args!("a path has no blanks and no control characters"));
        }
        if path.contains('#') {
            // All behind it, the query too, would not be sent.
            request.report(format_args!("a path has no `#`"));
        }
        Self { request, missing: path.matches('{').count() }
    }

    /// Gives the path's next parameter its value: one segment, or a part of one, whatever it contains.
    pub fn path(mut self, value: impl Into<String>) -> Self {
        self.fill();
        self.request = self.request.path(value);
        self
    }

    /// Gives the path's next parameter several segments, each encoded: for paths that are not known beforehand, at
    /// `/{path}`.
    pub fn segments<S: AsRef<str>>(mut self, segments: impl IntoIterator<Item = S>) -> Self {
        self.fill();
        self.request.path_segments(segments.into_iter());
        self
    }

    /// Counts a value. One too many has no place.
    fn fill(&mut self) {
        match self.missing.checked_sub(1) {
            Some(missing) => self.missing = missing,
            None => self.request.report(format_args!("there are more values than parameters in the path")),
        }
    }

    /// Sets a query parameter. A list repeats the name, the properties of an object stand behind the name and a dot,
    /// and nothing is sent for `None`.
    pub fn query<T: Serialize + ?Sized>(mut self, name: &str, value: &T) -> Self {
        self.request.query(name, value);
        self
    }

    /// Sets a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request.header(name, value);
        self
    }

    /// Sets the body, sent as JSON. [`with_body`](RequestOptions::with_body) has others.
    pub fn body<T: Serialize + ?Sized>(mut self, value: &T) -> Self {
        self.request.body(value);
        self
    }

    /// Gives the JSON inside of the API's envelope as a type.
    pub fn json<T: DeserializeOwned>(self) -> Call<T> {
        Call::json(self.finish())
    }

    /// Gives the JSON of the whole answer, its envelope included if it has one.
    pub fn json_with_envelope<T: DeserializeOwned>(self) -> Call<T> {
        Call::new(self.finish(), Request::json_with_envelope)
    }

    /// Gives nothing but whether it succeeded.
    pub fn nothing(self) -> Call<()> {
        Call::nothing(self.finish())
    }

    /// Gives the answer's body as it is: a file, a picture.
    pub fn bytes(self) -> Call<Bytes> {
        Call::new(self.finish(), Request::bytes)
    }

    /// Gives the answer's body as text.
    pub fn text(self) -> Call<String> {
        Call::new(self.finish(), Request::text)
    }

    /// Gives one page of a list that goes on in this way.
    pub fn page<T: DeserializeOwned>(self, pagination: &'static Pagination) -> Call<Page<T>> {
        Call::new(self.paged(pagination), Request::page)
    }

    /// Gives all items of a list that goes on in this way; pages are fetched as they are needed.
    pub fn items<T: DeserializeOwned + Send + 'static>(self, pagination: &'static Pagination) -> Items<T> {
        self.paged(pagination).items()
    }

    /// Gives the answer chunk by chunk, as it comes.
    ///
    /// # Errors
    /// Any [`Error`](crate::Error).
    pub async fn chunks(self) -> Result<Chunks> {
        self.finish().chunks().await
    }

    /// Gives the server-sent events that the answer consists of, with JSON for data.
    ///
    /// # Errors
    /// Any [`Error`](crate::Error).
    pub async fn events<T: DeserializeOwned>(self) -> Result<Streaming<T>> {
        self.finish().events().await
    }

    /// Gives the lines of JSON that the answer consists of.
    ///
    /// # Errors
    /// Any [`Error`](crate::Error).
    pub async fn lines<T: DeserializeOwned>(self) -> Result<Streaming<T>> {
        self.finish().lines().await
    }

    fn finish(mut self) -> Request {
        if self.missing > 0 {
            let missing = self.missing;
            self.request.report(format_args!("{missing} of the parameters in the path have no value"));
        }
        self.request
    }

    fn paged(self, pagination: &'static Pagination) -> Request {
        let mut request = self.finish();
        request.operation = OperationRef::from(Operation { pagination: Some(pagination), ..*request.operation });
        request
    }
}

impl IntoFuture for UntypedRequest {
    type Output = Result<Value>;
    type IntoFuture = ResultFuture<Value>;

    fn into_future(self) -> Self::IntoFuture {
        self.json().into_future()
    }
}

impl RequestOptions for UntypedRequest {
    fn request_mut(&mut self) -> &mut Request {
        &mut self.request
    }
}

impl fmt::Debug for UntypedRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("UntypedRequest").field(&self.request).finish()
    }
}
