//! Which value a place in a JSON text belongs to.
//!
//! Keeping track of that while decoding would compile the decoding of every type twice; a text that does not fit can
//! as well be looked at once more.

use std::fmt::Write as _;

/// An object or list that the place is in, and how far it has come.
enum Around<'a> {
    /// By the property that was named last.
    Object(&'a [u8]),
    /// By how many items have begun.
    List(usize),
}

/// The path of the value that does not fit, such as `result.items[3].id`: the innermost one that has the byte in it
/// that was read last.
pub(crate) fn find(json: &[u8], error: &serde_json::Error) -> String {
    let lines = json.split_inclusive(|byte| *byte == b'\n');
    let begin: usize = lines.take(error.line().saturating_sub(1)).map(<[u8]>::len).sum();
    let place = begin + error.column().saturating_sub(1);
    let mut around = Vec::new();
    // Whether an item of a list, or the name of a property, is to come next.
    let mut is_next = false;
    let mut index = 0;
    while index <= place && index < json.len() {
        let byte = json[index];
        if is_next && !byte.is_ascii_whitespace() {
            is_next = false;
            match around.last_mut() {
                Some(Around::List(count)) if byte != b']' => *count += 1,
                Some(Around::Object(name)) if byte == b'"' => *name = text(&json[index + 1..]),
                _ => {}
            }
        }
        match byte {
            b'{' => around.push(Around::Object(b"")),
            b'[' => around.push(Around::List(0)),
            b'}' | b']' => drop(around.pop()),
            b'"' => index += text(&json[index + 1..]).len() + 1,
            _ => {}
        }
        is_next |= matches!(byte, b'{' | b'[' | b',');
        index += 1;
    }
    if let Some(Around::List(count)) = around.last_mut() {
        *count += usize::from(is_next && is_of_next(error, json.get(index..).unwrap_or_default()));
    }
    write(&around)
}

/// Whether the error is that of an item that was only looked at: lists and objects are not read where they are not
/// expected, while everything else is.
fn is_of_next(error: &serde_json::Error, rest: &[u8]) -> bool {
    let message = error.to_string();
    match rest.trim_ascii_start().first() {
        Some(b'[') => message.starts_with("invalid type: sequence"),
        Some(b'{') => message.starts_with("invalid type: map"),
        _ => false,
    }
}

/// A text up to its closing quotation mark.
fn text(json: &[u8]) -> &[u8] {
    let mut escaped = false;
    let end = json.iter().position(|byte| {
        let is_end = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        is_end
    });
    &json[..end.unwrap_or(json.len())]
}

fn write(around: &[Around<'_>]) -> String {
    let mut path = String::new();
    for step in around {
        match step {
            Around::Object(b"") | Around::List(0) => {}
            Around::Object(name) => {
                let dot = if path.is_empty() { "" } else { "." };
                // Writing to a string can't fail.
                let _ = write!(path, "{dot}{}", String::from_utf8_lossy(name));
            }
            Around::List(count) => {
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
    struct Whole {
        parts: Vec<Part>,
        by_name: BTreeMap<String, Part>,
    }

    crate::model!(Whole {
        0 "parts" required parts;
        1 "by_name" required by_name;
    });

    #[derive(Default)]
    struct Part {
        id: i8,
        tags: Option<Vec<String>>,
    }

    crate::model!(Part {
        0 "id" required id;
        1 "tags" optional tags;
    });

    #[test]
    fn the_innermost_value_is_named() {
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
            let error = serde_json::from_str::<Whole>(json).err();
            let found = error.as_ref().map(|error| find(json.as_bytes(), error));
            assert_eq!(found.as_deref(), Some(expected), "{json}: {error:?}");
        }
    }
}
