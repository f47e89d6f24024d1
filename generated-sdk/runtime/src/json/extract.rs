//! Reads the value at a path of a JSON text as its type, and what is beside the path as it is.

use std::borrow::Cow;
use std::marker::PhantomData;

use serde::de::{
    Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor,
};
use serde_json::Value;

use super::Object;

/// A value that stood somewhere inside an object, and what stood around it.
pub(crate) struct Extracted<T> {
    pub(crate) value: T,
    pub(crate) rest: Object,
}

pub(crate) fn read<T: DeserializeOwned>(body: &str, at: ValueAt<'_, T>) -> serde_json::Result<()> {
    let mut deserializer = serde_json::Deserializer::from_str(body);
    at.deserialize(&mut deserializer)?;
    deserializer.end()
}

/// What becomes of what stands around a value.
pub(crate) enum Surroundings<'a> {
    Kept(&'a mut Object),
    /// It is left, but for the property of this name: whether that says that the call failed.
    Success(&'a str, &'a mut bool),
}

impl Surroundings<'_> {
    /// Reads what stands beside a value.
    fn read<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> std::result::Result<(), A::Error> {
        match self {
            Self::Kept(rest) => _ = rest.insert(name.to_owned(), map.next_value()?),
            Self::Success(success, is_failed) if name == *success => {
                **is_failed = matches!(map.next_value()?, Value::Bool(false));
            }
            Self::Success(..) => _ = map.next_value::<IgnoredAny>()?,
        }
        Ok(())
    }

    fn nest(&mut self, name: &str, inner: Object) {
        if let Self::Kept(rest) = self {
            rest.insert(name.to_owned(), Value::Object(inner));
        }
    }
}

/// Reads the value at `path` as its type, and everything beside the path as it is.
pub(crate) struct ValueAt<'a, T> {
    pub(crate) path: &'a [&'a str],
    pub(crate) rest: Surroundings<'a>,
    pub(crate) value: &'a mut Option<T>,
}

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for ValueAt<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> std::result::Result<(), D::Error> {
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

    fn visit_none<E>(self) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> std::result::Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<(), A::Error> {
        let ValueAt { path, mut rest, value } = self.0;
        let (first, path) = path.split_first().ok_or_else(|| A::Error::custom("no path"))?;
        while let Some(FieldName(key)) = map.next_key()? {
            if key != *first {
                rest.read(&key, &mut map)?;
            } else if path.is_empty() {
                *value = Some(map.next_value()?);
            } else {
                let mut inner = Object::new();
                map.next_value_seed(ValueAt { path, rest: Surroundings::Kept(&mut inner), value: &mut *value })?;
                rest.nest(&key, inner);
            }
        }
        Ok(())
    }
}

/// The name of a property, copied only where it can't be borrowed from the answer.
struct FieldName<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for FieldName<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_str(FieldNameVisitor)
    }
}

struct FieldNameVisitor;

impl<'de> Visitor<'de> for FieldNameVisitor {
    type Value = FieldName<'de>;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a property name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> std::result::Result<FieldName<'de>, E> {
        Ok(FieldName(Cow::Borrowed(name)))
    }

    fn visit_str<E>(self, name: &str) -> std::result::Result<FieldName<'de>, E> {
        Ok(FieldName(Cow::Owned(name.to_owned())))
    }
}
