//! Decides after each page whether a list continues, and how. Independent of the type of the items.

mod cursor;
mod offset;
pub(super) mod step;

use sdk_protocol::{Pagination, Scheme};

use self::cursor::CursorState;
pub(super) use self::offset::Forecast;
use self::offset::{OffsetState, Step};
use self::step::{FetchedPage, NextStep};
use crate::request::Request;

/// State of reading a list.
#[derive(Debug)]
pub(super) struct PaginationState(PaginationStrategy);

/// Strategy to get from one page to the next: the client computes it, or the server sends a cursor or link.
#[derive(Debug)]
enum PaginationStrategy {
    SinglePage,
    OffsetState(OffsetState),
    CursorState(CursorState),
}

impl PaginationState {
    pub(super) fn new(request: &Request, pagination: &Pagination) -> Self {
        let strategy = match &pagination.scheme {
            Scheme::Single => PaginationStrategy::SinglePage,
            Scheme::PageNumber { page, first } => {
                PaginationStrategy::OffsetState(OffsetState::new(request, page, *first, Step::Page))
            }
            Scheme::Offset { offset, first } => {
                PaginationStrategy::OffsetState(OffsetState::new(request, offset, *first, Step::Items))
            }
            Scheme::Cursor { .. } | Scheme::LastItem { .. } | Scheme::NextUrl { .. } | Scheme::LinkHeader => {
                PaginationStrategy::CursorState(CursorState::default())
            }
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
            PaginationStrategy::OffsetState(offset) => offset.advance(request, pagination, page),
            PaginationStrategy::CursorState(cursor) => cursor.advance(request, pagination, page),
        }
    }

    /// Returns the page number or offset of the next page. With cursors and links it is 0, because only one
    /// page can be requested at a time.
    pub(super) fn next_page(&self) -> u64 {
        self.offset().map_or(0, |offset| offset.page)
    }

    /// Returns the number of items before the first requested page, or 0 if unknown.
    pub(super) fn items_before(&self) -> u64 {
        self.offset().and_then(|offset| offset.items_before).unwrap_or_default()
    }

    /// Returns the number of items before the next page, if known.
    pub(super) fn items_before_next_page(&self) -> Option<u64> {
        self.offset().and_then(OffsetState::items_before_next_page)
    }

    /// Sets the number of items before the first requested page.
    pub(super) fn set_items_before(&mut self, items: u64) {
        if let PaginationStrategy::OffsetState(offset) = &mut self.0 {
            offset.items_before = Some(items);
        }
    }

    /// Returns the prediction for the pages after the next one, for page numbers and offsets.
    pub(super) fn forecast(&self) -> Option<&Forecast> {
        self.offset().map(|offset| &offset.forecast)
    }

    /// Returns the request for a later page, derived from the request for the next one.
    pub(super) fn request_at(&self, page: u64, next: &Request) -> Request {
        let mut request = next.clone();
        if let Some(offset) = self.offset().filter(|offset| offset.page != page) {
            request.query(offset.parameter, &page);
        }
        request
    }

    fn offset(&self) -> Option<&OffsetState> {
        match &self.0 {
            PaginationStrategy::OffsetState(offset) => Some(offset),
            _ => None,
        }
    }
}
