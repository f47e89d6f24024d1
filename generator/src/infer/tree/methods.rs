//! Names of methods, derived from the HTTP method, the last segments of the path and the words of the operation id.

use std::collections::{BTreeSet, HashMap};

use heck::ToSnakeCase;
use sdk_protocol::{Envelope, Owned};

use super::path::{Segment, is_version, snake, words};
use super::words::{is_action, is_read_action};
use crate::inflection::singular;
use crate::openapi::normalize::{NormalizedApi, flatten, success_schema};
use crate::openapi::{Operation, SchemaId};

/// Index of all paths.
pub(super) struct PathIndex<'a> {
    /// Number of operations with this path or a path below it.
    counts: HashMap<Vec<Segment>, usize>,
    /// HTTP methods of each path.
    methods: HashMap<Vec<Segment>, BTreeSet<String>>,
    /// Numbers of read-only children of each path: those that return a single value and those that return a list.
    read_only: HashMap<Vec<Segment>, [usize; 2]>,
    /// Envelope of responses.
    envelope: Option<&'a Envelope<Owned>>,
}

/// Name of a method.
pub(super) struct MethodName {
    /// The name.
    pub(super) name: String,
    /// Number of names at the end of the path that are part of the method name, not of the resource.
    pub(super) segments: usize,
}

impl<'a> PathIndex<'a> {
    pub(super) fn new(paths: &[Vec<Segment>], api: &NormalizedApi, envelope: Option<&'a Envelope<Owned>>) -> Self {
        let mut counts: HashMap<Vec<Segment>, usize> = HashMap::new();
        let mut methods: HashMap<Vec<Segment>, BTreeSet<String>> = HashMap::new();
        for (path, operation) in paths.iter().zip(&api.operations) {
            for length in 0..=path.len() {
                *counts.entry(path[..length].to_vec()).or_default() += 1;
            }
            methods.entry(path.clone()).or_default().insert(operation.method.clone());
        }
        let mut read_only: HashMap<Vec<Segment>, [usize; 2]> = HashMap::new();
        for (path, operation) in paths.iter().zip(&api.operations) {
            let [parent @ .., Segment::Name(_)] = path.as_slice() else { continue };
            if operation.method == "GET" && counts.get(path).copied() == Some(1) {
                let children = read_only.entry(parent.to_vec()).or_default();
                children[usize::from(is_list(api, operation, envelope))] += 1;
            }
        }
        Self { counts, methods, read_only, envelope }
    }

    /// Returns the name of a method. `names` are the names in the path, for the resource and the method.
    pub(super) fn method_name(
        &self,
        api: &NormalizedApi,
        operation: &Operation,
        path: &[Segment],
        names: &[String],
    ) -> MethodName {
        match self.action(api, operation, path, names) {
            Some(name) => name,
            None => MethodName { name: self.verb(api, operation, path), segments: 0 },
        }
    }

    /// Returns the name for the HTTP method of an operation.
    fn verb(&self, api: &NormalizedApi, operation: &Operation, path: &[Segment]) -> String {
        let is_item = path.last() == Some(&Segment::Parameter);
        let items: Vec<Segment> = path.iter().cloned().chain([Segment::Parameter]).collect();
        let has = |path: &[Segment], method: &str| {
            self.methods.get(path).is_some_and(|methods| methods.contains(method))
        };
        let is_bulk = !is_item && has(&items, &operation.method);
        let lists = || self.methods.contains_key(&items) || is_list(api, operation, self.envelope);
        let name = match operation.method.as_str() {
            "GET"
                if !is_item
                    && (lists()
                        || has_unknown_response(api, operation, self.envelope)
                            && id_has_verb(operation, "list")) =>
            {
                "list"
            }
            "GET" => "get",
            "HEAD" => "head",
            "POST" if !is_item && id_has_verb(operation, "list") => "list",
            "POST" if is_item && has(&path[..path.len() - 1], "POST") => "update",
            "POST" if is_item && id_begins_with(operation, &["update", "modify", "edit", "change"]) => "update",
            "POST" => "create",
            "PUT" if is_bulk => "bulk_update",
            "PUT" => "update",
            "PATCH" if is_bulk => "bulk_edit",
            "PATCH" => "edit",
            "DELETE" if is_bulk => "bulk_delete",
            "DELETE" => "delete",
            other => return snake(other),
        };
        name.to_owned()
    }

    /// Returns `true` if a path has one operation and no path below it.
    pub(super) fn is_alone(&self, path: &[Segment]) -> bool {
        self.counts.get(path).copied() == Some(1)
    }

    /// Returns the last segment as the name, if it is an action: the path has one operation and no path below it.
    fn action(
        &self,
        api: &NormalizedApi,
        operation: &Operation,
        path: &[Segment],
        names: &[String],
    ) -> Option<MethodName> {
        let Some(Segment::Name(name)) = path.last() else { return self.action_on_item(operation, path, names) };
        let name = snake(name);
        if names.len() < 2 || is_version(&name) {
            return None;
        }
        let method = |name: String, segments: usize| Some(MethodName { name, segments });
        if name == "bulk" {
            let verb = match operation.method.as_str() {
                "POST" => "create",
                "PUT" => "update",
                "PATCH" => "edit",
                "DELETE" => "delete",
                _ => return None,
            };
            return method(format!("bulk_{verb}"), 1);
        }
        if !self.is_alone(path) {
            return None;
        }
        let parent = names.len().checked_sub(2).and_then(|index| names.get(index)).map(String::as_str);
        match operation.method.as_str() {
            "POST" if name == "new" => method("create".to_owned(), 1),
            "GET" => {
                let has_siblings = || self.has_read_only_siblings(path, is_list(api, operation, self.envelope));
                (is_read_action(&name) || has_siblings()).then_some(MethodName { name, segments: 1 })
            }
            "POST" | "PUT" | "PATCH" | "DELETE" if is_action(&name) || is_id_verb(operation, &name) => {
                match parent {
                    Some("bulk") if names.len() > 2 => method(format!("bulk_{name}"), 2),
                    _ => method(name, 1),
                }
            }
            _ => None,
        }
    }

    /// Returns the segment before an item as the name, if it is an action: `POST /run/{model}`.
    fn action_on_item(&self, operation: &Operation, path: &[Segment], names: &[String]) -> Option<MethodName> {
        let [collection @ .., Segment::Parameter] = path else { return None };
        let Some(Segment::Name(name)) = collection.last() else { return None };
        let is_alone = !self.methods.contains_key(collection)
            && self.methods.get(path).is_some_and(|methods| methods.len() == 1);
        let is_item_action = operation.method == "POST" && names.len() > 1 && is_alone && is_action(&snake(name));
        is_item_action.then(|| MethodName { name: snake(name), segments: 1 })
    }

    /// Returns `true` if the parent path has several read-only children. They become methods of one resource. Lists only
    /// become methods if the parent has no other children.
    fn has_read_only_siblings(&self, path: &[Segment], is_list: bool) -> bool {
        let parent = &path[..path.len() - 1];
        let [values, lists] = self.read_only.get(parent).copied().unwrap_or_default();
        let is_group = !self.methods.contains_key(parent) && parent.last() != Some(&Segment::Parameter);
        if is_list {
            return is_group && lists >= 3 && self.counts.get(parent).copied() == Some(values + lists);
        }
        // Two children of a collection or an item can be sub-resources, so more are required.
        values >= if is_group { 2 } else { 3 }
    }
}

/// Returns `true` if the first or the last word of an operation id is the verb. In `create-a-list`, the last word is a
/// noun.
fn id_has_verb(operation: &Operation, verb: &str) -> bool {
    let words = id_words(operation);
    let [first, .., last] = words.as_slice() else { return words == [verb] };
    first == verb || last == verb && !is_action(first)
}

/// Returns `true` if an operation id begins with one of the verbs.
fn id_begins_with(operation: &Operation, verbs: &[&str]) -> bool {
    id_words(operation).first().is_some_and(|first| verbs.contains(&first.as_str()))
}

/// Returns `true` if the operation id uses a name as a verb: `POST /messages/{id}/crosspost` with the id
/// `crosspost-message`.
fn is_id_verb(operation: &Operation, name: &str) -> bool {
    let creates =
        id_words(operation).last().is_some_and(|last| matches!(last.as_str(), "create" | "add" | "post"));
    operation.method == "POST" && singular(name) == name && id_begins_with(operation, &[name]) && !creates
}

/// Returns the words of an operation id, without those of its tag at the beginning.
pub(super) fn id_words(operation: &Operation) -> Vec<String> {
    let mut id = words(&operation.id.to_snake_case());
    let tags = operation.tags.iter().map(|tag| words(&tag.to_snake_case()));
    let repeated = tags.filter(|tag| id.starts_with(tag)).map(|tag| tag.len()).max();
    id.split_off(repeated.unwrap_or(0).min(id.len()))
}

/// Returns `true` if the schema of the response has no properties.
fn has_unknown_response(api: &NormalizedApi, operation: &Operation, envelope: Option<&Envelope<Owned>>) -> bool {
    success_schema(api, operation, envelope)
        .is_none_or(|schema| flatten(&api.schemas, schema).properties.is_empty())
}

/// Returns `true` if the response is a list, by its schema or by pagination parameters.
fn is_list(api: &NormalizedApi, operation: &Operation, envelope: Option<&Envelope<Owned>>) -> bool {
    let Some(schema) = success_schema(api, operation, envelope) else { return false };
    let flat = flatten(&api.schemas, schema);
    let is_array = |id: SchemaId| flatten(&api.schemas, id).items.is_some();
    let lists = |name: &str| flat.properties.iter().any(|(known, id)| known == name && is_array(*id));
    if flat.items.is_some() {
        return true;
    }
    if let Some(envelope) = envelope {
        return lists(&envelope.result);
    }
    let is_paged = |name: &str| {
        matches!(name, "page" | "per_page" | "page_size" | "limit" | "cursor" | "offset" | "after" | "page_token")
    };
    flat.properties.iter().any(|(_, id)| is_array(*id))
        && (operation.parameters.iter().any(|parameter| is_paged(&parameter.name))
            || matches!(operation.path.rsplit('/').next(), Some(last) if lists(&snake(last)) || lists("data") || lists("items")))
}
