//! Names as sequences of words.

use std::borrow::Cow;

use heck::ToSnakeCase;

/// Name as a sequence of lower-case words, independent of a language's spelling.
///
/// A name has at least one word, does not begin with a digit, and consists of characters that Unicode allows in
/// identifiers (UAX #31). Two names are equal if their words are.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(
    /// The words with `_` between them.
    String,
);

/// Name of a value whose own name has no letter or digit.
const FALLBACK: &str = "value";

impl Name {
    /// Splits a text into words, at punctuation and at changes of case. Signs that carry meaning become words.
    pub fn new(text: &str) -> Self {
        let words = clean(text).to_snake_case();
        match words.chars().next() {
            None => Self(FALLBACK.to_owned()),
            Some(first) if unicode_ident::is_xid_start(first) => Self(words),
            Some(_) => Self(format!("n{words}")),
        }
    }

    /// Returns the words, in lower case.
    pub fn words(&self) -> impl DoubleEndedIterator<Item = &str> + Clone {
        self.0.split('_')
    }

    /// Returns the words with `_` between them.
    pub(super) fn joined(&self) -> &str {
        &self.0
    }

    /// Appends the words of another name.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self(format!("{}_{}", self.0, other.0))
    }

    /// Appends a word of lower-case ASCII letters.
    #[must_use]
    pub fn with(&self, word: &str) -> Self {
        Self(format!("{}_{word}", self.0))
    }

    /// Appends a number to the last word.
    pub(super) fn numbered(&self, number: usize) -> Self {
        Self(format!("{}{number}", self.0))
    }

    /// Returns the text by which names are compared in a namespace.
    ///
    /// `UserName` and `user_name` are the same, `username` differs. The boundary before a digit or a letter
    /// without case is ignored, because camel case does not preserve it: `item_2` and `item2` are the same.
    pub(super) fn key(&self) -> Cow<'_, str> {
        let is_hidden = |c: &char| c.to_uppercase().eq(std::iter::once(*c));
        let mut characters = self.0.chars().peekable();
        let mut key = None;
        let mut length = 0;
        while let Some(character) = characters.next() {
            if character == '_' && characters.peek().is_some_and(is_hidden) {
                key.get_or_insert_with(|| self.0[..length].to_owned());
            } else if let Some(key) = &mut key {
                key.push(character);
            }
            length += character.len_utf8();
        }
        key.map_or(Cow::Borrowed(&self.0), Cow::Owned)
    }
}

/// Replaces everything but the letters and digits of identifiers by spaces or words.
fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut has_words = false;
    for character in text.chars() {
        let before = clean.len();
        match character {
            c if c.is_alphanumeric() => clean.extend(unicode_ident::is_xid_continue(c).then_some(c)),
            '+' => clean.push_str(" plus "),
            '*' => clean.push_str(" star "),
            '<' => clean.push_str(" less "),
            '>' => clean.push_str(" greater "),
            '=' => clean.push_str(" equal "),
            '!' => clean.push_str(" not "),
            '%' => clean.push_str(" percent "),
            '$' => clean.push_str(" dollar "),
            '@' => clean.push_str(" at "),
            '&' => clean.push_str(" and "),
            '-' if !has_words && text.len() > 1 => clean.push_str("minus "),
            _ => clean.push(' '),
        }
        has_words |= !clean[before..].trim().is_empty();
    }
    clean
}
