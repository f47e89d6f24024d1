use serde::de::DeserializeOwned;

use super::chunks::Chunks;
use super::streaming::{Framing, Streaming};
use crate::api::decode::check_status;
use crate::error::Result;
use crate::request::Request;

/// Methods that the macro [`request!`](crate::request!) calls for streamed responses.
#[doc(hidden)]
impl Request {
    /// Sends the request and returns the body as a stream of chunks.
    pub async fn chunks(mut self) -> Result<Chunks> {
        self.accept.get_or_insert("*/*");
        let response = self.open().await?;
        check_status(&response, self.operation.envelope)?;
        Ok(Chunks::new(*response, self.limits().attempt_timeout))
    }

    /// Sends the request and returns the server-sent events of the response, with JSON data.
    pub async fn events<T: DeserializeOwned>(mut self) -> Result<Streaming<T>> {
        self.accept("text/event-stream");
        self.streaming(Framing::Events).await
    }

    /// Sends the request and returns the server-sent events of the response, with text data.
    pub async fn text_events(mut self) -> Result<Streaming<String>> {
        self.accept("text/event-stream");
        self.streaming(Framing::TextEvents).await
    }

    /// Sends the request and returns the JSON lines of the response.
    pub async fn lines<T: DeserializeOwned>(self) -> Result<Streaming<T>> {
        self.streaming(Framing::Lines).await
    }

    async fn streaming<T: DeserializeOwned>(self, framing: Framing) -> Result<Streaming<T>> {
        let limit = self.state.max_response_size;
        Streaming::new(self.chunks().await?, framing, limit)
    }
}
