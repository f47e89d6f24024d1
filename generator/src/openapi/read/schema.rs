use std::collections::hash_map::Entry;

use serde_json::Value;

use super::reader::Reader;
use super::shared::strings;
use crate::document::{Located, SourceLocation, member};
use crate::openapi::schema::{AdditionalProperties, Discriminator, Schema, SchemaId, Type};

/// Keywords that constrain a value without changing its type.
const CONSTRAINTS: [&str; 12] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
];

impl<'a> Reader<'a> {
    /// Returns the id of the schema at `located`, or of the target if the schema is only a reference.
    pub(super) fn schema(&mut self, located: Located<'a>) -> SchemaId {
        let only_reference = located.value.as_object().is_some_and(|object| object.len() == 1);
        if only_reference && let Some(target) = self.reference(&located) {
            return target;
        }
        self.schema_at(located)
    }

    fn schema_at(&mut self, located: Located<'a>) -> SchemaId {
        let next = SchemaId(self.known.len());
        match self.known.entry(located.value) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                new.insert(next);
                self.queue.push_back(located);
                next
            }
        }
    }

    fn reference(&mut self, located: &Located<'a>) -> Option<SchemaId> {
        let reference = member(located.value, "$ref")?.as_str()?;
        let key = (located.location.file, reference);
        if let Some(known) = self.references.get(&key) {
            return Some(*known);
        }
        match self.document.resolve(&located.location, reference) {
            Ok(target) => {
                let id = self.schema_at(target);
                self.references.insert(key, id);
                Some(id)
            }
            Err(diagnostic) => {
                self.report.push(diagnostic);
                None
            }
        }
    }

    pub(super) fn read_schema(&mut self, located: &Located<'a>) -> Schema {
        let mut schema = Schema::new(located.location.clone());
        schema.name = component_name(&located.location);
        if !located.value.is_object() {
            if !located.value.is_boolean() {
                let help = "write an object, `true` or `false`";
                self.warn(&located.location, "not a schema; any value is accepted", help);
            }
            return schema;
        }
        let word = |key: &str| member(located.value, key);
        schema.reference = self.reference(located);
        schema.types = self.types(located);
        let nullable = located.flag("nullable") || located.flag("x-nullable");
        schema.nullable = nullable || schema.types.contains(&Type::Null);
        schema.format = located.text("format");
        schema.content_encoding = located.text("contentEncoding");
        schema.value_names = strings(located, &["x-enum-varnames", "x-enumNames", "x-enum-names"]);
        schema.value_descriptions = strings(located, &["x-enum-descriptions", "x-enumDescriptions"]);
        schema.enum_values = match (word("const"), word("enum")) {
            (Some(value), _) => Some(vec![value.clone()]),
            (None, Some(Value::Array(values))) => Some(values.clone()),
            _ => None,
        };
        // Some documents have a reference in place of the map of properties. A property may be named `$ref` as well,
        // but its value is not a string.
        let properties = located.get("properties").and_then(|properties| match properties.text("$ref") {
            Some(_) => self.deref(properties),
            None => Some(properties),
        });
        for (name, property) in properties.iter().flat_map(Located::members) {
            let property = self.schema(property);
            schema.properties.push((name.clone(), property));
        }
        for name in located.get("required").iter().flat_map(Located::items) {
            schema.required.extend(name.value.as_str().map(str::to_owned));
        }
        for (pattern, property) in located.get("patternProperties").iter().flat_map(Located::members) {
            let property = self.schema(property);
            schema.pattern_properties.push((pattern.clone(), property));
        }
        let additional =
            ["additionalProperties", "unevaluatedProperties"].into_iter().find_map(|key| located.get(key));
        schema.additional = match additional {
            None => AdditionalProperties::Unspecified,
            Some(additional) => match additional.value {
                Value::Bool(false) => AdditionalProperties::Forbidden,
                Value::Bool(true) => AdditionalProperties::Any,
                Value::Object(object) if object.is_empty() => AdditionalProperties::Any,
                _ => AdditionalProperties::Schema(self.schema(additional)),
            },
        };
        self.read_items(located, &mut schema);
        for (key, list) in
            [("allOf", &mut schema.all_of), ("oneOf", &mut schema.one_of), ("anyOf", &mut schema.any_of)]
        {
            for part in located.get(key).iter().flat_map(Located::items) {
                list.push(self.schema(part));
            }
        }
        schema.discriminator = located.get("discriminator").and_then(|found| self.discriminator(&found));
        schema.content_media_type = located.text("contentMediaType");
        schema.content_schema = located.get("contentSchema").map(|schema| self.schema(schema));
        schema.read_only = located.flag("readOnly");
        schema.write_only = located.flag("writeOnly");
        schema.deprecated = located.flag("deprecated");
        schema.title = located.text("title");
        schema.description = located.text("description");
        schema.examples = match (word("examples"), word("example")) {
            (Some(Value::Array(examples)), _) => examples.clone(),
            (_, Some(example)) => vec![example.clone()],
            _ => Vec::new(),
        };
        schema.default = word("default").cloned();
        schema.constraints = CONSTRAINTS.iter().filter_map(|key| Some((*key, word(key)?.clone()))).collect();
        schema
    }

    fn read_items(&mut self, located: &Located<'a>, schema: &mut Schema) {
        let items = located.get("items");
        // Before 2020-12, JSON Schema had a list at `items` for `prefixItems`.
        let (prefix, rest) = match items {
            Some(items) if items.value.is_array() => (Some(items), located.get("additionalItems")),
            items => (located.get("prefixItems"), items),
        };
        for item in prefix.iter().flat_map(Located::items) {
            let item = self.schema(item);
            schema.prefix_items.push(item);
        }
        let most = member(located.value, "maxItems").and_then(Value::as_u64);
        let count = schema.prefix_items.len() as u64;
        let ends = rest.as_ref().is_some_and(|rest| rest.value == &Value::Bool(false));
        schema.is_closed = count > 0 && (ends || most.is_some_and(|most| most <= count));
        schema.items = rest.filter(|_| !ends).map(|items| self.schema(items));
    }

    fn types(&mut self, located: &Located<'a>) -> Vec<Type> {
        let mut types = Vec::new();
        let stated = located.get("type");
        let names: Vec<Located<'a>> = match &stated {
            Some(stated) if stated.value.is_array() => stated.items().collect(),
            Some(stated) => vec![stated.clone()],
            None => Vec::new(),
        };
        for name in names {
            types.push(match name.value.as_str() {
                Some("null") => Type::Null,
                Some("boolean") => Type::Boolean,
                Some("integer") => Type::Integer,
                Some("number") => Type::Number,
                Some("string") => Type::String,
                Some("array") => Type::Array,
                Some("object") => Type::Object,
                _ => {
                    let message = format!("unknown type {}; any value is accepted", name.value);
                    let help = "use null, boolean, integer, number, string, array or object";
                    self.warn(&name.location, message, help);
                    continue;
                }
            });
        }
        types
    }

    fn discriminator(&mut self, located: &Located<'a>) -> Option<Discriminator> {
        let property = located.text("propertyName")?;
        let mut mapping = Vec::new();
        for (value, target) in located.get("mapping").iter().flat_map(Located::members) {
            let Some(reference) = target.value.as_str() else { continue };
            let reference = match reference.contains(['#', '/', '.']) {
                true => reference.to_owned(),
                false => format!("#/components/schemas/{reference}"),
            };
            match self.document.resolve(&target.location, &reference) {
                Ok(found) => mapping.push((value.clone(), self.schema_at(found))),
                Err(diagnostic) => self.report.push(diagnostic),
            }
        }
        Some(Discriminator { property, mapping })
    }
}

/// Returns the name of a schema that is located among components or definitions.
fn component_name(location: &SourceLocation) -> Option<String> {
    let (parent, _) = location.pointer.rsplit_once('/')?;
    let named = ["/components/schemas", "/$defs", "/definitions"].iter().any(|group| parent.ends_with(group));
    named.then(|| location.key())
}
