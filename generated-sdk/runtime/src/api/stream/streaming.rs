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
use crate::api::decode::{Around, decode};
#[cfg(doc)]
use crate::error::Error;
use crate::error::Result;
use crate::transport::{Body, RawResponse};

/// What an answer gives bit by bit: server-sent events, or JSON values line by line.
///
/// ```no_run
/// # async fn example(mut stream: sdk_runtime::Streaming<sdk_runtime::Value>) -> sdk_runtime::Result<()> {
/// while let Some(item) = stream.try_next().await? {
///     println!("{item}");
/// }
/// # Ok(())
/// # }
/// ```
///
/// The call's time limits end where the answer begins. From there on it is the wait for the next bytes that may
/// not be longer than an attempt may take. A connection that breaks is an error of the stream, which then ends:
/// it is not made again with `Last-Event-ID`, because most APIs would begin anew and repeat what was read. An
/// item that does not fit is an error in its place, and the stream goes on behind it. Dropping the stream ends
/// the answer.
///
/// Events without data are left out, and an event whose data is `[DONE]` ends the stream.
///
/// It is a [`Stream`]; [`try_next`](Self::try_next) reads it without one of the stream libraries.
#[must_use = "nothing is read until an item is asked for"]
pub struct Streaming<T> {
    frames: Frames,
    item: PhantomData<fn() -> T>,
}

/// An item with what the server says of it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Event<T> {
    /// The event's name (`event`), where it has one.
    pub event: Option<String>,
    /// The last id (`id`) that this event or one before it had.
    pub id: Option<String>,
    /// The item.
    pub data: T,
}

/// How an answer is cut into items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Framing {
    /// Server-sent events with JSON for data.
    Events,
    /// Server-sent events with text for data.
    TextEvents,
    /// JSON values: one on each line, or each behind a record separator.
    Lines,
}

/// The part of it that doesn't depend on the items' type.
struct Frames {
    chunks: Chunks,
    decoder: Box<dyn FrameDecoder>,
    framing: Framing,
    /// How many bytes a frame may have.
    limit: usize,
    has_ended: bool,
}

/// The data with which several APIs end a stream of JSON.
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
            // To read it as events would find none, and keep silent about it.
            (_, Some(other)) => {
                let message = format!("it is {other}, not text/event-stream");
                return Err(response(&chunks, Bytes::new()).decode_error("", &message));
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
            if self.decoder.waiting() > self.limit {
                self.has_ended = true;
                self.chunks.close();
                let message = format!("an item is larger than {} bytes", self.limit);
                return Poll::Ready(Some(Err(response(&self.chunks, Bytes::new()).decode_error("", &message))));
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

    /// The JSON of an item: text becomes a string.
    fn json(&self, data: Vec<u8>) -> Bytes {
        match self.framing {
            Framing::TextEvents => serde_json::Value::from(String::from_utf8_lossy(&data)).to_string().into(),
            _ => data.into(),
        }
    }
}

/// The answer of which an item is the body, for errors.
fn response(chunks: &Chunks, body: Bytes) -> RawResponse {
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

    /// The next item, or nothing at the end.
    ///
    /// # Errors
    /// [`Error::Connection`] when the connection breaks, [`Error::Timeout`] when nothing comes for too long, and
    /// [`Error::Decode`] for an item that does not fit its type; after that one the stream goes on.
    pub async fn try_next(&mut self) -> Result<Option<T>> {
        Ok(self.try_next_event().await?.map(|event| event.data))
    }

    /// As [`try_next`](Self::try_next), with the event's name and id.
    ///
    /// # Errors
    /// As [`try_next`](Self::try_next).
    pub async fn try_next_event(&mut self) -> Result<Option<Event<T>>> {
        std::future::poll_fn(|context| self.poll_event(context)).await.transpose()
    }

    /// Reads the rest.
    ///
    /// # Errors
    /// As [`try_next`](Self::try_next).
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
            // It reads once more, and says where it does not fit.
            Err(_) => decode(&response(&self.frames.chunks, json), None, &[], Around::All)?.value,
        };
        Ok(Event { event, id, data })
    }
}

impl<T> Streaming<T> {
    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.frames.chunks.status
    }

    /// The headers of the answer.
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
