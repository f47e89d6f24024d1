//! From an answer's bytes to a value: the one step that depends on the operation's types.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor,
};
use serde_json::Value;

use crate::error::{ApiError, DecodeError, Error, Message, Result};
use crate::operation::Envelope;
use crate::send::Answer;
use crate::{Object, locate};

/// A value that stood somewhere inside an object, and what stood around it.
pub(crate) struct Split<T> {
    pub(crate) value: T,
    pub(crate) rest: Object,
}

/// Reads an object. Who reads an answer's type hands it on, so that a program has serde_json's reader once: as it is
/// compiled for that type, and not in this crate as well.
type ReadObject = fn(&str) -> serde_json::Result<Object>;

/// What is wanted of that which stands around a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Around {
    All,
    /// Whether the call succeeded, which [`decode`] looks at itself.
    Nothing,
}

/// Reads the value at `path` of the answer.
pub(crate) fn decode<T: DeserializeOwned>(
    answer: &Answer,
    envelope: Option<&Envelope>,
    path: &[&str],
    around: Around,
) -> Result<Split<T>> {
    let read_object: ReadObject = |json| serde_json::from_str(json);
    if !answer.status.is_success() {
        return Err(api_error(answer, envelope, read_object));
    }
    // Once as a whole: a reader of bytes would look at each text by itself.
    let body = match std::str::from_utf8(&answer.body) {
        Ok("") => "null",
        Ok(body) => body,
        Err(error) => return Err(not_json(answer, &error)),
    };
    let mut rest = Object::new();
    let mut value = None;
    let mut is_failed = false;
    let kept = match (around, envelope) {
        (Around::Nothing, Some(envelope)) => Rest::Success(envelope.success, &mut is_failed),
        _ => Rest::Kept(&mut rest),
    };
    let result = read(body, At { path, rest: kept, value: &mut value });
    if is_failed || failed(envelope, &rest) {
        return Err(api_error(answer, envelope, read_object));
    }
    let value = match (result, value) {
        (Ok(()), Some(value)) => value,
        // An absent value is as good as null, where the type takes that.
        (Ok(()), None) => match serde_json::from_str("null") {
            Ok(value) => value,
            Err(_) if answer.body.is_empty() => return Err(misfit(answer, "", "it is empty")),
            Err(_) => return Err(misfit(answer, &path.join("."), "it is missing")),
        },
        (Err(error), _) => return Err(explain(answer, envelope, &error, read_object)),
    };
    Ok(Split { value, rest })
}

/// Whether an answer's status means success.
pub(crate) fn check_status(answer: &Answer, envelope: Option<&Envelope>) -> Result<()> {
    let read_object: ReadObject = |json| serde_json::from_str(json);
    if answer.status.is_success() { Ok(()) } else { Err(api_error(answer, envelope, read_object)) }
}

/// Whether an answer means success, and its JSON if it is an object.
pub(crate) fn check(answer: &Answer, envelope: Option<&Envelope>) -> Result<Object> {
    let read_object: ReadObject = |json| serde_json::from_str(json);
    let rest = object(answer, read_object).unwrap_or_default();
    if !answer.status.is_success() || failed(envelope, &rest) {
        return Err(api_error(answer, envelope, read_object));
    }
    Ok(rest)
}

fn failed(envelope: Option<&Envelope>, rest: &Object) -> bool {
    envelope.is_some_and(|envelope| matches!(rest.get(envelope.success), Some(Value::Bool(false))))
}

fn read<T: DeserializeOwned>(body: &str, at: At<'_, T>) -> serde_json::Result<()> {
    let mut deserializer = serde_json::Deserializer::from_str(body);
    at.deserialize(&mut deserializer)?;
    deserializer.end()
}

/// Says where an answer does not fit.
#[cold]
fn explain(
    answer: &Answer,
    envelope: Option<&Envelope>,
    error: &serde_json::Error,
    read_object: ReadObject,
) -> Error {
    if !error.is_data() {
        return not_json(answer, error);
    }
    // The envelope may say that the call failed, and then it doesn't matter that there is no result.
    if object(answer, read_object).is_some_and(|rest| failed(envelope, &rest)) {
        return api_error(answer, envelope, read_object);
    }
    misfit(answer, &locate::path(&answer.body, error), &error.to_string())
}

/// Says what an answer is that is not JSON.
#[cold]
fn not_json(answer: &Answer, error: &dyn fmt::Display) -> Error {
    let header = |name| answer.headers.get(name).and_then(|value| value.to_str().ok());
    let coding = header(http::header::CONTENT_ENCODING).filter(|coding| !coding.eq_ignore_ascii_case("identity"));
    let media_type = header(http::header::CONTENT_TYPE).filter(|media_type| !media_type.contains("json"));
    let what = match (coding, media_type) {
        // Nobody asked for that; a proxy may do it all the same.
        (Some(coding), _) => format!("it is compressed ({coding}), and this client does not read that"),
        (None, Some(media_type)) => format!("it is {media_type}, not JSON"),
        (None, None) => format!("it is not JSON: {error}"),
    };
    misfit(answer, "", &what)
}

fn object(answer: &Answer, read_object: ReadObject) -> Option<Object> {
    std::str::from_utf8(&answer.body).ok().and_then(|body| read_object(body).ok())
}

pub(crate) fn misfit(answer: &Answer, path: &str, message: &str) -> Error {
    Error::Decode(Box::new(DecodeError {
        request: answer.request,
        status: answer.status,
        headers: answer.headers.clone(),
        path: path.to_owned(),
        message: message.to_owned(),
        body: answer.body.clone(),
    }))
}

#[cold]
fn api_error(answer: &Answer, envelope: Option<&Envelope>, read_object: ReadObject) -> Error {
    let body = object(answer, read_object);
    let errors = match (&body, envelope) {
        (Some(body), Some(envelope)) => Message::read_all(body.get(envelope.errors)),
        (Some(body), None) => Message::guess(body),
        _ => Vec::new(),
    };
    Error::Api(Box::new(ApiError {
        request: answer.request,
        status: answer.status,
        errors,
        headers: answer.headers.clone(),
        body: answer.body.clone(),
    }))
}

/// What becomes of what stands around a value.
enum Rest<'a> {
    Kept(&'a mut Object),
    /// It is left, but for the property of this name: whether that says that the call failed.
    Success(&'a str, &'a mut bool),
}

impl Rest<'_> {
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
struct At<'a, T> {
    path: &'a [&'a str],
    rest: Rest<'a>,
    value: &'a mut Option<T>,
}

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for At<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> std::result::Result<(), D::Error> {
        match self.path {
            [] => {
                *self.value = Some(T::deserialize(deserializer)?);
                Ok(())
            }
            _ => deserializer.deserialize_option(AtVisitor(self, PhantomData)),
        }
    }
}

struct AtVisitor<'a, T>(At<'a, T>, PhantomData<T>);

impl<'de, T: DeserializeOwned> Visitor<'de> for AtVisitor<'_, T> {
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
        let At { path, mut rest, value } = self.0;
        let (first, path) = path.split_first().ok_or_else(|| A::Error::custom("no path"))?;
        while let Some(Name(key)) = map.next_key()? {
            if key != *first {
                rest.read(&key, &mut map)?;
            } else if path.is_empty() {
                *value = Some(map.next_value()?);
            } else {
                let mut inner = Object::new();
                map.next_value_seed(At { path, rest: Rest::Kept(&mut inner), value: &mut *value })?;
                rest.nest(&key, inner);
            }
        }
        Ok(())
    }
}

/// The name of a property, copied only where it can't be borrowed from the answer.
struct Name<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor)
    }
}

struct NameVisitor;

impl<'de> Visitor<'de> for NameVisitor {
    type Value = Name<'de>;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a property name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> std::result::Result<Name<'de>, E> {
        Ok(Name(Cow::Borrowed(name)))
    }

    fn visit_str<E>(self, name: &str) -> std::result::Result<Name<'de>, E> {
        Ok(Name(Cow::Owned(name.to_owned())))
    }
}
