//! Rust expressions of generated code.

use std::collections::BTreeSet;
use std::fmt::{self, Display};
use std::sync::Arc;

use proc_macro2::Literal;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::literal::StringLiteral;
use super::rust_type::{NamedType, RustType};

/// Rust expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// String literal.
    Text(StringLiteral),
    /// Byte string literal without escapes.
    Bytes(&'static str),
    /// Boolean literal.
    Boolean(bool),
    /// Integer literal, with its type as a suffix if that is not inferred.
    Integer(i64, &'static str),
    /// Floating-point literal; the number is finite.
    Float(f64),
    /// Variable, field access, closure or path that needs no import.
    Code(String),
    /// Item of a type that the generated crate defines: `Type::item`.
    Associated(Arc<NamedType>, String),
    /// `&expression`.
    Reference(Box<Self>),
    /// `function(arguments)`.
    Call(Box<Self>, Vec<Self>),
    /// `receiver.method(arguments)`.
    MethodCall(Box<Self>, String, Vec<Self>),
    /// `[items]`.
    Array(Vec<Self>),
    /// `vec![items]`.
    Vec(Vec<Self>),
    /// `(items)`.
    Tuple(Vec<Self>),
    /// `Name { field: value }`, of a type that is in scope.
    Struct(String, Vec<(&'static str, Self)>),
    /// The runtime's `json!` macro, by its path.
    Json(String, Value),
}

impl Expression {
    /// Returns the string literal of `text`.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(StringLiteral::new(text))
    }

    /// Returns a variable or a path that needs no import.
    pub(super) fn code(code: impl Into<String>) -> Self {
        Self::Code(code.into())
    }

    /// Returns `&self`.
    pub(super) fn reference(self) -> Self {
        Self::Reference(Box::new(self))
    }

    /// Returns `self(arguments)`.
    pub(super) fn call(self, arguments: impl Into<Vec<Self>>) -> Self {
        Self::Call(Box::new(self), arguments.into())
    }

    /// Returns `self.method(arguments)`.
    pub(super) fn method(self, method: impl Into<String>, arguments: impl Into<Vec<Self>>) -> Self {
        Self::MethodCall(Box::new(self), method.into(), arguments.into())
    }

    /// Returns `Type::item(arguments)`.
    pub(super) fn associated_call(
        ty: &Arc<NamedType>,
        item: impl Into<String>,
        arguments: impl Into<Vec<Self>>,
    ) -> Self {
        Self::Associated(ty.clone(), item.into()).call(arguments)
    }

    /// Adds the types that the expression names.
    pub(super) fn collect_types(&self, types: &mut BTreeSet<Arc<NamedType>>) {
        match self {
            Self::Associated(ty, _) => {
                types.insert(ty.clone());
            }
            Self::Reference(inner) => inner.collect_types(types),
            Self::Call(function, arguments) => {
                function.collect_types(types);
                arguments.iter().for_each(|argument| argument.collect_types(types));
            }
            Self::MethodCall(receiver, _, arguments) => {
                receiver.collect_types(types);
                arguments.iter().for_each(|argument| argument.collect_types(types));
            }
            Self::Array(items) | Self::Vec(items) | Self::Tuple(items) => {
                items.iter().for_each(|item| item.collect_types(types));
            }
            Self::Struct(_, fields) => fields.iter().for_each(|(_, value)| value.collect_types(types)),
            Self::Text(_)
            | Self::Bytes(_)
            | Self::Boolean(_)
            | Self::Integer(..)
            | Self::Float(_)
            | Self::Code(_)
            | Self::Json(..) => {}
        }
    }
}

impl Display for Expression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => text.fmt(formatter),
            Self::Bytes(bytes) => write!(formatter, "b\"{bytes}\""),
            Self::Boolean(value) => value.fmt(formatter),
            Self::Integer(value, suffix) => write!(formatter, "{value}{suffix}"),
            Self::Float(value) => Literal::f64_unsuffixed(*value).fmt(formatter),
            Self::Code(code) => formatter.write_str(code),
            Self::Associated(ty, item) => write!(formatter, "{}::{item}", ty.name),
            Self::Reference(inner) => write!(formatter, "&{inner}"),
            Self::Call(function, arguments) => {
                write!(formatter, "{function}")?;
                list(formatter, "(", arguments, ")")
            }
            Self::MethodCall(receiver, method, arguments) => {
                write!(formatter, "{receiver}.{method}")?;
                list(formatter, "(", arguments, ")")
            }
            Self::Array(items) => list(formatter, "[", items, "]"),
            Self::Vec(items) => list(formatter, "vec![", items, "]"),
            Self::Tuple(items) => list(formatter, "(", items, if items.len() == 1 { ",)" } else { ")" }),
            Self::Struct(name, fields) => {
                let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name}: {value}")).collect();
                write!(formatter, "{name} {{ {} }}", fields.join(", "))
            }
            Self::Json(path, value) => {
                write!(formatter, "{path}!(")?;
                json(formatter, value)?;
                formatter.write_str(")")
            }
        }
    }
}

fn list(formatter: &mut fmt::Formatter<'_>, open: &str, items: &[Expression], close: &str) -> fmt::Result {
    formatter.write_str(open)?;
    for (index, item) in items.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        write!(formatter, "{comma}{item}")?;
    }
    formatter.write_str(close)
}

/// Writes a value in the syntax of the `json!` macro. JSON text is not always valid there: its strings can have
/// escapes that Rust does not support, and its integers can have any size.
fn json(formatter: &mut fmt::Formatter<'_>, value: &Value) -> fmt::Result {
    match value {
        Value::Number(number) if number.is_f64() => number.fmt(formatter),
        Value::Number(number) => match number.as_i64() {
            Some(small) if i32::try_from(small).is_ok() => small.fmt(formatter),
            Some(large) => write!(formatter, "{large}i64"),
            None => write!(formatter, "{number}u64"),
        },
        Value::String(text) => StringLiteral::new(text).fmt(formatter),
        Value::Array(items) => {
            formatter.write_str("[")?;
            for (index, item) in items.iter().enumerate() {
                formatter.write_str(if index == 0 { "" } else { "," })?;
                json(formatter, item)?;
            }
            formatter.write_str("]")
        }
        Value::Object(object) => {
            formatter.write_str("{")?;
            for (index, (key, value)) in object.iter().enumerate() {
                let comma = if index == 0 { "" } else { "," };
                write!(formatter, "{comma}{}:", StringLiteral::new(key))?;
                json(formatter, value)?;
            }
            formatter.write_str("}")
        }
        Value::Null | Value::Bool(_) => value.fmt(formatter),
    }
}

impl Serialize for Expression {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Conversion of an argument into the value that a field or parameter holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conversion {
    /// The argument already has the type.
    Identity,
    /// `argument.into()`.
    Into,
    /// Collects an iterator of items that already have the type.
    Collect,
    /// Collects an iterator of items that are converted by `into`.
    CollectInto,
    /// Collects an iterator of keys and values that already have the type.
    CollectEntries,
    /// Collects an iterator of keys and values that are converted by `into`.
    CollectEntriesInto,
}

impl Conversion {
    /// Returns the converted argument.
    pub(super) fn apply(self, argument: Expression) -> Expression {
        let collected = |argument: Expression, function: Option<&str>| {
            let items = argument.method("into_iter", []);
            let items = match function {
                Some(function) => items.method("map", [Expression::code(function)]),
                None => items,
            };
            items.method("collect", [])
        };
        match self {
            Self::Identity => argument,
            Self::Into => argument.method("into", []),
            Self::Collect => collected(argument, None),
            Self::CollectInto => collected(argument, Some("Into::into")),
            Self::CollectEntries => collected(argument, Some("|(key, value)| (key.into(), value)")),
            Self::CollectEntriesInto => collected(argument, Some("|(key, value)| (key.into(), value.into())")),
        }
    }
}

/// Argument of a generated function.
#[derive(Clone, Debug, Serialize)]
pub struct Argument {
    /// Name of the argument.
    pub name: String,
    /// Type of the argument.
    pub ty: RustType,
    /// Value that is computed from the argument, as an expression on the variable `name`.
    pub value: Expression,
    /// `true` if the value is not the argument itself.
    pub is_converted: bool,
}

impl Argument {
    /// Returns an argument that is used unchanged.
    pub(super) fn unchanged(name: &str, ty: RustType) -> Self {
        Self { name: name.to_owned(), ty, value: Expression::code(name), is_converted: false }
    }

    /// Returns an argument whose value is computed by `conversion`.
    pub(super) fn converted(name: &str, ty: RustType, conversion: Conversion) -> Self {
        let value = conversion.apply(Expression::code(name));
        Self { name: name.to_owned(), ty, value, is_converted: conversion != Conversion::Identity }
    }

    /// Returns the argument with another value.
    pub(super) fn with_value(self, value: Expression) -> Self {
        Self { value, is_converted: true, ..self }
    }
}
