//! Unions with something beside them.

use super::{Simplifier, is_bare};
use crate::model::flatten::{flatten, inner, merge};
use crate::openapi::{Additional, Discriminator, Schema, SchemaId, Type};

impl Simplifier<'_> {
    /// What stands beside a union is in each of its members.
    pub(super) fn union(&mut self, id: SchemaId) {
        let schema = self.schemas.get(id);
        if schema.one_of.is_empty() && schema.any_of.is_empty() && inner(schema).next().is_none() {
            return;
        }
        let flat = flatten(self.schemas, id);
        if flat.one_of.is_empty() && flat.any_of.is_empty() {
            return;
        }
        let mut flat = flat.into_owned();
        // Members that only say which properties go together make no types.
        let schemas = &*self.schemas;
        let is_limit = |member: &SchemaId| {
            let member = flatten(schemas, *member);
            member.name.is_none() && is_bare(&member) && matches!(member.types.as_slice(), [] | [Type::Object])
        };
        let has_properties = !flat.properties.is_empty();
        let mut changed = false;
        for list in [&mut flat.one_of, &mut flat.any_of] {
            if has_properties && !list.is_empty() && list.iter().all(is_limit) {
                list.clear();
                changed = true;
            }
        }
        let has_base = has_properties || matches!(flat.additional, Additional::Schema(_));
        let members = if flat.one_of.is_empty() { flat.any_of.clone() } else { flat.one_of.clone() };
        let copies = members.len() * (flat.properties.len() + 1);
        if !has_base || members.is_empty() || !self.can_copy(copies) {
            if changed {
                self.schemas.set(id, flat);
            }
            return;
        }
        let depth = self.depths[id.index()] + 1;
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
        let union = Schema {
            properties: Vec::new(),
            required: Vec::new(),
            additional: Additional::Unstated,
            types: Vec::new(),
            one_of: merged,
            any_of: Vec::new(),
            discriminator: flat
                .discriminator
                .take()
                .map(|discriminator| Discriminator { mapping, ..discriminator }),
            ..flat
        };
        self.schemas.set(id, union);
    }
}
