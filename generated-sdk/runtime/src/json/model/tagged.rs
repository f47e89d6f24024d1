use std::fmt;
use std::marker::PhantomData;
use std::vec;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde_json::Value;

/// A union whose members are told apart by a property. Implemented by [`union!`](crate::union!).
pub trait Tagged: Sized {
    /// The property.
    const TAG: &'static str;

    /// Reads the member that has this value of the property, or keeps what no member has.
    ///
    /// # Errors
    /// When what is there does not fit the member's type.
    fn read<'de, D: Deserializer<'de>>(tag: &str, deserializer: D) -> Result<Self, D::Error>;

    /// Keeps a value that is no member.
    fn unrecognized(value: Value) -> Self;
}

/// Reads a union by its tag: the body of such a union's `Deserialize`. What comes before the tag is kept until it is
/// known what it is; what comes behind it is read as what it is.
///
/// # Errors
/// When a member that is known by its tag does not fit its type.
pub fn read_tagged<'de, T: Tagged, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_any(TaggedVisitor(PhantomData))
}

struct TaggedVisitor<T>(PhantomData<T>);

impl<'de, T: Tagged> Visitor<'de> for TaggedVisitor<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut before = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            let is_tag = name == T::TAG;
            let value: Value = map.next_value()?;
            let tag = match &value {
                Value::String(text) if is_tag => Some(text.clone()),
                Value::Number(_) | Value::Bool(_) if is_tag => Some(value.to_string()),
                _ => None,
            };
            before.push((name, value));
            if let Some(tag) = tag {
                let whole = Whole { before: before.into_iter(), value: None, rest: map };
                return T::read(&tag, whole);
            }
        }
        Ok(T::unrecognized(Value::Object(before.into_iter().collect())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<T, A::Error> {
        Value::deserialize(SeqAccessDeserializer::new(seq)).map(T::unrecognized)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        Ok(T::unrecognized(text.into()))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<T, E> {
        Ok(T::unrecognized(value.into()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        Ok(T::unrecognized(number.into()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        Ok(T::unrecognized(number.into()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        Ok(T::unrecognized(number.into()))
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        Ok(T::unrecognized(Value::Null))
    }

    fn visit_none<E: Error>(self) -> Result<T, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        read_tagged(deserializer)
    }
}

/// An object of which the beginning was read before.
struct Whole<A> {
    before: vec::IntoIter<(String, Value)>,
    /// Belongs to the name that was given last.
    value: Option<Value>,
    rest: A,
}

/// A model reads it as it comes. Whoever asks for anything, such as a union that is the member of a union, gets a value:
/// else unions that are members of each other would be read by types without end.
impl<'de, A: MapAccess<'de>> Deserializer<'de> for Whole<A> {
    type Error = A::Error;

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, A::Error> {
        visitor.visit_map(self)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, A::Error> {
        let value = Value::deserialize(MapAccessDeserializer::new(self))?;
        value.deserialize_any(visitor).map_err(A::Error::custom)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct struct enum identifier ignored_any
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Whole<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        match self.before.next() {
            Some((name, value)) => {
                self.value = Some(value);
                seed.deserialize(name.into_deserializer()).map(Some)
            }
            None => self.rest.next_key_seed(seed),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        match self.value.take() {
            Some(value) => seed.deserialize(value).map_err(A::Error::custom),
            None => self.rest.next_value_seed(seed),
        }
    }
}
