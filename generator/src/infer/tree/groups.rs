//! Names of resources: what the paths say, as people would say it.

use std::collections::{BTreeMap, BTreeSet};

use super::path::{same_thing, words};
use super::words::is_adjective;
use crate::inflection::singular;

/// The names that lead to a resource.
pub(super) type ResourcePath = Vec<String>;

/// How many resources make a family by the first word of their names.
const FAMILY: usize = 3;

/// How many resources are below each other.
const DEEPEST: usize = 8;

/// A name that is written out is no longer than this, and a tag that it is read from has no more words.
const LONGEST: usize = 48;
const WORDS: usize = 12;

/// Renames what is above each place, by rules that look at all of them.
pub(super) fn rename(resource_paths: &mut [ResourcePath], tags: &[&[String]]) {
    for resource_path in resource_paths.iter_mut() {
        resource_path.truncate(DEEPEST);
    }
    spell_out(resource_paths, tags);
    say_once(resource_paths);
    join_repeated(resource_paths);
    group_families(resource_paths);
    for resource_path in resource_paths {
        resource_path.dedup();
        resource_path.truncate(DEEPEST);
        if resource_path.is_empty() {
            resource_path.push("root".to_owned());
        }
    }
}

/// Writes out what all tags below a name write out: `pagerules` is `page_rules` by the tag `Page Rules`, `mnm` is
/// `magic_network_monitoring`.
fn spell_out(resource_paths: &mut [ResourcePath], tags: &[&[String]]) {
    let mut spellings: BTreeMap<ResourcePath, BTreeSet<Option<String>>> = BTreeMap::new();
    for (resource_path, tags) in resource_paths.iter().zip(tags) {
        let tags: Vec<Vec<String>> = tags.iter().map(|tag| words(tag).into_iter().take(WORDS).collect()).collect();
        for length in 1..=resource_path.len() {
            let spelling = tags.iter().find_map(|tag| spelled_out(&resource_path[length - 1], tag));
            spellings.entry(resource_path[..length].to_vec()).or_default().insert(spelling);
        }
    }
    replace(resource_paths, |before, name| {
        let at = |name: &str| spellings.get(&[before, &[name.to_owned()]].concat());
        let spelling = at(name)?;
        let spelling = spelling.first().filter(|_| spelling.len() == 1)?.clone()?;
        at(&spelling).is_none().then_some(spelling)
    });
}

/// A name with one of its words as the tag has it: in several words, or as their initials.
fn spelled_out(name: &str, tag: &[String]) -> Option<String> {
    let parts: Vec<&str> = name.split('_').collect();
    parts.iter().enumerate().find_map(|(index, part)| {
        if tag.iter().any(|word| word == part) {
            return None;
        }
        let is_last = index + 1 == parts.len();
        let last = tag.last().filter(|last| is_last && *last != part && singular(last) == *part);
        let initials = |run: &[String]| run.iter().filter_map(|word| word.chars().next()).collect::<String>();
        let runs = (0..tag.len()).flat_map(|from| (from + 2..=tag.len()).map(move |to| &tag[from..to]));
        let mut runs = runs.filter(|run| run.concat() == *part || initials(run) == *part);
        let word = runs.next().map(|run| run.join("_")).or_else(|| last.cloned())?;
        let name = [&parts[..index], &[word.as_str()], &parts[index + 1..]].concat().join("_");
        (name.len() <= LONGEST && name.starts_with(|c: char| c.is_ascii_alphabetic())).then_some(name)
    })
}

/// What is below a collection doesn't say it again: `finetunes.assets` rather than `finetunes.finetune_assets`.
fn say_once(resource_paths: &mut [ResourcePath]) {
    let known: BTreeSet<ResourcePath> = prefixes(resource_paths);
    replace(resource_paths, |before, name| {
        let parent = before.last()?;
        let one = singular(parent);
        let rest = name.strip_prefix(one.as_str())?.strip_prefix('_')?;
        let is_free = !known.contains(&[before, &[rest.to_owned()]].concat());
        (one != *parent && is_free && !rest.starts_with(|c: char| c.is_ascii_digit())).then(|| rest.to_owned())
    });
}

/// A name that has no methods and ends as what is below it is that: `access_rules.rules` are `access_rules`.
fn join_repeated(resource_paths: &mut [ResourcePath]) {
    let known = prefixes(resource_paths);
    let own: BTreeSet<ResourcePath> = resource_paths.iter().cloned().collect();
    let is_repeated = |resource_path: &[String]| {
        let [.., parent, name] = resource_path else { return false };
        let before = &resource_path[..resource_path.len() - 1];
        let last = parent.rsplit('_').next().unwrap_or(parent);
        let is_free = |child: &ResourcePath| {
            child.len() != resource_path.len() + 1
                || !child.starts_with(resource_path)
                || child
                    .last()
                    .is_none_or(|child| !known.contains(&[before, std::slice::from_ref(child)].concat()))
        };
        parent != last && same_thing(last, name) && !own.contains(before) && known.iter().all(is_free)
    };
    let repeated: BTreeSet<ResourcePath> =
        known.iter().filter(|resource_path| is_repeated(resource_path)).cloned().collect();
    for resource_path in resource_paths {
        for length in (1..=resource_path.len()).rev() {
            if repeated.contains(&resource_path[..length]) {
                resource_path.remove(length - 1);
            }
        }
    }
}

/// Several collections at the top that begin with the same word are below it: `dns.records`, `dns.settings` and
/// `dns.analytics` rather than `dns_records` and so on.
fn group_families(resource_paths: &mut [ResourcePath]) {
    let tops: BTreeSet<String> =
        resource_paths.iter().filter_map(|resource_path| resource_path.first().cloned()).collect();
    let mut families: BTreeMap<&str, usize> = BTreeMap::new();
    for (first, _) in tops.iter().filter_map(|name| member(name)) {
        *families.entry(first).or_default() += 1;
    }
    for resource_path in resource_paths {
        let split = resource_path
            .first()
            .and_then(|name| member(name))
            .filter(|(first, _)| families.get(first).is_some_and(|count| *count >= FAMILY));
        if let Some((first, rest)) = split.map(|(first, rest)| (first.to_owned(), rest.to_owned())) {
            resource_path.splice(..1, [first, rest]);
        }
    }
}

/// The parts of a name that could be one of a family: things in the plural, and not only some of them.
fn member(name: &str) -> Option<(&str, &str)> {
    let (first, rest) = name.split_once('_')?;
    // By the letter alone: `analytics` has no singular.
    let is_family = rest.ends_with('s')
        && !rest.ends_with("ss")
        && !is_adjective(first)
        && rest.starts_with(|c: char| c.is_ascii_alphabetic());
    is_family.then_some((first, rest))
}

/// Every place, and every one above it.
fn prefixes(resource_paths: &[ResourcePath]) -> BTreeSet<ResourcePath> {
    resource_paths
        .iter()
        .flat_map(|resource_path| (1..=resource_path.len()).map(|length| resource_path[..length].to_vec()))
        .collect()
}

/// Replaces names by what is said for them and what is above them, as it was.
fn replace(resource_paths: &mut [ResourcePath], name: impl Fn(&[String], &str) -> Option<String>) {
    for resource_path in resource_paths {
        let names = (0..resource_path.len()).map(|index| name(&resource_path[..index], &resource_path[index]));
        let names: Vec<Option<String>> = names.collect();
        for (resource_path, name) in resource_path.iter_mut().zip(names) {
            if let Some(name) = name {
                *resource_path = name;
            }
        }
    }
}
