//! What a method gives.

use super::build::Builder;
use super::direction::Direction;
use super::flatten::flatten;
use super::media::is_json;
use super::{Output, Type};
use crate::config::Pagination;
use crate::diagnostics::Diagnostic;
use crate::openapi::{Operation, SchemaId};

impl Builder<'_> {
    /// What a method gives, and whether it stands in the envelope.
    pub(super) fn output(
        &mut self,
        operation: &Operation,
        pagination: Option<usize>,
        hint: &str,
    ) -> (Output, bool) {
        let is_success = |response: &&crate::openapi::Response| response.status.starts_with('2');
        let mut successes = operation.responses.iter().filter(is_success);
        // An answer with content says more than one without.
        let first = successes.clone().next();
        let Some(response) = successes.find(|response| !response.content.is_empty()).or(first) else {
            return (Output::Nothing, true);
        };
        let content = response.content.iter().find(|content| is_json(&content.media_type));
        let Some(content) = content else {
            let output = match response.content.first() {
                None => Output::Nothing,
                Some(content) if content.media_type.starts_with("text/") => Output::Text,
                Some(_) => Output::Bytes,
            };
            return (output, true);
        };
        let Some(schema) = content.schema else {
            return (Output::Value { ty: Type::Any, nullable: false }, false);
        };
        let hint = format!("{hint} response");
        if let Some(index) = pagination {
            let (name, pagination) = &self.config.pagination[index];
            if let Some(items) = self.items(schema, pagination) {
                let item = self.lowering.lower(items, Direction::Response, &hint).ty;
                return (Output::Page { item, pagination: index }, true);
            }
            let diagnostic =
                Diagnostic::error(format!("the answer of `{}` has no list for `{name}`", operation.id))
                    .help(format!("the pagination expects an array at `{}`", pagination.items.join(".")));
            self.report.push(self.spec.locate(diagnostic, &response.place));
        }
        let Some(envelope) = &self.config.envelope else {
            let shape = self.lowering.lower(schema, Direction::Response, &hint);
            return (Output::Value { ty: shape.ty, nullable: shape.nullable }, false);
        };
        match self.property(schema, &envelope.result) {
            Some((result, required)) => {
                let shape = self.lowering.lower(result, Direction::Response, &hint);
                (Output::Value { ty: shape.ty, nullable: shape.nullable || !required }, true)
            }
            // An envelope around nothing.
            None if self.property(schema, &envelope.success).is_some() => (Output::Nothing, true),
            None => {
                let shape = self.lowering.lower(schema, Direction::Response, &hint);
                (Output::Value { ty: shape.ty, nullable: shape.nullable }, false)
            }
        }
    }

    fn property(&self, schema: SchemaId, name: &str) -> Option<(SchemaId, bool)> {
        let flat = flatten(&self.api.schemas, schema);
        let (_, id) = flat.properties.iter().find(|(known, _)| known == name)?;
        Some((*id, flat.required.iter().any(|known| known == name)))
    }

    /// The schema of a page's items.
    fn items(&self, schema: SchemaId, pagination: &Pagination) -> Option<SchemaId> {
        let list =
            pagination.items.iter().try_fold(schema, |schema, name| Some(self.property(schema, name)?.0))?;
        flatten(&self.api.schemas, list).items
    }
}
