//! Schemas with a discriminator and without members.

use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::Value;

use super::{MAX_DEPTH, Simplifier, stands_for};
use crate::model::flatten::parts;
use crate::openapi::{Discriminator, Schema, SchemaId, Type};

impl Simplifier<'_> {
    /// A schema with a discriminator and no members has those that are made of it by `allOf`: what is expected to
    /// be the schema is one of them.
    pub(super) fn hierarchies(&mut self) {
        let ids: Vec<SchemaId> = self.schemas.ids().collect();
        let mut bases: Vec<(SchemaId, Vec<SchemaId>)> = Vec::new();
        for id in &ids {
            let schema = self.schemas.get(*id);
            if schema.discriminator.is_some() && schema.one_of.is_empty() && schema.any_of.is_empty() {
                bases.push((*id, Vec::new()));
            }
        }
        if bases.is_empty() {
            return;
        }
        // What is made of each schema by `allOf`.
        let mut users: HashMap<SchemaId, Vec<SchemaId>> = HashMap::new();
        for id in &ids {
            for part in &self.schemas.get(*id).all_of {
                users.entry(stands_for(self.schemas, *part)).or_default().push(*id);
            }
        }
        let made_of = |id: SchemaId| users.get(&id).map(Vec::as_slice).unwrap_or_default();
        for (base, children) in &mut bases {
            let mut seen = HashSet::from([*base]);
            let mut queue: VecDeque<SchemaId> = made_of(*base).iter().copied().collect();
            while let Some(id) = queue.pop_front() {
                if seen.insert(id) && self.schemas.get(id).name.is_some() && self.can_copy(1) {
                    children.push(id);
                    queue.extend(made_of(id));
                }
            }
        }
        for (base, children) in bases {
            let Some(discriminator) = self.schemas.get(base).discriminator.clone() else { continue };
            let mapped = discriminator.mapping.iter().map(|(_, id)| *id).filter(|id| *id != base);
            let mut seen = HashSet::new();
            let mut members: Vec<SchemaId> =
                mapped.chain(children.iter().copied()).filter(|member| seen.insert(*member)).collect();
            if members.is_empty() || !self.can_copy(members.len()) {
                continue;
            }
            // What the members are made of is the object alone.
            let own = self.schemas.get(base).clone();
            let object = self.add(Schema { discriminator: None, name: None, ..own.clone() }, 1);
            for id in made_of(base).iter().filter(|id| **id != base) {
                let mut schema = self.schemas.get(*id).clone();
                for part in &mut schema.all_of {
                    if stands_for(self.schemas, *part) == base {
                        *part = object;
                    }
                }
                self.schemas.set(*id, schema);
            }
            for child in &children {
                if made_of(*child).is_empty() {
                    self.state_tag(*child, object, &discriminator);
                }
            }
            let mut mapping = discriminator.mapping.clone();
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
    }

    /// A schema that is one of several by a discriminator has its own value of it, wherever it stands.
    fn state_tag(&mut self, id: SchemaId, base: SchemaId, discriminator: &Discriminator) {
        let schema = self.schemas.get(id);
        let mut mapped = discriminator.mapping.iter().filter(|(_, target)| *target == id).map(|(value, _)| value);
        let value = match (mapped.next(), mapped.next()) {
            (Some(value), None) => Some(value),
            (None, _) => schema.name.as_ref(),
            _ => None,
        };
        let states = |part: &SchemaId| {
            *part != base
                && self.schemas.get(*part).properties.iter().any(|(name, _)| *name == discriminator.property)
        };
        let is_stated = parts(self.schemas, id).iter().any(states);
        let Some(value) = value.filter(|_| !is_stated) else { return };
        let tag = Schema {
            types: vec![Type::String],
            values: Some(vec![Value::from(value.clone())]),
            ..Schema::new(schema.location.clone())
        };
        let mut schema = schema.clone();
        let tag = self.add(tag, MAX_DEPTH);
        schema.properties.insert(0, (discriminator.property.clone(), tag));
        self.schemas.set(id, schema);
    }
}
