use serde_json::Value;

use super::super::flatten::common_types;
use super::simplifier::Simplifier;
use crate::openapi::schema::{AdditionalProperties, Schema, SchemaId, Type};

impl Simplifier<'_> {
    /// Turns pattern properties into additional properties: Rust has no type for a pattern of names.
    pub(super) fn merge_patterns(&mut self, id: SchemaId) {
        if self.schemas.get(id).pattern_properties.is_empty() {
            return;
        }
        let mut schema = self.schemas.get(id).clone();
        let patterns = std::mem::take(&mut schema.pattern_properties);
        let mut values: Vec<SchemaId> = patterns.into_iter().map(|(_, id)| id).collect();
        match schema.additional {
            AdditionalProperties::Schema(other) => values.push(other),
            AdditionalProperties::Any => values.clear(),
            AdditionalProperties::Unspecified | AdditionalProperties::Forbidden => {}
        }
        values.dedup();
        schema.additional = match values.as_slice() {
            [] => AdditionalProperties::Any,
            [only] => AdditionalProperties::Schema(*only),
            _ => {
                let union = Schema { any_of: values, ..Schema::new(schema.location.clone()) };
                AdditionalProperties::Schema(self.add(union, 1))
            }
        };
        self.schemas.set(id, schema);
    }

    /// Turns an enum with values of several types into a union of enums.
    pub(super) fn split_values(&mut self, id: SchemaId) {
        let schema = self.schemas.get(id);
        let Some(values) = &schema.enum_values else { return };
        let predicates: [fn(&Value) -> bool; 5] =
            [Value::is_string, Value::is_number, Value::is_boolean, Value::is_array, Value::is_object];
        let parts: Vec<Vec<Value>> = predicates
            .iter()
            .map(|is_it| values.iter().filter(|value| is_it(value)).cloned().collect::<Vec<_>>())
            .filter(|part| !part.is_empty())
            .collect();
        if parts.len() < 2 {
            return;
        }
        let mut schema = schema.clone();
        schema.nullable |= values.contains(&Value::Null);
        schema.enum_values = None;
        schema.types.clear();
        let location = schema.location.clone();
        for part in parts {
            let member =
                Schema { types: vec![type_of(&part)], enum_values: Some(part), ..Schema::new(location.clone()) };
            let member = self.add(member, 1);
            schema.any_of.push(member);
        }
        self.schemas.set(id, schema);
    }

    /// Turns a list of types into a union.
    pub(super) fn split_types(&mut self, id: SchemaId) {
        let schema = self.schemas.get(id);
        if schema.types.len() < 2 {
            return;
        }
        let types: Vec<Type> = schema.types.iter().copied().filter(|ty| *ty != Type::Null).collect();
        let is_number = common_types(&types, &[Type::Number]).len() == types.len();
        if types.len() < 2 || is_number || schema.is_union() || schema.enum_values.is_some() {
            return;
        }
        let all = schema.clone();
        let mut union = Schema {
            properties: Vec::new(),
            required: Vec::new(),
            additional: AdditionalProperties::Unspecified,
            items: None,
            prefix_items: Vec::new(),
            types: Vec::new(),
            format: None,
            nullable: all.nullable || all.types.contains(&Type::Null),
            ..all.clone()
        };
        for ty in types {
            // Numbers include the integers.
            if ty == Type::Integer && all.types.contains(&Type::Number) {
                continue;
            }
            let member = self.add(restrict_to(&all, ty), 1);
            union.any_of.push(member);
        }
        self.schemas.set(id, union);
    }
}

/// Returns the part of a schema that applies to one type.
fn restrict_to(schema: &Schema, ty: Type) -> Schema {
    let mut member = Schema { types: vec![ty], ..Schema::new(schema.location.clone()) };
    match ty {
        Type::Object => {
            member.properties.clone_from(&schema.properties);
            member.required.clone_from(&schema.required);
            member.additional = schema.additional;
        }
        Type::Array => {
            member.items = schema.items;
            member.prefix_items.clone_from(&schema.prefix_items);
            member.is_closed = schema.is_closed;
        }
        Type::String => {
            member.format.clone_from(&schema.format);
            member.content_encoding.clone_from(&schema.content_encoding);
        }
        _ => member.format.clone_from(&schema.format),
    }
    member
}

/// Returns the type of values that all have one type.
fn type_of(values: &[Value]) -> Type {
    match values.first() {
        Some(Value::String(_)) => Type::String,
        Some(Value::Bool(_)) => Type::Boolean,
        Some(Value::Array(_)) => Type::Array,
        Some(Value::Object(_)) => Type::Object,
        _ if values.iter().all(|value| value.is_i64() || value.is_u64()) => Type::Integer,
        _ => Type::Number,
    }
}
