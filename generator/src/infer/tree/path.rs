//! Paths as segments, and their words as names.

use heck::ToSnakeCase;

use crate::inflection::singular;

/// One segment of a path.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Segment {
    /// A word of the document.
    Name(String),
    /// What the caller fills in.
    Parameter,
}

impl Segment {
    /// The word, as the configuration takes it.
    pub(super) fn name(&self) -> Option<String> {
        match self {
            Self::Name(name) => Some(snake(name)),
            Self::Parameter => None,
        }
    }
}

/// A path's segments.
pub(super) fn segments(path: &str) -> Vec<Segment> {
    path.split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| match segment.starts_with('{') && segment.ends_with('}') {
            true => Segment::Parameter,
            false => Segment::Name(segment.to_owned()),
        })
        .collect()
}

/// The names of the parameters that fill a path, in its order.
pub(super) fn parameters(path: &str) -> Vec<String> {
    path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).map(snake).collect()
}

/// The names in a path, without versions.
pub(super) fn names(path: &[Segment]) -> Vec<String> {
    path.iter().filter_map(Segment::name).filter(|name| !is_version(name)).collect()
}

/// Versions and what else stands in front of every path.
pub(super) fn is_version(name: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    name == "api" || digits(name.strip_prefix(['v', 'n']).unwrap_or(name))
}

/// A name in snake case that the configuration takes.
pub(super) fn snake(text: &str) -> String {
    // A parameter inside a segment (`{name}.json`) is none of its words.
    let mut words = String::new();
    let mut depth = 0;
    for character in text.chars() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            // A plain apostrophe is inside a word: `User's Invites`.
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

/// The words of a title: `DNS Records for a Zone` is `dns`, `records`, `for`, `a`, `zone`.
pub(super) fn words(title: &str) -> Vec<String> {
    title
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect()
}

/// Whether two names are one, but for their number.
pub(super) fn same_thing(one: &str, other: &str) -> bool {
    one == other || singular(one) == singular(other)
}
