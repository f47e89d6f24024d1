//! Serialization of models by their tables.

use std::collections::BTreeMap;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::table::Model;
use crate::json::values::number::{Number, SerializeNumber};

/// Serializer for an object, with one method for each [`Kind`](super::Kind) of field.
///
/// The first error is stored and returned by [`end`](Self::end), so that generated code has no branch for
/// each field.
pub struct ObjectSerializer<S: Serializer>(Result<S::SerializeMap, S::Error>);

impl<S: Serializer> ObjectSerializer<S> {
    /// Starts an object and writes the properties that have a fixed value.
    pub fn new<T: Model>(serializer: S) -> Self {
        let mut object = Self(serializer.serialize_map(None));
        for (name, value) in T::TABLE.constants {
            object.required(name, value);
        }
        object
    }

    /// Writes a value.
    #[inline]
    pub fn required<T: Serialize>(&mut self, name: &'static str, value: &T) {
        if let Ok(map) = &mut self.0 {
            if let Err(error) = map.serialize_entry(name, value) {
                self.0 = Err(error);
            }
        }
    }

    /// Writes a value. `None` is omitted.
    #[inline]
    pub fn optional<T: Serialize>(&mut self, name: &'static str, value: &Option<T>) {
        if let Some(value) = value {
            self.required(name, value);
        }
    }

    /// Writes a value. `None` is omitted, and `Some(None)` is written as null.
    #[inline]
    pub fn nullable<T: Serialize>(&mut self, name: &'static str, value: &Option<Option<T>>) {
        self.optional(name, value);
    }

    /// Writes a value. `None` is written as null.
    #[inline]
    pub fn required_nullable<T: Serialize>(&mut self, name: &'static str, value: &Option<T>) {
        self.required(name, value);
    }

    /// Writes a floating-point number or a collection of them. Integral values are written without a
    /// fraction, as JSON servers write them.
    #[inline]
    pub fn number<T: Number>(&mut self, name: &'static str, value: &T) {
        self.required(name, &SerializeNumber(value));
    }

    /// Writes a number like [`number`](Self::number). `None` is omitted.
    #[inline]
    pub fn optional_number<T: Number>(&mut self, name: &'static str, value: &Option<T>) {
        if let Some(value) = value {
            self.number(name, value);
        }
    }

    /// Writes a number like [`number`](Self::number). `None` is omitted, and `Some(None)` is written as null.
    #[inline]
    pub fn nullable_number<T: Number>(&mut self, name: &'static str, value: &Option<Option<T>>) {
        self.optional_number(name, value);
    }

    /// Writes a number like [`number`](Self::number). `None` is written as null.
    #[inline]
    pub fn required_nullable_number<T: Number>(&mut self, name: &'static str, value: &Option<T>) {
        self.number(name, value);
    }

    /// Writes properties that are not in the table.
    pub fn values<T: Serialize>(&mut self, others: &BTreeMap<String, T>) {
        self.others(others, |value| value);
    }

    /// Writes properties like [`values`](Self::values), for floating-point numbers.
    pub fn numbers<T: Number>(&mut self, others: &BTreeMap<String, T>) {
        self.others(others, SerializeNumber);
    }

    fn others<'a, T, U: Serialize>(&mut self, others: &'a BTreeMap<String, T>, convert: impl Fn(&'a T) -> U) {
        for (name, value) in others {
            if let Ok(map) = &mut self.0 {
                if let Err(error) = map.serialize_entry(name, &convert(value)) {
                    self.0 = Err(error);
                }
            }
        }
    }

    /// Ends the object.
    ///
    /// # Errors
    /// Returns the first error of the serializer.
    pub fn end(self) -> Result<S::Ok, S::Error> {
        self.0?.end()
    }
}
