//! Kinds of results that a method returns.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::doc_block::linked;
use super::rust_type::RustType;

/// Result of a request. Types are those of the result, the items of a page, or the items of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResponseKind {
    /// The response has no content that the method returns.
    Empty,
    /// JSON.
    Json(RustType),
    /// One page of a list.
    Page(RustType),
    /// Text.
    Text,
    /// Bytes.
    Bytes,
    /// Stream of server-sent events whose data is JSON.
    Events(RustType),
    /// Stream of server-sent events whose data is text.
    TextEvents(RustType),
    /// Stream of lines, each of them JSON.
    Lines(RustType),
}

impl ResponseKind {
    /// Returns the type of a page's items.
    pub fn page_item(&self) -> Option<&RustType> {
        match self {
            Self::Page(item) => Some(item),
            _ => None,
        }
    }

    /// Returns the type of a stream's items.
    pub fn stream_item(&self) -> Option<&RustType> {
        match self {
            Self::Events(item) | Self::TextEvents(item) | Self::Lines(item) => Some(item),
            _ => None,
        }
    }

    /// Returns the type in the result: the result's own, or that of its items.
    pub fn ty(&self) -> Option<&RustType> {
        match self {
            Self::Json(ty) => Some(ty),
            _ => self.page_item().or(self.stream_item()),
        }
    }

    /// Returns the result in the syntax of the runtime's `request!` macro.
    pub fn declaration(&self) -> String {
        match self {
            Self::Empty => "()".to_owned(),
            Self::Json(ty) => ty.to_string(),
            Self::Page(item) => format!("list of {item}"),
            Self::Text => "text".to_owned(),
            Self::Bytes => "bytes".to_owned(),
            Self::Events(item) => format!("events of {item}"),
            Self::TextEvents(_) => "text events".to_owned(),
            Self::Lines(item) => format!("lines of {item}"),
        }
    }

    /// Returns the result in words. `code` returns a type as Markdown.
    pub fn description(&self, code: &dyn Fn(&RustType) -> String) -> String {
        match self {
            Self::Empty => "nothing".to_owned(),
            Self::Json(ty) => code(ty),
            Self::Page(item) => format!("a page of {}", code(item)),
            Self::Text => "text".to_owned(),
            Self::Bytes => "bytes".to_owned(),
            Self::Events(item) | Self::TextEvents(item) | Self::Lines(item) => {
                format!("a stream of {}", code(item))
            }
        }
    }
}

impl Serialize for ResponseKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ty = match self {
            Self::Empty => Some(RustType::Unit),
            _ => self.ty().cloned(),
        };
        let mut fields = serializer.serialize_struct("ResponseKind", 3)?;
        fields.serialize_field("declaration", &self.declaration())?;
        fields.serialize_field("description", &self.description(&linked))?;
        fields.serialize_field("ty", &ty)?;
        fields.end()
    }
}
