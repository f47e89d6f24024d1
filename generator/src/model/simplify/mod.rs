//! Says in simpler schemas what a document says in harder ones, so that the stages behind know few ways to
//! describe a value: a list of types is a union, what stands beside a union is in each of its members, and a
//! property that several parts of an `allOf` describe is described once; no union is a member of itself.

mod circle;
mod hierarchy;
mod parts;
mod union;

use std::collections::HashSet;

use serde_json::Value;

use super::flatten::common_types;
use crate::diagnostics::Report;
use crate::document::{Document, SourceLocation};
use crate::openapi::{Additional, Api, Schema, SchemaId, Schemas, Type};

/// How many schemas may be added for each one that the document has, and how many more. Unions of unions of
/// unions would grow without bound.
const GROWTH: usize = 2;
const MORE: usize = 10_000;

/// How often a schema that was made of others is made of again.
const MAX_DEPTH: u8 = 4;

/// How often what stands beside unions may be copied into their members: properties for each one that the document
/// has, and more. A thousand members with a thousand properties beside them are a million.
const COPIES: usize = 10;
const MORE_COPIES: usize = 100_000;

/// Rewrites schemas. What can't be said at once, because parts of an `allOf` exclude each other, goes to `report`.
pub(crate) fn simplify(api: &mut Api, document: &Document, report: &mut Report) {
    let used = used(api);
    let schemas = &mut api.schemas;
    let count = schemas.ids().count();
    let mut simplifier = Simplifier {
        limit: count * (1 + GROWTH) + MORE,
        room: schemas.ids().map(|id| schemas.get(id).properties.len()).sum::<usize>() * COPIES + MORE_COPIES,
        depths: vec![0; count],
        reported: HashSet::new(),
        used,
        schemas,
        document,
        report,
    };
    simplifier.hierarchies();
    let mut next = 0;
    // Schemas that are added on the way are simplified as well.
    while let Some(id) = simplifier.schemas.nth(next) {
        simplifier.schema(id);
        next += 1;
    }
    simplifier.strongly_connected_components();
}

struct Simplifier<'a> {
    schemas: &'a mut Schemas,
    document: &'a Document,
    report: &'a mut Report,
    limit: usize,
    /// How many properties and members may be copied.
    room: usize,
    /// How many times over a schema was made of others.
    depths: Vec<u8>,
    reported: HashSet<(SourceLocation, SourceLocation)>,
    /// Whether something is made of each schema of the document: nobody needs to know of conflicts elsewhere.
    used: Vec<bool>,
}

impl Simplifier<'_> {
    fn add(&mut self, schema: Schema, depth: u8) -> SchemaId {
        self.depths.push(depth);
        self.schemas.add(schema)
    }

    fn can_add(&self, id: SchemaId) -> bool {
        self.depths.len() < self.limit && self.depths.get(id.index()).is_some_and(|depth| *depth < MAX_DEPTH)
    }

    /// Whether so many properties or members may be copied; they are counted.
    fn can_copy(&mut self, count: usize) -> bool {
        let room = self.room.checked_sub(count);
        self.room = room.unwrap_or(self.room);
        room.is_some()
    }

    fn schema(&mut self, id: SchemaId) {
        if !self.can_add(id) {
            return;
        }
        self.patterns(id);
        self.value_kinds(id);
        self.types(id);
        self.properties(id);
        self.union(id);
    }

    /// Properties by pattern are additional ones: Rust has no type for names.
    fn patterns(&mut self, id: SchemaId) {
        if self.schemas.get(id).patterns.is_empty() {
            return;
        }
        let mut schema = self.schemas.get(id).clone();
        let mut values: Vec<SchemaId> =
            std::mem::take(&mut schema.patterns).into_iter().map(|(_, id)| id).collect();
        match schema.additional {
            Additional::Schema(other) => values.push(other),
            Additional::Any => values.clear(),
            Additional::Unstated | Additional::Forbidden => {}
        }
        values.dedup();
        schema.additional = match values.as_slice() {
            [] => Additional::Any,
            [only] => Additional::Schema(*only),
            _ => {
                let union = Schema { any_of: values, ..Schema::new(schema.location.clone()) };
                Additional::Schema(self.add(union, 1))
            }
        };
        self.schemas.set(id, schema);
    }

    /// Values of several kinds are a union of the kinds.
    fn value_kinds(&mut self, id: SchemaId) {
        let schema = self.schemas.get(id);
        let Some(values) = &schema.values else { return };
        let kinds: [fn(&Value) -> bool; 5] =
            [Value::is_string, Value::is_number, Value::is_boolean, Value::is_array, Value::is_object];
        let parts: Vec<Vec<Value>> = kinds
            .iter()
            .map(|is_it| values.iter().filter(|value| is_it(value)).cloned().collect::<Vec<_>>())
            .filter(|part| !part.is_empty())
            .collect();
        if parts.len() < 2 {
            return;
        }
        let mut schema = schema.clone();
        schema.nullable |= values.contains(&Value::Null);
        schema.values = None;
        schema.types.clear();
        let location = schema.location.clone();
        for part in parts {
            let member = Schema { types: vec![kind(&part)], values: Some(part), ..Schema::new(location.clone()) };
            let member = self.add(member, 1);
            schema.any_of.push(member);
        }
        self.schemas.set(id, schema);
    }

    /// Several types are a union of them.
    fn types(&mut self, id: SchemaId) {
        let schema = self.schemas.get(id);
        if schema.types.len() < 2 {
            return;
        }
        let types: Vec<Type> = schema.types.iter().copied().filter(|ty| *ty != Type::Null).collect();
        let is_number = common_types(&types, &[Type::Number]).len() == types.len();
        let is_union = !schema.one_of.is_empty() || !schema.any_of.is_empty();
        if types.len() < 2 || is_number || is_union || schema.values.is_some() {
            return;
        }
        let all = schema.clone();
        let location = all.location.clone();
        let mut outer = Schema {
            properties: Vec::new(),
            required: Vec::new(),
            additional: Additional::Unstated,
            items: None,
            prefix_items: Vec::new(),
            types: Vec::new(),
            format: None,
            nullable: all.nullable || all.types.contains(&Type::Null),
            ..all.clone()
        };
        for ty in types {
            // A number makes an integer no different.
            if ty == Type::Integer && all.types.contains(&Type::Number) {
                continue;
            }
            let mut member = Schema { types: vec![ty], ..Schema::new(location.clone()) };
            match ty {
                Type::Object => {
                    member.properties.clone_from(&all.properties);
                    member.required.clone_from(&all.required);
                    member.additional = all.additional;
                }
                Type::Array => {
                    member.items = all.items;
                    member.prefix_items.clone_from(&all.prefix_items);
                    member.is_closed = all.is_closed;
                }
                Type::String => {
                    member.format.clone_from(&all.format);
                    member.encoding.clone_from(&all.encoding);
                }
                _ => member.format.clone_from(&all.format),
            }
            let member = self.add(member, 1);
            outer.any_of.push(member);
        }
        self.schemas.set(id, outer);
    }
}

/// For each schema, whether a request or an answer of success holds values of it.
fn used(api: &Api) -> Vec<bool> {
    let mut queue: Vec<SchemaId> = Vec::new();
    for operation in &api.operations {
        queue.extend(operation.parameters.iter().filter_map(|parameter| parameter.schema));
        let bodies = operation.body.iter().flat_map(|body| &body.content);
        let answers = operation.responses.iter().filter(|response| !response.status.starts_with(['4', '5']));
        queue
            .extend(bodies.chain(answers.flat_map(|answer| &answer.content)).filter_map(|content| content.schema));
    }
    let mut used = vec![false; api.schemas.ids().count()];
    while let Some(id) = queue.pop() {
        if !std::mem::replace(&mut used[id.index()], true) {
            queue.extend(super::direction::parts(api.schemas.get(id)));
        }
    }
    used
}

/// The schema that one stands for where it is nothing but a reference.
fn stands_for(schemas: &Schemas, id: SchemaId) -> SchemaId {
    match schemas.get(id) {
        Schema { reference: Some(target), all_of, .. } if all_of.is_empty() => *target,
        _ => id,
    }
}

/// Whether a flat schema says of what type its values are.
fn says_type(schema: &Schema) -> bool {
    !schema.types.is_empty() || schema.values.is_some() || !is_bare(schema)
}

/// Whether a flat schema says nothing of what is inside its values.
fn is_bare(schema: &Schema) -> bool {
    schema.properties.is_empty()
        && schema.one_of.is_empty()
        && schema.any_of.is_empty()
        && schema.values.is_none()
        && schema.items.is_none()
        && schema.prefix_items.is_empty()
        && schema.patterns.is_empty()
        && !matches!(schema.additional, Additional::Schema(_))
}

fn kind(values: &[Value]) -> Type {
    match values.first() {
        Some(Value::String(_)) => Type::String,
        Some(Value::Bool(_)) => Type::Boolean,
        Some(Value::Array(_)) => Type::Array,
        Some(Value::Object(_)) => Type::Object,
        _ if values.iter().all(|value| value.is_i64() || value.is_u64()) => Type::Integer,
        _ => Type::Number,
    }
}
