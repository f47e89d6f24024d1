//! Statics that define the API's operations for the runtime.

use serde::Serialize;

use super::context::CodegenContext;
use super::expression::Expression;
use super::literal::StringLiteral;
use crate::model::{Endpoint, Method, Output};
use crate::naming::Name;

/// Definition of an operation.
#[derive(Debug, Serialize)]
pub struct Operation {
    /// Name of the static.
    pub constant: String,
    /// Id of the operation in the document.
    pub id: StringLiteral,
    /// HTTP method, in capitals.
    pub verb: StringLiteral,
    /// Path template.
    pub path: StringLiteral,
    /// `true` if the API's envelope wraps the responses.
    pub envelope: bool,
    /// Fields that differ from those of most operations.
    pub overrides: Vec<Override>,
}

/// Field of an operation that differs from that of most operations.
#[derive(Clone, Debug, Serialize)]
pub struct Override {
    /// Name of the field.
    pub field: &'static str,
    /// Value of the field.
    pub value: Expression,
}

/// Argument that chooses between the endpoints of a method.
#[derive(Debug, Serialize)]
pub struct ChoiceMatch {
    /// Name of the argument.
    pub argument: String,
    /// Patterns, each with the static of its operation.
    pub arms: Vec<(String, String)>,
}

impl CodegenContext<'_> {
    /// Returns the operations that a method calls: one, or one for each alternative of its endpoint choice.
    pub(super) fn operations(&self, method: &Method, constants: &[String]) -> Vec<Operation> {
        let overrides = self.overrides(method);
        let operation = |constant: &String, id: &str, path: &str| Operation {
            constant: constant.clone(),
            id: StringLiteral::new(id),
            verb: StringLiteral::new(&method.verb),
            path: StringLiteral::new(path),
            envelope: self.sdk.envelope.is_some() && method.enveloped,
            overrides: overrides.clone(),
        };
        let endpoints = match &method.endpoint {
            Endpoint::Path(path) => vec![(&method.operation, path)],
            Endpoint::Choice { paths, .. } => paths.iter().map(|(id, path)| (id, path)).collect(),
        };
        constants.iter().zip(endpoints).map(|(constant, (id, path))| operation(constant, id, path)).collect()
    }

    fn overrides(&self, method: &Method) -> Vec<Override> {
        let some = |value: Expression| Expression::code("Some").call([value]);
        let item = |name: &str| Expression::code(format!("crate::api::{name}"));
        let mut overrides = Vec::new();
        let mut add = |field, value| overrides.push(Override { field, value });
        if let Some(url) = &method.base_url {
            add("base_url", some(Expression::text(url)));
        }
        if self.sdk.envelope.is_some() && !method.enveloped {
            add("envelope", Expression::code("None"));
        }
        if let Output::Page { pagination, .. } = &method.output {
            let name = self.names.names().api().paginations[*pagination].upper_snake();
            add("pagination", some(item(&name).reference()));
        }
        if let Some(security) = &method.security {
            add("security", item(&self.names.security(security)));
        }
        overrides
    }

    /// Returns the match on the argument that chooses between the endpoints.
    pub(super) fn choice_match(&self, index: usize, argument: &str, constants: &[String]) -> ChoiceMatch {
        let ty = self.names.choice(index);
        let variants = self.names.names().choices()[index].variants.iter().zip(constants);
        let arm = |(variant, constant): (&Name, &String)| {
            (format!("{ty}::{}(id)", variant.upper_camel()), constant.clone())
        };
        ChoiceMatch { argument: argument.to_owned(), arms: variants.map(arm).collect() }
    }
}
