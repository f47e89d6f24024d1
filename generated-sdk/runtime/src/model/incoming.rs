//! Reading models by their tables.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};

use super::{Model, Table};

/// Reads a model by its table: the body of every model's `Deserialize`.
///
/// # Errors
/// When the input is not an object, lacks a required field, or a field's value does not fit.
pub fn deserialize<'de, T: Model, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_map(ModelVisitor(PhantomData))
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
        while let Some(key) = map.next_key_seed(Key { table: &T::TABLE, expected })? {
            match key {
                Known::Field(index) => {
                    model.read(index, Incoming(&mut map))?;
                    seen.insert(index);
                    expected = index + 1;
                }
                Known::Constant(index) => {
                    let (name, constant) = T::TABLE.constants[index];
                    if !constant.read(&mut map)? {
                        return Err(A::Error::custom(format_args!("expected `{name}` to be {constant}")));
                    }
                    constants += usize::from(index < T::TABLE.required_constants);
                }
                Known::Other(name) => model.read_other(name, Incoming(&mut map))?,
                Known::No => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if let Some((_, field)) =
            T::TABLE.fields.iter().enumerate().find(|(index, field)| field.required && !seen.contains(*index))
        {
            return Err(A::Error::missing_field(field.name));
        }
        match T::TABLE.constants.first() {
            Some((name, constant)) if constants < T::TABLE.required_constants => {
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
    table: &'static Table,
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
        let (before, after) = self.table.fields.split_at(self.expected.min(self.table.fields.len()));
        if let Some(index) = after.iter().position(|field| field.name == name) {
            return Ok(Known::Field(self.expected + index));
        }
        if let Some(index) = before.iter().position(|field| field.name == name) {
            return Ok(Known::Field(index));
        }
        match self.table.constants.iter().position(|(constant, _)| *constant == name) {
            Some(index) => Ok(Known::Constant(index)),
            None if self.table.is_open => Ok(Known::Other(name.to_owned())),
            None => Ok(Known::No),
        }
    }
}

/// The value of a property that is read next: one function for each way in which a field can be there.
pub struct Incoming<'a, A>(&'a mut A);

impl<'de, A: MapAccess<'de>> Incoming<'_, A> {
    /// A value that must be there.
    ///
    /// # Errors
    /// Whatever the format says of a value that does not fit.
    #[inline]
    pub fn required<T: Deserialize<'de>>(self, slot: &mut T) -> Result<(), A::Error> {
        *slot = self.0.next_value()?;
        Ok(())
    }

    /// A value that may be absent; `null` reads as absent.
    ///
    /// # Errors
    /// Whatever the format says of a value that does not fit.
    #[inline]
    pub fn optional<T: Deserialize<'de>>(self, slot: &mut Option<T>) -> Result<(), A::Error> {
        self.required(slot)
    }

    /// A value that may be absent (`None`), or null (`Some(None)`).
    ///
    /// # Errors
    /// Whatever the format says of a value that does not fit.
    #[inline]
    pub fn nullable<T: Deserialize<'de>>(self, slot: &mut Option<Option<T>>) -> Result<(), A::Error> {
        *slot = Some(self.0.next_value()?);
        Ok(())
    }

    /// A value that may be null; an absent one reads as null.
    ///
    /// # Errors
    /// Whatever the format says of a value that does not fit.
    #[inline]
    pub fn required_nullable<T: Deserialize<'de>>(self, slot: &mut Option<T>) -> Result<(), A::Error> {
        self.required(slot)
    }

    /// As [`required`](Self::required).
    ///
    /// # Errors
    /// Whatever the format says of a value that does not fit.
    #[inline]
    pub fn number<T: Deserialize<'de>>(self, slot: &mut T) -> Result<(), A::Error> {
        self.required(slot)
    }

    /// As [`optional`](Self::optional).
    ///
    /// # Errors
    /// Whatever the format says of a value that does not fit.
    #[inline]
    pub fn optional_number<T: Deserialize<'de>>(self, slot: &mut Option<T>) -> Result<(), A::Error> {
        self.required(slot)
    }

    /// As [`nullable`](Self::nullable).
    ///
    /// # Errors
    /// Whatever the format says of a value that does not fit.
    #[inline]
    pub fn nullable_number<T: Deserialize<'de>>(self, slot: &mut Option<Option<T>>) -> Result<(), A::Error> {
        self.nullable(slot)
    }

    /// As [`required_nullable`](Self::required_nullable).
    ///
    /// # Errors
    /// Whatever the format says of a value that does not fit.
    #[inline]
    pub fn required_nullable_number<T: Deserialize<'de>>(self, slot: &mut Option<T>) -> Result<(), A::Error> {
        self.required(slot)
    }

    /// The value of a property that the table does not have.
    ///
    /// # Errors
    /// Whatever the format says of a value that does not fit.
    pub fn other<T: Deserialize<'de>>(
        self,
        name: String,
        others: &mut BTreeMap<String, T>,
    ) -> Result<(), A::Error> {
        others.insert(name, self.0.next_value()?);
        Ok(())
    }

    /// A value that nobody wants.
    ///
    /// # Errors
    /// Whatever the format says of what is no value.
    pub fn ignore(self) -> Result<(), A::Error> {
        self.0.next_value::<IgnoredAny>().map(drop)
    }
}
