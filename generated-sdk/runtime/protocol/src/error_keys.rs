use crate::{Static, Storage};

/// Paths to codes and messages in the body of an error response.
///
/// A path through a list selects every item of the list. A code and a message in the same object belong
/// together. If a list of paths is empty, the paths of [`ErrorKeys::DEFAULT`] are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorKeys<S: Storage = Static> {
    /// Paths to codes. In each object, the first path with a code is used.
    pub codes: S::List<S::List<S::Text>>,
    /// Paths to messages. In each object, the first path with a string is used.
    pub messages: S::List<S::List<S::Text>>,
}

impl ErrorKeys {
    /// Paths of common APIs: `error`, the body itself, and the list `errors`, with the properties that
    /// OpenAI, GitHub, Stripe, Cloudflare and RFC 9457 define.
    pub const DEFAULT: Self = Self {
        codes: &[
            &["error", "code"],
            &["error", "type"],
            &["code"],
            &["type"],
            &["errors", "code"],
            &["errors", "type"],
        ],
        messages: &[
            &["error", "message"],
            &["error", "detail"],
            &["error", "error_description"],
            &["error", "title"],
            &["error", "error"],
            &["error", "reason"],
            &["message"],
            &["detail"],
            &["error_description"],
            &["title"],
            &["error"],
            &["reason"],
            &["errors", "message"],
            &["errors", "detail"],
            &["errors", "title"],
        ],
    };
}
