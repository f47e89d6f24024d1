use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::Value;

use super::super::flatten::merged_parts;
use super::simplifier::{MAX_DEPTH, Simplifier, dereference};
use crate::openapi::schema::{Discriminator, Schema, SchemaId, Type};

/// Schemas that have each schema as a part of their `allOf`.
struct Derived(HashMap<SchemaId, Vec<SchemaId>>);

impl Derived {
    fn of(&self, id: SchemaId) -> &[SchemaId] {
        self.0.get(&id).map(Vec::as_slice).unwrap_or_default()
    }
}

impl Simplifier<'_> {
    /// Turns a schema with a discriminator and without members into a union of the schemas that are derived from it by
    /// `allOf`.
    pub(super) fn build_hierarchies(&mut self) {
        let is_base = |id: &SchemaId| {
            let schema = self.schemas.get(*id);
            schema.discriminator.is_some() && !schema.is_union()
        };
        let bases: Vec<SchemaId> = self.schemas.ids().filter(is_base).collect();
        if bases.is_empty() {
            return;
        }
        let mut derived: HashMap<SchemaId, Vec<SchemaId>> = HashMap::new();
        for id in self.schemas.ids() {
            for part in &self.schemas.get(id).all_of {
                derived.entry(dereference(self.schemas, *part)).or_default().push(id);
            }
        }
        let derived = Derived(derived);
        // The descendants are collected before the first base is rewritten.
        let bases: Vec<(SchemaId, Vec<SchemaId>)> =
            bases.into_iter().map(|base| (base, self.descendants(base, &derived))).collect();
        for (base, descendants) in bases {
            self.build_hierarchy(base, &descendants, &derived);
        }
    }

    /// Returns the named schemas that are derived from `base`, directly or not.
    fn descendants(&mut self, base: SchemaId, derived: &Derived) -> Vec<SchemaId> {
        let mut descendants = Vec::new();
        let mut seen = HashSet::from([base]);
        let mut queue: VecDeque<SchemaId> = derived.of(base).iter().copied().collect();
        while let Some(id) = queue.pop_front() {
            if seen.insert(id) && self.schemas.get(id).name.is_some() && self.reserve_copies(1) {
                descendants.push(id);
                queue.extend(derived.of(id));
            }
        }
        descendants
    }

    fn build_hierarchy(&mut self, base: SchemaId, descendants: &[SchemaId], derived: &Derived) {
        let own = self.schemas.get(base).clone();
        let Some(discriminator) = own.discriminator.clone() else { return };
        let mapped = discriminator.mapping.iter().map(|(_, id)| *id).filter(|id| *id != base);
        let mut seen = HashSet::new();
        let mut members: Vec<SchemaId> =
            mapped.chain(descendants.iter().copied()).filter(|member| seen.insert(*member)).collect();
        if members.is_empty() || !self.reserve_copies(members.len()) {
            return;
        }
        // The members are derived from the object, not from the union.
        let object = self.add(Schema { discriminator: None, name: None, ..own.clone() }, 1);
        for id in derived.of(base).iter().filter(|id| **id != base) {
            let mut schema = self.schemas.get(*id).clone();
            for part in &mut schema.all_of {
                if dereference(self.schemas, *part) == base {
                    *part = object;
                }
            }
            self.schemas.set(*id, schema);
        }
        for descendant in descendants {
            if derived.of(*descendant).is_empty() {
                self.add_tag(*descendant, object, &discriminator);
            }
        }
        let mut mapping = discriminator.mapping;
        if let Some((_, target)) = mapping.iter_mut().find(|(_, target)| *target == base) {
            *target = object;
            members.push(object);
        }
        let union = Schema {
            discriminator: Some(Discriminator { property: discriminator.property, mapping }),
            one_of: members,
            nullable: own.nullable,
            name: own.name,
            title: own.title,
            description: own.description,
            deprecated: own.deprecated,
            read_only: own.read_only,
            write_only: own.write_only,
            ..Schema::new(own.location)
        };
        self.schemas.set(base, union);
    }

    /// Adds the discriminator as a constant property to a member, unless the member states it.
    fn add_tag(&mut self, id: SchemaId, base: SchemaId, discriminator: &Discriminator) {
        let schema = self.schemas.get(id);
        let mut mapped = discriminator.mapping.iter().filter(|(_, target)| *target == id).map(|(value, _)| value);
        let value = match (mapped.next(), mapped.next()) {
            (Some(value), None) => Some(value),
            (None, _) => schema.name.as_ref(),
            _ => None,
        };
        let states_it = |part: &SchemaId| {
            *part != base
                && self.schemas.get(*part).properties.iter().any(|(name, _)| *name == discriminator.property)
        };
        let is_stated = merged_parts(self.schemas, id).iter().any(states_it);
        let Some(value) = value.filter(|_| !is_stated) else { return };
        let tag = Schema {
            types: vec![Type::String],
            enum_values: Some(vec![Value::from(value.clone())]),
            ..Schema::new(schema.location.clone())
        };
        let mut schema = schema.clone();
        let tag = self.add(tag, MAX_DEPTH);
        schema.properties.insert(0, (discriminator.property.clone(), tag));
        self.schemas.set(id, schema);
    }
}
