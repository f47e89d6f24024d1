use serde::de::{DeserializeOwned, Deserializer};
use serde_json::Value;

use super::table::{Constant, Field};

/// How many unions inside of each other may be read once more, as another member. Each of them doubles the time for all
/// that is inside of it, so that else a short answer could take for ever.
const MOST_AGAIN: u32 = 2;

thread_local! {
    /// How many of those are being read.
    static AGAIN: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

/// One member of a union without a discriminator: its table if it is an object, and how to read it.
pub struct Candidate<T> {
    /// Whether it is an object with known properties.
    pub is_object: bool,
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
    // Only an object can fit an object; that is seen without an error that nobody reads.
    let fitting =
        || candidates.iter().filter(|candidate| !candidate.is_object || has_required(&value, candidate.fields));
    let rank = |candidate: &&Candidate<T>| strangers(&value, candidate);
    let best = fitting().min_by_key(rank).and_then(|candidate| (candidate.read)(&value));
    let found = best.or_else(|| {
        // It has some of the properties and lacks others: the rest in turn.
        let mut ranked: Vec<&Candidate<T>> = fitting().collect();
        ranked.sort_by_cached_key(rank);
        AGAIN.with(|again| {
            if again.get() == MOST_AGAIN {
                return None;
            }
            again.set(again.get() + 1);
            let found = ranked.iter().skip(1).find_map(|candidate| (candidate.read)(&value));
            again.set(again.get() - 1);
            found
        })
    });
    Ok(found.unwrap_or_else(|| unknown(value)))
}

/// Whether it is an object with all properties that the candidate must have: to read it first, all that is inside of it
/// too, and fail at the end takes twice the time at each depth.
fn has_required(value: &Value, fields: &[Field]) -> bool {
    let Value::Object(object) = value else { return false };
    fields.iter().filter(|field| field.is_required()).all(|field| object.contains_key(field.name))
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

    pub use crate::json::values::number::Number;

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
