//! From `oneOf` and `anyOf` to types.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use heck::ToUpperCamelCase;
use serde_json::Value;

use super::describe::example;
use super::direction::Direction;
use super::flatten::flatten;
use super::lower::{Shape, TypeLowering};
use super::{Constant, EnumValue, Type, TypeKind, Variant};
use crate::openapi::{Schema, SchemaId, Type as JsonType};

impl TypeLowering<'_> {
    pub(super) fn lower_union(
        &mut self,
        id: SchemaId,
        schema: &Schema,
        members: &[SchemaId],
        direction: Direction,
        hint: &str,
        nullable: bool,
    ) -> Shape {
        let present: Vec<SchemaId> =
            members.iter().copied().filter(|member| !flatten(self.schemas, *member).is_null()).collect();
        let nullable = nullable || present.len() < members.len();
        if let [only] = present.as_slice() {
            let mut shape = self.lower(*only, direction, hint);
            shape.nullable |= nullable;
            return shape;
        }
        let flat: Vec<Cow<'_, Schema>> = present.iter().map(|member| flatten(self.schemas, *member)).collect();
        if let Some(values) = named_values(schema, &flat) {
            return Shape {
                ty: self.define(id, schema, direction, hint, |_, _| TypeKind::Enum(values)),
                nullable,
            };
        }
        if flat.iter().all(|member| member.types == [JsonType::String]) {
            return Shape { ty: self.lower_texts(id, schema, &flat, direction, hint), nullable };
        }
        let tag = self.tag(schema, &present, &flat);
        let ty = self.define(id, schema, direction, hint, |this, name| {
            let mut variants = Vec::new();
            let mut seen = HashSet::new();
            let objects = flat.iter().filter(|member| member.types == [JsonType::Object]).count();
            for (index, member) in present.iter().enumerate() {
                let values = tag.as_ref().map(|(_, values)| values[index].clone()).unwrap_or_default();
                let label = variant_name(&flat[index], name, index, objects, values.first());
                let shape = this.lower(*member, direction, &format!("{name} {label}"));
                // Two members of the same type can't be told apart.
                if !seen.insert(shape.ty.clone()) {
                    continue;
                }
                variants.push(Variant {
                    name: label,
                    tags: values,
                    ty: shape.ty,
                    description: flat[index].description.clone(),
                    example: example(&flat[index]),
                });
            }
            TypeKind::Union { tag: tag.map(|(property, _)| property), variants }
        });
        Shape { ty, nullable }
    }

    /// A union of nothing but strings is one type of string: JSON can't tell its members apart.
    fn lower_texts(
        &mut self,
        id: SchemaId,
        schema: &Schema,
        members: &[Cow<'_, Schema>],
        direction: Direction,
        hint: &str,
    ) -> Type {
        let values: Vec<Value> = members.iter().flat_map(|member| member.values.clone()).flatten().collect();
        if !values.is_empty() {
            return self.lower_values(id, schema, &values, direction, hint).ty;
        }
        let formats: Vec<&str> = members.iter().filter_map(|member| member.format.as_deref()).collect();
        let is_time = |format: &&str| matches!(*format, "date" | "date-time");
        match formats.len() == members.len() && formats.iter().all(is_time) {
            true => Type::DateTime,
            false => Type::String,
        }
    }

    /// The property that tells the members of a union apart, and its values for each of them: the one that the
    /// document names, or one that has a different constant in every member.
    fn tag(
        &self,
        schema: &Schema,
        members: &[SchemaId],
        flat: &[Cow<'_, Schema>],
    ) -> Option<(String, Vec<Vec<String>>)> {
        let constant = |member: &Schema, property: &str| {
            let (_, id) = member.properties.iter().find(|(name, _)| name == property)?;
            match flatten(self.schemas, *id).values.as_deref() {
                Some([value]) => Constant::of(value).map(|value| value.to_string()),
                _ => None,
            }
        };
        let candidates: Vec<String> = match &schema.discriminator {
            Some(discriminator) => vec![discriminator.property.clone()],
            None => flat.first()?.required.clone(),
        };
        let mut mapping: HashMap<SchemaId, Vec<String>> = HashMap::new();
        for (value, id) in schema.discriminator.iter().flat_map(|discriminator| &discriminator.mapping) {
            mapping.entry(*id).or_default().push(value.clone());
        }
        candidates.into_iter().find_map(|property| {
            let mut values: Vec<Vec<String>> = Vec::new();
            for (member, flat) in members.iter().zip(flat) {
                let mut own: Vec<String> = constant(flat, &property).into_iter().collect();
                let mapped = mapping.get(member).into_iter().flatten().filter(|value| !own.contains(value));
                let mapped: Vec<String> = mapped.cloned().collect();
                own.extend(mapped);
                if own.is_empty() {
                    own.push(schema.discriminator.as_ref().and_then(|_| flat.name.clone())?);
                }
                values.push(own);
            }
            let mut seen = HashSet::new();
            values.iter().flatten().all(|value| seen.insert(value.clone())).then_some((property, values))
        })
    }
}

/// The values of an enum that a document writes as a union of constants, so that each can have a title and a
/// description.
fn named_values(schema: &Schema, members: &[Cow<'_, Schema>]) -> Option<Vec<EnumValue>> {
    let mut values = Vec::new();
    for member in members {
        let [value] = member.values.as_deref()? else { return None };
        let value = Constant::of(value).filter(|value| !matches!(value, Constant::Boolean(_)))?;
        let name = member.title.clone().or_else(|| member.name.clone());
        values.push(EnumValue { value, name, description: member.description.clone() });
    }
    let is_text = |value: &EnumValue| matches!(value.value, Constant::Text(_));
    let all_text = values.iter().all(is_text);
    let all_named = values.iter().all(|value| value.name.is_some());
    let is_uniform = all_text || (all_named && !values.iter().any(is_text));
    (is_uniform && schema.discriminator.is_none()).then_some(values)
}

/// The name of a union's member: its own without what it shares with the union's, or what kind of value it is.
fn variant_name(member: &Schema, union: &str, index: usize, objects: usize, tag: Option<&String>) -> String {
    let own = member.name.as_ref().or(member.title.as_ref());
    if let Some(name) = own {
        let (camel, union) = (name.to_upper_camel_case(), union.to_upper_camel_case());
        let rest = camel.strip_prefix(&union).unwrap_or(&camel);
        return if rest.starts_with(|c: char| c.is_ascii_uppercase()) { rest.to_owned() } else { camel };
    }
    let kind = match member.types.as_slice() {
        [JsonType::Boolean] => "Boolean",
        [JsonType::Integer] => "Integer",
        [JsonType::Number] => "Number",
        [JsonType::String] => "String",
        [JsonType::Array] => "List",
        [JsonType::Object] if member.properties.is_empty() => "Map",
        [JsonType::Object] if objects == 1 => "Object",
        _ => {
            // The tag says what it is; and so does a property that is all there is.
            let only = match member.properties.as_slice() {
                [(name, _)] if member.required.contains(name) => Some(name),
                _ => None,
            };
            let says = |name: &&String| name.chars().any(char::is_alphabetic);
            let name = tag.or(only).filter(says).map(|name| name.to_upper_camel_case());
            return name.unwrap_or_else(|| format!("Variant{}", index + 1));
        }
    };
    kind.to_owned()
}
