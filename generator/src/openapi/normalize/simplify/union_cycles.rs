use std::collections::{BTreeMap, HashSet};

use super::super::flatten::{alias_target, flatten, merged_parts};
use super::simplifier::Simplifier;
use crate::diagnostics::Diagnostic;
use crate::graph::strongly_connected_components;
use crate::openapi::schema::{Discriminator, Schema, SchemaId, Schemas};

impl Simplifier<'_> {
    /// Rewrites unions that are members of each other. They have the same values, so each gets all members that
    /// are not such a union. Without the rewrite, their types would contain each other infinitely.
    pub(super) fn flatten_union_cycles(&mut self) {
        let schemas = &*self.schemas;
        let members: Vec<Vec<SchemaId>> = schemas.ids().map(|id| direct_members(schemas, id)).collect();
        let component = strongly_connected_components(members.len(), |index| {
            members[index].iter().map(|id| id.index()).collect()
        });
        let mut components: BTreeMap<usize, Vec<SchemaId>> = BTreeMap::new();
        for id in schemas.ids().filter(|id| !members[id.index()].is_empty()) {
            components.entry(component[id.index()]).or_default().push(id);
        }
        for (number, ids) in components {
            let is_inside = |id: SchemaId| component[id.index()] == number;
            if ids.iter().any(|id| members[id.index()].iter().any(|member| is_inside(*member))) {
                self.flatten_cycle(&ids, &members, is_inside);
            }
        }
    }

    /// Rewrites the unions of one cycle. Schemas that are aliases of one of them stay aliases.
    fn flatten_cycle(
        &mut self,
        ids: &[SchemaId],
        members: &[Vec<SchemaId>],
        is_inside: impl Fn(SchemaId) -> bool,
    ) {
        let nullable = ids.iter().any(|id| flatten(self.schemas, *id).nullable);
        let unions: Vec<(SchemaId, Schema)> = ids
            .iter()
            .filter(|id| alias_target(self.schemas.get(**id)).is_none())
            .map(|id| (*id, flatten(self.schemas, *id).into_owned()))
            .collect();
        // A cycle of references alone has no union.
        let Some(first) = unions.first().map(|(id, _)| *id) else { return };
        let mut seen = HashSet::new();
        let outside: Vec<SchemaId> = unions
            .iter()
            .flat_map(|(id, _)| &members[id.index()])
            .copied()
            .filter(|member| !is_inside(*member) && seen.insert(*member))
            .collect();
        let (nulls, present): (Vec<SchemaId>, Vec<SchemaId>) =
            outside.into_iter().partition(|member| flatten(self.schemas, *member).is_null());
        let nullable = nullable || !nulls.is_empty();
        if present.is_empty() && unions.iter().any(|(id, _)| self.is_used(*id)) {
            let message = "the union has no member but itself; any value is accepted";
            let diagnostic = Diagnostic::warning(message).help("add another member");
            self.report.push(self.document.locate(diagnostic, &self.schemas.get(first).location));
        }
        let discriminator = common_discriminator(&unions, is_inside);
        for (id, flat) in unions {
            let mut union = Schema { any_of: Vec::new(), one_of: present.clone(), nullable, ..flat };
            union.discriminator.clone_from(&discriminator);
            // A thousand unions with a thousand members each are a million copies.
            if id != first && !self.reserve_copies(present.len()) {
                union = Schema { reference: Some(first), one_of: Vec::new(), discriminator: None, ..union };
            }
            self.schemas.set(id, union);
        }
    }
}

/// Returns the schemas whose values are directly values of this one: the members of a union, or the target of an
/// alias. The members of all merged parts count, because rewriting one part can expose those of another.
fn direct_members(schemas: &Schemas, id: SchemaId) -> Vec<SchemaId> {
    if let Some(target) = alias_target(schemas.get(id)) {
        return vec![target];
    }
    let parts: Vec<&Schema> = merged_parts(schemas, id).into_iter().map(|part| schemas.get(part)).collect();
    if parts.iter().any(|part| part.enum_values.is_some() || !part.properties.is_empty()) {
        return Vec::new();
    }
    parts.iter().flat_map(|part| part.one_of.iter().chain(&part.any_of)).copied().collect()
}

/// Returns the discriminator of a union of all members, if all unions have the same property. Values that identify one
/// of the unions are left out.
fn common_discriminator(
    unions: &[(SchemaId, Schema)],
    is_inside: impl Fn(SchemaId) -> bool,
) -> Option<Discriminator> {
    let stated: Option<Vec<&Discriminator>> =
        unions.iter().map(|(_, union)| union.discriminator.as_ref()).collect();
    let stated = stated?;
    let property = stated.first()?.property.clone();
    let mut seen = HashSet::new();
    let mapping = stated.iter().flat_map(|discriminator| &discriminator.mapping);
    let mapping = mapping.filter(|pair| !is_inside(pair.1) && seen.insert(*pair)).cloned().collect();
    stated.iter().all(|other| other.property == property).then_some(Discriminator { property, mapping })
}
