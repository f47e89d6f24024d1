//! Decides whether a list goes on, and how. It knows pages by their places, cursors and links, never by their types.

mod counted;
mod followed;
pub(super) mod step;

use sdk_protocol::{Pagination, Scheme};

pub(super) use self::counted::Forecast;
use self::counted::{Counted, Step};
use self::followed::Followed;
use self::step::{FetchedPage, NextStep};
use crate::request::Request;

/// What is known of a list up to here.
#[derive(Debug)]
pub(super) struct PaginationState(PaginationStrategy);

/// The two ways in which lists go on: the client counts, or the server says what comes next.
#[derive(Debug)]
enum PaginationStrategy {
    SinglePage,
    Counted(Counted),
    Followed(Followed),
}

impl PaginationState {
    pub(super) fn new(request: &Request, pagination: &Pagination) -> Self {
        let strategy = match &pagination.scheme {
            Scheme::Single => PaginationStrategy::SinglePage,
            Scheme::PageNumber { page, first } => {
                PaginationStrategy::Counted(Counted::new(request, page, *first, Step::Page))
            }
            Scheme::Offset { offset, first } => {
                PaginationStrategy::Counted(Counted::new(request, offset, *first, Step::Items))
            }
            _ => PaginationStrategy::Followed(Followed::default()),
        };
        Self(strategy)
    }

    /// Takes note of a page, and sets `request` for the next.
    pub(super) fn advance(
        &mut self,
        request: &mut Request,
        pagination: &Pagination,
        page: &FetchedPage<'_>,
    ) -> NextStep {
        match &mut self.0 {
            PaginationStrategy::SinglePage => NextStep::End,
            PaginationStrategy::Counted(counted) => counted.advance(request, pagination, page),
            PaginationStrategy::Followed(followed) => followed.advance(request, pagination, page),
        }
    }

    /// Which page the next one is, by what the client counts. Where the server says what comes next, nobody knows
    /// more pages than that one, and so they need no numbers.
    pub(super) fn next_page(&self) -> u64 {
        self.counted().map_or(0, |counted| counted.page)
    }

    /// How many items there are before the first page that was asked for, as far as that is known.
    pub(super) fn items_before(&self) -> u64 {
        self.counted().and_then(|counted| counted.before).unwrap_or_default()
    }

    /// How many items there are before the next page, where the client counts and has seen them.
    pub(super) fn items_up_to_here(&self) -> Option<u64> {
        self.counted().and_then(Counted::items_up_to_here)
    }

    /// States how many items there are before the first page that is asked for.
    pub(super) fn begin_behind(&mut self, items: u64) {
        if let PaginationStrategy::Counted(counted) = &mut self.0 {
            counted.before = Some(items);
        }
    }

    /// What can be foreseen of the pages behind the next one, where the client counts.
    pub(super) fn forecast(&self) -> Option<&Forecast> {
        self.counted().map(|counted| &counted.forecast)
    }

    /// The request for a page that may come later, made from that for the next one.
    pub(super) fn request_at(&self, page: u64, next: &Request) -> Request {
        let mut request = next.clone();
        if let Some(counted) = self.counted().filter(|counted| counted.page != page) {
            request.query(counted.parameter, &page);
        }
        request
    }

    fn counted(&self) -> Option<&Counted> {
        match &self.0 {
            PaginationStrategy::Counted(counted) => Some(counted),
            _ => None,
        }
    }
}
