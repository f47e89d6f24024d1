use super::builder::ModelBuilder;
use super::description::describe;
use crate::model::method::{Parameter, ParameterKind};
use crate::model::types::Type;
use crate::openapi::normalize::{Direction, flatten};
use crate::openapi::{self, Operation, path_parameters};

impl ModelBuilder<'_> {
    /// Builds the parameters of an operation: those of the path in its order, then the others in the order of the
    /// document. `counts` are the names of parameters that count pages or items.
    pub(super) fn parameters(&mut self, operation: &Operation, counts: &[String], hint: &str) -> Vec<Parameter> {
        let mut parameters = Vec::new();
        let (path, others): (Vec<_>, Vec<_>) =
            operation.parameters.iter().partition(|parameter| parameter.kind == openapi::ParameterKind::Path);
        for name in path_parameters(&operation.path) {
            if let Some(parameter) = path.iter().find(|parameter| parameter.name == name) {
                parameters.push(self.parameter(parameter, counts, hint));
            }
        }
        for parameter in others {
            parameters.push(self.parameter(parameter, counts, hint));
        }
        parameters
    }

    fn parameter(&mut self, parameter: &openapi::Parameter, counts: &[String], hint: &str) -> Parameter {
        let kind = match parameter.kind {
            openapi::ParameterKind::Path => ParameterKind::Path,
            openapi::ParameterKind::Query | openapi::ParameterKind::QueryString => ParameterKind::Query,
            openapi::ParameterKind::Header => ParameterKind::Header,
            openapi::ParameterKind::Cookie => ParameterKind::Cookie,
        };
        let hint = format!("{hint} {}", parameter.name);
        let flat = parameter.schema.map(|schema| flatten(&self.api.schemas, schema));
        let ty = match parameter.schema {
            _ if counts.contains(&parameter.name) => Type::Count,
            Some(schema) => self.lowering.lower(schema, Direction::Request, &hint).ty,
            None => Type::String,
        };
        Parameter {
            location: parameter.location.clone(),
            wire: parameter.name.clone(),
            name: self.lowering.field_name(&parameter.name),
            kind,
            style: self.style(parameter, &ty),
            allow_reserved: parameter.allow_reserved && kind == ParameterKind::Query,
            required: parameter.required,
            // Only a body has null.
            nullable: false,
            ty,
            constant: None,
            description: parameter.description.clone().or_else(|| flat.as_deref().and_then(describe)),
            deprecated: parameter.deprecated || flat.as_ref().is_some_and(|flat| flat.deprecated),
            example: parameter.example.clone().or_else(|| flat.as_ref()?.examples.first().cloned()),
        }
    }
}
