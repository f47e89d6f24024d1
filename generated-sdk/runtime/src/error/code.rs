use std::fmt;

use serde_json::Value;

/// Error code of an API: a number such as `1003`, or text such as `model_not_found`.
///
/// Text that is a decimal integer is converted to a number, because APIs write the same code in both ways.
///
/// # Examples
/// ```
/// use sdk_runtime::error::ErrorCode;
///
/// assert_eq!(ErrorCode::from(1003), 1003);
/// assert_eq!(ErrorCode::from("1003"), 1003);
/// assert_eq!(ErrorCode::from("model_not_found"), "model_not_found");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorCode {
    /// Numeric code.
    Number(i64),
    /// Textual code.
    Text(String),
}

impl ErrorCode {
    /// Returns the number, unless the code is text.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(_) => None,
        }
    }

    /// Returns the text, unless the code is a number.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Number(_) => None,
            Self::Text(text) => Some(text),
        }
    }

    /// Reads an integer or text. Returns `None` for empty text and for `about:blank`, the default `type` of
    /// RFC 9457.
    pub(super) fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => number.as_i64().map(Self::Number),
            Value::String(text) if !matches!(text.as_str(), "" | "about:blank") => Some(Self::from(text.as_str())),
            _ => None,
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(formatter),
            Self::Text(text) => text.fmt(formatter),
        }
    }
}

impl From<&str> for ErrorCode {
    fn from(text: &str) -> Self {
        match text.parse::<i64>() {
            Ok(number) if number.to_string() == text => Self::Number(number),
            _ => Self::Text(text.to_owned()),
        }
    }
}

impl From<String> for ErrorCode {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl PartialEq<str> for ErrorCode {
    fn eq(&self, text: &str) -> bool {
        match self {
            Self::Number(number) => number.to_string() == *text,
            Self::Text(own) => own == text,
        }
    }
}

impl PartialEq<&str> for ErrorCode {
    fn eq(&self, text: &&str) -> bool {
        self == *text
    }
}

macro_rules! integer {
    ($($integer:ty),*) => {$(
        impl From<$integer> for ErrorCode {
            fn from(number: $integer) -> Self {
                Self::Number(number.into())
            }
        }

        impl PartialEq<$integer> for ErrorCode {
            fn eq(&self, number: &$integer) -> bool {
                self.as_i64() == Some((*number).into())
            }
        }

        impl PartialEq<$integer> for &ErrorCode {
            fn eq(&self, number: &$integer) -> bool {
                *self == number
            }
        }
    )*};
}

integer!(i64, i32, u32, u16);
