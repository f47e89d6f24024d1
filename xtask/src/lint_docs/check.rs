//! Matches texts against the tables of rules.

use std::collections::HashSet;
use std::fmt;

use super::extract::{self, Language};
use super::rules;
use super::text::{Kind, Text};

/// Violation of a rule at one line of a file.
pub struct Finding {
    pub path: String,
    /// Line of the offending words, starting at 1.
    pub line: usize,
    pub kind: Kind,
    message: String,
    /// Text of the line.
    text: String,
    help: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, message, text, help, .. } = self;
        write!(formatter, "{path}:{line}: {message}\n    {text}\n  help: {help}")
    }
}

/// Returns the findings in the text of a file, ordered by line.
pub fn check(path: &str, language: Language, source: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut identifiers = HashSet::new();
    for text in extract::texts(language, source) {
        // Each identifier is reported once per file.
        if text.kind == Kind::Identifier && !identifiers.insert(text.joined()) {
            continue;
        }
        let matches = match text.kind {
            Kind::Identifier => identifier_parts(&text),
            _ => {
                let opening = opening(&text);
                // A phrase that begins with the reported first word is the same fault.
                let start = opening.as_ref().map(|opening| opening.offset);
                let phrases = phrases(&text).into_iter().filter(|phrase| Some(phrase.offset) != start);
                opening.into_iter().chain(phrases).collect()
            }
        };
        for Match { offset, message, help } in matches {
            let (line, content) = text.line_at(offset);
            let (text, kind) = (content.to_owned(), text.kind);
            findings.push(Finding { path: path.to_owned(), line, kind, message, text, help });
        }
    }
    findings.sort_by_key(|finding| finding.line);
    findings
}

struct Match {
    /// Byte offset in the joined lines of the text.
    offset: usize,
    message: String,
    help: String,
}

/// Checks the first words of a text.
fn opening(text: &Text) -> Option<Match> {
    let joined = text.joined();
    let first = joined.trim_start();
    let words = rules::openings(text.kind).iter().find(|words| {
        let rest = first.strip_prefix(**words);
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    })?;
    if *words == "From" && first.starts_with("From:") {
        return None;
    }
    Some(Match {
        offset: joined.len() - first.len(),
        message: format!("{} begins with `{words}`", text.kind.name()),
        help: rules::OPENING_HELP.to_owned(),
    })
}

/// Checks a text for listed words. Inline code is ignored.
fn phrases(text: &Text) -> Vec<Match> {
    // "as soon as it is" is plain English.
    let joined = without_code(&text.joined()).to_lowercase().replace("soon as", "_______");
    let find = |&(phrase, better): &(&'static str, &'static str)| {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let offset = joined.match_indices(phrase).map(|(offset, _)| offset).find(|&offset| {
            !joined[..offset].ends_with(is_word) && !joined[offset + phrase.len()..].starts_with(is_word)
        })?;
        let message = format!("{} contains `{phrase}`", text.kind.name());
        Some(Match { offset, message, help: better.to_owned() })
    };
    rules::PHRASES.iter().filter_map(find).collect()
}

/// Checks the words that an identifier consists of.
fn identifier_parts(text: &Text) -> Vec<Match> {
    let name = text.joined();
    let parts = split_identifier(&name);
    let find = |(part, better): &(&str, &str)| {
        let message = format!("identifier `{name}` contains `{part}`");
        let found = parts.iter().enumerate().any(|(index, own)| {
            // "in place" is a term: `block_in_place`, `dedup_in_place`.
            own == part && !(*part == "place" && index > 0 && parts[index - 1] == "in")
        });
        found.then(|| Match { offset: 0, message, help: (*better).to_owned() })
    };
    rules::IDENTIFIER_PARTS.iter().filter_map(find).collect()
}

/// Splits `snake_case` and `CamelCase` into lowercase words.
fn split_identifier(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut previous = '_';
    for c in name.chars() {
        if c == '_' || (c.is_uppercase() && !previous.is_uppercase()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c != '_') {
            word.extend(c.to_lowercase());
        }
        previous = c;
    }
    words
}

/// Replaces inline code with underscores. Offsets stay the same.
fn without_code(text: &str) -> String {
    let mut code = false;
    let keep = |c: char| {
        code ^= c == '`';
        if (code || c == '`') && c.is_ascii() { '_' } else { c }
    };
    match text.matches('`').count() % 2 {
        0 => text.chars().map(keep).collect(),
        _ => text.to_owned(),
    }
}
