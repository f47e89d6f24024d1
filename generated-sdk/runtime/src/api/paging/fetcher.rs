use std::task::{Context, Poll};

use sdk_protocol::{Pagination, Scheme};

use super::page::ResultInfo;
use super::prefetch::PrefetchQueue;
use super::progress::Progress;
use super::resume_token::ResumeToken;
use super::state::PaginationState;
use super::state::step::{FetchedPage, NextStep};
use crate::error::{Error, PagingError, RequestInfo, Result};
use crate::request::Request;
use crate::transport::AttemptResult;

/// Fetches the pages of a list. It is independent of the type of the items, so a program contains its code
/// once.
///
/// Pages are processed in order. Each page determines the request for the next one. Requests sent ahead of
/// time are predictions: a prefetched page is discarded if the prediction was wrong.
pub(super) struct PageFetcher {
    /// Request for the next page.
    request: Request,
    pagination: &'static Pagination,
    pagination_state: PaginationState,
    state: State,
    /// Resume token of the current page.
    token: ResumeToken,
    /// Resume token of the next page.
    next_token: ResumeToken,
    /// Page information of the current page.
    pub(super) info: Option<ResultInfo>,
    /// Number of items on all pages so far.
    item_count: u64,
    /// Number of items on the current page.
    page_size: u64,
    /// If set, the number of items that the caller will read from later pages. Limits prefetching.
    pub(super) wanted_items: Option<u64>,
    queue: PrefetchQueue,
    /// Maximum number of prefetched pages, as set by the caller.
    max_prefetch: usize,
    /// Number of pages that is currently worth prefetching, at least 1.
    window: usize,
}

/// Upper limit of prefetched pages. It protects against servers that announce an excessive number of pages.
const MAX_PREFETCH: usize = 100;

#[derive(Debug, PartialEq)]
enum State {
    InProgress,
    /// The list cannot continue for this reason, which has not been returned yet.
    Stuck(String),
    Failed,
    Complete,
}

impl PageFetcher {
    pub(super) fn new(request: Request) -> Self {
        const SINGLE: &Pagination = &Pagination { items: &[], info: &[], has_more: &[], scheme: Scheme::Single };
        let pagination = request.operation.pagination.unwrap_or(SINGLE);
        let pagination_state = PaginationState::new(&request, pagination);
        let start = ResumeToken::of(&request, &pagination.scheme, &pagination_state);
        Self {
            request,
            pagination,
            pagination_state,
            state: State::InProgress,
            token: start.clone(),
            next_token: start,
            info: None,
            item_count: 0,
            page_size: 0,
            wanted_items: None,
            queue: PrefetchQueue::default(),
            max_prefetch: 0,
            window: 1,
        }
    }

    pub(super) fn request(&self) -> &Request {
        &self.request
    }

    pub(super) fn pagination(&self) -> &'static Pagination {
        self.pagination
    }

    pub(super) fn set_prefetch(&mut self, pages: usize) {
        // A request that is not polled holds its permit. One permit is left for calls between two items,
        // which would deadlock otherwise.
        let available =
            self.request.state.limiter.max_concurrent.map_or(usize::MAX, |count| count.saturating_sub(1));
        self.max_prefetch = pages.min(available).min(MAX_PREFETCH);
    }

    /// Starts at a resume token. Must be called before anything is read.
    pub(super) fn resume_from(&mut self, token: &ResumeToken) -> Result<()> {
        let RequestInfo { method, path, .. } = self.request.info();
        let rejected =
            |reason: &str| Error::config(format!("{method} {path}: the list can't be resumed: {reason}"));
        if self.info.is_some() || self.state != State::InProgress {
            return Err(rejected("the list was already read; build a new request to start at a token"));
        }
        let mut request = self.request.clone();
        token.apply(&mut request, &self.pagination.scheme).map_err(|reason| rejected(&reason))?;
        *self = Self {
            max_prefetch: self.max_prefetch,
            next_token: token.clone(),
            token: token.clone(),
            ..Self::new(request)
        };
        if let Some(item_count) = token.items_before() {
            self.pagination_state.set_items_before(item_count);
        }
        Ok(())
    }

    /// Polls for the response with the next page. Returns `None` at the end of the list.
    pub(super) fn poll_response(&mut self, context: &mut Context<'_>) -> Poll<Option<AttemptResult>> {
        match std::mem::replace(&mut self.state, State::Failed) {
            State::InProgress => self.state = State::InProgress,
            State::Stuck(message) => {
                let request = self.request.info();
                return Poll::Ready(Some(Err(Error::Paging(Box::new(PagingError { request, message })))));
            }
            ended => {
                self.state = ended;
                return Poll::Ready(None);
            }
        }
        self.send_requests(self.prefetch_count().max(1));
        self.queue.poll(context);
        match self.queue.take() {
            None => Poll::Pending,
            Some(Ok(response)) => Poll::Ready(Some(Ok(response))),
            Some(Err(error)) => {
                self.fail();
                Poll::Ready(Some(Err(error)))
            }
        }
    }

    /// Sends and drives requests for prefetched pages while the items of the current page are read.
    pub(super) fn poll_prefetch(&mut self, context: &mut Context<'_>) {
        if self.max_prefetch > 0 && self.state == State::InProgress {
            self.send_requests(self.prefetch_count());
            self.queue.poll(context);
        }
    }

    /// Sends requests until `pages` of them are queued.
    fn send_requests(&mut self, pages: usize) {
        let page = self.pagination_state.next_page();
        if self.queue.first().is_some_and(|first| first != page) {
            // The current page had a different number of items than predicted.
            self.queue = PrefetchQueue::default();
        }
        while self.queue.len() < pages {
            let step = self.pagination_state.forecast().map_or(0, |forecast| forecast.step);
            let page = self.queue.last().map_or(page, |last| last.saturating_add(step));
            self.queue.push(page, self.pagination_state.request_at(page, &self.request));
        }
    }

    /// Returns the number of pages that are worth prefetching.
    fn prefetch_count(&self) -> usize {
        if self.info.is_none() {
            // The number of pages is unknown before the first page.
            return 0;
        }
        let remaining = self.pagination_state.forecast().and_then(|forecast| forecast.remaining_pages);
        let wanted_items = self.wanted_items.map(|item_count| item_count.div_ceil(self.page_size.max(1)));
        // There is at least one more page because the list continues.
        let count = remaining.map_or(u64::MAX, |pages| pages.max(1)).min(wanted_items.unwrap_or(u64::MAX));
        self.window.min(self.max_prefetch).min(usize::try_from(count).unwrap_or(usize::MAX))
    }

    /// Processes a page. Returns `true` if the page is to be returned to the caller.
    pub(super) fn process_page(&mut self, info: ResultInfo, count: usize, body: &[u8]) -> bool {
        let page = FetchedPage { info: &info, count, body };
        let next = self.pagination_state.advance(&mut self.request, self.pagination, &page);
        let is_new = !matches!(next, NextStep::Repeated(_));
        self.state = match next {
            NextStep::Continue => State::InProgress,
            NextStep::End | NextStep::Repeated(None) => State::Complete,
            NextStep::Stuck(message) | NextStep::Repeated(Some(message)) => State::Stuck(message),
        };
        let continues = self.state == State::InProgress;
        let next_token = ResumeToken::of(&self.request, &self.pagination.scheme, &self.pagination_state);
        self.token = std::mem::replace(&mut self.next_token, next_token);
        if continues {
            self.adjust_window();
        } else {
            self.queue = PrefetchQueue::default();
        }
        self.info = Some(info);
        if is_new {
            self.page_size = count as u64;
            self.item_count = self.item_count.saturating_add(self.page_size);
            self.wanted_items = self.wanted_items.map(|wanted_items| wanted_items.saturating_sub(self.page_size));
        }
        is_new && (count > 0 || continues)
    }

    /// Adjusts the number of pages that is worth prefetching. If the number of pages is known, it is the
    /// caller's maximum. Otherwise the list may end with each page, and the number grows with the length of
    /// the list.
    fn adjust_window(&mut self) {
        self.window = match self.pagination_state.forecast() {
            Some(forecast) if !forecast.is_steady => 1,
            Some(forecast) if forecast.remaining_pages.is_some() => self.max_prefetch,
            Some(_) => self.window.saturating_mul(2),
            None => 1,
        };
    }

    /// Ends the list because the next page could not be fetched.
    pub(super) fn fail(&mut self) {
        self.state = State::Failed;
        self.token = self.next_token.clone();
        self.queue = PrefetchQueue::default();
    }

    /// Returns the resume token of the current page, or of the next page if all items of the current one were
    /// read. Returns `None` if the list was read completely.
    pub(super) fn resume_token(&self, is_page_consumed: bool) -> Option<ResumeToken> {
        match &self.state {
            State::InProgress if is_page_consumed => Some(self.next_token.clone()),
            State::Complete if is_page_consumed => None,
            _ => Some(self.token.clone()),
        }
    }

    /// Returns the progress if `buffered` items of the current page were not read yet.
    pub(super) fn progress(&self, buffered: usize) -> Progress {
        Progress {
            items_read: self.item_count.saturating_sub(buffered as u64),
            items_before: self.pagination_state.items_before(),
            items_total: self.info.as_ref().and_then(|info| info.total_count),
        }
    }

    /// Returns `true` if no further page follows.
    pub(super) fn has_ended(&self) -> bool {
        matches!(self.state, State::Failed | State::Complete)
    }
}

impl Request {
    fn info(&self) -> RequestInfo {
        RequestInfo::new(self.state.api, &self.operation)
    }
}
