use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use serde::de::DeserializeOwned;

use super::fetcher::PageFetcher;
use super::page::{Page, ResultInfo, read_page};
use super::progress::Progress;
use super::resume_token::ResumeToken;

use crate::error::Result;
use crate::request::Request;
use crate::transport::RawResponse;

/// Stream over the pages of a list, created by [`Items::pages`](crate::Items::pages).
///
/// The stream ends after an error. An empty page is only returned if further pages follow.
///
/// `Pages` implements [`Stream`]. [`try_next`](Self::try_next) reads it without a stream library.
#[must_use = "streams do nothing unless polled"]
pub struct Pages<T> {
    pub(super) fetcher: PageFetcher,
    read: fn(&RawResponse, &PageFetcher) -> Result<Page<T>>,
    /// Remaining items of a page, if some of its items were read before the list was converted to pages.
    pub(super) remaining: Option<Vec<T>>,
}

impl<T> std::fmt::Debug for Pages<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Pages").field("progress", &self.progress()).finish_non_exhaustive()
    }
}

impl<T: DeserializeOwned> Pages<T> {
    pub(super) fn new(request: Request) -> Self {
        let read = |response: &RawResponse, fetcher: &PageFetcher| {
            let envelope = fetcher.request().operation.envelope;
            read_page(response, envelope, fetcher.pagination()).map(|split| split.value)
        };
        Self { fetcher: PageFetcher::new(request), read, remaining: None }
    }
}

impl<T> Pages<T> {
    /// Returns the next page, or `None` at the end of the list.
    ///
    /// # Errors
    /// Same as [`Items::try_next`](crate::Items::try_next).
    pub async fn try_next(&mut self) -> Result<Option<Page<T>>> {
        std::future::poll_fn(|context| self.poll_page(context)).await.transpose()
    }

    /// Returns a token to resume the list after the pages read so far with
    /// [`Items::resume_from`](crate::Items::resume_from), or `None` if the list was read completely. After an
    /// error, it is the page that could not be fetched, or the page after which the list could not continue.
    pub fn resume_token(&self) -> Option<ResumeToken> {
        self.fetcher.resume_token(self.remaining.is_none())
    }

    /// Returns the page information of the last page read, or `None` before the first page.
    pub fn info(&self) -> Option<&ResultInfo> {
        self.fetcher.info.as_ref()
    }

    /// Returns the number of items read and the total, if known.
    pub fn progress(&self) -> Progress {
        self.fetcher.progress(self.remaining.as_ref().map_or(0, Vec::len))
    }

    fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Page<T>>>> {
        let result = match self.remaining.take() {
            Some(rest) => rest,
            None => match ready!(self.poll_result(context)) {
                Some(Ok(result)) => result,
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            },
        };
        self.fetcher.poll_prefetch(context);
        let result_info = self.fetcher.info.clone().unwrap_or_default();
        Poll::Ready(Some(Ok(Page { result, result_info })))
    }

    /// Polls for the items of the next page.
    pub(super) fn poll_result(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Vec<T>>>> {
        loop {
            let response = match ready!(self.fetcher.poll_response(context)) {
                Some(Ok(response)) => response,
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            };
            let Page { result, result_info } = match (self.read)(&response, &self.fetcher) {
                Ok(page) => page,
                Err(error) => {
                    self.fetcher.fail();
                    return Poll::Ready(Some(Err(error)));
                }
            };
            if self.fetcher.process_page(result_info, result.len(), &response.body) {
                return Poll::Ready(Some(Ok(result)));
            }
        }
    }
}

impl<T> Stream for Pages<T> {
    type Item = Result<Page<T>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_page(context)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let remaining = usize::from(self.remaining.is_some());
        (remaining, self.fetcher.has_ended().then_some(remaining))
    }
}

/// No field is structurally pinned.
impl<T> Unpin for Pages<T> {}
