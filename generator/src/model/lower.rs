//! From schemas to types.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use heck::ToUpperCamelCase;
use serde_json::Value;

use super::direction::{Direction, differing, one_way};
use super::flatten::flatten;
use super::{Constant, EnumValue, Field, Type, TypeDefinition, TypeId, TypeKind, Variant, Width};
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
pub(super) struct Lowering<'a> {
    schemas: &'a Schemas,
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

impl<'a> Lowering<'a> {
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
        if self.inside.contains(&(id, direction)) && !self.is_known(id, direction) {
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

    fn lower_values(
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
                Some([value]) if required => Constant::of(value),
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

    fn lower_union(
        &mut self,
        id: SchemaId,
        schema: &Schema,
        members: &[SchemaId],
        direction: Direction,
        hint: &str,
        nullable: bool,
    ) -> Shape {
        let present: Vec<SchemaId> =
            members.iter().copied().filter(|member| !flatten(self.schemas, *member).is_null()).collect();
        let nullable = nullable || present.len() < members.len();
        if let [only] = present.as_slice() {
            let mut shape = self.lower(*only, direction, hint);
            shape.nullable |= nullable;
            return shape;
        }
        let flat: Vec<Cow<'_, Schema>> = present.iter().map(|member| flatten(self.schemas, *member)).collect();
        if let Some(values) = named_values(schema, &flat) {
            return Shape {
                ty: self.define(id, schema, direction, hint, |_, _| TypeKind::Enum(values)),
                nullable,
            };
        }
        if flat.iter().all(|member| member.types == [JsonType::String]) {
            return Shape { ty: self.lower_texts(id, schema, &flat, direction, hint), nullable };
        }
        let tag = self.tag(schema, &present, &flat);
        let ty = self.define(id, schema, direction, hint, |this, name| {
            let mut variants = Vec::new();
            let mut seen = HashSet::new();
            let objects = flat.iter().filter(|member| member.types == [JsonType::Object]).count();
            for (index, member) in present.iter().enumerate() {
                let values = tag.as_ref().map(|(_, values)| values[index].clone()).unwrap_or_default();
                let label = variant_name(&flat[index], name, index, objects, values.first());
                let shape = this.lower(*member, direction, &format!("{name} {label}"));
                // Two members of the same type can't be told apart.
                if !seen.insert(shape.ty.clone()) {
                    continue;
                }
                variants.push(Variant {
                    name: label,
                    tags: values,
                    ty: shape.ty,
                    description: flat[index].description.clone(),
                    example: example(&flat[index]),
                });
            }
            TypeKind::Union { tag: tag.map(|(property, _)| property), variants }
        });
        Shape { ty, nullable }
    }

    /// A union of nothing but strings is one type of string: JSON can't tell its members apart.
    fn lower_texts(
        &mut self,
        id: SchemaId,
        schema: &Schema,
        members: &[Cow<'_, Schema>],
        direction: Direction,
        hint: &str,
    ) -> Type {
        let values: Vec<Value> = members.iter().flat_map(|member| member.values.clone()).flatten().collect();
        if !values.is_empty() {
            return self.lower_values(id, schema, &values, direction, hint).ty;
        }
        let formats: Vec<&str> = members.iter().filter_map(|member| member.format.as_deref()).collect();
        let is_time = |format: &&str| matches!(*format, "date" | "date-time");
        match formats.len() == members.len() && formats.iter().all(is_time) {
            true => Type::DateTime,
            false => Type::String,
        }
    }

    /// The property that tells the members of a union apart, and its values for each of them: the one that the
    /// document names, or one that has a different constant in every member.
    fn tag(
        &self,
        schema: &Schema,
        members: &[SchemaId],
        flat: &[Cow<'_, Schema>],
    ) -> Option<(String, Vec<Vec<String>>)> {
        let constant = |member: &Schema, property: &str| {
            let (_, id) = member.properties.iter().find(|(name, _)| name == property)?;
            match flatten(self.schemas, *id).values.as_deref() {
                Some([value]) => Constant::of(value).map(|value| value.to_string()),
                _ => None,
            }
        };
        let candidates: Vec<String> = match &schema.discriminator {
            Some(discriminator) => vec![discriminator.property.clone()],
            None => flat.first()?.required.clone(),
        };
        let mut mapping: HashMap<SchemaId, Vec<String>> = HashMap::new();
        for (value, id) in schema.discriminator.iter().flat_map(|discriminator| &discriminator.mapping) {
            mapping.entry(*id).or_default().push(value.clone());
        }
        candidates.into_iter().find_map(|property| {
            let mut values: Vec<Vec<String>> = Vec::new();
            for (member, flat) in members.iter().zip(flat) {
                let mut own: Vec<String> = constant(flat, &property).into_iter().collect();
                let mapped = mapping.get(member).into_iter().flatten().filter(|value| !own.contains(value));
                let mapped: Vec<String> = mapped.cloned().collect();
                own.extend(mapped);
                if own.is_empty() {
                    own.push(schema.discriminator.as_ref().and_then(|_| flat.name.clone())?);
                }
                values.push(own);
            }
            let mut seen = HashSet::new();
            values.iter().flatten().all(|value| seen.insert(value.clone())).then_some((property, values))
        })
    }

    /// Makes a named type, or finds the one that was made of the same schema.
    fn define(
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
                place: schema.place.clone(),
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
fn stands_for(schema: &Schema) -> Option<SchemaId> {
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

/// The values of an enum that a document writes as a union of constants, so that each can have a title and a
/// description.
fn named_values(schema: &Schema, members: &[Cow<'_, Schema>]) -> Option<Vec<EnumValue>> {
    let mut values = Vec::new();
    for member in members {
        let [value] = member.values.as_deref()? else { return None };
        let value = Constant::of(value).filter(|value| !matches!(value, Constant::Boolean(_)))?;
        let name = member.title.clone().or_else(|| member.name.clone());
        values.push(EnumValue { value, name, description: member.description.clone() });
    }
    let is_text = |value: &EnumValue| matches!(value.value, Constant::Text(_));
    let all_text = values.iter().all(is_text);
    let all_named = values.iter().all(|value| value.name.is_some());
    let is_uniform = all_text || (all_named && !values.iter().any(is_text));
    (is_uniform && schema.discriminator.is_none()).then_some(values)
}

fn text(schema: &Schema) -> Type {
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

fn example(schema: &Schema) -> Option<Value> {
    schema.examples.first().or(schema.default.as_ref()).cloned()
}

/// What a schema is, with its limits.
pub(super) fn describe(schema: &Schema) -> Option<String> {
    let mut description = schema.description.clone().or_else(|| schema.title.clone()).unwrap_or_default();
    let mut notes: Vec<String> =
        schema.limits.iter().map(|(keyword, value)| format!("{}: `{value}`", limit_name(keyword))).collect();
    if let Some(default) = schema.default.as_ref().filter(|default| !default.is_null()) {
        notes.push(format!("default: `{default}`"));
    }
    let format = schema.format.as_deref().filter(|format| !is_typed(schema, format));
    let format = format.map(|format| format!("Format: `{format}`."));
    let limits = (!notes.is_empty()).then(|| format!("Limits: {}.", notes.join(", ")));
    for note in [format, limits].into_iter().flatten() {
        let separator = if description.is_empty() { "" } else { "\n\n" };
        description.push_str(&format!("{separator}{note}"));
    }
    (!description.is_empty()).then_some(description)
}

/// Whether a format has a type of its own, so that it needs no word.
fn is_typed(schema: &Schema, format: &str) -> bool {
    let is_text = schema.types == [JsonType::String] && text(schema) != Type::String;
    is_text || schema.types == [JsonType::Integer] || matches!(format, "float" | "double")
}

fn limit_name(keyword: &str) -> &str {
    match keyword {
        "minimum" => "at least",
        "maximum" => "at most",
        "exclusiveMinimum" => "more than",
        "exclusiveMaximum" => "less than",
        "multipleOf" => "a multiple of",
        "minLength" => "shortest",
        "maxLength" => "longest",
        "pattern" => "pattern",
        "minItems" => "fewest items",
        "maxItems" => "most items",
        "uniqueItems" => "items differ",
        _ => "fewest properties",
    }
}

/// The name of a union's member: its own without what it shares with the union's, or what kind of value it is.
fn variant_name(member: &Schema, union: &str, index: usize, objects: usize, tag: Option<&String>) -> String {
    let own = member.name.as_ref().or(member.title.as_ref());
    if let Some(name) = own {
        let (camel, union) = (name.to_upper_camel_case(), union.to_upper_camel_case());
        let rest = camel.strip_prefix(&union).unwrap_or(&camel);
        return if rest.starts_with(|c: char| c.is_ascii_uppercase()) { rest.to_owned() } else { camel };
    }
    let kind = match member.types.as_slice() {
        [JsonType::Boolean] => "Boolean",
        [JsonType::Integer] => "Integer",
        [JsonType::Number] => "Number",
        [JsonType::String] => "String",
        [JsonType::Array] => "List",
        [JsonType::Object] if member.properties.is_empty() => "Map",
        [JsonType::Object] if objects == 1 => "Object",
        _ => {
            // The tag says what it is; and so does a property that is all there is.
            let only = match member.properties.as_slice() {
                [(name, _)] if member.required.contains(name) => Some(name),
                _ => None,
            };
            let says = |name: &&String| name.chars().any(char::is_alphabetic);
            let name = tag.or(only).filter(says).map(|name| name.to_upper_camel_case());
            return name.unwrap_or_else(|| format!("Variant{}", index + 1));
        }
    };
    kind.to_owned()
}

/// A name for one of several.
pub(crate) fn singular(words: &str) -> String {
    match words.rsplit_once([' ', '_']) {
        Some((before, last)) => {
            let separator = &words[before.len()..=before.len()];
            format!("{before}{separator}{}", pluralizer::pluralize(last, 1, false))
        }
        None => pluralizer::pluralize(words, 1, false),
    }
}
