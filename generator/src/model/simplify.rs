//! Says in simpler schemas what a document says in harder ones, so that the stages behind know few ways to
//! describe a value: a list of types is a union, what stands beside a union is in each of its members, and a
//! property that several parts of an `allOf` describe is described once.

use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::Value;

use super::flatten::{MAX_PARTS, common_types, flatten, inner, merge, parts};
use crate::diagnostics::{Diagnostic, Report};
use crate::document::{Document, Place};
use crate::openapi::{Additional, Api, Discriminator, Schema, SchemaId, Schemas, Type};

/// How many schemas may be added for each one that the document has, and how many more. Unions of unions of
/// unions would grow without bound.
const GROWTH: usize = 2;
const MORE: usize = 10_000;

/// How often a schema that was made of others is made of again.
const MAX_DEPTH: u8 = 4;

/// How many parts of an `allOf` the others are held against.
const MAX_COMPARED: usize = 8;

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
    reported: HashSet<(Place, Place)>,
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

    /// A schema with a discriminator and no members has those that are made of it by `allOf`: what is expected to
    /// be the schema is one of them.
    fn hierarchies(&mut self) {
        let ids: Vec<SchemaId> = self.schemas.ids().collect();
        let mut bases: Vec<(SchemaId, Vec<SchemaId>)> = Vec::new();
        for id in &ids {
            let schema = self.schemas.get(*id);
            if schema.discriminator.is_some() && schema.one_of.is_empty() && schema.any_of.is_empty() {
                bases.push((*id, Vec::new()));
            }
        }
        if bases.is_empty() {
            return;
        }
        // What is made of each schema by `allOf`.
        let mut users: HashMap<SchemaId, Vec<SchemaId>> = HashMap::new();
        for id in &ids {
            for part in &self.schemas.get(*id).all_of {
                users.entry(stands_for(self.schemas, *part)).or_default().push(*id);
            }
        }
        let made_of = |id: SchemaId| users.get(&id).map(Vec::as_slice).unwrap_or_default();
        for (base, children) in &mut bases {
            let mut seen = HashSet::from([*base]);
            let mut queue: VecDeque<SchemaId> = made_of(*base).iter().copied().collect();
            while let Some(id) = queue.pop_front() {
                if seen.insert(id) && self.schemas.get(id).name.is_some() && self.can_copy(1) {
                    children.push(id);
                    queue.extend(made_of(id));
                }
            }
        }
        for (base, children) in bases {
            let Some(discriminator) = self.schemas.get(base).discriminator.clone() else { continue };
            let mapped = discriminator.mapping.iter().map(|(_, id)| *id).filter(|id| *id != base);
            let mut seen = HashSet::new();
            let mut members: Vec<SchemaId> =
                mapped.chain(children.iter().copied()).filter(|member| seen.insert(*member)).collect();
            if members.is_empty() || !self.can_copy(members.len()) {
                continue;
            }
            // What the members are made of is the object alone.
            let own = self.schemas.get(base).clone();
            let object = self.add(Schema { discriminator: None, name: None, ..own.clone() }, 1);
            for id in made_of(base).iter().filter(|id| **id != base) {
                let mut schema = self.schemas.get(*id).clone();
                for part in &mut schema.all_of {
                    if stands_for(self.schemas, *part) == base {
                        *part = object;
                    }
                }
                self.schemas.set(*id, schema);
            }
            for child in &children {
                if made_of(*child).is_empty() {
                    self.state_tag(*child, object, &discriminator);
                }
            }
            let mut mapping = discriminator.mapping.clone();
            if let Some((_, target)) = mapping.iter_mut().find(|(_, target)| *target == base) {
                *target = object;
                members.push(object);
            }
            let union = Schema {
                discriminator: Some(Discriminator { property: discriminator.property, mapping }),
                one_of: members,
                nullable: own.nullable,
                name: own.name,
                title: own.title,
                description: own.description,
                deprecated: own.deprecated,
                read_only: own.read_only,
                write_only: own.write_only,
                ..Schema::new(own.place)
            };
            self.schemas.set(base, union);
        }
    }

    /// A schema that is one of several by a discriminator has its own value of it, wherever it stands.
    fn state_tag(&mut self, id: SchemaId, base: SchemaId, discriminator: &Discriminator) {
        let schema = self.schemas.get(id);
        let mut mapped = discriminator.mapping.iter().filter(|(_, target)| *target == id).map(|(value, _)| value);
        let value = match (mapped.next(), mapped.next()) {
            (Some(value), None) => Some(value),
            (None, _) => schema.name.as_ref(),
            _ => None,
        };
        let states = |part: &SchemaId| {
            *part != base
                && self.schemas.get(*part).properties.iter().any(|(name, _)| *name == discriminator.property)
        };
        let is_stated = parts(self.schemas, id).iter().any(states);
        let Some(value) = value.filter(|_| !is_stated) else { return };
        let tag = Schema {
            types: vec![Type::String],
            values: Some(vec![Value::from(value.clone())]),
            ..Schema::new(schema.place.clone())
        };
        let mut schema = schema.clone();
        let tag = self.add(tag, MAX_DEPTH);
        schema.properties.insert(0, (discriminator.property.clone(), tag));
        self.schemas.set(id, schema);
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
                let union = Schema { any_of: values, ..Schema::new(schema.place.clone()) };
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
        let place = schema.place.clone();
        for part in parts {
            let member = Schema { types: vec![kind(&part)], values: Some(part), ..Schema::new(place.clone()) };
            let member = self.add(member, 1);
            schema.any_of.push(member);
        }
        self.schemas.set(id, schema);
    }

    /// Several types are a union of them.
    fn types(&mut self, id: SchemaId) {
        let schema = self.schemas.get(id);
        let types: Vec<Type> = schema.types.iter().copied().filter(|ty| *ty != Type::Null).collect();
        let is_number = common_types(&types, &[Type::Number]).len() == types.len();
        let is_union = !schema.one_of.is_empty() || !schema.any_of.is_empty();
        if types.len() < 2 || is_number || is_union || schema.values.is_some() {
            return;
        }
        let all = schema.clone();
        let place = all.place.clone();
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
            let mut member = Schema { types: vec![ty], ..Schema::new(place.clone()) };
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

    /// A property that several parts describe has to be what all of them say.
    fn properties(&mut self, id: SchemaId) {
        let parts = parts(self.schemas, id);
        if parts.len() < 2 {
            return;
        }
        let is_used = self.used.get(id.index()).copied().unwrap_or(true);
        if parts.len() == MAX_PARTS && is_used {
            let message = format!("this is made of more than {MAX_PARTS} schemas; the others are left out");
            let diagnostic = Diagnostic::warning(message).help("put their properties together");
            self.report.push(self.document.locate(diagnostic, &self.schemas.get(id).place));
        }
        for (index, part) in parts.iter().enumerate().skip(1).filter(|_| is_used) {
            for earlier in &parts[..index.min(MAX_COMPARED)] {
                self.check_types(*earlier, *part);
            }
        }
        let mut seen: Vec<(String, SchemaId, bool)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for part in &parts {
            for (name, property) in self.schemas.get(*part).properties.clone() {
                match places.get(&name).copied() {
                    None => {
                        places.insert(name.clone(), seen.len());
                        seen.push((name, property, false));
                    }
                    Some(known) if seen[known].1 == property => {}
                    Some(known) => {
                        let both = self.both(seen[known].1, property, id);
                        if both != seen[known].1 {
                            seen[known] = (name, both, true);
                        }
                    }
                }
            }
        }
        let changed: Vec<(String, SchemaId)> =
            seen.into_iter().filter(|(.., changed)| *changed).map(|(name, id, _)| (name, id)).collect();
        if changed.is_empty() {
            return;
        }
        let mut schema = self.schemas.get(id).clone();
        let own: HashMap<String, usize> =
            schema.properties.iter().enumerate().map(|(index, (name, _))| (name.clone(), index)).collect();
        for (name, property) in changed {
            match own.get(&name) {
                Some(index) => schema.properties[*index].1 = property,
                None => schema.properties.push((name, property)),
            }
        }
        self.schemas.set(id, schema);
    }

    /// The schema of what two schemas describe.
    fn both(&mut self, one: SchemaId, other: SchemaId, whole: SchemaId) -> SchemaId {
        let [first, second] = [one, other].map(|id| flatten(self.schemas, id).into_owned());
        if self.used.get(whole.index()).copied().unwrap_or(true) {
            self.check_types(one, other);
        }
        let place = first.place.clone();
        let depth = self.depths[whole.index()] + 1;
        let is_type = |schema: &Schema| says_type(schema);
        let flags = |schema: &Schema| (schema.read_only, schema.write_only);
        match (is_type(&first), is_type(&second)) {
            (_, false) if flags(&first) == flags(&second) => one,
            (_, false) => {
                let with = Schema {
                    reference: Some(one),
                    read_only: first.read_only || second.read_only,
                    write_only: first.write_only || second.write_only,
                    ..Schema::new(place)
                };
                self.add(with, depth)
            }
            (false, true) => {
                let with = Schema {
                    reference: Some(other),
                    description: first.description,
                    default: first.default,
                    examples: first.examples,
                    read_only: first.read_only,
                    write_only: first.write_only,
                    ..Schema::new(place)
                };
                self.add(with, depth)
            }
            (true, true) if !adds(&first, &second) => one,
            (true, true) if !adds(&second, &first) => other,
            (true, true) => self.add(Schema { all_of: vec![one, other], ..Schema::new(place) }, depth),
        }
    }

    /// Reports two schemas that no value fits both of.
    fn check_types(&mut self, one: SchemaId, other: SchemaId) {
        let (first, second) = (self.schemas.get(one), self.schemas.get(other));
        let message = match (first.values.as_deref(), second.values.as_deref()) {
            (Some(a), Some(b)) if are_apart(a, b) => {
                format!("no value is both one of {} and one of {}", list(a), list(b))
            }
            _ if first.types.is_empty() || second.types.is_empty() => return,
            _ if common_types(&first.types, &second.types).is_empty() => {
                format!("nothing is both {} and {}", names(&first.types), names(&second.types))
            }
            _ => return,
        };
        let places = (first.place.clone(), second.place.clone());
        if self.reported.insert(places.clone()) {
            let diagnostic = Diagnostic::warning(message).help(format!(
                "`allOf` wants both: this one is left out, and the one at {} counts",
                places.0.pointer
            ));
            self.report.push(self.document.locate(diagnostic, &places.1));
        }
    }

    /// What stands beside a union is in each of its members.
    fn union(&mut self, id: SchemaId) {
        let schema = self.schemas.get(id);
        if schema.one_of.is_empty() && schema.any_of.is_empty() && inner(schema).next().is_none() {
            return;
        }
        let flat = flatten(self.schemas, id);
        if flat.one_of.is_empty() && flat.any_of.is_empty() {
            return;
        }
        let mut flat = flat.into_owned();
        // Members that only say which properties go together make no types.
        let schemas = &*self.schemas;
        let is_limit = |member: &SchemaId| {
            let member = flatten(schemas, *member);
            member.name.is_none() && is_bare(&member) && matches!(member.types.as_slice(), [] | [Type::Object])
        };
        let has_properties = !flat.properties.is_empty();
        let mut changed = false;
        for list in [&mut flat.one_of, &mut flat.any_of] {
            if has_properties && !list.is_empty() && list.iter().all(is_limit) {
                list.clear();
                changed = true;
            }
        }
        let has_base = has_properties || matches!(flat.additional, Additional::Schema(_));
        let members = if flat.one_of.is_empty() { flat.any_of.clone() } else { flat.one_of.clone() };
        let copies = members.len() * (flat.properties.len() + 1);
        if !has_base || members.is_empty() || !self.can_copy(copies) {
            if changed {
                self.schemas.set(id, flat);
            }
            return;
        }
        let depth = self.depths[id.index()] + 1;
        let base = Schema {
            one_of: Vec::new(),
            any_of: Vec::new(),
            discriminator: None,
            name: None,
            title: None,
            description: None,
            examples: Vec::new(),
            default: None,
            nullable: false,
            ..flat.clone()
        };
        let mut mapping: Vec<(String, SchemaId)> = Vec::new();
        let mut merged = Vec::new();
        for member in members {
            let mut own = flatten(self.schemas, member).into_owned();
            if own.is_null() {
                merged.push(member);
                continue;
            }
            let label = own.name.take().or(own.title.take());
            let known = flat.discriminator.iter().flat_map(|discriminator| &discriminator.mapping);
            let mut values: Vec<String> =
                known.filter(|(_, target)| *target == member).map(|(value, _)| value.clone()).collect();
            if values.is_empty() {
                values.extend(label.clone());
            }
            own.title = label;
            own.reference = None;
            own.all_of.clear();
            merge(&mut own, [&base]);
            let member = self.add(own, depth);
            mapping.extend(values.into_iter().map(|value| (value, member)));
            merged.push(member);
        }
        let union = Schema {
            properties: Vec::new(),
            required: Vec::new(),
            additional: Additional::Unstated,
            types: Vec::new(),
            one_of: merged,
            any_of: Vec::new(),
            discriminator: flat
                .discriminator
                .take()
                .map(|discriminator| Discriminator { mapping, ..discriminator }),
            ..flat
        };
        self.schemas.set(id, union);
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

/// Whether two lists have no value in common.
fn are_apart(one: &[Value], other: &[Value]) -> bool {
    let known: HashSet<&Value> = other.iter().collect();
    !one.iter().any(|value| known.contains(value))
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

/// Whether the second flat schema says something of its values that the first does not. One that says only of
/// which type they are, or lists several, says nothing beside one that says what is in them.
fn adds(first: &Schema, second: &Schema) -> bool {
    let common = common_types(&first.types, &second.types);
    let is_conflict = common.is_empty() && !first.types.is_empty() && !second.types.is_empty();
    let is_union = |schema: &Schema| !schema.one_of.is_empty() || !schema.any_of.is_empty();
    if is_conflict {
        return is_bare(first) && !is_bare(second);
    }
    if is_union(second) {
        return is_bare(first) && first.types.is_empty();
    }
    let has_new_values = match (&first.values, &second.values) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(own), Some(other)) => {
            own.iter().any(|value| other.contains(value)) && own.iter().any(|value| !other.contains(value))
        }
    };
    let has_new_types = !second.types.is_empty() && first.types != common;
    has_new_values
        || (has_new_types && !is_union(first))
        || is_union(first)
        || second.properties.iter().any(|property| !first.properties.contains(property))
        || (first.items.is_none() && second.items.is_some())
        || (first.format.is_none() && second.format.is_some())
        || second.required.iter().any(|name| !first.required.contains(name))
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

fn list(values: &[Value]) -> String {
    let shown: Vec<String> = values.iter().take(5).map(|value| format!("`{value}`")).collect();
    let more = if values.len() > shown.len() { " …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

fn names(types: &[Type]) -> String {
    let names: Vec<&str> = types
        .iter()
        .map(|ty| match ty {
            Type::Null => "null",
            Type::Boolean => "boolean",
            Type::Integer => "integer",
            Type::Number => "number",
            Type::String => "string",
            Type::Array => "array",
            Type::Object => "object",
        })
        .collect();
    names.join(" or ")
}
