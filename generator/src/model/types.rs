//! The types of values, with and without names.

use serde_json::Value;

use crate::document::SourceLocation;

/// The number of a type in [`Sdk::types`](super::Sdk::types).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(pub usize);

/// A type of values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// Text.
    String,
    /// True or false.
    Boolean,
    /// A number without a fraction.
    Integer(Width),
    /// A count of pages or items: an integer, however the document types it.
    Count,
    /// Any number.
    Number,
    /// Text that must not be seen.
    Secret,
    /// A moment.
    DateTime,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// A length of time.
    Duration,
    /// Bytes as text.
    Base64,
    /// Bytes; only for a whole body.
    Bytes,
    /// A file; only for a part of a form.
    File,
    /// Any JSON value.
    Any,
    /// An object without known properties.
    Object,
    /// A list.
    List(Box<Type>),
    /// A list of so many items, each of its own type.
    Tuple(Vec<Type>),
    /// A map from text.
    Map(Box<Type>),
    /// A value or null.
    Nullable(Box<Type>),
    /// A type with a name.
    Named(TypeId),
}

impl Type {
    /// How many types it is made of that are no collections.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::List(inner) | Self::Map(inner) | Self::Nullable(inner) => inner.size(),
            Self::Tuple(items) => items.iter().map(Self::size).sum(),
            _ => 1,
        }
    }

    /// Whether it can be any JSON value, or has one in it.
    pub(super) fn is_free_form(&self) -> bool {
        match self {
            Self::Any => true,
            Self::List(inner) | Self::Map(inner) | Self::Nullable(inner) => inner.is_free_form(),
            Self::Tuple(items) => items.iter().any(Self::is_free_form),
            _ => false,
        }
    }

    /// The named types in it, through lists and maps.
    pub fn named(&self) -> Vec<TypeId> {
        match self {
            Self::Named(id) => vec![*id],
            Self::List(inner) | Self::Map(inner) | Self::Nullable(inner) => inner.named(),
            Self::Tuple(items) => items.iter().flat_map(Self::named).collect(),
            _ => Vec::new(),
        }
    }
}

/// How wide an integer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Width {
    /// With a sign and 8 bits.
    I8,
    /// With a sign and 16 bits.
    I16,
    /// With a sign and 32 bits.
    I32,
    /// With a sign and 64 bits: where the document says nothing else.
    I64,
    /// Without a sign, of 8 bits.
    U8,
    /// Without a sign, of 16 bits.
    U16,
    /// Without a sign, of 32 bits.
    U32,
    /// Without a sign, of 64 bits.
    U64,
}

/// A type with a name.
#[derive(Debug)]
pub struct TypeDefinition {
    /// Its name in words; the stage that writes Rust makes an identifier of it.
    pub name: String,
    /// Whether the document names it; the names of the others are made of where they stand.
    pub is_component: bool,
    /// Where it stands.
    pub location: SourceLocation,
    /// What it is.
    pub description: Option<String>,
    /// No longer to be used.
    pub deprecated: bool,
    /// Whether programs make values of it, to send them.
    pub in_requests: bool,
    /// Whether answers hold values of it.
    pub in_responses: bool,
    /// The resource whose module it is in; empty for the SDK's own.
    pub owner: Vec<String>,
    /// The resources at the top whose methods need it, by name.
    pub users: Vec<String>,
    /// What it holds.
    pub kind: TypeKind,
    /// A value that it may have.
    pub example: Option<Value>,
}

impl TypeDefinition {
    /// Whether something needs it; nothing is generated of others.
    pub fn is_used(&self) -> bool {
        self.in_requests || self.in_responses || !self.users.is_empty()
    }
}

/// What a named type holds.
#[derive(Debug)]
pub enum TypeKind {
    /// An object with known properties.
    Object(Vec<Field>),
    /// One of several values, or a new one. They are all text, or all integers.
    Enum(Vec<EnumValue>),
    /// One of several types.
    Union {
        /// The property that tells them apart.
        tag: Option<String>,
        /// The types.
        variants: Vec<Variant>,
    },
}

impl TypeKind {
    /// Whether it is an enum of text.
    pub fn is_text(&self) -> bool {
        match self {
            Self::Enum(values) => values.iter().all(|value| matches!(value.value, Constant::Text(_))),
            _ => false,
        }
    }
}

/// One value of an enum.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EnumValue {
    /// The value on the wire.
    pub value: Constant,
    /// Its name for people, where the value itself doesn't make one.
    pub name: Option<String>,
    /// What it means.
    pub description: Option<String>,
}

/// A value that a document states.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Constant {
    /// Text.
    Text(String),
    /// A number without a fraction.
    Integer(i64),
    /// True or false.
    Boolean(bool),
}

impl Constant {
    /// The constant that a JSON value is, if it is one.
    pub fn of(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(Self::Text(text.clone())),
            Value::Bool(value) => Some(Self::Boolean(*value)),
            value => value.as_i64().map(Self::Integer),
        }
    }
}

/// As it stands in a query, or in a discriminator's mapping.
impl std::fmt::Display for Constant {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => formatter.write_str(text),
            Self::Integer(number) => number.fmt(formatter),
            Self::Boolean(value) => value.fmt(formatter),
        }
    }
}

/// A property of an object.
#[derive(Debug)]
pub struct Field {
    /// Where it stands.
    pub location: SourceLocation,
    /// Its name on the wire.
    pub wire: String,
    /// Its name for people.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// The one value that it has.
    pub constant: Option<Constant>,
    /// Whether it must be there.
    pub required: bool,
    /// Whether it can be null.
    pub nullable: bool,
    /// What it is.
    pub description: Option<String>,
    /// No longer to be used.
    pub deprecated: bool,
    /// A value that it may have.
    pub example: Option<Value>,
    /// Whether it is the map of all properties that the document doesn't name.
    pub is_rest: bool,
}

/// One of the types of a union.
#[derive(Debug)]
pub struct Variant {
    /// Its name in words.
    pub name: String,
    /// The tag's values, if there is a tag.
    pub tags: Vec<String>,
    /// Its type.
    pub ty: Type,
    /// What it is.
    pub description: Option<String>,
    /// A value that it may have.
    pub example: Option<Value>,
}
