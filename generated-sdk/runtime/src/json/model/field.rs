use std::collections::BTreeMap;

use serde::de::{Deserialize, IgnoredAny, MapAccess};

/// Deserializer for the value of the next property of an object, with one method for each
/// [`Kind`](super::Kind) of field.
pub struct FieldDeserializer<'a, A>(pub(super) &'a mut A);

impl<'de, A: MapAccess<'de>> FieldDeserializer<'_, A> {
    /// Reads a value that must be present.
    ///
    /// # Errors
    /// Returns an error if the value does not match the type.
    #[inline]
    pub fn required<T: Deserialize<'de>>(self, slot: &mut T) -> Result<(), A::Error> {
        *slot = self.0.next_value()?;
        Ok(())
    }

    /// Reads an optional value. `null` is read as `None`, the same as an absent value.
    ///
    /// # Errors
    /// Returns an error if the value does not match the type.
    #[inline]
    pub fn optional<T: Deserialize<'de>>(self, slot: &mut Option<T>) -> Result<(), A::Error> {
        self.required(slot)
    }

    /// Reads a value that can be absent (`None`) or null (`Some(None)`).
    ///
    /// # Errors
    /// Returns an error if the value does not match the type.
    #[inline]
    pub fn nullable<T: Deserialize<'de>>(self, slot: &mut Option<Option<T>>) -> Result<(), A::Error> {
        *slot = Some(self.0.next_value()?);
        Ok(())
    }

    /// Reads a value that can be null. `null` is read as `None`, the same as an absent value.
    ///
    /// # Errors
    /// Returns an error if the value does not match the type.
    #[inline]
    pub fn required_nullable<T: Deserialize<'de>>(self, slot: &mut Option<T>) -> Result<(), A::Error> {
        self.required(slot)
    }

    /// Same as [`required`](Self::required).
    ///
    /// # Errors
    /// Returns an error if the value does not match the type.
    #[inline]
    pub fn number<T: Deserialize<'de>>(self, slot: &mut T) -> Result<(), A::Error> {
        self.required(slot)
    }

    /// Same as [`optional`](Self::optional).
    ///
    /// # Errors
    /// Returns an error if the value does not match the type.
    #[inline]
    pub fn optional_number<T: Deserialize<'de>>(self, slot: &mut Option<T>) -> Result<(), A::Error> {
        self.required(slot)
    }

    /// Same as [`nullable`](Self::nullable).
    ///
    /// # Errors
    /// Returns an error if the value does not match the type.
    #[inline]
    pub fn nullable_number<T: Deserialize<'de>>(self, slot: &mut Option<Option<T>>) -> Result<(), A::Error> {
        self.nullable(slot)
    }

    /// Same as [`required_nullable`](Self::required_nullable).
    ///
    /// # Errors
    /// Returns an error if the value does not match the type.
    #[inline]
    pub fn required_nullable_number<T: Deserialize<'de>>(self, slot: &mut Option<T>) -> Result<(), A::Error> {
        self.required(slot)
    }

    /// Reads the value of a property that is not in the table.
    ///
    /// # Errors
    /// Returns an error if the value does not match the type.
    pub fn other<T: Deserialize<'de>>(
        self,
        name: String,
        others: &mut BTreeMap<String, T>,
    ) -> Result<(), A::Error> {
        others.insert(name, self.0.next_value()?);
        Ok(())
    }

    /// Skips the value.
    ///
    /// # Errors
    /// Returns an error if the input is invalid.
    pub fn ignore(self) -> Result<(), A::Error> {
        self.0.next_value::<IgnoredAny>().map(drop)
    }
}
