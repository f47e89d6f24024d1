use super::flatten::flatten;
use super::media::{MediaKind, is_text};
use crate::openapi::operation::Content;
use crate::openapi::schema::{Schema, SchemaId, Schemas, Type};

/// Items of a response that is read incrementally.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StreamItems {
    /// Text.
    Text,
    /// Untyped JSON values.
    AnyJson,
    /// JSON values of a schema.
    Json(SchemaId),
}

/// Returns the items of a stream: JSON lines, or the data of server-sent events.
pub(crate) fn stream_items(content: &Content, kind: MediaKind, schemas: &Schemas) -> StreamItems {
    let item = item_schema(content, schemas);
    match (kind, item) {
        (MediaKind::Events, Some(item)) => event_data(item, schemas),
        (MediaKind::Events, None) => StreamItems::Text,
        (_, Some(item)) => StreamItems::Json(item),
        (_, None) => StreamItems::AnyJson,
    }
}

/// Returns the schema of a sequence's items: `itemSchema`, or the items of an array.
fn item_schema(content: &Content, schemas: &Schemas) -> Option<SchemaId> {
    content.item_schema.or_else(|| {
        let schema = content.schema?;
        let flat = flatten(schemas, schema);
        Some(if flat.types == [Type::Array] { flat.items.unwrap_or(schema) } else { schema })
    })
}

/// Returns the data of events. The schema describes the event with its fields, or only its data.
fn event_data(schema: SchemaId, schemas: &Schemas) -> StreamItems {
    let flat = flatten(schemas, schema);
    if let Some(data) = data_field(&flat) {
        return data_items(data, schemas);
    }
    let members: Option<Vec<SchemaId>> =
        flat.union_members().iter().map(|member| data_field(&flatten(schemas, *member))).collect();
    match members {
        // Kinds of events with different data.
        Some(members) if !members.is_empty() => {
            let is_text = members.iter().all(|data| data_items(*data, schemas) == StreamItems::Text);
            if is_text { StreamItems::Text } else { StreamItems::AnyJson }
        }
        _ if is_text(&flat) && flat.enum_values.is_none() => StreamItems::Text,
        _ => StreamItems::Json(schema),
    }
}

/// Returns the content of an event's `data` field.
fn data_items(id: SchemaId, schemas: &Schemas) -> StreamItems {
    let schema = flatten(schemas, id);
    let is_json = schema.content_media_type.as_deref().is_some_and(|media_type| media_type.contains("json"));
    match schema.content_schema {
        Some(schema) => StreamItems::Json(schema),
        None if is_json => StreamItems::AnyJson,
        None if schema.types == [Type::String] => StreamItems::Text,
        None => StreamItems::Json(id),
    }
}

/// Returns the schema of `data`, if a schema describes a server-sent event: it has only fields of an event.
fn data_field(schema: &Schema) -> Option<SchemaId> {
    const FIELDS: [&str; 5] = ["data", "event", "id", "retry", "comment"];
    let is_event = schema.properties.iter().all(|(name, _)| FIELDS.contains(&name.as_str()));
    let (_, data) = schema.properties.iter().find(|(name, _)| is_event && name == "data")?;
    Some(*data)
}
