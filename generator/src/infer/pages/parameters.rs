//! What the parameters of an operation say of pages.

use std::borrow::Cow;

use serde_json::Value;

use crate::openapi::normalize::{NormalizedApi, flatten};
use crate::openapi::{Operation, Parameter, ParameterKind, Schema, SchemaId, Type};

/// The query parameters of an operation.
pub(super) struct Query<'a> {
    pub(super) api: &'a NormalizedApi,
    pub(super) operation: &'a Operation,
}

const SIZES: [&str; 20] = [
    "per_page",
    "page_size",
    "perPage",
    "pageSize",
    "page[size]",
    "limit",
    "page[limit]",
    "size",
    "count",
    "max_results",
    "maxResults",
    "max_items",
    "maxItems",
    "$top",
    "top",
    "first",
    "take",
    "results_per_page",
    "resultsPerPage",
    "itemsPerPage",
];
const PAGES: [&str; 6] = ["page", "page_number", "pageNumber", "page_num", "pageNum", "page[number]"];
const OFFSETS: [&str; 4] = ["offset", "skip", "$skip", "page[offset]"];
/// These count items as well, where they are numbers and a size stands beside them.
const STARTS: [&str; 4] = ["start", "startAt", "start_at", "from"];
const INDEXES: [&str; 2] = ["startIndex", "start_index"];
const CURSORS: [&str; 24] = [
    "cursor",
    "page_cursor",
    "pageCursor",
    "page[cursor]",
    "next_cursor",
    "nextCursor",
    "page_token",
    "pageToken",
    "next_page_token",
    "nextPageToken",
    "next_token",
    "nextToken",
    "continuation_token",
    "continuationToken",
    "continuation",
    "scroll_id",
    "marker",
    "start_cursor",
    "after_cursor",
    "page[after]",
    "starting_after",
    "start_after",
    "after",
    "after_id",
];
/// Parameters that take an item's id, and give what stands behind it.
const AFTER: [&str; 5] = ["starting_after", "startingAfter", "start_after", "after", "after_id"];
/// Parameters that take an item's id, and give what stands around it.
const NEIGHBOURS: [&str; 8] =
    ["starting_after", "startingAfter", "start_after", "after", "after_id", "before", "before_id", "around"];

impl Query<'_> {
    fn find(&self, name: &str) -> Option<&Parameter> {
        let is_it = |parameter: &&Parameter| parameter.kind == ParameterKind::Query && parameter.name == name;
        self.operation.parameters.iter().find(is_it)
    }

    fn schema(&self, name: &str) -> Option<Cow<'_, Schema>> {
        Some(flatten(&self.api.schemas, self.find(name)?.schema?))
    }

    /// The first of `names` that is a parameter and takes values of these types, or of types that nobody states.
    fn first(&self, names: &[&'static str], types: &[Type]) -> Option<&'static str> {
        names.iter().copied().find(|name| {
            let fits = |schema| takes(self.api, schema, types);
            self.find(name).is_some_and(|parameter| parameter.schema.is_none_or(fits))
        })
    }

    /// The parameter for the size of a page.
    pub(super) fn size(&self) -> Option<&'static str> {
        self.first(&SIZES, &NUMBER)
    }

    /// The parameter for a page's number.
    pub(super) fn page(&self) -> Option<&'static str> {
        self.first(&PAGES, &NUMBER)
    }

    /// The parameter for a page's number that takes words as well.
    pub(super) fn page_or_word(&self) -> Option<&'static str> {
        self.first(&PAGES, &TEXT)
    }

    /// The parameter for the number of items before a page, and what that is for the first item.
    pub(super) fn offset(&self) -> Option<(&'static str, u64)> {
        if let Some(offset) = self.first(&OFFSETS, &NUMBER) {
            return Some((offset, u64::from(self.begin(offset) == Some(1))));
        }
        self.size()?;
        let is_stated = |name: &&str| self.schema(name).is_some_and(|schema| !schema.types.is_empty());
        let start = self.first(&STARTS, &NUMBER).filter(is_stated);
        // Of an index nobody knows whether it counts from zero or from one, unless the document says so.
        let index = || self.index().and_then(|(index, _)| Some((index, self.begin(index)?)));
        start
            .map(|start| (start, u64::from(self.begin(start) == Some(1))))
            .or_else(index)
            .filter(|(_, first)| *first < 2)
    }

    /// The parameter for the index of a page's first item, where that of the first of all is one.
    pub(super) fn index(&self) -> Option<(&'static str, u64)> {
        Some((self.first(&INDEXES, &NUMBER)?, 1))
    }

    /// The value of a parameter for the beginning of the list, if the document states it.
    fn begin(&self, name: &str) -> Option<u64> {
        let schema = self.schema(name)?;
        let minimum = schema.constraints.iter().find(|(keyword, _)| *keyword == "minimum");
        schema.default.as_ref().or(minimum.map(|(_, value)| value)).and_then(whole)
    }

    /// The default of a parameter that is a whole number.
    pub(super) fn default(&self, name: &str) -> Option<u64> {
        self.schema(name)?.default.as_ref().and_then(whole)
    }

    /// The parameter for a cursor.
    pub(super) fn cursor(&self) -> Option<&'static str> {
        let is_no_date = |name: &&'static str| !self.is_date(name);
        // One that has to be switched on is not what the list goes on by.
        let needs_switch = |name: &&'static str| {
            ["use", "use_"].iter().any(|prefix| self.find(&format!("{prefix}{name}")).is_some())
        };
        let plain = self.first(&CURSORS, &TEXT).filter(is_no_date).filter(|name| !needs_switch(name));
        // A page that is named by a text is no number.
        let is_text = |name: &&'static str| {
            let schema = self.find(name).and_then(|parameter| parameter.schema);
            schema.is_some_and(|schema| !takes(self.api, schema, &NUMBER))
        };
        plain
            .or_else(|| self.first(&["page", "next", "start"], &[Type::String]).filter(is_no_date).filter(is_text))
    }

    /// The parameter that takes the id of the last item, where an item's id is a value of `id`.
    pub(super) fn after(&self, id: SchemaId) -> Option<&'static str> {
        let after = AFTER.into_iter().find(|name| self.find(name).is_some())?;
        let (own, id) = (self.schema(after)?, flatten(&self.api.schemas, id));
        (own.types == id.types && own.format == id.format && !self.is_date(after)).then_some(after)
    }

    /// The parameter that takes the id of the last item, if there is no other that takes the id of one: with two,
    /// nobody knows in which direction the list goes. That it takes one is only sure where it shares a schema of its
    /// own with ids.
    pub(super) fn only_neighbour(&self, id: SchemaId) -> Option<&'static str> {
        let mut neighbours = NEIGHBOURS.into_iter().filter(|name| self.find(name).is_some());
        let (Some(only), None) = (neighbours.next(), neighbours.next()) else { return None };
        let shared = component(self.api, self.find(only)?.schema?)?;
        (component(self.api, id) == Some(shared)).then_some(only)
    }

    /// Whether a parameter takes a moment, by its format or in words.
    fn is_date(&self, name: &str) -> bool {
        let format = self.schema(name).and_then(|schema| schema.format.clone());
        let is_format = matches!(format.as_deref(), Some("date" | "date-time" | "timestamp" | "unixtime"));
        let words = self.find(name).and_then(|parameter| parameter.description.as_ref());
        let words = words.map(|words| words.to_lowercase()).unwrap_or_default();
        let mut words = words.split(|c: char| !c.is_alphanumeric());
        is_format || words.any(|word| matches!(word, "date" | "datetime" | "time" | "timestamp"))
    }

    /// Whether a parameter refers to the `Link` header.
    pub(super) fn names_link_header(&self) -> bool {
        let names_it = |text: &String| text.replace('`', "").to_lowercase().contains("link header");
        let queries = self.operation.parameters.iter().filter(|parameter| parameter.kind == ParameterKind::Query);
        queries.filter_map(|parameter| parameter.description.as_ref()).any(names_it)
    }
}

pub(super) const NUMBER: [Type; 2] = [Type::Integer, Type::Number];
pub(super) const TEXT: [Type; 3] = [Type::String, Type::Integer, Type::Number];

/// Whether a schema allows values of one of these types, as far as it says.
pub(super) fn takes(api: &NormalizedApi, id: SchemaId, types: &[Type]) -> bool {
    let schema = flatten(&api.schemas, id);
    let stated: Vec<Type> = schema.types.iter().copied().filter(|ty| *ty != Type::Null).collect();
    let members: Vec<SchemaId> = schema.any_of.iter().chain(&schema.one_of).copied().collect();
    match (stated.as_slice(), members.as_slice()) {
        ([], []) => schema.properties.is_empty() && schema.items.is_none() && !schema.is_null(),
        ([], members) => members.iter().any(|member| {
            let member = flatten(&api.schemas, *member);
            member.types.iter().any(|ty| types.contains(ty))
        }),
        (stated, _) => stated.iter().any(|ty| types.contains(ty)),
    }
}

/// The component that a schema is, or refers to.
pub(super) fn component(api: &NormalizedApi, id: SchemaId) -> Option<SchemaId> {
    let id = api.schemas.get(id).reference.unwrap_or(id);
    Some(id).filter(|id| api.schemas.get(*id).name.is_some())
}

fn whole(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_f64().filter(|number| *number >= 0.0).map(|number| number as u64))
}
