use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;

use super::chunks::Chunks;
use super::events::Events;
use super::frame::{Frame, FrameDecoder};
use super::lines::Lines;
use crate::api::decode::{EnvelopeHandling, decode};
#[cfg(doc)]
use crate::error::Error;
use crate::error::Result;
use crate::transport::{Body, RawResponse};

/// Stream over the items of a response: server-sent events, or JSON values in lines.
///
/// The timeouts of the call apply until the response headers are received. After that, the attempt timeout
/// limits the time to wait for the next bytes. A broken connection is an error that ends the stream. The
/// stream does not reconnect with `Last-Event-ID`, because most APIs do not support it and would repeat
/// items. An item that does not match its type is an error, after which the stream continues. Dropping the
/// stream cancels the response.
///
/// Events without data are skipped, and an event with the data `[DONE]` ends the stream.
///
/// `Streaming` implements [`Stream`]. [`try_next`](Self::try_next) reads it without a stream library.
///
/// # Examples
/// ```no_run
/// # async fn example(mut stream: sdk_runtime::Streaming<sdk_runtime::Value>) -> sdk_runtime::Result<()> {
/// while let Some(item) = stream.try_next().await? {
///     println!("{item}");
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "streams do nothing unless polled"]
pub struct Streaming<T> {
    frames: Frames,
    item: PhantomData<fn() -> T>,
}

/// An item with the metadata of its event.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Event<T> {
    /// Name of the event (`event`), if any.
    pub event: Option<String>,
    /// Id (`id`) of this event, or of the last event with an id.
    pub id: Option<String>,
    /// The decoded item.
    pub data: T,
}

/// Format of the items in a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Framing {
    /// Server-sent events with JSON data.
    Events,
    /// Server-sent events with text data.
    TextEvents,
    /// JSON values, one per line or each after a record separator.
    Lines,
}

/// Part of the stream that does not depend on the type of the items.
struct Frames {
    chunks: Chunks,
    decoder: Box<dyn FrameDecoder>,
    framing: Framing,
    /// Maximum size of a frame in bytes.
    limit: usize,
    has_ended: bool,
}

/// Data of the final event in several APIs.
const DONE: &[u8] = b"[DONE]";

impl Frames {
    fn new(chunks: Chunks, framing: Framing, limit: usize) -> Result<Self> {
        let media_type = chunks.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence =
            media_type.map(|text| text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
        let decoder: Box<dyn FrameDecoder> = match (framing, essence.as_deref()) {
            (Framing::Lines, Some(essence)) => Box::new(Lines::new(essence.ends_with("json-seq"))),
            (Framing::Lines, None) => Box::new(Lines::new(false)),
            (_, None | Some("text/event-stream")) => Box::new(Events::default()),
            // Parsing another media type as events would yield an empty stream without an error.
            (_, Some(other)) => {
                let message = format!("it is {other}, not text/event-stream");
                return Err(raw_response(&chunks, Bytes::new()).decode_error("", &message));
            }
        };
        Ok(Self { chunks, decoder, framing, limit, has_ended: false })
    }

    fn poll_frame(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame>>> {
        loop {
            if self.has_ended {
                return Poll::Ready(None);
            }
            if let Some(frame) = self.decoder.next() {
                if self.framing == Framing::Events {
                    if frame.data == DONE {
                        self.has_ended = true;
                        self.chunks.close();
                        continue;
                    }
                    if frame.data.is_empty() {
                        continue;
                    }
                }
                return Poll::Ready(Some(Ok(frame)));
            }
            if self.decoder.buffered() > self.limit {
                self.has_ended = true;
                self.chunks.close();
                let message = format!("an item is larger than {} bytes", self.limit);
                return Poll::Ready(Some(
                    Err(raw_response(&self.chunks, Bytes::new()).decode_error("", &message)),
                ));
            }
            match ready!(self.chunks.poll_chunk(context)) {
                Some(Ok(chunk)) => self.decoder.push(&chunk),
                Some(Err(error)) => {
                    self.has_ended = true;
                    return Poll::Ready(Some(Err(error)));
                }
                None => {
                    self.has_ended = true;
                    return Poll::Ready(self.decoder.last().map(Ok));
                }
            }
        }
    }

    /// Returns an item as JSON. Text becomes a JSON string.
    fn json(&self, data: Vec<u8>) -> Bytes {
        match self.framing {
            Framing::TextEvents => serde_json::Value::from(String::from_utf8_lossy(&data)).to_string().into(),
            _ => data.into(),
        }
    }
}

/// Returns a response with the item as its body, for errors.
fn raw_response(chunks: &Chunks, body: Bytes) -> RawResponse {
    RawResponse {
        request: chunks.request,
        status: chunks.status,
        headers: chunks.headers.clone(),
        body,
        unread: Body::empty(),
        elapsed: std::time::Duration::ZERO,
    }
}

impl<T: DeserializeOwned> Streaming<T> {
    pub(crate) fn new(chunks: Chunks, framing: Framing, limit: usize) -> Result<Self> {
        Ok(Self { frames: Frames::new(chunks, framing, limit)?, item: PhantomData })
    }

    /// Returns the next item, or `None` at the end of the stream.
    ///
    /// # Errors
    /// Returns [`Error::Connection`] if the connection breaks, [`Error::Timeout`] if nothing is received
    /// within the attempt timeout, and [`Error::Decode`] if an item does not match its type. The stream
    /// continues after a decode error.
    pub async fn try_next(&mut self) -> Result<Option<T>> {
        Ok(self.try_next_event().await?.map(|event| event.data))
    }

    /// Returns the next item like [`try_next`](Self::try_next), with the name and id of its event.
    ///
    /// # Errors
    /// Same as [`try_next`](Self::try_next).
    pub async fn try_next_event(&mut self) -> Result<Option<Event<T>>> {
        std::future::poll_fn(|context| self.poll_event(context)).await.transpose()
    }

    /// Collects all remaining items. Fails at the first error.
    ///
    /// # Errors
    /// Same as [`try_next`](Self::try_next).
    pub async fn try_collect(mut self) -> Result<Vec<T>> {
        let mut items = Vec::new();
        while let Some(item) = self.try_next().await? {
            items.push(item);
        }
        Ok(items)
    }

    fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Event<T>>>> {
        let Some(frame) = ready!(self.frames.poll_frame(context)) else { return Poll::Ready(None) };
        Poll::Ready(Some(frame.and_then(|frame| self.read(frame))))
    }

    fn read(&self, frame: Frame) -> Result<Event<T>> {
        let Frame { event, id, data } = frame;
        let json = self.frames.json(data);
        let data = match serde_json::from_slice(&json) {
            Ok(data) => data,
            // Decoding again returns an error with the location of the mismatch.
            Err(_) => decode(&raw_response(&self.frames.chunks, json), None, &[], EnvelopeHandling::Keep)?.value,
        };
        Ok(Event { event, id, data })
    }
}

impl<T> Streaming<T> {
    /// Returns the status of the response.
    pub fn status(&self) -> StatusCode {
        self.frames.chunks.status
    }

    /// Returns the headers of the response.
    pub fn headers(&self) -> &HeaderMap {
        &self.frames.chunks.headers
    }
}

impl<T> std::fmt::Debug for Streaming<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Streaming").field("status", &self.status()).finish_non_exhaustive()
    }
}

impl<T: DeserializeOwned> Stream for Streaming<T> {
    type Item = Result<T>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        let event = ready!(self.get_mut().poll_event(context));
        Poll::Ready(event.map(|event| event.map(|event| event.data)))
    }
}
