use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use serde::de::DeserializeOwned;

use super::next::{Came, Next, Progress};
use super::page::read_page;
use super::{Page, Pagination};
use crate::error::{Error, PagingError, RequestInfo, Result};
use crate::request::Request;
use crate::transport::BoxFuture;

/// The items of a list, page after page, each page fetched when the one before it is used up.
///
/// It is a [`Stream`]; [`try_next`](Self::try_next) reads it without one of the stream libraries. After an error
/// it ends.
#[must_use = "nothing is fetched until an item is asked for"]
pub struct Items<T> {
    state: State<T>,
    page: std::vec::IntoIter<T>,
}

enum State<T> {
    /// The next page is to be asked for.
    Ready(Box<Cursor>),
    Fetching(BoxFuture<'static, Fetched<T>>),
    Done,
}

/// A page, and what fetches the one after it.
type Fetched<T> = (Result<Page<T>>, Option<Box<Cursor>>);

/// What it takes to fetch the next page.
struct Cursor {
    request: Request,
    pagination: &'static Pagination,
    progress: Progress,
}

impl<T> std::fmt::Debug for Items<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Items").field("buffered", &self.page.len()).finish_non_exhaustive()
    }
}

impl<T: DeserializeOwned + Send + 'static> Items<T> {
    pub(crate) fn new(request: Request) -> Self {
        const SINGLE: &Pagination =
            &Pagination { items: &[], info: &[], has_more: &[], scheme: super::Scheme::Single };
        let pagination = request.operation.pagination.unwrap_or(SINGLE);
        let progress = Progress::new(&request, pagination);
        let cursor = Box::new(Cursor { request, pagination, progress });
        Self { state: State::Ready(cursor), page: Vec::new().into_iter() }
    }

    /// The next item, or nothing at the end of the list.
    ///
    /// # Errors
    /// Any error of the request for the next page; and [`Error::Paging`] where the list can't go on: the server
    /// would send the same page for ever, or the next page is at another host.
    pub async fn try_next(&mut self) -> Result<Option<T>> {
        std::future::poll_fn(|context| self.poll_item(context)).await.transpose()
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

    fn poll_item(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        loop {
            if let Some(item) = self.page.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match std::mem::replace(&mut self.state, State::Done) {
                State::Done => return Poll::Ready(None),
                State::Ready(cursor) => self.state = State::Fetching(Box::pin(cursor.fetch())),
                State::Fetching(mut future) => {
                    let polled = future.as_mut().poll(context);
                    if polled.is_pending() {
                        self.state = State::Fetching(future);
                    }
                    let (page, cursor) = ready!(polled);
                    if let Some(cursor) = cursor {
                        self.state = State::Ready(cursor);
                    }
                    match page {
                        Ok(page) => self.page = page.result.into_iter(),
                        Err(error) => return Poll::Ready(Some(Err(error))),
                    }
                }
            }
        }
    }
}

impl Cursor {
    /// Fetches a page, and says how to fetch the one after it. A list that gets stuck gives out the items of its
    /// last page first: the error comes in place of the next.
    async fn fetch<T: DeserializeOwned>(mut self: Box<Self>) -> Fetched<T> {
        if let Some(message) = self.progress.stuck.take() {
            let request = self.request.info();
            return (Err(Error::Paging(Box::new(PagingError { request, message }))), None);
        }
        let answer = match self.request.answer().await {
            Ok(answer) => answer,
            Err(error) => return (Err(error), None),
        };
        let mut page = match read_page::<T>(&answer, self.request.operation.envelope, self.pagination) {
            Ok(split) => split.value,
            Err(error) => return (Err(error), None),
        };
        let came = Came { info: &page.result_info, count: page.result.len(), body: &answer.body };
        match self.progress.advance(&mut self.request, self.pagination, &came) {
            Next::Go => (Ok(page), Some(self)),
            Next::End => (Ok(page), None),
            Next::Repeated(None) => {
                page.result.clear();
                (Ok(page), None)
            }
            Next::Repeated(Some(message)) => {
                page.result.clear();
                self.progress.stuck = Some(message);
                (Ok(page), Some(self))
            }
            Next::Stuck(message) => {
                self.progress.stuck = Some(message);
                (Ok(page), Some(self))
            }
        }
    }
}

impl Request {
    fn info(&self) -> RequestInfo {
        RequestInfo::of(&self.operation)
    }
}

impl<T: DeserializeOwned + Send + Unpin + 'static> Stream for Items<T> {
    type Item = Result<T>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        self.get_mut().poll_item(context)
    }
}
