use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use serde::de::DeserializeOwned;

use super::page::ResultInfo;
use super::pages::Pages;
use super::progress::Progress;
use super::resume_token::ResumeToken;
use crate::error::Result;
use crate::request::Request;

/// Stream over the items of all pages of a list.
///
/// A page is fetched when the items of the page before it have been read, unless pages are
/// [prefetched](Self::prefetch). The stream ends after an error.
///
/// `Items` implements [`Stream`]. [`try_next`](Self::try_next) reads it without a stream library.
///
/// # Examples
/// ```no_run
/// # async fn example(mut items: sdk_runtime::Items<sdk_runtime::Value>) -> sdk_runtime::Result<()> {
/// while let Some(item) = items.try_next().await? {
///     println!("{item}");
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "streams do nothing unless polled"]
pub struct Items<T> {
    pages: Pages<T>,
    page: std::vec::IntoIter<T>,
}

impl<T> std::fmt::Debug for Items<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Items")
            .field("buffered", &self.page.len())
            .field("progress", &self.progress())
            .finish_non_exhaustive()
    }
}

impl<T: DeserializeOwned> Items<T> {
    pub(crate) fn new(request: Request) -> Self {
        Self { pages: Pages::new(request), page: Vec::new().into_iter() }
    }
}

impl<T> Items<T> {
    /// Prefetches up to `pages` pages while the items of the current page are read. The default is 0: a page
    /// is fetched when its first item is polled. The maximum is 100.
    ///
    /// Prefetching changes neither the items nor their order, and an error still follows the items before it.
    /// Dropping the list cancels all requests in flight; there is no background task.
    ///
    /// With page numbers or offsets, up to `pages` requests are sent concurrently. The first page is fetched
    /// alone because it contains the number of pages. If the server does not send that number, prefetching
    /// starts with one page and grows with the length of the list, so some requests may be beyond its end.
    /// With cursors or links, only the next page can be prefetched.
    ///
    /// The requests make progress only while the list is polled. They hold permits of the client's
    /// `max_concurrent_requests`, if that is set; `pages` is then limited to one less, so that other calls
    /// between two items are not blocked. If you read several lists alternately, keep the sum of their pages
    /// below the limit.
    ///
    /// If a list changes while it is read, items may be missing or repeated, with and without prefetching.
    pub fn prefetch(mut self, pages: usize) -> Self {
        self.pages.fetcher.set_prefetch(pages);
        self
    }

    /// Starts at a token saved from an earlier run by [`resume_token`](Self::resume_token).
    ///
    /// # Errors
    /// Returns [`Error::Config`](crate::Error::Config) if the token is of another pagination scheme than the
    /// list, if its URL has another origin than the client's base URL, or if the list was read already. Sends
    /// nothing.
    pub fn resume_from(mut self, token: &ResumeToken) -> Result<Self> {
        self.pages.fetcher.resume_from(token)?;
        Ok(self)
    }

    /// Converts into a stream over pages. If some items of the current page were read already, the first page
    /// contains the remaining ones.
    pub fn pages(mut self) -> Pages<T> {
        if self.page.len() > 0 {
            self.pages.remaining = Some(self.page.collect());
        }
        self.pages.fetcher.wanted_items = None;
        self.pages
    }

    /// Returns the next item, or `None` at the end of the list.
    ///
    /// The method is cancel safe: dropping the future loses no item.
    ///
    /// # Errors
    /// Returns any error of the request for the next page, and [`Error::Paging`](crate::Error::Paging) if the
    /// list cannot continue: the server repeats a page, or the next page has another origin.
    pub async fn try_next(&mut self) -> Result<Option<T>> {
        self.pages.fetcher.wanted_items = None;
        self.next_item().await
    }

    /// Collects all remaining items.
    ///
    /// # Errors
    /// Same as [`try_next`](Self::try_next).
    pub async fn try_collect(mut self) -> Result<Vec<T>> {
        let mut items = Vec::new();
        while let Some(item) = self.try_next().await? {
            items.push(item);
        }
        Ok(items)
    }

    /// Collects up to `max` items.
    ///
    /// Fetches no pages beyond the needed ones, except pages that were prefetched before. Remaining items of
    /// the last page are kept and are returned next.
    ///
    /// # Errors
    /// Same as [`try_next`](Self::try_next). Items collected before an error are lost. The same applies if
    /// the future is dropped.
    pub async fn try_collect_up_to(&mut self, max: usize) -> Result<Vec<T>> {
        self.pages.fetcher.wanted_items = Some(max.saturating_sub(self.page.len()) as u64);
        let mut items = Vec::new();
        while items.len() < max {
            match self.next_item().await? {
                Some(item) => items.push(item),
                None => break,
            }
        }
        Ok(items)
    }

    /// Returns a token to resume the list later with [`resume_from`](Self::resume_from), or `None` if the
    /// list was read completely.
    ///
    /// The token refers to the start of a page. While items of the current page remain, it is that page, so a
    /// resumed list repeats the items already read from it. Use [`pages`](Self::pages) to avoid repetitions.
    /// After an error, it is the page that could not be fetched, or the page after which the list could not
    /// continue.
    pub fn resume_token(&self) -> Option<ResumeToken> {
        self.pages.fetcher.resume_token(self.page.len() == 0)
    }

    /// Returns the page information of the current page, or `None` before the first page.
    pub fn info(&self) -> Option<&ResultInfo> {
        self.pages.info()
    }

    /// Returns the number of items read and the total, if known.
    pub fn progress(&self) -> Progress {
        self.pages.fetcher.progress(self.page.len())
    }

    async fn next_item(&mut self) -> Result<Option<T>> {
        std::future::poll_fn(|context| self.poll_item(context)).await.transpose()
    }

    fn poll_item(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        loop {
            if let Some(item) = self.page.next() {
                self.pages.fetcher.poll_prefetch(context);
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(self.pages.poll_result(context)) {
                Some(Ok(items)) => self.page = items.into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<T> Stream for Items<T> {
    type Item = Result<T>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let items = self.get_mut();
        items.pages.fetcher.wanted_items = None;
        items.poll_item(context)
    }

    /// The lower bound is the number of remaining items of the current page.
    fn size_hint(&self) -> (usize, Option<usize>) {
        let buffered = self.page.len();
        (buffered, self.pages.fetcher.has_ended().then_some(buffered))
    }
}

/// No field is structurally pinned.
impl<T> Unpin for Items<T> {}

impl Request {
    /// Returns the items of a list.
    #[doc(hidden)]
    pub fn items<T: DeserializeOwned + Send + 'static>(self) -> Items<T> {
        Items::new(self)
    }
}
