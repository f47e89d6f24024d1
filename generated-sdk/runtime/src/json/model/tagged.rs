use std::fmt;
use std::marker::PhantomData;
use std::vec;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde_json::Value;

/// Union with a discriminator. Implemented by [`union!`](crate::union!).
pub trait Tagged: Sized {
    /// Name of the discriminator property.
    const TAG: &'static str;

    /// Reads the member for this value of the discriminator. If no member has the value, the object is stored
    /// as an untyped JSON value.
    ///
    /// # Errors
    /// Returns an error if the object does not match the member's type.
    fn read<'de, D: Deserializer<'de>>(tag: &str, deserializer: D) -> Result<Self, D::Error>;

    /// Creates the variant for values that match no member.
    fn unrecognized(value: Value) -> Self;
}

/// Reads a union with a discriminator. Every such union implements `Deserialize` with this function.
///
/// Properties before the discriminator are buffered as untyped JSON values. Properties after it are read
/// directly as the types of the member's fields.
///
/// # Errors
/// Returns an error if the object does not match the type of the member that the discriminator selects.
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
        let mut buffered = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            let is_tag = name == T::TAG;
            let value: Value = map.next_value()?;
            let tag = match &value {
                Value::String(text) if is_tag => Some(text.clone()),
                Value::Number(_) | Value::Bool(_) if is_tag => Some(value.to_string()),
                _ => None,
            };
            buffered.push((name, value));
            if let Some(tag) = tag {
                let object = BufferedObject { buffered: buffered.into_iter(), value: None, rest: map };
                return T::read(&tag, object);
            }
        }
        Ok(T::unrecognized(Value::Object(buffered.into_iter().collect())))
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

/// Object whose first properties are already read.
struct BufferedObject<A> {
    buffered: vec::IntoIter<(String, Value)>,
    /// Value of the buffered property whose name was returned last.
    value: Option<Value>,
    rest: A,
}

/// A model reads the object without a copy. Types that call `deserialize_any`, such as a union that is a
/// member of this union, read from an untyped JSON value instead: if they read from this type, unions that
/// are members of each other would need infinitely many instances of generic functions.
impl<'de, A: MapAccess<'de>> Deserializer<'de> for BufferedObject<A> {
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

impl<'de, A: MapAccess<'de>> MapAccess<'de> for BufferedObject<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        match self.buffered.next() {
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
