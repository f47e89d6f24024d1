use std::fmt::Display;
use std::future::{Future, poll_fn};
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Buf, Bytes};
use futures_core::Stream;
use http::{HeaderMap, StatusCode};
use tokio::io::AsyncWrite;
use tokio::time::{Instant, Sleep, sleep};

use crate::error::{Error, RequestInfo, Result, TimeoutError};
use crate::send::failure;
use crate::transport::{Body, BodyError, RawResponse};

/// An answer's body, chunk by chunk as it comes: for what is too large to be held in memory.
///
/// The call's time limits end where the answer begins. From there on it is the wait for each chunk that may not
/// be longer than an attempt may take. A connection that breaks is an error in place of the next chunk; nothing
/// is fetched again. Dropping it ends the answer.
///
/// It is a [`Stream`]; [`try_next`](Self::try_next) reads it without one of the stream libraries.
#[must_use = "nothing is read until a chunk is asked for"]
pub struct Chunks {
    /// The status of the answer.
    pub status: StatusCode,
    /// The headers of the answer.
    pub headers: HeaderMap,
    pub(super) request: RequestInfo,
    body: Option<Body>,
    /// How many bytes the body is to have, by itself.
    stated: Option<u64>,
    /// How many came.
    read: u64,
    limit: Duration,
    timer: Option<Pin<Box<Sleep>>>,
    is_waiting: bool,
}

impl Chunks {
    pub(crate) fn new(response: RawResponse, limit: Duration) -> Self {
        let RawResponse { request, status, headers, unread: body, .. } = response;
        let stated = body.length();
        Self { status, headers, request, body: Some(body), stated, read: 0, limit, timer: None, is_waiting: false }
    }

    /// How many bytes the whole body has, where the server says so.
    pub fn length(&self) -> Option<u64> {
        self.stated.or_else(|| self.headers.get(http::header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok())
    }

    /// The next chunk, or nothing at the end.
    ///
    /// # Errors
    /// [`Error::Connection`] when the connection breaks, [`Error::Timeout`] when nothing comes for too long.
    pub async fn try_next(&mut self) -> Result<Option<Bytes>> {
        poll_fn(|context| self.poll_chunk(context)).await.transpose()
    }

    /// Writes the rest to a file, chunk by chunk as it comes, and returns how many bytes those are. The file is complete,
    /// or as it was before: a file beside it, whose name ends in `.part`, takes the place of this one at the end, and is
    /// removed where it does not come to that.
    ///
    /// # Errors
    /// As [`try_next`](Self::try_next), also where the answer is shorter than the server says; [`Error::Config`] when the
    /// file can't be written.
    pub async fn write_to(self, path: impl AsRef<Path>) -> Result<u64> {
        let path = path.as_ref();
        let request = self.request;
        let failed = |error| unwritten(request, &format_args!(" to {}", path.display()), &error);
        // What a link leads to is replaced, not the link.
        let target = tokio::fs::canonicalize(path).await;
        let target = target.as_deref().unwrap_or(path);
        let partial = Partial::beside(target);
        // Not by tokio: who is dropped meanwhile would remove the file before it is there.
        let file = std::fs::File::create_new(&partial.0).map_err(failed)?;
        if let Ok(known) = std::fs::metadata(target) {
            file.set_permissions(known.permissions()).map_err(failed)?;
        }
        let mut file = tokio::fs::File::from_std(file);
        let length = self.copy(&mut file, &failed).await?;
        drop(file);
        tokio::fs::rename(&partial.0, target).await.map_err(failed)?;
        Ok(length)
    }

    /// Writes the rest to a writer, chunk by chunk as it comes, flushes it, and returns how many bytes those are.
    ///
    /// # Errors
    /// As [`try_next`](Self::try_next), also where the answer is shorter than the server says; [`Error::Config`] when the
    /// writer fails.
    pub async fn copy_to(self, writer: &mut (impl AsyncWrite + Send + Unpin)) -> Result<u64> {
        let request = self.request;
        self.copy(writer, &|error| unwritten(request, &"", &error)).await
    }

    async fn copy(
        mut self,
        writer: &mut (dyn AsyncWrite + Send + Unpin),
        failed: &(dyn Fn(io::Error) -> Error + Send + Sync),
    ) -> Result<u64> {
        let begin = self.read;
        while let Some(mut chunk) = self.try_next().await? {
            while !chunk.is_empty() {
                let write = poll_fn(|context| Pin::new(&mut *writer).poll_write(context, &chunk));
                match write.await.map_err(failed)? {
                    0 => return Err(failed(io::ErrorKind::WriteZero.into())),
                    written => chunk.advance(written),
                }
            }
        }
        poll_fn(|context| Pin::new(&mut *writer).poll_flush(context)).await.map_err(failed)?;
        Ok(self.read - begin)
    }

    pub(super) fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        match Pin::new(body).poll_next(context) {
            Poll::Ready(Some(Ok(chunk))) => {
                self.is_waiting = false;
                self.read += chunk.len() as u64;
                Poll::Ready(Some(Ok(chunk)))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(self.fail(error)))),
            Poll::Ready(None) => match self.stated.filter(|length| *length != self.read) {
                // Not every transport notices.
                Some(length) => {
                    let message = format!("it has {} bytes instead of {length}", self.read);
                    Poll::Ready(Some(Err(self.fail(message.into()))))
                }
                None => {
                    self.body = None;
                    Poll::Ready(None)
                }
            },
            Poll::Pending => self.poll_timer(context),
        }
    }

    /// Waits no longer for a chunk than is allowed. Time that the program takes between chunks is its own.
    fn poll_timer(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep(self.limit)));
        if !std::mem::replace(&mut self.is_waiting, true) {
            if let Some(end) = Instant::now().checked_add(self.limit) {
                timer.as_mut().reset(end);
            }
        }
        if timer.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        self.body = None;
        let error = TimeoutError { request: self.request, limit: self.limit };
        Poll::Ready(Some(Err(Error::Timeout(Box::new(error)))))
    }

    fn fail(&mut self, error: BodyError) -> Error {
        self.body = None;
        failure(error, self.request, self.limit)
    }

    /// Ends it: nothing more is read.
    pub(super) fn close(&mut self) {
        self.body = None;
    }
}

fn unwritten(request: RequestInfo, place: &dyn Display, error: &io::Error) -> Error {
    Error::config(format!("{request}: the answer can't be written{place}: {error}"))
}

/// The file of a download that is not complete. It goes away when this does.
struct Partial(PathBuf);

impl Partial {
    fn beside(path: &Path) -> Self {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{:08x}.part", fastrand::u32(..)));
        Self(path.with_file_name(name))
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // It isn't there where it took the other's place.
        std::fs::remove_file(&self.0).ok();
    }
}

impl std::fmt::Debug for Chunks {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Chunks")
            .field("status", &self.status)
            .field("length", &self.length())
            .finish_non_exhaustive()
    }
}

impl Stream for Chunks {
    type Item = Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        self.get_mut().poll_chunk(context)
    }
}
