use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_util::stream::FuturesOrdered;

use crate::request::Request;
use crate::send::Answered;
use crate::transport::BoxFuture;

/// Requests for pages, under way or answered, in the order of the pages.
#[derive(Default)]
pub(super) struct Flights {
    /// Which pages those are.
    places: VecDeque<u64>,
    /// What was answered, from the first page on.
    answered: VecDeque<Answered>,
    under_way: FuturesOrdered<BoxFuture<'static, Answered>>,
}

impl Flights {
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    pub(super) fn first(&self) -> Option<u64> {
        self.places.front().copied()
    }

    pub(super) fn last(&self) -> Option<u64> {
        self.places.back().copied()
    }

    /// Asks for a page behind the others.
    pub(super) fn ask(&mut self, place: u64, request: Request) {
        self.places.push_back(place);
        self.under_way.push_back(request.into_answer());
    }

    /// Lets all requests go on as far as they can.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) {
        // Where a request panics (an observer, say), all of them are asked for once more.
        let mut flights = std::mem::take(self);
        while let Poll::Ready(Some(answer)) = Pin::new(&mut flights.under_way).poll_next(context) {
            flights.answered.push_back(answer);
        }
        *self = flights;
    }

    /// The answer for the first page, once it is there.
    pub(super) fn take(&mut self) -> Option<Answered> {
        let answer = self.answered.pop_front()?;
        self.places.pop_front();
        Some(answer)
    }
}
