//! Line and column of every value of a file, found only when there is something to say about one.

use std::fmt;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::Spanned;

/// How deep values may be inside each other.
pub(super) const MAX_DEPTH: usize = 128;

/// Reads YAML.
///
/// # Errors
/// When it isn't YAML.
pub(super) fn yaml<T: DeserializeOwned + Send>(text: &str) -> Result<T, serde_yaml::Error> {
    let read = || serde_yaml::from_str_with_options(text, options(text.len()));
    // Where the build is not optimized, each level takes 32 KB of the stack, and the caller's may be small.
    let builder = std::thread::Builder::new().stack_size(MAX_DEPTH << 17);
    std::thread::scope(|scope| match builder.spawn_scoped(scope, read) {
        Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
        Err(_) => read(),
    })
}

/// How YAML of `length` bytes is read: by version 1.2 of its rules (`no` is text, not false), and the first of two
/// equal keys is a mistake.
fn options(length: usize) -> serde_yaml::Options {
    let mut options = serde_yaml::options! {
        strict_booleans: true,
        with_snippet: false,
    };
    // The whole API of a company is larger than the reader expects of YAML; but what aliases expand to is bounded by
    // the text around them.
    if let Some(budget) = &mut options.budget {
        budget.max_nodes = 1_000_000 + length;
        budget.max_events = 3_000_000 + 3 * length;
        budget.max_total_scalar_bytes = (1 << 24) + 2 * length;
        budget.max_depth = MAX_DEPTH;
        budget.flow_nesting_limit = MAX_DEPTH;
    }
    options
}

/// What of a member is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Key,
    Value,
}

/// A line and a column, from one.
type Position = (u32, u32);

/// Where everything in a text begins.
#[derive(Debug)]
pub(super) struct Positions {
    root: Option<Node>,
    /// The offset of each line.
    lines: Vec<usize>,
    /// Behind each text of JSON that isn't ASCII: where that is, and how many more bytes than characters its line has
    /// up to there. A line may be the whole document, and nobody counts its characters for every problem.
    wide: Vec<(Position, usize)>,
}

#[derive(Debug)]
struct Node {
    begin: Position,
    /// Nothing in a scalar: most nodes are.
    inside: Option<Box<Inside>>,
}

#[derive(Debug)]
enum Inside {
    /// By key, so that one among very many is found quickly.
    Members(Vec<Member>),
    Items(Vec<Node>),
}

#[derive(Debug)]
struct Member {
    key: String,
    begin: Position,
    value: Node,
}

impl Positions {
    /// Walks through a text that was read before without an error.
    pub(super) fn new(text: &str, json: bool) -> Self {
        let mut wide = Vec::new();
        let root = match json {
            true => {
                let mut json = Json { text, at: 0, line: 1, column: 1, wide: Vec::new() };
                let root = json.value();
                wide = json.wide;
                root
            }
            false => yaml(text).ok(),
        };
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self { root, lines: std::iter::once(0).chain(ends).collect(), wide }
    }

    /// The line and column, from one, of the value that `pointer` points to, or of its key.
    pub(super) fn find(&self, pointer: &str, target: Target) -> Option<(usize, usize)> {
        let mut node = self.root.as_ref()?;
        let mut begin = node.begin;
        for key in pointer.split('/').skip(1) {
            let key = key.replace("~1", "/").replace("~0", "~");
            let mut key_begin = None;
            node = match node.inside.as_deref()? {
                Inside::Items(items) => items.get(key.parse::<usize>().ok()?)?,
                Inside::Members(members) => {
                    // Of equal keys the last one counts, as in JSON.
                    let behind = members.partition_point(|member| member.key <= key);
                    let member = members.get(behind.checked_sub(1)?).filter(|member| member.key == key)?;
                    key_begin = Some(member.begin);
                    &member.value
                }
            };
            begin = key_begin.filter(|_| target == Target::Key).unwrap_or(node.begin);
        }
        Some((begin.0 as usize, begin.1 as usize))
    }

    /// Whether the text is all one line.
    pub(super) fn is_one_line(&self, text: &str) -> bool {
        self.lines.iter().skip(1).all(|begin| *begin == text.len())
    }

    /// A line of the text, by its number from one, and from at most so many characters before a column on.
    pub(super) fn line<'a>(&self, text: &'a str, (line, column): (usize, usize), before: usize) -> &'a str {
        let begin = line.checked_sub(1).and_then(|index| self.lines.get(index)).copied().unwrap_or(text.len());
        let end = self.lines.get(line).copied().unwrap_or(text.len());
        let text = text.get(begin..end).unwrap_or_default().trim_end_matches(['\r', '\n']);
        let behind = self.wide.partition_point(|(wide, _)| *wide <= (line as u32, column as u32));
        let wide = behind.checked_sub(1).map(|index| self.wide[index]).filter(|((at, _), _)| *at as usize == line);
        let offset = column.saturating_sub(1) + wide.map_or(0, |(_, more)| more);
        let is_there = text.get(..offset).filter(|_| !self.wide.is_empty() || text.is_ascii());
        match is_there.map(|head| head.char_indices().rev().nth(before.saturating_sub(1))) {
            Some(Some((begin, _))) if before > 0 => &text[begin..],
            Some(_) => text,
            // YAML, whose lines are short.
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
        Ok(Self { begin, inside: spanned.value.0.map(Box::new) })
    }
}

/// What is inside a value of YAML.
struct Content(Option<Inside>);

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ContentVisitor).map(Content)
    }
}

struct ContentVisitor;

/// A scalar, of whatever kind, has nothing inside.
macro_rules! scalars {
    ($($name:ident($ty:ty))*) => {
        $(fn $name<E>(self, _: $ty) -> Result<Option<Inside>, E> {
            Ok(None)
        })*
    };
}

impl<'de> Visitor<'de> for ContentVisitor {
    type Value = Option<Inside>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }

    scalars! {
        visit_bool(bool) visit_i64(i64) visit_u64(u64) visit_i128(i128) visit_u128(u128) visit_f64(f64)
        visit_str(&str) visit_bytes(&[u8])
    }

    fn visit_unit<E>(self) -> Result<Option<Inside>, E> {
        Ok(None)
    }

    fn visit_none<E>(self) -> Result<Option<Inside>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Inside>, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<Inside>, A::Error> {
        let mut members = Vec::new();
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            let begin = (key.referenced.line() as u32, key.referenced.column() as u32);
            members.push(Member { key: key.value, begin, value: map.next_value()? });
        }
        Ok(Some(by_key(members)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Option<Inside>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element()? {
            items.push(item);
        }
        Ok(Some(Inside::Items(items)))
    }
}

fn by_key(mut members: Vec<Member>) -> Inside {
    members.sort_by(|a, b| a.key.cmp(&b.key));
    Inside::Members(members)
}

/// Walks through JSON that has been read: it is well-formed, and not too deep.
struct Json<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    column: u32,
    wide: Vec<(Position, usize)>,
}

impl Json<'_> {
    fn value(&mut self) -> Option<Node> {
        let begin = self.next()?;
        let inside = match self.peek()? {
            b'{' => Some(self.members()?),
            b'[' => Some(self.items()?),
            b'"' => {
                self.string()?;
                None
            }
            _ => {
                while self.peek().is_some_and(|byte| !matches!(byte, b',' | b']' | b'}') && !is_blank(byte)) {
                    self.step();
                }
                None
            }
        };
        Some(Node { begin, inside: inside.map(Box::new) })
    }

    fn members(&mut self) -> Option<Inside> {
        let mut members = Vec::new();
        self.step();
        loop {
            let begin = self.next()?;
            match self.peek()? {
                b'"' => {
                    let key = self.string()?;
                    let key = match key.contains('\\') {
                        true => serde_json::from_str(key).ok()?,
                        false => key.trim_matches('"').to_owned(),
                    };
                    self.next()?;
                    // The colon.
                    self.step();
                    members.push(Member { key, begin, value: self.value()? });
                }
                b'}' => {
                    self.step();
                    return Some(by_key(members));
                }
                _ => self.step(),
            }
        }
    }

    fn items(&mut self) -> Option<Inside> {
        let mut items = Vec::new();
        self.step();
        loop {
            self.next()?;
            match self.peek()? {
                b']' => {
                    self.step();
                    return Some(Inside::Items(items));
                }
                b',' => self.step(),
                _ => items.push(self.value()?),
            }
        }
    }

    /// A string with its quotes.
    fn string(&mut self) -> Option<&str> {
        let begin = self.at;
        // No line ends in a string.
        let inside = self.text.as_bytes().get(begin + 1..)?;
        let mut length = 0;
        while *inside.get(length)? != b'"' {
            length += if inside[length] == b'\\' { 2 } else { 1 };
        }
        self.at = begin + length + 2;
        let text = self.text.get(begin..self.at)?;
        if text.is_ascii() {
            self.column += text.len() as u32;
            return Some(text);
        }
        let characters = text.chars().count();
        self.column += characters as u32;
        let before = self.wide.last().filter(|((line, _), _)| *line == self.line).map_or(0, |(_, more)| *more);
        self.wide.push(((self.line, self.column), before + text.len() - characters));
        Some(text)
    }

    /// Where the next thing that is not blank begins.
    fn next(&mut self) -> Option<Position> {
        while is_blank(self.peek()?) {
            self.step();
        }
        Some((self.line, self.column))
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Goes on by one byte; columns count characters.
    fn step(&mut self) {
        match self.peek() {
            Some(b'\n') => (self.line, self.column) = (self.line + 1, 1),
            Some(byte) if !(0x80..0xc0).contains(&byte) => self.column += 1,
            _ => {}
        }
        self.at += 1;
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}
