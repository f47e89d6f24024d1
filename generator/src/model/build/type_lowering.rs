use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::description::{describe, example};
use super::scalars::{enum_values, text, width};
use crate::config::Names;
use crate::inflection::singular;
use crate::model::types::{Constant, Field, Type, TypeDefinition, TypeId, TypeKind};
use crate::openapi::normalize::{Direction, NormalizedApi, alias_target, flatten, read_write_flags};
use crate::openapi::{AdditionalProperties, Schema, SchemaId, Schemas, Type as JsonType};

/// Maximum depth of the recursion through named types. Deeper types are queued, so that a chain of types cannot
/// overflow the stack.
const MAX_DEPTH: usize = 60;

/// Maximum depth of nested types without names. Deeper types are untyped JSON values.
const MAX_UNNAMED_DEPTH: usize = 24;

/// Maximum size of a tuple, including nested tuples. serde and the standard library implement their traits for up to
/// 16 and 12 items, and tuples of tuples grow exponentially.
const MAX_TUPLE: usize = 12;

/// Lowers schemas to types, each schema once, or once for each direction if it depends on the direction.
pub(super) struct TypeLowering<'a> {
    api: &'a NormalizedApi,
    pub(super) schemas: &'a Schemas,
    names: &'a Names,
    /// Types of the schemas that have a named type.
    known: HashMap<(SchemaId, Direction), TypeId>,
    /// Types of the schemas that are tuples.
    tuples: HashMap<(SchemaId, Direction), Type>,
    /// Schemas that are being lowered, from the outside to the inside.
    stack: Vec<(SchemaId, Direction)>,
    /// Number of schemas at the top of the stack that have no named type.
    unnamed: usize,
    /// Types without content yet: their schema, direction and hint.
    queue: Vec<(SchemaId, Direction, String)>,
    /// Queued type that is being lowered.
    resumed: Option<TypeId>,
    pub(super) types: Vec<TypeDefinition>,
}

/// Type of a schema's values.
#[derive(Clone, Debug)]
pub(super) struct LoweredType {
    pub(super) ty: Type,
    /// `true` if null is allowed.
    pub(super) nullable: bool,
}

impl LoweredType {
    fn not_null(ty: Type) -> Self {
        Self { ty, nullable: false }
    }

    /// Returns the type of an item of a collection, which includes null.
    pub(super) fn into_item(self) -> Box<Type> {
        Box::new(if self.nullable { Type::Nullable(Box::new(self.ty)) } else { self.ty })
    }
}

impl<'a> TypeLowering<'a> {
    pub(super) fn new(api: &'a NormalizedApi, names: &'a Names) -> Self {
        Self {
            api,
            schemas: &api.schemas,
            names,
            known: HashMap::new(),
            tuples: HashMap::new(),
            stack: Vec::new(),
            unnamed: 0,
            queue: Vec::new(),
            resumed: None,
            types: Vec::new(),
        }
    }

    /// Returns `true` if the schema has a named type for this direction.
    pub(super) fn is_known(&self, id: SchemaId, direction: Direction) -> bool {
        self.known.contains_key(&self.key(id, direction))
    }

    /// Returns the type of a schema. `hint` is the name of the type if the document does not name it.
    pub(super) fn lower(&mut self, id: SchemaId, direction: Direction, hint: &str) -> LoweredType {
        // A list or map of itself has no named type to refer to, so it contains untyped JSON values.
        if self.stack.iter().rev().take(self.unnamed).any(|outer| *outer == (id, direction)) {
            return LoweredType::not_null(Type::Any);
        }
        if self.unnamed >= MAX_UNNAMED_DEPTH {
            return LoweredType::not_null(Type::Any);
        }
        let lowered = self.lower_on_stack(id, direction, hint);
        while self.stack.is_empty()
            && let Some((id, direction, hint)) = self.queue.pop()
        {
            self.resumed = self.known.get(&self.key(id, direction)).copied();
            self.lower_on_stack(id, direction, &hint);
        }
        lowered
    }

    fn lower_on_stack(&mut self, id: SchemaId, direction: Direction, hint: &str) -> LoweredType {
        self.stack.push((id, direction));
        self.unnamed += 1;
        let lowered = self.lower_schema(id, direction, hint);
        self.unnamed -= 1;
        self.stack.pop();
        lowered
    }

    /// Returns the key of a schema's type: a schema that does not depend on the direction has one type.
    fn key(&self, id: SchemaId, direction: Direction) -> (SchemaId, Direction) {
        (id, if self.api.is_direction_dependent(id) { direction } else { Direction::Response })
    }

    fn lower_schema(&mut self, id: SchemaId, direction: Direction, hint: &str) -> LoweredType {
        let schema = self.schemas.get(id);
        if let Some(target) = alias_target(schema) {
            let mut lowered = self.lower(target, direction, hint);
            lowered.nullable |= schema.nullable;
            return lowered;
        }
        let flat = flatten(self.schemas, id);
        self.lower_flat(id, &flat, direction, hint)
    }

    fn lower_flat(&mut self, id: SchemaId, schema: &Schema, direction: Direction, hint: &str) -> LoweredType {
        if let Some(values) = &schema.enum_values {
            return self.lower_enum(id, schema, values, direction, hint);
        }
        if schema.is_union() && schema.properties.is_empty() {
            return self.lower_union(id, schema, direction, hint);
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
            [] if !schema.properties.is_empty()
                || matches!(schema.additional, AdditionalProperties::Schema(_)) =>
            {
                self.lower_object(id, schema, direction, hint)
            }
            [] if schema.items.is_some() || !schema.prefix_items.is_empty() => {
                self.lower_list(id, schema, direction, hint)
            }
            _ => Type::Any,
        };
        LoweredType { ty, nullable: schema.nullable }
    }

    fn lower_list(&mut self, id: SchemaId, schema: &Schema, direction: Direction, hint: &str) -> Type {
        if !schema.prefix_items.is_empty() {
            let key = (id, direction);
            // Without the cache, nested tuples are lowered again for each of their items.
            if let Some(known) = self.tuples.get(&key) {
                return known.clone();
            }
            let tuple = self.lower_tuple(schema, direction, hint);
            self.tuples.insert(key, tuple.clone());
            return tuple;
        }
        match schema.items {
            Some(items) => Type::List(self.lower(items, direction, &singular(hint)).into_item()),
            None => Type::List(Box::new(Type::Any)),
        }
    }

    /// Lowers a list with `prefixItems`: to a list if all items have one type, to a tuple if it has no other items,
    /// and else to a list of untyped JSON values.
    fn lower_tuple(&mut self, schema: &Schema, direction: Direction, hint: &str) -> Type {
        let hint = singular(hint);
        let rest = schema.items.filter(|_| !schema.is_closed);
        let all = schema.prefix_items.iter().copied().chain(rest).enumerate();
        let items: Vec<Type> = all
            .map(|(index, item)| *self.lower(item, direction, &format!("{hint} {}", index + 1)).into_item())
            .collect();
        match items.as_slice() {
            [first, rest @ ..] if rest.iter().all(|item| item == first) => Type::List(Box::new(first.clone())),
            items if schema.is_closed && items.iter().map(Type::size).sum::<usize>() <= MAX_TUPLE => {
                Type::Tuple(items.to_vec())
            }
            _ => Type::List(Box::new(Type::Any)),
        }
    }

    /// Lowers a schema with these values, which may include null.
    pub(super) fn lower_enum(
        &mut self,
        id: SchemaId,
        schema: &Schema,
        values: &[Value],
        direction: Direction,
        hint: &str,
    ) -> LoweredType {
        let nullable = values.contains(&Value::Null) || schema.nullable;
        let present: Vec<&Value> = values.iter().filter(|value| !value.is_null()).collect();
        let all = |fits: fn(&Value) -> bool| !present.is_empty() && present.iter().all(|value| fits(value));
        // Numbers are an enum only if they have names: a name derived from a number adds no information.
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
        LoweredType { ty, nullable }
    }

    fn lower_object(&mut self, id: SchemaId, schema: &Schema, direction: Direction, hint: &str) -> Type {
        if schema.properties.is_empty() {
            return match schema.additional {
                AdditionalProperties::Schema(value) => {
                    Type::Map(self.lower(value, direction, &singular(hint)).into_item())
                }
                _ => Type::Object,
            };
        }
        self.define(id, schema, direction, hint, |this, name| {
            let mut fields = this.fields(schema, direction, name);
            fields.extend(this.additional_properties(schema, direction, name));
            TypeKind::Object(fields)
        })
    }

    /// Returns the map of additional properties, if the document allows them explicitly.
    fn additional_properties(&mut self, schema: &Schema, direction: Direction, parent: &str) -> Option<Field> {
        let value = match schema.additional {
            AdditionalProperties::Schema(value) => {
                self.lower(value, direction, &format!("{parent} additional property")).into_item()
            }
            AdditionalProperties::Any => Box::new(Type::Any),
            AdditionalProperties::Unspecified | AdditionalProperties::Forbidden => return None,
        };
        Some(Field {
            location: schema.location.clone(),
            wire: String::new(),
            name: "additional_properties".to_owned(),
            ty: Type::Map(value),
            constant: None,
            required: false,
            nullable: false,
            description: Some("Properties that the API description does not list.".to_owned()),
            deprecated: false,
            example: None,
            is_additional_properties: true,
        })
    }

    /// Returns the properties of an object that are sent in a direction.
    pub(super) fn fields(&mut self, schema: &Schema, direction: Direction, parent: &str) -> Vec<Field> {
        let mut fields = Vec::new();
        let required: HashSet<&str> = schema.required.iter().map(String::as_str).collect();
        for (name, property) in &schema.properties {
            let (read_only, write_only) = read_write_flags(self.schemas, *property);
            match direction {
                Direction::Request if read_only => continue,
                Direction::Response if write_only => continue,
                _ => {}
            }
            let flat = flatten(self.schemas, *property);
            let required = required.contains(name.as_str());
            let constant = match flat.enum_values.as_deref() {
                // An optional property is constant if its only value is the default.
                Some([value]) if required || flat.default.as_ref() == Some(value) => Constant::of(value),
                _ => None,
            };
            let lowered = match constant {
                Some(_) => LoweredType::not_null(Type::String),
                None => self.lower(*property, direction, &format!("{parent} {name}")),
            };
            let ty = match lowered.ty {
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
                nullable: lowered.nullable,
                description: describe(&flat),
                deprecated: flat.deprecated,
                example: example(&flat).or(inherited),
                is_additional_properties: false,
            });
        }
        fields
    }

    fn is_secret(&self, name: Option<&str>) -> bool {
        name.is_some_and(|name| self.names.secrets.iter().any(|(known, _)| known == name))
    }

    /// Returns the configured name of a property or parameter, or its name on the wire.
    pub(super) fn field_name(&self, wire: &str) -> String {
        let renamed = self.names.fields.iter().find(|(name, ..)| name == wire);
        renamed.map_or_else(|| wire.to_owned(), |(_, to, _)| to.clone())
    }

    /// Defines a named type, or returns the one that was defined for the schema. `kind` returns its content.
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
            if self.stack.len() > MAX_DEPTH {
                self.queue.push((id, direction, hint.to_owned()));
                return Type::Named(type_id);
            }
        }
        let unnamed = std::mem::take(&mut self.unnamed);
        let kind = kind(self, &name);
        self.unnamed = unnamed;
        self.types[type_id.0].kind = kind;
        Type::Named(type_id)
    }

    /// Appends `Param` to the names of request types that differ from the response type of the same schema, as
    /// Cloudflare's official SDKs do.
    pub(super) fn name_directions(&mut self) {
        for ((id, direction), type_id) in &self.known {
            if *direction == Direction::Request && self.known.contains_key(&(*id, Direction::Response)) {
                self.types[type_id.0].name.push_str(" Param");
            }
        }
    }
}
