//! Bodies of requests and responses: bytes, files and streams.

mod chain;
mod file;
pub(crate) mod multipart;
pub(crate) mod part;

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;

use super::future::BoxFuture;

/// Error while reading a body.
pub type BodyError = Box<dyn StdError + Send + Sync>;

type ByteStream = Pin<Box<dyn Stream<Item = Result<Bytes, BodyError>> + Send>>;

/// Body of a request or response: bytes, a file, or a stream.
///
/// Bytes and files can be sent again, so they do not prevent retries. A stream can only be sent once, so a
/// request is not retried after sending of its stream has started.
///
/// The attempt timeout includes the upload of the body. Raise it for large uploads with
/// `with_attempt_timeout`.
///
/// `Body` implements [`Stream`] with chunks as items. [`try_next`](Self::try_next) reads it without a stream
/// library.
///
/// # Examples
/// ```
/// use sdk_runtime::Body;
///
/// let text = Body::from("a,b\n1,2\n");
/// assert_eq!(text.length(), Some(8));
/// // The file is read while it is sent.
/// let file = Body::file("backup.tar");
/// // Any reader, such as the output of another process.
/// let input = Body::reader(tokio::io::empty());
/// # let _ = (file, input);
/// ```
pub struct Body {
    content: Content,
    length: Option<u64>,
    /// Stream being read, once reading has started. The mutex is never contended; it makes the type `Sync`.
    reading: Option<Mutex<ByteStream>>,
    /// Permit of the client's concurrency limit, held until the response is read.
    permit: Option<Box<dyn Send + Sync>>,
}

/// A body that can be read several times. It is a trait object so that programs that send no files do not
/// contain the code for files.
trait BodySource: Send + Sync {
    /// Returns the length in bytes, if known.
    fn length(&self) -> Option<u64>;

    /// Returns `true` if the body can be sent from its start.
    fn is_replayable(&self) -> bool;

    /// Returns the same body with its files opened.
    fn open(&self) -> BoxFuture<'static, io::Result<Body>>;

    fn read(&self) -> ByteStream;
}

/// Content of a body.
#[derive(Clone)]
enum Content {
    Bytes(Bytes),
    /// A stream, shared by all clones and taken by the first one that is read.
    Stream(Arc<Mutex<Option<ByteStream>>>),
    Source(Arc<dyn BodySource>),
}

impl Body {
    fn new(content: Content, length: Option<u64>) -> Self {
        Self { content, length, reading: None, permit: None }
    }

    fn from_source(source: impl BodySource + 'static) -> Self {
        Self::new(Content::Source(Arc::new(source)), None)
    }

    /// Keeps a permit of the client's concurrency limit until the body is dropped.
    pub(crate) fn hold_permit(&mut self, permit: Option<Box<dyn Send + Sync>>) {
        self.permit = permit;
    }

    /// Creates an empty body.
    pub fn empty() -> Self {
        Self::from(Bytes::new())
    }

    /// Creates a body from a stream of chunks. It can only be sent once, so its request is not retried after
    /// sending has started. It is sent chunked unless [`with_length`](Self::with_length) is set.
    pub fn stream<S, B, E>(stream: S) -> Self
    where
        S: Stream<Item = Result<B, E>> + Send + 'static,
        B: Into<Bytes>,
        E: Into<BodyError>,
    {
        Self::once(Box::pin(Converted(Box::pin(stream))))
    }

    /// Creates a body like [`stream`](Self::stream), without conversion of the items.
    pub(crate) fn once(stream: ByteStream) -> Self {
        Self::new(Content::Stream(Arc::new(Mutex::new(Some(stream)))), None)
    }

    /// Sets the length of a stream in bytes, which is sent as `Content-Length`. Many servers require it for
    /// uploads. Ignored for a body of bytes.
    #[must_use]
    pub fn with_length(mut self, length: u64) -> Self {
        if !matches!(self.content, Content::Bytes(_)) {
            self.length = Some(length);
        }
        self
    }

    /// Returns the length in bytes, if known. The length of a file is known when it is opened, which is
    /// before the transport receives the body.
    pub fn length(&self) -> Option<u64> {
        match &self.content {
            Content::Bytes(bytes) => Some(bytes.len() as u64),
            Content::Source(source) => self.length.or_else(|| source.length()),
            Content::Stream(_) => self.length,
        }
    }

    /// Returns the bytes if the entire body is in memory.
    pub fn as_bytes(&self) -> Option<&Bytes> {
        match &self.content {
            Content::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// Returns the next chunk, or `None` at the end.
    ///
    /// # Errors
    /// Returns the error of the file, stream or connection.
    pub async fn try_next(&mut self) -> Result<Option<Bytes>, BodyError> {
        std::future::poll_fn(|context| self.poll_chunk(context)).await.transpose()
    }

    /// Reads the entire body into memory.
    ///
    /// # Errors
    /// Same as [`try_next`](Self::try_next).
    pub async fn collect(mut self) -> Result<Bytes, BodyError> {
        match self.collect_up_to(usize::MAX).await? {
            Some(bytes) => Ok(bytes),
            None => Err("the body is larger than the memory".into()),
        }
    }

    /// Reads the entire body into memory, or returns `None` if it is larger than `limit` bytes.
    pub(crate) async fn collect_up_to(&mut self, limit: usize) -> Result<Option<Bytes>, BodyError> {
        let expected = self.length().map_or(0, |length| usize::try_from(length).unwrap_or(usize::MAX));
        if expected > limit {
            return Ok(None);
        }
        // Most responses are a single chunk, which is not copied.
        let (mut first, mut all) = (Bytes::new(), BytesMut::new());
        while let Some(chunk) = self.try_next().await? {
            let read = first.len().max(all.len());
            if chunk.len() > limit - read {
                return Ok(None);
            }
            match (read, all.is_empty()) {
                (0, _) => first = chunk,
                (_, true) => {
                    all.reserve(expected.min(MAX_RESERVE));
                    all.extend_from_slice(&first);
                    all.extend_from_slice(&chunk);
                }
                (_, false) => all.extend_from_slice(&chunk),
            }
        }
        Ok(Some(if all.is_empty() { first } else { all.freeze() }))
    }

    /// Returns `true` if the body can be sent from its start.
    pub(crate) fn is_replayable(&self) -> bool {
        match &self.content {
            Content::Bytes(_) => true,
            Content::Stream(stream) => lock(stream).is_some(),
            Content::Source(source) => source.is_replayable(),
        }
    }

    /// Opens the files of the body, so that missing files are found before anything is sent, and the length
    /// is known.
    pub(crate) fn open(&self) -> Option<BoxFuture<'static, io::Result<Self>>> {
        match &self.content {
            Content::Source(source) => Some(source.open()),
            Content::Bytes(_) | Content::Stream(_) => None,
        }
    }

    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyError>>> {
        let stream = match &mut self.reading {
            Some(stream) => stream,
            None => match self.begin() {
                Ok(Some(stream)) => self.reading.insert(Mutex::new(stream)),
                Ok(None) => return Poll::Ready(self.take_bytes().map(Ok)),
                Err(error) => return Poll::Ready(Some(Err(error))),
            },
        };
        let stream = stream.get_mut().unwrap_or_else(PoisonError::into_inner);
        loop {
            match ready!(stream.as_mut().poll_next(context)) {
                // Some consumers treat an empty chunk as the end.
                Some(Ok(chunk)) if chunk.is_empty() => {}
                None => {
                    // Streams must not be polled after their end.
                    *stream = Box::pin(Ended);
                    return Poll::Ready(None);
                }
                other => return Poll::Ready(other),
            }
        }
    }

    /// Returns the stream to read, or `None` for bytes.
    fn begin(&self) -> Result<Option<ByteStream>, BodyError> {
        match &self.content {
            Content::Bytes(_) => Ok(None),
            Content::Source(source) => Ok(Some(source.read())),
            Content::Stream(stream) => match lock(stream).take() {
                Some(stream) => Ok(Some(stream)),
                None => Err("the stream was already sent and can't be sent again".into()),
            },
        }
    }

    fn take_bytes(&mut self) -> Option<Bytes> {
        match &mut self.content {
            Content::Bytes(bytes) if !bytes.is_empty() => Some(std::mem::take(bytes)),
            _ => None,
        }
    }
}

/// Maximum memory, in bytes, that is reserved because of a length stated by the server.
const MAX_RESERVE: usize = 1 << 20;

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // A panic while polling the stream must not cause another one here.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Stream for Body {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_chunk(context)
    }
}

/// Clones of a stream share it, and the first clone that is read takes it.
impl Clone for Body {
    fn clone(&self) -> Self {
        Self::new(self.content.clone(), self.length)
    }
}

impl Default for Body {
    fn default() -> Self {
        Self::empty()
    }
}

/// Shows the length, and not the content, which may be confidential.
impl fmt::Debug for Body {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Body").field("length", &self.length()).finish_non_exhaustive()
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self::new(Content::Bytes(bytes), None)
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self::from(Bytes::from(bytes))
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self::from(Bytes::from(text))
    }
}

impl From<&[u8]> for Body {
    fn from(bytes: &[u8]) -> Self {
        Self::from(Bytes::copy_from_slice(bytes))
    }
}

impl<const N: usize> From<&[u8; N]> for Body {
    fn from(bytes: &[u8; N]) -> Self {
        Self::from(bytes.as_slice())
    }
}

impl From<&str> for Body {
    fn from(text: &str) -> Self {
        Self::from(text.as_bytes())
    }
}

impl From<&String> for Body {
    fn from(text: &String) -> Self {
        Self::from(text.as_bytes())
    }
}

/// Stream that has ended.
struct Ended;

impl Stream for Ended {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(None)
    }
}

/// Stream that converts items and errors of the caller's stream.
struct Converted<S>(Pin<Box<S>>);

impl<S, B, E> Stream for Converted<S>
where
    S: Stream<Item = Result<B, E>>,
    B: Into<Bytes>,
    E: Into<BodyError>,
{
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = ready!(self.0.as_mut().poll_next(context));
        Poll::Ready(item.map(|item| item.map(Into::into).map_err(Into::into)))
    }
}
