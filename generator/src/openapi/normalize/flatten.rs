use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::Value;

use crate::openapi::schema::{AdditionalProperties, Schema, SchemaId, Schemas, Type};

/// Maximum number of schemas that are merged into one; more are left out. Without the limit, flattening each link of
/// a chain of references takes quadratic time.
pub(super) const MAX_PARTS: usize = 100;

/// Merges a schema, the target of its reference and the parts of its `allOf` into one schema without `reference` and
/// `all_of`. Keywords of outer schemas take precedence.
pub(crate) fn flatten(schemas: &Schemas, id: SchemaId) -> Cow<'_, Schema> {
    let schema = schemas.get(id);
    if schema.reference.is_none() && schema.all_of.is_empty() {
        return Cow::Borrowed(schema);
    }
    let mut merged = Schema { reference: None, all_of: Vec::new(), ..schema.clone() };
    merge(&mut merged, merged_parts(schemas, id).into_iter().skip(1).map(|part| schemas.get(part)));
    Cow::Owned(merged)
}

/// Returns a schema and the schemas that [`flatten`] merges into it, depth first in the order of the document, each
/// once, at most [`MAX_PARTS`].
pub(crate) fn merged_parts(schemas: &Schemas, id: SchemaId) -> Vec<SchemaId> {
    let mut parts = vec![id];
    let mut queue: Vec<SchemaId> = schemas.get(id).merged_schemas().rev().collect();
    while let Some(part) = queue.pop().filter(|_| parts.len() < MAX_PARTS) {
        // The list is too short for a set to be faster.
        if !parts.contains(&part) {
            parts.push(part);
            queue.extend(schemas.get(part).merged_schemas().rev());
        }
    }
    parts
}

/// Returns the target of a schema that is an alias: a reference, or an `allOf` with one part, without keywords that
/// change the type.
pub(crate) fn alias_target(schema: &Schema) -> Option<SchemaId> {
    let target = match (schema.reference, schema.all_of.as_slice()) {
        (Some(target), []) => target,
        (None, [only]) => *only,
        _ => return None,
    };
    let is_alias = schema.properties.is_empty()
        && schema.required.is_empty()
        && !schema.is_union()
        && schema.enum_values.is_none()
        && schema.items.is_none()
        && matches!(schema.additional, AdditionalProperties::Unspecified);
    is_alias.then_some(target)
}

/// Returns the types that both lists allow. An integer is a number.
pub(super) fn common_types(one: &[Type], other: &[Type]) -> Vec<Type> {
    let fits =
        |ty: &Type, types: &[Type]| types.contains(ty) || (*ty == Type::Integer && types.contains(&Type::Number));
    let mut both: Vec<Type> = one.iter().copied().filter(|ty| fits(ty, other)).collect();
    both.extend(other.iter().copied().filter(|ty| !both.contains(ty) && fits(ty, one)).collect::<Vec<_>>());
    both
}

/// Merges other schemas into `into`, whose keywords take precedence.
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
        merge_keywords(into, from);
    }
}

/// Merges all keywords but `properties` and `required`.
fn merge_keywords(into: &mut Schema, from: &Schema) {
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
    if into.enum_values.is_none() {
        into.value_names.clone_from(&from.value_names);
        into.value_descriptions.clone_from(&from.value_descriptions);
    }
    into.enum_values = match (into.enum_values.take(), &from.enum_values) {
        (Some(own), Some(other)) => {
            let others: HashSet<&Value> = other.iter().collect();
            let both: Vec<Value> = own.iter().filter(|value| others.contains(value)).cloned().collect();
            if both.len() < own.len() && !both.is_empty() {
                // Names and descriptions are matched by position, which has changed.
                into.value_names.clear();
                into.value_descriptions.clear();
            }
            Some(if both.is_empty() { own } else { both })
        }
        (own, other) => own.or_else(|| other.clone()),
    };
    if into.additional == AdditionalProperties::Unspecified {
        into.additional = from.additional;
    }
    into.nullable |= from.nullable && into.types.is_empty();
    into.format = into.format.take().or_else(|| from.format.clone());
    into.content_media_type = into.content_media_type.take().or_else(|| from.content_media_type.clone());
    into.content_schema = into.content_schema.or(from.content_schema);
    into.content_encoding = into.content_encoding.take().or_else(|| from.content_encoding.clone());
    into.items = into.items.or(from.items);
    if into.prefix_items.is_empty() {
        into.prefix_items.clone_from(&from.prefix_items);
        into.is_closed = from.is_closed;
    }
    if into.pattern_properties.is_empty() {
        into.pattern_properties.clone_from(&from.pattern_properties);
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
    for (keyword, value) in &from.constraints {
        if !into.constraints.iter().any(|(known, _)| known == keyword) {
            into.constraints.push((keyword, value.clone()));
        }
    }
}
