use std::collections::HashMap;

use super::credentials::credentials;
use super::type_lowering::TypeLowering;
use crate::config::Config;
use crate::diagnostics::{Diagnostic, Report, similar_names};
use crate::document::{Document, SourceLocation};
use crate::model::sdk::{Credential, EndpointChoice};
use crate::openapi::Operation;
use crate::openapi::normalize::NormalizedApi;

/// Maximum number of missing operations for which similar ids are suggested: if more are missing, the configuration
/// belongs to another document, and the search is slow.
const MAX_SUGGESTIONS: usize = 20;

/// State of building a model.
pub(super) struct ModelBuilder<'a> {
    pub(super) spec: &'a Document,
    pub(super) api: &'a NormalizedApi,
    pub(super) configuration: &'a Document,
    pub(super) config: &'a Config,
    /// Operations of the document, by id.
    operations: HashMap<&'a str, &'a Operation>,
    /// Number of configured operations that the document does not have.
    missing: usize,
    pub(super) lowering: TypeLowering<'a>,
    pub(super) endpoint_choices: Vec<EndpointChoice>,
    pub(super) credentials: Vec<Credential>,
    pub(super) report: &'a mut Report,
}

impl<'a> ModelBuilder<'a> {
    pub(super) fn new(
        spec: &'a Document,
        api: &'a NormalizedApi,
        configuration: &'a Document,
        config: &'a Config,
        report: &'a mut Report,
    ) -> Self {
        Self {
            spec,
            api,
            configuration,
            config,
            operations: api.operations.iter().map(|operation| (operation.id.as_str(), operation)).collect(),
            missing: 0,
            lowering: TypeLowering::new(api, &config.names),
            endpoint_choices: Vec::new(),
            credentials: credentials(api, configuration, config, report),
            report,
        }
    }

    /// Reports an error at a value of the configuration.
    pub(super) fn config_error(
        &mut self,
        location: &SourceLocation,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.report.push(self.configuration.locate(Diagnostic::error(message).help(help), location));
    }

    /// Returns the operation that the configuration names at `location`.
    pub(super) fn operation(&mut self, id: &str, location: &SourceLocation) -> Option<&'a Operation> {
        let found = self.operations.get(id).copied();
        if found.is_none() {
            self.missing += 1;
            let help = match self.missing {
                MAX_SUGGESTIONS.. => "remove the method, or correct the operation id".to_owned(),
                _ => match similar_names(self.operations.keys().copied(), id).as_slice() {
                    [] => "add operations to the document".to_owned(),
                    similar => format!("remove the method, or use a similar id: {}", similar.join(", ")),
                },
            };
            self.config_error(location, format!("the document has no operation `{id}`"), help);
        }
        found
    }
}
