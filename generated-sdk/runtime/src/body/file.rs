//! Files and other readers as streams of chunks.

use std::future::Future;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use tokio::io::{AsyncRead, ReadBuf};

use super::{Body, BodyError};

/// How much is read at once.
const CHUNK: usize = 64 * 1024;

/// A body that reads the file from its beginning, and knows its length.
pub(super) async fn open(path: &Path) -> io::Result<Body> {
    let explain = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    let file = tokio::fs::File::open(path).await.map_err(explain)?;
    let metadata = file.metadata().await.map_err(explain)?;
    if metadata.is_dir() {
        return Err(explain(io::ErrorKind::IsADirectory.into()));
    }
    let body = Body::once(Box::pin(Reading::new(Box::pin(file))));
    // A device or a pipe has no length to speak of.
    Ok(if metadata.is_file() { body.with_length(metadata.len()) } else { body })
}

/// A reader as a stream of chunks.
pub(super) struct Reading(Pin<Box<dyn AsyncRead + Send>>);

impl Reading {
    pub(super) fn new(reader: Pin<Box<dyn AsyncRead + Send>>) -> Self {
        Self(reader)
    }
}

impl Stream for Reading {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut chunk = vec![0; CHUNK];
        let mut buffer = ReadBuf::new(&mut chunk);
        if let Err(error) = ready!(self.0.as_mut().poll_read(context, &mut buffer)) {
            return Poll::Ready(Some(Err(error.into())));
        }
        let length = buffer.filled().len();
        chunk.truncate(length);
        Poll::Ready((length > 0).then(|| Ok(chunk.into())))
    }
}

type Open = Pin<Box<dyn Future<Output = io::Result<Body>> + Send>>;

/// A file that is opened when it is first read.
pub(super) struct Opening {
    open: Option<Open>,
    body: Body,
}

impl Opening {
    pub(super) fn new(path: &Arc<Path>) -> Self {
        let path = Arc::clone(path);
        Self { open: Some(Box::pin(async move { open(&path).await })), body: Body::empty() }
    }
}

impl Stream for Opening {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(open) = &mut self.open {
            let body = ready!(open.as_mut().poll(context));
            self.open = None;
            match body {
                Ok(body) => self.body = body,
                Err(error) => return Poll::Ready(Some(Err(error.into()))),
            }
        }
        self.body.poll_chunk(context)
    }
}
