//! Rust types of generated code.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

/// Rust type of a field, an argument or a result.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RustType {
    /// `()`.
    Unit,
    /// Type that is always in scope, such as `String` or `i64`.
    Builtin(&'static str),
    /// Type that the runtime exports, such as `DateTime`.
    Runtime(&'static str),
    /// Type that the generated crate defines.
    Named(Arc<NamedType>),
    /// `Vec<T>`.
    Vec(Box<Self>),
    /// `(A, B)`.
    Tuple(Vec<Self>),
    /// `BTreeMap<String, T>`.
    Map(Box<Self>),
    /// `Option<T>`.
    Option(Box<Self>),
    /// `Box<T>`.
    Boxed(Box<Self>),
    /// `impl Into<T>`, for arguments.
    Into(Box<Self>),
    /// `impl IntoIterator<Item = T>`, for arguments.
    IntoIterator(Box<Self>),
}

/// Type that the generated crate defines.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NamedType {
    /// Path of its module below the crate, such as `accounts::members`. Empty for the crate root.
    pub module: String,
    /// Name of the type.
    pub name: String,
}

impl NamedType {
    /// Returns the path below the crate, such as `accounts::members::Member`.
    pub fn path(&self) -> String {
        match self.module.is_empty() {
            true => self.name.clone(),
            false => format!("{}::{}", self.module, self.name),
        }
    }
}

/// Path in a `use` declaration. Ordered by the text of the path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UsePath {
    path: String,
    name: String,
}

impl UsePath {
    /// Returns the path of a type, seen from the generated crate itself.
    pub fn of(ty: &NamedType) -> Self {
        Self { path: format!("crate::{}", ty.path()), name: ty.name.clone() }
    }

    /// Returns the name that the declaration brings into scope.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Serialize for UsePath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.path)
    }
}

impl RustType {
    /// Returns `Option<self>`.
    pub(super) fn optional(self) -> Self {
        Self::Option(Box::new(self))
    }

    /// Returns `Box<self>`.
    pub(super) fn boxed(self) -> Self {
        Self::Boxed(Box::new(self))
    }

    /// Returns the type as users of the generated crate write it: its root exports the types of the runtime.
    pub fn short_name(&self) -> String {
        ShortName(self).to_string()
    }

    /// Returns the types that the generated crate defines and that this type mentions.
    pub fn named_types(&self) -> Vec<&Arc<NamedType>> {
        match self {
            Self::Unit | Self::Builtin(_) | Self::Runtime(_) => Vec::new(),
            Self::Named(named) => vec![named],
            Self::Tuple(items) => items.iter().flat_map(Self::named_types).collect(),
            Self::Vec(inner)
            | Self::Map(inner)
            | Self::Option(inner)
            | Self::Boxed(inner)
            | Self::Into(inner)
            | Self::IntoIterator(inner) => inner.named_types(),
        }
    }

    fn write(&self, formatter: &mut fmt::Formatter<'_>, runtime: &str) -> fmt::Result {
        let mut generic = |before: &str, inner: &Self, after: &str| {
            formatter.write_str(before)?;
            inner.write(formatter, runtime)?;
            formatter.write_str(after)
        };
        match self {
            Self::Unit => formatter.write_str("()"),
            Self::Builtin(name) => formatter.write_str(name),
            Self::Runtime(name) => write!(formatter, "{runtime}{name}"),
            Self::Named(named) => formatter.write_str(&named.name),
            Self::Vec(inner) => generic("Vec<", inner, ">"),
            Self::Map(inner) => generic("BTreeMap<String, ", inner, ">"),
            Self::Option(inner) => generic("Option<", inner, ">"),
            Self::Boxed(inner) => generic("Box<", inner, ">"),
            Self::Into(inner) => generic("impl Into<", inner, ">"),
            Self::IntoIterator(inner) => generic("impl IntoIterator<Item = ", inner, ">"),
            Self::Tuple(items) => {
                formatter.write_str("(")?;
                for (index, item) in items.iter().enumerate() {
                    formatter.write_str(if index == 0 { "" } else { ", " })?;
                    item.write(formatter, runtime)?;
                }
                formatter.write_str(if items.len() == 1 { ",)" } else { ")" })
            }
        }
    }
}

/// Writes the type as generated code names it.
impl fmt::Display for RustType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(formatter, "runtime::")
    }
}

struct ShortName<'a>(&'a RustType);

impl fmt::Display for ShortName<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write(formatter, "")
    }
}

impl Serialize for RustType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
