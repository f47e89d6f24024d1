use serde_json::Value;

use super::scalars::text;
use crate::model::types::Type;
use crate::openapi::{Schema, Type as JsonType};

/// Returns the first example of a schema, or its default.
pub(super) fn example(schema: &Schema) -> Option<Value> {
    schema.examples.first().or(schema.default.as_ref()).cloned()
}

/// Returns the description of a schema, with its format and constraints.
pub(super) fn describe(schema: &Schema) -> Option<String> {
    let mut description = schema.description.clone().or_else(|| schema.title.clone()).unwrap_or_default();
    let mut notes: Vec<String> = schema
        .constraints
        .iter()
        .map(|(keyword, value)| format!("{}: `{value}`", constraint_name(keyword)))
        .collect();
    if let Some(default) = schema.default.as_ref().filter(|default| !default.is_null()) {
        notes.push(format!("default: `{default}`"));
    }
    let format = schema.format.as_deref().filter(|format| !has_own_type(schema, format));
    let format = format.map(|format| format!("Format: `{format}`."));
    let constraints = (!notes.is_empty()).then(|| format!("Constraints: {}.", notes.join(", ")));
    for note in [format, constraints].into_iter().flatten() {
        let separator = if description.is_empty() { "" } else { "\n\n" };
        description.push_str(&format!("{separator}{note}"));
    }
    (!description.is_empty()).then_some(description)
}

/// Returns `true` if the format has its own type and does not need to be documented.
fn has_own_type(schema: &Schema, format: &str) -> bool {
    let is = |ty: JsonType| schema.types.iter().all(|known| *known == ty || *known == JsonType::Null);
    let is_text = is(JsonType::String) && text(schema) != Type::String;
    is_text || is(JsonType::Integer) || matches!(format, "float" | "double")
}

/// Returns the name of a keyword of JSON Schema in words.
fn constraint_name(keyword: &str) -> &str {
    match keyword {
        "exclusiveMinimum" => "exclusive minimum",
        "exclusiveMaximum" => "exclusive maximum",
        "multipleOf" => "multiple of",
        "minLength" => "minimum length",
        "maxLength" => "maximum length",
        "minItems" => "minimum items",
        "maxItems" => "maximum items",
        "uniqueItems" => "unique items",
        "minProperties" => "minimum properties",
        other => other,
    }
}
