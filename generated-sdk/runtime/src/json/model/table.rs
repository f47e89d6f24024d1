use std::fmt;

use serde::de::MapAccess;
use serde::ser::{Serialize, Serializer};

use super::field::FieldDeserializer;

/// Field of a model.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Name of the property in JSON.
    pub name: &'static str,
    /// Presence and nullability of the property.
    pub kind: Kind,
}

impl Field {
    /// Returns `true` if an object without the property does not match the model.
    pub const fn is_required(&self) -> bool {
        matches!(self.kind, Kind::required | Kind::number)
    }
}

/// Presence and nullability of a field.
///
/// The variants are the keywords of [`model!`](crate::model!), which are also the names of the methods of
/// [`FieldDeserializer`] and [`ObjectSerializer`](super::ObjectSerializer).
#[allow(non_camel_case_types)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The property must be present.
    required,
    /// The property can be absent. `null` is read as absent.
    optional,
    /// The property can be absent or `null`. The two are distinguished.
    nullable,
    /// The property is always written, and can be `null`. An absent property is read as `null`.
    required_nullable,
    /// Same as `required`, for floating-point numbers.
    number,
    /// Same as `optional`, for floating-point numbers.
    optional_number,
    /// Same as `nullable`, for floating-point numbers.
    nullable_number,
    /// Same as `required_nullable`, for floating-point numbers.
    required_nullable_number,
}

/// Value of a property that has a fixed value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constant {
    /// String.
    Text(&'static str),
    /// Integer.
    Integer(i64),
    /// Boolean.
    Boolean(bool),
}

impl Constant {
    /// Reads a value. Returns `true` if it equals the constant.
    pub(super) fn read<'de, A: MapAccess<'de>>(self, map: &mut A) -> Result<bool, A::Error> {
        Ok(match map.next_value::<serde_json::Value>()? {
            serde_json::Value::String(text) => matches!(self, Self::Text(expected) if expected == text),
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

/// Properties of a model.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Fields, in the order in which they are written.
    pub fields: &'static [Field],
    /// Properties with a fixed value, such as the discriminator of a union's member. The required ones are
    /// first.
    pub constants: &'static [(&'static str, Constant)],
    /// Number of constants that must be present.
    pub required_constants: usize,
    /// `true` if the model stores properties that are not in the table.
    pub is_open: bool,
}

/// JSON object with known properties. Implemented by [`model!`](crate::model!).
pub trait Model: Default {
    /// Properties of the model.
    const TABLE: Table;

    /// Reads the value of the field with this index in the table.
    ///
    /// # Errors
    /// Returns an error if the value does not match the field's type.
    fn read<'de, A: MapAccess<'de>>(
        &mut self,
        index: usize,
        value: FieldDeserializer<'_, A>,
    ) -> Result<(), A::Error>;

    /// Reads the value of a property that is not in the table.
    ///
    /// # Errors
    /// Returns an error if the value does not match the type of such properties.
    fn read_other<'de, A: MapAccess<'de>>(
        &mut self,
        _name: String,
        value: FieldDeserializer<'_, A>,
    ) -> Result<(), A::Error> {
        value.ignore()
    }
}

/// Implements [`Model`](crate::model::Model), `Serialize` and `Deserialize` for a struct.
///
/// Each row declares a field: its name in JSON, its [`Kind`](crate::model::Kind), and the field of
/// the struct. Further rows are optional, in this order:
///
/// - `constant "name" = Text("value");` before the fields declares a property with a fixed value, which has no
///   field in the struct. The property must be present.
/// - `default "name" = Text("value");` after the `constant` rows declares such a property that can be absent from
///   a response.
/// - `other values field;` after the fields declares the map that stores properties that are not in the table.
///   For floating-point numbers it is `other numbers field;`. Without this row, such properties are dropped.
///
/// ```
/// /// A person.
/// #[derive(Clone, Debug, Default, PartialEq)]
/// pub struct Person {
///     /// Full name.
///     pub name: String,
///     /// Years since birth.
///     pub age: Option<i64>,
/// }
///
/// sdk_runtime::model!(Person {
///     "name" required name;
///     "age" optional age;
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
        $($wire:literal $kind:ident $field:ident;)*
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
            #[allow(unused_assignments, unused_mut, unused_variables)]
            fn read<'de, A: $crate::serde::de::MapAccess<'de>>(
                &mut self,
                index: usize,
                value: $crate::model::FieldDeserializer<'_, A>,
            ) -> ::core::result::Result<(), A::Error> {
                // Counts down to the field, because macros cannot number repetitions. Optimized builds compile the
                // comparisons to a jump.
                let mut remaining = index;
                $(
                    if remaining == 0 {
                        return value.$kind(&mut self.$field);
                    }
                    remaining -= 1;
                )*
                value.ignore()
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
