use std::collections::HashSet;

use crate::diagnostics::Report;
use crate::document::{Document, SourceLocation};
use crate::openapi::api::Api;
use crate::openapi::schema::{AdditionalProperties, Schema, SchemaId, Schemas};

/// Maximum number of added schemas: this many for each schema of the document, and a constant. Without the limit,
/// nested unions grow exponentially.
const ADDED_PER_SCHEMA: usize = 2;
const ADDED_MINIMUM: usize = 10_000;

/// Maximum number of derivation steps from a schema of the document to an added schema.
pub(super) const MAX_DEPTH: u8 = 4;

/// Maximum number of properties and members that are copied into unions: this many for each property of the document,
/// and a constant. Without the limit, a thousand members with a thousand common properties are a million copies.
const COPIES_PER_PROPERTY: usize = 10;
const COPIES_MINIMUM: usize = 100_000;

/// State of the simplification, with the limits that keep it linear.
pub(super) struct Simplifier<'a> {
    pub(super) schemas: &'a mut Schemas,
    pub(super) document: &'a Document,
    pub(super) report: &'a mut Report,
    /// Maximum number of schemas.
    limit: usize,
    /// Number of properties and members that may still be copied.
    remaining_copies: usize,
    /// Number of derivation steps to each schema.
    pub(super) depths: Vec<u8>,
    /// Pairs of contradictory schemas that are already reported.
    pub(super) reported: HashSet<(SourceLocation, SourceLocation)>,
    /// `true` for each schema of the document that a request or success response contains. Contradictions in other
    /// schemas have no effect and are not reported.
    used: Vec<bool>,
}

impl<'a> Simplifier<'a> {
    pub(super) fn new(api: &'a mut Api, document: &'a Document, report: &'a mut Report) -> Self {
        let used = used_schemas(api);
        let schemas = &mut api.schemas;
        let count = schemas.len();
        let properties: usize = schemas.ids().map(|id| schemas.get(id).properties.len()).sum();
        Self {
            limit: count * (1 + ADDED_PER_SCHEMA) + ADDED_MINIMUM,
            remaining_copies: properties * COPIES_PER_PROPERTY + COPIES_MINIMUM,
            depths: vec![0; count],
            reported: HashSet::new(),
            used,
            schemas,
            document,
            report,
        }
    }

    /// Adds a schema that is `depth` derivation steps from the document.
    pub(super) fn add(&mut self, schema: Schema, depth: u8) -> SchemaId {
        self.depths.push(depth);
        self.schemas.add(schema)
    }

    /// Returns `true` if schemas may be derived from this one.
    pub(super) fn can_derive(&self, id: SchemaId) -> bool {
        self.depths.len() < self.limit && self.depths.get(id.index()).is_some_and(|depth| *depth < MAX_DEPTH)
    }

    /// Reserves copies of properties or members. Returns `false` if the limit is reached.
    pub(super) fn reserve_copies(&mut self, count: usize) -> bool {
        let remaining = self.remaining_copies.checked_sub(count);
        self.remaining_copies = remaining.unwrap_or(self.remaining_copies);
        remaining.is_some()
    }

    /// Returns `true` if a request or success response contains the schema; also for added schemas.
    pub(super) fn is_used(&self, id: SchemaId) -> bool {
        self.used.get(id.index()).copied().unwrap_or(true)
    }
}

/// Returns for each schema `true` if a request or a success response contains it.
fn used_schemas(api: &Api) -> Vec<bool> {
    let mut queue: Vec<SchemaId> = Vec::new();
    for operation in &api.operations {
        queue.extend(operation.parameters.iter().filter_map(|parameter| parameter.schema));
        let bodies = operation.body.iter().flat_map(|body| &body.content);
        let successes = operation.responses.iter().filter(|response| !response.status.starts_with(['4', '5']));
        let contents = bodies.chain(successes.flat_map(|response| &response.content));
        queue.extend(contents.filter_map(|content| content.schema));
    }
    let mut used = vec![false; api.schemas.len()];
    while let Some(id) = queue.pop() {
        if !std::mem::replace(&mut used[id.index()], true) {
            queue.extend(api.schemas.get(id).subschemas());
        }
    }
    used
}

/// Returns the target of a schema that is only a reference, or the schema itself.
pub(super) fn dereference(schemas: &Schemas, id: SchemaId) -> SchemaId {
    match schemas.get(id) {
        Schema { reference: Some(target), all_of, .. } if all_of.is_empty() => *target,
        _ => id,
    }
}

/// Returns `true` if a flat schema determines the type of its values.
pub(super) fn determines_type(schema: &Schema) -> bool {
    !schema.types.is_empty() || !has_no_content(schema)
}

/// Returns `true` if a flat schema does not describe what its values contain.
pub(super) fn has_no_content(schema: &Schema) -> bool {
    schema.properties.is_empty()
        && !schema.is_union()
        && schema.enum_values.is_none()
        && schema.items.is_none()
        && schema.prefix_items.is_empty()
        && schema.pattern_properties.is_empty()
        && !matches!(schema.additional, AdditionalProperties::Schema(_))
}
