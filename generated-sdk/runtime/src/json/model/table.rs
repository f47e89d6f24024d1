use std::fmt;

use serde::de::MapAccess;
use serde::ser::{Serialize, Serializer};

use super::field::FieldDeserializer;

/// One row of a model's table: a property's name on the wire, and how it is there.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The property's name in JSON.
    pub name: &'static str,
    /// How it is there.
    pub kind: Kind,
}

impl Field {
    /// Whether an object without it does not fit.
    pub const fn is_required(&self) -> bool {
        matches!(self.kind, Kind::required | Kind::number)
    }
}

/// How a field can be there, by the words that [`model!`](crate::model!) takes; each is a function of [`FieldDeserializer`] and of
/// [`ObjectSerializer`](super::ObjectSerializer) too.
#[allow(non_camel_case_types)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It must be there.
    required,
    /// It may be absent; `null` reads as absent.
    optional,
    /// It may be absent and may be `null`, and says which.
    nullable,
    /// It should be there but may be `null`; an absent one reads as `null`.
    required_nullable,
    /// A number that must be there.
    number,
    /// A number that may be absent.
    optional_number,
    /// A number that may be absent and may be `null`, and says which.
    nullable_number,
    /// A number that should be there but may be `null`.
    required_nullable_number,
}

/// The one value of a property that never has another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constant {
    /// Text.
    Text(&'static str),
    /// A number without a fraction.
    Integer(i64),
    /// True or false.
    Boolean(bool),
}

impl Constant {
    /// Reads a value and says whether it is the constant.
    pub(super) fn read<'de, A: MapAccess<'de>>(self, map: &mut A) -> Result<bool, A::Error> {
        Ok(match map.next_value::<serde_json::Value>()? {
            serde_json::Value::String(text) => matches!(self, Self::Text(own) if own == text),
            serde_json::Value::Bool(value) => self == Self::Boolean(value),
            value => value.as_i64().is_some_and(|value| self == Self::Integer(value)),
        })
    }
}

impl fmt::Display for Constant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(formatter, "\"{text}\""),
            Self::Integer(number) => number.fmt(formatter),
            Self::Boolean(value) => value.fmt(formatter),
        }
    }
}

impl Serialize for Constant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Boolean(value) => serializer.serialize_bool(*value),
        }
    }
}

/// What a model's object holds.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// The properties, in the order in which they are written.
    pub fields: &'static [Field],
    /// Properties that always have the same value, such as the tag of a union's member.
    pub constants: &'static [(&'static str, Constant)],
    /// How many of the constants, from the first on, must be there.
    pub required_constants: usize,
    /// Whether the object keeps properties that are not in the table.
    pub is_open: bool,
}

/// A JSON object with known properties. Implemented by [`model!`](crate::model!).
pub trait Model: Default {
    /// What the object holds.
    const TABLE: Table;

    /// Reads the value of field number `index`.
    ///
    /// # Errors
    /// Whatever the format says of a value that does not fit the field's type.
    fn read<'de, A: MapAccess<'de>>(
        &mut self,
        index: usize,
        value: FieldDeserializer<'_, A>,
    ) -> Result<(), A::Error>;

    /// Reads the value of a property that is not in the table.
    ///
    /// # Errors
    /// Whatever the format says of a value that does not fit.
    fn read_other<'de, A: MapAccess<'de>>(
        &mut self,
        _name: String,
        value: FieldDeserializer<'_, A>,
    ) -> Result<(), A::Error> {
        value.ignore()
    }
}

/// States the table of a model: for each field its number, its name in JSON, how it is treated
/// (`required`, `optional`, `nullable`, `required_nullable`, each with a form for numbers) and the Rust field that holds it.
/// `constant` rows are properties with one fixed value that no Rust field holds; `default` rows are such that an answer
/// may leave out. An `other` row, the last, names
/// the map (of `values`, or of `numbers`) for the properties that are not in the table; without one they are dropped.
///
/// ```
/// /// A person.
/// #[derive(Clone, Debug, Default, PartialEq)]
/// pub struct Person {
///     /// What they are called.
///     pub name: String,
///     /// Years since birth.
///     pub age: Option<i64>,
/// }
///
/// sdk_runtime::model!(Person {
///     0 "name" required name;
///     1 "age" optional age;
/// });
///
/// let person: Person = serde_json::from_str(r#"{"name": "Ada"}"#)?;
/// assert_eq!(serde_json::to_string(&person)?, r#"{"name":"Ada"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[macro_export]
macro_rules! model {
    ($name:ident {
        $(constant $constant:literal = $type:ident($fixed:literal);)*
        $(default $default:literal = $default_type:ident($default_value:literal);)*
        $($index:literal $wire:literal $kind:ident $field:ident;)*
        $(other $others:ident $other:ident;)?
    }) => {
        impl $crate::model::Model for $name {
            const TABLE: $crate::model::Table = $crate::model::Table {
                fields: &[$($crate::model::Field { name: $wire, kind: $crate::model::Kind::$kind }),*],
                constants: &[
                    $(($constant, $crate::model::Constant::$type($fixed)),)*
                    $(($default, $crate::model::Constant::$default_type($default_value)),)*
                ],
                required_constants: <[&str]>::len(&[$($constant),*]),
                is_open: $crate::model!(@is_open $($other)?),
            };

            #[inline]
            fn read<'de, A: $crate::serde::de::MapAccess<'de>>(
                &mut self,
                index: usize,
                value: $crate::model::FieldDeserializer<'_, A>,
            ) -> ::core::result::Result<(), A::Error> {
                match index {
                    $($index => value.$kind(&mut self.$field),)*
                    _ => value.ignore(),
                }
            }
            $(
                #[inline]
                fn read_other<'de, A: $crate::serde::de::MapAccess<'de>>(
                    &mut self,
                    name: ::std::string::String,
                    value: $crate::model::FieldDeserializer<'_, A>,
                ) -> ::core::result::Result<(), A::Error> {
                    value.other(name, &mut self.$other)
                }
            )?
        }

        impl<'de> $crate::serde::Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D: $crate::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::model::deserialize(deserializer)
            }
        }

        impl $crate::serde::Serialize for $name {
            #[inline]
            fn serialize<S: $crate::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                let mut object = $crate::model::ObjectSerializer::new::<Self>(serializer);
                $(object.$kind($wire, &self.$field);)*
                $(object.$others(&self.$other);)?
                object.end()
            }
        }
    };
    (@is_open) => {
        false
    };
    (@is_open $other:ident) => {
        true
    };
}
