use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// One row of a model's table: a property's name on the wire, and whether it must be there.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The property's name in JSON.
    pub name: &'static str,
    /// Whether an object without it does not fit.
    pub required: bool,
}

impl Field {
    /// A property that must be there.
    pub const fn required(name: &'static str) -> Self {
        Self { name, required: true }
    }

    /// A property that may be absent; `null` reads as absent.
    pub const fn optional(name: &'static str) -> Self {
        Self { name, required: false }
    }

    /// A property that may be absent and may be `null`, and says which.
    pub const fn nullable(name: &'static str) -> Self {
        Self::optional(name)
    }

    /// A property that should be there but may be `null`; an absent one reads as `null`.
    pub const fn required_nullable(name: &'static str) -> Self {
        Self::optional(name)
    }

    /// A number that should be there but may be `null`.
    pub const fn required_nullable_number(name: &'static str) -> Self {
        Self::optional(name)
    }

    /// A number that may be absent and may be `null`, and says which.
    pub const fn nullable_number(name: &'static str) -> Self {
        Self::optional(name)
    }

    /// A number that must be there.
    pub const fn number(name: &'static str) -> Self {
        Self::required(name)
    }

    /// A number that may be absent.
    pub const fn optional_number(name: &'static str) -> Self {
        Self::optional(name)
    }
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
    fn read<'de, A: MapAccess<'de>>(self, map: &mut A) -> Result<bool, A::Error> {
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

/// A JSON object with known properties. Implemented by [`model!`](crate::model!).
pub trait Model: Default {
    /// The properties, in the order in which they are written.
    const FIELDS: &'static [Field];

    /// Properties that always have the same value, such as the tag of a union's member.
    const CONSTANTS: &'static [(&'static str, Constant)] = &[];

    /// How many of the constants, from the first on, must be there.
    const REQUIRED_CONSTANTS: usize = Self::CONSTANTS.len();

    /// Whether the object keeps properties that are not in the table.
    const OPEN: bool = false;

    /// Reads the value of field number `index` from `map`.
    ///
    /// # Errors
    /// Whatever the format says of a value that does not fit the field's type.
    fn read<'de, A: MapAccess<'de>>(&mut self, index: usize, map: &mut A) -> Result<(), A::Error>;

    /// Writes all fields that are there to `map`.
    ///
    /// # Errors
    /// Whatever the format says of a value that it cannot hold.
    fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error>;

    /// Reads the value of a property that is not in the table.
    ///
    /// # Errors
    /// Whatever the format says of a value that does not fit.
    fn read_other<'de, A: MapAccess<'de>>(&mut self, _name: String, map: &mut A) -> Result<(), A::Error> {
        map.next_value::<IgnoredAny>().map(drop)
    }
}

/// Reads a model by its table: the body of every model's `Deserialize`.
///
/// # Errors
/// When the input is not an object, lacks a required field, or a field's value does not fit.
pub fn deserialize<'de, T: Model, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_map(ModelVisitor(PhantomData))
}

/// Writes a model by its table: the body of every model's `Serialize`.
///
/// # Errors
/// Whatever the format says of a value that it cannot hold.
pub fn serialize<T: Model, S: Serializer>(model: &T, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    for (name, value) in T::CONSTANTS {
        map.serialize_entry(name, value)?;
    }
    model.write(&mut map)?;
    map.end()
}

struct ModelVisitor<T>(PhantomData<T>);

impl<'de, T: Model> Visitor<'de> for ModelVisitor<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut model = T::default();
        let mut seen = Seen::default();
        let mut expected = 0;
        let mut constants = 0;
        while let Some(key) =
            map.next_key_seed(Key { fields: T::FIELDS, constants: T::CONSTANTS, open: T::OPEN, expected })?
        {
            match key {
                Known::Field(index) => {
                    model.read(index, &mut map)?;
                    seen.insert(index);
                    expected = index + 1;
                }
                Known::Constant(index) => {
                    let (name, constant) = T::CONSTANTS[index];
                    if !constant.read(&mut map)? {
                        return Err(A::Error::custom(format_args!("expected `{name}` to be {constant}")));
                    }
                    constants += usize::from(index < T::REQUIRED_CONSTANTS);
                }
                Known::Other(name) => model.read_other(name, &mut map)?,
                Known::No => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if let Some((_, field)) =
            T::FIELDS.iter().enumerate().find(|(index, field)| field.required && !seen.contains(*index))
        {
            return Err(A::Error::missing_field(field.name));
        }
        match T::CONSTANTS.first() {
            Some((name, constant)) if constants < T::REQUIRED_CONSTANTS => {
                Err(A::Error::custom(format_args!("expected `{name}` to be {constant}")))
            }
            _ => Ok(model),
        }
    }
}

/// Which fields were there: a bit each, on the stack for all but giant models.
#[derive(Default)]
struct Seen {
    first: u64,
    rest: Vec<u64>,
}

impl Seen {
    fn insert(&mut self, index: usize) {
        if index < 64 {
            self.first |= 1 << index;
        } else {
            let word = index / 64 - 1;
            if self.rest.len() <= word {
                self.rest.resize(word + 1, 0);
            }
            self.rest[word] |= 1 << (index % 64);
        }
    }

    fn contains(&self, index: usize) -> bool {
        let word = match index {
            0..64 => self.first,
            _ => self.rest.get(index / 64 - 1).copied().unwrap_or(0),
        };
        word & (1 << (index % 64)) != 0
    }
}

enum Known {
    Field(usize),
    Constant(usize),
    Other(String),
    No,
}

/// Finds a key in the table. Servers write fields in the order of their schema, so the search begins behind
/// the field found last and mostly ends there.
struct Key {
    fields: &'static [Field],
    constants: &'static [(&'static str, Constant)],
    open: bool,
    expected: usize,
}

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Known;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Known, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Key {
    type Value = Known;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a property name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Known, E> {
        let (before, after) = self.fields.split_at(self.expected.min(self.fields.len()));
        if let Some(index) = after.iter().position(|field| field.name == name) {
            return Ok(Known::Field(self.expected + index));
        }
        if let Some(index) = before.iter().position(|field| field.name == name) {
            return Ok(Known::Field(index));
        }
        match self.constants.iter().position(|(constant, _)| *constant == name) {
            Some(index) => Ok(Known::Constant(index)),
            None if self.open => Ok(Known::Other(name.to_owned())),
            None => Ok(Known::No),
        }
    }
}

/// A field that is always there, and always written.
pub mod required {
    use super::*;

    /// Reads the field's value.
    #[inline]
    pub fn read<'de, T: serde::Deserialize<'de>, A: MapAccess<'de>>(
        slot: &mut T,
        map: &mut A,
    ) -> Result<(), A::Error> {
        *slot = map.next_value()?;
        Ok(())
    }

    /// Writes the field, if it is there.
    #[inline]
    pub fn write<T: serde::Serialize, M: SerializeMap>(
        value: &T,
        name: &'static str,
        map: &mut M,
    ) -> Result<(), M::Error> {
        map.serialize_entry(name, value)
    }
}

/// A field that is left out where it has no value.
pub mod optional {
    use super::*;

    pub use super::required::read;

    /// Writes the field, if it is there.
    #[inline]
    pub fn write<T: serde::Serialize, M: SerializeMap>(
        value: &Option<T>,
        name: &'static str,
        map: &mut M,
    ) -> Result<(), M::Error> {
        match value {
            Some(value) => map.serialize_entry(name, value),
            None => Ok(()),
        }
    }
}

/// A field that tells absent (`None`) from null (`Some(None)`).
pub mod nullable {
    use super::*;

    /// Reads the field's value.
    #[inline]
    pub fn read<'de, T: serde::Deserialize<'de>, A: MapAccess<'de>>(
        slot: &mut Option<Option<T>>,
        map: &mut A,
    ) -> Result<(), A::Error> {
        *slot = Some(map.next_value()?);
        Ok(())
    }

    pub use super::optional::write;
}

/// A field that holds floating-point numbers; whole ones are written without a fraction, as JSON servers do.
pub mod number {
    use super::*;
    use crate::values::number::{Number, Whole};

    pub use super::required::read;

    /// Writes the field, if it is there.
    #[inline]
    pub fn write<T: Number, M: SerializeMap>(value: &T, name: &'static str, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry(name, &Whole(value))
    }
}

/// As [`number`], left out where it has no value.
pub mod optional_number {
    use super::*;
    use crate::values::number::{Number, Whole};

    pub use super::required::read;

    /// Writes the field, if it is there.
    #[inline]
    pub fn write<T: Number, M: SerializeMap>(
        value: &Option<T>,
        name: &'static str,
        map: &mut M,
    ) -> Result<(), M::Error> {
        match value {
            Some(value) => map.serialize_entry(name, &Whole(value)),
            None => Ok(()),
        }
    }
}

/// A field that is always written, as `null` where it has no value.
pub mod required_nullable {
    pub use super::required::{read, write};
}

/// As [`required_nullable`], for numbers.
pub mod required_nullable_number {
    pub use super::number::{read, write};
}

/// As [`nullable`], for numbers.
pub mod nullable_number {
    pub use super::nullable::read;
    pub use super::optional_number::write;
}

/// The properties of an object that its table does not have.
pub mod others {
    use std::collections::BTreeMap;

    use super::*;
    use crate::values::number::{Number, Whole};

    /// Reads the value of one of them.
    ///
    /// # Errors
    /// Whatever the format says of a value that does not fit.
    pub fn read<'de, T: serde::Deserialize<'de>, A: MapAccess<'de>>(
        others: &mut BTreeMap<String, T>,
        name: String,
        map: &mut A,
    ) -> Result<(), A::Error> {
        others.insert(name, map.next_value()?);
        Ok(())
    }

    /// Writes all of them.
    ///
    /// # Errors
    /// Whatever the format says of a value that it cannot hold.
    pub fn values<T: Serialize, M: SerializeMap>(
        others: &BTreeMap<String, T>,
        map: &mut M,
    ) -> Result<(), M::Error> {
        others.iter().try_for_each(|(name, value)| map.serialize_entry(name, value))
    }

    /// As [`values`], for floating-point numbers.
    ///
    /// # Errors
    /// Whatever the format says of a value that it cannot hold.
    pub fn numbers<T: Number, M: SerializeMap>(others: &BTreeMap<String, T>, map: &mut M) -> Result<(), M::Error> {
        others.iter().try_for_each(|(name, value)| map.serialize_entry(name, &Whole(value)))
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
            const FIELDS: &'static [$crate::model::Field] = &[$($crate::model::Field::$kind($wire)),*];
            const CONSTANTS: &'static [(&'static str, $crate::model::Constant)] =
                &[
                    $(($constant, $crate::model::Constant::$type($fixed)),)*
                    $(($default, $crate::model::Constant::$default_type($default_value)),)*
                ];
            const REQUIRED_CONSTANTS: usize = <[&str]>::len(&[$($constant),*]);
            $(const OPEN: bool = $crate::model!(@open $other);)?

            fn read<'de, A: $crate::serde::de::MapAccess<'de>>(
                &mut self,
                index: usize,
                map: &mut A,
            ) -> ::core::result::Result<(), A::Error> {
                match index {
                    $($index => $crate::model::$kind::read(&mut self.$field, map),)*
                    _ => map.next_value::<$crate::serde::de::IgnoredAny>().map(drop),
                }
            }

            fn write<M: $crate::serde::ser::SerializeMap>(
                &self,
                map: &mut M,
            ) -> ::core::result::Result<(), M::Error> {
                $($crate::model::$kind::write(&self.$field, $wire, map)?;)*
                $($crate::model::others::$others(&self.$other, map)?;)?
                let _ = map;
                Ok(())
            }
            $(
                fn read_other<'de, A: $crate::serde::de::MapAccess<'de>>(
                    &mut self,
                    name: ::std::string::String,
                    map: &mut A,
                ) -> ::core::result::Result<(), A::Error> {
                    $crate::model::others::read(&mut self.$other, name, map)
                }
            )?
        }

        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::model::deserialize(deserializer)
            }
        }

        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::model::serialize(self, serializer)
            }
        }
    };
    (@open $other:ident) => {
        true
    };
}
