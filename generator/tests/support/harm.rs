//! Documents that mean harm, and what must hold whatever a document says. The mutation test and the fuzz target
//! share this.

use std::collections::BTreeSet;
use std::path::{Component, Path};

use generator::codegen::{self, Crate, Runtime};
use generator::render::{self, Files, Templates};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use serde_json::Value;

/// The macro that the texts below call: it must never be a token of what is generated.
const CANARY: &str = "canary_of_the_document";

/// Texts that would do harm where they are taken for more than text.
const HOSTILE: [&str; 40] = [
    "\"; canary_of_the_document!(\"out\"); \"",
    "\"#; canary_of_the_document!(\"out\"); r#\"",
    "*/ canary_of_the_document!(\"out\"); /*",
    "\n#[doc = \"x\"] canary_of_the_document!(\"out\");\n",
    "x\r canary_of_the_document!(1);\u{85}canary_of_the_document!(2);\u{2028}canary_of_the_document!(3);",
    "```\ncanary_of_the_document!(\"out\")\n```",
    "text\n\n        canary_of_the_document!(\"out\")",
    "* ``````\n  canary_of_the_document!(\"out\")",
    "- ~~~\n  canary_of_the_document!(\"out\")",
    "> ~~~rust\n> canary_of_the_document!(\"out\")",
    "1. one\n\n       canary_of_the_document!(\"out\")",
    "\t canary_of_the_document!(1)",
    "-      canary_of_the_document!(1)",
    "- 1.\tcanary_of_the_document!(1)\n  *\t\tcanary_of_the_document!(1)",
    "`a\n\n    canary_of_the_document!(1)`",
    "}}{{ 7 * 7 }}{% include \"x\" %}canary_of_the_document!(1)",
    "\\\"canary_of_the_document!(1)\\",
    "a\" }\n[dependencies]\ncanary_of_the_document = \"1",
    "{canary_of_the_document!(1)}",
    "../../../etc/passwd",
    "..\\..\\x",
    "r#type",
    "self",
    "",
    " ",
    "\u{202e}\u{0}\r\n\t",
    "𝒳名前ß",
    "9lives",
    "'a",
    "$ref",
    "#/components/schemas/Missing",
    "#/paths",
    "https://example.com/remote.yaml#/x",
    "https://example.com/a)![b](https://example.com/c_(d) `<canary_of_the_document!()>",
    "javascript:canary_of_the_document!(1)",
    "# [x]: <canary_of_the_document> | *y* ```",
    "<img src=x onerror=canary_of_the_document!(1)><!-- ",
    "null",
    "1e999",
    "con",
];

/// Keywords that change what a schema, a parameter or an operation is.
const KEYWORDS: [&str; 30] = [
    "allOf",
    "oneOf",
    "anyOf",
    "enum",
    "const",
    "type",
    "nullable",
    "items",
    "prefixItems",
    "properties",
    "patternProperties",
    "required",
    "additionalProperties",
    "discriminator",
    "readOnly",
    "writeOnly",
    "format",
    "$ref",
    "description",
    "title",
    "default",
    "example",
    "pattern",
    "in",
    "name",
    "operationId",
    "content",
    "parameters",
    "requestBody",
    "deprecated",
];

/// Where the choices come from.
pub enum Dice<'a> {
    /// A small generator of numbers: the same everywhere and for ever.
    Seed(u64),
    /// What a fuzzer says; zeros behind it.
    Bytes(&'a [u8]),
}

impl Dice<'_> {
    pub fn roll(&mut self, sides: usize) -> usize {
        let number = match self {
            Self::Seed(state) => {
                *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (*state >> 33) as usize
            }
            Self::Bytes(bytes) => {
                let (now, later) = bytes.split_at(bytes.len().min(if sides > 256 { 2 } else { 1 }));
                *bytes = later;
                now.iter().fold(0, |number, byte| number << 8 | *byte as usize)
            }
        };
        number % sides.max(1)
    }

    fn pick<'a, T: ?Sized>(&mut self, items: &[&'a T]) -> &'a T {
        items[self.roll(items.len())]
    }
}

/// Changes one thing somewhere in a value.
pub fn mutate(value: &mut Value, dice: &mut Dice<'_>) {
    let length = match value {
        Value::Array(items) => items.len(),
        Value::Object(object) => object.len(),
        _ => 0,
    };
    // Mostly deeper, sometimes here.
    if length > 0 && dice.roll(8) > 0 {
        let index = dice.roll(length);
        let inner = match value {
            Value::Array(items) => items.get_mut(index),
            Value::Object(object) => object.values_mut().nth(index),
            _ => None,
        };
        return mutate(inner.expect("an index below the length"), dice);
    }
    match (dice.roll(8), &mut *value) {
        (0, Value::Object(object)) if length > 0 => {
            let key = object.keys().nth(dice.roll(length)).expect("a key").clone();
            object.shift_remove(&key);
        }
        (1, Value::Object(object)) if length > 0 => {
            let key = object.keys().nth(dice.roll(length)).expect("a key").clone();
            let value = object.shift_remove(&key).unwrap_or_default();
            object.insert(dice.pick(&HOSTILE).to_owned(), value);
        }
        (2, Value::Object(object)) => {
            let keyword = dice.pick(&KEYWORDS);
            let value = match dice.roll(7) {
                0 => Value::Null,
                1 => Value::Bool(true),
                2 => Value::from(dice.pick(&HOSTILE)),
                3 => Value::Array(vec![Value::Object(object.clone())]),
                4 => Value::Object(object.clone()),
                5 => Value::from(dice.pick(&[
                    "string",
                    "integer",
                    "array",
                    "object",
                    "binary",
                    "date-time",
                    "query",
                ])),
                _ => Value::from(-1),
            };
            object.insert(keyword.to_owned(), value);
        }
        (3, Value::Array(items)) if length > 0 => {
            let item = items[dice.roll(length)].clone();
            items.push(item);
        }
        (4, Value::Array(items)) if length > 0 => {
            items.remove(dice.roll(length));
        }
        (5, _) => *value = Value::Array(vec![value.clone()]),
        // What is text stays the text, with harm in it.
        (6, Value::String(text)) => {
            let harm = dice.pick(&HOSTILE);
            *text = if dice.roll(2) == 0 { format!("{text}{harm}") } else { format!("{harm}{text}") };
        }
        _ => *value = Value::from(dice.pick(&HOSTILE)),
    }
}

/// Puts harm into every text that an API's author writes for people or for the wire.
pub fn poison(value: &mut Value, dice: &mut Dice<'_>) {
    const TEXTS: [&str; 15] = [
        "description",
        "summary",
        "title",
        "default",
        "example",
        "const",
        "pattern",
        "url",
        "name",
        "operationId",
        "version",
        "x-accepted-permissions",
        "x-enum-varnames",
        "enum",
        "examples",
    ];
    // Names of the author's own choice, which nothing refers to.
    const NAMED: [&str; 5] = ["properties", "content", "paths", "examples", "variables"];
    match value {
        Value::Object(object) => {
            for (key, value) in object.iter_mut() {
                if TEXTS.contains(&key.as_str()) && !value.is_object() {
                    taint(value, dice);
                }
                poison(value, dice);
                if let (true, Value::Object(named)) = (NAMED.contains(&key.as_str()) && dice.roll(4) == 1, value) {
                    let harm = dice.pick(&HOSTILE);
                    *named = named.iter().map(|(name, value)| (format!("{name}{harm}"), value.clone())).collect();
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| poison(item, dice)),
        _ => {}
    }
}

fn taint(value: &mut Value, dice: &mut Dice<'_>) {
    match value {
        Value::String(text) => {
            text.push('\n');
            text.push_str(dice.pick(&HOSTILE));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| taint(item, dice)),
        _ => {}
    }
}

/// Generates the crate of a document and says whether there is one; `None` where the document is refused.
///
/// # Panics
/// When what is generated is not Rust, leaves its folder, or has code of the document in it.
pub fn check(templates: &Templates, spec: &Path, config: Option<&Path>) -> Option<Files> {
    let reading = match generator::read(spec, &[], config, None) {
        Ok(reading) => reading,
        Err(report) => {
            let _ = report.to_string();
            return None;
        }
    };
    let _ = reading.warnings.to_string();
    let runtime = Runtime { version: "0.1.0".to_owned(), path: "runtime".to_owned() };
    let krate = codegen::lower_with_calls(&reading.sdk, runtime, true);
    let files = render::render(templates, &krate).unwrap_or_else(|error| panic!("{error}"));
    let contract = render::render_contract(templates, &krate).unwrap_or_else(|error| panic!("{error}"));
    check_code("the contract", &contract);
    let mut paths = BTreeSet::new();
    for (path, text) in &files {
        check_path(path);
        let folded = path.to_string_lossy().to_lowercase();
        assert!(paths.insert(folded), "{} is another file's name where case means nothing", path.display());
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("rs") => check_code(&path.display().to_string(), text),
            Some("md") => check_reference(text, &krate),
            _ => check_manifest(text),
        }
    }
    Some(files)
}

/// A path below the crate's folder, with a name that every system has.
fn check_path(path: &Path) {
    let shown = path.display();
    for component in path.components() {
        let Component::Normal(name) = component else { panic!("{shown} leaves the folder") };
        let name = name.to_str().unwrap_or_else(|| panic!("{shown} is no text"));
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
        assert!(name.chars().all(plain) && name.len() < 100, "{shown} has odd characters");
        let stem = name.split('.').next().unwrap_or_default().to_lowercase();
        let is_device = matches!(stem.as_str(), "con" | "nul" | "aux" | "prn")
            || stem.strip_prefix("com").or(stem.strip_prefix("lpt")).is_some_and(|n| n.len() == 1 && n != "_");
        assert!(!is_device, "{shown} is a device on Windows");
    }
}

/// The manifest has the document's texts as strings, and names made of its words.
fn check_manifest(text: &str) {
    for line in text.lines() {
        let section = ["[package]", "[features]", "[dependencies]", "[dev-dependencies]", "[workspace]"];
        assert!(!line.starts_with('[') || section.contains(&line), "the manifest has a section {line}");
        let value =
            ["description = ", "version = ", "repository = "].iter().find_map(|key| line.strip_prefix(key));
        let is_text = value.is_some_and(|value| serde_json::from_str::<String>(value).is_ok());
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '"' | ',' | ' ' | '=' | '[' | ']');
        let is_plain = is_text || line.chars().all(is_name);
        assert!(is_plain || !line.contains(CANARY), "the manifest says more than its texts: {line}");
    }
}

/// The list of methods has its own headings and lists, and links to pages of the web; nothing of the document makes
/// others.
fn check_reference(text: &str, krate: &Crate) {
    let (marker, text) = text.split_once('\n').expect("a line with the marker");
    assert!(marker.starts_with("<!-- ") && marker.ends_with(" -->"), "{marker}");
    let sections: Vec<_> =
        krate.reference.iter().chain(krate.modules.iter().map(|module| &module.reference)).collect();
    let methods = || sections.iter().flat_map(|section| &section.methods);
    let lines = methods().map(|method| 3 + usize::from(!method.permissions.is_empty()));
    let (mut headings, mut items) = (1 + sections.len(), lines.sum::<usize>());
    for event in Parser::new(text) {
        match event {
            Event::Start(Tag::Heading { .. }) => headings = headings.checked_sub(1).expect("a heading of its own"),
            Event::Start(Tag::Item) => items = items.checked_sub(1).expect("an item of its own"),
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                let is_page = ["https://", "http://"].iter().any(|scheme| dest_url.starts_with(scheme));
                assert!(is_page, "a link leads to {dest_url}:\n{text}");
            }
            Event::Start(Tag::CodeBlock(_) | Tag::BlockQuote(_) | Tag::HtmlBlock)
            | Event::Html(_)
            | Event::InlineHtml(_) => {
                panic!("{event:?} is of the document:\n{text}");
            }
            _ => {}
        }
    }
    assert_eq!((headings, items), (0, 0), "something is missing:\n{text}");
}

/// Nothing of the document is code: neither in the file, nor in the programs of its documentation.
fn check_code(name: &str, text: &str) {
    if !text.contains(CANARY) {
        return;
    }
    let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(!calls_canary(tokens.clone()), "{name} has code of the document");
    let mut docs = String::new();
    collect_docs(tokens, &mut docs, &mut |docs| check_docs(name, docs));
}

/// Whether a macro or attribute of the canary's name is there. An identifier may be made of the canary's words.
fn calls_canary(tokens: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is_canary = |token: &TokenTree| matches!(token, TokenTree::Ident(ident) if ident == CANARY);
    let is_sign = |token: Option<&TokenTree>, sign| matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == sign);
    tokens.iter().enumerate().any(|(index, token)| match token {
        TokenTree::Group(group) => calls_canary(group.stream()),
        token => is_canary(token) && is_sign(tokens.get(index + 1), '!'),
    })
}

/// Visits the documentation of every item, the lines of each as one text.
fn collect_docs(tokens: TokenStream, docs: &mut String, visit: &mut dyn FnMut(&str)) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut index = 0;
    while index < tokens.len() {
        let is_sign = |at: usize, sign: char| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == sign);
        let group = index + 1 + usize::from(is_sign(index + 1, '!'));
        let line = match tokens.get(group) {
            Some(TokenTree::Group(attribute))
                if is_sign(index, '#') && attribute.delimiter() == Delimiter::Bracket =>
            {
                doc_line(attribute.stream())
            }
            _ => None,
        };
        match line {
            Some(line) => {
                docs.push_str(line.strip_prefix(' ').unwrap_or(&line));
                docs.push('\n');
                index = group;
            }
            None => {
                if !docs.is_empty() {
                    visit(&std::mem::take(docs));
                }
                if let Some(TokenTree::Group(group)) = tokens.get(index) {
                    collect_docs(group.stream(), docs, visit);
                }
            }
        }
        index += 1;
    }
    if !docs.is_empty() {
        visit(&std::mem::take(docs));
    }
}

fn doc_line(attribute: TokenStream) -> Option<String> {
    let tokens: Vec<TokenTree> = attribute.into_iter().collect();
    match tokens.as_slice() {
        [TokenTree::Ident(name), TokenTree::Punct(_), TokenTree::Literal(literal)] if name == "doc" => {
            let literal = TokenStream::from(TokenTree::Literal(literal.clone()));
            Some(syn::parse2::<syn::LitStr>(literal).expect("a literal").value())
        }
        _ => None,
    }
}

/// As rustdoc reads it: code that it would compile has nothing of the document but literals, and HTML has nothing.
fn check_docs(name: &str, docs: &str) {
    let mut code: Option<String> = None;
    for event in Parser::new(docs) {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                let is_text = matches!(&kind, CodeBlockKind::Fenced(language) if &**language == "text");
                code = (!is_text).then(String::new);
            }
            Event::End(TagEnd::CodeBlock) => {
                let Some(code) = code.take() else { continue };
                // Lines that only the compiler sees begin with a sign.
                let code = code.replace("\n# ", "\n");
                let tokens = code.trim_start_matches("# ").parse::<TokenStream>();
                let tokens =
                    tokens.unwrap_or_else(|error| panic!("{name}: {error} in the documentation:\n{docs}"));
                assert!(!calls_canary(tokens), "{name} would compile what the document says:\n{docs}");
            }
            Event::Text(text) => {
                if let Some(code) = &mut code {
                    code.push_str(&text);
                }
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                assert!(!html.contains(CANARY), "{name} has HTML of the document:\n{docs}");
            }
            _ => {}
        }
    }
}
