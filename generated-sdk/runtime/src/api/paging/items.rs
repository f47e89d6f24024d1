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

/// The items of a list, page after page, each page fetched when the one before it is used up.
///
/// It is a [`Stream`]; [`try_next`](Self::try_next) reads it without one of the stream libraries. After an error
/// it ends.
#[must_use = "nothing is fetched until an item is asked for"]
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
    /// Fetches up to this many pages while the items of another one are read. Zero by default: a page is asked for
    /// when an item of it is.
    ///
    /// The items come as they would without it, in order and each once, and so does an error: in its place, behind
    /// the items before it. Dropping the list ends all requests that are under way; there is no task behind it.
    ///
    /// Where pages or items are counted, up to `pages` requests are made at a time. The first page comes alone, for
    /// it says how many there are; of servers that don't say it, more pages are asked for the longer the list gets,
    /// and some of them may be behind its end. Where a cursor or a link leads to the next page, only that one can be
    /// asked for.
    ///
    /// Like all futures, the requests go on only while the list is asked for items. They keep their places among the
    /// client's `max_concurrent_requests`, if it has such a limit; so `pages` is then at the most one less than that,
    /// and a call between two items is never kept waiting by them. Who reads several lists in turn has to see to it
    /// that all of them together stay below the limit.
    ///
    /// More than 100 are not fetched ahead, whatever a server says of its list's length.
    ///
    /// A list that changes while it is read is no other matter with it than without: items may then be left out or
    /// come twice, where the server counts them.
    pub fn fetch_ahead(mut self, pages: usize) -> Self {
        self.pages.fetcher.fetch_ahead(pages);
        self
    }

    /// Begins at a place that was kept from an earlier reading, by [`resume_token`](Self::resume_token).
    ///
    /// # Errors
    /// [`Error::Config`](crate::Error::Config) where the list goes on in another way than the one of the position, a
    /// URL is not at the origin of the client's base URL, or something was read already. Nothing is sent.
    pub fn resume_from(mut self, position: &ResumeToken) -> Result<Self> {
        self.pages.fetcher.resume_from(position)?;
        Ok(self)
    }

    /// The list page by page. Of a page whose items were given out in part, it gives the rest first.
    pub fn pages(mut self) -> Pages<T> {
        if self.page.len() > 0 {
            self.pages.begun = Some(self.page.collect());
        }
        self.pages.fetcher.wanted = None;
        self.pages
    }

    /// The next item, or nothing at the end of the list.
    ///
    /// A future that is dropped before it is ready loses nothing.
    ///
    /// # Errors
    /// Any error of the request for the next page; and [`Error::Paging`](crate::Error::Paging) where the list can't
    /// go on: the server would send the same page for ever, or the next page is at another host.
    pub async fn try_next(&mut self) -> Result<Option<T>> {
        self.pages.fetcher.wanted = None;
        self.next_item().await
    }

    /// Reads the rest of the list.
    ///
    /// # Errors
    /// As [`try_next`](Self::try_next).
    pub async fn try_collect(mut self) -> Result<Vec<T>> {
        let mut items = Vec::new();
        while let Some(item) = self.try_next().await? {
            items.push(item);
        }
        Ok(items)
    }

    /// Reads on until there are `max` items, or the list ends. It asks for no page that isn't needed for them, unless
    /// that was fetched ahead before. Items of the last page that are not among them stay, and are the next ones.
    ///
    /// # Errors
    /// As [`try_next`](Self::try_next). The items before the error are lost, as they are when the future is dropped.
    pub async fn try_collect_up_to(&mut self, max: usize) -> Result<Vec<T>> {
        self.pages.fetcher.wanted = Some(max.saturating_sub(self.page.len()) as u64);
        let mut items = Vec::new();
        while items.len() < max {
            match self.next_item().await? {
                Some(item) => items.push(item),
                None => break,
            }
        }
        Ok(items)
    }

    /// Where to go on at another time, by [`resume_from`](Self::resume_from); nothing where the list is complete and all of
    /// it was given out.
    ///
    /// It is the beginning of a page: of the page at hand while there are items of it left, and these come once more
    /// with those before them; else of the next one. Who wants nothing twice reads [`pages`](Self::pages). After an
    /// error, it is the page that could not be had, or that led nowhere.
    pub fn resume_token(&self) -> Option<ResumeToken> {
        self.pages.fetcher.resume_token(self.page.len() == 0)
    }

    /// What the page at hand says of its place in the list; nothing before the first one.
    pub fn info(&self) -> Option<&ResultInfo> {
        self.pages.info()
    }

    /// How far the list was read.
    pub fn progress(&self) -> Progress {
        self.pages.fetcher.progress(self.page.len())
    }

    async fn next_item(&mut self) -> Result<Option<T>> {
        std::future::poll_fn(|context| self.poll_item(context)).await.transpose()
    }

    fn poll_item(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        loop {
            if let Some(item) = self.page.next() {
                self.pages.fetcher.poll_ahead(context);
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
        items.pages.fetcher.wanted = None;
        items.poll_item(context)
    }

    /// At the least, what is left of the page at hand.
    fn size_hint(&self) -> (usize, Option<usize>) {
        let buffered = self.page.len();
        (buffered, self.pages.fetcher.is_over().then_some(buffered))
    }
}

/// Nothing is pinned in it.
impl<T> Unpin for Items<T> {}

impl Request {
    /// Returns the items of a list.
    #[doc(hidden)]
    pub fn items<T: DeserializeOwned + Send + 'static>(self) -> Items<T> {
        Items::new(self)
    }
}
