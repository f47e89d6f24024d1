//! Deserializes the value at a path in a JSON text, and collects the properties outside the path as untyped
//! JSON values.

use std::borrow::Cow;
use std::marker::PhantomData;

use serde::de::{
    Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor,
};
use serde_json::Value;

use super::Object;

/// Value at a path in an object, and the other properties of the object.
pub(crate) struct Extracted<T> {
    pub(crate) value: T,
    pub(crate) rest: Object,
}

/// Deserializes the value at a path in a JSON text.
pub(crate) fn read<T: DeserializeOwned>(body: &str, at: ValueAt<'_, T>) -> serde_json::Result<()> {
    let mut deserializer = serde_json::Deserializer::from_str(body);
    at.deserialize(&mut deserializer)?;
    deserializer.end()
}

/// Treatment of the properties outside the path.
pub(crate) enum OtherProperties<'a> {
    /// Collects them in this object.
    Collect(&'a mut Object),
    /// Skips them, except the property with this name. The flag is set to `true` if that property is `false`,
    /// which means that the call failed.
    CheckSuccess(&'a str, &'a mut bool),
}

impl OtherProperties<'_> {
    /// Reads the value of a property outside the path.
    fn read<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match self {
            Self::Collect(rest) => _ = rest.insert(name.to_owned(), map.next_value()?),
            Self::CheckSuccess(success, is_failed) if name == *success => {
                **is_failed = matches!(map.next_value()?, Value::Bool(false));
            }
            Self::CheckSuccess(..) => _ = map.next_value::<IgnoredAny>()?,
        }
        Ok(())
    }

    /// Adds the properties that were collected inside the property `name`.
    fn nest(&mut self, name: &str, inner: Object) {
        if let Self::Collect(rest) = self {
            rest.insert(name.to_owned(), Value::Object(inner));
        }
    }
}

/// Seed that deserializes the value at `path` into `value`. `rest` specifies the treatment of the properties
/// outside the path.
pub(crate) struct ValueAt<'a, T> {
    pub(crate) path: &'a [&'a str],
    pub(crate) rest: OtherProperties<'a>,
    pub(crate) value: &'a mut Option<T>,
}

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for ValueAt<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.path {
            [] => {
                *self.value = Some(T::deserialize(deserializer)?);
                Ok(())
            }
            _ => deserializer.deserialize_option(ValueAtVisitor(self, PhantomData)),
        }
    }
}

struct ValueAtVisitor<'a, T>(ValueAt<'a, T>, PhantomData<T>);

impl<'de, T: DeserializeOwned> Visitor<'de> for ValueAtVisitor<'_, T> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "an object with `{}`", self.0.path[0])
    }

    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let ValueAt { path, mut rest, value } = self.0;
        let (first, path) = path.split_first().ok_or_else(|| A::Error::custom("the path is empty"))?;
        while let Some(FieldName(key)) = map.next_key()? {
            if key != *first {
                rest.read(&key, &mut map)?;
            } else if path.is_empty() {
                *value = Some(map.next_value()?);
            } else {
                let mut inner = Object::new();
                map.next_value_seed(ValueAt {
                    path,
                    rest: OtherProperties::Collect(&mut inner),
                    value: &mut *value,
                })?;
                rest.nest(&key, inner);
            }
        }
        Ok(())
    }
}

/// Name of a property. It is copied only if it contains escape sequences, and borrowed from the response
/// otherwise.
struct FieldName<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for FieldName<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(FieldNameVisitor)
    }
}

struct FieldNameVisitor;

impl<'de> Visitor<'de> for FieldNameVisitor {
    type Value = FieldName<'de>;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a property name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<FieldName<'de>, E> {
        Ok(FieldName(Cow::Borrowed(name)))
    }

    fn visit_str<E>(self, name: &str) -> Result<FieldName<'de>, E> {
        Ok(FieldName(Cow::Owned(name.to_owned())))
    }
}
