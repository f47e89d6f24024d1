use http::HeaderMap;
use serde::de::DeserializeOwned;
use serde_json::Value;

use sdk_protocol::{Pagination, Scheme};

use super::link;
use crate::api::decode::{EnvelopeHandling, decode};
use crate::error::Result;
use crate::json::extract::Extracted;
use crate::json::{Object, raw_value};
use crate::operation::Envelope;
use crate::transport::RawResponse;

/// One page of a list.
///
/// Iterating over a page iterates over its items.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items on this page.
    pub result: Vec<T>,
    /// Page information sent by the server.
    pub result_info: ResultInfo,
}

impl<T> IntoIterator for Page<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.result.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Page<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.result.iter()
    }
}

/// Page information of a response.
///
/// Every field is optional because APIs send different subsets. The fields are read from the usual names,
/// such as `per_page`, `pageSize` or `limit`.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ResultInfo {
    /// Number of the page.
    pub page: Option<u64>,
    /// Maximum number of items on a page.
    pub per_page: Option<u64>,
    /// Number of items on this page.
    pub count: Option<u64>,
    /// Number of items on all pages.
    pub total_count: Option<u64>,
    /// Number of pages.
    pub total_pages: Option<u64>,
    /// `true` if further pages follow, `false` if this is the last page.
    pub has_more: Option<bool>,
    /// Cursor of the next page, for lists with cursor pagination.
    pub cursor: Option<String>,
    /// URL of the next page as sent by the server, for lists with link pagination. It may be relative.
    pub next: Option<String>,
    /// Page information as an untyped JSON object.
    pub raw: Object,
}

// Names used by servers; the first property with a suitable value is used. `count` is not one of the totals
// because it is as often the number of items on the page.
const PAGE: &[&str] = &["page", "current_page", "currentPage", "page_number", "pageNumber"];
const PER_PAGE: &[&str] = &["per_page", "perPage", "page_size", "pageSize", "limit", "itemsPerPage"];
const TOTAL_COUNT: &[&str] = &[
    "total_count",
    "totalCount",
    "total",
    "total_results",
    "totalResults",
    "total_items",
    "totalItems",
    "total_entries",
    "totalEntries",
    "total_elements",
    "totalElements",
    "total_records",
    "totalRecords",
    "total_size",
    "totalSize",
];
const TOTAL_PAGES: &[&str] = &[
    "total_pages",
    "totalPages",
    "page_count",
    "pageCount",
    "num_pages",
    "numPages",
    "pages",
    "last_page",
    "lastPage",
];
const HAS_MORE: &[&str] = &[
    "has_more",
    "hasMore",
    "has_next",
    "hasNext",
    "has_next_page",
    "hasNextPage",
    "more",
    "more_items_in_collection",
];
const IS_LAST: &[&str] = &["is_last", "isLast", "is_last_page", "isLastPage", "last"];

impl ResultInfo {
    /// Reads the page information from `rest`, the response without its items.
    fn read(rest: &Object, headers: &HeaderMap, pagination: &Pagination) -> Self {
        let raw = match pagination.info {
            [] => rest.clone(),
            path => follow(rest, path).and_then(Value::as_object).cloned().unwrap_or_default(),
        };
        let mut info = Self { raw, ..Self::default() };
        let number = |names: &[&str]| names.iter().find_map(|name| info.number(name));
        info = Self {
            page: number(PAGE),
            per_page: number(PER_PAGE),
            count: number(&["count"]),
            total_count: number(TOTAL_COUNT),
            total_pages: number(TOTAL_PAGES),
            has_more: info.has_more(rest, pagination.has_more),
            ..info
        };
        match &pagination.scheme {
            Scheme::Cursor { next, .. } => info.cursor = info.text(rest, next),
            Scheme::NextUrl { next } => info.next = info.text(rest, next),
            Scheme::LinkHeader => info.next = link::next_in(headers),
            // `read_page` reads the cursor of the last item.
            Scheme::LastItem { .. } | Scheme::Single | Scheme::PageNumber { .. } | Scheme::Offset { .. } => {}
        }
        info
    }

    /// Returns a number of the page information, which may be represented as a string.
    pub(super) fn number(&self, name: &str) -> Option<u64> {
        match self.raw.get(name)? {
            Value::String(text) => text.parse().ok(),
            value => value.as_u64().or_else(|| value.as_f64().filter(|n| *n >= 0.0).map(|n| n as u64)),
        }
    }

    /// Returns the value at the first of `paths` that exists, in the page information or else in the
    /// response.
    fn find<T>(&self, rest: &Object, paths: &[&[&str]], read: impl Fn(&Value) -> Option<T>) -> Option<T> {
        let at = |object, path: &&[&str]| follow(object, path).and_then(&read);
        paths.iter().find_map(|path| at(&self.raw, path)).or_else(|| paths.iter().find_map(|path| at(rest, path)))
    }

    fn text(&self, rest: &Object, paths: &[&[&str]]) -> Option<String> {
        self.find(rest, paths, as_text)
    }

    fn has_more(&self, rest: &Object, paths: &[&[&str]]) -> Option<bool> {
        if !paths.is_empty() {
            return self.find(rest, paths, Value::as_bool);
        }
        let flag = |names: &[&str]| {
            let of = |object: &Object| names.iter().find_map(|name| object.get(*name)?.as_bool());
            of(&self.raw).or_else(|| of(rest))
        };
        flag(HAS_MORE).or_else(|| flag(IS_LAST).map(|last| !last))
    }
}

/// Returns a cursor or link: a non-empty string, or a number.
fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Returns the property of the last item that is the cursor of the next page.
fn last_item(body: &[u8], items: &[&str], property: &[&str]) -> Option<String> {
    let last: Object = serde_json::from_slice(raw_value::last(raw_value::at(body, items)?)?).ok()?;
    as_text(follow(&last, property)?)
}

fn follow<'a>(object: &'a Object, path: &[&str]) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(object.get(*first)?, |value, name| value.get(name))
}

/// Decodes the page of a response, and the properties around its items.
pub(crate) fn read_page<T: DeserializeOwned>(
    response: &RawResponse,
    envelope: Option<&Envelope>,
    pagination: &Pagination,
) -> Result<Extracted<Page<T>>> {
    // Many servers send `null` for an empty list.
    let Extracted { value, rest } =
        decode::<Option<Vec<T>>>(response, envelope, pagination.items, EnvelopeHandling::Keep)?;
    let mut result_info = ResultInfo::read(&rest, &response.headers, pagination);
    match &pagination.scheme {
        Scheme::LastItem { item, .. } if result_info.has_more != Some(false) => {
            result_info.cursor = last_item(&response.body, pagination.items, item);
        }
        _ => {}
    }
    Ok(Extracted { value: Page { result: value.unwrap_or_default(), result_info }, rest })
}
