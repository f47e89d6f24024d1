use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_util::stream::FuturesOrdered;

use crate::request::Request;
use crate::transport::{AttemptResult, BoxFuture};

/// Requests for pages, under way or completed, in the order of the pages.
#[derive(Default)]
pub(super) struct PrefetchQueue {
    /// Which pages those are.
    pages: VecDeque<u64>,
    /// What was completed, from the first page on.
    completed: VecDeque<AttemptResult>,
    in_flight: FuturesOrdered<BoxFuture<'static, AttemptResult>>,
}

impl PrefetchQueue {
    pub(super) fn len(&self) -> usize {
        self.pages.len()
    }

    pub(super) fn first(&self) -> Option<u64> {
        self.pages.front().copied()
    }

    pub(super) fn last(&self) -> Option<u64> {
        self.pages.back().copied()
    }

    /// Asks for a page behind the others.
    pub(super) fn ask(&mut self, page: u64, request: Request) {
        self.pages.push_back(page);
        self.in_flight.push_back(request.into_response());
    }

    /// Lets all requests go on as far as they can.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) {
        // Where a request panics (an observer, say), all of them are asked for once more.
        let mut prefetch = std::mem::take(self);
        while let Poll::Ready(Some(response)) = Pin::new(&mut prefetch.in_flight).poll_next(context) {
            prefetch.completed.push_back(response);
        }
        *self = prefetch;
    }

    /// The answer for the first page, once it is there.
    pub(super) fn take(&mut self) -> Option<AttemptResult> {
        let response = self.completed.pop_front()?;
        self.pages.pop_front();
        Some(response)
    }
}
