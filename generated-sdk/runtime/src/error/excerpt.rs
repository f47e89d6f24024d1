//! Displays text of a server safely.

use std::fmt;

/// Beginning of a body, on one line.
pub(super) struct Excerpt<'a>(pub(super) &'a [u8]);

/// Maximum number of characters in an excerpt. The error itself contains the whole body.
const MAX_CHARACTERS: usize = 200;

impl fmt::Display for Excerpt<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = String::from_utf8_lossy(self.0);
        let mut characters = 0;
        formatter.write_str("\"")?;
        for (index, word) in text.split_whitespace().enumerate() {
            let separator = if index == 0 { "" } else { " " };
            for character in separator.chars().chain(word.chars()) {
                if characters == MAX_CHARACTERS {
                    return formatter.write_str("…\"");
                }
                characters += 1;
                // Control characters could change the state of a terminal.
                let shown = if character.is_control() { char::REPLACEMENT_CHARACTER } else { character };
                write!(formatter, "{shown}")?;
            }
        }
        formatter.write_str("\"")
    }
}

/// Text of a server, with control characters other than newlines replaced by U+FFFD. They could change the
/// state of a terminal.
pub(super) struct Sanitized<'a>(pub(super) &'a str);

impl fmt::Display for Sanitized<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in self.0.split_inclusive(|c: char| c.is_control() && c != '\n') {
            let text = part.trim_end_matches(|c: char| c.is_control() && c != '\n');
            formatter.write_str(text)?;
            if text.len() < part.len() {
                write!(formatter, "{}", char::REPLACEMENT_CHARACTER)?;
            }
        }
        Ok(())
    }
}
