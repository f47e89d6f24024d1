//! Scopes: collections whose items own other resources, such as `/accounts/{id}/…`.
//!
//! A scope is not part of the resource path: `/accounts/{id}/workers/scripts` becomes `workers.scripts`. Resources of the
//! scope itself are the exception: `/accounts/{id}/members` becomes `accounts.members`.

use std::collections::{BTreeMap, BTreeSet};

use super::path::{Segment, equal_ignoring_number, is_version, snake};
use crate::inflection::singular;
use crate::openapi::Operation;
use crate::openapi::normalize::NormalizedApi;

/// Minimum number of different tags of the operations below the items of a scope. In the public documents examined,
/// scopes have at least nine tags and other collections at most four.
const MIN_TAGS: usize = 6;

/// Operation below the items of a collection.
struct NestedOperation<'a> {
    /// Segment after the item.
    kind: &'a Segment,
    path: &'a [Segment],
    operation: &'a Operation,
}

/// Scopes of a document.
pub(super) struct Scopes {
    /// Segments after the items of each scope. The value is `true` if the resource belongs to the scope itself, such as
    /// `/accounts/{id}/members`.
    kinds: BTreeMap<Vec<Segment>, BTreeMap<Segment, bool>>,
}

impl Scopes {
    pub(super) fn new(api: &NormalizedApi, paths: &[Vec<Segment>]) -> Self {
        let mut nested: BTreeMap<&[Segment], Vec<NestedOperation>> = BTreeMap::new();
        for (path, operation) in paths.iter().zip(&api.operations) {
            if let Some((items, kind)) = items(path) {
                nested.entry(items).or_default().push(NestedOperation { kind, path, operation });
            }
        }
        nested.retain(|_, operations| {
            let tags: BTreeSet<&String> = operations.iter().flat_map(|nested| &nested.operation.tags).collect();
            tags.len() >= MIN_TAGS
        });
        let kinds = nested.iter().map(|(scope, operations)| {
            let tags = OwnTags::new(scope, api, paths);
            let is_in_other_scope = |kind: &Segment| {
                let others = nested.iter().filter(|(other, _)| *other != scope);
                others.flat_map(|(_, operations)| operations).any(|other| other.kind == kind)
            };
            let mut kinds: BTreeMap<Segment, Votes> = BTreeMap::new();
            for NestedOperation { kind, path, operation } in operations {
                let has_own_name = |tag: &String| tags.is_own(tag, kind) && !is_in_other_scope(kind);
                let is_own = operation.tags.iter().any(|tag| tags.of_scope.contains(tag) || has_own_name(tag));
                kinds.entry((*kind).clone()).or_default().add(is_own, path.len() <= scope.len() + 2);
            }
            let kinds = kinds.into_iter().map(|(kind, votes)| (kind, votes.is_own()));
            (scope.to_vec(), kinds.collect())
        });
        Self { kinds: kinds.collect() }
    }

    /// Returns the number of leading segments of a path that are a scope, or 0.
    pub(super) fn prefix_length(&self, path: &[Segment]) -> usize {
        let Some((scope, kind)) = items(path) else { return 0 };
        let is_own = self.kinds.get(scope).and_then(|kinds| kinds.get(kind));
        if is_own == Some(&false) { scope.len() } else { 0 }
    }
}

/// Numbers of operations of a resource whose tags assign it to other resources (index 0) and to the scope (index 1).
#[derive(Default)]
struct Votes {
    /// Operations of the collection and its items.
    direct: [usize; 2],
    /// Operations of sub-resources.
    nested: [usize; 2],
}

impl Votes {
    fn add(&mut self, is_own: bool, is_direct: bool) {
        let votes = if is_direct { &mut self.direct } else { &mut self.nested };
        votes[usize::from(is_own)] += 1;
    }

    /// Returns `true` if most operations assign the resource to the scope. Operations of sub-resources only count if there
    /// are no others.
    fn is_own(&self) -> bool {
        let [other, own] = if self.direct == [0, 0] { self.nested } else { self.direct };
        own > other
    }
}

/// Tags of resources that belong to a scope.
struct OwnTags<'a> {
    /// Tags of the operations of the scope itself.
    of_scope: BTreeSet<&'a String>,
    /// Singular name of the scope.
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

    /// Returns `true` if a tag consists of the name of the scope and the name of the resource. `Account Members` belong to
    /// the account. `Account-Level Members` can also belong to another scope, and `Account Load Balancers` are not named
    /// like their segment.
    fn is_own(&self, tag: &str, kind: &Segment) -> bool {
        let mut words = tag.split_whitespace();
        let is_scope = words.next().is_some_and(|word| word.eq_ignore_ascii_case(&self.name));
        let rest = snake(&words.collect::<Vec<_>>().join(" "));
        is_scope && kind.name().is_some_and(|kind| equal_ignoring_number(&kind, &rest))
    }
}

/// Splits a path after the items of the top-level collection. Returns the path of the items, which can have several
/// parameters, and the next segment.
fn items(path: &[Segment]) -> Option<(&[Segment], &Segment)> {
    let top = path.iter().position(|segment| segment.name().is_some_and(|name| !is_version(&name)))?;
    let length = top + 1 + path[top + 1..].iter().take_while(|segment| **segment == Segment::Parameter).count();
    match path.get(length) {
        Some(kind @ Segment::Name(_)) if length > top + 1 => Some((&path[..length], kind)),
        _ => None,
    }
}
