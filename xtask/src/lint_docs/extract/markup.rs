//! Texts of templates, snapshots, Markdown, YAML and files with `#` comments. All are read line by line.

use super::rust;
use crate::lint_docs::text::{Kind, Text, append, remove_fenced_code};

/// Keys of YAML and JSON whose values are prose.
const DESCRIPTION_KEYS: [&str; 2] = ["description", "summary"];
const PROSE_KEYS: [&str; 3] = ["title", "rule", "because"];

fn numbered(source: &str) -> impl Iterator<Item = (usize, &str)> {
    source.lines().enumerate().map(|(index, text)| (index + 1, text))
}

/// Returns doc comments, comments and identifiers of a template. Its other text is not Rust, so it is not lexed.
pub fn template(source: &str) -> Vec<Text> {
    let mut texts = Vec::new();
    let mut comment = false;
    for (line, text) in numbered(source) {
        if let Some(start) = text.find("{#").filter(|_| !comment) {
            append(&mut texts, Kind::Comment, line, text[start..].trim_matches(['{', '#', '-', ' ', '}']));
            comment = !text.contains("#}");
            continue;
        }
        if comment {
            append(&mut texts, Kind::Comment, line, text.trim_matches(['{', '#', '-', ' ', '}']));
            comment = !text.contains("#}");
            continue;
        }
        rust_comment(&mut texts, line, text);
        for part in text.split("{{").skip(1).chain(text.split("{%").skip(1)) {
            let code = part.split("}}").next().and_then(|part| part.split("%}").next()).unwrap_or_default();
            texts.extend(
                rust::texts(code)
                    .into_iter()
                    .filter(|text| text.kind == Kind::Identifier)
                    .map(|text| Text::new(Kind::Identifier, line, text.joined())),
            );
        }
    }
    remove_fenced_code(&mut texts);
    texts
}

/// Returns the doc comments and comments of a snapshot.
pub fn snapshot(source: &str) -> Vec<Text> {
    let mut texts = Vec::new();
    for (line, text) in numbered(source) {
        rust_comment(&mut texts, line, text);
    }
    remove_fenced_code(&mut texts);
    texts
}

/// Appends the text of a line that is a comment or a `doc` attribute of Rust.
fn rust_comment(texts: &mut Vec<Text>, line: usize, text: &str) {
    let text = text.trim_start();
    if let Some(doc) = text.strip_prefix("///").or_else(|| text.strip_prefix("//!")) {
        append(texts, Kind::Doc, line, doc);
    } else if let Some(comment) = text.strip_prefix("// ") {
        append(texts, Kind::Comment, line, comment);
    } else if let Some(doc) = text.strip_prefix("#[doc = \"").or_else(|| text.strip_prefix("#![doc = \"")) {
        append(texts, Kind::Doc, line, doc.trim_end_matches("\"]"));
    }
}

/// Returns the headings and paragraphs of Markdown, without fenced code.
pub fn markdown(source: &str) -> Vec<Text> {
    let mut texts = Vec::new();
    let mut fenced = false;
    for (line, text) in numbered(source) {
        let trimmed = text.trim_start();
        let fence = trimmed.starts_with("```");
        fenced ^= fence;
        if fenced || fence || trimmed.is_empty() {
            continue;
        }
        match trimmed.strip_prefix('#') {
            Some(heading) => texts.push(Text::new(Kind::Heading, line, heading.trim_start_matches(['#', ' ']))),
            // Rows of tables are separate texts.
            None if trimmed.starts_with('|') => texts.push(Text::new(Kind::Prose, line, trimmed)),
            None => append(&mut texts, Kind::Prose, line, trimmed),
        }
    }
    texts
}

/// Returns the descriptions and comments of YAML or JSON.
pub fn yaml(source: &str) -> Vec<Text> {
    let mut texts = Vec::new();
    // Indentation of the key whose value continues on the following lines.
    let mut open: Option<(Kind, usize)> = None;
    for (line, text) in numbered(source) {
        let indent = text.len() - text.trim_start().len();
        if let Some((kind, key)) = open {
            if text.trim().is_empty() || indent > key {
                append(&mut texts, kind, line, text.trim_start());
                continue;
            }
            open = None;
        }
        if let Some(comment) = hash_comment(text) {
            append(&mut texts, Kind::Comment, line, comment);
            continue;
        }
        let keys = DESCRIPTION_KEYS.iter().map(|key| (Kind::Description, key));
        for (kind, key) in keys.chain(PROSE_KEYS.iter().map(|key| (Kind::Prose, key))) {
            for (start, value) in values(text, key) {
                let block = value.is_empty() || value.starts_with(['>', '|']);
                if !block {
                    texts.push(Text::new(kind, line, value.trim_start_matches(['"', '\''])));
                }
                // Only the first key of a line can continue: flow mappings end on theirs.
                if text[..start].trim_start_matches([' ', '-']).is_empty() {
                    open = Some((kind, text.len() - text.trim_start_matches([' ', '-']).len()));
                }
            }
        }
    }
    texts
}

/// Returns the values of `key` in a line, with the byte offset of each key.
fn values<'a>(text: &'a str, key: &str) -> Vec<(usize, &'a str)> {
    let mut found = Vec::new();
    for (start, _) in text.match_indices(key) {
        let before = text[..start].trim_end_matches('"');
        let after = text[start + key.len()..].trim_start_matches('"');
        if before.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let Some(value) = after.strip_prefix(':') else { continue };
        if value.is_empty() || value.starts_with(' ') {
            found.push((before.len(), value.trim()));
        }
    }
    found
}

/// Returns the `#` comments and quoted strings of a script or a TOML file.
pub fn hash(source: &str) -> Vec<Text> {
    let mut texts = Vec::new();
    for (line, text) in numbered(source) {
        match hash_comment(text) {
            Some(comment) => append(&mut texts, Kind::Comment, line, comment),
            None => {
                let strings = text.split('"').skip(1).step_by(2).filter(|string| string.contains(' '));
                texts.extend(strings.map(|string| Text::new(Kind::Message, line, string)));
            }
        }
    }
    texts
}

/// Returns the text of a `#` comment, alone on its line or after a value.
fn hash_comment(text: &str) -> Option<&str> {
    match text.trim_start().strip_prefix('#') {
        Some(comment) => (!comment.starts_with('!')).then_some(comment),
        None => {
            let (before, comment) = text.split_once(" # ")?;
            (before.matches(['"', '\'']).count() % 2 == 0).then_some(comment)
        }
    }
}
