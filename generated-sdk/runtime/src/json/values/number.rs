use std::collections::BTreeMap;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

/// Floating-point numbers, and lists and maps of them, that are serialized as JSON servers write them.
///
/// An integral number is written without a fraction (`20`, not `20.0`), so that a value that was read is
/// written back unchanged.
pub trait Number {
    /// Serializes the number.
    ///
    /// # Errors
    /// Returns an error if the serializer fails.
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
}

/// Largest magnitude up to which an `f64` represents every integer exactly, 2^53.
const MAX_EXACT_INTEGER: f64 = 9_007_199_254_740_992.0;

impl Number for f64 {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match exact_integer(*self) {
            Some(integer) => serializer.serialize_i64(integer),
            None => serializer.serialize_f64(*self),
        }
    }
}

/// Returns the number as an integer, if it is integral and within the range that an `f64` represents exactly.
/// Negative zero is not an integer.
pub(crate) fn exact_integer(number: f64) -> Option<i64> {
    let is_exact = number.fract() == 0.0
        && number.abs() <= MAX_EXACT_INTEGER
        && !(number == 0.0 && number.is_sign_negative());
    is_exact.then_some(number as i64)
}

impl<T: Number> Number for Option<T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Some(number) => number.write(serializer),
            None => serializer.serialize_none(),
        }
    }
}

impl<T: Number> Number for Vec<T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut sequence = serializer.serialize_seq(Some(self.len()))?;
        for number in self {
            sequence.serialize_element(&SerializeNumber(number))?;
        }
        sequence.end()
    }
}

impl<T: Number> Number for BTreeMap<String, T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (key, number) in self {
            map.serialize_entry(key, &SerializeNumber(number))?;
        }
        map.end()
    }
}

/// Implements [`Serialize`] for a [`Number`].
pub struct SerializeNumber<'a, T>(pub &'a T);

impl<T: Number> Serialize for SerializeNumber<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }
}
