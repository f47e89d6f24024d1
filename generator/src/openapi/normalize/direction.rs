use crate::openapi::schema::{Schema, SchemaId, Schemas};

/// Direction in which a value is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Direction {
    /// Sent by the client.
    Request,
    /// Sent by the server.
    Response,
}

/// Maximum number of references that are followed for `readOnly` and `writeOnly`.
const MAX_REFERENCES: usize = 16;

/// Returns for each schema `true` if it contains a read-only or write-only property at any depth: it needs a type for
/// each direction.
pub(super) fn direction_dependent(schemas: &Schemas) -> Vec<bool> {
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); schemas.len()];
    let mut dependent = vec![false; schemas.len()];
    let mut queue = Vec::new();
    for id in schemas.ids() {
        let schema = schemas.get(id);
        for part in schema.subschemas() {
            users[part.index()].push(id.index());
        }
        if schema.properties.iter().any(|(_, property)| read_write_flags(schemas, *property) != (false, false)) {
            dependent[id.index()] = true;
            queue.push(id.index());
        }
    }
    while let Some(part) = queue.pop() {
        for user in &users[part] {
            if !std::mem::replace(&mut dependent[*user], true) {
                queue.push(*user);
            }
        }
    }
    dependent
}

/// Returns whether a property is read-only and whether it is write-only, by itself or by its reference.
pub(crate) fn read_write_flags(schemas: &Schemas, id: SchemaId) -> (bool, bool) {
    let target = |schema: &Schema| {
        schema.reference.or(match schema.all_of.as_slice() {
            [only] => Some(*only),
            _ => None,
        })
    };
    let chain = std::iter::successors(Some(id), |id| target(schemas.get(*id))).take(MAX_REFERENCES);
    chain.map(|id| schemas.get(id)).fold((false, false), |(read_only, write_only), schema| {
        (read_only || schema.read_only, write_only || schema.write_only)
    })
}
