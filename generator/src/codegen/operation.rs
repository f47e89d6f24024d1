//! Statics that define the API's operations for the runtime.

use serde::Serialize;

use super::context::CodegenContext;
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
    /// Base URL, if it is not that of the API.
    pub base_url: Option<StringLiteral>,
    /// `true` if the API's envelope wraps the responses.
    pub envelope: bool,
    /// Static of the pagination.
    pub pagination: Option<String>,
    /// Static of the security requirements.
    pub security: String,
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
        let pagination = match &method.output {
            Output::Page { pagination, .. } => {
                Some(self.names.names().api().paginations[*pagination].upper_snake())
            }
            _ => None,
        };
        let security = method.security.as_ref().map_or("SECURITY".to_owned(), |own| self.names.security(own));
        let operation = |constant: &String, id: &str, path: &str| Operation {
            constant: constant.clone(),
            id: StringLiteral::new(id),
            verb: StringLiteral::new(&method.verb),
            path: StringLiteral::new(path),
            base_url: method.base_url.as_deref().map(StringLiteral::new),
            envelope: self.sdk.envelope.is_some() && method.enveloped,
            pagination: pagination.clone(),
            security: security.clone(),
        };
        let endpoints = match &method.endpoint {
            Endpoint::Path(path) => vec![(&method.operation, path)],
            Endpoint::Choice { paths, .. } => paths.iter().map(|(id, path)| (id, path)).collect(),
        };
        constants.iter().zip(endpoints).map(|(constant, (id, path))| operation(constant, id, path)).collect()
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
