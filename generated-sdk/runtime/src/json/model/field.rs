use std::collections::BTreeMap;

use serde::de::{Deserialize, IgnoredAny, MapAccess};

/// The value of a property that is read next: one function for each way in which a field can be there.
pub struct FieldDeserializer<'a, A>(pub(super) &'a mut A);

impl<'de, A: MapAccess<'de>> FieldDeserializer<'_, A> {
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
