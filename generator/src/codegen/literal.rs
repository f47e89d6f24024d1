//! String literals.

use std::fmt;

use proc_macro2::Literal;
use serde::{Serialize, Serializer};

/// Text that is rendered as a Rust string literal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StringLiteral(String);

impl StringLiteral {
    /// Returns the literal of `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the text without quotes and escapes.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StringLiteral {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Most texts need no escapes.
        match self.0.bytes().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\')) {
            true => write!(formatter, "\"{}\"", self.0),
            false => Literal::string(&self.0).fmt(formatter),
        }
    }
}

impl Serialize for StringLiteral {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
