use super::builder::ModelBuilder;
use super::methods::request_path;
use crate::document::SourceLocation;
use crate::model::method::{Endpoint, Method, ParameterKind};
use crate::model::sdk::{ChoiceParameter, EndpointChoice};
use crate::openapi::{self, Operation};

impl<'a> ModelBuilder<'a> {
    /// Turns the method of the first operation into a choice between all operations. Each operation is listed
    /// with the path parameter that selects it.
    pub(super) fn choose_endpoint(
        &mut self,
        method: &mut Method,
        name: &str,
        operations: &[(&str, &'a Operation, &SourceLocation)],
    ) -> Option<()> {
        let index = self.endpoint_choice(name, operations)?;
        let choice = &self.endpoint_choices[index];
        let paths =
            operations.iter().map(|(_, operation, _)| (operation.id.clone(), request_path(&operation.path)));
        method.endpoint = Endpoint::Choice { choice: index, paths: paths.collect() };
        let (first, ..) = operations.first()?;
        for parameter in &mut method.parameters {
            if parameter.kind == ParameterKind::Path && parameter.wire == *first {
                parameter.kind = ParameterKind::EndpointChoice;
                parameter.description = Some(format!("{}.", describe(choice)));
                parameter.name.clone_from(&choice.name);
            }
        }
        Some(())
    }

    /// Returns the index of the endpoint choice of this name, which is created from the path parameters.
    fn endpoint_choice(
        &mut self,
        name: &str,
        operations: &[(&str, &'a Operation, &SourceLocation)],
    ) -> Option<usize> {
        let (_, first, first_location) = operations.first()?;
        let mut parameters = Vec::new();
        for (wire, operation, location) in operations {
            let is_choice_parameter = |parameter: &&openapi::Parameter| {
                parameter.kind == openapi::ParameterKind::Path && parameter.name == *wire
            };
            let Some(parameter) = operation.parameters.iter().find(is_choice_parameter) else {
                let message = format!("`{}` has no path parameter `{wire}`", operation.id);
                self.config_error(location, message, "use the path parameter in which the operations differ");
                return None;
            };
            let others = |operation: &Operation| {
                let names = operation.parameters.iter().map(|parameter| parameter.name.clone());
                let known: Vec<&str> = operations.iter().map(|(wire, ..)| *wire).collect();
                names.filter(|name| !known.contains(&name.as_str())).collect::<Vec<_>>()
            };
            let body = |operation: &Operation| operation.body.as_ref().map(|body| body.location.clone());
            if operation.method != first.method
                || others(operation) != others(first)
                || body(operation) != body(first)
            {
                let message = format!("`{}` and `{}` differ in more than `{wire}`", first.id, operation.id);
                self.config_error(location, message, "use two methods, or share the request body by `$ref`");
                return None;
            }
            parameters.push(ChoiceParameter {
                name: parameter.name.clone(),
                description: parameter.description.clone(),
                example: parameter.example.clone(),
            });
        }
        let choice = EndpointChoice { name: name.to_owned(), parameters };
        match self.endpoint_choices.iter().position(|known| known.name == choice.name) {
            Some(index) if self.endpoint_choices[index] == choice => Some(index),
            Some(_) => {
                let message = format!("`{name}` has other parameters in another method");
                self.config_error(first_location, message, "rename one of them");
                None
            }
            None => {
                self.endpoint_choices.push(choice);
                Some(self.endpoint_choices.len() - 1)
            }
        }
    }
}

/// Returns "An account or a zone" for `account_id` and `zone_id`.
fn describe(choice: &EndpointChoice) -> String {
    let names: Vec<String> = choice
        .parameters
        .iter()
        .map(|parameter| parameter.name.trim_end_matches("_id").replace('_', " "))
        .map(|name| format!("{} {name}", if name.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }))
        .collect();
    let text = names.join(" or ");
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
