//! Lists in responses: paths of the items, the page information and the next page.

use heck::ToSnakeCase;
use sdk_protocol::{Envelope, Owned};

use super::parameters::{NUMBER, TEXT, allows, component};
use crate::openapi::normalize::{NormalizedApi, flatten, merged_parts, success_response};
use crate::openapi::{Operation, Response, Schema, SchemaId, Type};

/// Response with a list.
pub(super) struct List<'a> {
    api: &'a NormalizedApi,
    response: &'a Response,
    schema: SchemaId,
    /// Schema of an item.
    item: SchemaId,
    /// Path of the items.
    pub(super) items: String,
    /// Path of the page information.
    pub(super) info: String,
}

/// Paths of page information.
const INFOS: [&str; 16] = [
    "result_info",
    "meta",
    "pagination",
    "paging",
    "page_info",
    "pageInfo",
    "metadata",
    "response_metadata",
    "page",
    "page_metadata",
    "pager",
    "_meta",
    "meta.pagination",
    "meta.page",
    "metadata.pagination",
    "info",
];
/// Paths of objects with links, one of which is named `next`.
const LINKS: [&str; 6] =
    ["links", "_links", "links.pages", "meta.links", "pagination.links", "meta.pagination.links"];
/// Names of cursors. Names that can also be links are last, followed by `last_id`, which refers to the current page.
const CURSORS: [&str; 26] = [
    "cursor",
    "next_cursor",
    "nextCursor",
    "next_page_token",
    "nextPageToken",
    "next_token",
    "nextToken",
    "continuation_token",
    "continuationToken",
    "after",
    "end_cursor",
    "endCursor",
    "after_cursor",
    "next_marker",
    "nextMarker",
    "scroll_id",
    "cursors.after",
    "cursors.next",
    "cursor.after",
    "cursor.next",
    "next.after",
    "next.cursor",
    "next_page",
    "nextPage",
    "next",
    "last_id",
];
/// Names of URLs.
const URLS: [&str; 13] = [
    "next_url",
    "nextUrl",
    "nextURL",
    "next_link",
    "nextLink",
    "@odata\\.nextLink",
    "odata\\.nextLink",
    "next_page_url",
    "nextPageUrl",
    "next_page_uri",
    "next_uri",
    "next_href",
    "next.href",
];
/// Names of values that can be URLs or cursors.
const AMBIGUOUS_URLS: [&str; 3] = ["next", "next_page", "nextPage"];
/// Names of counts of all items or pages.
const TOTALS: [&str; 18] = [
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
    "total_pages",
    "totalPages",
    "last_page",
];
/// Names of flags that indicate the last page.
const FLAGS: [&str; 12] = [
    "has_more",
    "hasMore",
    "has_next",
    "hasNext",
    "has_next_page",
    "hasNextPage",
    "more",
    "more_items_in_collection",
    "is_last",
    "isLast",
    "is_last_page",
    "isLastPage",
];
/// Generic names of lists, in order of priority.
const ITEMS: [&str; 9] =
    ["data", "items", "results", "value", "values", "records", "entries", "Resources", "content"];

impl<'a> List<'a> {
    /// Returns the list in the response of an operation, unless several lists are possible.
    pub(super) fn new(
        api: &'a NormalizedApi,
        operation: &'a Operation,
        envelope: Option<&Envelope<Owned>>,
    ) -> Option<Self> {
        let success = success_response(api, operation)?;
        let schema = success.json_schema(&api.schemas, envelope).0?;
        let items = items(api, operation, schema, envelope)?;
        let item = at(api, schema, &items).and_then(|list| flatten(&api.schemas, list).items)?;
        let mut list = Self { api, response: success.response, schema, item, items, info: String::new() };
        list.info = list.page_information();
        Some(list)
    }

    /// Returns the path of the page information: the first object that has a total, a flag or a cursor, otherwise the
    /// first object with a known name.
    fn page_information(&self) -> String {
        let is_object =
            |path: &&str| self.at(path).is_some_and(|id| !flatten(&self.api.schemas, id).properties.is_empty());
        let parent = self.items.rsplit_once('.').map(|(parent, _)| parent);
        let named: Vec<&str> = INFOS.into_iter().filter(is_object).collect();
        let locations = named.iter().copied().chain(parent).chain([""]);
        let mut informative = locations.filter(|location| {
            let has = |name: &&str, types: &[Type]| self.is(&join(location, name), types);
            TOTALS.iter().any(|name| has(name, &NUMBER))
                || FLAGS.iter().any(|name| has(name, &[Type::Boolean]))
                || (!location.is_empty() && CURSORS.iter().any(|name| has(name, &TEXT)))
        });
        informative.next().or(named.first().copied()).unwrap_or_default().to_owned()
    }

    fn at(&self, path: &str) -> Option<SchemaId> {
        at(self.api, self.schema, path)
    }

    fn is(&self, path: &str, types: &[Type]) -> bool {
        self.at(path).is_some_and(|id| allows(self.api, id, types))
    }

    /// Returns `true` if the response has the number of items or pages, or a flag for the last page.
    pub(super) fn reports_end(&self) -> bool {
        let is_number = |name: &&str| self.is(&join(&self.info, name), &NUMBER);
        TOTALS.iter().chain(&["pages"]).any(is_number) || self.has_more()
    }

    /// Returns `true` if the response has a flag for the last page.
    pub(super) fn has_more(&self) -> bool {
        let is_flag = |path: &str| self.is(path, &[Type::Boolean]);
        FLAGS.iter().any(|name| is_flag(&join(&self.info, name)) || is_flag(name))
    }

    /// Returns `true` if the response has a `Link` header.
    pub(super) fn has_link_header(&self) -> bool {
        self.response.headers.iter().any(|name| name.eq_ignore_ascii_case("link"))
    }

    /// Returns the schema of the `id` of an item.
    pub(super) fn item_id(&self) -> Option<SchemaId> {
        at(self.api, self.item, "id")
    }

    /// Returns `true` if the response has the names of SCIM (RFC 7644) and OpenSearch, whose indexes begin at one.
    pub(super) fn is_one_based(&self) -> bool {
        ["startIndex", "itemsPerPage", "totalResults"].iter().all(|name| self.is(&join(&self.info, name), &NUMBER))
    }

    /// Returns `true` if exactly one property of an item has the schema of its id.
    pub(super) fn is_only_id(&self, id: SchemaId) -> bool {
        let own = component(self.api, id);
        let item = flatten(&self.api.schemas, self.item);
        item.properties.iter().filter(|(_, other)| component(self.api, *other) == own).count() == 1
    }

    /// Returns `true` if the page information has the number of the page.
    pub(super) fn has_page_number(&self) -> bool {
        self.is(&join(&self.info, "page"), &NUMBER)
    }

    /// Returns the path of the next cursor.
    pub(super) fn next_cursor(&self) -> Option<String> {
        let is_cursor = |path: &str| self.is(path, &TEXT) && !self.is_url(path);
        self.find(&INFOS, &CURSORS, is_cursor)
    }

    /// Returns the path of the URL of the next page.
    pub(super) fn next_url(&self) -> Option<String> {
        let is_text = |path: &str| self.is(path, &[Type::String]);
        let in_links = LINKS.iter().flat_map(|location| ["next", "next.href"].map(|name| join(location, name)));
        self.find(&INFOS, &URLS, is_text)
            .or_else(|| in_links.map(|path| self.relative(path)).find(|path| is_text(&self.absolute(path))))
            .or_else(|| self.find(&INFOS, &AMBIGUOUS_URLS, |path| is_text(path) && self.is_url(path)))
    }

    /// Returns the path of the first of `names` that is accepted: in the page information, at the top of the response, or
    /// in one of `locations`.
    fn find(&self, locations: &[&str], names: &[&str], is_accepted: impl Fn(&str) -> bool) -> Option<String> {
        let locations = [self.info.as_str(), ""].into_iter().chain(locations.iter().copied());
        let locations = locations.filter(|location| self.at(location).is_some());
        let mut paths = locations.flat_map(|location| names.iter().map(move |name| join(location, name)));
        paths.find(|path| is_accepted(path)).map(|path| self.relative(path))
    }

    /// Returns a path inside the page information relative to it, and other paths unchanged.
    fn relative(&self, path: String) -> String {
        match path.strip_prefix(&self.info).and_then(|rest| rest.strip_prefix('.')) {
            Some(rest) if !self.info.is_empty() => rest.to_owned(),
            _ => path,
        }
    }

    /// Returns the absolute path for a result of [`relative`](Self::relative).
    fn absolute(&self, path: &str) -> String {
        let inside = join(&self.info, path);
        if self.at(&inside).is_some() { inside } else { path.to_owned() }
    }

    /// Returns `true` if the format, the description or an example identifies the string at a path as a URL.
    fn is_url(&self, path: &str) -> bool {
        let Some(id) = self.at(path) else { return false };
        let schema = flatten(&self.api.schemas, id);
        let members = schema.any_of.iter().chain(&schema.one_of).map(|id| flatten(&self.api.schemas, *id));
        std::iter::once(schema.clone()).chain(members).any(|schema| {
            let format = schema.format.as_deref().unwrap_or_default();
            let words = schema.description.as_deref().unwrap_or_default().to_lowercase();
            let is_link = |text: &str| text.starts_with("http") || text.starts_with(['/', '?']);
            matches!(format, "uri" | "url" | "uri-reference")
                || words.split(|c: char| !c.is_alphanumeric()).any(|word| matches!(word, "url" | "uri" | "link"))
                || schema.examples.iter().filter_map(|example| example.as_str()).any(is_link)
        })
    }
}

/// Appends a name to a path.
fn join(location: &str, name: &str) -> String {
    if location.is_empty() { name.to_owned() } else { format!("{location}.{name}") }
}

/// Returns the schema at a path. Also finds properties that only some members of a union have.
fn at(api: &NormalizedApi, schema: SchemaId, path: &str) -> Option<SchemaId> {
    let path = path.replace("\\.", "\0");
    let mut names = path.split('.').filter(|name| !name.is_empty());
    names.try_fold(schema, |schema, name| property(api, schema, &name.replace('\0', ".")))
}

fn property(api: &NormalizedApi, schema: SchemaId, name: &str) -> Option<SchemaId> {
    // Flattening the whole schema would be slower.
    let find = |id: SchemaId| {
        let parts: Vec<&Schema> =
            merged_parts(&api.schemas, id).into_iter().map(|part| api.schemas.get(part)).collect();
        let mut properties = parts.iter().flat_map(|part| &part.properties);
        (properties.find(|(known, _)| known == name).map(|(_, id)| *id), parts)
    };
    let (found, parts) = find(schema);
    let members = |keyword: fn(&Schema) -> &Vec<SchemaId>| {
        parts.iter().map(move |part| keyword(part)).find(|list| !list.is_empty())
    };
    found.or_else(|| {
        let members = [members(|part| &part.any_of), members(|part| &part.one_of)];
        members.into_iter().flatten().flatten().find_map(|member| find(*member).0)
    })
}

/// Returns the path of the list in a response.
fn items(
    api: &NormalizedApi,
    operation: &Operation,
    schema: SchemaId,
    envelope: Option<&Envelope<Owned>>,
) -> Option<String> {
    let is_list = |id: SchemaId| flatten(&api.schemas, id).items.is_some();
    if is_list(schema) {
        return Some(String::new());
    }
    let Some(envelope) = envelope else { return items_in(api, operation, schema) };
    let flat = flatten(&api.schemas, schema);
    let (_, result) = flat.properties.iter().find(|(name, _)| *name == envelope.result)?;
    match is_list(*result) {
        true => Some(envelope.result.clone()),
        false => items_in(api, operation, *result).map(|items| join(&envelope.result, &items)),
    }
}

/// Returns the list among the properties of an object: the only list, the list with a generic name, the only list of
/// objects, or the list with the name of a path segment.
fn items_in(api: &NormalizedApi, operation: &Operation, schema: SchemaId) -> Option<String> {
    let flat = flatten(&api.schemas, schema);
    let lists = flat.properties.iter().filter(|(_, id)| flatten(&api.schemas, *id).items.is_some());
    let lists: Vec<&str> = lists.map(|(name, _)| name.as_str()).collect();
    let of_objects = || {
        let is_object = |name: &&&str| {
            let item =
                at(api, schema, &name.replace('.', "\\.")).and_then(|list| flatten(&api.schemas, list).items);
            item.is_some_and(|item| !allows(api, item, &TEXT))
        };
        let mut objects = lists.iter().filter(is_object);
        objects.next().copied().filter(|_| objects.next().is_none())
    };
    let named = || ITEMS.into_iter().find(|name| lists.contains(name));
    let in_path = || {
        let segments = operation.path.rsplit('/').filter(|segment| !segment.contains('{'));
        segments
            .map(|segment| segment.to_snake_case())
            .find_map(|segment| lists.iter().copied().find(|name| name.to_snake_case() == segment))
    };
    let name = match lists.as_slice() {
        [only] => Some(*only),
        _ => named().or_else(of_objects).or_else(in_path),
    }?;
    Some(name.replace('.', "\\."))
}
