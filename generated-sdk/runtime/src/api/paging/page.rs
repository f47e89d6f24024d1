use http::HeaderMap;
use serde::de::DeserializeOwned;
use serde_json::Value;

use sdk_protocol::{Pagination, Scheme};

use super::link;
use crate::api::decode::{Around, decode};
use crate::error::Result;
use crate::json::extract::Extracted;
use crate::json::{Object, raw_value};
use crate::operation::Envelope;
use crate::transport::RawResponse;

/// One page of a list.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items on this page.
    pub result: Vec<T>,
    /// Where in the list this page is.
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

/// What an answer says of its place in the list. Servers leave out what they like.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ResultInfo {
    /// The page's number.
    pub page: Option<u64>,
    /// How many items a page has at the most.
    pub per_page: Option<u64>,
    /// How many items this page has.
    pub count: Option<u64>,
    /// How many items there are on all pages.
    pub total_count: Option<u64>,
    /// How many pages there are.
    pub total_pages: Option<u64>,
    /// Whether the server says that there is more behind this page.
    pub has_more: Option<bool>,
    /// Asks for the next page, in lists that go on by a cursor.
    pub cursor: Option<String>,
    /// The URL of the next page as the server gave it, in lists that go on by links.
    pub next: Option<String>,
    /// The information as it came.
    pub raw: Object,
}

// What servers call these; the first that is there, and fits, counts. `count` is not among the totals: it is the
// number of items on the page as often as that of all.
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
    /// Reads what stands around the items.
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
            _ => {}
        }
        info
    }

    /// A number of the page information, also where it is written as text.
    pub(super) fn number(&self, name: &str) -> Option<u64> {
        match self.raw.get(name)? {
            Value::String(text) => text.parse().ok(),
            value => value.as_u64().or_else(|| value.as_f64().filter(|n| *n >= 0.0).map(|n| n as u64)),
        }
    }

    /// What is at the first of `paths` that leads to something: in the page information, or else in the answer.
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

/// A cursor or link: any text that is not empty, or a number.
fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The property of the last item that asks for the page behind it.
fn last_item(body: &[u8], items: &[&str], property: &[&str]) -> Option<String> {
    let last: Object = serde_json::from_slice(raw_value::last(raw_value::at(body, items)?)?).ok()?;
    as_text(follow(&last, property)?)
}

fn follow<'a>(object: &'a Object, path: &[&str]) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(object.get(*first)?, |value, name| value.get(name))
}

/// Reads one page of an answer, and what stood around its items.
pub(crate) fn read_page<T: DeserializeOwned>(
    response: &RawResponse,
    envelope: Option<&Envelope>,
    pagination: &Pagination,
) -> Result<Extracted<Page<T>>> {
    // `null` for an empty list is common among servers.
    let Extracted { value, rest } = decode::<Option<Vec<T>>>(response, envelope, pagination.items, Around::All)?;
    let mut result_info = ResultInfo::read(&rest, &response.headers, pagination);
    match &pagination.scheme {
        Scheme::LastItem { item, .. } if result_info.has_more != Some(false) => {
            result_info.cursor = last_item(&response.body, pagination.items, item);
        }
        _ => {}
    }
    Ok(Extracted { value: Page { result: value.unwrap_or_default(), result_info }, rest })
}
