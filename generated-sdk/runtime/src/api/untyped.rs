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
#[cfg(doc)]
use crate::error::Error;
use crate::error::Result;
use crate::operation::{Operation, OperationRef, Pagination};
use crate::request::Request;
use crate::request::options::RequestOptions;

/// Request with any method and path, for operations that the SDK does not define.
///
/// The request has the client's credentials, limits, retries (depending on its method) and errors, like a
/// generated request. [`RequestOptions`] has its options, such as timeouts and headers.
///
/// Awaiting the request returns the result in the API's envelope as an untyped JSON [`Value`]. Other
/// methods decode the response in other ways.
///
/// # Errors
/// Awaiting the request returns any [`Error`]. An invalid method, path or parameter is [`Error::Config`];
/// nothing is sent then.
///
/// # Examples
/// ```
/// # use sdk_runtime::{UntypedRequest, Result, Value, json};
/// # async fn example(request: impl Fn(&'static str, &'static str) -> UntypedRequest) -> Result<()> {
/// // Path parameters are set in their order in the path.
/// let zone: Value = request("GET", "/zones/{zone_id}").path("023e105f").query("verbose", &true).await?;
/// // Decode a type of your own, and return the complete response.
/// let response = request("POST", "/zones").body(&json!({"name": "example.com"})).json::<Value>().send().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "requests do nothing unless awaited"]
pub struct UntypedRequest {
    request: Request,
    /// Number of path parameters without a value.
    unset_parameters: usize,
}

impl UntypedRequest {
    /// Creates a request like those of `operation`, with another method and path.
    #[doc(hidden)]
    pub fn new(client: &Client, operation: &'static Operation, method: &'static str, path: &'static str) -> Self {
        let operation = Operation { method, path, ..*operation };
        let mut request = Request::with_state(Arc::clone(&client.0), OperationRef::from(operation));
        if method.is_empty() || !method.bytes().all(|byte| byte.is_ascii_uppercase()) {
            request.report(format_args!("invalid method `{method}`; use capital letters, such as `GET`"));
        }
        if !path.starts_with('/') {
            request.report(format_args!(
                "the path does not begin with `/`; give a path relative to the API's base URL"
            ));
        }
        let before_query = path.split_once('?').map_or(path, |(path, _)| path);
        if before_query.split('/').any(|segment| matches!(segment, "." | "..")) {
            request.report(format_args!("the path has a segment `.` or `..`; remove it"));
        }
        if path.bytes().any(|byte| byte <= b' ' || byte == 0x7f) {
            // URL parsers remove some of these characters, which would change the meaning of the path.
            request.report(format_args!("the path has spaces or control characters; percent-encode them"));
        }
        if path.contains('#') {
            // The fragment of a URL is not sent, including a query after it.
            request.report(format_args!("the path has a `#`; write it as `%23`"));
        }
        Self { request, unset_parameters: path.matches('{').count() }
    }

    /// Sets the next path parameter. The value is encoded as one segment or a part of one, so a `/` in it
    /// is escaped.
    pub fn path(mut self, value: impl Into<String>) -> Self {
        self.count_parameter();
        self.request = self.request.path(value);
        self
    }

    /// Sets the next path parameter to several segments, each of which is encoded. Use it with a parameter
    /// such as `/{path}` for a path of variable length.
    pub fn segments<S: AsRef<str>>(mut self, segments: impl IntoIterator<Item = S>) -> Self {
        self.count_parameter();
        self.request.path_segments(segments.into_iter());
        self
    }

    /// Counts a value of a path parameter.
    fn count_parameter(&mut self) {
        match self.unset_parameters.checked_sub(1) {
            Some(unset) => self.unset_parameters = unset,
            None => self
                .request
                .report(format_args!("more values than parameters in the path; remove the excess values")),
        }
    }

    /// Sets a query parameter. Arrays repeat the name, properties of objects are appended to the name with
    /// a dot (`filter.name=x`), and `None` sends nothing.
    pub fn query<T: Serialize + ?Sized>(mut self, name: &str, value: &T) -> Self {
        self.request.query(name, value);
        self
    }

    /// Sets a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request.header(name, value);
        self
    }

    /// Sets the body to a value, which is serialized as JSON. [`with_body`](RequestOptions::with_body) sets
    /// bodies of other media types.
    pub fn body<T: Serialize + ?Sized>(mut self, value: &T) -> Self {
        self.request.body(value);
        self
    }

    /// Returns a call that decodes the result in the API's envelope as `T`.
    pub fn json<T: DeserializeOwned>(self) -> Call<T> {
        Call::json(self.into_request())
    }

    /// Returns a call that decodes the whole JSON body as `T`, including the envelope.
    pub fn json_with_envelope<T: DeserializeOwned>(self) -> Call<T> {
        Call::new(self.into_request(), Request::json_with_envelope)
    }

    /// Returns a call that only checks for success and ignores the body.
    pub fn nothing(self) -> Call<()> {
        Call::nothing(self.into_request())
    }

    /// Returns a call that returns the body unchanged, for example a file or an image.
    pub fn bytes(self) -> Call<Bytes> {
        Call::new(self.into_request(), Request::bytes)
    }

    /// Returns a call that returns the body as text. Invalid UTF-8 is replaced by U+FFFD.
    pub fn text(self) -> Call<String> {
        Call::new(self.into_request(), Request::text)
    }

    /// Returns a call that decodes one page of a list with this pagination.
    pub fn page<T: DeserializeOwned>(self, pagination: &'static Pagination) -> Call<Page<T>> {
        Call::new(self.into_list_request(pagination), Request::page)
    }

    /// Returns a stream over the items of all pages of a list with this pagination. Pages are fetched on
    /// demand.
    pub fn items<T: DeserializeOwned + Send + 'static>(self, pagination: &'static Pagination) -> Items<T> {
        self.into_list_request(pagination).items()
    }

    /// Sends the request and returns the response body as a stream of chunks, without buffering it.
    ///
    /// # Errors
    /// Returns any [`Error`].
    pub async fn chunks(self) -> Result<Chunks> {
        self.into_request().chunks().await
    }

    /// Sends the request and returns a stream over server-sent events, whose JSON data is decoded as `T`.
    ///
    /// # Errors
    /// Returns any [`Error`].
    pub async fn events<T: DeserializeOwned>(self) -> Result<Streaming<T>> {
        self.into_request().events().await
    }

    /// Sends the request and returns a stream over JSON values, one per line or each after a record separator.
    ///
    /// # Errors
    /// Returns any [`Error`].
    pub async fn lines<T: DeserializeOwned>(self) -> Result<Streaming<T>> {
        self.into_request().lines().await
    }

    /// Returns the request, with an error if path parameters are not set.
    fn into_request(mut self) -> Request {
        if self.unset_parameters > 0 {
            let unset = self.unset_parameters;
            self.request.report(format_args!("path parameters without a value: {unset}; set them with `path`"));
        }
        self.request
    }

    /// Returns the request as one of a list.
    fn into_list_request(self, pagination: &'static Pagination) -> Request {
        let mut request = self.into_request();
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
