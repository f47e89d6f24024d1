//! Changes as lines to read: those that are alike are one.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use generator::diff::{Change, Effect};

/// How much is shown of what is alike.
#[derive(Clone, Copy)]
pub struct Limits {
    /// How many lines by one rule a resource has: who has read some knows what the others are.
    lines: usize,
    /// How many names stand in one line.
    names: usize,
    /// Whether types stand with their modules.
    modules: bool,
}

impl Limits {
    /// As many as there are.
    pub const NONE: Self = Self { lines: usize::MAX, names: usize::MAX, modules: true };

    /// For so many changes: what there is to read takes minutes, whatever has changed.
    pub fn of(changes: usize) -> Self {
        let (lines, names) = if changes > MANY { (2, 4) } else { (5, 8) };
        Self { lines, names, modules: false }
    }
}

/// How many changes are very many.
const MANY: usize = 300;

/// One or more changes, as a line.
pub struct Line<'a> {
    /// The resource at the top; empty for the client.
    pub group: &'a str,
    pub effect: Effect,
    pub text: String,
    /// The first of the changes.
    pub first: &'a Change,
    pub count: usize,
}

/// What is alike: changes with equal keys are one line.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    group: &'a str,
    effect: Effect,
    rule: &'static str,
    /// What the line begins with: what the parts belong to, or the part that has changed everywhere.
    head: &'a str,
    /// What has changed, where the line is about one change in many places.
    message: &'a str,
}

/// The changes as lines, one for each change.
pub fn each(changes: &[Change]) -> Vec<Line<'_>> {
    let line = |change| Line {
        group: group(change),
        effect: change.effect,
        text: format!("`{}` {}", change.item, change.message),
        first: change,
        count: 1,
    };
    let mut lines: Vec<Line<'_>> = changes.iter().map(line).collect();
    lines.sort_by_key(|line| (line.group, line.effect));
    lines
}

/// The changes as lines, resource by resource: parts of one thing together, and the same change in many places once.
pub fn together(changes: &[Change], limits: Limits) -> Vec<Line<'_>> {
    let mut found: BTreeMap<Key<'_>, Vec<&Change>> = BTreeMap::new();
    for change in changes {
        let (head, part) = split(change);
        let key = match phrase(change.rule) {
            Some(_) => Key { group: group(change), effect: change.effect, rule: change.rule, head, message: "" },
            None => Key {
                group: group(change),
                effect: change.effect,
                rule: change.rule,
                head: part,
                message: &change.message,
            },
        };
        found.entry(key).or_default().push(change);
    }
    let mut lines: Vec<Line<'_>> = Vec::new();
    let (mut rule, mut alike) = (None, 0);
    for (key, parts) in everywhere(found) {
        alike = if rule == Some((key.group, key.rule)) { alike + 1 } else { 1 };
        rule = Some((key.group, key.rule));
        let count: usize = parts.iter().map(Vec::len).sum();
        match lines.last_mut().filter(|_| alike > limits.lines) {
            Some(last) if alike - 1 > limits.lines => {
                last.count += count;
                last.text = format!("and {} more like that", last.count);
            }
            _ => lines.push(line(&key, &parts, limits)),
        }
    }
    lines
}

/// The same parts of several things together: a field that all kinds of records have lost.
fn everywhere<'a>(found: BTreeMap<Key<'a>, Vec<&'a Change>>) -> Vec<(Key<'a>, Vec<Vec<&'a Change>>)> {
    let mut lines: Vec<(Key<'a>, Vec<Vec<&'a Change>>)> = Vec::new();
    let mut known: HashMap<(&str, Effect, &str, Vec<&str>), usize> = HashMap::new();
    for (key, changes) in found {
        let names: Vec<&str> = changes.iter().map(|change| split(change).1).collect();
        let is_part = phrase(key.rule).is_some() && !key.head.is_empty();
        match known.entry((key.group, key.effect, key.rule, names)) {
            Entry::Occupied(first) if is_part => lines[*first.get()].1.push(changes),
            entry => {
                entry.insert_entry(lines.len());
                lines.push((key, vec![changes]));
            }
        }
    }
    lines
}

fn line<'a>(key: &Key<'a>, places: &[Vec<&'a Change>], limits: Limits) -> Line<'a> {
    let changes = &places[0];
    let first = changes[0];
    let brief = |item: &'a str| if limits.modules { item } else { brief(item) };
    let text = match (phrase(key.rule), changes.len()) {
        (Some(phrase), _) => {
            let mut names: Vec<String> = changes.iter().map(|change| format!("`{}`", split(change).1)).collect();
            names.dedup();
            let more = names.len().saturating_sub(limits.names);
            names.truncate(names.len() - more);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let names = names.join(", ");
            match (key.head, places.len()) {
                ("", _) => format!("{phrase} {names}{more}"),
                (head, 1) => format!("`{}`: {phrase} {names}{more}", brief(head)),
                (head, count) => format!("{phrase} {names}{more}: in {count} places, such as `{}`", brief(head)),
            }
        }
        (None, 1) => format!("`{}` {}", brief(&first.item), first.message),
        (None, count) => {
            let (head, part) = split(first);
            let what = if head.is_empty() { String::new() } else { format!("`{part}` ") };
            format!("{what}{}: in {count} places, such as `{}`", first.message, brief(&first.item))
        }
    };
    let count = places.iter().map(Vec::len).sum();
    Line { group: key.group, effect: key.effect, text, first, count }
}

/// A type without its modules: no two of a crate have the same name.
fn brief(item: &str) -> &str {
    let mut rest = item;
    while let Some((module, behind)) = rest.split_once("::")
        && module.starts_with(|c: char| c.is_lowercase() || c == '_')
    {
        rest = behind;
    }
    rest
}

/// The resource at the top that a change belongs to.
fn group(change: &Change) -> &str {
    change.resource.split('.').next().unwrap_or_default()
}

/// What the names of several changes by one rule stand behind, where it says all that is to be said of each.
fn phrase(rule: &str) -> Option<&'static str> {
    Some(match rule {
        "resource-removed" => "gone, with all that is in it:",
        "resource-added" => "new resource:",
        "type-removed" => "type gone:",
        "type-added" => "new type:",
        "field-removed" => "field gone:",
        "field-added" => "new field:",
        "value-removed" => "value gone:",
        "value-added" => "new value:",
        "variant-removed" => "member gone:",
        "variant-added" => "new member:",
        "setter-removed" => "can no longer be set:",
        "setter-added" => "can be set:",
        "method-removed" => "method gone:",
        "method-added" => "new method:",
        "constructor-added" => "can be made by `new`:",
        "credential-added" => "new credential:",
        "deprecated" => "deprecated:",
        _ => return None,
    })
}

/// What a change is part of, and the part.
fn split(change: &Change) -> (&str, &str) {
    let item = change.item.as_str();
    let begin = match change.rule.split('-').next().unwrap_or_default() {
        // Names of types say enough: no two of a crate are equal.
        "type" | "constructor" => return ("", item.rsplit("::").next().unwrap_or(item)),
        "setter" => item.rfind(").").map(|end| (end + 1, end + 2)),
        "field" | "value" | "variant" => item.rfind("::").map(|end| (end, end + 2)),
        _ => None,
    };
    begin.map_or(("", item), |(end, begin)| (&item[..end], &item[begin..]))
}
