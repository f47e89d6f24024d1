use sdk_protocol::Pagination;

use super::step::{FetchedPage, NextStep, hash};
use crate::api::paging::page::ResultInfo;
use crate::json::raw_value;
use crate::request::Request;

/// A list in which the client counts: pages by their numbers, or the items before a page.
#[derive(Debug)]
pub(super) struct Counted {
    /// The query parameter that says which page is meant.
    pub(super) parameter: &'static str,
    step: Step,
    /// The parameter's value for the first page of all.
    first: u64,
    /// Its value for the page that was asked for last.
    pub(super) page: u64,
    /// How many items there are before the first page that was asked for, once that is known.
    pub(super) before: Option<u64>,
    /// How many items there are up to here, those before the first page that was asked for included.
    items: u64,
    /// A hash of the last page's items: a server that ignores the parameter sends the same ones again.
    last: Option<u64>,
    /// The name of the last page, where that said which one it is.
    clear: Option<u64>,
    /// How often in a row the same items came.
    same: u32,
    pub(super) forecast: Forecast,
}

/// What a page lets foresee of those behind it. It says what is worth asking for ahead of time, never what is true:
/// each page that comes is judged anew.
#[derive(Clone, Debug, Default)]
pub(in crate::api::paging) struct Forecast {
    /// How far the pages are from each other.
    pub(in crate::api::paging) step: u64,
    /// Whether that was so before: unless it is, the step may be another the next time.
    pub(in crate::api::paging) is_steady: bool,
    /// How many pages follow by the server's totals.
    pub(in crate::api::paging) pages: Option<u64>,
}

/// What the parameter counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Step {
    Page,
    Items,
}

/// How often in a row the same items may come from a server that names its pages as they were asked for: a list may
/// hold equal rows, but not for ever.
const MAX_SAME: u32 = 10;

impl Counted {
    pub(super) fn new(request: &Request, parameter: &'static str, first: u64, step: Step) -> Self {
        let page = request.query_value(parameter).and_then(|text| text.parse().ok());
        let page = page.unwrap_or(first).max(first);
        let forecast = Forecast::default();
        Self { parameter, step, first, page, before: None, items: 0, last: None, clear: None, same: 0, forecast }
    }

    pub(super) fn advance(
        &mut self,
        request: &mut Request,
        pagination: &Pagination,
        page: &FetchedPage<'_>,
    ) -> NextStep {
        if page.count == 0 {
            return match page.info.has_more {
                Some(true) => NextStep::Stuck(format!("{} is empty, and there is more", self.name())),
                _ => NextStep::End,
            };
        }
        if self.is_repeated(pagination, page) {
            return NextStep::Repeated(self.missing(page.info));
        }
        let count = page.count as u64;
        self.items = self.items.saturating_add(count);
        if self.is_last(page.info) {
            return NextStep::End;
        }
        // What came counts, not what was asked for: a server may give fewer.
        let step = match self.step {
            Step::Page => 1,
            Step::Items => count,
        };
        self.forecast = Forecast {
            step,
            is_steady: self.forecast.step == step || self.forecast.step == 0,
            pages: self.pages_left(page.info, count),
        };
        self.page = self.page.saturating_add(step);
        request.query(self.parameter, &self.page);
        NextStep::Continue
    }

    /// How many items there are before the page that is next, if that is known.
    pub(super) fn items_up_to_here(&self) -> Option<u64> {
        if self.last.is_some() { Some(self.items) } else { self.before }
    }

    /// Whether the server sent the page before once more, in page of the one that was asked for.
    fn is_repeated(&mut self, pagination: &Pagination, page: &FetchedPage<'_>) -> bool {
        let named = match self.step {
            Step::Page => page.info.page,
            Step::Items => page.info.number(self.parameter),
        };
        // A page that is named as it was asked for, in a list whose end is known, needs no second look; and one that is
        // named as the page before it is that.
        let is_clear = named == Some(self.page) && page.info.total_count.or(self.total_pages(page.info)).is_some();
        let is_before = self.clear.is_some() && named == self.clear;
        self.clear = named.filter(|_| is_clear || is_before);
        let items = match (is_clear, is_before) {
            (true, _) => self.page,
            (false, true) => self.last.unwrap_or_default(),
            (false, false) => items_hash(page.body, pagination),
        };
        let Some(last) = self.last.replace(items) else {
            self.items = self.before.unwrap_or_else(|| self.items_before(page));
            self.before = Some(self.items);
            return false;
        };
        self.same = if last == items { self.same + 1 } else { 0 };
        self.same > 0 && (named != Some(self.page) || self.same >= MAX_SAME)
    }

    /// How many items there are before the first page that was asked for. Where pages differ in length it is a guess.
    fn items_before(&self, page: &FetchedPage<'_>) -> u64 {
        let before = self.page - self.first;
        match self.step {
            Step::Page => before.saturating_mul(page.info.per_page.unwrap_or(page.count as u64)),
            Step::Items => before,
        }
    }

    /// Whether the server says that this is the last page. A page with few items is none: servers filter, and give
    /// fewer items than they were asked for.
    fn is_last(&self, info: &ResultInfo) -> bool {
        match (info.has_more, self.total_pages(info), info.total_count) {
            (Some(more), ..) => !more,
            (None, Some(pages), _) => self.pages() >= pages,
            (None, None, Some(total)) => self.items >= total,
            (None, None, None) => false,
        }
    }

    /// How many pages follow by the totals.
    fn pages_left(&self, info: &ResultInfo, count: u64) -> Option<u64> {
        if let Some(pages) = self.total_pages(info) {
            return Some(pages.saturating_sub(self.pages()));
        }
        // An offset grows by what comes, whatever a page may have.
        let size = info.per_page.filter(|size| *size > 0 && self.step == Step::Page).unwrap_or(count);
        Some(info.total_count?.saturating_sub(self.items).div_ceil(size))
    }

    /// What a server that sends the same page again leaves out.
    fn missing(&self, info: &ResultInfo) -> Option<String> {
        let what = match (info.total_count, self.total_pages(info)) {
            (Some(total), _) if total > self.items => {
                format!("{} of {total} items are missing", total - self.items)
            }
            (None, Some(pages)) if pages >= self.pages() => format!("there are {pages} pages"),
            (None, None) if info.has_more == Some(true) => "there is more".to_owned(),
            _ => return None,
        };
        Some(format!("{} is the same as the one before it, and {what}", self.name()))
    }

    /// How many pages there are up to here; nobody knows that of a list whose items are counted.
    fn pages(&self) -> u64 {
        (self.page - self.first).saturating_add(1)
    }

    fn total_pages(&self, info: &ResultInfo) -> Option<u64> {
        info.total_pages.filter(|_| self.step == Step::Page)
    }

    fn name(&self) -> String {
        match self.step {
            Step::Page => format!("page {}", self.page),
            Step::Items => format!("the page at {} {}", self.parameter, self.page),
        }
    }
}

/// A hash of a page's items alone: what stands around them may change from answer to answer.
fn items_hash(body: &[u8], pagination: &Pagination) -> u64 {
    hash(raw_value::at(body, pagination.items).unwrap_or(body))
}
