//! What the letter of an operation leaves open: whether its body must be there, which of its answers mean success,
//! and what they hold together.

use super::flatten::flatten;
use super::media::is_json_type;
use crate::diagnostics::{Diagnostic, Report};
use crate::document::Document;
use crate::openapi::{Api, Operation, Schema, SchemaId, Schemas};

/// Brings the answers of every operation into a simple form: one of success says all that a success can hold.
pub(crate) fn finalize(api: &mut Api, document: &Document, report: &mut Report) {
    for operation in &mut api.operations {
        needed_body(operation, &api.schemas);
        only_default(operation);
        one_success(operation, &mut api.schemas, document, report);
    }
}

/// A body with fields that must be there is one that must be there: that `required` is false by itself is forgotten
/// more often than meant.
fn needed_body(operation: &mut Operation, schemas: &Schemas) {
    let Some(body) = operation.body.as_mut().filter(|body| !body.is_stated) else { return };
    body.required = body.content.iter().filter_map(|content| content.schema).any(|schema| {
        let flat = flatten(schemas, schema);
        flat.required.iter().any(|name| flat.properties.iter().any(|(known, _)| known == name))
    });
}

/// Where nothing else is said, `default` is every answer.
fn only_default(operation: &mut Operation) {
    let is_said = |status: &str| status.starts_with(['2', '3']);
    if operation.responses.iter().any(|response| is_said(&response.status)) {
        return;
    }
    if let Some(response) = operation.responses.iter_mut().find(|response| response.status == "default") {
        response.status = "2XX".to_owned();
    }
}

/// Where several answers of success hold different JSON, the first becomes a union of them.
fn one_success(operation: &mut Operation, schemas: &mut Schemas, document: &Document, report: &mut Report) {
    let mut found: Vec<(usize, usize, SchemaId)> = Vec::new();
    for (index, response) in operation.responses.iter().enumerate() {
        if !response.status.starts_with('2') {
            continue;
        }
        let json = response.content.iter().position(|content| is_json_type(&content.media_type));
        if let Some((location, schema)) =
            json.and_then(|location| Some((location, response.content[location].schema?)))
            && !found.iter().any(|(.., known)| same(schemas, *known, schema))
        {
            found.push((index, location, schema));
        }
    }
    let [(index, location, first), others @ ..] = found.as_slice() else { return };
    let Some((other, ..)) = others.first() else { return };
    // A union of envelopes would hide the envelope.
    let is_envelope = |id: SchemaId| {
        let flat = flatten(schemas, id);
        ["success", "errors"].iter().all(|name| flat.properties.iter().any(|(known, _)| known == name))
    };
    if is_envelope(*first) {
        let message = format!(
            "`{}` answers {} differently from {}",
            operation.id, operation.responses[*other].status, operation.responses[*index].status
        );
        let diagnostic = Diagnostic::warning(message)
            .help("both are read as the first; the whole answer is reachable as `Response::json`");
        report.push(document.locate(diagnostic, &operation.responses[*other].location));
        return;
    }
    let union = schemas.add(Schema {
        any_of: found.iter().map(|(.., schema)| *schema).collect(),
        ..Schema::new(operation.responses[*index].location.clone())
    });
    operation.responses[*index].content[*location].schema = Some(union);
}

/// Whether two schemas are one, or say the same.
fn same(schemas: &Schemas, one: SchemaId, other: SchemaId) -> bool {
    let location = &schemas.get(one).location;
    let plain = |id: SchemaId| Schema { location: location.clone(), description: None, ..schemas.get(id).clone() };
    one == other || plain(one) == plain(other)
}
