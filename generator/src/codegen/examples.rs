//! Example calls of every method with values from the document, for documentation and tests.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::context::{CodegenContext, Detail};
use super::expression::Expression;
use super::identifiers as names;
use super::rust_type::NamedType;
use super::sample::{Position, Sample};
use crate::model::{Method, Output, Resource};

impl CodegenContext<'_> {
    /// Returns the example of a method, as the lines of a documentation test. Hidden lines begin with `#`.
    pub(super) fn method_example(&self, resource: &Resource, method: &Method) -> Vec<String> {
        if self.detail == Detail::Signatures {
            return Vec::new();
        }
        let call = self.example_call(resource, method, false);
        let name = match &method.output {
            Output::Page { .. } => names::field(resource.name()),
            _ => names::field(&crate::inflection::singular(resource.name())),
        };
        // A variable `client` would shadow the one that the call uses.
        let name = if name == "client" { "result".to_owned() } else { name };
        let statements = match &method.output {
            Output::Empty => format!("{call}.await?;"),
            Output::Value { .. } | Output::Text | Output::Bytes => {
                format!("let {name} = {call}.await?; println!(\"{{{name}:?}}\");")
            }
            Output::Stream(_) => {
                format!("let mut {name} = {call}.await?; {}", item_loop(&name))
            }
            Output::Page { .. } => format!("let mut {name} = {call}.items(); {}", item_loop(&name)),
        };
        self.example_lines(&statements, &call)
    }

    /// Returns the example of `stream`, for a method that can return a stream instead of its result.
    pub(super) fn stream_example(&self, resource: &Resource, method: &Method) -> Vec<String> {
        if self.detail == Detail::Signatures {
            return Vec::new();
        }
        let call = self.example_call(resource, method, false);
        let statements = format!("let mut stream = {call}.stream().await?; {}", item_loop("stream"));
        self.example_lines(&statements, &call)
    }

    fn example_lines(&self, statements: &str, call: &Expression) -> Vec<String> {
        let library = self.library;
        let mut lines = vec![format!("# async fn example(client: {library}::Client) -> {library}::Result<()> {{")];
        let uses = self.use_declarations(call);
        let has_uses = !uses.is_empty();
        lines.extend(uses);
        if has_uses {
            lines.push(String::new());
        }
        lines.extend(format_statements(statements));
        lines.push("# Ok(())".to_owned());
        lines.push("# }".to_owned());
        lines
    }

    /// Returns the calls of a method in tests, as expressions with their imports: one with the required arguments, and
    /// one with all.
    pub(super) fn test_calls(&self, resource: &Resource, method: &Method) -> Option<[String; 2]> {
        let call = |full| {
            let call = self.example_call(resource, method, full);
            let uses = self.use_declarations(&call);
            if uses.is_empty() { call.to_string() } else { format!("{{ {} {call} }}", uses.join(" ")) }
        };
        (self.detail == Detail::CrateAndCalls).then(|| [false, true].map(call))
    }

    fn example_call(&self, resource: &Resource, method: &Method, full: bool) -> Expression {
        let mut call = Expression::code("client");
        for module in names::modules(&resource.path) {
            call = call.method(module, []);
        }
        let mut sample = Sample::new(self, full);
        let required = method.parameters.iter().filter(|parameter| parameter.is_argument());
        let arguments: Vec<Expression> = required.map(|parameter| sample.parameter(method, parameter)).collect();
        call = call.method(self.method_name(resource, method), arguments);
        if full {
            for setter in self.setters(resource, method, &mut BTreeSet::new()) {
                if setter.argument.is_some() {
                    let parameter = &method.parameters[setter.parameter];
                    let value = sample.value(&parameter.ty, parameter.example.as_ref(), Position::Argument);
                    call = call.method(setter.name, [value]);
                }
            }
        }
        call
    }

    /// Returns `use` declarations of the types in an expression, one for each module.
    fn use_declarations(&self, expression: &Expression) -> Vec<String> {
        let mut types: BTreeSet<Arc<NamedType>> = BTreeSet::new();
        expression.collect_types(&mut types);
        let mut modules: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for ty in &types {
            let module = match ty.module.as_str() {
                "" => self.library.to_owned(),
                module => format!("{}::{module}", self.library),
            };
            modules.entry(module).or_default().push(&ty.name);
        }
        let declaration = |(module, names): (String, Vec<&str>)| match names.as_slice() {
            [name] => format!("use {module}::{name};"),
            names => format!("use {module}::{{{}}};", names.join(", ")),
        };
        modules.into_iter().map(declaration).collect()
    }
}

/// Returns a loop over all items of a stream.
fn item_loop(name: &str) -> String {
    format!("while let Some(item) = {name}.try_next().await? {{ println!(\"{{item:?}}\"); }}")
}

/// Formats statements as the body of a function.
fn format_statements(statements: &str) -> Vec<String> {
    let text = format!("fn example() {{ {statements} }}");
    let Ok(file) = syn::parse_file(&text) else { return vec![statements.to_owned()] };
    let formatted = prettyplease::unparse(&file);
    let lines: Vec<&str> = formatted.lines().collect();
    let body = lines.get(1..lines.len().saturating_sub(1)).unwrap_or_default();
    body.iter().map(|line| line.strip_prefix("    ").unwrap_or(line).to_owned()).collect()
}
