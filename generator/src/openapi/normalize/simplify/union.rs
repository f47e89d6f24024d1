use super::super::flatten::{flatten, merge};
use super::simplifier::{Simplifier, has_no_content};
use crate::openapi::schema::{AdditionalProperties, Discriminator, Schema, SchemaId, Type};

impl Simplifier<'_> {
    /// Merges the keywords next to a union into each of its members.
    pub(super) fn distribute_base(&mut self, id: SchemaId) {
        let schema = self.schemas.get(id);
        if !schema.is_union() && schema.merged_schemas().next().is_none() {
            return;
        }
        let flat = flatten(self.schemas, id);
        if !flat.is_union() {
            return;
        }
        let mut flat = flat.into_owned();
        let has_properties = !flat.properties.is_empty();
        let changed = has_properties && self.remove_constraints(&mut flat);
        let has_base = has_properties || matches!(flat.additional, AdditionalProperties::Schema(_));
        let members = flat.union_members().to_vec();
        let copies = members.len() * (flat.properties.len() + 1);
        if !has_base || members.is_empty() || !self.reserve_copies(copies) {
            if changed {
                self.schemas.set(id, flat);
            }
            return;
        }
        let union = self.merge_base(flat, members, self.depths[id.index()] + 1);
        self.schemas.set(id, union);
    }

    /// Removes lists of members that only state which properties are required together: they are not types. Returns
    /// `true` if a list was removed.
    fn remove_constraints(&self, union: &mut Schema) -> bool {
        let is_constraint = |member: &SchemaId| {
            let member = flatten(self.schemas, *member);
            member.name.is_none()
                && has_no_content(&member)
                && matches!(member.types.as_slice(), [] | [Type::Object])
        };
        let mut changed = false;
        for list in [&mut union.one_of, &mut union.any_of] {
            if !list.is_empty() && list.iter().all(is_constraint) {
                list.clear();
                changed = true;
            }
        }
        changed
    }

    /// Returns the union of the members, each with the keywords of `flat` merged into it.
    fn merge_base(&mut self, mut flat: Schema, members: Vec<SchemaId>, depth: u8) -> Schema {
        let base = Schema {
            one_of: Vec::new(),
            any_of: Vec::new(),
            discriminator: None,
            name: None,
            title: None,
            description: None,
            examples: Vec::new(),
            default: None,
            nullable: false,
            ..flat.clone()
        };
        let mut mapping: Vec<(String, SchemaId)> = Vec::new();
        let mut merged = Vec::new();
        for member in members {
            let mut own = flatten(self.schemas, member).into_owned();
            if own.is_null() {
                merged.push(member);
                continue;
            }
            let label = own.name.take().or(own.title.take());
            let known = flat.discriminator.iter().flat_map(|discriminator| &discriminator.mapping);
            let mut values: Vec<String> =
                known.filter(|(_, target)| *target == member).map(|(value, _)| value.clone()).collect();
            if values.is_empty() {
                values.extend(label.clone());
            }
            own.title = label;
            own.reference = None;
            own.all_of.clear();
            merge(&mut own, [&base]);
            let member = self.add(own, depth);
            mapping.extend(values.into_iter().map(|value| (value, member)));
            merged.push(member);
        }
        let discriminator = flat.discriminator.take();
        Schema {
            properties: Vec::new(),
            required: Vec::new(),
            additional: AdditionalProperties::Unspecified,
            types: Vec::new(),
            one_of: merged,
            any_of: Vec::new(),
            discriminator: discriminator.map(|discriminator| Discriminator { mapping, ..discriminator }),
            ..flat
        }
    }
}
