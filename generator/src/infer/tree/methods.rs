//! Names of methods, from HTTP methods, the ends of paths and the words of operation ids.

use std::collections::{BTreeSet, HashMap};

use heck::ToSnakeCase;
use sdk_protocol::{Envelope, Owned};

use super::path::{Segment, is_version, snake, words};
use super::words::{is_action, is_question};
use crate::inflection::singular;
use crate::openapi::normalize::{NormalizedApi, flatten, success_schema};
use crate::openapi::{Operation, SchemaId};

/// What all paths together show of each one.
pub(super) struct Shape<'a> {
    /// How many operations are at or below a path.
    below: HashMap<Vec<Segment>, usize>,
    /// The HTTP methods at a path.
    methods: HashMap<Vec<Segment>, BTreeSet<String>>,
    /// What can only be asked for: how many things and how many lists there are below a path.
    answers: HashMap<Vec<Segment>, [usize; 2]>,
    /// The envelope around results.
    envelope: Option<&'a Envelope<Owned>>,
}

/// What a path's end says of an operation.
pub(super) struct Named {
    /// The name of the method.
    pub(super) method: String,
    /// How many names at the end of the path are the method's rather than the resource's.
    pub(super) used: usize,
}

impl<'a> Shape<'a> {
    pub(super) fn new(paths: &[Vec<Segment>], api: &NormalizedApi, envelope: Option<&'a Envelope<Owned>>) -> Self {
        let mut below: HashMap<Vec<Segment>, usize> = HashMap::new();
        let mut methods: HashMap<Vec<Segment>, BTreeSet<String>> = HashMap::new();
        for (path, operation) in paths.iter().zip(&api.operations) {
            for length in 0..=path.len() {
                *below.entry(path[..length].to_vec()).or_default() += 1;
            }
            methods.entry(path.clone()).or_default().insert(operation.method.clone());
        }
        let mut answers: HashMap<Vec<Segment>, [usize; 2]> = HashMap::new();
        for (path, operation) in paths.iter().zip(&api.operations) {
            let [parent @ .., Segment::Name(_)] = path.as_slice() else { continue };
            if operation.method == "GET" && below.get(path).copied() == Some(1) {
                let counts = answers.entry(parent.to_vec()).or_default();
                counts[usize::from(is_list(api, operation, envelope))] += 1;
            }
        }
        Self { below, methods, answers, envelope }
    }

    /// The method's name; `inside` are the names that the path has for its resource and its method.
    pub(super) fn name(
        &self,
        api: &NormalizedApi,
        operation: &Operation,
        path: &[Segment],
        inside: &[String],
    ) -> Named {
        match self.action(api, operation, path, inside) {
            Some(named) => named,
            None => Named { method: self.verb(api, operation, path), used: 0 },
        }
    }

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
                    && (lists() || is_unclear(api, operation, self.envelope) && said(operation, "list")) =>
            {
                "list"
            }
            "GET" => "get",
            "HEAD" => "head",
            "POST" if !is_item && said(operation, "list") => "list",
            "POST" if is_item && has(&path[..path.len() - 1], "POST") => "update",
            "POST" if is_item && begins(operation, &["update", "modify", "edit", "change"]) => "update",
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

    /// Whether nothing else is at a path or below it.
    pub(super) fn is_alone(&self, path: &[Segment]) -> bool {
        self.below.get(path).copied() == Some(1)
    }

    /// The last segment, where it says what is done rather than with what: nothing is below it, and only one
    /// operation is there.
    fn action(
        &self,
        api: &NormalizedApi,
        operation: &Operation,
        path: &[Segment],
        inside: &[String],
    ) -> Option<Named> {
        let Some(Segment::Name(name)) = path.last() else { return self.action_on(operation, path, inside) };
        let name = snake(name);
        if inside.len() < 2 || is_version(&name) {
            return None;
        }
        let named = |method: String, used: usize| Some(Named { method, used });
        if name == "bulk" {
            let verb = match operation.method.as_str() {
                "POST" => "create",
                "PUT" => "update",
                "PATCH" => "edit",
                "DELETE" => "delete",
                _ => return None,
            };
            return named(format!("bulk_{verb}"), 1);
        }
        if !self.is_alone(path) {
            return None;
        }
        let before = inside.len().checked_sub(2).and_then(|index| inside.get(index)).map(String::as_str);
        match operation.method.as_str() {
            "POST" if name == "new" => named("create".to_owned(), 1),
            "GET" => {
                let is_answer = || self.is_one_of_many(path, is_list(api, operation, self.envelope));
                (is_question(&name) || is_answer()).then_some(Named { method: name, used: 1 })
            }
            "POST" | "PUT" | "PATCH" | "DELETE" if is_action(&name) || is_done(operation, &name) => match before {
                Some("bulk") if inside.len() > 2 => named(format!("bulk_{name}"), 2),
                _ => named(name, 1),
            },
            _ => None,
        }
    }

    /// What is done with what the last segment names: `POST /run/{model}`.
    fn action_on(&self, operation: &Operation, path: &[Segment], inside: &[String]) -> Option<Named> {
        let [collection @ .., Segment::Parameter] = path else { return None };
        let Some(Segment::Name(name)) = collection.last() else { return None };
        let is_alone = !self.methods.contains_key(collection)
            && self.methods.get(path).is_some_and(|methods| methods.len() == 1);
        let is_done = operation.method == "POST" && inside.len() > 1 && is_alone && is_action(&snake(name));
        is_done.then(|| Named { method: snake(name), used: 1 })
    }

    /// Many answers that are asked for side by side are methods of one resource; where they are lists, only if
    /// there is nothing else beside them.
    fn is_one_of_many(&self, path: &[Segment], is_list: bool) -> bool {
        let parent = &path[..path.len() - 1];
        let [things, lists] = self.answers.get(parent).copied().unwrap_or_default();
        let is_group = !self.methods.contains_key(parent) && parent.last() != Some(&Segment::Parameter);
        if is_list {
            return is_group && lists >= 3 && self.below.get(parent).copied() == Some(things + lists);
        }
        // At a collection's own path, or an item's, two could be parts of it; below a mere group they are not.
        things >= if is_group { 2 } else { 3 }
    }
}

/// Whether an operation's id says this verb, first or last; in `create-a-list`, a list is a thing.
fn said(operation: &Operation, verb: &str) -> bool {
    let words = said_words(operation);
    let [first, .., last] = words.as_slice() else { return words == [verb] };
    first == verb || last == verb && !is_action(first)
}

/// Whether an operation's id begins with one of these verbs.
fn begins(operation: &Operation, verbs: &[&str]) -> bool {
    said_words(operation).first().is_some_and(|first| verbs.contains(&first.as_str()))
}

/// Whether a word that no list has is a verb all the same: `POST /messages/{id}/crosspost` is `crosspost-message`.
fn is_done(operation: &Operation, name: &str) -> bool {
    let made = said_words(operation).last().is_some_and(|last| matches!(last.as_str(), "create" | "add" | "post"));
    operation.method == "POST" && singular(name) == name && begins(operation, &[name]) && !made
}

/// The words of an operation's id, behind those of its tag.
pub(super) fn said_words(operation: &Operation) -> Vec<String> {
    let mut id = words(&operation.id.to_snake_case());
    let tags = operation.tags.iter().map(|tag| words(&tag.to_snake_case()));
    let repeated = tags.filter(|tag| id.starts_with(tag)).map(|tag| tag.len()).max();
    id.split_off(repeated.unwrap_or(0).min(id.len()))
}

/// Whether nothing is said of what an answer has.
fn is_unclear(api: &NormalizedApi, operation: &Operation, envelope: Option<&Envelope<Owned>>) -> bool {
    success_schema(api, operation, envelope)
        .is_none_or(|schema| flatten(&api.schemas, schema).properties.is_empty())
}

/// Whether an answer is a list, by its schema or by the parameters of a page.
fn is_list(api: &NormalizedApi, operation: &Operation, envelope: Option<&Envelope<Owned>>) -> bool {
    let Some(schema) = success_schema(api, operation, envelope) else { return false };
    let flat = flatten(&api.schemas, schema);
    let is_one = |id: SchemaId| flatten(&api.schemas, id).items.is_some();
    let lists = |name: &str| flat.properties.iter().any(|(known, id)| known == name && is_one(*id));
    if flat.items.is_some() {
        return true;
    }
    if let Some(envelope) = envelope {
        return lists(&envelope.result);
    }
    let is_paged = |name: &str| {
        matches!(name, "page" | "per_page" | "page_size" | "limit" | "cursor" | "offset" | "after" | "page_token")
    };
    flat.properties.iter().any(|(_, id)| is_one(*id))
        && (operation.parameters.iter().any(|parameter| is_paged(&parameter.name))
            || matches!(operation.path.rsplit('/').next(), Some(last) if lists(&snake(last)) || lists("data") || lists("items")))
}
