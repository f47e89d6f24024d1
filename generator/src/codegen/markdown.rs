//! Conversion of texts of the document to Markdown for rustdoc, without Rust code and broken links.

use std::borrow::Cow;

use crate::diagnostics::is_bidi_control;
use crate::openapi::ExternalDocs;

/// Maximum length of a short summary, in bytes.
const MAX_SUMMARY: usize = 200;

/// Returns the first sentences of a text on one line, for any position in Markdown.
pub(super) fn brief(text: &str) -> Option<String> {
    let text = paragraph(&visible(text)).replace('\t', " ");
    if text.is_empty() {
        return None;
    }
    let mut end = text.len().min(MAX_SUMMARY);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let start = &text[..end];
    let text = match (end == text.len(), start.rfind(". "), start.rfind(' ')) {
        (true, ..) => sentence(&text),
        (_, Some(dot), _) => start[..=dot].to_owned(),
        (_, _, blank) => format!("{} …", start[..blank.unwrap_or(end)].trim_end()),
    };
    let escaped = escape(&text);
    // At the beginning of a line, these characters start a heading, list or other block.
    let sign = list_sign(&escaped).unwrap_or_default().len().saturating_sub(1);
    let has_meaning = escaped[sign..].starts_with(['#', '>', '-', '+', '*', '=', '_', '|', ':', '.', ')']);
    let (before, after) = escaped.split_at(if has_meaning { sign } else { 0 });
    Some(if has_meaning { format!("{before}\\{after}") } else { escaped })
}

/// Returns a text as a sentence with a final punctuation mark.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?', ':']) { text.to_owned() } else { format!("{text}.") }
}

/// Returns the first paragraph of a text as Markdown on one line, or nothing if the text is empty.
pub(super) fn one_line(text: &str) -> Option<String> {
    let text = paragraph(&visible(text)).replace('\t', " ");
    (!text.is_empty()).then(|| escape(&text))
}

/// Returns the first paragraph of a text on one line, without escapes.
pub(super) fn paragraph(text: &str) -> String {
    let is_fence = |line: &str| line.starts_with("```") || line.starts_with("~~~");
    let lines = text.trim().lines().map(str::trim).take_while(|line| !line.is_empty() && !is_fence(line));
    lines.collect::<Vec<_>>().join(" ")
}

/// Returns a text as lines of Markdown that contain neither Rust code nor links to items.
pub(super) fn lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut fenced = false;
    for line in visible(text).trim().lines() {
        let line = line.trim_end();
        if line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~") {
            fenced = !fenced;
            // Code without a language would be compiled as Rust.
            lines.push(if fenced { "```text".to_owned() } else { "```".to_owned() });
        } else if fenced {
            lines.push(line.to_owned());
        } else {
            wrap(&escape(&unindent(line)), &mut lines);
        }
    }
    if fenced {
        lines.push("```".to_owned());
    }
    lines
}

/// Returns a sentence with a link to a page. Only absolute `http` and `https` URLs become links.
pub(super) fn see(page: &ExternalDocs) -> Option<String> {
    let url = visible(&page.url);
    let url = url.trim();
    if url.is_empty() {
        return None;
    }
    let label = paragraph(&visible(page.description.as_deref().unwrap_or_default()));
    // A URL in the label would be a nested link.
    let has_label = !label.is_empty() && !label.contains("://");
    let label = if has_label { escape_all(label.trim_end_matches('.')) } else { "API documentation".to_owned() };
    Some(match is_link_target(url) {
        // Parentheses need not be balanced in this form.
        true if url.contains(['(', ')']) => format!("See [{label}](<{url}>)."),
        true => format!("See [{label}]({url})."),
        false => format!("See {label}: {}.", code(url)),
    })
}

/// Returns `true` if the text is a URL that needs no escapes in a link.
fn is_link_target(text: &str) -> bool {
    // Without `;`, because `&` and `;` enclose a character reference.
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#@!$&'()*+,=%".contains(c);
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    let is_host = |host: &str| host.contains(|c: char| c.is_ascii_alphanumeric());
    host.is_some_and(is_host) && text.chars().all(is_plain)
}

/// Returns the text with all characters escaped that have a meaning in Markdown.
fn escape_all(text: &str) -> String {
    let mut literal = String::with_capacity(text.len());
    for character in text.chars() {
        if "\\`*_[]<>~&|".contains(character) {
            literal.push('\\');
        }
        literal.push(character);
    }
    literal
}

/// Returns the text as a code span on one line. The text may contain backquotes.
pub(super) fn code(text: &str) -> String {
    let text = visible(text).replace(['\n', '\t'], " ");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let blank = if longest > 0 || text.trim().is_empty() { " " } else { "" };
    format!("{fence}{blank}{text}{blank}{fence}")
}

/// Returns the text without invisible characters, some of which are invalid in comments.
fn visible(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t')) {
        return text.into();
    }
    let line_break = |c: char| matches!(c, '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}');
    let text = text.replace("\r\n", "\n").replace(line_break, "\n");
    // Bidirectional control characters can make a comment look like code.
    let is_visible = |c: &char| matches!(c, '\n' | '\t') || !(c.is_control() || is_bidi_control(*c));
    text.chars().filter(is_visible).collect::<String>().into()
}

/// Maximum width of a line of documentation, in bytes.
const WIDTH: usize = 100;

/// Wraps a line of prose or an item of a list. Tables and other blocks are not wrapped, because line breaks change
/// their meaning.
pub(super) fn wrap(line: &str, lines: &mut Vec<String>) {
    let is_item = line.starts_with("* ") || line.starts_with("- ");
    let is_prose = line.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '`' | '\\' | '"' | '('));
    if !(is_prose || is_item) || line.len() <= WIDTH {
        lines.push(line.to_owned());
        return;
    }
    let indent = if is_item { "  " } else { "" };
    let mut current = String::new();
    for word in line.split(' ') {
        // A line must not begin with the sign of a list, heading or quotation.
        let is_plain = word.starts_with(|c: char| c.is_alphabetic() || matches!(c, '`' | '(' | '"' | '['));
        if !current.trim().is_empty() && current.len() + 1 + word.len() > WIDTH && is_plain {
            lines.push(std::mem::replace(&mut current, indent.to_owned()));
        }
        if !current.trim().is_empty() {
            current.push(' ');
        }
        current.push_str(word);
    }
    lines.push(current);
}

/// Removes indentation that makes a line code: four blanks, or five after the sign of a list.
fn unindent(line: &str) -> String {
    let content = line.trim_start();
    let indent = line.len() - content.len();
    let mut kept = if indent >= 4 || line.starts_with('\t') { String::new() } else { line[..indent].to_owned() };
    let mut rest = content;
    while let Some(sign) = list_sign(rest) {
        kept.push_str(sign);
        rest = &rest[sign.len()..];
        if rest.starts_with([' ', '\t']) {
            kept.push(' ');
            rest = rest.trim_start();
        }
    }
    kept + rest
}

/// Returns the sign that makes a line an item of a list.
fn list_sign(line: &str) -> Option<&str> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let is_sign = |signs: &[char]| line[digits..].starts_with(signs);
    let is_item = if digits == 0 { is_sign(&['-', '*', '+']) } else { is_sign(&['.', ')']) };
    let sign = &line[..digits + usize::from(is_item)];
    let is_alone = line[sign.len()..].chars().next().is_none_or(|c| matches!(c, ' ' | '\t'));
    (is_item && is_alone).then_some(sign)
}

/// Escapes characters that have a meaning in Markdown or rustdoc: brackets as links to items, angle brackets as HTML.
/// Code spans are not changed.
fn escape(line: &str) -> String {
    if !line.contains(['`', '[', ']', '<', '>', '~']) && !line.contains("://") {
        return line.to_owned();
    }
    let mut escaped = String::with_capacity(line.len());
    // After the sign of a list, three backquotes or tildes begin a block of code.
    let content = line.trim_start_matches(|c: char| c.is_ascii_digit() || " -*+.)".contains(c));
    let is_fence = content.starts_with("```") || content.starts_with("~~~");
    let is_balanced = line.matches('`').count().is_multiple_of(2) && !is_fence;
    let (mut in_code, mut in_link) = (false, false);
    let mut rest = line;
    while let Some(character) = rest.chars().next() {
        let after = &rest[character.len_utf8()..];
        if character == '`' {
            in_code = !in_code && is_balanced;
            escaped.push_str(if is_balanced { "`" } else { "\\`" });
        } else if in_code {
            escaped.push(character);
        } else if let Some(url) = url(after).filter(|url| character == '<' && after[url.len()..].starts_with('>'))
        {
            escaped.push_str(&format!("<{url}>"));
            rest = &after[url.len() + 1..];
            continue;
        } else if let Some(target) = after.strip_prefix('(').filter(|_| in_link && character == ']') {
            // The URL of the link that `is_link` has accepted.
            let url = url(target).unwrap_or_default();
            escaped.push_str(&format!("]({url}"));
            in_link = false;
            rest = &target[url.len()..];
            continue;
        } else if let Some(url) = url(rest) {
            escaped.push_str(&format!("<{url}>"));
            rest = &rest[url.len()..];
            continue;
        } else {
            match character {
                '[' if is_link(after) => {
                    in_link = true;
                    escaped.push('[');
                }
                '[' | ']' if !(character == ']' && after.starts_with('(')) => {
                    escaped.push('\\');
                    escaped.push(character);
                }
                '~' if !is_fence => escaped.push('~'),
                '<' | '>' | '~' => {
                    escaped.push('\\');
                    escaped.push(character);
                }
                other => escaped.push(other),
            }
        }
        rest = after;
    }
    escaped
}

/// Maximum length of the text of a link, in bytes.
const MAX_LINK: usize = 1000;

/// Returns `true` if the text after an opening bracket makes it a link with a URL.
fn is_link(after: &str) -> bool {
    // The limit avoids quadratic time for texts with many brackets.
    let end = after.bytes().take(MAX_LINK).position(|byte| matches!(byte, b'[' | b']'));
    end.and_then(|end| after[end..].strip_prefix("](")).is_some_and(|target| url(target).is_some())
}

/// Returns the bare URL at the beginning of the text.
fn url(text: &str) -> Option<&str> {
    if !text.starts_with("http://") && !text.starts_with("https://") {
        return None;
    }
    let end =
        text.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | ')' | ']' | '`' | '\'' | ','));
    let url = text[..end.unwrap_or(text.len())].trim_end_matches(['.', ';', ':', '!', '?']);
    url.split_once("://").filter(|(_, host)| !host.is_empty()).map(|_| url)
}
