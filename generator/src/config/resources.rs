use serde_json::Value;

use super::reader::Reader;
use super::types::{Method, MethodTarget, Resource};
use crate::document::{Located, SourceLocation};

/// Maximum nesting depth of resources.
const MAX_DEPTH: usize = 16;

impl<'a> Reader<'a> {
    pub(super) fn resources(&mut self, parent: &Located<'a>, depth: usize) -> Vec<Resource> {
        let mut resources = Vec::new();
        for (name, resource) in self.mapping(parent, "resources") {
            self.keys(&resource, &["description", "methods", "models", "resources"]);
            self.snake_case(name, &resource.location);
            if depth == MAX_DEPTH {
                let message = format!("resource `{name}` is nested more than {MAX_DEPTH} levels deep");
                self.error_at_key(&resource.location, message, "move it to a higher level");
                continue;
            }
            let mut methods = Vec::new();
            for (name, method) in self.mapping(&resource, "methods") {
                self.snake_case(name, &method.location);
                methods.extend(self.method(name, &method));
            }
            let models = self.list(&resource, "models");
            resources.push(Resource {
                name: name.clone(),
                description: self.optional(&resource, "description"),
                methods,
                models,
                resources: self.resources(&resource, depth + 1),
                location: resource.location,
            });
        }
        resources
    }

    fn method(&mut self, name: &str, method: &Located<'a>) -> Option<Method> {
        let operation =
            |id: &str, location: &SourceLocation| MethodTarget::Operation(id.to_owned(), location.clone());
        let method = match method.value {
            Value::String(id) => Method {
                name: name.to_owned(),
                location: method.location.clone(),
                target: operation(id, &method.location),
                pagination: None,
            },
            Value::Object(_) => {
                self.keys(method, &["operation", "one_of", "choice", "pagination"]);
                let target = match method.get("one_of").filter(|one_of| one_of.value.is_object()) {
                    Some(one_of) => MethodTarget::EndpointChoice {
                        choice: self.required(method, "choice"),
                        operations: one_of
                            .members()
                            .filter_map(|(parameter, id)| {
                                Some((parameter.clone(), id.value.as_str()?.to_owned(), id.location))
                            })
                            .collect(),
                    },
                    None => match self.required(method, "operation").as_str() {
                        "" => return None,
                        id => operation(id, &method.location.child("operation")),
                    },
                };
                let pagination =
                    self.optional(method, "pagination").map(|name| (name, method.location.child("pagination")));
                Method { name: name.to_owned(), location: method.location.clone(), target, pagination }
            }
            _ => {
                let help = "write the id of an operation, or a mapping with `operation`";
                self.error(&method.location, format!("the method `{name}` has no operation"), help);
                return None;
            }
        };
        Some(method)
    }
}
