use sdk_protocol::Pagination;

use super::step::{FetchedPage, NextStep, hash};
use crate::api::paging::page::ResultInfo;
use crate::json::raw_value;
use crate::request::Request;

/// Strategy with page numbers or offsets, which the client computes.
#[derive(Debug)]
pub(super) struct OffsetState {
    /// Query parameter with the page number or offset.
    pub(super) parameter: &'static str,
    step: Step,
    /// Value of the parameter for the first page of the list.
    first: u64,
    /// Value of the parameter for the last requested page.
    pub(super) page: u64,
    /// Number of items before the first requested page, once known.
    pub(super) items_before: Option<u64>,
    /// Number of items so far, including those before the first requested page.
    items: u64,
    /// Hash of the items of the last page. A server that ignores the parameter sends the same items again.
    last_hash: Option<u64>,
    /// Page number or offset that the last page stated, if its items were not hashed.
    unhashed_page: Option<u64>,
    /// Number of consecutive repetitions of the same items.
    repetitions: u32,
    pub(super) forecast: Forecast,
}

/// Prediction for later pages. It only determines which pages are prefetched; each fetched page is processed
/// as if there were no prediction.
#[derive(Clone, Debug, Default)]
pub(in crate::api::paging) struct Forecast {
    /// Difference of the parameter between two pages.
    pub(in crate::api::paging) step: u64,
    /// `true` if the step was the same before. Otherwise it may change again.
    pub(in crate::api::paging) is_steady: bool,
    /// Number of remaining pages by the server's totals.
    pub(in crate::api::paging) remaining_pages: Option<u64>,
}

/// Unit of the parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Step {
    Page,
    Items,
}

/// Maximum number of consecutive pages with the same items, if the server states the requested page. Equal
/// pages are possible in a list of equal items, but an endless list must end.
const MAX_REPETITIONS: u32 = 10;

impl OffsetState {
    pub(super) fn new(request: &Request, parameter: &'static str, first: u64, step: Step) -> Self {
        let page = request.query_value(parameter).and_then(|text| text.parse().ok());
        let page = page.unwrap_or(first).max(first);
        let forecast = Forecast::default();
        Self {
            parameter,
            step,
            first,
            page,
            items_before: None,
            items: 0,
            last_hash: None,
            unhashed_page: None,
            repetitions: 0,
            forecast,
        }
    }

    pub(super) fn advance(
        &mut self,
        request: &mut Request,
        pagination: &Pagination,
        page: &FetchedPage<'_>,
    ) -> NextStep {
        if page.count == 0 {
            return match page.info.has_more {
                Some(true) => NextStep::Stuck(format!("{} is empty, but more items follow", self.page_name())),
                _ => NextStep::End,
            };
        }
        if self.is_repeated(pagination, page) {
            return NextStep::Repeated(self.missing_items(page.info));
        }
        let count = page.count as u64;
        self.items = self.items.saturating_add(count);
        if self.is_last(page.info) {
            return NextStep::End;
        }
        // The offset advances by the received items, because a server may send fewer than requested.
        let step = match self.step {
            Step::Page => 1,
            Step::Items => count,
        };
        self.forecast = Forecast {
            step,
            is_steady: self.forecast.step == step || self.forecast.step == 0,
            remaining_pages: self.remaining_pages(page.info, count),
        };
        self.page = self.page.saturating_add(step);
        request.query(self.parameter, &self.page);
        NextStep::Continue
    }

    /// Returns the number of items before the next page, if known.
    pub(super) fn items_before_next_page(&self) -> Option<u64> {
        if self.last_hash.is_some() { Some(self.items) } else { self.items_before }
    }

    /// Returns `true` if the server sent the previous page again instead of the requested one.
    fn is_repeated(&mut self, pagination: &Pagination, page: &FetchedPage<'_>) -> bool {
        let stated = match self.step {
            Step::Page => page.info.page,
            Step::Items => page.info.number(self.parameter),
        };
        // Hashing is skipped if the page states its own number and the end of the list is known, or if it
        // states the number of the previous page.
        let is_expected =
            stated == Some(self.page) && page.info.total_count.or(self.total_pages(page.info)).is_some();
        let is_previous = self.unhashed_page.is_some() && stated == self.unhashed_page;
        self.unhashed_page = stated.filter(|_| is_expected || is_previous);
        let items = match (is_expected, is_previous) {
            (true, _) => self.page,
            (false, true) => self.last_hash.unwrap_or_default(),
            (false, false) => items_hash(page.body, pagination),
        };
        let Some(last_hash) = self.last_hash.replace(items) else {
            self.items = self.items_before.unwrap_or_else(|| self.items_before(page));
            self.items_before = Some(self.items);
            return false;
        };
        self.repetitions = if last_hash == items { self.repetitions + 1 } else { 0 };
        self.repetitions > 0 && (stated != Some(self.page) || self.repetitions >= MAX_REPETITIONS)
    }

    /// Returns the number of items before the first requested page. It is an estimate if pages differ in
    /// size.
    fn items_before(&self, page: &FetchedPage<'_>) -> u64 {
        let items_before = self.page - self.first;
        match self.step {
            Step::Page => items_before.saturating_mul(page.info.per_page.unwrap_or(page.count as u64)),
            Step::Items => items_before,
        }
    }

    /// Returns `true` if this is the last page according to the server's information. A page with few items is
    /// not necessarily the last one, because servers filter pages.
    fn is_last(&self, info: &ResultInfo) -> bool {
        match (info.has_more, self.total_pages(info), info.total_count) {
            (Some(more), ..) => !more,
            (None, Some(total), _) => self.page_count() >= total,
            (None, None, Some(total)) => self.items >= total,
            (None, None, None) => false,
        }
    }

    /// Returns the number of remaining pages by the totals.
    fn remaining_pages(&self, info: &ResultInfo, count: u64) -> Option<u64> {
        if let Some(total) = self.total_pages(info) {
            return Some(total.saturating_sub(self.page_count()));
        }
        // An offset advances by the received items, not by the maximum page size.
        let size = info.per_page.filter(|size| *size > 0 && self.step == Step::Page).unwrap_or(count);
        Some(info.total_count?.saturating_sub(self.items).div_ceil(size))
    }

    /// Returns a message about the missing items if the server repeats a page before the end of the list.
    fn missing_items(&self, info: &ResultInfo) -> Option<String> {
        let reason = match (info.total_count, self.total_pages(info)) {
            (Some(total), _) if total > self.items => {
                format!("{} of {total} items are missing", total - self.items)
            }
            (None, Some(total)) if total >= self.page_count() => format!("there are {total} pages"),
            (None, None) if info.has_more == Some(true) => "more items follow".to_owned(),
            _ => return None,
        };
        Some(format!("{} repeats the previous page, but {reason}", self.page_name()))
    }

    /// Returns the number of pages so far. Only meaningful for page numbers.
    fn page_count(&self) -> u64 {
        (self.page - self.first).saturating_add(1)
    }

    fn total_pages(&self, info: &ResultInfo) -> Option<u64> {
        info.total_pages.filter(|_| self.step == Step::Page)
    }

    fn page_name(&self) -> String {
        match self.step {
            Step::Page => format!("page {}", self.page),
            Step::Items => format!("the page at {} {}", self.parameter, self.page),
        }
    }
}

/// Returns a hash of the items of a page, without the properties around them, which may differ between
/// responses.
fn items_hash(body: &[u8], pagination: &Pagination) -> u64 {
    hash(raw_value::at(body, pagination.items).unwrap_or(body))
}
