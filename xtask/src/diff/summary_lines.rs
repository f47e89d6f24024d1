//! Changes as lines of text. Similar changes are grouped into one line.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use generator::diff::{Change, Effect};

/// Number of changes from which the stricter limits apply.
const MANY: usize = 300;

/// Limits on similar lines and names.
#[derive(Clone, Copy)]
pub struct Limits {
    /// Maximum number of lines per resource and rule.
    lines: usize,
    /// Maximum number of names in a line.
    names: usize,
    /// If set, types are written with their modules.
    modules: bool,
}

impl Limits {
    /// No limits.
    pub const NONE: Self = Self { lines: usize::MAX, names: usize::MAX, modules: true };

    /// Returns limits that keep the text short enough to read for any number of changes.
    pub fn for_count(changes: usize) -> Self {
        let (lines, names) = if changes > MANY { (2, 4) } else { (5, 8) };
        Self { lines, names, modules: false }
    }
}

/// Line about one or more changes.
pub struct Line<'a> {
    /// Top-level resource, or empty for the client.
    pub resource: &'a str,
    pub effect: Effect,
    pub text: String,
    /// First of the changes.
    pub first: &'a Change,
    /// Number of changes.
    pub count: usize,
}

/// Properties that grouped changes share.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    resource: &'a str,
    effect: Effect,
    rule: &'static str,
    /// Item that contains the changed parts, or the changed part itself if it changed the same way in many items.
    head: &'a str,
    /// Message of the change if it is the same in many items, otherwise empty.
    message: &'a str,
}

/// Returns one line per change, ordered by resource and effect.
pub fn individual(changes: &[Change]) -> Vec<Line<'_>> {
    let line = |change| Line {
        resource: top_level_resource(change),
        effect: change.effect,
        text: format!("`{}` {}", change.item, change.message),
        first: change,
        count: 1,
    };
    let mut lines: Vec<Line<'_>> = changes.iter().map(line).collect();
    lines.sort_by_key(|line| (line.resource, line.effect));
    lines
}

/// Returns lines ordered by resource. Changes to parts of one item share a line, and so does the same change in many
/// items.
pub fn grouped(changes: &[Change], limits: Limits) -> Vec<Line<'_>> {
    let mut groups: BTreeMap<Key<'_>, Vec<&Change>> = BTreeMap::new();
    for change in changes {
        let (item, part) = split_item(change);
        let (head, message) = match label(change.rule) {
            Some(_) => (item, ""),
            None => (part, change.message.as_str()),
        };
        let (resource, effect, rule) = (top_level_resource(change), change.effect, change.rule);
        groups.entry(Key { resource, effect, rule, head, message }).or_default().push(change);
    }
    let mut lines: Vec<Line<'_>> = Vec::new();
    let (mut rule, mut similar) = (None, 0);
    for (key, items) in merge_equal_parts(groups) {
        similar = if rule == Some((key.resource, key.rule)) { similar + 1 } else { 1 };
        rule = Some((key.resource, key.rule));
        let count: usize = items.iter().map(Vec::len).sum();
        match lines.last_mut().filter(|_| similar > limits.lines) {
            Some(last) if similar - 1 > limits.lines => {
                last.count += count;
                last.text = format!("and {} similar changes", last.count);
            }
            _ => lines.push(line(&key, &items, limits)),
        }
    }
    lines
}

/// Merges groups of different items whose changed parts have the same names, such as a field that is removed from many
/// types. Each group then has one list of changes per item.
fn merge_equal_parts<'a>(groups: BTreeMap<Key<'a>, Vec<&'a Change>>) -> Vec<(Key<'a>, Vec<Vec<&'a Change>>)> {
    let mut merged: Vec<(Key<'a>, Vec<Vec<&'a Change>>)> = Vec::new();
    let mut known: HashMap<(&str, Effect, &str, Vec<&str>), usize> = HashMap::new();
    for (key, changes) in groups {
        let names: Vec<&str> = changes.iter().map(|change| split_item(change).1).collect();
        let has_parts = label(key.rule).is_some() && !key.head.is_empty();
        match known.entry((key.resource, key.effect, key.rule, names)) {
            Entry::Occupied(first) if has_parts => merged[*first.get()].1.push(changes),
            entry => {
                entry.insert_entry(merged.len());
                merged.push((key, vec![changes]));
            }
        }
    }
    merged
}

fn line<'a>(key: &Key<'a>, items: &[Vec<&'a Change>], limits: Limits) -> Line<'a> {
    let changes = &items[0];
    let first = changes[0];
    let name = |item: &'a str| if limits.modules { item } else { without_modules(item) };
    let text = match (label(key.rule), changes.len()) {
        (Some(label), _) => {
            let mut names: Vec<String> =
                changes.iter().map(|change| format!("`{}`", split_item(change).1)).collect();
            names.dedup();
            let more = names.len().saturating_sub(limits.names);
            names.truncate(names.len() - more);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let names = names.join(", ");
            match (key.head, items.len()) {
                ("", _) => format!("{label} {names}{more}"),
                (head, 1) => format!("`{}`: {label} {names}{more}", name(head)),
                (head, count) => format!("{label} {names}{more} in {count} items, for example `{}`", name(head)),
            }
        }
        (None, 1) => format!("`{}` {}", name(&first.item), first.message),
        (None, count) => {
            let (head, part) = split_item(first);
            let part = if head.is_empty() { String::new() } else { format!("`{part}` ") };
            format!("{part}{} in {count} items, for example `{}`", first.message, name(&first.item))
        }
    };
    let count = items.iter().map(Vec::len).sum();
    Line { resource: key.resource, effect: key.effect, text, first, count }
}

/// Removes the modules from a type's path. Type names are unique in a crate.
fn without_modules(item: &str) -> &str {
    let mut rest = item;
    while let Some((module, inner)) = rest.split_once("::")
        && module.starts_with(|c: char| c.is_lowercase() || c == '_')
    {
        rest = inner;
    }
    rest
}

fn top_level_resource(change: &Change) -> &str {
    change.resource.split('.').next().unwrap_or_default()
}

/// Returns the label before the names of changed parts, or `None` if the changes of a rule need their messages.
fn label(rule: &str) -> Option<&'static str> {
    Some(match rule {
        "resource-removed" => "removed resource:",
        "resource-added" => "new resource:",
        "type-removed" => "removed type:",
        "type-added" => "new type:",
        "field-removed" => "removed field:",
        "field-added" => "new field:",
        "value-removed" => "removed value:",
        "value-added" => "new value:",
        "variant-removed" => "removed variant:",
        "variant-added" => "new variant:",
        "setter-removed" => "removed setter:",
        "setter-added" => "new setter:",
        "method-removed" => "removed method:",
        "method-added" => "new method:",
        "constructor-added" => "new constructor of:",
        "credential-added" => "new credential:",
        "deprecated" => "deprecated:",
        _ => return None,
    })
}

/// Splits the item of a change into the containing item, which may be empty, and the changed part.
fn split_item(change: &Change) -> (&str, &str) {
    let item = change.item.as_str();
    let split = match change.rule.split('-').next().unwrap_or_default() {
        // Type names are unique in a crate, so the module is left out.
        "type" | "constructor" => return ("", item.rsplit("::").next().unwrap_or(item)),
        "setter" => item.rfind(").").map(|end| (end + 1, end + 2)),
        "field" | "value" | "variant" => item.rfind("::").map(|end| (end, end + 2)),
        _ => None,
    };
    split.map_or(("", item), |(end, begin)| (&item[..end], &item[begin..]))
}
