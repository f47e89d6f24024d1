use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_util::stream::FuturesOrdered;

use crate::request::Request;
use crate::transport::{AttemptResult, BoxFuture};

/// Requests for pages, in flight or completed, in the order of the pages.
#[derive(Default)]
pub(super) struct PrefetchQueue {
    /// Page numbers or offsets of the requests.
    pages: VecDeque<u64>,
    /// Results of completed requests, starting with the first page.
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

    /// Adds a request for a page to the end of the queue.
    pub(super) fn push(&mut self, page: u64, request: Request) {
        self.pages.push_back(page);
        self.in_flight.push_back(request.into_response());
    }

    /// Polls all requests.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) {
        // If polling panics, in an observer for example, the queue stays empty and the requests are sent
        // again.
        let mut queue = std::mem::take(self);
        while let Poll::Ready(Some(response)) = Pin::new(&mut queue.in_flight).poll_next(context) {
            queue.completed.push_back(response);
        }
        *self = queue;
    }

    /// Removes the first request from the queue and returns its result, if it is complete.
    pub(super) fn take(&mut self) -> Option<AttemptResult> {
        let response = self.completed.pop_front()?;
        self.pages.pop_front();
        Some(response)
    }
}
