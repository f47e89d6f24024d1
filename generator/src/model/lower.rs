//! From schemas to types.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::describe::{describe, example};
use super::direction::{Direction, differing, one_way};
use super::flatten::flatten;
use super::{Constant, EnumValue, Field, Type, TypeDefinition, TypeId, TypeKind, Width};
use crate::config::Names;
use crate::openapi::{Additional, Schema, SchemaId, Schemas, Type as JsonType};

/// How deep types with names are made inside each other: those that are deeper wait until the others are done.
const MAX_DEPTH: usize = 60;

/// How deep types without names may be inside each other before what is inside is any value: so deep is no list of
/// lists that anybody can use.
const MAX_NESTED: usize = 24;

/// How many items a tuple may have, those of its items counted: serde and the standard library know longer ones less
/// well, and tuples of tuples grow without bound.
const MAX_TUPLE: usize = 12;

/// Makes types of schemas, each schema once for each direction in which it differs.
pub(super) struct TypeLowering<'a> {
    pub(super) schemas: &'a Schemas,
    names: &'a Names,
    differs: Vec<bool>,
    known: HashMap<(SchemaId, Direction), TypeId>,
    tuples: HashMap<(SchemaId, Direction), Type>,
    /// The schemas around the one at hand.
    inside: Vec<(SchemaId, Direction)>,
    /// How many of them, the last ones, have no type with a name.
    nested: usize,
    /// Types whose kind is still to be found: schema, direction and hint of each.
    waiting: Vec<(SchemaId, Direction, String)>,
    /// The one of them that is at hand.
    resumed: Option<TypeId>,
    pub(super) types: Vec<TypeDefinition>,
}

/// The type of a schema's values, and whether null is one of them.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) ty: Type,
    pub(super) nullable: bool,
}

impl Shape {
    fn of(ty: Type) -> Self {
        Self { ty, nullable: false }
    }

    /// As the item of a list or map, where null has to be part of the type.
    fn inner(self) -> Box<Type> {
        Box::new(if self.nullable { Type::Nullable(Box::new(self.ty)) } else { self.ty })
    }
}

impl<'a> TypeLowering<'a> {
    pub(super) fn new(schemas: &'a Schemas, names: &'a Names) -> Self {
        Self {
            schemas,
            names,
            differs: differing(schemas),
            known: HashMap::new(),
            tuples: HashMap::new(),
            inside: Vec::new(),
            nested: 0,
            waiting: Vec::new(),
            resumed: None,
            types: Vec::new(),
        }
    }

    /// Whether a schema was lowered in a direction of its own.
    pub(super) fn is_known(&self, id: SchemaId, direction: Direction) -> bool {
        self.known.contains_key(&self.key(id, direction))
    }

    /// The type of a schema. `hint` names it where the document doesn't.
    pub(super) fn lower(&mut self, id: SchemaId, direction: Direction, hint: &str) -> Shape {
        // A list of itself, or a map of itself, has no name that would end it: it is any value.
        if self.inside.iter().rev().take(self.nested).any(|around| *around == (id, direction)) {
            return Shape::of(Type::Any);
        }
        if self.nested >= MAX_NESTED {
            return Shape::of(Type::Any);
        }
        let shape = self.lower_one(id, direction, hint);
        while self.inside.is_empty()
            && let Some((id, direction, hint)) = self.waiting.pop()
        {
            self.resumed = self.known.get(&self.key(id, direction)).copied();
            self.lower_one(id, direction, &hint);
        }
        shape
    }

    fn lower_one(&mut self, id: SchemaId, direction: Direction, hint: &str) -> Shape {
        self.inside.push((id, direction));
        self.nested += 1;
        let shape = self.lower_inside(id, direction, hint);
        self.nested -= 1;
        self.inside.pop();
        shape
    }

    /// What a type is known by: a schema that is the same in both directions has one.
    fn key(&self, id: SchemaId, direction: Direction) -> (SchemaId, Direction) {
        (id, if self.differs[id.index()] { direction } else { Direction::Response })
    }

    fn lower_inside(&mut self, id: SchemaId, direction: Direction, hint: &str) -> Shape {
        let schema = self.schemas.get(id);
        if let Some(inner) = stands_for(schema) {
            let mut shape = self.lower(inner, direction, hint);
            shape.nullable |= schema.nullable;
            return shape;
        }
        let flat = flatten(self.schemas, id);
        self.lower_flat(id, &flat, direction, hint)
    }

    fn lower_flat(&mut self, id: SchemaId, schema: &Schema, direction: Direction, hint: &str) -> Shape {
        let nullable = schema.nullable;
        if let Some(values) = &schema.values {
            return self.lower_values(id, schema, values, direction, hint);
        }
        let members: &[SchemaId] = if schema.one_of.is_empty() { &schema.any_of } else { &schema.one_of };
        if !members.is_empty() && schema.properties.is_empty() {
            return self.lower_union(id, schema, members, direction, hint, nullable);
        }
        let types: Vec<JsonType> = schema.types.iter().copied().filter(|ty| *ty != JsonType::Null).collect();
        let ty = match types.as_slice() {
            [JsonType::Boolean] => Type::Boolean,
            [JsonType::Integer] => Type::Integer(width(schema.format.as_deref())),
            [JsonType::Number] | [JsonType::Number, JsonType::Integer] => Type::Number,
            [JsonType::Integer, JsonType::Number] => Type::Number,
            [JsonType::String] if self.is_secret(schema.name.as_deref()) => Type::Secret,
            [JsonType::String] => text(schema),
            [JsonType::Array] => self.lower_list(id, schema, direction, hint),
            [JsonType::Object] => self.lower_object(id, schema, direction, hint),
            [] if !schema.properties.is_empty() || matches!(schema.additional, Additional::Schema(_)) => {
                self.lower_object(id, schema, direction, hint)
            }
            [] if schema.items.is_some() || !schema.prefix_items.is_empty() => {
                self.lower_list(id, schema, direction, hint)
            }
            _ => Type::Any,
        };
        Shape { ty, nullable }
    }

    fn lower_list(&mut self, id: SchemaId, schema: &Schema, direction: Direction, hint: &str) -> Type {
        if !schema.prefix_items.is_empty() {
            let key = (id, direction);
            // Tuples of tuples would be made again for each of their items.
            if let Some(known) = self.tuples.get(&key) {
                return known.clone();
            }
            let tuple = self.lower_tuple(schema, direction, hint);
            self.tuples.insert(key, tuple.clone());
            return tuple;
        }
        match schema.items {
            Some(items) => Type::List(self.lower(items, direction, &singular(hint)).inner()),
            None => Type::List(Box::new(Type::Any)),
        }
    }

    /// A list whose first items have types of their own: a tuple where it has no others, a list where all are of
    /// one type, and else a list of anything.
    fn lower_tuple(&mut self, schema: &Schema, direction: Direction, hint: &str) -> Type {
        let hint = singular(hint);
        let rest = schema.items.filter(|_| !schema.is_closed);
        let all = schema.prefix_items.iter().copied().chain(rest).enumerate();
        let items: Vec<Type> = all
            .map(|(index, item)| *self.lower(item, direction, &format!("{hint} {}", index + 1)).inner())
            .collect();
        match items.as_slice() {
            [first, rest @ ..] if rest.iter().all(|item| item == first) => Type::List(Box::new(first.clone())),
            items if schema.is_closed && items.iter().map(Type::size).sum::<usize>() <= MAX_TUPLE => {
                Type::Tuple(items.to_vec())
            }
            _ => Type::List(Box::new(Type::Any)),
        }
    }

    pub(super) fn lower_values(
        &mut self,
        id: SchemaId,
        schema: &Schema,
        values: &[Value],
        direction: Direction,
        hint: &str,
    ) -> Shape {
        let nullable = values.contains(&Value::Null) || schema.nullable;
        let present: Vec<&Value> = values.iter().filter(|value| !value.is_null()).collect();
        let all = |fits: fn(&Value) -> bool| !present.is_empty() && present.iter().all(|value| fits(value));
        // A number says as much as a name made of it, so that only numbers with names of their own make an enum.
        let has_names = !schema.value_names.is_empty();
        let ty = match () {
            () if all(Value::is_string) || (has_names && all(Value::is_i64)) => {
                let values = enum_values(schema, values);
                self.define(id, schema, direction, hint, |_, _| TypeKind::Enum(values))
            }
            () if all(Value::is_boolean) => Type::Boolean,
            () if all(|value| value.is_i64() || value.is_u64()) => Type::Integer(width(schema.format.as_deref())),
            () if all(Value::is_number) => Type::Number,
            () => Type::Any,
        };
        Shape { ty, nullable }
    }

    fn lower_object(&mut self, id: SchemaId, schema: &Schema, direction: Direction, hint: &str) -> Type {
        if schema.properties.is_empty() {
            return match schema.additional {
                Additional::Schema(value) => Type::Map(self.lower(value, direction, &singular(hint)).inner()),
                _ => Type::Object,
            };
        }
        self.define(id, schema, direction, hint, |this, name| {
            let mut fields = this.fields(schema, direction, name);
            fields.extend(this.rest(schema, direction, name));
            TypeKind::Object(fields)
        })
    }

    /// The map of the properties that the document doesn't name, where it says that there may be such.
    fn rest(&mut self, schema: &Schema, direction: Direction, parent: &str) -> Option<Field> {
        let value = match schema.additional {
            Additional::Schema(value) => {
                self.lower(value, direction, &format!("{parent} additional property")).inner()
            }
            Additional::Any => Box::new(Type::Any),
            Additional::Unstated | Additional::Forbidden => return None,
        };
        Some(Field {
            location: schema.location.clone(),
            wire: String::new(),
            name: "additional_properties".to_owned(),
            ty: Type::Map(value),
            constant: None,
            required: false,
            nullable: false,
            description: Some("The properties that the API's document does not name.".to_owned()),
            deprecated: false,
            example: None,
            is_rest: true,
        })
    }

    /// The properties that go in a direction.
    pub(super) fn fields(&mut self, schema: &Schema, direction: Direction, parent: &str) -> Vec<Field> {
        let mut fields = Vec::new();
        let required: HashSet<&str> = schema.required.iter().map(String::as_str).collect();
        for (name, property) in &schema.properties {
            let (read_only, write_only) = one_way(self.schemas, *property);
            match direction {
                Direction::Request if read_only => continue,
                Direction::Response if write_only => continue,
                _ => {}
            }
            let flat = flatten(self.schemas, *property);
            let required = required.contains(name.as_str());
            let constant = match flat.values.as_deref() {
                // What is the default and nothing else can be goes without saying, and is said.
                Some([value]) if required || flat.default.as_ref() == Some(value) => Constant::of(value),
                _ => None,
            };
            let shape = match constant {
                Some(_) => Shape::of(Type::String),
                None => self.lower(*property, direction, &format!("{parent} {name}")),
            };
            let ty = match shape.ty {
                Type::String if self.is_secret(Some(name)) => Type::Secret,
                ty => ty,
            };
            let inherited = schema.examples.first().and_then(|example| example.get(name)).cloned();
            fields.push(Field {
                location: self.schemas.get(*property).location.clone(),
                wire: name.clone(),
                name: self.field_name(name),
                ty,
                constant,
                required,
                nullable: shape.nullable,
                description: describe(&flat),
                deprecated: flat.deprecated,
                example: example(&flat).or(inherited),
                is_rest: false,
            });
        }
        fields
    }

    fn is_secret(&self, name: Option<&str>) -> bool {
        name.is_some_and(|name| self.names.secrets.iter().any(|(known, _)| known == name))
    }

    pub(super) fn field_name(&self, wire: &str) -> String {
        let renamed = self.names.fields.iter().find(|(name, ..)| name == wire);
        renamed.map_or_else(|| wire.to_owned(), |(_, to, _)| to.clone())
    }

    /// Makes a named type, or finds the one that was made of the same schema.
    pub(super) fn define(
        &mut self,
        id: SchemaId,
        schema: &Schema,
        direction: Direction,
        hint: &str,
        kind: impl FnOnce(&mut Self, &str) -> TypeKind,
    ) -> Type {
        let key = self.key(id, direction);
        let known = self.known.get(&key).copied();
        if let Some(known) = known.filter(|known| self.resumed != Some(*known)) {
            return Type::Named(known);
        }
        let name = match &schema.name {
            Some(name) => {
                let renamed = self.names.types.iter().find(|(from, ..)| from == name);
                renamed.map_or_else(|| name.clone(), |(_, to, _)| to.clone())
            }
            None => hint.to_owned(),
        };
        self.resumed = None;
        let type_id = known.unwrap_or(TypeId(self.types.len()));
        if known.is_none() {
            self.known.insert(key, type_id);
            self.types.push(TypeDefinition {
                name: name.clone(),
                is_component: schema.name.is_some(),
                location: schema.location.clone(),
                description: describe(schema),
                deprecated: schema.deprecated,
                in_requests: false,
                in_responses: false,
                owner: Vec::new(),
                users: Vec::new(),
                kind: TypeKind::Enum(Vec::new()),
                example: example(schema),
            });
            // A chain of types is not deeper than the stack.
            if self.inside.len() > MAX_DEPTH {
                self.waiting.push((id, direction, hint.to_owned()));
                return Type::Named(type_id);
            }
        }
        let nested = std::mem::take(&mut self.nested);
        let kind = kind(self, &name);
        self.nested = nested;
        self.types[type_id.0].kind = kind;
        Type::Named(type_id)
    }

    /// Names the types of requests that differ from those of responses: the same name and `Param`, as the
    /// official SDKs have it.
    pub(super) fn name_directions(&mut self) {
        for ((id, direction), type_id) in &self.known {
            if *direction == Direction::Request && self.known.contains_key(&(*id, Direction::Response)) {
                self.types[type_id.0].name.push_str(" Param");
            }
        }
    }
}

/// The schema that this one only refers to: beside the reference it says nothing of the type.
pub(super) fn stands_for(schema: &Schema) -> Option<SchemaId> {
    let only = match (schema.reference, schema.all_of.as_slice()) {
        (Some(target), []) => target,
        (None, [only]) => *only,
        _ => return None,
    };
    let is_bare = schema.properties.is_empty()
        && schema.required.is_empty()
        && schema.one_of.is_empty()
        && schema.any_of.is_empty()
        && schema.values.is_none()
        && schema.items.is_none()
        && matches!(schema.additional, Additional::Unstated);
    is_bare.then_some(only)
}

/// The values of an enum, each once, with the names and descriptions that the document has for them.
fn enum_values(schema: &Schema, values: &[Value]) -> Vec<EnumValue> {
    let text = |list: &[String], index: usize| list.get(index).filter(|text| !text.is_empty()).cloned();
    let mut unique: Vec<EnumValue> = Vec::new();
    let mut seen = HashSet::new();
    for (index, value) in values.iter().enumerate() {
        let Some(value) = Constant::of(value) else { continue };
        if seen.insert(value.clone()) {
            let name = text(&schema.value_names, index);
            unique.push(EnumValue { value, name, description: text(&schema.value_descriptions, index) });
        }
    }
    unique
}

pub(super) fn text(schema: &Schema) -> Type {
    match (schema.format.as_deref(), schema.encoding.as_deref()) {
        (Some("date-time"), _) => Type::DateTime,
        (Some("date"), _) => Type::Date,
        (Some("time"), _) => Type::Time,
        (Some("duration"), _) => Type::Duration,
        (Some("password"), _) => Type::Secret,
        (Some("byte" | "base64" | "base64url"), _) | (_, Some("base64" | "base64url")) => Type::Base64,
        _ => Type::String,
    }
}

fn width(format: Option<&str>) -> Width {
    match format {
        Some("int8") => Width::I8,
        Some("int16") => Width::I16,
        Some("int32") => Width::I32,
        Some("uint8") => Width::U8,
        Some("uint16") => Width::U16,
        Some("uint32") => Width::U32,
        Some("uint64" | "uint" | "unsigned64") => Width::U64,
        _ => Width::I64,
    }
}

/// Abbreviations that end as if they were several.
const ABBREVIATIONS: [&str; 14] =
    ["aws", "cors", "css", "ddos", "dns", "dos", "gps", "https", "ios", "js", "kms", "os", "sms", "tls"];

/// A name for one of several.
pub(crate) fn singular(words: &str) -> String {
    let begin = words.rfind([' ', '_']).map_or(0, |separator| separator + 1);
    let (before, last) = words.split_at(begin);
    if ABBREVIATIONS.contains(&last.to_ascii_lowercase().as_str()) {
        return words.to_owned();
    }
    thread_local! {
        /// A document has few words, and uses them again and again.
        static KNOWN: RefCell<HashMap<String, String>> = RefCell::default();
    }
    let known = KNOWN.with_borrow(|known| known.get(last).map(|one| format!("{before}{one}")));
    known.unwrap_or_else(|| {
        let one = pluralizer::pluralize(last, 1, false);
        let name = format!("{before}{one}");
        KNOWN.with_borrow_mut(|known| known.insert(last.to_owned(), one));
        name
    })
}
