//! Documents with deep nesting or many combinations. The size of the output is proportional to that of the document.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::path::Path;

use generator::render::{Files, Templates};
use serde_json::{Value, json};
use support::hostile_documents;

/// Generates a crate with these schemas and one operation, which sends and returns the first schema.
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
    hostile_documents::check(&Templates::load(None).unwrap(), &spec, None).expect("a crate")
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// Returns schemas that each refer to the next; the last refers to the first.
fn chain(count: usize, schema: impl Fn(&str) -> Value) -> Vec<(String, Value)> {
    let name = |index: usize| format!("Thing{}X", index % count);
    (0..count).map(|index| (name(index), schema(&name(index + 1)))).collect()
}

/// Returns the total size in bytes.
fn size(files: &Files) -> usize {
    files.values().map(String::len).sum()
}

/// Returns the concatenated text of all files.
fn concatenate(files: &Files) -> String {
    files.values().cloned().collect()
}

/// A long cycle of types does not overflow the stack, and no type is replaced by an untyped value.
#[test]
fn long_cycle_of_types() {
    let files =
        generate("cycle", &chain(2000, |next| json!({"type": "object", "properties": {"next": reference(next)}})));
    let text = concatenate(&files);
    assert_eq!(text.matches("pub struct Thing").count(), 2000 + 1, "{}", size(&files));
    assert!(!text.contains("runtime::Value>"), "a type is untyped");
}

#[test]
fn cycle_of_required_types() {
    let schema = |next: &str| json!({"type": "object", "required": ["a", "b"], "properties": {"a": reference(next), "b": reference("Thing7X")}});
    assert!(concatenate(&generate("required", &chain(300, schema))).contains("Option<Box<"));
    // Items of a tuple are required, too.
    let schema = |next: &str| json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "array", "prefixItems": [reference(next), {"type": "string"}], "items": false}}});
    assert!(concatenate(&generate("required_items", &chain(2, schema))).contains("Option<Box<(Thing"));
}

/// Each union has the members of all of them, without duplicates.
#[test]
fn cycle_of_many_unions() {
    let schema = |next: &str| json!({"oneOf": [reference(next), {"type": "object", "properties": {next: {"type": "string"}}}]});
    let files = generate("recursive_unions", &chain(1000, schema));
    assert!(size(&files) < 10_000_000, "{}", size(&files));
}

/// An example of nested types would grow exponentially with the depth.
#[test]
fn examples_have_limited_depth() {
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

/// Collections have no names, so each use repeats the nested types.
#[test]
fn nested_collections_have_limited_depth() {
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

#[test]
fn deeply_nested_example_value() {
    let mut example = json!({"id": 1});
    for _ in 0..100 {
        example = json!([example]);
    }
    let schema = json!({"type": "object", "required": ["any"], "properties": {"any": {"example": example}}});
    assert!(concatenate(&generate("example", &[("Thing".to_owned(), schema)])).contains("json!"));
}

/// The properties next to a union belong to each of its members.
#[test]
fn union_with_many_members_and_properties() {
    let named = |count: usize, name: &str| -> serde_json::Map<_, _> {
        (0..count).map(|index| (format!("{name}{index}"), json!({"type": "string"}))).collect()
    };
    let members: Vec<Value> =
        (0..500).map(|index| json!({"properties": named(1, &format!("member{index}_"))})).collect();
    let schema = json!({"type": "object", "properties": named(500, "property"), "oneOf": members});
    let files = generate("unions", &[("Thing".to_owned(), schema)]);
    assert!(size(&files) < 3_000_000, "{}", size(&files));
}

/// Each schema includes the next one twice.
#[test]
fn nested_all_of() {
    let schema = |next: &str| json!({"allOf": [reference(next), {"allOf": [reference(next)]}], "properties": {next: {"type": "string"}}});
    let mut schemas = chain(60, schema);
    schemas.push(("Thing59X".to_owned(), json!({"type": "object", "properties": {"last": {"type": "string"}}})));
    assert!(concatenate(&generate("all_of", &schemas)).contains("\"last\""));
}
