//! What a schema says for people.

use serde_json::Value;

use super::Type;
use super::lower::text;
use crate::openapi::{Schema, Type as JsonType};

pub(super) fn example(schema: &Schema) -> Option<Value> {
    schema.examples.first().or(schema.default.as_ref()).cloned()
}

/// What a schema is, with its limits.
pub(super) fn describe(schema: &Schema) -> Option<String> {
    let mut description = schema.description.clone().or_else(|| schema.title.clone()).unwrap_or_default();
    let mut notes: Vec<String> =
        schema.limits.iter().map(|(keyword, value)| format!("{}: `{value}`", limit_name(keyword))).collect();
    if let Some(default) = schema.default.as_ref().filter(|default| !default.is_null()) {
        notes.push(format!("default: `{default}`"));
    }
    let format = schema.format.as_deref().filter(|format| !is_typed(schema, format));
    let format = format.map(|format| format!("Format: `{format}`."));
    let limits = (!notes.is_empty()).then(|| format!("Limits: {}.", notes.join(", ")));
    for note in [format, limits].into_iter().flatten() {
        let separator = if description.is_empty() { "" } else { "\n\n" };
        description.push_str(&format!("{separator}{note}"));
    }
    (!description.is_empty()).then_some(description)
}

/// Whether a format has a type of its own, so that it needs no word.
fn is_typed(schema: &Schema, format: &str) -> bool {
    let is = |ty: JsonType| schema.types.iter().all(|known| *known == ty || *known == JsonType::Null);
    let is_text = is(JsonType::String) && text(schema) != Type::String;
    is_text || is(JsonType::Integer) || matches!(format, "float" | "double")
}

fn limit_name(keyword: &str) -> &str {
    match keyword {
        "minimum" => "at least",
        "maximum" => "at most",
        "exclusiveMinimum" => "more than",
        "exclusiveMaximum" => "less than",
        "multipleOf" => "a multiple of",
        "minLength" => "shortest",
        "maxLength" => "longest",
        "pattern" => "pattern",
        "minItems" => "fewest items",
        "maxItems" => "most items",
        "uniqueItems" => "items differ",
        _ => "fewest properties",
    }
}
