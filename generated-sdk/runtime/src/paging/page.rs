use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Pagination;
use crate::Object;
use crate::decode::{Split, decode};
use crate::error::Result;
use crate::operation::Envelope;
use crate::send::Answer;

/// One page of a list.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items on this page.
    pub result: Vec<T>,
    /// Where in the list this page is.
    pub result_info: ResultInfo,
}

/// What an answer says of its place in the list. Servers leave out what they like.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ResultInfo {
    /// The page's number, counted from one.
    pub page: Option<u64>,
    /// How many items a page has at the most.
    pub per_page: Option<u64>,
    /// How many items this page has.
    pub count: Option<u64>,
    /// How many items there are on all pages.
    pub total_count: Option<u64>,
    /// How many pages there are.
    pub total_pages: Option<u64>,
    /// Asks for the next page, in lists that go on by a cursor.
    pub cursor: Option<String>,
    /// The information as it came.
    pub raw: Object,
}

impl ResultInfo {
    fn read(rest: &Object, pagination: &Pagination) -> Self {
        let raw = match pagination.info {
            [] => rest.clone(),
            path => follow(rest, path).and_then(Value::as_object).cloned().unwrap_or_default(),
        };
        let number = |name: &str| match raw.get(name)? {
            Value::String(text) => text.parse().ok(),
            value => value.as_u64().or_else(|| value.as_f64().filter(|n| *n >= 0.0).map(|n| n as u64)),
        };
        let cursor = match &pagination.scheme {
            super::Scheme::Cursor { next, .. } => {
                let text = |path: &&[&str]| match follow(&raw, path)? {
                    Value::String(text) => Some(text.clone()),
                    Value::Number(number) => Some(number.to_string()),
                    _ => None,
                };
                next.iter().filter_map(text).find(|cursor| !cursor.is_empty())
            }
            _ => None,
        };
        Self {
            page: number("page"),
            per_page: number("per_page"),
            count: number("count"),
            total_count: number("total_count"),
            total_pages: number("total_pages"),
            cursor,
            raw,
        }
    }
}

fn follow<'a>(object: &'a Object, path: &[&str]) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(object.get(*first)?, |value, name| value.get(name))
}

/// Reads one page of an answer, and what stood around its items.
pub(crate) fn read_page<T: DeserializeOwned>(
    answer: &Answer,
    envelope: Option<&Envelope>,
    pagination: &Pagination,
) -> Result<Split<Page<T>>> {
    // `null` for an empty list is common among servers.
    let Split { value, rest } = decode::<Option<Vec<T>>>(answer, envelope, pagination.items)?;
    let result_info = ResultInfo::read(&rest, pagination);
    Ok(Split { value: Page { result: value.unwrap_or_default(), result_info }, rest })
}
