//! Names of resources, derived from path segments and tags.

use std::collections::{BTreeMap, BTreeSet};

use super::path::{equal_ignoring_number, words};
use super::words::is_adjective;
use crate::inflection::singular;

/// Names of a resource and its parents, the root first.
pub(super) type ResourcePath = Vec<String>;

/// Minimum number of resources with the same first word that are grouped below it.
const MIN_FAMILY: usize = 3;

/// Maximum nesting depth of resources.
const MAX_DEPTH: usize = 8;

/// Maximum length of an expanded name.
const MAX_NAME: usize = 48;

/// Maximum number of words of a tag that are used to expand a name.
const MAX_WORDS: usize = 12;

/// Renames resources by rules that depend on all resources. `tags` has the tags of each operation.
pub(super) fn rename(resource_paths: &mut [ResourcePath], tags: &[&[String]]) {
    for resource_path in resource_paths.iter_mut() {
        resource_path.truncate(MAX_DEPTH);
    }
    expand_abbreviations(resource_paths, tags);
    remove_parent_prefixes(resource_paths);
    merge_repeated(resource_paths);
    group_families(resource_paths);
    for resource_path in resource_paths {
        resource_path.dedup();
        resource_path.truncate(MAX_DEPTH);
        if resource_path.is_empty() {
            resource_path.push("root".to_owned());
        }
    }
}

/// Expands names by the tags, if all tags below a name agree: with the tag `Page Rules`, `pagerules` becomes `page_rules`,
/// and with `Magic Network Monitoring`, `mnm` becomes `magic_network_monitoring`.
fn expand_abbreviations(resource_paths: &mut [ResourcePath], tags: &[&[String]]) {
    let mut expansions: BTreeMap<ResourcePath, BTreeSet<Option<String>>> = BTreeMap::new();
    for (resource_path, tags) in resource_paths.iter().zip(tags) {
        let tags: Vec<Vec<String>> =
            tags.iter().map(|tag| words(tag).into_iter().take(MAX_WORDS).collect()).collect();
        for length in 1..=resource_path.len() {
            let expansion = tags.iter().find_map(|tag| expanded(&resource_path[length - 1], tag));
            expansions.entry(resource_path[..length].to_vec()).or_default().insert(expansion);
        }
    }
    replace(resource_paths, |parents, name| {
        let at = |name: &str| expansions.get(&[parents, &[name.to_owned()]].concat());
        let candidates = at(name)?;
        let expansion = candidates.first().filter(|_| candidates.len() == 1)?.clone()?;
        at(&expansion).is_none().then_some(expansion)
    });
}

/// Replaces one word of a name by words of the tag: those with the same letters (`pagerules`), those with these initials
/// (`mnm`), or the plural at the end of the tag.
fn expanded(name: &str, tag: &[String]) -> Option<String> {
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
        (name.len() <= MAX_NAME && name.starts_with(|c: char| c.is_ascii_alphabetic())).then_some(name)
    })
}

/// Removes the name of the parent from names: `finetunes.finetune_assets` becomes `finetunes.assets`.
fn remove_parent_prefixes(resource_paths: &mut [ResourcePath]) {
    let known: BTreeSet<ResourcePath> = prefixes(resource_paths);
    replace(resource_paths, |parents, name| {
        let parent = parents.last()?;
        let prefix = singular(parent);
        let rest = name.strip_prefix(prefix.as_str())?.strip_prefix('_')?;
        let is_free = !known.contains(&[parents, &[rest.to_owned()]].concat());
        (prefix != *parent && is_free && !rest.starts_with(|c: char| c.is_ascii_digit())).then(|| rest.to_owned())
    });
}

/// Merges a sub-resource into its parent, if the parent has no methods and ends with the same word: `access_rules.rules`
/// becomes `access_rules`.
fn merge_repeated(resource_paths: &mut [ResourcePath]) {
    let known = prefixes(resource_paths);
    let own: BTreeSet<ResourcePath> = resource_paths.iter().cloned().collect();
    let is_repeated = |resource_path: &[String]| {
        let [.., parent, name] = resource_path else { return false };
        let parents = &resource_path[..resource_path.len() - 1];
        let last = parent.rsplit('_').next().unwrap_or(parent);
        let is_free = |child: &ResourcePath| {
            child.len() != resource_path.len() + 1
                || !child.starts_with(resource_path)
                || child
                    .last()
                    .is_none_or(|child| !known.contains(&[parents, std::slice::from_ref(child)].concat()))
        };
        parent != last && equal_ignoring_number(last, name) && !own.contains(parents) && known.iter().all(is_free)
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

/// Groups top-level collections that begin with the same word: `dns_records`, `dns_settings` and `dns_analytics` become
/// `dns.records`, `dns.settings` and `dns.analytics`.
fn group_families(resource_paths: &mut [ResourcePath]) {
    let tops: BTreeSet<String> =
        resource_paths.iter().filter_map(|resource_path| resource_path.first().cloned()).collect();
    let mut families: BTreeMap<&str, usize> = BTreeMap::new();
    for (first, _) in tops.iter().filter_map(|name| split_collection(name)) {
        *families.entry(first).or_default() += 1;
    }
    for resource_path in resource_paths {
        let split = resource_path
            .first()
            .and_then(|name| split_collection(name))
            .filter(|(first, _)| families.get(first).is_some_and(|count| *count >= MIN_FAMILY));
        if let Some((first, rest)) = split.map(|(first, rest)| (first.to_owned(), rest.to_owned())) {
            resource_path.splice(..1, [first, rest]);
        }
    }
}

/// Splits the name of a collection after its first word. Returns `None` if the rest is not a plural or the first word is
/// an adjective.
fn split_collection(name: &str) -> Option<(&str, &str)> {
    let (first, rest) = name.split_once('_')?;
    // The last letter decides, because `analytics` has no singular.
    let is_collection = rest.ends_with('s')
        && !rest.ends_with("ss")
        && !is_adjective(first)
        && rest.starts_with(|c: char| c.is_ascii_alphabetic());
    is_collection.then_some((first, rest))
}

/// Returns the paths of all resources and their parents.
fn prefixes(resource_paths: &[ResourcePath]) -> BTreeSet<ResourcePath> {
    resource_paths
        .iter()
        .flat_map(|resource_path| (1..=resource_path.len()).map(|length| resource_path[..length].to_vec()))
        .collect()
}

/// Replaces each name for which `replacement` returns another name. The function is called with the original names of the
/// parents and the original name.
fn replace(resource_paths: &mut [ResourcePath], replacement: impl Fn(&[String], &str) -> Option<String>) {
    for resource_path in resource_paths {
        let names =
            (0..resource_path.len()).map(|index| replacement(&resource_path[..index], &resource_path[index]));
        let names: Vec<Option<String>> = names.collect();
        for (name, replacement) in resource_path.iter_mut().zip(names) {
            if let Some(replacement) = replacement {
                *name = replacement;
            }
        }
    }
}
