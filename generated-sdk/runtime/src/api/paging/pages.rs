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

/// The pages of a list, each with its page information: what [`Items::pages`](crate::Items::pages) gives.
///
/// It is a [`Stream`]; [`try_next`](Self::try_next) reads it without one of the stream libraries. After an error
/// it ends. A page without items is only given where the list goes on behind it.
#[must_use = "nothing is fetched until a page is asked for"]
pub struct Pages<T> {
    pub(super) fetcher: PageFetcher,
    read: fn(&RawResponse, &PageFetcher) -> Result<Page<T>>,
    /// What is left of a page whose items were given out one by one.
    pub(super) begun: Option<Vec<T>>,
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
        Self { fetcher: PageFetcher::new(request), read, begun: None }
    }
}

impl<T> Pages<T> {
    /// The next page, or nothing at the end of the list.
    ///
    /// # Errors
    /// As of [`Items::try_next`](crate::Items::try_next).
    pub async fn try_next(&mut self) -> Result<Option<Page<T>>> {
        std::future::poll_fn(|context| self.poll_page(context)).await.transpose()
    }

    /// Where the list goes on behind the pages that were given out, for [`Items::resume_from`](crate::Items::resume_from);
    /// nothing where it is complete. After an error, it is the page that could not be had, or that led nowhere.
    pub fn resume_token(&self) -> Option<ResumeToken> {
        self.fetcher.resume_token(self.begun.is_none())
    }

    /// What the last page says of its place in the list; nothing before the first one.
    pub fn info(&self) -> Option<&ResultInfo> {
        self.fetcher.info.as_ref()
    }

    /// How far the list was read.
    pub fn progress(&self) -> Progress {
        self.fetcher.progress(self.begun.as_ref().map_or(0, Vec::len))
    }

    fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Page<T>>>> {
        let result = match self.begun.take() {
            Some(rest) => rest,
            None => match ready!(self.poll_result(context)) {
                Some(Ok(result)) => result,
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            },
        };
        self.fetcher.poll_ahead(context);
        let result_info = self.fetcher.info.clone().unwrap_or_default();
        Poll::Ready(Some(Ok(Page { result, result_info })))
    }

    /// The items of the next page.
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
            if self.fetcher.judge(result_info, result.len(), &response.body) {
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
        let begun = usize::from(self.begun.is_some());
        (begun, self.fetcher.is_over().then_some(begun))
    }
}

/// Nothing is pinned in it.
impl<T> Unpin for Pages<T> {}
