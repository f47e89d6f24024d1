//! Unions that are members of each other.

use std::collections::{BTreeMap, HashSet};

use super::Simplifier;
use crate::diagnostics::Diagnostic;
use crate::model::flatten::{flatten, parts};
use crate::model::lower::stands_for;
use crate::model::strongly_connected_components;
use crate::openapi::{Discriminator, Schema, SchemaId, Schemas};

impl Simplifier<'_> {
    /// Unions that are members of each other, with nothing between, have the same values: each has all members that
    /// are none of these unions. As types they would hold each other without end.
    pub(super) fn strongly_connected_components(&mut self) {
        let schemas = &*self.schemas;
        let ways: Vec<Vec<SchemaId>> = schemas.ids().map(|id| ways(schemas, id)).collect();
        let circle =
            strongly_connected_components(ways.len(), |index| ways[index].iter().map(|id| id.index()).collect());
        let mut found: BTreeMap<usize, Vec<SchemaId>> = BTreeMap::new();
        for id in schemas.ids().filter(|id| !ways[id.index()].is_empty()) {
            found.entry(circle[id.index()]).or_default().push(id);
        }
        for (number, ids) in found {
            let is_inside = |id: SchemaId| circle[id.index()] == number;
            if ids.iter().any(|id| ways[id.index()].iter().any(|to| is_inside(*to))) {
                self.circle(&ids, &ways, is_inside);
            }
        }
    }

    /// Rewrites the unions of one circle. Schemas that only stand for one of them go on to do so.
    fn circle(&mut self, ids: &[SchemaId], ways: &[Vec<SchemaId>], is_inside: impl Fn(SchemaId) -> bool) {
        let nullable = ids.iter().any(|id| flatten(self.schemas, *id).nullable);
        let unions: Vec<(SchemaId, Schema)> = ids
            .iter()
            .filter(|id| stands_for(self.schemas.get(**id)).is_none())
            .map(|id| (*id, flatten(self.schemas, *id).into_owned()))
            .collect();
        // Only references lead to each other here: nothing is a union.
        let Some(first) = unions.first().map(|(id, _)| *id) else { return };
        let mut seen = HashSet::new();
        let members: Vec<SchemaId> = unions
            .iter()
            .flat_map(|(id, _)| &ways[id.index()])
            .copied()
            .filter(|member| !is_inside(*member) && seen.insert(*member))
            .collect();
        let (nulls, present): (Vec<SchemaId>, Vec<SchemaId>) =
            members.into_iter().partition(|member| flatten(self.schemas, *member).is_null());
        let nullable = nullable || !nulls.is_empty();
        let is_used = |id: SchemaId| self.used.get(id.index()).copied().unwrap_or(true);
        if present.is_empty() && unions.iter().any(|(id, _)| is_used(*id)) {
            let message = "this union is made of nothing but itself";
            let diagnostic = Diagnostic::warning(message).help("any value is taken; give it another member");
            self.report.push(self.document.locate(diagnostic, &self.schemas.get(first).location));
        }
        let discriminator = shared_tag(&unions, is_inside);
        for (id, flat) in unions {
            let mut union = Schema { any_of: Vec::new(), one_of: present.clone(), nullable, ..flat };
            union.discriminator.clone_from(&discriminator);
            // A thousand unions of each other with a thousand members are a million.
            if id != first && !self.can_copy(present.len()) {
                union = Schema { reference: Some(first), one_of: Vec::new(), discriminator: None, ..union };
            }
            self.schemas.set(id, union);
        }
    }
}

/// What a schema's values can be as they stand: its members if it is a union, or what it stands for. The members of
/// all its parts count, because what becomes of one part can bring forth another's.
fn ways(schemas: &Schemas, id: SchemaId) -> Vec<SchemaId> {
    if let Some(target) = stands_for(schemas.get(id)) {
        return vec![target];
    }
    let parts: Vec<&Schema> = parts(schemas, id).into_iter().map(|part| schemas.get(part)).collect();
    if parts.iter().any(|part| part.values.is_some() || !part.properties.is_empty()) {
        return Vec::new();
    }
    parts.iter().flat_map(|part| part.one_of.iter().chain(&part.any_of)).copied().collect()
}

/// What tells the members of all these unions apart: the property that each of them names. A value that means one of
/// the unions themselves says nothing of a member.
fn shared_tag(unions: &[(SchemaId, Schema)], is_inside: impl Fn(SchemaId) -> bool) -> Option<Discriminator> {
    let stated: Option<Vec<&Discriminator>> =
        unions.iter().map(|(_, union)| union.discriminator.as_ref()).collect();
    let stated = stated?;
    let property = stated.first()?.property.clone();
    let mut seen = HashSet::new();
    let mapping = stated.iter().flat_map(|discriminator| &discriminator.mapping);
    let mapping = mapping.filter(|pair| !is_inside(pair.1) && seen.insert(*pair)).cloned().collect();
    stated.iter().all(|other| other.property == property).then_some(Discriminator { property, mapping })
}
