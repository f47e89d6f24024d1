//! Deserialization of models by their tables.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};

use super::field::FieldDeserializer;
use super::table::{Field, Model, Table};

/// Deserializes a model by its table. Every model implements `Deserialize` with this function.
///
/// # Errors
/// Returns an error if the input is not an object, lacks a required field, or contains a value that does not
/// match the type of its field.
pub fn deserialize<'de, T: Model, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_map(ModelVisitor(PhantomData))
}

struct ModelVisitor<T>(PhantomData<T>);

impl<'de, T: Model> Visitor<'de> for ModelVisitor<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    // There is one caller for each model and format.
    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut model = T::default();
        let mut seen = Seen::default();
        let mut expected = 0;
        let mut required_constants = 0;
        let mut other_name = None;
        while let Some(index) = map.next_key_seed(Key {
            table: &T::TABLE,
            other: T::TABLE.is_open.then_some(&mut other_name),
            expected,
        })? {
            if index < T::TABLE.fields.len() {
                model.read(index, FieldDeserializer(&mut map))?;
                seen.insert::<T>(index);
                expected = index + 1;
            } else if let Some((name, constant)) = T::TABLE.constants.get(index - T::TABLE.fields.len()) {
                if !constant.read(&mut map)? {
                    return Err(A::Error::custom(format_args!("expected `{name}` to be {constant}")));
                }
                required_constants += usize::from(index - T::TABLE.fields.len() < T::TABLE.required_constants);
            } else if let Some(name) = other_name.take() {
                model.read_other(name, FieldDeserializer(&mut map))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        if let Some(name) = seen.first_missing::<T>() {
            return Err(A::Error::missing_field(name));
        }
        match T::TABLE.constants.first() {
            Some((name, constant)) if required_constants < T::TABLE.required_constants => {
                Err(A::Error::custom(format_args!("expected `{name}` to be {constant}")))
            }
            _ => Ok(model),
        }
    }
}

/// Set of the fields that are present, with one bit per field. It is on the stack for models of up to 64
/// fields.
#[derive(Default)]
struct Seen {
    first: u64,
    rest: Vec<u64>,
}

impl Seen {
    /// The number of fields is a constant, so that the compiler removes the code for the vector if there are
    /// at most 64.
    fn insert<T: Model>(&mut self, index: usize) {
        if T::TABLE.fields.len() <= 64 || index < 64 {
            self.first |= 1 << (index % 64);
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

    /// Returns the name of the first required field that is absent.
    fn first_missing<T: Model>(&self) -> Option<&'static str> {
        if T::TABLE.fields.len() <= 64
            && self.first & const { required_bits(T::TABLE.fields) } == const { required_bits(T::TABLE.fields) }
        {
            return None;
        }
        let mut fields = T::TABLE.fields.iter().enumerate();
        fields.find(|(index, field)| field.is_required() && !self.contains(*index)).map(|(_, field)| field.name)
    }
}

/// Returns the bits of the required fields among the first 64.
const fn required_bits(fields: &[Field]) -> u64 {
    let (mut bits, mut index) = (0, 0);
    while index < fields.len() && index < 64 {
        bits |= (fields[index].is_required() as u64) << index;
        index += 1;
    }
    bits
}

/// Seed that finds a property name in the table.
///
/// The result is the index of a field, or the number of fields plus the index of a constant, or a larger
/// number if the name is not in the table. Servers write properties in the order of their schema, so the
/// search starts after the field that was found last, and usually succeeds immediately.
struct Key<'a> {
    table: &'static Table,
    /// Receives the name if it is not in the table. `None` if the model does not store such properties.
    other: Option<&'a mut Option<String>>,
    /// Index of the field after the one found last.
    expected: usize,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = usize;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a property name")
    }

    #[inline]
    fn visit_str<E>(self, name: &str) -> Result<usize, E> {
        match self.table.fields.get(self.expected) {
            Some(field) if names_equal(field.name, name) => Ok(self.expected),
            _ => Ok(self.search(name)),
        }
    }
}

impl Key<'_> {
    /// Searches the entire table. A separate function, so that the expected name is found without a call.
    #[inline(never)]
    fn search(self, name: &str) -> usize {
        let (before, after) = self.table.fields.split_at(self.expected.min(self.table.fields.len()));
        if let Some(index) = after.iter().position(|field| names_equal(field.name, name)) {
            return self.expected + index;
        }
        // The search starts at the end, so that properties in reverse order are also found immediately.
        if let Some(index) = before.iter().rposition(|field| names_equal(field.name, name)) {
            return index;
        }
        let constant = self.table.constants.iter().position(|(constant, _)| names_equal(constant, name));
        if let (None, Some(other)) = (constant, self.other) {
            *other = Some(name.to_owned());
        }
        self.table.fields.len() + constant.unwrap_or(self.table.constants.len())
    }
}

/// Returns `true` if two names are equal. Short names, which are most, are compared as integers. This is
/// faster than the call of the function that compares strings of any length.
#[inline]
fn names_equal(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    match one.len() {
        1..4 => [one[0], one[one.len() / 2]] == [other[0], other[one.len() / 2]] && one.last() == other.last(),
        4..8 => ends::<4>(one) == ends(other),
        8..=16 => ends::<8>(one) == ends(other),
        _ => one == other,
    }
}

/// Returns the first and the last `N` bytes. They overlap if the name has fewer than `2 * N` bytes.
fn ends<const N: usize>(name: &[u8]) -> [Option<&[u8; N]>; 2] {
    [name.first_chunk(), name.last_chunk()]
}
