use std::collections::HashSet;

use serde_json::Value;

use crate::model::types::{Constant, EnumValue, Type, Width};
use crate::openapi::Schema;

/// Returns the type of a string schema, by its format and encoding.
pub(super) fn text(schema: &Schema) -> Type {
    match (schema.format.as_deref(), schema.content_encoding.as_deref()) {
        (Some("date-time"), _) => Type::DateTime,
        (Some("date"), _) => Type::Date,
        (Some("time"), _) => Type::Time,
        (Some("duration"), _) => Type::Duration,
        (Some("password"), _) => Type::Secret,
        (Some("byte" | "base64" | "base64url"), _) | (_, Some("base64" | "base64url")) => Type::Base64,
        _ => Type::String,
    }
}

/// Returns the width of an integer, by its format.
pub(super) fn width(format: Option<&str>) -> Width {
    match format {
        Some("int8") => Width::I8,
        Some("int16") => Width::I16,
        Some("int32") => Width::I32,
        Some("uint8") => Width::U8,
        Some("uint16") => Width::U16,
        Some("uint32") => Width::U32,
        Some("uint64" | "uint" | "unsigned64") => Width::U64,
        _ => Width::I64,
    }
}

/// Returns the values of an enum, each once, with their names and descriptions in the document.
pub(super) fn enum_values(schema: &Schema, values: &[Value]) -> Vec<EnumValue> {
    let text = |list: &[String], index: usize| list.get(index).filter(|text| !text.is_empty()).cloned();
    let mut unique: Vec<EnumValue> = Vec::new();
    let mut seen = HashSet::new();
    for (index, value) in values.iter().enumerate() {
        let Some(value) = Constant::of(value) else { continue };
        if seen.insert(value.clone()) {
            let name = text(&schema.value_names, index);
            unique.push(EnumValue { value, name, description: text(&schema.value_descriptions, index) });
        }
    }
    unique
}
