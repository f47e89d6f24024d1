use serde_json::Value;

use super::reader::Reader;
use crate::document::{Located, SourceLocation};
use crate::openapi::operation::{Parameter, ParameterKind, path_parameters};

impl<'a> Reader<'a> {
    /// Makes the path parameters match the path template: adds undeclared ones as strings, removes unknown ones.
    pub(super) fn match_path(&mut self, path: &str, operation: &SourceLocation, parameters: &mut Vec<Parameter>) {
        let template: Vec<&str> = path_parameters(path).collect();
        for name in &template {
            if parameters.iter().any(|known| known.kind == ParameterKind::Path && known.name == *name) {
                continue;
            }
            let message = format!("path parameter `{name}` is not declared; it is read as a string");
            self.warn(operation, message, "declare it in the `parameters` of the operation or the path item");
            parameters.push(Parameter {
                location: operation.clone(),
                name: (*name).to_owned(),
                kind: ParameterKind::Path,
                required: true,
                description: None,
                deprecated: false,
                schema: None,
                style: None,
                explode: None,
                allow_reserved: false,
                media_type: None,
                example: None,
            });
        }
        parameters.retain(|parameter| {
            let is_used = parameter.kind != ParameterKind::Path || template.contains(&parameter.name.as_str());
            if !is_used {
                let message =
                    format!("the path does not contain `{{{}}}`; the parameter is ignored", parameter.name);
                self.warn(&parameter.location, message, "correct the name of the parameter, or the path");
            }
            is_used
        });
    }

    pub(super) fn parameter(&mut self, parameter: Located<'a>) -> Option<Parameter> {
        let parameter = self.deref(parameter)?;
        let Some(name) = parameter.text("name") else {
            self.warn(&parameter.location, "parameter without a name; it is ignored", "add `name`");
            return None;
        };
        let kind = match parameter.text("in").as_deref() {
            Some("path") => ParameterKind::Path,
            Some("query") => ParameterKind::Query,
            Some("header") => ParameterKind::Header,
            Some("cookie") => ParameterKind::Cookie,
            Some("querystring") => ParameterKind::QueryString,
            other => {
                let message = match other {
                    Some(other) => {
                        format!("parameter `{name}` has the unknown location `in: {other}`; it is ignored")
                    }
                    None => format!("parameter `{name}` has no `in`; it is ignored"),
                };
                let help = "use `in: path`, `query`, `header`, `cookie` or `querystring`";
                self.warn(&parameter.location, message, help);
                return None;
            }
        };
        let content = parameter.get("content");
        let content = content.as_ref().and_then(|content| content.members().next());
        let media_type = content.as_ref().map(|(media_type, _)| (*media_type).clone());
        let media = content.and_then(|(_, media)| self.deref(media));
        let schema = parameter.get("schema").or_else(|| media?.get("schema"));
        let named_example = || {
            let examples = parameter.get("examples")?;
            examples.members().next().and_then(|(_, example)| example.value.get("value"))
        };
        Some(Parameter {
            name,
            kind,
            required: parameter.flag("required") || kind == ParameterKind::Path,
            description: parameter.text("description"),
            deprecated: parameter.flag("deprecated"),
            schema: schema.map(|schema| self.schema(schema)),
            style: parameter.text("style"),
            explode: parameter.value.get("explode").and_then(Value::as_bool),
            allow_reserved: parameter.flag("allowReserved"),
            media_type,
            example: parameter.value.get("example").or_else(named_example).cloned(),
            location: parameter.location,
        })
    }
}
