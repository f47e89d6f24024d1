//! Calls of every method with values from the document: examples of the documentation, and tests.

use std::collections::BTreeMap;

use proc_macro2::Literal;
use serde_json::Value;

use super::{Extent, TypeLowering, names};
use crate::model::{
    Constant, Endpoint, Field, Method, Output, Parameter, ParameterKind, Resource, Type, TypeId, TypeKind, Width,
};

/// How deep optional values are filled in.
const MAX_DEPTH: usize = 5;

/// How many values of named types one call may hold.
const MAX_VALUES: usize = 200;

/// How deep values may be inside each other: nobody reads more, and the formatter needs the stack for each.
const MAX_NESTED: usize = 24;

/// Where a value goes: an argument takes what people have, a field or item is of its type.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    Argument,
    Owned,
}

impl TypeLowering<'_> {
    /// A method's example, as the lines of a function's body; lines for the compiler alone begin with `#`.
    pub(super) fn method_example(&self, resource: &Resource, method: &Method) -> Vec<String> {
        if self.extent == Extent::Callers {
            return Vec::new();
        }
        let mut uses = Vec::new();
        let call = self.call_with(resource, method, false, &mut uses);
        let name = match &method.output {
            Output::Page { .. } => names::field(resource.name()),
            _ => names::field(&crate::model::singular(resource.name())),
        };
        // A `client` would shadow the one that the call is made with.
        let name = if name == "client" { "result".to_owned() } else { name };
        let statements = match &method.output {
            Output::Nothing => format!("{call}.await?;"),
            Output::Value { .. } | Output::Text | Output::Bytes => {
                format!("let {name} = {call}.await?; println!(\"{{{name}:?}}\");")
            }
            Output::Stream(_) => {
                format!("let mut {name} = {call}.await?; {}", reading(&name))
            }
            Output::Page { .. } => format!("let mut {name} = {call}.items(); {}", reading(&name)),
        };
        self.example_of(&statements, &mut uses)
    }

    /// The example of a method that gives a stream as well.
    pub(super) fn stream_example(&self, resource: &Resource, method: &Method) -> Vec<String> {
        if self.extent == Extent::Callers {
            return Vec::new();
        }
        let mut uses = Vec::new();
        let call = self.call_with(resource, method, false, &mut uses);
        let statements = format!("let mut stream = {call}.stream().await?; {}", reading("stream"));
        self.example_of(&statements, &mut uses)
    }

    fn example_of(&self, statements: &str, uses: &mut Vec<String>) -> Vec<String> {
        let library = self.library;
        let mut lines = vec![format!("# async fn example(client: {library}::Client) -> {library}::Result<()> {{")];
        lines.extend(group(uses).iter().map(|path| format!("use {path};")));
        if !uses.is_empty() {
            lines.push(String::new());
        }
        lines.extend(format_statements(statements));
        lines.push("# Ok(())".to_owned());
        lines.push("# }".to_owned());
        lines
    }

    /// A call as an expression, its types named by their full paths.
    pub(super) fn call(&self, resource: &Resource, method: &Method, full: bool) -> String {
        let mut uses = Vec::new();
        let call = self.call_with(resource, method, full, &mut uses);
        let uses: Vec<String> = group(&mut uses).iter().map(|path| format!("use {path};")).collect();
        if uses.is_empty() { call } else { format!("{{ {} {call} }}", uses.join(" ")) }
    }

    fn call_with(&self, resource: &Resource, method: &Method, full: bool, uses: &mut Vec<String>) -> String {
        let mut call = "client".to_owned();
        for name in &resource.path {
            call.push_str(&format!(".{}()", names::module(name)));
        }
        let mut sample = Sample { lowering: self, full, uses, inside: Vec::new(), left: MAX_VALUES, depth: 0 };
        let required = method.parameters.iter().filter(|parameter| parameter.is_needed());
        let arguments: Vec<String> = required.map(|parameter| sample.parameter(method, parameter)).collect();
        call.push_str(&format!(".{}({})", self.method_name(resource, method), arguments.join(", ")));
        if full {
            for setter in self.setters(resource, method, &mut Vec::new()) {
                if setter.argument.is_some() {
                    let parameter = &method.parameters[setter.parameter];
                    let value = sample.value(&parameter.ty, parameter.example.as_ref(), Position::Argument);
                    call.push_str(&format!(".{}({value})", setter.name));
                }
            }
        }
        call
    }
}

struct Sample<'a, 'b> {
    lowering: &'a TypeLowering<'a>,
    /// Whether optional values are there as well.
    full: bool,
    uses: &'b mut Vec<String>,
    /// The types around this value.
    inside: Vec<TypeId>,
    /// How many more values of named types are written out.
    left: usize,
    /// How many values are around this one.
    depth: usize,
}

impl Sample<'_, '_> {
    fn parameter(&mut self, method: &Method, parameter: &Parameter) -> String {
        if let (ParameterKind::EndpointChoice, Endpoint::Choice { scope, .. }) = (parameter.kind, &method.endpoint)
        {
            let name = self.lowering.names.choice(*scope);
            let variants = &self.lowering.names.names().choices()[*scope].variants;
            let scope = &self.lowering.sdk.scopes[*scope];
            self.uses.push(format!("{}::{name}", self.lowering.library));
            let mut choices = scope.parameters.iter().zip(variants);
            let choice = if self.full { choices.next_back() } else { choices.next() };
            let Some((choice, variant)) = choice else { return format!("{name}::default()") };
            let value = self.value(&Type::String, choice.example.as_ref(), Position::Argument);
            return format!("{name}::{}({value})", names::snake(variant));
        }
        match parameter.nullable {
            true => format!("Some({})", self.value(&parameter.ty, parameter.example.as_ref(), Position::Owned)),
            false => self.value(&parameter.ty, parameter.example.as_ref(), Position::Argument),
        }
    }

    fn value(&mut self, ty: &Type, example: Option<&Value>, position: Position) -> String {
        self.depth += 1;
        let value = self.value_inside(ty, example, position);
        self.depth -= 1;
        value
    }

    fn value_inside(&mut self, ty: &Type, example: Option<&Value>, position: Position) -> String {
        let text = |fallback: &str| {
            let literal = match example {
                Some(Value::String(text)) => names::literal(text),
                Some(value @ (Value::Number(_) | Value::Bool(_))) => names::literal(&value.to_string()),
                _ => names::literal(fallback),
            };
            if position == Position::Owned { format!("{literal}.into()") } else { literal }
        };
        match ty {
            Type::String | Type::Secret | Type::Bytes => text("string"),
            Type::File if position == Position::Owned => "b\"string\".into()".to_owned(),
            Type::File => "b\"string\"".to_owned(),
            Type::DateTime => text("2024-10-31T12:00:00Z"),
            Type::Date => text("2024-10-31"),
            Type::Time => text("12:00:00Z"),
            Type::Duration => text("PT12H"),
            Type::Base64 => {
                let encoded = example.and_then(Value::as_str).unwrap_or("AQID");
                format!("{}::Base64::from_text({})", self.lowering.library, names::literal(encoded))
            }
            Type::Boolean => example.and_then(Value::as_bool).unwrap_or(true).to_string(),
            Type::Integer(width) => integer(*width, example).to_string(),
            Type::Count => example.and_then(Value::as_u64).unwrap_or(1).to_string(),
            Type::Number => {
                let number = example.and_then(Value::as_f64).filter(|number| number.is_finite()).unwrap_or(1.0);
                Literal::f64_unsuffixed(number).to_string()
            }
            Type::Any => self.json(example, "{}"),
            Type::Object => match self.json(example.filter(|value| value.is_object()), "{}") {
                json if json.ends_with("({})") => format!("{}::Object::new()", self.lowering.library),
                json => format!("{json}.as_object().cloned().unwrap_or_default()"),
            },
            Type::List(item) => self.list(item, example, position),
            Type::Map(value) => self.map(value, example, position),
            Type::Tuple(items) => {
                let examples = example.and_then(Value::as_array);
                let values = items.iter().enumerate().map(|(index, item)| {
                    let example = examples.and_then(|examples| examples.get(index));
                    self.value(item, example, Position::Owned)
                });
                format!("({},)", values.collect::<Vec<_>>().join(", "))
            }
            Type::Nullable(inner) => format!("Some({})", self.value(inner, example, Position::Owned)),
            Type::Named(id) => self.named(*id, example, position),
        }
    }

    fn json(&self, example: Option<&Value>, fallback: &str) -> String {
        let mut left = MAX_JSON;
        let value = example.and_then(|example| json(example, &mut left));
        format!("{}::json!({})", self.lowering.library, value.as_deref().unwrap_or(fallback))
    }

    fn list(&mut self, item: &Type, example: Option<&Value>, position: Position) -> String {
        let examples: Vec<Option<&Value>> = match example {
            Some(Value::Array(items)) if !items.is_empty() => items.iter().take(3).map(Some).collect(),
            _ => vec![None],
        };
        // The items of a list are of one type, so members of a union must say which one they are.
        let is_union = matches!(item, Type::Named(id) if !self.lowering.is_object(*id));
        let is_collection = matches!(item, Type::List(_) | Type::Map(_));
        let inner = if is_collection || is_union { Position::Owned } else { position };
        let items: Vec<String> = examples.into_iter().map(|example| self.value(item, example, inner)).collect();
        let list = format!("[{}]", items.join(", "));
        if position == Position::Owned { format!("vec!{list}") } else { list }
    }

    fn map(&mut self, value: &Type, example: Option<&Value>, position: Position) -> String {
        let (key, example) = match example {
            Some(Value::Object(object)) => {
                object.iter().next().map_or(("key", None), |(k, v)| (k.as_str(), Some(v)))
            }
            _ => ("key", None),
        };
        let is_collection = matches!(value, Type::List(_) | Type::Map(_));
        let inner = if is_collection { Position::Owned } else { position };
        let value = self.value(value, example, inner);
        match position {
            Position::Argument => format!("[({}, {value})]", names::literal(key)),
            Position::Owned => format!("[({}.into(), {value})].into()", names::literal(key)),
        }
    }

    fn named(&mut self, id: TypeId, example: Option<&Value>, position: Position) -> String {
        let lowering = self.lowering;
        let definition = &lowering.sdk.types[id.0];
        let name = lowering.names.ty(id);
        self.uses.push(format!("{}::{}", lowering.library, lowering.path(id)));
        let example = example.or(definition.example.as_ref());
        // A type inside itself ends here, and an example that would never end: ten fields of ten fields of ten.
        if self.inside.contains(&id) || self.left == 0 || self.depth > MAX_NESTED {
            return format!("{name}::default()");
        }
        self.left -= 1;
        self.inside.push(id);
        let value = match &definition.kind {
            TypeKind::Enum(values) => {
                let wanted = example.and_then(Constant::of);
                let known = values.iter().position(|known| Some(&known.value) == wanted.as_ref()).unwrap_or(0);
                let variants = lowering.names.members(id);
                variants
                    .get(known)
                    .map_or_else(|| format!("{name}::default()"), |variant| format!("{name}::{variant}"))
            }
            TypeKind::Object(fields) => self.object(id, fields, example),
            TypeKind::Union { variants, .. } => {
                let fits = |ty: &Type| match (ty, example) {
                    (Type::Named(id), Some(Value::Object(object))) => {
                        lowering.requires(*id).all(|key| object.contains_key(key))
                    }
                    (Type::Map(value), Some(Value::Object(object))) => {
                        object.values().all(|item| item.is_object() == matches!(**value, Type::Map(_)))
                    }
                    _ => example.is_none(),
                };
                let inside = self.inside.clone();
                let is_new = |ty: &Type| !ty.named().iter().any(|id| inside.contains(id));
                let chosen = match (self.full, example) {
                    // Both members are shown: the first in the shortest call, the last in the full one.
                    (true, None) => variants.iter().rposition(|variant| is_new(&variant.ty)).unwrap_or(0),
                    _ => variants
                        .iter()
                        .position(|variant| fits(&variant.ty) && is_new(&variant.ty))
                        .or_else(|| variants.iter().position(|variant| is_new(&variant.ty)))
                        .unwrap_or(0),
                };
                let labels = lowering.names.members(id);
                match (variants.get(chosen), labels.get(chosen)) {
                    (Some(variant), Some(label)) => {
                        let example = example.or(variant.example.as_ref());
                        let value = self.value(&variant.ty, example, Position::Owned);
                        // An argument takes any member as it is, and where they are structs that reads well.
                        let is_struct = matches!(variant.ty, Type::Named(id) if lowering.is_object(id));
                        if position == Position::Argument && is_struct {
                            self.uses.retain(|path| !path.ends_with(&format!("::{name}")));
                            value
                        } else if lowering.is_boxed(id, variant) {
                            format!("{name}::{label}(Box::new({value}))")
                        } else {
                            format!("{name}::{label}({value})")
                        }
                    }
                    _ => format!("{name}::default()"),
                }
            }
        };
        self.inside.pop();
        value
    }

    fn object(&mut self, id: TypeId, fields: &[Field], example: Option<&Value>) -> String {
        let lowering = self.lowering;
        let name = lowering.names.ty(id);
        let of = |field: &Field| example.and_then(|example| example.get(&field.wire)).cloned();
        let mut arguments = Vec::new();
        for field in fields.iter().filter(|field| field.required && field.constant.is_none()) {
            let example = of(field).or_else(|| field.example.clone());
            arguments.push(match field.nullable {
                true => "None".to_owned(),
                false => self.value(&field.ty, example.as_ref(), Position::Argument),
            });
        }
        let mut value = format!("{name}::new({})", arguments.join(", "));
        if self.full && self.inside.len() < MAX_DEPTH && self.left > 0 {
            let optional = |(field, _): &(&Field, &String)| !field.required && field.constant.is_none();
            for (field, setter) in fields.iter().zip(lowering.names.members(id)).filter(optional) {
                let recursive = field.ty.named().iter().any(|id| self.inside.contains(id));
                if !recursive {
                    let example = of(field).or_else(|| field.example.clone());
                    let argument = self.value(&field.ty, example.as_ref(), Position::Argument);
                    value.push_str(&format!(".{setter}({argument})"));
                }
            }
        }
        value
    }
}

impl TypeLowering<'_> {
    fn is_object(&self, id: TypeId) -> bool {
        matches!(self.sdk.types[id.0].kind, TypeKind::Object(_))
    }

    /// The properties that an object can't do without.
    fn requires(&self, id: TypeId) -> impl Iterator<Item = &str> {
        let fields: &[Field] = match &self.sdk.types[id.0].kind {
            TypeKind::Object(fields) => fields,
            _ => &[],
        };
        fields.iter().filter(|field| field.required).map(|field| field.wire.as_str())
    }
}

/// A number that fits the width.
fn integer(width: Width, example: Option<&Value>) -> i64 {
    let (least, most) = match width {
        Width::I8 => (i8::MIN.into(), i8::MAX.into()),
        Width::I16 => (i16::MIN.into(), i16::MAX.into()),
        Width::I32 => (i32::MIN.into(), i32::MAX.into()),
        Width::I64 => (i64::MIN, i64::MAX),
        Width::U8 => (0, u8::MAX.into()),
        Width::U16 => (0, u16::MAX.into()),
        Width::U32 => (0, u32::MAX.into()),
        Width::U64 => (0, i64::MAX),
    };
    example.and_then(Value::as_i64).filter(|number| (least..=most).contains(number)).unwrap_or(1)
}

/// How many values an example of any JSON may have: the macro that it is given to expands inside itself for each.
const MAX_JSON: usize = 40;

/// A value as the macro takes it; nothing where it has more than `left` values. JSON's own text would not do: it has
/// escapes that Rust doesn't know, and integers of any size.
fn json(value: &Value, left: &mut usize) -> Option<String> {
    *left = left.checked_sub(1)?;
    Some(match value {
        Value::Number(number) if number.is_f64() => number.to_string(),
        Value::Number(number) => match number.as_i64() {
            Some(small) if i32::try_from(small).is_ok() => small.to_string(),
            Some(large) => format!("{large}i64"),
            None => format!("{number}u64"),
        },
        Value::String(text) => names::literal(text),
        Value::Array(items) => {
            let items: Option<Vec<String>> = items.iter().map(|item| json(item, left)).collect();
            format!("[{}]", items?.join(","))
        }
        Value::Object(object) => {
            let member =
                |(key, value): (&String, &Value)| Some(format!("{}:{}", names::literal(key), json(value, left)?));
            let members: Option<Vec<String>> = object.iter().map(member).collect();
            format!("{{{}}}", members?.join(","))
        }
        Value::Null | Value::Bool(_) => value.to_string(),
    })
}

/// Paths for `use`, those of one module together.
fn group(paths: &mut Vec<String>) -> Vec<String> {
    paths.sort();
    paths.dedup();
    let mut modules: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for path in paths.iter() {
        let (module, name) = path.rsplit_once("::").unwrap_or(("self", path));
        modules.entry(module).or_default().push(name);
    }
    let line = |(module, names): (&str, Vec<&str>)| match names.as_slice() {
        [name] => format!("{module}::{name}"),
        names => format!("{module}::{{{}}}", names.join(", ")),
    };
    modules.into_iter().map(line).collect()
}

/// A loop over all items of a stream.
fn reading(name: &str) -> String {
    format!("while let Some(item) = {name}.try_next().await? {{ println!(\"{{item:?}}\"); }}")
}

/// Lays out statements as people would write them.
fn format_statements(statements: &str) -> Vec<String> {
    let text = format!("fn example() {{ {statements} }}");
    let Ok(file) = syn::parse_file(&text) else { return vec![statements.to_owned()] };
    let formatted = prettyplease::unparse(&file);
    let lines: Vec<&str> = formatted.lines().collect();
    let body = lines.get(1..lines.len().saturating_sub(1)).unwrap_or_default();
    body.iter().map(|line| line.strip_prefix("    ").unwrap_or(line).to_owned()).collect()
}
