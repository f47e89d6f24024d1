//! Texts of a server for people to read.

use std::fmt;

/// The beginning of a body, on one line.
pub(super) struct Excerpt<'a>(pub(super) &'a [u8]);

/// How many characters of a body an error's text shows; the error itself holds all of it.
const EXCERPT: usize = 200;

impl fmt::Display for Excerpt<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = String::from_utf8_lossy(self.0);
        let mut characters = 0;
        formatter.write_str("\"")?;
        for (index, word) in text.split_whitespace().enumerate() {
            let blank = if index == 0 { "" } else { " " };
            for character in blank.chars().chain(word.chars()) {
                if characters == EXCERPT {
                    return formatter.write_str("…\"");
                }
                characters += 1;
                // A terminal must not obey a server.
                let shown = if character.is_control() { char::REPLACEMENT_CHARACTER } else { character };
                write!(formatter, "{shown}")?;
            }
        }
        formatter.write_str("\"")
    }
}

/// A server's text, which a terminal must not obey.
pub(super) struct Harmless<'a>(pub(super) &'a str);

impl fmt::Display for Harmless<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in self.0.split_inclusive(|c: char| c.is_control() && c != '\n') {
            let plain = part.trim_end_matches(|c: char| c.is_control() && c != '\n');
            formatter.write_str(plain)?;
            if plain.len() < part.len() {
                write!(formatter, "{}", char::REPLACEMENT_CHARACTER)?;
            }
        }
        Ok(())
    }
}
