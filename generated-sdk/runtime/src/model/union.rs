use std::borrow::Cow;

use serde::de::{DeserializeOwned, Deserializer, Error};
use serde_json::Value;

use super::{Constant, Field};

/// One member of a union without a discriminator: its table if it is an object, and how to read it.
pub struct Candidate<T> {
    /// The fields of an object; empty for any other kind of value.
    pub fields: &'static [Field],
    /// The properties with a fixed value.
    pub constants: &'static [(&'static str, Constant)],
    /// Makes the union from a value that fits this member.
    pub read: fn(&Value) -> Option<T>,
}

/// Reads a union without a discriminator: of the members that the value fits, the one that knows most of the
/// value's properties, and the first of those. A value that fits none is kept as it is.
///
/// # Errors
/// When the input is not a value at all.
pub fn read_untagged<'de, T, D: Deserializer<'de>>(
    deserializer: D,
    candidates: &[Candidate<T>],
    unknown: fn(Value) -> T,
) -> Result<T, D::Error> {
    let value: Value = serde::Deserialize::deserialize(deserializer)?;
    let mut ranked: Vec<(usize, &Candidate<T>)> =
        candidates.iter().map(|candidate| (strangers(&value, candidate), candidate)).collect();
    ranked.sort_by_key(|(strangers, _)| *strangers);
    Ok(ranked.iter().find_map(|(_, candidate)| (candidate.read)(&value)).unwrap_or_else(|| unknown(value)))
}

/// How many of an object's properties the candidate does not know. A map knows none of them by name.
fn strangers<T>(value: &Value, candidate: &Candidate<T>) -> usize {
    let Value::Object(object) = value else { return 0 };
    let known = |key: &String| {
        candidate.fields.iter().any(|field| field.name == key)
            || candidate.constants.iter().any(|(name, _)| name == key)
    };
    object.keys().filter(|key| !known(key)).count()
}

/// Reads one member from a value that was looked at before.
pub fn try_read<T: DeserializeOwned>(value: &Value) -> Option<T> {
    T::deserialize(value).ok()
}

/// Reads a union whose members are told apart by the property `tag`. `read` makes the member of a tag's value,
/// or nothing where it does not know it; an unknown one is kept as it is.
///
/// # Errors
/// When a member that is known by its tag does not fit its type.
pub fn read_tagged<'de, T, D: Deserializer<'de>>(
    deserializer: D,
    tag: &'static str,
    read: fn(&str, &Value) -> Option<Result<T, serde_json::Error>>,
    unknown: fn(Value) -> T,
) -> Result<T, D::Error> {
    let value: Value = serde::Deserialize::deserialize(deserializer)?;
    let name = match value.get(tag) {
        Some(Value::String(name)) => Some(Cow::Borrowed(name.as_str())),
        Some(name @ (Value::Number(_) | Value::Bool(_))) => Some(Cow::Owned(name.to_string())),
        _ => None,
    };
    match name.and_then(|name| read(&name, &value)) {
        Some(result) => result.map_err(D::Error::custom),
        None => Ok(unknown(value)),
    }
}

/// How the members of a union are written.
pub mod member {
    use serde::{Serialize, Serializer};

    /// A model.
    ///
    /// # Errors
    /// Whatever the format says.
    pub fn object<T: Serialize, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        value.serialize(serializer)
    }

    pub use object as text;
    pub use object as value;

    pub use crate::values::number::Number;

    /// Floating-point numbers: a whole one has no fraction.
    ///
    /// # Errors
    /// Whatever the format says.
    pub fn number<T: Number, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        value.write(serializer)
    }
}

/// States the members of a union. The enum has a variant for each and one more, `Unrecognized(Value)`, that keeps
/// what a newer server sends. With `by "property"` the value of that property says which member it is.
/// `object` members are models, `number` members hold floating-point numbers, a `text` member is made of text, and
/// `value` members are anything else.
#[macro_export]
macro_rules! union {
    ($name:ident by $tag:literal { $($($value:literal)|+ => $variant:ident($type:ty)),* $(,)? }) => {
        $crate::union!(@common $name { $(object $variant($type)),* });

        impl<'de> $crate::serde::Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D: $crate::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::model::read_tagged(
                    deserializer,
                    $tag,
                    |tag, value| match tag {
                        $($($value)|+ => Some(
                            <$type as $crate::serde::Deserialize>::deserialize(value).map(Self::$variant),
                        ),)*
                        _ => None,
                    },
                    Self::Unrecognized,
                )
            }
        }
    };
    ($name:ident { $($kind:ident $variant:ident($type:ty)),* $(,)? }) => {
        $crate::union!(@common $name { $($kind $variant($type)),* });

        impl<'de> $crate::serde::Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D: $crate::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::model::read_untagged(
                    deserializer,
                    &[$($crate::union!(@candidate $kind $variant($type))),*],
                    Self::Unrecognized,
                )
            }
        }
    };
    (@candidate object $variant:ident($type:ty)) => {
        $crate::model::Candidate {
            fields: <$type as $crate::model::Model>::TABLE.fields,
            constants: <$type as $crate::model::Model>::TABLE.constants,
            read: |value| $crate::model::try_read(value).map(Self::$variant),
        }
    };
    (@candidate $kind:ident $variant:ident($type:ty)) => {
        $crate::model::Candidate {
            fields: &[],
            constants: &[],
            read: |value| $crate::model::try_read(value).map(Self::$variant),
        }
    };
    (@from text $name:ident $variant:ident) => {
        impl ::core::convert::From<&str> for $name {
            #[inline]
            fn from(value: &str) -> Self {
                Self::$variant(value.into())
            }
        }
    };
    (@from $kind:ident $name:ident $variant:ident) => {};
    (@common $name:ident { $($kind:ident $variant:ident($type:ty)),* }) => {
        impl ::core::default::Default for $name {
            #[inline]
            fn default() -> Self {
                Self::Unrecognized($crate::Value::Null)
            }
        }

        $(
            impl ::core::convert::From<$type> for $name {
                #[inline]
                fn from(value: $type) -> Self {
                    Self::$variant(value)
                }
            }
            $crate::union!(@from $kind $name $variant);
        )*

        impl $crate::serde::Serialize for $name {
            #[inline]
            fn serialize<S: $crate::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(value) => $crate::model::member::$kind(value, serializer),)*
                    Self::Unrecognized(value) => $crate::serde::Serialize::serialize(value, serializer),
                }
            }
        }
    };
}
