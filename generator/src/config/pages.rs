//! How lists go on, as the configuration says it.

use super::Reader;
use crate::document::Located;

/// How a list goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pagination {
    /// What asks for the next page.
    pub scheme: Scheme,
    /// The path to the items.
    pub items: Vec<String>,
    /// The path to the page information.
    pub info: Vec<String>,
    /// The paths to a flag that says whether there is more; the names that are common for it, where there are none.
    pub has_more: Vec<Vec<String>>,
}

impl Pagination {
    /// The parameters that count pages or items, whatever the document says of their types.
    pub fn counts(&self) -> Vec<&str> {
        let (location, size) = match &self.scheme {
            Scheme::Single => (None, &None),
            Scheme::PageNumber { page, per_page, .. } => (Some(page), per_page),
            Scheme::Offset { offset, limit, .. } => (Some(offset), limit),
            Scheme::Cursor { limit, .. } | Scheme::LastItem { limit, .. } => (None, limit),
            Scheme::NextUrl { page, limit, .. } | Scheme::LinkHeader { page, limit } => (page.as_ref(), limit),
        };
        location.into_iter().chain(size).map(String::as_str).collect()
    }
}

/// What asks for the next page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// The list is whole as it is.
    Single,
    /// A page's number.
    PageNumber {
        /// The parameter for the number.
        page: String,
        /// The parameter for the size of a page.
        per_page: Option<String>,
        /// The number of the first page.
        first: u64,
    },
    /// A count of the items before the page.
    Offset {
        /// The parameter for the count.
        offset: String,
        /// The parameter for the size of a page.
        limit: Option<String>,
        /// What the count is for the first item.
        first: u64,
    },
    /// A cursor that each answer gives for the next.
    Cursor {
        /// The parameter for the cursor.
        cursor: String,
        /// The parameter for the size of a page.
        limit: Option<String>,
        /// The paths inside the page information, or else the answer, at which the next cursor may stand.
        next: Vec<Vec<String>>,
    },
    /// A cursor that is a property of the last item.
    LastItem {
        /// The parameter for the cursor.
        cursor: String,
        /// The parameter for the size of a page.
        limit: Option<String>,
        /// The path to the property, inside an item.
        item: Vec<String>,
    },
    /// The URL of the next page, in the answer's body.
    NextUrl {
        /// The parameter for a page's number.
        page: Option<String>,
        /// The parameter for the size of a page.
        limit: Option<String>,
        /// The paths inside the page information, or else the answer, at which the URL may stand.
        next: Vec<Vec<String>>,
    },
    /// The URL of the next page, in the answer's `Link` header.
    LinkHeader {
        /// The parameter for a page's number.
        page: Option<String>,
        /// The parameter for the size of a page.
        limit: Option<String>,
    },
}

impl<'a> Reader<'a> {
    pub(super) fn pagination(&mut self, pagination: &Located<'a>) -> Option<Pagination> {
        let style = self.required(pagination, "style");
        let own: &[&str] = match style.as_str() {
            "single" => &[],
            "page_number" => &["page", "per_page", "first", "has_more"],
            "offset" => &["offset", "limit", "first", "has_more"],
            "cursor" => &["cursor", "limit", "next", "item", "has_more"],
            "next_url" => &["next", "page", "limit", "has_more"],
            "link_header" => &["page", "limit", "has_more"],
            "" => return None,
            other => {
                let help = "styles: page_number, offset, cursor, next_url, link_header, single";
                self.error(&pagination.location.child("style"), format!("unknown style `{other}`"), help);
                return None;
            }
        };
        self.keys(pagination, &[&["style", "items", "info"], own].concat());
        let limit = self.optional(pagination, "limit");
        let scheme = match style.as_str() {
            "page_number" => Scheme::PageNumber {
                page: self.required(pagination, "page"),
                per_page: self.optional(pagination, "per_page"),
                first: self.count(pagination, "first").unwrap_or(1),
            },
            "offset" => Scheme::Offset {
                offset: self.required(pagination, "offset"),
                limit,
                first: self.count(pagination, "first").unwrap_or(0),
            },
            "cursor" => self.cursor(pagination, limit),
            "next_url" => Scheme::NextUrl {
                page: self.optional(pagination, "page"),
                limit,
                next: self.required_paths(pagination, "next"),
            },
            "link_header" => Scheme::LinkHeader { page: self.optional(pagination, "page"), limit },
            _ => Scheme::Single,
        };
        Some(Pagination {
            scheme,
            // Without a path the answer is the list.
            items: self.path(pagination, "items"),
            info: self.path(pagination, "info"),
            has_more: self.paths(pagination, "has_more"),
        })
    }

    fn cursor(&mut self, pagination: &Located<'a>, limit: Option<String>) -> Scheme {
        let cursor = self.required(pagination, "cursor");
        match (pagination.get("item"), pagination.get("next")) {
            (Some(item), next) => {
                if next.is_some() {
                    let help = "keep `next` where the answer gives the cursor, `item` where the last item does";
                    self.error_at_key(&item.location, "`item` and `next` are both here", help);
                }
                self.required(pagination, "item");
                Scheme::LastItem { cursor, limit, item: self.path(pagination, "item") }
            }
            (None, Some(_)) => Scheme::Cursor { cursor, limit, next: self.required_paths(pagination, "next") },
            (None, None) => {
                let help = "add `next: …`, where the answer gives the next cursor, or `item: …`, the property of the \
                            last item that is the cursor";
                self.error(&pagination.location, "`next` is missing here", help);
                Scheme::Single
            }
        }
    }

    /// The path at a key that may be left out.
    fn path(&mut self, located: &Located<'_>, key: &str) -> Vec<String> {
        self.optional(located, key).map(|text| path(&text)).unwrap_or_default()
    }

    /// The path or paths at a key that may be left out.
    fn paths(&mut self, located: &Located<'a>, key: &str) -> Vec<Vec<String>> {
        let texts = match located.get(key) {
            Some(found) if found.value.is_array() => {
                self.list(located, key).into_iter().map(|(text, _)| text).collect()
            }
            _ => self.optional(located, key).into_iter().collect::<Vec<_>>(),
        };
        texts.iter().map(|text| path(text)).collect()
    }

    /// The path or paths at a key that must be there.
    fn required_paths(&mut self, located: &Located<'a>, key: &str) -> Vec<Vec<String>> {
        match located.get(key) {
            Some(found) if found.value.is_array() => {
                if found.items().next().is_none() {
                    self.error(&found.location, format!("`{key}` is empty"), "write at least one path");
                }
            }
            _ => _ = self.required(located, key),
        }
        self.paths(located, key)
    }

    /// The whole number at a key that may be left out.
    fn count(&mut self, located: &Located<'_>, key: &str) -> Option<u64> {
        let value = located.value.get(key)?;
        if value.as_u64().is_none() {
            self.error(&located.location.child(key), format!("`{key}` is not a whole number"), "write 0 or 1");
        }
        value.as_u64()
    }
}

/// The names in a path: dots stand between them, and one that is part of a name has a `\` before it.
fn path(text: &str) -> Vec<String> {
    let (mut names, mut name) = (Vec::new(), String::new());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '.' => names.push(std::mem::take(&mut name)),
            '\\' => name.extend(characters.next()),
            other => name.push(other),
        }
    }
    names.push(name);
    names
}
