use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use http::{HeaderMap, StatusCode};
use tokio::time::{Instant, Sleep, sleep};

use crate::body::{Body, BodyError};
use crate::error::{Error, RequestInfo, Result, TimeoutError};
use crate::send::{Answer, failure};

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
    limit: Duration,
    timer: Option<Pin<Box<Sleep>>>,
    is_waiting: bool,
}

impl Chunks {
    pub(crate) fn new(answer: Answer, body: Body, limit: Duration) -> Self {
        let Answer { request, status, headers, .. } = answer;
        Self { status, headers, request, body: Some(body), limit, timer: None, is_waiting: false }
    }

    /// How many bytes the whole body has, where the server says so.
    pub fn length(&self) -> Option<u64> {
        self.body
            .as_ref()?
            .length()
            .or_else(|| self.headers.get(http::header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok())
    }

    /// The next chunk, or nothing at the end.
    ///
    /// # Errors
    /// [`Error::Connection`] when the connection breaks, [`Error::Timeout`] when nothing comes for too long.
    pub async fn try_next(&mut self) -> Result<Option<Bytes>> {
        std::future::poll_fn(|context| self.poll_chunk(context)).await.transpose()
    }

    pub(super) fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        match Pin::new(body).poll_next(context) {
            Poll::Ready(Some(Ok(chunk))) => {
                self.is_waiting = false;
                Poll::Ready(Some(Ok(chunk)))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(self.fail(error)))),
            Poll::Ready(None) => {
                self.body = None;
                Poll::Ready(None)
            }
            Poll::Pending => self.poll_timer(context),
        }
    }

    /// Waits no longer for a chunk than is allowed. Time that the program takes between chunks is its own.
    fn poll_timer(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes>>> {
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep(self.limit)));
        if !std::mem::replace(&mut self.is_waiting, true)
            && let Some(end) = Instant::now().checked_add(self.limit)
        {
            timer.as_mut().reset(end);
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
