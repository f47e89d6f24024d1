//! Detection of paginations from the parameters and the response of an operation.

mod list;
mod parameters;

use sdk_protocol::{Envelope, Owned};
use serde_json::Value;

use self::list::List;
use self::parameters::Query;
use crate::openapi::Operation;
use crate::openapi::normalize::NormalizedApi;

/// Distinct paginations that have been detected.
#[derive(Default)]
pub(super) struct Paginations(Vec<InferredPagination>);

/// Pagination in the form of the configuration.
#[derive(Clone, PartialEq)]
pub(super) struct InferredPagination {
    style: &'static str,
    keys: Vec<(&'static str, Value)>,
}

impl InferredPagination {
    fn new(style: &'static str) -> Self {
        Self { style, keys: Vec::new() }
    }

    fn with(mut self, key: &'static str, value: impl Into<Value>) -> Self {
        self.keys.push((key, value.into()));
        self
    }

    fn with_some(self, key: &'static str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// Returns the keys of the configuration and their values.
    pub(super) fn keys(&self) -> impl Iterator<Item = (&'static str, Value)> {
        std::iter::once(("style", self.style.into())).chain(self.keys.iter().cloned())
    }
}

impl Paginations {
    /// Detects the pagination of an operation. Returns its name.
    pub(super) fn detect(
        &mut self,
        api: &NormalizedApi,
        operation: &Operation,
        envelope: Option<&Envelope<Owned>>,
    ) -> Option<String> {
        if operation.method != "GET" {
            return None;
        }
        let list = List::new(api, operation, envelope)?;
        let pagination = pagination(&list, &Query { api, operation })?;
        let path = |path: &str| Some(path.to_owned()).filter(|path| !path.is_empty());
        let pagination = pagination.with_some("items", path(&list.items)).with_some("info", path(&list.info));
        Some(self.insert(pagination))
    }

    /// Adds a pagination, unless an equal one exists. Returns its name.
    fn insert(&mut self, pagination: InferredPagination) -> String {
        let index = self.0.iter().position(|known| *known == pagination).unwrap_or_else(|| {
            self.0.push(pagination);
            self.0.len() - 1
        });
        self.name_of(index)
    }

    /// Returns the style, with a number if several paginations have the same style.
    fn name_of(&self, index: usize) -> String {
        let style = self.0[index].style;
        match self.0[..index].iter().filter(|other| other.style == style).count() {
            0 => style.to_owned(),
            before => format!("{style}_{}", before + 1),
        }
    }

    /// Returns the paginations with their names.
    pub(super) fn into_named(self) -> Vec<(String, InferredPagination)> {
        (0..self.0.len()).map(|index| (self.name_of(index), self.0[index].clone())).collect()
    }
}

/// Returns the preferred pagination of an operation.
///
/// A cursor has priority. Page numbers and offsets are preferred to links if the response reports the end of the list,
/// because they also work through a proxy. Otherwise links are preferred: the last page has no link, while counting needs
/// one more request, to which some servers respond with an error.
fn pagination(list: &List<'_>, query: &Query<'_>) -> Option<InferredPagination> {
    let reports_end = list.reports_end();
    cursor(list, query)
        .or_else(|| last_item(list, query))
        .or_else(|| counted(list, query).filter(|_| reports_end))
        .or_else(|| linked(list, query))
        .or_else(|| counted(list, query))
}

fn counted(list: &List<'_>, query: &Query<'_>) -> Option<InferredPagination> {
    page_number(list, query).or_else(|| offset(list, query))
}

fn cursor(list: &List<'_>, query: &Query<'_>) -> Option<InferredPagination> {
    let cursor = query.cursor()?;
    let next = list.next_cursor()?;
    Some(
        InferredPagination::new("cursor")
            .with("cursor", cursor)
            .with_some("limit", query.size())
            .with("next", next),
    )
}

fn last_item(list: &List<'_>, query: &Query<'_>) -> Option<InferredPagination> {
    let id = list.item_id()?;
    let after = || query.after(id).filter(|_| list.has_more());
    // If an item has other ids of the same schema, the parameter may refer to one of them.
    let shared = || query.item_id_parameter(id).filter(|_| list.has_more() || list.is_only_id(id));
    let cursor = after().or_else(shared)?;
    Some(
        InferredPagination::new("cursor")
            .with("cursor", cursor)
            .with_some("limit", query.size())
            .with("item", "id"),
    )
}

fn page_number(list: &List<'_>, query: &Query<'_>) -> Option<InferredPagination> {
    let page = query.page().or_else(|| query.page_or_text().filter(|_| list.has_page_number()))?;
    let first = Some(0).filter(|_| query.default(page) == Some(0));
    Some(
        InferredPagination::new("page_number")
            .with("page", page)
            .with_some("per_page", query.size())
            .with_some("first", first),
    )
}

fn offset(list: &List<'_>, query: &Query<'_>) -> Option<InferredPagination> {
    let (offset, first) = query.offset().or_else(|| query.index().filter(|_| list.is_one_based()))?;
    let first = Some(first).filter(|first| *first != 0);
    Some(
        InferredPagination::new("offset")
            .with("offset", offset)
            .with_some("limit", query.size())
            .with_some("first", first),
    )
}

fn linked(list: &List<'_>, query: &Query<'_>) -> Option<InferredPagination> {
    let pagination = match list.has_link_header() || query.mentions_link_header() {
        true => InferredPagination::new("link_header"),
        false => InferredPagination::new("next_url").with("next", list.next_url()?),
    };
    Some(pagination.with_some("page", query.page()).with_some("limit", query.size()))
}
