use std::collections::HashMap;

use super::flatten::flatten;
use super::media::is_json;
use crate::openapi::api::Api;
use crate::openapi::operation::{Operation, Response};
use crate::openapi::schema::{Schema, SchemaId, Schemas};

/// Union of the JSON of several success responses of an operation.
#[derive(Debug)]
pub(super) struct SuccessUnion {
    /// Indices of the first response with JSON, and of its content.
    pub(super) first: (usize, usize),
    /// Index of the first response with different JSON.
    pub(super) different: usize,
    /// The union.
    pub(super) schema: SchemaId,
}

/// Completes operations for which the document omits information, and returns the unions of different success
/// responses by operation id.
pub(super) fn complete(api: &mut Api) -> HashMap<String, SuccessUnion> {
    let mut unions = HashMap::new();
    for operation in &mut api.operations {
        require_body(operation, &api.schemas);
        use_default_response(operation);
        if let Some(union) = success_union(operation, &mut api.schemas) {
            unions.insert(operation.id.clone(), union);
        }
    }
    unions
}

/// Makes a body required if one of its properties is. Documents omit `required: true` more often than they mean an
/// optional body.
fn require_body(operation: &mut Operation, schemas: &Schemas) {
    let Some(body) = operation.body.as_mut().filter(|body| !body.is_required_stated) else { return };
    body.required = body.content.iter().filter_map(|content| content.schema).any(|schema| {
        let flat = flatten(schemas, schema);
        flat.required.iter().any(|name| flat.properties.iter().any(|(known, _)| known == name))
    });
}

/// Makes `default` the success response if the operation has no response of `2XX` or `3XX`.
fn use_default_response(operation: &mut Operation) {
    let is_stated = |response: &Response| response.status.starts_with(['2', '3']);
    if operation.responses.iter().any(is_stated) {
        return;
    }
    if let Some(response) = operation.responses.iter_mut().find(|response| response.status == "default") {
        response.status = "2XX".to_owned();
    }
}

/// Adds a union of the JSON of all success responses, if there are different ones.
fn success_union(operation: &Operation, schemas: &mut Schemas) -> Option<SuccessUnion> {
    let mut found: Vec<(usize, usize, SchemaId)> = Vec::new();
    for (index, response) in operation.responses.iter().enumerate().filter(|(_, response)| response.is_success()) {
        let json = response.content.iter().position(|content| is_json(&content.media_type));
        if let Some((content, schema)) = json.and_then(|json| Some((json, response.content[json].schema?)))
            && !found.iter().any(|(.., known)| is_same(schemas, *known, schema))
        {
            found.push((index, content, schema));
        }
    }
    let [(response, content, _), (different, ..), ..] = found.as_slice() else { return None };
    let union = Schema {
        any_of: found.iter().map(|(.., schema)| *schema).collect(),
        ..Schema::new(operation.responses[*response].location.clone())
    };
    Some(SuccessUnion { first: (*response, *content), different: *different, schema: schemas.add(union) })
}

/// Returns `true` if two schemas are the same, apart from location and description.
fn is_same(schemas: &Schemas, one: SchemaId, other: SchemaId) -> bool {
    let location = &schemas.get(one).location;
    let comparable =
        |id: SchemaId| Schema { location: location.clone(), description: None, ..schemas.get(id).clone() };
    one == other || comparable(one) == comparable(other)
}
