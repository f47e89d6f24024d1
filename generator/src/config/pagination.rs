use sdk_protocol::{Owned, Pagination, Scheme};

use super::reader::Reader;
use crate::diagnostics::quoted_list;
use crate::document::Located;

/// Pagination styles.
const STYLES: [&str; 6] = ["page_number", "offset", "cursor", "next_url", "link_header", "single"];

/// Pagination in the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfiguredPagination {
    /// The pagination.
    pub pagination: Pagination<Owned>,
    /// Parameters that count pages or items. They are integers, independent of the document's type.
    pub count_parameters: Vec<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn pagination(&mut self, pagination: &Located<'a>) -> Option<ConfiguredPagination> {
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
                let message =
                    format!("unknown pagination style `{other}`; expected one of {}", quoted_list(STYLES));
                self.error(&pagination.location.child("style"), message, "correct the style");
                return None;
            }
        };
        self.keys(pagination, &[&["style", "items", "info"], own].concat());
        let mut count_parameters = Vec::new();
        let scheme = match style.as_str() {
            "page_number" => {
                let page = self.required(pagination, "page");
                count_parameters.push(page.clone());
                count_parameters.extend(self.optional(pagination, "per_page"));
                Scheme::PageNumber { page, first: self.count(pagination, "first").unwrap_or(1) }
            }
            "offset" => {
                let offset = self.required(pagination, "offset");
                count_parameters.push(offset.clone());
                Scheme::Offset { offset, first: self.count(pagination, "first").unwrap_or(0) }
            }
            "cursor" => self.cursor(pagination),
            "next_url" => {
                count_parameters.extend(self.optional(pagination, "page"));
                Scheme::NextUrl { next: self.required_paths(pagination, "next") }
            }
            "link_header" => {
                count_parameters.extend(self.optional(pagination, "page"));
                Scheme::LinkHeader
            }
            _ => Scheme::Single,
        };
        count_parameters.extend(self.optional(pagination, "limit"));
        let pagination = Pagination {
            scheme,
            // Without a path the whole response is the list.
            items: self.path(pagination, "items"),
            info: self.path(pagination, "info"),
            has_more: self.paths(pagination, "has_more"),
        };
        Some(ConfiguredPagination { pagination, count_parameters })
    }

    fn cursor(&mut self, pagination: &Located<'a>) -> Scheme<Owned> {
        let cursor = self.required(pagination, "cursor");
        match (pagination.get("item"), pagination.get("next")) {
            (Some(item), next) => {
                if next.is_some() {
                    let help = "keep `next` if the response has the cursor, or `item` if the last item has it";
                    self.error_at_key(&item.location, "`item` and `next` exclude each other", help);
                }
                self.required(pagination, "item");
                Scheme::LastItem { cursor, item: self.path(pagination, "item") }
            }
            (None, Some(_)) => Scheme::Cursor { cursor, next: self.required_paths(pagination, "next") },
            (None, None) => {
                let help = "add `next: …` with the path of the next cursor in the response, or `item: …` with the property \
                            of the last item that is the cursor";
                self.error(&pagination.location, "missing key `next` or `item`", help);
                Scheme::Single
            }
        }
    }

    /// Returns the path at `key`, which is optional.
    fn path(&mut self, located: &Located<'_>, key: &str) -> Vec<String> {
        self.optional(located, key).map(|text| path(&text)).unwrap_or_default()
    }

    /// Returns the path or paths at `key`, which is optional.
    fn paths(&mut self, located: &Located<'a>, key: &str) -> Vec<Vec<String>> {
        let texts = match located.get(key) {
            Some(found) if found.value.is_array() => {
                self.list(located, key).into_iter().map(|(text, _)| text).collect()
            }
            _ => self.optional(located, key).into_iter().collect::<Vec<_>>(),
        };
        texts.iter().map(|text| path(text)).collect()
    }

    /// Returns the path or paths into a body at `key`, which is optional. `[]` after a name marks a list and has no other effect.
    pub(super) fn body_paths(&mut self, located: &Located<'a>, key: &str) -> Vec<Vec<String>> {
        let mut paths = self.paths(located, key);
        for name in paths.iter_mut().flatten() {
            if let Some(list) = name.strip_suffix("[]") {
                *name = list.to_owned();
            }
        }
        paths
    }

    /// Returns the path or paths at `key`, which is required.
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

    /// Returns the non-negative integer at `key`, which is optional.
    fn count(&mut self, located: &Located<'_>, key: &str) -> Option<u64> {
        let value = located.value.get(key)?;
        if value.as_u64().is_none() {
            self.error(
                &located.location.child(key),
                format!("`{key}` is not a non-negative integer"),
                "write 0 or 1",
            );
        }
        value.as_u64()
    }
}

/// Splits a path at its dots. A dot that is part of a name is escaped as `\.`.
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
