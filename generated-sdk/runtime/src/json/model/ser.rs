//! Writing models by their tables.

use std::collections::BTreeMap;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::table::Model;
use crate::json::values::number::{Number, Whole};

/// An object that is written: one function for each way in which a field can be there.
///
/// What goes wrong is kept until the end, so that generated code needs no branch for every field.
pub struct ObjectSerializer<S: Serializer>(Result<S::SerializeMap, S::Error>);

impl<S: Serializer> ObjectSerializer<S> {
    /// Begins an object with the properties that always have the same value.
    pub fn new<T: Model>(serializer: S) -> Self {
        let mut object = Self(serializer.serialize_map(None));
        for (name, value) in T::TABLE.constants {
            object.required(name, value);
        }
        object
    }

    /// A value that is always there.
    #[inline]
    pub fn required<T: Serialize>(&mut self, name: &'static str, value: &T) {
        if let Ok(map) = &mut self.0 {
            if let Err(error) = map.serialize_entry(name, value) {
                self.0 = Err(error);
            }
        }
    }

    /// A value that is left out where there is none.
    #[inline]
    pub fn optional<T: Serialize>(&mut self, name: &'static str, value: &Option<T>) {
        if let Some(value) = value {
            self.required(name, value);
        }
    }

    /// A value that is left out (`None`) or null (`Some(None)`).
    #[inline]
    pub fn nullable<T: Serialize>(&mut self, name: &'static str, value: &Option<Option<T>>) {
        self.optional(name, value);
    }

    /// A value that is null where there is none.
    #[inline]
    pub fn required_nullable<T: Serialize>(&mut self, name: &'static str, value: &Option<T>) {
        self.required(name, value);
    }

    /// A floating-point number, or a collection of them: whole ones have no fraction, as JSON servers write them.
    #[inline]
    pub fn number<T: Number>(&mut self, name: &'static str, value: &T) {
        self.required(name, &Whole(value));
    }

    /// As [`number`](Self::number), left out where there is none.
    #[inline]
    pub fn optional_number<T: Number>(&mut self, name: &'static str, value: &Option<T>) {
        if let Some(value) = value {
            self.number(name, value);
        }
    }

    /// As [`number`](Self::number), left out (`None`) or null (`Some(None)`).
    #[inline]
    pub fn nullable_number<T: Number>(&mut self, name: &'static str, value: &Option<Option<T>>) {
        self.optional_number(name, value);
    }

    /// As [`number`](Self::number), null where there is none.
    #[inline]
    pub fn required_nullable_number<T: Number>(&mut self, name: &'static str, value: &Option<T>) {
        self.number(name, value);
    }

    /// The properties that the table does not have.
    pub fn values<T: Serialize>(&mut self, others: &BTreeMap<String, T>) {
        self.others(others, |value| value);
    }

    /// As [`values`](Self::values), for floating-point numbers.
    pub fn numbers<T: Number>(&mut self, others: &BTreeMap<String, T>) {
        self.others(others, Whole);
    }

    fn others<'a, T, U: Serialize>(&mut self, others: &'a BTreeMap<String, T>, as_written: impl Fn(&'a T) -> U) {
        for (name, value) in others {
            if let Ok(map) = &mut self.0 {
                if let Err(error) = map.serialize_entry(name, &as_written(value)) {
                    self.0 = Err(error);
                }
            }
        }
    }

    /// Ends the object.
    ///
    /// # Errors
    /// Whatever the format said of a value that it cannot hold.
    pub fn end(self) -> Result<S::Ok, S::Error> {
        self.0?.end()
    }
}
