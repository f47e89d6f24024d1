//! Documents that would grow or nest without bound: what becomes of them is in proportion to what they are.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::path::Path;

use generator::render::{Files, Templates};
use serde_json::{Value, json};
use support::harm;

/// The files of a document with these schemas and one operation, which takes and gives the first of them.
fn generate(name: &str, schemas: &[(String, Value)]) -> Files {
    let first = json!({"required": true, "content": {"application/json": {"schema": reference(&schemas[0].0)}}});
    let document = json!({
        "openapi": "3.1.0",
        "info": {"title": "Limits", "version": "1"},
        "servers": [{"url": "https://api.example.com"}],
        "paths": {"/things": {"post": {
            "operationId": "createThing",
            "requestBody": first,
            "responses": {"200": first},
        }}},
        "components": {"schemas": schemas.iter().cloned().collect::<serde_json::Map<_, _>>()},
    });
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("limits").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    let spec = folder.join("openapi.json");
    std::fs::write(&spec, document.to_string()).unwrap();
    harm::check(&Templates::load(None).unwrap(), &spec, None).expect("a crate")
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// Schemas made of the names of themselves and the next.
fn chain(count: usize, schema: impl Fn(&str) -> Value) -> Vec<(String, Value)> {
    let name = |index: usize| format!("Thing{}X", index % count);
    (0..count).map(|index| (name(index), schema(&name(index + 1)))).collect()
}

fn size(files: &Files) -> usize {
    files.values().map(String::len).sum()
}

fn all(files: &Files) -> String {
    files.values().cloned().collect()
}

/// A chain of types is not as deep as the stack, and none of them is any value for being far down.
#[test]
fn a_circle_of_many_types() {
    let files = generate(
        "circle",
        &chain(2000, |next| json!({"type": "object", "properties": {"next": reference(next)}})),
    );
    let text = all(&files);
    assert_eq!(text.matches("pub struct Thing").count(), 2000 + 1, "{}", size(&files));
    assert!(!text.contains("runtime::Value>"), "one of them is any value");
}

#[test]
fn a_circle_of_types_that_must_be_there() {
    let schema = |next: &str| json!({"type": "object", "required": ["a", "b"], "properties": {"a": reference(next), "b": reference("Thing7X")}});
    assert!(all(&generate("required", &chain(300, schema))).contains("Option<Box<"));
    // An item of a tuple must be there as well.
    let schema = |next: &str| json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "array", "prefixItems": [reference(next), {"type": "string"}], "items": false}}});
    assert!(all(&generate("required_items", &chain(2, schema))).contains("Option<Box<(Thing"));
}

/// Each of these has the members of all of them, but not a million times over.
#[test]
fn a_circle_of_many_unions() {
    let schema = |next: &str| json!({"oneOf": [reference(next), {"type": "object", "properties": {next: {"type": "string"}}}]});
    let files = generate("circular_unions", &chain(1000, schema));
    assert!(size(&files) < 10_000_000, "{}", size(&files));
}

/// An example of ten fields of ten fields of ten fields … would be longer than any file.
#[test]
fn examples_end() {
    for required in [json!([]), json!(["a", "b", "c", "d", "e", "f", "g", "h"])] {
        let schema = |next: &str| {
            let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
            let properties: serde_json::Map<_, _> =
                names.iter().map(|name| ((*name).to_owned(), reference(next))).collect();
            json!({"type": "object", "required": required, "properties": properties})
        };
        let mut schemas = chain(12, schema);
        schemas.push(("Thing11X".to_owned(), json!({"type": "object", "properties": {"x": {"type": "string"}}})));
        let files = generate("examples", &schemas);
        assert!(size(&files) < 300_000, "{}", size(&files));
    }
}

/// Types without names: each of these would be written out in full wherever it is used.
#[test]
fn nested_collections_end() {
    let tuples = chain(
        40,
        |next| json!({"type": "array", "prefixItems": [reference(next), reference(next), {"type": "string"}], "items": false}),
    );
    let lists = chain(500, |next| json!({"type": "array", "items": reference(next)}));
    let maps = chain(
        500,
        |next| json!({"type": "object", "additionalProperties": {"type": "array", "items": reference(next)}}),
    );
    for (name, schemas) in [("tuples", tuples), ("lists", lists), ("maps", maps)] {
        let files = generate(name, &schemas);
        assert!(size(&files) < 50_000, "{name}: {}", size(&files));
    }
}

/// An example is a value of the document, as deep as the reader takes it.
#[test]
fn a_deep_example() {
    let mut example = json!({"id": 1});
    for _ in 0..100 {
        example = json!([example]);
    }
    let schema = json!({"type": "object", "required": ["any"], "properties": {"any": {"example": example}}});
    assert!(all(&generate("example", &[("Thing".to_owned(), schema)])).contains("json!"));
}

/// What stands beside a union is in each of its members, but not a million times over.
#[test]
fn unions_beside_many_properties() {
    let named = |count: usize, name: &str| -> serde_json::Map<_, _> {
        (0..count).map(|index| (format!("{name}{index}"), json!({"type": "string"}))).collect()
    };
    let members: Vec<Value> =
        (0..500).map(|index| json!({"properties": named(1, &format!("member{index}_"))})).collect();
    let schema = json!({"type": "object", "properties": named(500, "property"), "oneOf": members});
    let files = generate("unions", &[("Thing".to_owned(), schema)]);
    assert!(size(&files) < 3_000_000, "{}", size(&files));
}

/// Parts of parts of parts, each of them twice.
#[test]
fn parts_of_parts() {
    let schema = |next: &str| json!({"allOf": [reference(next), {"allOf": [reference(next)]}], "properties": {next: {"type": "string"}}});
    let mut schemas = chain(60, schema);
    schemas.push(("Thing59X".to_owned(), json!({"type": "object", "properties": {"last": {"type": "string"}}})));
    assert!(all(&generate("parts", &schemas)).contains("\"last\""));
}
