//! How lists go on, from the parameters of an operation and the shape of its answer.

mod list;
mod parameters;

use sdk_protocol::{Envelope, Owned};
use serde_json::Value;

use self::list::List;
use self::parameters::Query;
use crate::openapi::Operation;
use crate::openapi::normalize::NormalizedApi;

/// The ways that were recognised, each under a name.
#[derive(Default)]
pub(super) struct Schemes(Vec<Scheme>);

/// One way in which lists go on, as the configuration says it.
#[derive(Clone, PartialEq)]
pub(super) struct Scheme {
    style: &'static str,
    keys: Vec<(&'static str, Value)>,
}

impl Scheme {
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

    /// The keys of the configuration and their values.
    pub(super) fn keys(&self) -> impl Iterator<Item = (&'static str, Value)> {
        std::iter::once(("style", self.style.into())).chain(self.keys.iter().cloned())
    }
}

impl Schemes {
    /// The name of the way in which an operation's list goes on, if it is one.
    pub(super) fn recognise(
        &mut self,
        api: &NormalizedApi,
        operation: &Operation,
        envelope: Option<&Envelope<Owned>>,
    ) -> Option<String> {
        if operation.method != "GET" {
            return None;
        }
        let list = List::of(api, operation, envelope)?;
        let scheme = scheme(&list, &Query { api, operation })?;
        let path = |path: &str| Some(path.to_owned()).filter(|path| !path.is_empty());
        let scheme = scheme.with_some("items", path(&list.items)).with_some("info", path(&list.info));
        Some(self.name(scheme))
    }

    fn name(&mut self, scheme: Scheme) -> String {
        let index = self.0.iter().position(|known| *known == scheme).unwrap_or_else(|| {
            self.0.push(scheme);
            self.0.len() - 1
        });
        self.name_of(index)
    }

    /// The style, and a number where there are several of it.
    fn name_of(&self, index: usize) -> String {
        let style = self.0[index].style;
        match self.0[..index].iter().filter(|other| other.style == style).count() {
            0 => style.to_owned(),
            before => format!("{style}_{}", before + 1),
        }
    }

    pub(super) fn into_named(self) -> Vec<(String, Scheme)> {
        (0..self.0.len()).map(|index| (self.name_of(index), self.0[index].clone())).collect()
    }
}

/// The best way that an operation offers. A cursor is made for the purpose. Counting needs to know the end: where the
/// server doesn't say, a link is better, because it ends with the list and not with a request too many, which some
/// servers answer with an error. Where it says, counting is better, because it also works through a proxy.
fn scheme(list: &List<'_>, query: &Query<'_>) -> Option<Scheme> {
    let knows_end = list.knows_end();
    cursor(list, query)
        .or_else(|| last_item(list, query))
        .or_else(|| counted(list, query).filter(|_| knows_end))
        .or_else(|| linked(list, query))
        .or_else(|| counted(list, query))
}

fn counted(list: &List<'_>, query: &Query<'_>) -> Option<Scheme> {
    page_number(list, query).or_else(|| offset(list, query))
}

fn cursor(list: &List<'_>, query: &Query<'_>) -> Option<Scheme> {
    let cursor = query.cursor()?;
    let next = list.next_cursor()?;
    Some(Scheme::new("cursor").with("cursor", cursor).with_some("limit", query.size()).with("next", next))
}

fn last_item(list: &List<'_>, query: &Query<'_>) -> Option<Scheme> {
    let id = list.item_id()?;
    let after = || query.after(id).filter(|_| list.has_more());
    // An item with other ids besides its own may be listed by one of those.
    let neighbour = || query.only_neighbour(id).filter(|_| list.has_more() || list.is_only_id(id));
    let cursor = after().or_else(neighbour)?;
    Some(Scheme::new("cursor").with("cursor", cursor).with_some("limit", query.size()).with("item", "id"))
}

fn page_number(list: &List<'_>, query: &Query<'_>) -> Option<Scheme> {
    let page = query.page().or_else(|| query.page_or_word().filter(|_| list.names_its_page()))?;
    let first = Some(0).filter(|_| query.default(page) == Some(0));
    Some(
        Scheme::new("page_number")
            .with("page", page)
            .with_some("per_page", query.size())
            .with_some("first", first),
    )
}

fn offset(list: &List<'_>, query: &Query<'_>) -> Option<Scheme> {
    let (offset, first) = query.offset().or_else(|| query.index().filter(|_| list.counts_from_one()))?;
    let first = Some(first).filter(|first| *first != 0);
    Some(Scheme::new("offset").with("offset", offset).with_some("limit", query.size()).with_some("first", first))
}

fn linked(list: &List<'_>, query: &Query<'_>) -> Option<Scheme> {
    let scheme = match list.has_link_header() || query.names_link_header() {
        true => Scheme::new("link_header"),
        false => Scheme::new("next_url").with("next", list.next_url()?),
    };
    Some(scheme.with_some("page", query.page()).with_some("limit", query.size()))
}
