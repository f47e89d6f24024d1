//! Sample values of every type, made of the document's examples.

use serde_json::{Map, Value};

use super::context::CodegenContext;
use super::expression::Expression;
use super::identifiers as names;
use crate::model::{
    Constant, Endpoint, EnumValue, Field, Method, Parameter, ParameterKind, Type, TypeId, TypeKind, Variant, Width,
};

/// Maximum depth at which optional values are filled in.
const MAX_DEPTH: usize = 5;

/// Maximum number of values of named types in one call.
const MAX_VALUES: usize = 200;

/// Maximum nesting of values. The formatter needs stack space for each level.
const MAX_NESTED: usize = 24;

/// Maximum number of values in an untyped JSON value. The `json!` macro recurses for each.
const MAX_JSON: usize = 40;

/// Maximum number of items in a list.
const MAX_ITEMS: usize = 3;

/// Position of a value: arguments are converted, fields and items have exactly their type.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Position {
    Argument,
    Owned,
}

/// State of the values in one call.
pub(super) struct Sample<'a> {
    context: &'a CodegenContext<'a>,
    /// `true` if optional values are filled in.
    full: bool,
    /// Named types around the current value.
    inside: Vec<TypeId>,
    /// Number of values of named types that may still be added.
    left: usize,
    /// Number of values around the current one.
    depth: usize,
}

impl<'a> Sample<'a> {
    pub(super) fn new(context: &'a CodegenContext<'a>, full: bool) -> Self {
        Self { context, full, inside: Vec::new(), left: MAX_VALUES, depth: 0 }
    }

    /// Returns the argument for a required parameter.
    pub(super) fn parameter(&mut self, method: &Method, parameter: &Parameter) -> Expression {
        if let (ParameterKind::EndpointChoice, Endpoint::Choice { choice, .. }) =
            (parameter.kind, &method.endpoint)
        {
            return self.endpoint_choice(*choice);
        }
        let example = parameter.example.as_ref();
        match parameter.nullable {
            true => some(self.value(&parameter.ty, example, Position::Owned)),
            false => self.value(&parameter.ty, example, Position::Argument),
        }
    }

    /// Returns the first alternative in the shortest call and the last one in the full call.
    fn endpoint_choice(&mut self, index: usize) -> Expression {
        let ty = self.context.endpoint_choice_type(index);
        let variants = &self.context.names.names().choices()[index].variants;
        let mut choices = self.context.sdk.endpoint_choices[index].parameters.iter().zip(variants);
        let choice = if self.full { choices.next_back() } else { choices.next() };
        let Some((parameter, variant)) = choice else {
            return Expression::associated_call(&ty, "default", []);
        };
        let value = self.value(&Type::String, parameter.example.as_ref(), Position::Argument);
        Expression::associated_call(&ty, names::snake(variant), [value])
    }

    /// Returns a value of a type. The example is used if it matches the type.
    pub(super) fn value(&mut self, ty: &Type, example: Option<&Value>, position: Position) -> Expression {
        self.depth += 1;
        let value = self.value_inside(ty, example, position);
        self.depth -= 1;
        value
    }

    fn value_inside(&mut self, ty: &Type, example: Option<&Value>, position: Position) -> Expression {
        let text = |fallback: &str| {
            let literal = match example {
                Some(Value::String(text)) => Expression::text(text),
                Some(value @ (Value::Number(_) | Value::Bool(_))) => Expression::text(value.to_string()),
                _ => Expression::text(fallback),
            };
            if position == Position::Owned { literal.method("into", []) } else { literal }
        };
        match ty {
            Type::String | Type::Secret | Type::Bytes => text("string"),
            Type::File if position == Position::Owned => Expression::Bytes("string").method("into", []),
            Type::File => Expression::Bytes("string"),
            Type::DateTime => text("2024-10-31T12:00:00Z"),
            Type::Date => text("2024-10-31"),
            Type::Time => text("12:00:00Z"),
            Type::Duration => text("PT12H"),
            Type::Base64 => {
                let encoded = example.and_then(Value::as_str).unwrap_or("AQID");
                self.context.root_item("Base64::from_text").call([Expression::text(encoded)])
            }
            Type::Boolean => Expression::Boolean(example.and_then(Value::as_bool).unwrap_or(true)),
            Type::Integer(width) => Expression::Integer(integer(*width, example), ""),
            Type::Count => Expression::code(example.and_then(Value::as_u64).unwrap_or(1).to_string()),
            Type::Number => {
                let number = example.and_then(Value::as_f64).filter(|number| number.is_finite());
                Expression::Float(number.unwrap_or(1.0))
            }
            Type::Any => self.json(bounded(example).cloned().unwrap_or_else(|| Value::Object(Map::new()))),
            Type::Object => match bounded(example) {
                Some(Value::Object(object)) if !object.is_empty() => {
                    let object = self.json(Value::Object(object.clone())).method("as_object", []);
                    object.method("cloned", []).method("unwrap_or_default", [])
                }
                _ => self.context.root_item("Object::new").call([]),
            },
            Type::List(item) => self.list(item, example, position),
            Type::Map(value) => self.map(value, example, position),
            Type::Tuple(items) => {
                let examples = example.and_then(Value::as_array);
                let values = items.iter().enumerate().map(|(index, item)| {
                    let example = examples.and_then(|examples| examples.get(index));
                    self.value(item, example, Position::Owned)
                });
                Expression::Tuple(values.collect())
            }
            Type::Nullable(inner) => some(self.value(inner, example, Position::Owned)),
            Type::Named(id) => self.named(*id, example, position),
        }
    }

    fn json(&self, value: Value) -> Expression {
        Expression::Json(format!("{}::json", self.context.library), value)
    }

    fn list(&mut self, item: &Type, example: Option<&Value>, position: Position) -> Expression {
        let examples: Vec<Option<&Value>> = match example {
            Some(Value::Array(items)) if !items.is_empty() => items.iter().take(MAX_ITEMS).map(Some).collect(),
            _ => vec![None],
        };
        // All items of a list have one type, so that variants of a union have to be named.
        let is_union = matches!(item, Type::Named(id) if !self.context.is_object(*id));
        let inner = if is_collection(item) || is_union { Position::Owned } else { position };
        let items = examples.into_iter().map(|example| self.value(item, example, inner)).collect();
        match position {
            Position::Argument => Expression::Array(items),
            Position::Owned => Expression::Vec(items),
        }
    }

    fn map(&mut self, value: &Type, example: Option<&Value>, position: Position) -> Expression {
        let (key, example) = match example {
            Some(Value::Object(object)) => {
                object.iter().next().map_or(("key", None), |(k, v)| (k.as_str(), Some(v)))
            }
            _ => ("key", None),
        };
        let inner = if is_collection(value) { Position::Owned } else { position };
        let value = self.value(value, example, inner);
        let key = Expression::text(key);
        match position {
            Position::Argument => Expression::Array(vec![Expression::Tuple(vec![key, value])]),
            Position::Owned => {
                let entry = Expression::Tuple(vec![key.method("into", []), value]);
                Expression::Array(vec![entry]).method("into", [])
            }
        }
    }

    fn named(&mut self, id: TypeId, example: Option<&Value>, position: Position) -> Expression {
        let definition = &self.context.sdk.types[id.0];
        let example = example.or(definition.example.as_ref());
        // Ends types that contain themselves, and examples whose size grows exponentially with the depth.
        if self.inside.contains(&id) || self.left == 0 || self.depth > MAX_NESTED {
            return self.default(id);
        }
        self.left -= 1;
        self.inside.push(id);
        let value = match &definition.kind {
            TypeKind::Enum(values) => self.enum_value(id, values, example),
            TypeKind::Object(fields) => self.object(id, fields, example),
            TypeKind::Union { variants, .. } => self.union(id, variants, example, position),
        };
        self.inside.pop();
        value
    }

    fn default(&self, id: TypeId) -> Expression {
        Expression::associated_call(self.context.named_type(id), "default", [])
    }

    fn enum_value(&self, id: TypeId, values: &[EnumValue], example: Option<&Value>) -> Expression {
        let wanted = example.and_then(Constant::of);
        let known = values.iter().position(|known| Some(&known.value) == wanted.as_ref()).unwrap_or(0);
        match self.context.names.members(id).get(known) {
            Some(variant) => Expression::Associated(self.context.named_type(id).clone(), variant.clone()),
            None => self.default(id),
        }
    }

    fn union(
        &mut self,
        id: TypeId,
        variants: &[Variant],
        example: Option<&Value>,
        position: Position,
    ) -> Expression {
        let context = self.context;
        let chosen = self.choose_variant(variants, example);
        let (Some(variant), Some(name)) = (variants.get(chosen), context.names.members(id).get(chosen)) else {
            return self.default(id);
        };
        let value = self.value(&variant.ty, example.or(variant.example.as_ref()), Position::Owned);
        // A struct converts into the union, which reads better than naming the variant.
        let is_struct = matches!(variant.ty, Type::Named(id) if context.is_object(id));
        if position == Position::Argument && is_struct {
            return value;
        }
        let value = match context.is_boxed(id, variant) {
            true => Expression::code("Box::new").call([value]),
            false => value,
        };
        Expression::associated_call(context.named_type(id), name, [value])
    }

    /// Returns the index of the variant that matches the example. Without an example, the shortest call uses the
    /// first variant and the full call the last one.
    fn choose_variant(&self, variants: &[Variant], example: Option<&Value>) -> usize {
        let fits = |ty: &Type| match (ty, example) {
            (Type::Named(id), Some(Value::Object(object))) => {
                self.required_properties(*id).all(|key| object.contains_key(key))
            }
            (Type::Map(value), Some(Value::Object(object))) => {
                object.values().all(|item| item.is_object() == matches!(**value, Type::Map(_)))
            }
            _ => example.is_none(),
        };
        let is_new = |ty: &Type| !ty.named().iter().any(|id| self.inside.contains(id));
        let chosen = match (self.full, example) {
            (true, None) => variants.iter().rposition(|variant| is_new(&variant.ty)),
            _ => variants
                .iter()
                .position(|variant| fits(&variant.ty) && is_new(&variant.ty))
                .or_else(|| variants.iter().position(|variant| is_new(&variant.ty))),
        };
        chosen.unwrap_or(0)
    }

    fn object(&mut self, id: TypeId, fields: &[Field], example: Option<&Value>) -> Expression {
        let property = |field: &Field| example.and_then(|example| example.get(&field.wire)).cloned();
        let mut arguments = Vec::new();
        for field in fields.iter().filter(|field| field.required && field.constant.is_none()) {
            let example = property(field).or_else(|| field.example.clone());
            arguments.push(match field.nullable {
                true => Expression::code("None"),
                false => self.value(&field.ty, example.as_ref(), Position::Argument),
            });
        }
        let mut value = Expression::associated_call(self.context.named_type(id), "new", arguments);
        if self.full && self.inside.len() < MAX_DEPTH && self.left > 0 {
            let optional = |(field, _): &(&Field, &String)| !field.required && field.constant.is_none();
            for (field, setter) in fields.iter().zip(self.context.names.members(id)).filter(optional) {
                let is_recursive = field.ty.named().iter().any(|id| self.inside.contains(id));
                if !is_recursive {
                    let example = property(field).or_else(|| field.example.clone());
                    let argument = self.value(&field.ty, example.as_ref(), Position::Argument);
                    value = value.method(setter, [argument]);
                }
            }
        }
        value
    }

    /// Returns the names of the required properties of an object.
    fn required_properties(&self, id: TypeId) -> impl Iterator<Item = &'a str> {
        let fields: &[Field] = match &self.context.sdk.types[id.0].kind {
            TypeKind::Object(fields) => fields,
            _ => &[],
        };
        fields.iter().filter(|field| field.required).map(|field| field.wire.as_str())
    }
}

fn some(value: Expression) -> Expression {
    Expression::code("Some").call([value])
}

fn is_collection(ty: &Type) -> bool {
    matches!(ty, Type::List(_) | Type::Map(_))
}

/// Returns an integer in the range of the width.
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

/// Returns the example if it has at most [`MAX_JSON`] values.
fn bounded(example: Option<&Value>) -> Option<&Value> {
    fn count(value: &Value, left: &mut usize) -> Option<()> {
        *left = left.checked_sub(1)?;
        match value {
            Value::Array(items) => items.iter().try_for_each(|item| count(item, left)),
            Value::Object(object) => object.values().try_for_each(|value| count(value, left)),
            _ => Some(()),
        }
    }
    example.filter(|example| count(example, &mut { MAX_JSON }).is_some())
}
