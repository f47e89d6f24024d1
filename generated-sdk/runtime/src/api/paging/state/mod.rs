//! Decides after each page whether a list continues, and how. Independent of the type of the items.

mod counted;
mod followed;
pub(super) mod step;

use sdk_protocol::{Pagination, Scheme};

pub(super) use self::counted::Forecast;
use self::counted::{Counted, Step};
use self::followed::Followed;
use self::step::{FetchedPage, NextStep};
use crate::request::Request;

/// State of reading a list.
#[derive(Debug)]
pub(super) struct PaginationState(PaginationStrategy);

/// Strategy to get from one page to the next: the client computes it, or the server sends a cursor or link.
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

    /// Processes a page, and changes `request` to fetch the next one.
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

    /// Returns the page number or offset of the next page. With cursors and links it is 0, because only one page can be
    /// requested at a time.
    pub(super) fn next_page(&self) -> u64 {
        self.counted().map_or(0, |counted| counted.page)
    }

    /// Returns the number of items before the first requested page, or 0 if unknown.
    pub(super) fn items_before(&self) -> u64 {
        self.counted().and_then(|counted| counted.before).unwrap_or_default()
    }

    /// Returns the number of items before the next page, if known.
    pub(super) fn items_before_next_page(&self) -> Option<u64> {
        self.counted().and_then(Counted::items_before_next_page)
    }

    /// Sets the number of items before the first requested page.
    pub(super) fn set_items_before(&mut self, items: u64) {
        if let PaginationStrategy::Counted(counted) = &mut self.0 {
            counted.before = Some(items);
        }
    }

    /// Returns the prediction for the pages after the next one, for page numbers and offsets.
    pub(super) fn forecast(&self) -> Option<&Forecast> {
        self.counted().map(|counted| &counted.forecast)
    }

    /// Returns the request for a later page, derived from the request for the next one.
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
