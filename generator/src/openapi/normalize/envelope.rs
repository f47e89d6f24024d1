use sdk_protocol::{Envelope, Owned};

use super::flatten::flatten;
use crate::openapi::schema::{SchemaId, Schemas};

/// Returns the schema of a property, and `true` if the property is required.
pub(crate) fn property(schemas: &Schemas, schema: SchemaId, name: &str) -> Option<(SchemaId, bool)> {
    let flat = flatten(schemas, schema);
    let (_, id) = flat.properties.iter().find(|(known, _)| known == name)?;
    Some((*id, flat.required.iter().any(|known| known == name)))
}

/// Returns `true` if the schema has the envelope's properties for success and errors.
pub(crate) fn has_envelope(schemas: &Schemas, schema: SchemaId, envelope: &Envelope<Owned>) -> bool {
    let flat = flatten(schemas, schema);
    [&envelope.success, &envelope.errors]
        .into_iter()
        .all(|name| flat.properties.iter().any(|(known, _)| known == name))
}
