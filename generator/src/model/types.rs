use std::fmt;

use serde_json::Value;

use crate::document::SourceLocation;

/// Index of a type in [`Sdk::types`](super::Sdk::types).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(pub usize);

/// A type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// Text.
    String,
    /// Boolean.
    Boolean,
    /// Number without a fraction.
    Integer(Width),
    /// Number of pages or items: an integer, independent of the document's type.
    Count,
    /// Number.
    Number,
    /// Text that is redacted in logs.
    Secret,
    /// Date and time.
    DateTime,
    /// Date.
    Date,
    /// Time of day.
    Time,
    /// Duration.
    Duration,
    /// Binary data as Base64 text.
    Base64,
    /// Binary data; only for an entire body.
    Bytes,
    /// File; only for a part of a multipart form.
    File,
    /// Untyped JSON value.
    Any,
    /// JSON object without known properties.
    Object,
    /// List.
    List(Box<Type>),
    /// List of a fixed length with a type for each item.
    Tuple(Vec<Type>),
    /// Map with text keys.
    Map(Box<Type>),
    /// Value or null.
    Nullable(Box<Type>),
    /// Named type.
    Named(TypeId),
}

impl Type {
    /// Returns the number of types in a tuple, including nested ones; 1 for a type that is not a collection.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::List(inner) | Self::Map(inner) | Self::Nullable(inner) => inner.size(),
            Self::Tuple(items) => items.iter().map(Self::size).sum(),
            _ => 1,
        }
    }

    /// Returns `true` if the type is an untyped JSON value or a collection of such values.
    pub(super) fn contains_any(&self) -> bool {
        match self {
            Self::Any => true,
            Self::List(inner) | Self::Map(inner) | Self::Nullable(inner) => inner.contains_any(),
            Self::Tuple(items) => items.iter().any(Self::contains_any),
            _ => false,
        }
    }

    /// Returns the named types in this type, also in lists and maps.
    pub fn named(&self) -> Vec<TypeId> {
        match self {
            Self::Named(id) => vec![*id],
            Self::List(inner) | Self::Map(inner) | Self::Nullable(inner) => inner.named(),
            Self::Tuple(items) => items.iter().flat_map(Self::named).collect(),
            _ => Vec::new(),
        }
    }

    /// Returns the type with other ids for its named types.
    pub(super) fn with_ids(&self, id: &impl Fn(TypeId) -> TypeId) -> Self {
        let inner = |inner: &Self| Box::new(inner.with_ids(id));
        match self {
            Self::Named(named) => Self::Named(id(*named)),
            Self::List(item) => Self::List(inner(item)),
            Self::Map(value) => Self::Map(inner(value)),
            Self::Nullable(value) => Self::Nullable(inner(value)),
            Self::Tuple(items) => Self::Tuple(items.iter().map(|item| item.with_ids(id)).collect()),
            other => other.clone(),
        }
    }
}

/// Width and sign of an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Width {
    /// Signed, 8 bits.
    I8,
    /// Signed, 16 bits.
    I16,
    /// Signed, 32 bits.
    I32,
    /// Signed, 64 bits: the default.
    I64,
    /// Unsigned, 8 bits.
    U8,
    /// Unsigned, 16 bits.
    U16,
    /// Unsigned, 32 bits.
    U32,
    /// Unsigned, 64 bits.
    U64,
}

/// A named type.
#[derive(Debug)]
pub struct TypeDefinition {
    /// Name in words, not yet an identifier.
    pub name: String,
    /// `true` if the document names the type; other names are derived from the type's location.
    pub is_component: bool,
    /// Location in the document.
    pub location: SourceLocation,
    /// Description of the type.
    pub description: Option<String>,
    /// `true` if the type is deprecated.
    pub deprecated: bool,
    /// `true` if requests contain values of the type.
    pub in_requests: bool,
    /// `true` if responses contain values of the type.
    pub in_responses: bool,
    /// Path of the resource whose module contains the type; empty for the root module of the types.
    pub owner: Vec<String>,
    /// Names of the top-level resources whose methods need the type.
    pub users: Vec<String>,
    /// Content of the type.
    pub kind: TypeKind,
    /// Example value.
    pub example: Option<Value>,
}

impl TypeDefinition {
    /// Returns `true` if a method needs the type. Only used types are generated.
    pub fn is_used(&self) -> bool {
        self.in_requests || self.in_responses || !self.users.is_empty()
    }

    /// Returns the named types that the type contains directly.
    pub(super) fn parts(&self) -> impl Iterator<Item = TypeId> + use<> {
        let parts: Vec<TypeId> = match &self.kind {
            TypeKind::Object(fields) => fields.iter().flat_map(|field| field.ty.named()).collect(),
            TypeKind::Union { variants, .. } => variants.iter().flat_map(|variant| variant.ty.named()).collect(),
            TypeKind::Enum(_) => Vec::new(),
        };
        parts.into_iter()
    }
}

/// Content of a named type.
#[derive(Debug)]
pub enum TypeKind {
    /// Object with known properties.
    Object(Vec<Field>),
    /// Known values, which are all text or all integers. Other values are preserved.
    Enum(Vec<EnumValue>),
    /// One of several types.
    Union {
        /// Property that identifies the variant.
        tag: Option<String>,
        /// Types of the union.
        variants: Vec<Variant>,
    },
}

impl TypeKind {
    /// Returns `true` for an enum of text.
    pub fn is_text(&self) -> bool {
        match self {
            Self::Enum(values) => values.iter().all(|value| matches!(value.value, Constant::Text(_))),
            _ => false,
        }
    }
}

/// A value of an enum.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EnumValue {
    /// Value on the wire.
    pub value: Constant,
    /// Name, if the document states one.
    pub name: Option<String>,
    /// Description of the value.
    pub description: Option<String>,
}

/// A constant value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Constant {
    /// Text.
    Text(String),
    /// Number without a fraction.
    Integer(i64),
    /// Boolean.
    Boolean(bool),
}

impl Constant {
    /// Returns the constant of a JSON value; `None` for null, fractions, arrays and objects.
    pub fn of(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(Self::Text(text.clone())),
            Value::Bool(value) => Some(Self::Boolean(*value)),
            value => value.as_i64().map(Self::Integer),
        }
    }
}

/// Formats the constant as in a query, without quotes.
impl fmt::Display for Constant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
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
    /// Location in the document.
    pub location: SourceLocation,
    /// Name on the wire.
    pub wire: String,
    /// Name in the SDK.
    pub name: String,
    /// Type of the value.
    pub ty: Type,
    /// Only allowed value.
    pub constant: Option<Constant>,
    /// `true` if the property is required.
    pub required: bool,
    /// `true` if null is allowed.
    pub nullable: bool,
    /// Description of the property.
    pub description: Option<String>,
    /// `true` if the property is deprecated.
    pub deprecated: bool,
    /// Example value.
    pub example: Option<Value>,
    /// `true` for the map of all properties that the document does not list.
    pub is_additional_properties: bool,
}

/// A type of a union.
#[derive(Debug)]
pub struct Variant {
    /// Name in words, not yet an identifier.
    pub name: String,
    /// Values of the tag that identify the variant.
    pub tags: Vec<String>,
    /// Type of the value.
    pub ty: Type,
    /// Description of the variant.
    pub description: Option<String>,
    /// Example value.
    pub example: Option<Value>,
}
