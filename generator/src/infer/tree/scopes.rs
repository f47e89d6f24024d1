//! Collections of which an item only says whose things are meant: `/accounts/{id}/…`.

use std::collections::{BTreeMap, BTreeSet};

use super::path::{Segment, is_version, same_thing, snake};
use crate::inflection::singular;
use crate::openapi::Operation;
use crate::openapi::normalize::NormalizedApi;

/// A collection is a scope where the operations below its items carry this many different tags. Of the public
/// documents looked at, scopes have nine and more, and what is one thing with its parts has at most four.
const MANY: usize = 6;

/// An operation below the items of a collection.
struct Below<'a> {
    /// The name that follows the item.
    kind: &'a Segment,
    path: &'a [Segment],
    operation: &'a Operation,
}

/// The scopes of a document.
pub(super) struct Scopes {
    /// What is below the items of each scope, and whether it is the scope's own: `/accounts/{id}/members` is.
    kinds: BTreeMap<Vec<Segment>, BTreeMap<Segment, bool>>,
}

impl Scopes {
    pub(super) fn new(api: &NormalizedApi, paths: &[Vec<Segment>]) -> Self {
        let mut below: BTreeMap<&[Segment], Vec<Below>> = BTreeMap::new();
        for (path, operation) in paths.iter().zip(&api.operations) {
            if let Some((items, kind)) = items(path) {
                below.entry(items).or_default().push(Below { kind, path, operation });
            }
        }
        below.retain(|_, operations| {
            let tags: BTreeSet<&String> = operations.iter().flat_map(|below| &below.operation.tags).collect();
            tags.len() >= MANY
        });
        let kinds = below.iter().map(|(scope, operations)| {
            let tags = OwnTags::new(scope, api, paths);
            let elsewhere = |kind: &Segment| {
                let others = below.iter().filter(|(other, _)| *other != scope);
                others.flat_map(|(_, operations)| operations).any(|other| other.kind == kind)
            };
            let mut kinds: BTreeMap<Segment, Votes> = BTreeMap::new();
            for Below { kind, path, operation } in operations {
                let named = |tag: &String| tags.names(tag, kind) && !elsewhere(kind);
                let is_own = operation.tags.iter().any(|tag| tags.of_scope.contains(tag) || named(tag));
                kinds.entry((*kind).clone()).or_default().add(is_own, path.len() <= scope.len() + 2);
            }
            let kinds = kinds.into_iter().map(|(kind, votes)| (kind, votes.are_for()));
            (scope.to_vec(), kinds.collect())
        });
        Self { kinds: kinds.collect() }
    }

    /// How many segments at the front of a path only name a scope.
    pub(super) fn length(&self, path: &[Segment]) -> usize {
        let Some((scope, kind)) = items(path) else { return 0 };
        let is_own = self.kinds.get(scope).and_then(|kinds| kinds.get(kind));
        if is_own == Some(&false) { scope.len() } else { 0 }
    }
}

/// The operations at one kind of thing that say that it is the scope's own, and those that don't.
#[derive(Default)]
struct Votes {
    /// Of those at the collection or its items.
    direct: [usize; 2],
    /// Of those below.
    below: [usize; 2],
}

impl Votes {
    fn add(&mut self, is_own: bool, is_direct: bool) {
        let votes = if is_direct { &mut self.direct } else { &mut self.below };
        votes[usize::from(is_own)] += 1;
    }

    /// What is at the collection itself decides; where there is nothing, all that is below.
    fn are_for(&self) -> bool {
        let [against, own] = if self.direct == [0, 0] { self.below } else { self.direct };
        own > against
    }
}

/// The tags by which a scope's own things are known.
struct OwnTags<'a> {
    /// Those of the operations on the scope itself.
    of_scope: BTreeSet<&'a String>,
    /// Its name in the singular.
    name: String,
}

impl<'a> OwnTags<'a> {
    fn new(scope: &[Segment], api: &'a NormalizedApi, paths: &[Vec<Segment>]) -> Self {
        let named = scope.iter().position(|segment| *segment == Segment::Parameter).unwrap_or(scope.len());
        let is_of_scope = |path: &[Segment]| path.starts_with(&scope[..named]) && scope.starts_with(path);
        let of_scope = paths.iter().zip(&api.operations).filter(|(path, _)| is_of_scope(path));
        Self {
            of_scope: of_scope.flat_map(|(_, operation)| &operation.tags).collect(),
            name: scope[..named].last().and_then(Segment::name).map(|name| singular(&name)).unwrap_or_default(),
        }
    }

    /// `Account Members` are the account's; `Account-Level Members` may be another's as well, and `Account Load
    /// Balancers` are something of their own.
    fn names(&self, tag: &str, kind: &Segment) -> bool {
        let mut words = tag.split_whitespace();
        let is_scope = words.next().is_some_and(|word| word.eq_ignore_ascii_case(&self.name));
        let rest = snake(&words.collect::<Vec<_>>().join(" "));
        is_scope && kind.name().is_some_and(|kind| same_thing(&kind, &rest))
    }
}

/// The items of the collection at the top, however many parameters name one, and what is next.
fn items(path: &[Segment]) -> Option<(&[Segment], &Segment)> {
    let top = path.iter().position(|segment| segment.name().is_some_and(|name| !is_version(&name)))?;
    let length = top + 1 + path[top + 1..].iter().take_while(|segment| **segment == Segment::Parameter).count();
    match path.get(length) {
        Some(kind @ Segment::Name(_)) if length > top + 1 => Some((&path[..length], kind)),
        _ => None,
    }
}
