//! Line and column of every value of a file, for diagnostics.

use std::fmt;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::Spanned;

/// Maximum nesting depth of values.
pub(super) const MAX_DEPTH: usize = 128;

/// Parses YAML.
///
/// # Errors
/// Returns an error if the text is not valid YAML.
pub(super) fn parse_yaml<T: DeserializeOwned + Send>(text: &str) -> Result<T, serde_yaml::Error> {
    let read = || serde_yaml::from_str_with_options(text, options(text.len()));
    // Without optimization each level needs 32 KB of stack, and the stack of the caller may be small.
    let builder = std::thread::Builder::new().stack_size(MAX_DEPTH << 17);
    std::thread::scope(|scope| match builder.spawn_scoped(scope, read) {
        Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
        Err(_) => read(),
    })
}

/// Returns the parser options for YAML of `length` bytes. YAML 1.2 applies (`no` is a string, not `false`), and
/// duplicate keys are errors.
fn options(length: usize) -> serde_yaml::Options {
    let mut options = serde_yaml::options! {
        strict_booleans: true,
        with_snippet: false,
    };
    // Large API documents exceed the default limits of the parser. The limits grow with the length of the text, so the
    // expansion of aliases stays bounded.
    if let Some(budget) = &mut options.budget {
        budget.max_nodes = 1_000_000 + length;
        budget.max_events = 3_000_000 + 3 * length;
        budget.max_total_scalar_bytes = (1 << 24) + 2 * length;
        budget.max_depth = MAX_DEPTH;
        budget.flow_nesting_limit = MAX_DEPTH;
    }
    options
}

/// Part of a member to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Key,
    Value,
}

/// Line and column, counted from one.
type Position = (u32, u32);

/// Positions of the keys and values of a text.
#[derive(Debug)]
pub(super) struct Positions {
    root: Option<Node>,
    /// Byte offset of each line.
    lines: Vec<usize>,
    /// One entry for each JSON string that is not ASCII: the position after the string, and the difference between bytes
    /// and characters of the line up to that position. Counting the characters of a line for each diagnostic would be
    /// slow, because a whole document can be one line.
    non_ascii: Vec<(Position, usize)>,
}

#[derive(Debug)]
struct Node {
    begin: Position,
    /// `None` for scalars, which are most nodes.
    children: Option<Box<Children>>,
}

#[derive(Debug)]
enum Children {
    /// Members of an object, sorted by key for binary search.
    Members(Vec<Member>),
    /// Items of an array.
    Items(Vec<Node>),
}

#[derive(Debug)]
struct Member {
    key: String,
    begin: Position,
    value: Node,
}

impl Positions {
    /// Computes the positions of a text that has been parsed without an error.
    pub(super) fn new(text: &str, is_json: bool) -> Self {
        let mut non_ascii = Vec::new();
        let root = match is_json {
            true => {
                let mut scanner = JsonScanner { text, offset: 0, line: 1, column: 1, non_ascii: Vec::new() };
                let root = scanner.value();
                non_ascii = scanner.non_ascii;
                root
            }
            false => parse_yaml(text).ok(),
        };
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(offset, _)| offset + 1);
        Self { root, lines: std::iter::once(0).chain(ends).collect(), non_ascii }
    }

    /// Returns the line and column, counted from one, of the value that `pointer` points to, or of its key.
    pub(super) fn find(&self, pointer: &str, target: Target) -> Option<(usize, usize)> {
        let mut node = self.root.as_ref()?;
        let mut begin = node.begin;
        for key in pointer.split('/').skip(1) {
            let key = key.replace("~1", "/").replace("~0", "~");
            let mut key_begin = None;
            node = match node.children.as_deref()? {
                Children::Items(items) => items.get(key.parse::<usize>().ok()?)?,
                Children::Members(members) => {
                    // The last of several equal keys counts, as in serde_json.
                    let end = members.partition_point(|member| member.key <= key);
                    let member = members.get(end.checked_sub(1)?).filter(|member| member.key == key)?;
                    key_begin = Some(member.begin);
                    &member.value
                }
            };
            begin = key_begin.filter(|_| target == Target::Key).unwrap_or(node.begin);
        }
        Some((begin.0 as usize, begin.1 as usize))
    }

    /// Returns `true` if the text has only one line.
    pub(super) fn is_one_line(&self, text: &str) -> bool {
        self.lines.iter().skip(1).all(|begin| *begin == text.len())
    }

    /// Returns a line, counted from one, from at most `before` characters before the column.
    pub(super) fn line<'a>(&self, text: &'a str, (line, column): (usize, usize), before: usize) -> &'a str {
        let begin = line.checked_sub(1).and_then(|index| self.lines.get(index)).copied().unwrap_or(text.len());
        let end = self.lines.get(line).copied().unwrap_or(text.len());
        let text = text.get(begin..end).unwrap_or_default().trim_end_matches(['\r', '\n']);
        let preceding = self.non_ascii.partition_point(|(position, _)| *position <= (line as u32, column as u32));
        let nearest = preceding.checked_sub(1).map(|index| self.non_ascii[index]);
        let extra_bytes = nearest.filter(|((at, _), _)| *at as usize == line).map_or(0, |(_, extra)| extra);
        let offset = column.saturating_sub(1) + extra_bytes;
        let head = text.get(..offset).filter(|_| !self.non_ascii.is_empty() || text.is_ascii());
        match head.map(|head| head.char_indices().rev().nth(before.saturating_sub(1))) {
            Some(Some((begin, _))) if before > 0 => &text[begin..],
            Some(_) => text,
            // YAML with other characters than ASCII. Its lines are short, so counting characters is fast.
            None => {
                text.char_indices().nth(column.saturating_sub(before + 1)).map_or("", |(begin, _)| &text[begin..])
            }
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned: Spanned<Content> = Deserialize::deserialize(deserializer)?;
        let begin = (spanned.referenced.line() as u32, spanned.referenced.column() as u32);
        Ok(Self { begin, children: spanned.value.0.map(Box::new) })
    }
}

/// Children of a YAML value.
struct Content(Option<Children>);

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ContentVisitor).map(Content)
    }
}

struct ContentVisitor;

/// Defines the visitor methods for scalars, which have no children.
macro_rules! scalars {
    ($($name:ident($ty:ty))*) => {
        $(fn $name<E>(self, _: $ty) -> Result<Option<Children>, E> {
            Ok(None)
        })*
    };
}

impl<'de> Visitor<'de> for ContentVisitor {
    type Value = Option<Children>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }

    scalars! {
        visit_bool(bool) visit_i64(i64) visit_u64(u64) visit_i128(i128) visit_u128(u128) visit_f64(f64)
        visit_str(&str) visit_bytes(&[u8])
    }

    fn visit_unit<E>(self) -> Result<Option<Children>, E> {
        Ok(None)
    }

    fn visit_none<E>(self) -> Result<Option<Children>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Children>, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<Children>, A::Error> {
        let mut members = Vec::new();
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            let begin = (key.referenced.line() as u32, key.referenced.column() as u32);
            members.push(Member { key: key.value, begin, value: map.next_value()? });
        }
        Ok(Some(members_by_key(members)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Option<Children>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element()? {
            items.push(item);
        }
        Ok(Some(Children::Items(items)))
    }
}

fn members_by_key(mut members: Vec<Member>) -> Children {
    members.sort_by(|a, b| a.key.cmp(&b.key));
    Children::Members(members)
}

/// Scanner of JSON that has been parsed before: the text is valid and its depth is limited.
struct JsonScanner<'a> {
    text: &'a str,
    /// Byte offset of the next character.
    offset: usize,
    line: u32,
    column: u32,
    /// As in [`Positions`].
    non_ascii: Vec<(Position, usize)>,
}

impl JsonScanner<'_> {
    fn value(&mut self) -> Option<Node> {
        let begin = self.skip_blanks()?;
        let children = match self.peek()? {
            b'{' => Some(self.members()?),
            b'[' => Some(self.items()?),
            b'"' => {
                self.string()?;
                None
            }
            _ => {
                while self.peek().is_some_and(|byte| !matches!(byte, b',' | b']' | b'}') && !is_blank(byte)) {
                    self.advance();
                }
                None
            }
        };
        Some(Node { begin, children: children.map(Box::new) })
    }

    fn members(&mut self) -> Option<Children> {
        let mut members = Vec::new();
        self.advance();
        loop {
            let begin = self.skip_blanks()?;
            match self.peek()? {
                b'"' => {
                    let key = self.string()?;
                    let key = match key.contains('\\') {
                        true => serde_json::from_str(key).ok()?,
                        false => key.trim_matches('"').to_owned(),
                    };
                    self.skip_blanks()?;
                    // Skip the colon.
                    self.advance();
                    members.push(Member { key, begin, value: self.value()? });
                }
                b'}' => {
                    self.advance();
                    return Some(members_by_key(members));
                }
                _ => self.advance(),
            }
        }
    }

    fn items(&mut self) -> Option<Children> {
        let mut items = Vec::new();
        self.advance();
        loop {
            self.skip_blanks()?;
            match self.peek()? {
                b']' => {
                    self.advance();
                    return Some(Children::Items(items));
                }
                b',' => self.advance(),
                _ => items.push(self.value()?),
            }
        }
    }

    /// Scans a string. Returns it with its quotes.
    fn string(&mut self) -> Option<&str> {
        let begin = self.offset;
        // A JSON string contains no line break.
        let content = self.text.as_bytes().get(begin + 1..)?;
        let mut length = 0;
        while *content.get(length)? != b'"' {
            length += if content[length] == b'\\' { 2 } else { 1 };
        }
        self.offset = begin + length + 2;
        let text = self.text.get(begin..self.offset)?;
        if text.is_ascii() {
            self.column += text.len() as u32;
            return Some(text);
        }
        let characters = text.chars().count();
        self.column += characters as u32;
        let before =
            self.non_ascii.last().filter(|((line, _), _)| *line == self.line).map_or(0, |(_, extra)| *extra);
        self.non_ascii.push(((self.line, self.column), before + text.len() - characters));
        Some(text)
    }

    /// Skips white space. Returns the position of the next character.
    fn skip_blanks(&mut self) -> Option<Position> {
        while is_blank(self.peek()?) {
            self.advance();
        }
        Some((self.line, self.column))
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.offset).copied()
    }

    /// Advances by one byte. Columns count characters.
    fn advance(&mut self) {
        match self.peek() {
            Some(b'\n') => (self.line, self.column) = (self.line + 1, 1),
            Some(byte) if !(0x80..0xc0).contains(&byte) => self.column += 1,
            _ => {}
        }
        self.offset += 1;
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}
