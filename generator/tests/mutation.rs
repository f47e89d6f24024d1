//! Broken and hostile documents: whatever a document says, the generator ends with a report or with Rust, and
//! nothing in it becomes code. The seed makes a failure come again; `MUTATIONS` asks for more of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::path::Path;

use generator::render::{self, Templates};
use generator::rust::{self, Runtime};

/// Texts that would do harm where they are taken for more than text.
const HOSTILE: [&str; 22] = [
    "\"; compile_error!(\"out\"); \"",
    "*/ compile_error!(\"out\"); /*",
    "\n#[doc = \"x\"] compile_error!(\"out\");\n",
    "```\ncompile_error!(\"out\")\n```",
    "{{ 7 * 7 }}{% include \"x\" %}",
    "../../../etc/passwd",
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
    "null",
    "~",
    "1e999",
    "-",
];

/// A small generator of numbers: the same everywhere and for ever.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides.max(1)
    }

    fn pick<'a, T: ?Sized>(&mut self, items: &[&'a T]) -> &'a T {
        items[self.roll(items.len())]
    }
}

/// A value with one thing changed somewhere in it.
fn mutate(value: &mut serde_json::Value, dice: &mut Dice) {
    use serde_json::Value;
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
        return mutate(inner.unwrap(), dice);
    }
    match (dice.roll(7), &mut *value) {
        (0, Value::Object(object)) if length > 0 => {
            let key = object.keys().nth(dice.roll(length)).unwrap().clone();
            object.shift_remove(&key);
        }
        (1, Value::Object(object)) if length > 0 => {
            let key = object.keys().nth(dice.roll(length)).unwrap().clone();
            let value = object.shift_remove(&key).unwrap();
            object.insert(dice.pick(&HOSTILE).to_owned(), value);
        }
        (2, Value::Object(object)) => {
            let keyword = dice.pick(&[
                "allOf",
                "oneOf",
                "anyOf",
                "enum",
                "const",
                "type",
                "nullable",
                "items",
                "properties",
                "required",
                "additionalProperties",
                "discriminator",
                "readOnly",
                "format",
                "$ref",
                "description",
                "in",
                "name",
            ]);
            let value = match dice.roll(6) {
                0 => Value::Null,
                1 => Value::Bool(true),
                2 => Value::from(dice.pick(&HOSTILE)),
                3 => Value::Array(vec![Value::Object(object.clone())]),
                4 => Value::Object(object.clone()),
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
        _ => *value = Value::from(dice.pick(&HOSTILE)),
    }
}

#[test]
fn no_document_makes_the_generator_panic_or_write_code_of_its_own() {
    let rounds: u64 = std::env::var("MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(12);
    let templates = Templates::load(None).unwrap();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mutation");
    std::fs::create_dir_all(&folder).unwrap();
    let (mut generated, mut refused) = (0, 0);
    for fixture in support::fixtures() {
        let yaml = fixture.join("openapi.yaml");
        let Ok(text) = std::fs::read_to_string(yaml) else { continue };
        let original: serde_json::Value = generator::document::Document::parse(Path::new("x.yaml"), &text)
            .map(|document| document.root().value.clone())
            .unwrap();
        for seed in 0..rounds {
            let mut dice = Dice(seed.wrapping_mul(7919).wrapping_add(original.to_string().len() as u64));
            let mut mutated = original.clone();
            for _ in 0..=dice.roll(6) {
                mutate(&mut mutated, &mut dice);
            }
            let spec = folder.join("openapi.json");
            std::fs::write(&spec, mutated.to_string()).unwrap();
            // With the fixture's configuration most methods are still there; without one, all are.
            let config = Some(fixture.join("sdk.yaml")).filter(|path| path.is_file() && seed % 2 == 0);
            let Ok(reading) = generator::read(&spec, &[], config.as_deref(), None) else {
                refused += 1;
                continue;
            };
            let runtime = Runtime { version: "0.1.0".to_owned(), path: "runtime".to_owned() };
            let krate = rust::lower(&reading.sdk, runtime, true);
            let name = support::name(&fixture);
            let files = render::render(&templates, &krate)
                .unwrap_or_else(|error| panic!("{name}, seed {seed}: {error}\n{mutated}"));
            for (path, text) in &files {
                assert!(
                    !is_code(text),
                    "{name}, seed {seed}: {} has code of the document\n{mutated}",
                    path.display()
                );
            }
            generated += 1;
        }
    }
    // If all were refused, nothing would be shown.
    assert!(generated > refused / 4 && refused > 0, "{generated} generated, {refused} refused");
}

/// Whether a text calls the macro of the hostile texts anywhere but in a comment or a literal.
fn is_code(text: &str) -> bool {
    fn has_call(tokens: proc_macro2::TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            proc_macro2::TokenTree::Ident(ident) => ident == "compile_error",
            proc_macro2::TokenTree::Group(group) => has_call(group.stream()),
            _ => false,
        })
    }
    text.contains("compile_error") && text.parse().is_ok_and(has_call)
}
