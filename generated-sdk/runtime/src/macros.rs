use std::future::Future;

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::Object;
use crate::decode::{Split, check, check_status, decode};
use crate::error::{Error, Result};
use crate::paging::{Items, Page, read_page};
use crate::request::Request;
use crate::response::Response;
use crate::stream::{Chunks, Framing, Streaming};
use crate::transport::BoxFuture;

/// What the macro [`request!`](crate::request!) gives every generated request.
impl Request {
    #[doc(hidden)]
    pub async fn send<T: DeserializeOwned>(self) -> Result<Response<T>> {
        let envelope = self.operation.envelope;
        let answer = self.answer().await?;
        let name = envelope.map(|envelope| [envelope.result]);
        let Split { value, rest } = decode(&answer, envelope, name.as_ref().map_or(&[], |name| name))?;
        Ok(Response::new(answer, value, rest, envelope))
    }

    /// For calls that give nothing: whatever an answer of success holds is left where it is.
    #[doc(hidden)]
    pub async fn send_nothing(self) -> Result<Response<()>> {
        let envelope = self.operation.envelope;
        let answer = self.answer().await?;
        let rest = check(&answer, envelope)?;
        Ok(Response::new(answer, (), rest, envelope))
    }

    /// For calls that give what is no JSON: a file, a picture.
    #[doc(hidden)]
    pub async fn send_bytes(mut self) -> Result<Response<Bytes>> {
        self.accept.get_or_insert("*/*");
        let answer = self.answer().await?;
        check_status(&answer, self.operation.envelope)?;
        let body = answer.body.clone();
        Ok(Response::new(answer, body, Object::new(), None))
    }

    /// For calls that give text. What is not UTF-8 in it is replaced.
    #[doc(hidden)]
    pub async fn send_text(self) -> Result<Response<String>> {
        let response = self.send_bytes().await?;
        let text = String::from_utf8_lossy(&response.result).into_owned();
        Ok(response.map(|_| text))
    }

    /// For calls whose answer is read while it comes.
    #[doc(hidden)]
    pub async fn chunks(mut self) -> Result<Chunks> {
        self.accept.get_or_insert("*/*");
        let (answer, body) = self.open().await?;
        check_status(&answer, self.operation.envelope)?;
        Ok(Chunks::new(answer, body, self.limits.attempt_timeout))
    }

    #[doc(hidden)]
    pub async fn events<T: DeserializeOwned>(mut self) -> Result<Streaming<T>> {
        self.accept("text/event-stream");
        self.streaming(Framing::Events).await
    }

    #[doc(hidden)]
    pub async fn text_events(mut self) -> Result<Streaming<String>> {
        self.accept("text/event-stream");
        self.streaming(Framing::TextEvents).await
    }

    #[doc(hidden)]
    pub async fn lines<T: DeserializeOwned>(self) -> Result<Streaming<T>> {
        self.streaming(Framing::Lines).await
    }

    async fn streaming<T: DeserializeOwned>(self, framing: Framing) -> Result<Streaming<T>> {
        let limit = self.client.0.max_response_size;
        Streaming::new(self.chunks().await?, framing, limit)
    }

    #[doc(hidden)]
    pub async fn send_page<T: DeserializeOwned>(self) -> Result<Response<Page<T>>> {
        let envelope = self.operation.envelope;
        let pagination = self
            .operation
            .pagination
            .ok_or_else(|| Error::config(format!("{} is not a list", self.operation.id)))?;
        let answer = self.answer().await?;
        let Split { value, rest } = read_page(&answer, envelope, pagination)?;
        Ok(Response::new(answer, value, rest, envelope))
    }

    #[doc(hidden)]
    pub fn items<T: DeserializeOwned + Send + 'static>(self) -> Items<T> {
        Items::new(self)
    }

    #[doc(hidden)]
    pub fn result<T: Send + 'static>(
        response: impl Future<Output = Result<Response<T>>> + Send + 'static,
    ) -> BoxFuture<'static, Result<T>> {
        Box::pin(async { response.await.map(|response| response.result) })
    }
}

/// Makes the type of an operation's requests: a wrapper around [`Request`](crate::Request) that is awaited to
/// send it, with the options that all requests have.
#[macro_export]
macro_rules! request {
    ($(#[$attribute:meta])* $name:ident -> ()) => {
        $crate::request!(@common $(#[$attribute])* $name);
        $crate::request!(@send $name, send_nothing, ());
    };
    ($(#[$attribute:meta])* $name:ident -> bytes) => {
        $crate::request!(@common $(#[$attribute])* $name);
        $crate::request!(@send $name, send_bytes, $crate::transport::Bytes);
        $crate::request!(@chunks $name);
    };
    ($(#[$attribute:meta])* $name:ident -> text) => {
        $crate::request!(@common $(#[$attribute])* $name);
        $crate::request!(@send $name, send_text, ::std::string::String);
        $crate::request!(@chunks $name);
    };
    ($(#[$attribute:meta])* $name:ident -> text events) => {
        $crate::request!(@common $(#[$attribute])* $name);
        $crate::request!(@stream $name, text_events, ::std::string::String);
    };
    ($(#[$attribute:meta])* $name:ident -> events of $item:ty) => {
        $crate::request!(@common $(#[$attribute])* $name);
        $crate::request!(@stream $name, events, $item);
    };
    ($(#[$attribute:meta])* $name:ident -> lines of $item:ty) => {
        $crate::request!(@common $(#[$attribute])* $name);
        $crate::request!(@stream $name, lines, $item);
    };
    ($(#[$attribute:meta])* $name:ident -> $output:ty) => {
        $crate::request!(@common $(#[$attribute])* $name);
        $crate::request!(@send $name, send, $output);
    };
    ($(#[$attribute:meta])* $name:ident -> list of $item:ty) => {
        $crate::request!(@common $(#[$attribute])* $name);
        $crate::request!(@send $name, send_page, $crate::Page<$item>);

        impl $name {
            /// All items of the list, from this page on; pages are fetched as they are needed.
            pub fn items(self) -> $crate::Items<$item> {
                self.0.items()
            }
        }
    };
    (@send $name:ident, $send:ident, $output:ty) => {
        impl $name {
            /// Sends the request and returns the whole answer: status, headers and body besides the result.
            ///
            /// # Errors
            /// Any [`Error`](enum@$crate::Error).
            pub async fn send(self) -> $crate::Result<$crate::Response<$output>> {
                self.0.$send().await
            }
        }

        impl ::core::future::IntoFuture for $name {
            type Output = $crate::Result<$output>;
            type IntoFuture = $crate::transport::BoxFuture<'static, Self::Output>;

            fn into_future(self) -> Self::IntoFuture {
                $crate::Request::result(self.0.$send())
            }
        }
    };
    (@chunks $name:ident) => {
        impl $name {
            /// Sends the request and gives the answer chunk by chunk, as it comes.
            ///
            /// # Errors
            /// Any [`Error`](enum@$crate::Error).
            pub async fn chunks(self) -> $crate::Result<$crate::Chunks> {
                self.0.chunks().await
            }
        }
    };
    (@stream $name:ident, $send:ident, $item:ty) => {
        impl ::core::future::IntoFuture for $name {
            type Output = $crate::Result<$crate::Streaming<$item>>;
            type IntoFuture = $crate::transport::BoxFuture<'static, Self::Output>;

            fn into_future(self) -> Self::IntoFuture {
                ::std::boxed::Box::pin(self.0.$send())
            }
        }
    };
    (@common $(#[$attribute:meta])* $name:ident) => {
        $(#[$attribute])*
        #[derive(Clone, Debug)]
        #[must_use = "a request is sent when it is awaited"]
        pub struct $name($crate::Request);

        impl $name {
            /// Limits how long the call may take, all its attempts and the waits between them counted. Of a list
            /// that is read item by item, each page is a call of its own.
            pub fn with_timeout(mut self, limit: ::core::time::Duration) -> Self {
                self.0.timeout(limit);
                self
            }

            /// Limits how long one attempt may take; of an answer that is read as a stream, the wait for each piece.
            pub fn with_attempt_timeout(mut self, limit: ::core::time::Duration) -> Self {
                self.0.attempt_timeout(limit);
                self
            }

            /// Sets how often the request is sent again at the most; zero turns retries off.
            pub fn with_max_retries(mut self, retries: u32) -> Self {
                self.0.max_retries(retries);
                self
            }

            /// Sets a header of this request.
            pub fn with_header(mut self, name: &str, value: &str) -> Self {
                self.0.header(name, value);
                self
            }

            /// Sets a query parameter that this SDK does not know, or replaces one. A list repeats the name, the
            /// properties of an object stand behind the name and a dot, and nothing is sent for `None`.
            pub fn with_query(mut self, name: &str, value: impl $crate::serde::Serialize) -> Self {
                self.0.query(name, &value);
                self
            }

            /// Sets a property of the body that this SDK does not know.
            pub fn with_body_field(mut self, name: &str, value: impl $crate::serde::Serialize) -> Self {
                self.0.body_field(name, &value);
                self
            }

            /// Replaces the whole body by one of a media type that this SDK does not write.
            pub fn with_body(mut self, media_type: &str, body: impl ::core::convert::Into<$crate::Body>) -> Self {
                self.0.raw_body(media_type, body.into());
                self
            }
        }
    };
}
