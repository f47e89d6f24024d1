use std::collections::BTreeMap;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

/// Floating-point numbers, alone or in a list or map, that are written as JSON servers write them: a whole
/// number has no fraction (`20`, not `20.0`), so that what was read is what is written.
pub trait Number {
    /// Writes the number.
    ///
    /// # Errors
    /// Whatever the format says.
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
}

/// The largest magnitude up to which every whole number is exact in an `f64`.
const EXACT: f64 = 9_007_199_254_740_992.0;

impl Number for f64 {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match whole(*self) {
            Some(whole) => serializer.serialize_i64(whole),
            None => serializer.serialize_f64(*self),
        }
    }
}

/// The number as an integer, if it is one and an `f64` holds it exactly.
pub(crate) fn whole(number: f64) -> Option<i64> {
    let exact = number.fract() == 0.0 && number.abs() <= EXACT && !(number == 0.0 && number.is_sign_negative());
    exact.then_some(number as i64)
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
            sequence.serialize_element(&Whole(number))?;
        }
        sequence.end()
    }
}

impl<T: Number> Number for BTreeMap<String, T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (key, number) in self {
            map.serialize_entry(key, &Whole(number))?;
        }
        map.end()
    }
}

/// Gives a [`Number`] to serde.
pub struct Whole<'a, T>(pub &'a T);

impl<T: Number> Serialize for Whole<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }
}
