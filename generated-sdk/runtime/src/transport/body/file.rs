//! Streams over the chunks of files and other readers.

use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use tokio::io::{AsyncRead, ReadBuf};

use super::{Body, BodyError, BodySource, ByteStream};
use crate::transport::future::BoxFuture;

/// Size of a chunk in bytes.
const CHUNK_SIZE: usize = 64 * 1024;

/// A file, which is read from its start each time.
pub(super) struct File(Arc<Path>);

impl File {
    pub(super) fn new(path: PathBuf) -> Self {
        Self(path.into())
    }
}

impl BodySource for File {
    /// The length is known when the file is open.
    fn length(&self) -> Option<u64> {
        None
    }

    fn is_replayable(&self) -> bool {
        true
    }

    fn open(&self) -> BoxFuture<'static, io::Result<Body>> {
        open(Arc::clone(&self.0))
    }

    fn read(&self) -> ByteStream {
        Box::pin(LazyFile::File(self.open()))
    }
}

/// Opens the file. Returns a body with its length.
fn open(path: Arc<Path>) -> BoxFuture<'static, io::Result<Body>> {
    Box::pin(async move {
        let with_path = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
        let file = tokio::fs::File::open(&path).await.map_err(with_path)?;
        let metadata = file.metadata().await.map_err(with_path)?;
        if metadata.is_dir() {
            return Err(with_path(io::ErrorKind::IsADirectory.into()));
        }
        let body = Body::once(Box::pin(ReaderStream::new(Box::pin(file))));
        // The length of a device or pipe is meaningless.
        Ok(if metadata.is_file() { body.with_length(metadata.len()) } else { body })
    })
}

impl Body {
    /// Creates a body from a file, which is opened and read when it is sent. A file that cannot be opened is
    /// an error before anything is sent.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self::from_source(File::new(path.into()))
    }

    /// Creates a body from a reader. The same limitations apply as for [`stream`](Self::stream).
    pub fn reader(reader: impl AsyncRead + Send + 'static) -> Self {
        Self::once(Box::pin(ReaderStream::new(Box::pin(reader))))
    }
}

/// Stream over the chunks of a reader.
pub(super) struct ReaderStream(Pin<Box<dyn AsyncRead + Send>>);

impl ReaderStream {
    pub(super) fn new(reader: Pin<Box<dyn AsyncRead + Send>>) -> Self {
        Self(reader)
    }
}

impl Stream for ReaderStream {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut chunk = vec![0; CHUNK_SIZE];
        let mut buffer = ReadBuf::new(&mut chunk);
        if let Err(error) = ready!(self.0.as_mut().poll_read(context, &mut buffer)) {
            return Poll::Ready(Some(Err(error.into())));
        }
        let length = buffer.filled().len();
        chunk.truncate(length);
        Poll::Ready((length > 0).then(|| Ok(chunk.into())))
    }
}

/// File that is opened when it is first polled.
enum LazyFile {
    File(BoxFuture<'static, io::Result<Body>>),
    Open(Body),
}

impl Stream for LazyFile {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match &mut *self {
                Self::Open(body) => return body.poll_chunk(context),
                Self::File(open) => match ready!(open.as_mut().poll(context)) {
                    Ok(body) => *self = Self::Open(body),
                    Err(error) => {
                        *self = Self::Open(Body::empty());
                        return Poll::Ready(Some(Err(error.into())));
                    }
                },
            }
        }
    }
}
