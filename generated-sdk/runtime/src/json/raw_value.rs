//! Locates values in JSON text without parsing them.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;

/// Returns the text of the value at `path`.
pub(crate) fn at<'a>(json: &'a [u8], path: &[&str]) -> Option<&'a [u8]> {
    path.iter().try_fold(json, |json, name| {
        let matches_name = |part: &Part<'_>| part.name.as_ref().is_some_and(|known| known == name);
        Some(Parts::of(json).find(matches_name)?.json)
    })
}

/// Returns the text of the last item of an array.
pub(crate) fn last(json: &[u8]) -> Option<&[u8]> {
    Parts::of(json).last().map(|part| part.json)
}

/// Value of an object, with its name, or item of an array.
struct Part<'a> {
    name: Option<Cow<'a, str>>,
    json: &'a [u8],
}

/// Iterator over the values of an object or array. Empty for other JSON, and ends at invalid JSON.
struct Parts<'a> {
    rest: &'a [u8],
    is_object: bool,
}

impl<'a> Parts<'a> {
    fn of(json: &'a [u8]) -> Self {
        match json.trim_ascii_start() {
            [b'{', rest @ ..] => Self { rest, is_object: true },
            [b'[', rest @ ..] => Self { rest, is_object: false },
            _ => Self { rest: &[], is_object: false },
        }
    }

    /// Parses the next value and returns it with its text.
    fn next_value<T: Deserialize<'a>>(&mut self) -> Option<(T, &'a [u8])> {
        let mut values = serde_json::Deserializer::from_slice(self.rest).into_iter();
        let value = values.next()?.ok()?;
        let (json, rest) = self.rest.split_at_checked(values.byte_offset())?;
        self.rest = rest.trim_ascii_start();
        Some((value, json.trim_ascii_start()))
    }
}

impl<'a> Iterator for Parts<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        self.rest = self.rest.strip_prefix(b",").unwrap_or(self.rest);
        let mut name = None;
        if self.is_object {
            name = Some(self.next_value()?.0);
            self.rest = self.rest.strip_prefix(b":")?;
        }
        let (IgnoredAny, json) = self.next_value()?;
        Some(Part { name, json })
    }
}

#[cfg(test)]
mod tests {
    use super::{at, last};

    #[test]
    fn values_are_found_by_path() {
        let json = br#" { "a" : 1, "b\u0062": {"c":[ 1, {"d": "],}"} , -2.5e1 ] , "e":[]}, "f": null } "#;
        let found = |path: &[&str]| at(json, path).map(String::from_utf8_lossy);
        assert_eq!(found(&["a"]).as_deref(), Some("1"));
        assert_eq!(found(&["f"]).as_deref(), Some("null"));
        assert_eq!(found(&["bb", "c"]).as_deref(), Some(r#"[ 1, {"d": "],}"} , -2.5e1 ]"#));
        assert_eq!(found(&["bb", "d"]), None);
        assert_eq!(found(&["a", "c"]), None);
        assert_eq!(at(json, &["bb", "c"]).and_then(last), Some(&b"-2.5e1"[..]));
        assert_eq!(at(json, &["bb", "e"]).and_then(last), None);
        for invalid in ["", "{", "[", "{\"a\"", "{\"a\":", "[1", "{a:1}", "7", "[}"] {
            assert_eq!(at(invalid.as_bytes(), &["a"]), None, "{invalid}");
        }
    }
}
