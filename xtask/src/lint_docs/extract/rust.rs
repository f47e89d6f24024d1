//! Comments, string literals and identifiers of Rust source.

use crate::lint_docs::text::{Kind, Text, append, remove_fenced_code};

/// Returns the texts of Rust source. Source that does not lex yields fewer texts, never an error.
pub fn texts(source: &str) -> Vec<Text> {
    let mut lexer = Lexer { source, position: 0, line: 1, texts: Vec::new() };
    while lexer.position < source.len() {
        lexer.token();
    }
    remove_fenced_code(&mut lexer.texts);
    lexer.texts
}

struct Lexer<'a> {
    source: &'a str,
    position: usize,
    line: usize,
    texts: Vec<Text>,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.source[self.position..]
    }

    /// Advances by `length` bytes and returns them.
    fn take(&mut self, length: usize) -> &'a str {
        let rest = self.rest();
        let mut end = length.min(rest.len());
        while !rest.is_char_boundary(end) {
            end += 1;
        }
        self.position += end;
        self.line += rest[..end].matches('\n').count();
        &rest[..end]
    }

    fn token(&mut self) {
        let rest = self.rest();
        let first = rest.chars().next().unwrap_or(' ');
        if rest.starts_with("//") {
            self.line_comment();
        } else if rest.starts_with("/*") {
            self.block_comment();
        } else if first == '"' {
            self.string();
        } else if first == '\'' {
            self.char_or_lifetime();
        } else if first.is_alphabetic() || first == '_' {
            self.identifier_or_prefixed_string();
        } else {
            self.take(first.len_utf8());
        }
    }

    fn line_comment(&mut self) {
        let line = self.line;
        let comment = self.take(self.rest().find('\n').unwrap_or(self.rest().len()));
        let doc = comment
            .strip_prefix("//!")
            .or_else(|| comment.strip_prefix("///").filter(|rest| !rest.starts_with('/')));
        match doc {
            Some(text) => append(&mut self.texts, Kind::Doc, line, text),
            None => append(&mut self.texts, Kind::Comment, line, comment.trim_start_matches('/')),
        }
    }

    fn block_comment(&mut self) {
        let line = self.line;
        let comment = self.take(self.rest().find("*/").map_or(self.rest().len(), |end| end + 2));
        let kind = match comment.starts_with("/**") || comment.starts_with("/*!") {
            true => Kind::Doc,
            false => Kind::Comment,
        };
        let text = comment.trim_end_matches("*/");
        for (index, text) in text.lines().enumerate() {
            append(&mut self.texts, kind, line + index, text.trim_start_matches(['/', '*', '!', ' ']));
        }
    }

    /// Reads a string literal at its opening quote.
    fn string(&mut self) {
        let before = self.source[..self.position].trim_end();
        let line = self.line;
        let rest = self.rest();
        let mut escaped = false;
        let mut end = rest.len();
        for (index, c) in rest.char_indices().skip(1) {
            match c {
                '"' if !escaped => {
                    end = index + 1;
                    break;
                }
                _ => escaped = c == '\\' && !escaped,
            }
        }
        let literal = self.take(end);
        self.literal(before.ends_with("doc ="), line, literal.trim_matches('"'));
    }

    fn raw_string(&mut self, prefix: usize) {
        let line = self.line;
        self.take(prefix);
        let hashes = self.rest().len() - self.rest().trim_start_matches('#').len();
        self.take(hashes + 1);
        let close = format!("\"{}", "#".repeat(hashes));
        let text = self.take(self.rest().find(&close).unwrap_or(self.rest().len()));
        self.take(close.len());
        self.literal(false, line, text);
    }

    fn literal(&mut self, doc: bool, line: usize, text: &str) {
        if doc {
            append(&mut self.texts, Kind::Doc, line, text);
        } else if text.contains(' ') {
            let lines =
                text.lines().enumerate().map(|(index, text)| (line + index, text.trim().to_owned())).collect();
            self.texts.push(Text { kind: Kind::Message, lines });
        }
    }

    fn char_or_lifetime(&mut self) {
        let rest = &self.rest()[1..];
        let first = rest.chars().next().unwrap_or(' ');
        if first == '\\' {
            let end = rest[2.min(rest.len())..].find('\'').map_or(rest.len(), |end| end + 3);
            self.take(1 + end);
        } else if rest[first.len_utf8().min(rest.len())..].starts_with('\'') {
            self.take(2 + first.len_utf8());
        } else {
            self.take(1);
        }
    }

    fn identifier_or_prefixed_string(&mut self) {
        let line = self.line;
        let rest = self.rest();
        let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let (name, after) = rest.split_at(length);
        let raw = matches!(name, "r" | "br" | "cr") && after.trim_start_matches('#').starts_with('"');
        if raw {
            return self.raw_string(length);
        }
        self.take(length);
        self.texts.push(Text::new(Kind::Identifier, line, name));
    }
}
