use serde::de::{DeserializeOwned, Deserializer};
use serde_json::Value;

use super::table::{Constant, Field};

/// Maximum number of nested unions for which several members are tried. Each level doubles the time to read
/// the values inside the union, so without a limit a short response could take exponential time.
const MAX_FALLBACK_DEPTH: u32 = 2;

thread_local! {
    /// Number of nested unions for which the thread is trying further members.
    static FALLBACK_DEPTH: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

/// Member of a union without a discriminator.
pub struct Candidate<T> {
    /// `true` if the member is an object with known properties.
    pub is_object: bool,
    /// Fields of an object. Empty for other types.
    pub fields: &'static [Field],
    /// Properties with a fixed value, of an object. Empty for other types.
    pub constants: &'static [(&'static str, Constant)],
    /// Reads the value as this member. Returns `None` if the value does not match the member's type.
    pub read: fn(&Value) -> Option<T>,
}

/// Reads a union without a discriminator.
///
/// Selects the matching member that declares most of the properties in the value. If several members declare equally
/// many, selects the first. If no member matches, passes the value to `unknown`.
///
/// # Errors
/// Returns an error if the input is invalid.
pub fn read_untagged<'de, T, D: Deserializer<'de>>(
    deserializer: D,
    candidates: &[Candidate<T>],
    unknown: fn(Value) -> T,
) -> Result<T, D::Error> {
    let value: Value = serde::Deserialize::deserialize(deserializer)?;
    // Members whose required properties are absent are excluded without creating an error, which is slow.
    let possible =
        || candidates.iter().filter(|candidate| !candidate.is_object || has_required(&value, candidate.fields));
    let rank = |candidate: &&Candidate<T>| count_undeclared(&value, candidate);
    let best = possible().min_by_key(rank).and_then(|candidate| (candidate.read)(&value));
    let found = best.or_else(|| {
        // A nested value or a property's type does not match: try the other members in order of rank.
        let mut ranked: Vec<&Candidate<T>> = possible().collect();
        ranked.sort_by_cached_key(rank);
        FALLBACK_DEPTH.with(|depth| {
            if depth.get() == MAX_FALLBACK_DEPTH {
                return None;
            }
            depth.set(depth.get() + 1);
            let found = ranked.iter().skip(1).find_map(|candidate| (candidate.read)(&value));
            depth.set(depth.get() - 1);
            found
        })
    });
    Ok(found.unwrap_or_else(|| unknown(value)))
}

/// Returns `true` if the value is an object with all required properties of the candidate.
///
/// This check avoids reading all nested values before a missing property is detected, which would double the
/// time at each depth.
fn has_required(value: &Value, fields: &[Field]) -> bool {
    let Value::Object(object) = value else { return false };
    fields.iter().filter(|field| field.is_required()).all(|field| object.contains_key(field.name))
}

/// Returns the number of properties of an object that the candidate does not declare. A map declares none.
fn count_undeclared<T>(value: &Value, candidate: &Candidate<T>) -> usize {
    let Value::Object(object) = value else { return 0 };
    let is_declared = |key: &String| {
        candidate.fields.iter().any(|field| field.name == key)
            || candidate.constants.iter().any(|(name, _)| name == key)
    };
    object.keys().filter(|key| !is_declared(key)).count()
}

/// Deserializes a value. Returns `None` if it does not match the type.
pub fn try_read<T: DeserializeOwned>(value: &Value) -> Option<T> {
    T::deserialize(value).ok()
}

/// Serialization of the members of a union, with one function for each kind of member that
/// [`union!`](crate::union!) accepts.
pub mod member {
    use serde::{Serialize, Serializer};

    /// Serializes a model.
    ///
    /// # Errors
    /// Returns an error if the serializer fails.
    pub fn object<T: Serialize, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        value.serialize(serializer)
    }

    pub use object as text;
    pub use object as value;

    pub use crate::json::values::number::Number;

    /// Serializes floating-point numbers. Integral values are written without a fraction.
    ///
    /// # Errors
    /// Returns an error if the serializer fails.
    pub fn number<T: Number, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        value.write(serializer)
    }
}

/// Implements the conversions and traits of a union, including `Serialize` and `Deserialize`.
///
/// The enum must have a variant for each listed member, and the variant `Unrecognized(Value)` for all other
/// values, such as members that the API adds later. With `by "property"`, that property is the discriminator,
/// and its value selects the member. Otherwise each member has a kind: `object` for models, `number` for
/// floating-point numbers and collections of them, `text` for types that are converted from a string, and
/// `value` for all other types.
#[macro_export]
macro_rules! union {
    ($name:ident by $tag:literal { $($($value:literal)|+ => $variant:ident($type:ty)),* $(,)? }) => {
        $crate::union!(@common $name { $(object $variant($type)),* });

        impl<'de> $crate::serde::Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D: $crate::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::model::read_tagged(deserializer)
            }
        }

        impl $crate::model::Tagged for $name {
            const TAG: &'static str = $tag;

            fn read<'de, D: $crate::serde::Deserializer<'de>>(
                tag: &str,
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                match tag {
                    $($($value)|+ => {
                        <$type as $crate::serde::Deserialize>::deserialize(deserializer).map(Self::$variant)
                    })*
                    _ => <$crate::Value as $crate::serde::Deserialize>::deserialize(deserializer)
                        .map(Self::Unrecognized),
                }
            }

            fn unrecognized(value: $crate::Value) -> Self {
                Self::Unrecognized(value)
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
            is_object: true,
            fields: <$type as $crate::model::Model>::TABLE.fields,
            constants: <$type as $crate::model::Model>::TABLE.constants,
            read: |value| $crate::model::try_read(value).map(Self::$variant),
        }
    };
    (@candidate $kind:ident $variant:ident($type:ty)) => {
        $crate::model::Candidate {
            is_object: false,
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
