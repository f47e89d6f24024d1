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
use crate::send::exchange_error;
use crate::transport::{Body, BodyError, RawResponse};

/// Stream over the chunks of a response body, for bodies that are too large for memory.
///
/// The timeouts of the call apply until the response headers are received. After that, the attempt timeout
/// limits the time to wait for each chunk. A broken connection is an error in place of the next chunk; the
/// response is not requested again. Dropping the stream cancels the response.
///
/// `Chunks` implements [`Stream`]. [`try_next`](Self::try_next) reads it without a stream library.
///
/// # Examples
/// ```no_run
/// # async fn example(chunks: sdk_runtime::Chunks) -> sdk_runtime::Result<()> {
/// let bytes = chunks.write_to("backup.tar").await?;
/// println!("downloaded {bytes} bytes");
/// # Ok(())
/// # }
/// ```
#[must_use = "streams do nothing unless polled"]
pub struct Chunks {
    /// Status of the response.
    pub status: StatusCode,
    /// Headers of the response.
    pub headers: HeaderMap,
    pub(super) request: RequestInfo,
    body: Option<Body>,
    /// Length stated by the body, in bytes.
    stated_length: Option<u64>,
    /// Number of bytes read.
    bytes_read: u64,
    timeout: Duration,
    timer: Option<Pin<Box<Sleep>>>,
    is_waiting: bool,
}

impl Chunks {
    pub(crate) fn new(response: RawResponse, timeout: Duration) -> Self {
        let RawResponse { request, status, headers, unread: body, .. } = response;
        let stated_length = body.length();
        Self {
            status,
            headers,
            request,
            body: Some(body),
            stated_length,
            bytes_read: 0,
            timeout,
            timer: None,
            is_waiting: false,
        }
    }

    /// Returns the length of the entire body in bytes, if the server states it.
    pub fn length(&self) -> Option<u64> {
        self.stated_length.or_else(|| self.headers.get(http::header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok())
    }

    /// Returns the next chunk, or `None` at the end of the body.
    ///
    /// # Errors
    /// Returns [`Error::Connection`] if the connection breaks, and [`Error::Timeout`] if no chunk is received
    /// within the attempt timeout.
    pub async fn try_next(&mut self) -> Result<Option<Bytes>> {
        poll_fn(|context| self.poll_chunk(context)).await.transpose()
    }

    /// Writes the remaining body to a file. Returns the number of bytes written.
    ///
    /// The file is replaced only if the body is complete: the body is written to a temporary file in the same
    /// directory with the suffix `.part`, which is renamed at the end, or removed on errors and if the future
    /// is dropped.
    ///
    /// # Errors
    /// Same as [`try_next`](Self::try_next). Also returns [`Error::Connection`] if the body is shorter than
    /// its stated length, and [`Error::Config`] if the file cannot be written.
    pub async fn write_to(self, path: impl AsRef<Path>) -> Result<u64> {
        let path = path.as_ref();
        let request = self.request;
        let failed = |error| write_error(request, &format_args!(" to {}", path.display()), &error);
        // If the path is a symbolic link, its target is replaced.
        let target = tokio::fs::canonicalize(path).await;
        let target = target.as_deref().unwrap_or(path);
        let partial = PartialFile::next_to(target);
        // Created synchronously: if the future were dropped while tokio creates the file, the file could be
        // created after its removal.
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

    /// Writes the remaining body to a writer and flushes it. Returns the number of bytes written.
    ///
    /// # Errors
    /// Same as [`try_next`](Self::try_next). Also returns [`Error::Connection`] if the body is shorter than
    /// its stated length, and [`Error::Config`] if the writer fails.
    pub async fn copy_to(self, writer: &mut (impl AsyncWrite + Send + Unpin)) -> Result<u64> {
        let request = self.request;
        self.copy(writer, &|error| write_error(request, &"", &error)).await
    }

    async fn copy(
        mut self,
        writer: &mut (dyn AsyncWrite + Send + Unpin),
        failed: &(dyn Fn(io::Error) -> Error + Send + Sync),
    ) -> Result<u64> {
        let begin = self.bytes_read;
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
        Ok(self.bytes_read - begin)
    }

    pub(super) fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        match Pin::new(body).poll_next(context) {
            Poll::Ready(Some(Ok(chunk))) => {
                self.is_waiting = false;
                self.bytes_read += chunk.len() as u64;
                Poll::Ready(Some(Ok(chunk)))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(self.fail(error)))),
            Poll::Ready(None) => match self.stated_length.filter(|length| *length != self.bytes_read) {
                // Not every transport detects a body that is too short.
                Some(length) => {
                    let message = format!("received {} of {length} bytes", self.bytes_read);
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

    /// Limits the time to wait for a chunk. Time between polls does not count.
    fn poll_timer(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep(self.timeout)));
        if !std::mem::replace(&mut self.is_waiting, true) {
            if let Some(end) = Instant::now().checked_add(self.timeout) {
                timer.as_mut().reset(end);
            }
        }
        if timer.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        self.body = None;
        let error = TimeoutError { request: self.request, limit: self.timeout };
        Poll::Ready(Some(Err(Error::Timeout(Box::new(error)))))
    }

    fn fail(&mut self, error: BodyError) -> Error {
        self.body = None;
        exchange_error(error, self.request, self.timeout)
    }

    /// Closes the stream without reading the rest.
    pub(super) fn close(&mut self) {
        self.body = None;
    }
}

fn write_error(request: RequestInfo, destination: &dyn Display, error: &io::Error) -> Error {
    Error::config(format!("{request}: the response can't be written{destination}: {error}"))
}

/// Temporary file of an incomplete download, which is removed when dropped.
struct PartialFile(PathBuf);

impl PartialFile {
    fn next_to(path: &Path) -> Self {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{:08x}.part", fastrand::u32(..)));
        Self(path.with_file_name(name))
    }
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        // Fails if the file was renamed.
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
