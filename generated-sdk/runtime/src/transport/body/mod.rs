//! What is sent behind the headers, and what comes behind them: bytes, or a stream of them.

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

/// Why a body could not be read to its end.
pub type BodyError = Box<dyn StdError + Send + Sync>;

type ByteStream = Pin<Box<dyn Stream<Item = Result<Bytes, BodyError>> + Send>>;

/// The body of a request or an answer: bytes, a file, or a stream.
///
/// Bytes and files can be sent again, so a request that has them is retried like any other. A stream is there
/// once: what has begun to send it is not retried.
///
/// ```
/// use sdk_runtime::Body;
///
/// let text = Body::from("a,b\n1,2\n");
/// assert_eq!(text.length(), Some(8));
/// // Read while it is sent; its length is known by then.
/// let file = Body::file("backup.tar");
/// // Anything that can be read: here what another program writes.
/// let input = Body::reader(tokio::io::empty());
/// # let _ = (file, input);
/// ```
///
/// An attempt's time limit covers the whole upload: raise it for a large one, by `with_attempt_timeout`.
///
/// A body is a [`Stream`] of its chunks; [`try_next`](Self::try_next) reads it without one of the stream
/// libraries.
pub struct Body {
    content: Content,
    length: Option<u64>,
    /// What is being read, once reading has begun. The lock is never waited for: it is what lets a reference to a
    /// body go to another thread.
    reading: Option<Mutex<ByteStream>>,
    /// Permit of the client's concurrency limit, held until the response is read.
    permit: Option<Box<dyn Send + Sync>>,
}

/// Makes a body whenever one is read. Behind a pointer, so that programs that send no files have nothing of them.
trait BodySource: Send + Sync {
    /// How many bytes there are, where that is known.
    fn length(&self) -> Option<u64>;

    /// Whether it can be sent (again) from the beginning.
    fn is_replayable(&self) -> bool;

    /// The same with its files opened.
    fn open(&self) -> BoxFuture<'static, io::Result<Body>>;

    fn read(&self) -> ByteStream;
}

/// What a body is made of, each time it is read.
#[derive(Clone)]
enum Content {
    Bytes(Bytes),
    /// A stream that whoever reads first takes away.
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

    /// A body without content.
    pub fn empty() -> Self {
        Self::from(Bytes::new())
    }

    /// A stream of chunks. It is sent once: it can't be made again for a retry.
    pub fn stream<S, B, E>(stream: S) -> Self
    where
        S: Stream<Item = Result<B, E>> + Send + 'static,
        B: Into<Bytes>,
        E: Into<BodyError>,
    {
        Self::once(Box::pin(Converted(Box::pin(stream))))
    }

    /// As [`stream`](Self::stream), of what needs no conversion.
    pub(crate) fn once(stream: ByteStream) -> Self {
        Self::new(Content::Stream(Arc::new(Mutex::new(Some(stream)))), None)
    }

    /// States how many bytes a stream has, so that the request can say it in `Content-Length`. Many a server
    /// wants to know before it accepts an upload.
    #[must_use]
    pub fn with_length(mut self, length: u64) -> Self {
        if !matches!(self.content, Content::Bytes(_)) {
            self.length = Some(length);
        }
        self
    }

    /// How many bytes there are, where that is known. That of a file is not until it is opened, as it is before
    /// a transport gets it.
    pub fn length(&self) -> Option<u64> {
        match &self.content {
            Content::Bytes(bytes) => Some(bytes.len() as u64),
            Content::Source(source) => self.length.or_else(|| source.length()),
            Content::Stream(_) => self.length,
        }
    }

    /// The bytes, where all of them are there.
    pub fn as_bytes(&self) -> Option<&Bytes> {
        match &self.content {
            Content::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The next bytes, or nothing at the end.
    ///
    /// # Errors
    /// What the file, the stream or the connection says.
    pub async fn try_next(&mut self) -> Result<Option<Bytes>, BodyError> {
        std::future::poll_fn(|context| self.poll_chunk(context)).await.transpose()
    }

    /// All of it.
    ///
    /// # Errors
    /// As [`try_next`](Self::try_next).
    pub async fn collect(mut self) -> Result<Bytes, BodyError> {
        match self.collect_up_to(usize::MAX).await? {
            Some(bytes) => Ok(bytes),
            None => Err("the body is larger than the memory".into()),
        }
    }

    /// All of it, or nothing where that is more than `limit` bytes.
    pub(crate) async fn collect_up_to(&mut self, limit: usize) -> Result<Option<Bytes>, BodyError> {
        let expected = self.length().map_or(0, |length| usize::try_from(length).unwrap_or(usize::MAX));
        if expected > limit {
            return Ok(None);
        }
        // Most answers come as one chunk, which is not copied.
        let (mut first, mut all) = (Bytes::new(), BytesMut::new());
        while let Some(chunk) = self.try_next().await? {
            let read = first.len().max(all.len());
            if chunk.len() > limit - read {
                return Ok(None);
            }
            match (read, all.is_empty()) {
                (0, _) => first = chunk,
                (_, true) => {
                    all.reserve(expected.min(LARGEST_RESERVE));
                    all.extend_from_slice(&first);
                    all.extend_from_slice(&chunk);
                }
                (_, false) => all.extend_from_slice(&chunk),
            }
        }
        Ok(Some(if all.is_empty() { first } else { all.freeze() }))
    }

    /// Whether it can be sent (again) from the beginning.
    pub(crate) fn is_replayable(&self) -> bool {
        match &self.content {
            Content::Bytes(_) => true,
            Content::Stream(stream) => lock(stream).is_some(),
            Content::Source(source) => source.is_replayable(),
        }
    }

    /// Opens the files that may be in it, so that one that isn't there is found before anything is sent, and its length
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
                // An empty chunk means the end to some who read.
                Some(Ok(chunk)) if chunk.is_empty() => {}
                None => {
                    // Many a stream must not be asked after its end.
                    *stream = Box::pin(Ended);
                    return Poll::Ready(None);
                }
                other => return Poll::Ready(other),
            }
        }
    }

    /// The stream to read, where there are not just bytes.
    fn begin(&self) -> Result<Option<ByteStream>, BodyError> {
        match &self.content {
            Content::Bytes(_) => Ok(None),
            Content::Source(source) => Ok(Some(source.read())),
            Content::Stream(stream) => match lock(stream).take() {
                Some(stream) => Ok(Some(stream)),
                None => Err("the stream was sent already, and can't be made again".into()),
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

/// How much memory is set aside because a server says that so much will come.
const LARGEST_RESERVE: usize = 1 << 20;

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // A stream that panicked is no reason to panic here.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Stream for Body {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_chunk(context)
    }
}

/// The clone of a body that is a stream shares it: the first that is read has it.
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

/// Says what it is, not what is in it: that may be secret.
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

/// A stream that has come to its end.
struct Ended;

impl Stream for Ended {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(None)
    }
}

/// A program's stream with the items that a body has.
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
