//! Which schemas look different in requests and in responses.

use crate::openapi::{Additional, Schema, SchemaId, Schemas};

/// The way a value goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Direction {
    /// From the program to the server.
    Request,
    /// From the server to the program.
    Response,
}

/// For each schema, whether a read-only or write-only property is somewhere in it, so that it needs a type for
/// each direction.
pub(super) fn differing(schemas: &Schemas) -> Vec<bool> {
    let ids: Vec<SchemaId> = schemas.ids().collect();
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); ids.len()];
    let mut differs = vec![false; ids.len()];
    let mut queue = Vec::new();
    for (user, id) in ids.iter().enumerate() {
        let schema = schemas.get(*id);
        for part in parts(schema) {
            users[part.index()].push(user);
        }
        let one_way = |property: &(String, SchemaId)| {
            let (read_only, write_only) = one_way(schemas, property.1);
            read_only || write_only
        };
        if schema.properties.iter().any(one_way) {
            differs[user] = true;
            queue.push(user);
        }
    }
    while let Some(part) = queue.pop() {
        for user in &users[part] {
            if !differs[*user] {
                differs[*user] = true;
                queue.push(*user);
            }
        }
    }
    differs
}

/// Whether a property is read-only, and whether it is write-only, by itself or by what it refers to.
pub(super) fn one_way(schemas: &Schemas, id: SchemaId) -> (bool, bool) {
    let mut flags = (false, false);
    let mut next = Some(id);
    for _ in 0..16 {
        let Some(id) = next else { break };
        let schema = schemas.get(id);
        flags = (flags.0 || schema.read_only, flags.1 || schema.write_only);
        next = schema.reference.or(match schema.all_of.as_slice() {
            [only] => Some(*only),
            _ => None,
        });
    }
    flags
}

/// All schemas that a schema is made of.
pub(super) fn parts(schema: &Schema) -> impl Iterator<Item = SchemaId> + '_ {
    let additional = match schema.additional {
        Additional::Schema(id) => Some(id),
        _ => None,
    };
    let lists = schema.all_of.iter().chain(&schema.one_of).chain(&schema.any_of).copied();
    let properties = schema.properties.iter().chain(&schema.patterns).map(|(_, id)| *id);
    let lists = lists.chain(schema.prefix_items.iter().copied());
    properties.chain(lists).chain(schema.reference).chain(schema.items).chain(additional)
}
