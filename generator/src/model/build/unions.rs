use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use heck::ToUpperCamelCase;
use serde_json::Value;

use super::description::example;
use super::type_lowering::{LoweredType, TypeLowering};
use crate::model::types::{Constant, EnumValue, Type, TypeKind, Variant};
use crate::openapi::normalize::{Direction, flatten};
use crate::openapi::{Schema, SchemaId, Type as JsonType};

impl TypeLowering<'_> {
    /// Lowers `oneOf` or `anyOf`.
    pub(super) fn lower_union(
        &mut self,
        id: SchemaId,
        schema: &Schema,
        direction: Direction,
        hint: &str,
    ) -> LoweredType {
        let members = schema.union_members();
        let present: Vec<SchemaId> =
            members.iter().copied().filter(|member| !flatten(self.schemas, *member).is_null()).collect();
        let nullable = schema.nullable || present.len() < members.len();
        if let [only] = present.as_slice() {
            let mut lowered = self.lower(*only, direction, hint);
            lowered.nullable |= nullable;
            return lowered;
        }
        let flat: Vec<Cow<'_, Schema>> = present.iter().map(|member| flatten(self.schemas, *member)).collect();
        if let Some(values) = constants(schema, &flat) {
            let ty = self.define(id, schema, direction, hint, |_, _| TypeKind::Enum(values));
            return LoweredType { ty, nullable };
        }
        if flat.iter().all(|member| member.types == [JsonType::String]) {
            return LoweredType { ty: self.lower_strings(id, schema, &flat, direction, hint), nullable };
        }
        let tag = self.tag(schema, &present, &flat);
        let ty = self.define(id, schema, direction, hint, |this, name| {
            let mut variants = Vec::new();
            let mut seen = HashSet::new();
            let objects = flat.iter().filter(|member| member.types == [JsonType::Object]).count();
            for (index, member) in present.iter().enumerate() {
                let values = tag.as_ref().map(|(_, values)| values[index].clone()).unwrap_or_default();
                let label = variant_name(&flat[index], name, index, objects, values.first());
                let ty = this.lower(*member, direction, &format!("{name} {label}")).ty;
                // Two members of the same type cannot be distinguished.
                if !seen.insert(ty.clone()) {
                    continue;
                }
                variants.push(Variant {
                    name: label,
                    tags: values,
                    ty,
                    description: flat[index].description.clone(),
                    example: example(&flat[index]),
                });
            }
            TypeKind::Union { tag: tag.map(|(property, _)| property), variants }
        });
        LoweredType { ty, nullable }
    }

    /// Lowers a union of strings to one type: JSON does not distinguish its members.
    fn lower_strings(
        &mut self,
        id: SchemaId,
        schema: &Schema,
        members: &[Cow<'_, Schema>],
        direction: Direction,
        hint: &str,
    ) -> Type {
        let values: Vec<Value> = members.iter().flat_map(|member| member.enum_values.clone()).flatten().collect();
        if !values.is_empty() {
            return self.lower_enum(id, schema, &values, direction, hint).ty;
        }
        let formats: Vec<&str> = members.iter().filter_map(|member| member.format.as_deref()).collect();
        let is_time = |format: &&str| matches!(*format, "date" | "date-time");
        match formats.len() == members.len() && formats.iter().all(is_time) {
            true => Type::DateTime,
            false => Type::String,
        }
    }

    /// Returns the property that identifies the members of a union, and its values for each member: the document's
    /// discriminator, or a required property with a different constant in every member.
    fn tag(
        &self,
        schema: &Schema,
        members: &[SchemaId],
        flat: &[Cow<'_, Schema>],
    ) -> Option<(String, Vec<Vec<String>>)> {
        let constant = |member: &Schema, property: &str| {
            let (_, id) = member.properties.iter().find(|(name, _)| name == property)?;
            match flatten(self.schemas, *id).enum_values.as_deref() {
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

/// Returns the values of an enum that the document states as a union of constants, so that each can have a title and
/// a description.
fn constants(schema: &Schema, members: &[Cow<'_, Schema>]) -> Option<Vec<EnumValue>> {
    let mut values = Vec::new();
    for member in members {
        let [value] = member.enum_values.as_deref()? else { return None };
        let value = Constant::of(value).filter(|value| !matches!(value, Constant::Boolean(_)))?;
        let name = member.title.clone().or_else(|| member.name.clone());
        values.push(EnumValue { value, name, description: member.description.clone() });
    }
    let is_text = |value: &EnumValue| matches!(value.value, Constant::Text(_));
    let all_text = values.iter().all(is_text);
    let all_named = values.iter().all(|value| value.name.is_some());
    let is_enum = all_text || (all_named && !values.iter().any(is_text));
    (is_enum && schema.discriminator.is_none()).then_some(values)
}

/// Returns the name of a union's variant: the member's name without the union's name as a prefix, or the type of its
/// values.
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
            // The tag names the variant, or else its only property.
            let only = match member.properties.as_slice() {
                [(name, _)] if member.required.contains(name) => Some(name),
                _ => None,
            };
            let is_name = |name: &&String| name.chars().any(char::is_alphabetic);
            let name = tag.or(only).filter(is_name).map(|name| name.to_upper_camel_case());
            return name.unwrap_or_else(|| format!("Variant{}", index + 1));
        }
    };
    kind.to_owned()
}
