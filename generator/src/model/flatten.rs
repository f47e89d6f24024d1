//! One schema out of a schema, what it refers to, and the parts of its `allOf`.

use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::Value;

use crate::openapi::{Additional, Schema, SchemaId, Schemas, Type};

/// How many schemas one may be made of: more are left out. A chain of a hundred thousand would be walked through for
/// each of its links.
pub(super) const MAX_PARTS: usize = 100;

/// Merges all that applies to a value of schema `id` into one schema without `reference` and `all_of`. The
/// outer schema wins where two say different things of the same.
pub(crate) fn flatten(schemas: &Schemas, id: SchemaId) -> Cow<'_, Schema> {
    let schema = schemas.get(id);
    if schema.reference.is_none() && schema.all_of.is_empty() {
        return Cow::Borrowed(schema);
    }
    let mut merged = Schema { reference: None, all_of: Vec::new(), ..schema.clone() };
    merge(&mut merged, parts(schemas, id).into_iter().skip(1).map(|part| schemas.get(part)));
    Cow::Owned(merged)
}

/// A schema and all that it is made of, depth first in the order of the document; one that contains itself is there
/// once. Not more than [`MAX_PARTS`].
pub(crate) fn parts(schemas: &Schemas, id: SchemaId) -> Vec<SchemaId> {
    let mut parts = vec![id];
    let mut queue: Vec<SchemaId> = inner(schemas.get(id)).rev().collect();
    while let Some(part) = queue.pop().filter(|_| parts.len() < MAX_PARTS) {
        // They are too few for a set to be quicker.
        if !parts.contains(&part) {
            parts.push(part);
            queue.extend(inner(schemas.get(part)).rev());
        }
    }
    parts
}

/// What a schema is made of.
pub(super) fn inner(schema: &Schema) -> impl DoubleEndedIterator<Item = SchemaId> {
    schema.reference.iter().chain(&schema.all_of).copied()
}

/// The types that two lists have in common; a number without a fraction is a number.
pub(super) fn common_types(one: &[Type], other: &[Type]) -> Vec<Type> {
    let fits =
        |ty: &Type, types: &[Type]| types.contains(ty) || (*ty == Type::Integer && types.contains(&Type::Number));
    let mut both: Vec<Type> = one.iter().copied().filter(|ty| fits(ty, other)).collect();
    both.extend(other.iter().copied().filter(|ty| !both.contains(ty) && fits(ty, one)).collect::<Vec<_>>());
    both
}

/// Adds to a schema what others say.
pub(super) fn merge<'a>(into: &mut Schema, others: impl IntoIterator<Item = &'a Schema>) {
    let mut properties: HashSet<String> = into.properties.iter().map(|(name, _)| name.clone()).collect();
    let mut required: HashSet<String> = into.required.iter().cloned().collect();
    for from in others {
        for (name, id) in &from.properties {
            if properties.insert(name.clone()) {
                into.properties.push((name.clone(), *id));
            }
        }
        for name in &from.required {
            if required.insert(name.clone()) {
                into.required.push(name.clone());
            }
        }
        merge_words(into, from);
    }
}

/// Adds all but the properties.
fn merge_words(into: &mut Schema, from: &Schema) {
    match (into.types.is_empty(), from.types.is_empty()) {
        (true, _) => into.types.clone_from(&from.types),
        (false, false) => {
            let both = common_types(&into.types, &from.types);
            if !both.is_empty() {
                into.types = both;
            }
        }
        (false, true) => {}
    }
    if into.values.is_none() {
        into.value_names.clone_from(&from.value_names);
        into.value_descriptions.clone_from(&from.value_descriptions);
    }
    into.values = match (into.values.take(), &from.values) {
        (Some(own), Some(other)) => {
            let others: HashSet<&Value> = other.iter().collect();
            let both: Vec<Value> = own.iter().filter(|value| others.contains(value)).cloned().collect();
            if both.len() < own.len() && !both.is_empty() {
                // Names and descriptions are told apart by their number.
                into.value_names.clear();
                into.value_descriptions.clear();
            }
            Some(if both.is_empty() { own } else { both })
        }
        (own, other) => own.or_else(|| other.clone()),
    };
    if into.additional == Additional::Unstated {
        into.additional = from.additional;
    }
    into.nullable |= from.nullable && into.types.is_empty();
    into.format = into.format.take().or_else(|| from.format.clone());
    into.content_media_type = into.content_media_type.take().or_else(|| from.content_media_type.clone());
    into.content_schema = into.content_schema.or(from.content_schema);
    into.encoding = into.encoding.take().or_else(|| from.encoding.clone());
    into.items = into.items.or(from.items);
    if into.prefix_items.is_empty() {
        into.prefix_items.clone_from(&from.prefix_items);
        into.is_closed = from.is_closed;
    }
    if into.patterns.is_empty() {
        into.patterns.clone_from(&from.patterns);
    }
    if into.one_of.is_empty() {
        into.one_of.clone_from(&from.one_of);
    }
    if into.any_of.is_empty() {
        into.any_of.clone_from(&from.any_of);
    }
    into.discriminator = into.discriminator.take().or_else(|| from.discriminator.clone());
    into.read_only |= from.read_only;
    into.write_only |= from.write_only;
    into.deprecated |= from.deprecated;
    into.title = into.title.take().or_else(|| from.title.clone());
    into.description = into.description.take().or_else(|| from.description.clone());
    into.default = into.default.take().or_else(|| from.default.clone());
    if into.examples.is_empty() {
        into.examples.clone_from(&from.examples);
    }
    for (keyword, value) in &from.limits {
        if !into.limits.iter().any(|(known, _)| known == keyword) {
            into.limits.push((keyword, value.clone()));
        }
    }
}
