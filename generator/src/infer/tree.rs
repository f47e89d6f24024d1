//! The tree of resources, from the paths: as people would group the operations by hand.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use heck::ToSnakeCase;

use super::answer;
use crate::model::{flatten, singular};
use crate::openapi::{Api, Operation};

/// A resource of the inferred tree.
#[derive(Default)]
pub(super) struct Resource {
    /// Names of methods and ids of operations, in the order of the document.
    pub(super) methods: Vec<(String, String)>,
    /// The resources below.
    pub(super) resources: BTreeMap<String, Resource>,
}

/// One segment of a path.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Segment {
    Name(String),
    Parameter,
}

/// Groups all operations.
pub(super) fn resources(api: &Api, envelope: bool) -> Resource {
    let paths: Vec<Vec<Segment>> = api.operations.iter().map(|operation| segments(&operation.path)).collect();
    let shape = Shape::new(&paths, api);
    let mut placed: Vec<(Vec<String>, String)> = Vec::new();
    for (operation, path) in api.operations.iter().zip(&paths) {
        placed.push(shape.place(api, operation, path, envelope));
    }
    let mut tree = Resource::default();
    let mut taken: BTreeSet<(Vec<String>, String)> = BTreeSet::new();
    for ((operation, path), (resource, method)) in api.operations.iter().zip(&paths).zip(placed) {
        let method = unique(operation, path, &resource, method, &taken);
        taken.insert((resource.clone(), method.clone()));
        let place = resource.into_iter().fold(&mut tree, |tree, name| tree.resources.entry(name).or_default());
        place.methods.push((method, operation.id.clone()));
    }
    tree
}

/// A second method of the same name says what it is for, by the path or by the operation's id.
fn unique(
    operation: &Operation,
    path: &[Segment],
    resource: &[String],
    method: String,
    taken: &BTreeSet<(Vec<String>, String)>,
) -> String {
    let is_free = |name: &String| !taken.contains(&(resource.to_vec(), name.clone()));
    if is_free(&method) {
        return method;
    }
    let scope = path.iter().find_map(|segment| match segment {
        Segment::Name(name) if !resource.contains(&snake(name)) => Some(singular(&snake(name))),
        _ => None,
    });
    let by_scope = scope.map(|scope| format!("{method}_for_{scope}"));
    let by_id = Some(snake(&operation.id)).filter(|name| name.len() <= 40);
    let numbered = (2..).map(|number| format!("{method}_{number}"));
    by_scope.into_iter().chain(by_id).chain(numbered).find(is_free).unwrap_or(method)
}

/// What all paths together show of each one.
struct Shape {
    /// How many operations are at or below a path.
    below: HashMap<Vec<Segment>, usize>,
    /// The HTTP methods at a path.
    methods: HashMap<Vec<Segment>, BTreeSet<String>>,
    /// Collections of which an item only says whose things are meant: `/accounts/{id}/…`.
    scopes: BTreeSet<Vec<Segment>>,
}

/// A collection is a scope where it has many kinds of things below its items.
const MANY: usize = 20;

impl Shape {
    fn new(paths: &[Vec<Segment>], api: &Api) -> Self {
        let mut below: HashMap<Vec<Segment>, usize> = HashMap::new();
        let mut methods: HashMap<Vec<Segment>, BTreeSet<String>> = HashMap::new();
        let mut kinds: BTreeMap<Vec<Segment>, BTreeSet<String>> = BTreeMap::new();
        for (path, operation) in paths.iter().zip(&api.operations) {
            for length in 0..=path.len() {
                *below.entry(path[..length].to_vec()).or_default() += 1;
            }
            methods.entry(path.clone()).or_default().insert(operation.method.clone());
            // The items of a collection at the top, however many parameters name one.
            let items = 1 + path.iter().skip(1).take_while(|segment| **segment == Segment::Parameter).count();
            if let (true, Some(Segment::Name(kind))) = (items > 1, path.get(items)) {
                kinds.entry(path[..items].to_vec()).or_default().insert(kind.clone());
            }
        }
        let scopes = kinds.into_iter().filter(|(_, kinds)| kinds.len() >= MANY).map(|(path, _)| path).collect();
        Self { below, methods, scopes }
    }

    fn place(&self, api: &Api, operation: &Operation, path: &[Segment], envelope: bool) -> (Vec<String>, String) {
        let scope = self.scopes.iter().find(|scope| path.len() > scope.len() && path.starts_with(scope));
        let inside = &path[scope.map_or(0, Vec::len)..];
        let mut resource: Vec<String> = inside
            .iter()
            .filter_map(|segment| match segment {
                Segment::Name(name) => Some(snake(name)),
                Segment::Parameter => None,
            })
            .filter(|name| !is_version(name))
            .collect();
        let is_item = path.last() == Some(&Segment::Parameter);
        if let Some(action) = self.action(operation, path).filter(|_| resource.len() > 1) {
            resource.pop();
            return (tidy(resource), action);
        }
        let items: Vec<Segment> = path.iter().cloned().chain([Segment::Parameter]).collect();
        let items = self.methods.get(&items);
        let has_items = || items.is_some_and(|methods| methods.contains(&operation.method));
        let method = match (operation.method.as_str(), is_item) {
            ("GET", false) if items.is_some() || is_list(api, operation, envelope) => "list",
            ("GET", _) => "get",
            ("HEAD", _) => "head",
            ("POST", true) => "update",
            ("POST", false) => "create",
            ("PUT", false) if has_items() => "bulk_update",
            ("PUT", _) => "update",
            ("PATCH", false) if has_items() => "bulk_edit",
            ("PATCH", _) => "edit",
            ("DELETE", false) if has_items() => "bulk_delete",
            ("DELETE", _) => "delete",
            (other, _) => return (tidy(resource), snake(other)),
        };
        (tidy(resource), method.to_owned())
    }

    /// The last segment, where it says what is done rather than with what: nothing is below it, and only one
    /// operation is there.
    fn action(&self, operation: &Operation, path: &[Segment]) -> Option<String> {
        let Some(Segment::Name(name)) = path.last() else { return None };
        let name = snake(name);
        if self.below.get(path).copied() != Some(1) || is_version(&name) {
            return None;
        }
        let parent = &path[..path.len() - 1];
        match operation.method.as_str() {
            "POST" => is_verb(&name).then_some(name),
            // Many answers that are asked for side by side are methods of one resource.
            "GET" => {
                let siblings = self.methods.iter().filter(|(other, methods)| {
                    other.len() == path.len()
                        && other.starts_with(parent)
                        && matches!(other.last(), Some(Segment::Name(_)))
                        && methods.len() == 1
                        && methods.contains("GET")
                        && self.below.get(*other).copied() == Some(1)
                });
                (siblings.count() >= 3).then_some(name)
            }
            _ => None,
        }
    }
}

/// Whether a word says what is done. A word in the plural, or one of a thing, doesn't.
fn is_verb(name: &str) -> bool {
    singular(name) == name
}

/// Whether an answer is a list, by its schema or by the parameters of a page.
fn is_list(api: &Api, operation: &Operation, envelope: bool) -> bool {
    let Some(schema) = answer(operation) else { return false };
    let flat = flatten(&api.schemas, schema);
    let lists = |name: &str| {
        flat.properties
            .iter()
            .find(|(known, _)| known == name)
            .is_some_and(|(_, id)| flatten(&api.schemas, *id).items.is_some())
    };
    if flat.items.is_some() {
        return true;
    }
    if envelope {
        return lists("result");
    }
    let is_paged = |name: &str| {
        matches!(name, "page" | "per_page" | "page_size" | "limit" | "cursor" | "offset" | "after" | "page_token")
    };
    flat.properties.iter().any(|(name, _)| lists(name))
        && (operation.parameters.iter().any(|parameter| is_paged(&parameter.name))
            || matches!(operation.path.rsplit('/').next(), Some(last) if lists(&snake(last)) || lists("data") || lists("items")))
}

fn segments(path: &str) -> Vec<Segment> {
    path.split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| match segment.starts_with('{') && segment.ends_with('}') {
            true => Segment::Parameter,
            false => Segment::Name(segment.to_owned()),
        })
        .collect()
}

/// Versions and what else stands in front of every path.
fn is_version(name: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    name == "api" || name.strip_prefix('v').is_some_and(digits)
}

/// A name in snake case that the configuration takes.
fn snake(text: &str) -> String {
    // A parameter inside a segment (`{name}.json`) is none of its words.
    let mut words = String::new();
    let mut depth = 0;
    for character in text.chars() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            c if depth == 0 && c.is_ascii_alphanumeric() => words.push(c),
            _ => words.push(' '),
        }
    }
    let name = words.to_snake_case();
    let name: String = name.chars().take(48).collect();
    match name.trim_matches('_') {
        "" => "root".to_owned(),
        name if name.starts_with(|c: char| c.is_ascii_digit()) => format!("n{name}"),
        name => name.to_owned(),
    }
}

/// No name twice in a row, not too deep, and at least one.
fn tidy(mut resource: Vec<String>) -> Vec<String> {
    resource.dedup();
    resource.truncate(8);
    if resource.is_empty() {
        resource.push("root".to_owned());
    }
    resource
}
