//! From schemas to types.

use std::collections::HashMap;

use heck::ToUpperCamelCase;
use serde_json::Value;

use super::direction::{Direction, differing, one_way};
use super::flatten::flatten;
use super::{Field, Type, TypeDefinition, TypeId, TypeKind, Variant};
use crate::config::Names;
use crate::openapi::{Additional, Schema, SchemaId, Schemas, Type as JsonType};

/// How deep schemas may be inside each other before what is inside is any value.
const MAX_DEPTH: usize = 200;

/// Makes types of schemas, each schema once for each direction in which it differs.
pub(super) struct Lowering<'a> {
    schemas: &'a Schemas,
    names: &'a Names,
    differs: Vec<bool>,
    known: HashMap<(SchemaId, Direction), TypeId>,
    /// The schemas around the one at hand.
    inside: Vec<(SchemaId, Direction)>,
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
            inside: Vec::new(),
            types: Vec::new(),
        }
    }

    /// Whether a schema was lowered in a direction of its own.
    pub(super) fn is_known(&self, id: SchemaId, direction: Direction) -> bool {
        let key = if self.differs[id.index()] { direction } else { Direction::Response };
        self.known.contains_key(&(id, key))
    }

    /// The type of a schema. `hint` names it where the document doesn't.
    pub(super) fn lower(&mut self, id: SchemaId, direction: Direction, hint: &str) -> Shape {
        // A list of itself, or a map of itself, has no name that would end it: it is any value.
        if self.inside.contains(&(id, direction)) && !self.is_known(id, direction) {
            return Shape::of(Type::Any);
        }
        if self.inside.len() >= MAX_DEPTH {
            return Shape::of(Type::Any);
        }
        self.inside.push((id, direction));
        let shape = self.lower_inside(id, direction, hint);
        self.inside.pop();
        shape
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
            [JsonType::Integer] => Type::Integer,
            [JsonType::Number] | [JsonType::Number, JsonType::Integer] => Type::Number,
            [JsonType::Integer, JsonType::Number] => Type::Number,
            [JsonType::String] if self.is_secret(schema.name.as_deref()) => Type::Secret,
            [JsonType::String] => text(schema.format.as_deref()),
            [JsonType::Array] => self.lower_list(schema, direction, hint),
            [JsonType::Object] => self.lower_object(id, schema, direction, hint),
            [] if !schema.properties.is_empty() || matches!(schema.additional, Additional::Schema(_)) => {
                self.lower_object(id, schema, direction, hint)
            }
            [] if schema.items.is_some() => self.lower_list(schema, direction, hint),
            _ => Type::Any,
        };
        Shape { ty, nullable }
    }

    fn lower_list(&mut self, schema: &Schema, direction: Direction, hint: &str) -> Type {
        match schema.items {
            Some(items) => Type::List(self.lower(items, direction, &singular(hint)).inner()),
            None => Type::List(Box::new(Type::Any)),
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
        let ty = match () {
            () if all(Value::is_string) => {
                let strings = present.iter().filter_map(|value| value.as_str().map(str::to_owned));
                let mut unique: Vec<String> = Vec::new();
                strings.for_each(|value| {
                    if !unique.contains(&value) {
                        unique.push(value);
                    }
                });
                self.define(id, schema, direction, hint, |_, _| TypeKind::Enum(unique))
            }
            () if all(Value::is_boolean) => Type::Boolean,
            () if all(|value| value.is_i64() || value.is_u64()) => Type::Integer,
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
            TypeKind::Object(this.fields(schema, direction, name))
        })
    }

    /// The properties that go in a direction.
    pub(super) fn fields(&mut self, schema: &Schema, direction: Direction, parent: &str) -> Vec<Field> {
        let mut fields = Vec::new();
        for (name, property) in &schema.properties {
            let (read_only, write_only) = one_way(self.schemas, *property);
            match direction {
                Direction::Request if read_only => continue,
                Direction::Response if write_only => continue,
                _ => {}
            }
            let flat = flatten(self.schemas, *property);
            let required = schema.required.contains(name);
            let constant = match flat.values.as_deref() {
                Some([Value::String(value)]) if required => Some(value.clone()),
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
        let flat: Vec<Schema> = present.iter().map(|member| flatten(self.schemas, *member)).collect();
        if flat.iter().all(|member| member.types == [JsonType::String]) {
            return Shape { ty: self.lower_texts(id, schema, &flat, direction, hint), nullable };
        }
        let tag = self.tag(schema, &present, &flat);
        let ty = self.define(id, schema, direction, hint, |this, name| {
            let mut variants = Vec::new();
            for (index, member) in present.iter().enumerate() {
                let label = variant_name(&flat[index], name, index);
                let shape = this.lower(*member, direction, &format!("{name} {label}"));
                let value = tag.as_ref().and_then(|(_, values)| values.get(index).cloned());
                // Two members of the same type can't be told apart.
                if variants.iter().any(|known: &Variant| known.ty == shape.ty) {
                    continue;
                }
                variants.push(Variant {
                    name: label,
                    tag: value,
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
        members: &[Schema],
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

    /// The property that tells the members of a union apart, and its value for each of them: the one that the
    /// document names, or one that has a different constant in every member.
    fn tag(&self, schema: &Schema, members: &[SchemaId], flat: &[Schema]) -> Option<(String, Vec<String>)> {
        let constant = |member: &Schema, property: &str| {
            let (_, id) = member.properties.iter().find(|(name, _)| name == property)?;
            match flatten(self.schemas, *id).values.as_deref() {
                Some([Value::String(value)]) => Some(value.clone()),
                _ => None,
            }
        };
        let candidates: Vec<String> = match &schema.discriminator {
            Some(discriminator) => vec![discriminator.property.clone()],
            None => flat.first()?.required.clone(),
        };
        candidates.into_iter().find_map(|property| {
            let mut values = Vec::new();
            for (member, flat) in members.iter().zip(flat) {
                let mapping = schema.discriminator.iter().flat_map(|discriminator| &discriminator.mapping);
                let mapped = mapping.clone().find(|(_, target)| target == member).map(|(value, _)| value.clone());
                let implied = schema.discriminator.as_ref().and_then(|_| flat.name.clone());
                values.push(constant(flat, &property).or(mapped).or(implied)?);
            }
            let unique = values.iter().enumerate().all(|(index, value)| !values[..index].contains(value));
            unique.then_some((property, values))
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
        let shared = !self.differs[id.index()];
        let key = (id, if shared { Direction::Response } else { direction });
        if let Some(known) = self.known.get(&key) {
            return Type::Named(*known);
        }
        let type_id = TypeId(self.types.len());
        self.known.insert(key, type_id);
        let name = match &schema.name {
            Some(name) => {
                let renamed = self.names.types.iter().find(|(from, ..)| from == name);
                renamed.map_or_else(|| name.clone(), |(_, to, _)| to.clone())
            }
            None => hint.to_owned(),
        };
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
        let kind = kind(self, &name);
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

fn text(format: Option<&str>) -> Type {
    match format {
        Some("date-time") => Type::DateTime,
        Some("date") => Type::Date,
        Some("password") => Type::Secret,
        _ => Type::String,
    }
}

fn example(schema: &Schema) -> Option<Value> {
    schema.examples.first().or(schema.default.as_ref()).cloned()
}

/// What a schema is, with its limits.
pub(super) fn describe(schema: &Schema) -> Option<String> {
    let mut text = schema.description.clone().or_else(|| schema.title.clone()).unwrap_or_default();
    let mut notes: Vec<String> =
        schema.limits.iter().map(|(keyword, value)| format!("{}: `{value}`", limit_name(keyword))).collect();
    if let Some(default) = schema.default.as_ref().filter(|default| !default.is_null()) {
        notes.push(format!("default: `{default}`"));
    }
    if !notes.is_empty() {
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        text.push_str(&format!("Limits: {}.", notes.join(", ")));
    }
    (!text.is_empty()).then_some(text)
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
fn variant_name(member: &Schema, union: &str, index: usize) -> String {
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
        _ => return format!("Variant{}", index + 1),
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
