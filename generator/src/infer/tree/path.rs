//! Segments of paths, and names derived from them.

use heck::ToSnakeCase;

use crate::inflection::singular;

/// Segment of a path.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Segment {
    /// Literal text.
    Name(String),
    /// Parameter, which fills the whole segment.
    Parameter,
}

impl Segment {
    /// Returns the literal text in snake case.
    pub(super) fn name(&self) -> Option<String> {
        match self {
            Self::Name(name) => Some(snake(name)),
            Self::Parameter => None,
        }
    }
}

/// Splits a path into segments.
pub(super) fn segments(path: &str) -> Vec<Segment> {
    path.split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| match segment.starts_with('{') && segment.ends_with('}') {
            true => Segment::Parameter,
            false => Segment::Name(segment.to_owned()),
        })
        .collect()
}

/// Returns the names of the parameters in a path, in order.
pub(super) fn parameters(path: &str) -> Vec<String> {
    path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).map(snake).collect()
}

/// Returns the names in a path, without versions.
pub(super) fn names(path: &[Segment]) -> Vec<String> {
    path.iter().filter_map(Segment::name).filter(|name| !is_version(name)).collect()
}

/// Returns `true` if a segment is a version or `api`, which are common to many paths.
pub(super) fn is_version(name: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    name == "api" || digits(name.strip_prefix(['v', 'n']).unwrap_or(name))
}

/// Returns a text as a name in snake case that is valid in the configuration.
pub(super) fn snake(text: &str) -> String {
    // A parameter inside a segment (`{name}.json`) is not part of the name.
    let mut words = String::new();
    let mut depth = 0;
    for character in text.chars() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            // An apostrophe is part of a word: `User's Invites`.
            '\'' => {}
            c if depth == 0 && c.is_ascii_alphanumeric() => words.push(c),
            _ => words.push(' '),
        }
    }
    let name = words.to_snake_case();
    let name: String = name.chars().take(48).collect();
    match name.trim_matches('_') {
        "" => "root".to_owned(),
        name if name.starts_with(|c: char| c.is_ascii_digit()) => format!("n{name}"),
        name => name.to_owned(),
    }
}

/// Returns the words of a title in lower case: `DNS Records for a Zone` is `dns`, `records`, `for`, `a`, `zone`.
pub(super) fn words(title: &str) -> Vec<String> {
    title
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect()
}

/// Returns `true` if two names are equal or differ only in number (singular or plural).
pub(super) fn equal_ignoring_number(a: &str, b: &str) -> bool {
    a == b || singular(a) == singular(b)
}
