use std::fmt;

use zeroize::Zeroizing;

/// Text that must not be seen: it prints as `[secret]` and is wiped from memory when dropped.
///
/// ```
/// let token = sdk_runtime::Secret::from("hunter2");
/// assert_eq!(format!("{token:?}"), "[secret]");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The text itself. Where it goes from there is the caller's care.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Secret {
    fn from(text: T) -> Self {
        Self(Zeroizing::new(text.into()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[secret]")
    }
}
