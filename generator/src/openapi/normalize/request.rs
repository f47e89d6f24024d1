use serde_json::Value;

use super::flatten::flatten;
use super::media::{MediaKind, is_binary};
use crate::openapi::operation::{Body, Content};
use crate::openapi::schema::{AdditionalProperties, Schema, SchemaId, Schemas, Type};

/// The content of a request body that becomes the parameters of a method.
pub(crate) struct RequestContent<'a> {
    /// The selected content.
    pub(crate) content: &'a Content,
    /// Kind of the content.
    pub(crate) kind: MediaKind,
    /// Multipart form that is an alternative to JSON: it can carry files.
    pub(crate) multipart: Option<&'a Content>,
}

/// Form field that holds files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileField {
    /// One file.
    One,
    /// A list of files.
    Many,
}

/// Selects the content of a request body: JSON is the most expressive, then forms. A multipart form with files takes
/// precedence if the document lists it before JSON, because the operation is an upload.
pub(crate) fn request_content<'a>(body: &'a Body, schemas: &Schemas) -> Option<RequestContent<'a>> {
    let find = |wanted: MediaKind| {
        body.content.iter().enumerate().find(|(_, content)| MediaKind::of(content, schemas) == wanted)
    };
    let (json, multipart) = (find(MediaKind::Json), find(MediaKind::Multipart));
    let has_files = |form: &Content| {
        let form = form.schema.map(|schema| flatten(schemas, schema));
        form.is_some_and(|form| form.properties.iter().any(|(_, id)| file_field(schemas, *id).is_some()))
    };
    let is_upload =
        |(index, form): &(usize, &Content)| json.is_none_or(|(json, _)| *index < json && has_files(form));
    let selected = multipart.filter(is_upload).or(json).or_else(|| find(MediaKind::Form));
    let content = selected.map(|(_, content)| content).or_else(|| body.content.first())?;
    let kind = MediaKind::of(content, schemas);
    let multipart = multipart.map(|(_, form)| form).filter(|_| kind == MediaKind::Json);
    Some(RequestContent { content, kind, multipart })
}

/// Maximum depth of nested unions and lists that are searched for a file.
const MAX_DEPTH: usize = 8;

/// Returns the kind of a file field, or `None` for a property without files.
pub(crate) fn file_field(schemas: &Schemas, id: SchemaId) -> Option<FileField> {
    file_field_at(schemas, id, 0)
}

fn file_field_at(schemas: &Schemas, id: SchemaId, depth: usize) -> Option<FileField> {
    let schema = flatten(schemas, id);
    let members = schema.union_members();
    if !members.is_empty() && depth < MAX_DEPTH {
        // A list of files accepts a single file as well. A file or another value is a file, because a part of a form
        // can be either.
        let fields: Vec<FileField> =
            members.iter().filter_map(|member| file_field_at(schemas, *member, depth + 1)).collect();
        return fields.iter().find(|field| **field == FileField::Many).or(fields.first()).copied();
    }
    match schema.items {
        Some(items) if depth < MAX_DEPTH => {
            (file_field_at(schemas, items, depth + 1) == Some(FileField::One)).then_some(FileField::Many)
        }
        _ => is_file(&schema).then_some(FileField::One),
    }
}

fn is_file(schema: &Schema) -> bool {
    // curl sends a file for `@cat.png`, and documents of uploads have such examples.
    let is_path = |example: &Value| example.as_str().is_some_and(|text| text.starts_with('@'));
    let is_unconstrained = schema.types.is_empty()
        && schema.enum_values.is_none()
        && schema.properties.is_empty()
        && schema.items.is_none()
        && schema.format.is_none()
        && schema.additional == AdditionalProperties::Unspecified;
    is_binary(schema)
        || is_unconstrained
        || (schema.types.contains(&Type::String) && schema.examples.iter().any(is_path))
}
