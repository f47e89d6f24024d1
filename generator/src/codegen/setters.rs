//! Setters of optional parameters on request types.

use std::collections::BTreeSet;

use serde::Serialize;

use super::context::CodegenContext;
use super::doc_block::DocBlock;
use super::expression::Argument;
use super::identifiers as names;
use super::markdown::code;
use super::request_statements::null_statement;
use super::rust_type::UsePath;
use super::statement::{Receiver, Statement};
use crate::model::{Method, Resource};

/// Method that sets an optional parameter of a request.
#[derive(Debug, Serialize)]
pub struct Setter {
    /// Name of the method.
    pub name: String,
    /// Documentation of the method.
    pub docs: DocBlock,
    /// `true` if the parameter is deprecated.
    pub deprecated: bool,
    /// Argument of the method. A setter of null has none.
    pub argument: Option<Argument>,
    /// Statements that set the parameter.
    pub statements: Vec<Statement>,
    /// Index of the parameter among those of the method.
    #[serde(skip)]
    pub parameter: usize,
}

impl CodegenContext<'_> {
    /// Returns the setters of a method's request, in the order of the parameters.
    pub(super) fn setters(
        &self,
        resource: &Resource,
        method: &Method,
        uses: &mut BTreeSet<UsePath>,
    ) -> Vec<Setter> {
        let mut setters = Vec::new();
        for names::Setter { parameter: index, name, null } in self.names.setters(resource, method) {
            let parameter = &method.parameters[index];
            self.collect_uses(&parameter.ty, &resource.path, uses);
            let argument_name = if name == "self_" { "value" } else { name.as_str() };
            let argument = self.argument(&parameter.ty, false, argument_name);
            let wire = code(&parameter.wire);
            setters.push(Setter {
                docs: DocBlock::of(parameter.description.as_deref(), &format!("Sets {wire}.")),
                deprecated: parameter.deprecated,
                statements: self.parameter_statements(method, parameter, &argument, Receiver::Field),
                argument: Some(argument),
                name,
                parameter: index,
            });
            if let Some(name) = null {
                setters.push(Setter {
                    name,
                    docs: DocBlock::of(None, &format!("Sets {wire} to null.")),
                    deprecated: parameter.deprecated,
                    argument: None,
                    statements: vec![null_statement(parameter)],
                    parameter: index,
                });
            }
        }
        setters
    }
}
