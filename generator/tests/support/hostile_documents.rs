//! Mutated and hostile documents, and invariants of the generated files that hold for every document. The mutation
//! test and the fuzz target use this module.

use std::collections::BTreeSet;
use std::path::{Component, Path};

use generator::codegen::{self, Crate, Runtime};
use generator::render::{self, Files, Templates};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use serde_json::Value;

/// Macro that the hostile texts call. Generated code never contains a call of it.
const CANARY: &str = "canary_of_the_document";

/// Texts that inject code, links or paths if they are not escaped.
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

/// Keywords that change the meaning of a schema, parameter or operation.
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

/// Source of the choices that determine a mutation.
pub enum Choices<'a> {
    /// State of a pseudorandom number generator whose sequence is the same on all platforms.
    Seed(u64),
    /// Input of a fuzzer. Choices after its end are zero.
    Bytes(&'a [u8]),
}

impl Choices<'_> {
    /// Returns a number less than `limit`, or zero if `limit` is zero.
    pub fn below(&mut self, limit: usize) -> usize {
        let number = match self {
            Self::Seed(state) => {
                *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (*state >> 33) as usize
            }
            Self::Bytes(bytes) => {
                let (used, rest) = bytes.split_at(bytes.len().min(if limit > 256 { 2 } else { 1 }));
                *bytes = rest;
                used.iter().fold(0, |number, byte| number << 8 | *byte as usize)
            }
        };
        number % limit.max(1)
    }

    /// Returns one of the items.
    fn pick<'a, T: ?Sized>(&mut self, items: &[&'a T]) -> &'a T {
        items[self.below(items.len())]
    }
}

/// Applies one change at a chosen position in a value.
pub fn mutate(value: &mut Value, choices: &mut Choices<'_>) {
    let length = match value {
        Value::Array(items) => items.len(),
        Value::Object(object) => object.len(),
        _ => 0,
    };
    // Most changes apply below the root.
    if length > 0 && choices.below(8) > 0 {
        let index = choices.below(length);
        let inner = match value {
            Value::Array(items) => items.get_mut(index),
            Value::Object(object) => object.values_mut().nth(index),
            _ => None,
        };
        return mutate(inner.expect("an index below the length"), choices);
    }
    match (choices.below(8), &mut *value) {
        (0, Value::Object(object)) if length > 0 => {
            let key = object.keys().nth(choices.below(length)).expect("a key").clone();
            object.shift_remove(&key);
        }
        (1, Value::Object(object)) if length > 0 => {
            let key = object.keys().nth(choices.below(length)).expect("a key").clone();
            let value = object.shift_remove(&key).unwrap_or_default();
            object.insert(choices.pick(&HOSTILE).to_owned(), value);
        }
        (2, Value::Object(object)) => {
            let keyword = choices.pick(&KEYWORDS);
            let value = match choices.below(7) {
                0 => Value::Null,
                1 => Value::Bool(true),
                2 => Value::from(choices.pick(&HOSTILE)),
                3 => Value::Array(vec![Value::Object(object.clone())]),
                4 => Value::Object(object.clone()),
                5 => Value::from(choices.pick(&[
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
            let item = items[choices.below(length)].clone();
            items.push(item);
        }
        (4, Value::Array(items)) if length > 0 => {
            items.remove(choices.below(length));
        }
        (5, _) => *value = Value::Array(vec![value.clone()]),
        (6, Value::String(text)) => {
            let hostile = choices.pick(&HOSTILE);
            *text = if choices.below(2) == 0 { format!("{text}{hostile}") } else { format!("{hostile}{text}") };
        }
        _ => *value = Value::from(choices.pick(&HOSTILE)),
    }
}

/// Adds hostile text to every text of a document that reaches generated code, documentation or requests.
pub fn inject_hostile_text(value: &mut Value, choices: &mut Choices<'_>) {
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
    // Objects whose keys are free names without references to them.
    const NAMED: [&str; 5] = ["properties", "content", "paths", "examples", "variables"];
    match value {
        Value::Object(object) => {
            for (key, value) in object.iter_mut() {
                if TEXTS.contains(&key.as_str()) && !value.is_object() {
                    append_hostile_text(value, choices);
                }
                inject_hostile_text(value, choices);
                if let (true, Value::Object(named)) =
                    (NAMED.contains(&key.as_str()) && choices.below(4) == 1, value)
                {
                    let hostile = choices.pick(&HOSTILE);
                    *named =
                        named.iter().map(|(name, value)| (format!("{name}{hostile}"), value.clone())).collect();
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| inject_hostile_text(item, choices)),
        _ => {}
    }
}

/// Appends hostile text to a text or to all texts of an array.
fn append_hostile_text(value: &mut Value, choices: &mut Choices<'_>) {
    match value {
        Value::String(text) => {
            text.push('\n');
            text.push_str(choices.pick(&HOSTILE));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| append_hostile_text(item, choices)),
        _ => {}
    }
}

/// Generates the crate of a document and checks its files. Returns `None` if the document is rejected.
///
/// # Panics
/// If a file is not Rust, has a path outside of its folder, or contains code from the document.
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
        assert!(paths.insert(folded), "{} equals another path on a case-insensitive file system", path.display());
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("rs") => check_code(&path.display().to_string(), text),
            Some("md") => check_reference(text, &krate),
            _ => check_manifest(text),
        }
    }
    Some(files)
}

/// Checks that a path is below the crate's folder and valid on every platform.
fn check_path(path: &Path) {
    let shown = path.display();
    for component in path.components() {
        let Component::Normal(name) = component else { panic!("{shown} is outside of the folder") };
        let name = name.to_str().unwrap_or_else(|| panic!("{shown} is not UTF-8"));
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
        assert!(name.chars().all(plain) && name.len() < 100, "{shown} has unexpected characters");
        let stem = name.split('.').next().unwrap_or_default().to_lowercase();
        let is_device = matches!(stem.as_str(), "con" | "nul" | "aux" | "prn")
            || stem.strip_prefix("com").or(stem.strip_prefix("lpt")).is_some_and(|n| n.len() == 1 && n != "_");
        assert!(!is_device, "{shown} is a device name on Windows");
    }
}

/// Checks that the manifest contains text of the document only in string values and in names derived from it.
fn check_manifest(text: &str) {
    for line in text.lines() {
        let section = ["[package]", "[features]", "[dependencies]", "[dev-dependencies]", "[workspace]"];
        assert!(
            !line.starts_with('[') || section.contains(&line),
            "the manifest has an unexpected section {line}"
        );
        let value =
            ["description = ", "version = ", "repository = "].iter().find_map(|key| line.strip_prefix(key));
        let is_text = value.is_some_and(|value| serde_json::from_str::<String>(value).is_ok());
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '"' | ',' | ' ' | '=' | '[' | ']');
        let is_plain = is_text || line.chars().all(is_name);
        assert!(
            is_plain || !line.contains(CANARY),
            "the manifest contains hostile text outside of a string: {line}"
        );
    }
}

/// Checks that text of the document adds no headings, list items, code or HTML to `API.md`, and that links have HTTP
/// URLs.
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
            Event::Start(Tag::Heading { .. }) => {
                headings = headings.checked_sub(1).expect("only headings of the template")
            }
            Event::Start(Tag::Item) => items = items.checked_sub(1).expect("only list items of the template"),
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                let is_page = ["https://", "http://"].iter().any(|scheme| dest_url.starts_with(scheme));
                assert!(is_page, "unexpected link to {dest_url}:\n{text}");
            }
            Event::Start(Tag::CodeBlock(_) | Tag::BlockQuote(_) | Tag::HtmlBlock)
            | Event::Html(_)
            | Event::InlineHtml(_) => {
                panic!("unexpected {event:?}:\n{text}");
            }
            _ => {}
        }
    }
    assert_eq!((headings, items), (0, 0), "missing headings and list items:\n{text}");
}

/// Checks that neither a Rust file nor the examples of its documentation contain code from the document.
fn check_code(name: &str, text: &str) {
    if !text.contains(CANARY) {
        return;
    }
    let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(!calls_canary(tokens.clone()), "{name} contains code from the document");
    let mut docs = String::new();
    collect_docs(tokens, &mut docs, &mut |docs| check_docs(name, docs));
}

/// Returns `true` if the tokens call the canary macro. Identifiers may be derived from the canary's name.
fn calls_canary(tokens: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is_canary = |token: &TokenTree| matches!(token, TokenTree::Ident(ident) if ident == CANARY);
    let is_punct = |token: Option<&TokenTree>, sign| matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == sign);
    tokens.iter().enumerate().any(|(index, token)| match token {
        TokenTree::Group(group) => calls_canary(group.stream()),
        token => is_canary(token) && is_punct(tokens.get(index + 1), '!'),
    })
}

/// Calls `visit` with the documentation of each item.
fn collect_docs(tokens: TokenStream, docs: &mut String, visit: &mut dyn FnMut(&str)) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut index = 0;
    while index < tokens.len() {
        let is_punct = |at: usize, sign: char| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == sign);
        let group = index + 1 + usize::from(is_punct(index + 1, '!'));
        let line = match tokens.get(group) {
            Some(TokenTree::Group(attribute))
                if is_punct(index, '#') && attribute.delimiter() == Delimiter::Bracket =>
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

/// Returns the text of a `#[doc = "…"]` attribute.
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

/// Checks that rustdoc compiles no code from the document and emits no HTML from it.
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
                // Hidden lines of an example begin with `# `.
                let code = code.replace("\n# ", "\n");
                let tokens = code.trim_start_matches("# ").parse::<TokenStream>();
                let tokens =
                    tokens.unwrap_or_else(|error| panic!("{name}: {error} in the documentation:\n{docs}"));
                assert!(!calls_canary(tokens), "an example of {name} contains code from the document:\n{docs}");
            }
            Event::Text(text) => {
                if let Some(code) = &mut code {
                    code.push_str(&text);
                }
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                assert!(
                    !html.contains(CANARY),
                    "the documentation of {name} contains HTML from the document:\n{docs}"
                );
            }
            _ => {}
        }
    }
}
