//! Parsing of a document into an [`Api`].

mod content;
mod document;
mod operation;
mod parameter;
mod reader;
mod schema;
mod shared;

use self::reader::Reader;
use super::api::Api;
use super::schema::Schemas;
use crate::diagnostics::Report;
use crate::document::Document;

/// Reads a document. Invalid parts are reported to `report` and left out.
pub fn read(document: &Document, report: &mut Report) -> Api {
    let mut reader = Reader::new(document, report);
    let mut api = reader.read_document(&document.root());
    let mut schemas = Vec::new();
    // The queue holds the schemas in the order of their numbers.
    while let Some(located) = reader.queue.pop_front() {
        schemas.push(reader.read_schema(&located));
    }
    for (id, name) in reader.names {
        schemas[id.0].name.get_or_insert(name);
    }
    api.schemas = Schemas::new(schemas);
    api
}
