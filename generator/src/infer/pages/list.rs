//! What the answer of an operation says of its list: where the items are, and what leads to the next page.

use heck::ToSnakeCase;
use sdk_protocol::{Envelope, Owned};

use super::parameters::{NUMBER, TEXT, component, takes};
use crate::openapi::normalize::{NormalizedApi, flatten, merged_parts, success_response};
use crate::openapi::{Operation, Response, Schema, SchemaId, Type};

/// An answer with a list.
pub(super) struct List<'a> {
    api: &'a NormalizedApi,
    response: &'a Response,
    schema: SchemaId,
    /// The schema of an item.
    item: SchemaId,
    /// The path to the items.
    pub(super) items: String,
    /// The path to the page information.
    pub(super) info: String,
}

/// Where page information stands.
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
/// Where links stand, of which one is called `next`.
const LINKS: [&str; 6] =
    ["links", "_links", "links.pages", "meta.links", "pagination.links", "meta.pagination.links"];
/// Names of cursors; those that can also be links come last, and then the one that only looks back.
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
/// Names that only URLs have.
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
/// Names that URLs have, and cursors too.
const PERHAPS_URLS: [&str; 3] = ["next", "next_page", "nextPage"];
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
/// What the items are called where a list's name is not that of what it lists.
const ITEMS: [&str; 9] =
    ["data", "items", "results", "value", "values", "records", "entries", "Resources", "content"];

impl<'a> List<'a> {
    /// The list that an operation answers with, if it is clear which one is meant.
    pub(super) fn of(
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

    /// The path to the page information: what says something of pages, or else what is called so.
    fn page_information(&self) -> String {
        let is_object =
            |path: &&str| self.at(path).is_some_and(|id| !flatten(&self.api.schemas, id).properties.is_empty());
        let around = self.items.rsplit_once('.').map(|(around, _)| around);
        let named: Vec<&str> = INFOS.into_iter().filter(is_object).collect();
        let locations = named.iter().copied().chain(around).chain([""]);
        let mut telling = locations.filter(|location| {
            let has = |name: &&str, types: &[Type]| self.is(&join(location, name), types);
            TOTALS.iter().any(|name| has(name, &NUMBER))
                || FLAGS.iter().any(|name| has(name, &[Type::Boolean]))
                || (!location.is_empty() && CURSORS.iter().any(|name| has(name, &TEXT)))
        });
        telling.next().or(named.first().copied()).unwrap_or_default().to_owned()
    }

    fn at(&self, path: &str) -> Option<SchemaId> {
        at(self.api, self.schema, path)
    }

    fn is(&self, path: &str, types: &[Type]) -> bool {
        self.at(path).is_some_and(|id| takes(self.api, id, types))
    }

    /// Whether the page information says how many items or pages there are, or whether there is more.
    pub(super) fn knows_end(&self) -> bool {
        let is_number = |name: &&str| self.is(&join(&self.info, name), &NUMBER);
        TOTALS.iter().chain(&["pages"]).any(is_number) || self.has_more()
    }

    /// Whether the answer says if there is more.
    pub(super) fn has_more(&self) -> bool {
        let is_flag = |path: &str| self.is(path, &[Type::Boolean]);
        FLAGS.iter().any(|name| is_flag(&join(&self.info, name)) || is_flag(name))
    }

    pub(super) fn has_link_header(&self) -> bool {
        self.response.headers.iter().any(|name| name.eq_ignore_ascii_case("link"))
    }

    /// The schema of an item's id.
    pub(super) fn item_id(&self) -> Option<SchemaId> {
        at(self.api, self.item, "id")
    }

    /// Whether the answer has the words of SCIM (RFC 7644) and OpenSearch, whose items count from one.
    pub(super) fn counts_from_one(&self) -> bool {
        ["startIndex", "itemsPerPage", "totalResults"].iter().all(|name| self.is(&join(&self.info, name), &NUMBER))
    }

    /// Whether no other property of an item has the schema of its id.
    pub(super) fn is_only_id(&self, id: SchemaId) -> bool {
        let own = component(self.api, id);
        let item = flatten(&self.api.schemas, self.item);
        item.properties.iter().filter(|(_, other)| component(self.api, *other) == own).count() == 1
    }

    /// Whether the page information has the page's number.
    pub(super) fn names_its_page(&self) -> bool {
        self.is(&join(&self.info, "page"), &NUMBER)
    }

    /// Where the next cursor stands.
    pub(super) fn next_cursor(&self) -> Option<String> {
        let is_cursor = |path: &str| self.is(path, &TEXT) && !self.is_url(path);
        self.location(&INFOS, &CURSORS, is_cursor)
    }

    /// Where the URL of the next page stands.
    pub(super) fn next_url(&self) -> Option<String> {
        let is_text = |path: &str| self.is(path, &[Type::String]);
        let in_links = LINKS.iter().flat_map(|location| ["next", "next.href"].map(|name| join(location, name)));
        self.location(&INFOS, &URLS, is_text)
            .or_else(|| in_links.map(|path| self.relative(path)).find(|path| is_text(&self.absolute(path))))
            .or_else(|| self.location(&INFOS, &PERHAPS_URLS, |path| is_text(path) && self.is_url(path)))
    }

    /// The first of `names` that `fits`: in the page information, at the top of the answer, or in one of `places`.
    fn location(&self, locations: &[&str], names: &[&str], fits: impl Fn(&str) -> bool) -> Option<String> {
        let locations = [self.info.as_str(), ""].into_iter().chain(locations.iter().copied());
        // What is not there has nothing in it.
        let locations = locations.filter(|location| self.at(location).is_some());
        let mut paths = locations.flat_map(|location| names.iter().map(move |name| join(location, name)));
        paths.find(|path| fits(path)).map(|path| self.relative(path))
    }

    /// A path as it is seen from the page information, if it leads there.
    fn relative(&self, path: String) -> String {
        match path.strip_prefix(&self.info).and_then(|rest| rest.strip_prefix('.')) {
            Some(rest) if !self.info.is_empty() => rest.to_owned(),
            _ => path,
        }
    }

    fn absolute(&self, path: &str) -> String {
        let inside = join(&self.info, path);
        if self.at(&inside).is_some() { inside } else { path.to_owned() }
    }

    /// Whether the document calls the text at a path a URL.
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

/// A path with one more name.
fn join(location: &str, name: &str) -> String {
    if location.is_empty() { name.to_owned() } else { format!("{location}.{name}") }
}

/// The schema at a path, also where it is only there in some of the answers.
fn at(api: &NormalizedApi, schema: SchemaId, path: &str) -> Option<SchemaId> {
    let path = path.replace("\\.", "\0");
    let mut names = path.split('.').filter(|name| !name.is_empty());
    names.try_fold(schema, |schema, name| property(api, schema, &name.replace('\0', ".")))
}

fn property(api: &NormalizedApi, schema: SchemaId, name: &str) -> Option<SchemaId> {
    // As a flat schema has it, without making one.
    let of = |id: SchemaId| {
        let parts: Vec<&Schema> =
            merged_parts(&api.schemas, id).into_iter().map(|part| api.schemas.get(part)).collect();
        let mut properties = parts.iter().flat_map(|part| &part.properties);
        (properties.find(|(known, _)| known == name).map(|(_, id)| *id), parts)
    };
    let (found, parts) = of(schema);
    let members =
        |of: fn(&Schema) -> &Vec<SchemaId>| parts.iter().map(move |part| of(part)).find(|list| !list.is_empty());
    found.or_else(|| {
        let members = [members(|part| &part.any_of), members(|part| &part.one_of)];
        members.into_iter().flatten().flatten().find_map(|member| of(*member).0)
    })
}

/// The path to the list that an answer is about.
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

/// The list among an object's properties: the only one, the one with a name that says it, the only one of objects, or
/// the one that the path names.
fn items_in(api: &NormalizedApi, operation: &Operation, schema: SchemaId) -> Option<String> {
    let flat = flatten(&api.schemas, schema);
    let lists = flat.properties.iter().filter(|(_, id)| flatten(&api.schemas, *id).items.is_some());
    let lists: Vec<&str> = lists.map(|(name, _)| name.as_str()).collect();
    let of_objects = || {
        let is_object = |name: &&&str| {
            let item =
                at(api, schema, &name.replace('.', "\\.")).and_then(|list| flatten(&api.schemas, list).items);
            item.is_some_and(|item| !takes(api, item, &TEXT))
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
