//! Finds the path of the value that caused a decode error.
//!
//! The path is determined by a second scan of the text after an error. If it were recorded during decoding, the
//! decoding of every type would be compiled twice.

use std::fmt::Write as _;

/// Object or list that contains the error, with the progress of the scan in it.
enum Container<'a> {
    /// Name of the last property, still escaped. Empty before the first.
    Object(&'a [u8]),
    /// Number of items that have started.
    List(usize),
}

/// Returns the path of the value that does not match the type, such as `result.items[3].id`. This is the
/// innermost value that contains the last byte that was read before the error.
pub(crate) fn find(json: &[u8], error: &serde_json::Error) -> String {
    let lines = json.split_inclusive(|byte| *byte == b'\n');
    let begin: usize = lines.take(error.line().saturating_sub(1)).map(<[u8]>::len).sum();
    let offset = begin + error.column().saturating_sub(1);
    let mut containers = Vec::new();
    // `true` if the next token is an item of a list or the name of a property.
    let mut expects_item = false;
    let mut index = 0;
    while index <= offset && index < json.len() {
        let byte = json[index];
        if expects_item && !byte.is_ascii_whitespace() {
            expects_item = false;
            match containers.last_mut() {
                Some(Container::List(count)) if byte != b']' => *count += 1,
                Some(Container::Object(name)) if byte == b'"' => *name = string_contents(&json[index + 1..]),
                _ => {}
            }
        }
        match byte {
            b'{' => containers.push(Container::Object(b"")),
            b'[' => containers.push(Container::List(0)),
            b'}' | b']' => drop(containers.pop()),
            b'"' => index += string_contents(&json[index + 1..]).len() + 1,
            _ => {}
        }
        expects_item |= matches!(byte, b'{' | b'[' | b',');
        index += 1;
    }
    if let Some(Container::List(count)) = containers.last_mut() {
        *count += usize::from(expects_item && is_unread_item(error, json.get(index..).unwrap_or_default()));
    }
    format_path(&containers)
}

/// Returns `true` if the error concerns the item at the start of `rest`. serde_json reports an unexpected
/// list or object before it reads its first byte, and an unexpected value of another type after it has read
/// the value.
fn is_unread_item(error: &serde_json::Error, rest: &[u8]) -> bool {
    let message = error.to_string();
    match rest.trim_ascii_start().first() {
        Some(b'[') => message.starts_with("invalid type: sequence"),
        Some(b'{') => message.starts_with("invalid type: map"),
        _ => false,
    }
}

/// Returns a string up to its closing quotation mark, still escaped.
fn string_contents(json: &[u8]) -> &[u8] {
    let mut escaped = false;
    let end = json.iter().position(|byte| {
        let is_end = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        is_end
    });
    &json[..end.unwrap_or(json.len())]
}

fn format_path(containers: &[Container<'_>]) -> String {
    let mut path = String::new();
    for container in containers {
        match container {
            Container::Object(b"") | Container::List(0) => {}
            Container::Object(name) => {
                let dot = if path.is_empty() { "" } else { "." };
                // Writing to a string cannot fail.
                let _ = write!(path, "{dot}{}", String::from_utf8_lossy(name));
            }
            Container::List(count) => {
                let _ = write!(path, "[{}]", count - 1);
            }
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::find;

    #[derive(Default)]
    struct Root {
        parts: Vec<Part>,
        by_name: BTreeMap<String, Part>,
    }

    crate::model!(Root {
        "parts" required parts;
        "by_name" required by_name;
    });

    #[derive(Default)]
    struct Part {
        id: i8,
        tags: Option<Vec<String>>,
    }

    crate::model!(Part {
        "id" required id;
        "tags" optional tags;
    });

    #[test]
    fn path_of_the_innermost_value_is_found() {
        for (json, expected) in [
            (r#"{"parts": [{"id": 1}, {"id": "x"}]}"#, "parts[1].id"),
            (r#"{"parts": [{"id": 1}, {"id": 128, "tags": []}]}"#, "parts[1].id"),
            (r#"{"parts": [{"id": 1, "tags": ["a", "b", 3]}]}"#, "parts[0].tags[2]"),
            (r#"{"parts": [{"id": 1}, {"tags": ["]", "}", "\""]}]}"#, "parts[1]"),
            ("{\n  \"parts\": [\n    {\"id\": 1},\n    {\"id\": null}\n  ]\n}", "parts[1].id"),
            (r#"{"parts": [], "by_name": {"a \" { [ b": {"id": 0.5}}}"#, r#"by_name.a \" { [ b.id"#),
            (r#"{"parts": {"id": 1}}"#, "parts"),
            (r#"{"by_name": {}}"#, ""),
            (r#"{"parts": [[], {}]}"#, "parts[0]"),
            (r#"{"parts": [ 7]}"#, "parts[0]"),
            (r#"[{"id": 1}]"#, ""),
            ("7", ""),
        ] {
            let error = serde_json::from_str::<Root>(json).err();
            let found = error.as_ref().map(|error| find(json.as_bytes(), error));
            assert_eq!(found.as_deref(), Some(expected), "{json}: {error:?}");
        }
    }
}
