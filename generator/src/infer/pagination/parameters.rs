//! Query parameters of paginated operations.

use std::borrow::Cow;

use serde_json::Value;

use crate::openapi::normalize::{NormalizedApi, flatten};
use crate::openapi::{Operation, Parameter, ParameterKind, Schema, SchemaId, Type};

/// Query parameters of an operation.
pub(super) struct Query<'a> {
    pub(super) api: &'a NormalizedApi,
    pub(super) operation: &'a Operation,
}

/// Names of the page size.
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
/// Names of the page number.
const PAGES: [&str; 6] = ["page", "page_number", "pageNumber", "page_num", "pageNum", "page[number]"];
/// Names of the number of items to skip.
const OFFSETS: [&str; 4] = ["offset", "skip", "$skip", "page[offset]"];
/// Names of the number of items to skip, if they are numbers and the operation has a page size.
const STARTS: [&str; 4] = ["start", "startAt", "start_at", "from"];
/// Names of the index of the first item.
const INDEXES: [&str; 2] = ["startIndex", "start_index"];
/// Names of cursors.
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
/// Parameters with the id of an item. The response has the items after it.
const AFTER: [&str; 5] = ["starting_after", "startingAfter", "start_after", "after", "after_id"];
/// Parameters with the id of an item. The response has the items after, before or around it.
const ITEM_IDS: [&str; 8] =
    ["starting_after", "startingAfter", "start_after", "after", "after_id", "before", "before_id", "around"];

impl Query<'_> {
    fn find(&self, name: &str) -> Option<&Parameter> {
        let is_match = |parameter: &&Parameter| parameter.kind == ParameterKind::Query && parameter.name == name;
        self.operation.parameters.iter().find(is_match)
    }

    fn schema(&self, name: &str) -> Option<Cow<'_, Schema>> {
        Some(flatten(&self.api.schemas, self.find(name)?.schema?))
    }

    /// Returns the first of `names` that is a parameter and allows one of the types. A parameter without a type allows
    /// all of them.
    fn first(&self, names: &[&'static str], types: &[Type]) -> Option<&'static str> {
        names.iter().copied().find(|name| {
            let is_allowed = |schema| allows(self.api, schema, types);
            self.find(name).is_some_and(|parameter| parameter.schema.is_none_or(is_allowed))
        })
    }

    /// Returns the parameter for the page size.
    pub(super) fn size(&self) -> Option<&'static str> {
        self.first(&SIZES, &NUMBER)
    }

    /// Returns the parameter for the page number.
    pub(super) fn page(&self) -> Option<&'static str> {
        self.first(&PAGES, &NUMBER)
    }

    /// Returns the parameter for the page number, if it also allows strings.
    pub(super) fn page_or_text(&self) -> Option<&'static str> {
        self.first(&PAGES, &TEXT)
    }

    /// Returns the parameter for the number of items to skip, and its value for the first page.
    pub(super) fn offset(&self) -> Option<(&'static str, u64)> {
        if let Some(offset) = self.first(&OFFSETS, &NUMBER) {
            return Some((offset, u64::from(self.first_value(offset) == Some(1))));
        }
        self.size()?;
        let has_type = |name: &&str| self.schema(name).is_some_and(|schema| !schema.types.is_empty());
        let start = self.first(&STARTS, &NUMBER).filter(has_type);
        // An index may begin at zero or one, so the document has to specify the first value.
        let index = || self.index().and_then(|(index, _)| Some((index, self.first_value(index)?)));
        start
            .map(|start| (start, u64::from(self.first_value(start) == Some(1))))
            .or_else(index)
            .filter(|(_, first)| *first < 2)
    }

    /// Returns the parameter for the one-based index of the first item, and its value for the first page.
    pub(super) fn index(&self) -> Option<(&'static str, u64)> {
        Some((self.first(&INDEXES, &NUMBER)?, 1))
    }

    /// Returns the default or the minimum of a parameter, which is its value for the first page.
    fn first_value(&self, name: &str) -> Option<u64> {
        let schema = self.schema(name)?;
        let minimum = schema.constraints.iter().find(|(keyword, _)| *keyword == "minimum");
        schema.default.as_ref().or(minimum.map(|(_, value)| value)).and_then(unsigned)
    }

    /// Returns the default of a parameter, if it is a non-negative integer.
    pub(super) fn default(&self, name: &str) -> Option<u64> {
        self.schema(name)?.default.as_ref().and_then(unsigned)
    }

    /// Returns the parameter for a cursor.
    pub(super) fn cursor(&self) -> Option<&'static str> {
        let is_not_date = |name: &&'static str| !self.is_date(name);
        // A cursor that is enabled by another parameter, such as `use_cursor`, is not used by default.
        let needs_switch = |name: &&'static str| {
            ["use", "use_"].iter().any(|prefix| self.find(&format!("{prefix}{name}")).is_some())
        };
        let plain = self.first(&CURSORS, &TEXT).filter(is_not_date).filter(|name| !needs_switch(name));
        // A page that is a string is a cursor, not a page number.
        let is_text = |name: &&'static str| {
            let schema = self.find(name).and_then(|parameter| parameter.schema);
            schema.is_some_and(|schema| !allows(self.api, schema, &NUMBER))
        };
        plain.or_else(|| {
            self.first(&["page", "next", "start"], &[Type::String]).filter(is_not_date).filter(is_text)
        })
    }

    /// Returns the parameter for the id of the last item. `id` is the schema of the ids of items.
    pub(super) fn after(&self, id: SchemaId) -> Option<&'static str> {
        let after = AFTER.into_iter().find(|name| self.find(name).is_some())?;
        let (own, id) = (self.schema(after)?, flatten(&self.api.schemas, id));
        (own.types == id.types && own.format == id.format && !self.is_date(after)).then_some(after)
    }

    /// Returns the only parameter for the id of an item, if its schema is the component of the ids of items. With two such
    /// parameters, the direction of the list is unknown. Other schemas do not identify the value as the id of an item.
    pub(super) fn item_id_parameter(&self, id: SchemaId) -> Option<&'static str> {
        let mut candidates = ITEM_IDS.into_iter().filter(|name| self.find(name).is_some());
        let (Some(only), None) = (candidates.next(), candidates.next()) else { return None };
        let shared = component(self.api, self.find(only)?.schema?)?;
        (component(self.api, id) == Some(shared)).then_some(only)
    }

    /// Returns `true` if the format or the description of a parameter mentions a date or time.
    fn is_date(&self, name: &str) -> bool {
        let format = self.schema(name).and_then(|schema| schema.format.clone());
        let is_format = matches!(format.as_deref(), Some("date" | "date-time" | "timestamp" | "unixtime"));
        let words = self.find(name).and_then(|parameter| parameter.description.as_ref());
        let words = words.map(|words| words.to_lowercase()).unwrap_or_default();
        let mut words = words.split(|c: char| !c.is_alphanumeric());
        is_format || words.any(|word| matches!(word, "date" | "datetime" | "time" | "timestamp"))
    }

    /// Returns `true` if the description of a parameter mentions the `Link` header.
    pub(super) fn mentions_link_header(&self) -> bool {
        let mentions = |text: &String| text.replace('`', "").to_lowercase().contains("link header");
        let queries = self.operation.parameters.iter().filter(|parameter| parameter.kind == ParameterKind::Query);
        queries.filter_map(|parameter| parameter.description.as_ref()).any(mentions)
    }
}

/// Types of numbers.
pub(super) const NUMBER: [Type; 2] = [Type::Integer, Type::Number];
/// Types of cursors and ids.
pub(super) const TEXT: [Type; 3] = [Type::String, Type::Integer, Type::Number];

/// Returns `true` if a schema allows values of one of the types. A schema without types and structure allows all.
pub(super) fn allows(api: &NormalizedApi, id: SchemaId, types: &[Type]) -> bool {
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

/// Returns the named schema that a schema is or refers to.
pub(super) fn component(api: &NormalizedApi, id: SchemaId) -> Option<SchemaId> {
    let id = api.schemas.get(id).reference.unwrap_or(id);
    Some(id).filter(|id| api.schemas.get(*id).name.is_some())
}

/// Returns a non-negative number as an integer.
fn unsigned(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_f64().filter(|number| *number >= 0.0).map(|number| number as u64))
}
