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

/// Fetches the pages of a list. It knows nothing of their items' type, so that programs have it once.
///
/// Pages are judged one after the other, each by what came before it. What is asked for ahead of time is only a guess
/// at what that will lead to: a page is used where the guess was right, and else dropped.
pub(super) struct PageFetcher {
    /// Set for the page that is to be judged next.
    request: Request,
    pagination: &'static Pagination,
    pagination_state: PaginationState,
    state: State,
    /// Where the page at hand begins, and where the one behind it does.
    token: ResumeToken,
    next: ResumeToken,
    /// What the page at hand says of its page in the list.
    pub(super) info: Option<ResultInfo>,
    /// How many items the pages had up to here.
    items: u64,
    /// How many items the page at hand had.
    size: u64,
    /// How many items are wanted of the pages to come, where not all of them are.
    pub(super) wanted: Option<u64>,
    prefetch: PrefetchQueue,
    /// How many pages may be fetched while another is read.
    ahead: usize,
    /// How many of these are worth it by now.
    window: usize,
}

/// How many pages may be fetched ahead, whatever a program says: a server may state any number of pages.
const MOST_AHEAD: usize = 100;

#[derive(Debug, PartialEq)]
enum State {
    Going,
    /// The list can't go on, for this reason; it is still to be said.
    Stuck(String),
    FailedAttempt,
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
            state: State::Going,
            token: start.clone(),
            next: start,
            info: None,
            items: 0,
            size: 0,
            wanted: None,
            prefetch: PrefetchQueue::default(),
            ahead: 0,
            window: 1,
        }
    }

    pub(super) fn request(&self) -> &Request {
        &self.request
    }

    pub(super) fn pagination(&self) -> &'static Pagination {
        self.pagination
    }

    pub(super) fn fetch_ahead(&mut self, pages: usize) {
        // A request that nobody polls keeps its page. So one is left for what a program calls between two items: it
        // would wait for ever else.
        let most = self.request.state.limiter.count.map_or(usize::MAX, |count| count.saturating_sub(1));
        self.ahead = pages.min(most).min(MOST_AHEAD);
    }

    /// Begins at another page, before anything was read.
    pub(super) fn resume_from(&mut self, token: &ResumeToken) -> Result<()> {
        let RequestInfo { method, path, .. } = self.request.info();
        let refused = |why: &str| Error::config(format!("{method} {path}: the list can't start there: {why}"));
        if self.info.is_some() || self.state != State::Going {
            return Err(refused("it was read from already; make the request once more for another start"));
        }
        let mut request = self.request.clone();
        token.apply(&mut request, &self.pagination.scheme).map_err(|why| refused(&why))?;
        *self = Self { ahead: self.ahead, next: token.clone(), token: token.clone(), ..Self::new(request) };
        if let Some(items) = token.items_before() {
            self.pagination_state.begin_behind(items);
        }
        Ok(())
    }

    /// The answer with the next page, which is then to be judged; nothing at the end of the list.
    pub(super) fn poll_response(&mut self, context: &mut Context<'_>) -> Poll<Option<AttemptResult>> {
        match std::mem::replace(&mut self.state, State::FailedAttempt) {
            State::Going => self.state = State::Going,
            State::Stuck(message) => {
                let request = self.request.info();
                return Poll::Ready(Some(Err(Error::Paging(Box::new(PagingError { request, message })))));
            }
            ended => {
                self.state = ended;
                return Poll::Ready(None);
            }
        }
        self.ask(self.useful().max(1));
        self.prefetch.poll(context);
        match self.prefetch.take() {
            None => Poll::Pending,
            Some(Ok(response)) => Poll::Ready(Some(Ok(response))),
            Some(Err(error)) => {
                self.fail();
                Poll::Ready(Some(Err(error)))
            }
        }
    }

    /// Asks for pages ahead of time, and lets them come, while the items of another one are read.
    pub(super) fn poll_ahead(&mut self, context: &mut Context<'_>) {
        if self.ahead > 0 && self.state == State::Going {
            self.ask(self.useful());
            self.prefetch.poll(context);
        }
    }

    /// Has this many pages under way.
    fn ask(&mut self, pages: usize) {
        let page = self.pagination_state.next_page();
        if self.prefetch.first().is_some_and(|first| first != page) {
            // The page at hand had fewer items than was foreseen, or more.
            self.prefetch = PrefetchQueue::default();
        }
        while self.prefetch.len() < pages {
            let step = self.pagination_state.forecast().map_or(0, |forecast| forecast.step);
            let page = self.prefetch.last().map_or(page, |last| last.saturating_add(step));
            self.prefetch.ask(page, self.pagination_state.request_at(page, &self.request));
        }
    }

    /// How many pages are worth asking for ahead of time.
    fn useful(&self) -> usize {
        if self.info.is_none() {
            // The first page says how many there are.
            return 0;
        }
        let left = self.pagination_state.forecast().and_then(|forecast| forecast.pages);
        let wanted = self.wanted.map(|items| items.div_ceil(self.size.max(1)));
        // The next page is there in any case: it has been judged that the list goes on.
        let useful = left.map_or(u64::MAX, |left| left.max(1)).min(wanted.unwrap_or(u64::MAX));
        self.window.min(self.ahead).min(usize::try_from(useful).unwrap_or(usize::MAX))
    }

    /// Takes note of a page that was read. Says whether it is one to give out.
    pub(super) fn judge(&mut self, info: ResultInfo, count: usize, body: &[u8]) -> bool {
        let came = FetchedPage { info: &info, count, body };
        let next = self.pagination_state.advance(&mut self.request, self.pagination, &came);
        let is_new = !matches!(next, NextStep::Repeated(_));
        self.state = match next {
            NextStep::Continue => State::Going,
            NextStep::End | NextStep::Repeated(None) => State::Complete,
            NextStep::Stuck(message) | NextStep::Repeated(Some(message)) => State::Stuck(message),
        };
        let goes_on = self.state == State::Going;
        let following = ResumeToken::of(&self.request, &self.pagination.scheme, &self.pagination_state);
        self.token = std::mem::replace(&mut self.next, following);
        if goes_on {
            self.widen();
        } else {
            self.prefetch = PrefetchQueue::default();
        }
        self.info = Some(info);
        if is_new {
            self.size = count as u64;
            self.items = self.items.saturating_add(self.size);
            self.wanted = self.wanted.map(|wanted| wanted.saturating_sub(self.size));
        }
        is_new && (count > 0 || goes_on)
    }

    /// Where the server says how many pages there are, all that may be fetched are worth it. Else a list may end
    /// with each page, and more are only asked for the longer it gets.
    fn widen(&mut self) {
        self.window = match self.pagination_state.forecast() {
            Some(forecast) if !forecast.is_steady => 1,
            Some(forecast) if forecast.pages.is_some() => self.ahead,
            Some(_) => self.window.saturating_mul(2),
            None => 1,
        };
    }

    /// Ends the list at the next page, which could not be had.
    pub(super) fn fail(&mut self) {
        self.state = State::FailedAttempt;
        self.token = self.next.clone();
        self.prefetch = PrefetchQueue::default();
    }

    /// Where to go on another time, with or without the items of the page at hand.
    pub(super) fn resume_token(&self, is_used_up: bool) -> Option<ResumeToken> {
        match &self.state {
            State::Going if is_used_up => Some(self.next.clone()),
            State::Complete if is_used_up => None,
            _ => Some(self.token.clone()),
        }
    }

    /// How far the list was read, with so many items still to be given out.
    pub(super) fn progress(&self, buffered: usize) -> Progress {
        Progress {
            seen: self.items.saturating_sub(buffered as u64),
            before: self.pagination_state.items_before(),
            total: self.info.as_ref().and_then(|info| info.total_count),
        }
    }

    /// Whether nothing comes any more.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.state, State::FailedAttempt | State::Complete)
    }
}

impl Request {
    fn info(&self) -> RequestInfo {
        RequestInfo::of(&self.operation)
    }
}
