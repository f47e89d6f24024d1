//! What several parts of an `allOf` say of the same property.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::{MAX_DEPTH, Simplifier, is_bare, says_type};
use crate::diagnostics::Diagnostic;
use crate::model::flatten::{MAX_PARTS, common_types, flatten, inner, parts};
use crate::openapi::{Schema, SchemaId, Type};

/// How many parts of an `allOf` the others are held against.
const MAX_COMPARED: usize = 8;

impl Simplifier<'_> {
    /// A property that several parts describe has to be what all of them say.
    pub(super) fn properties(&mut self, id: SchemaId) {
        if inner(self.schemas.get(id)).next().is_none() {
            return;
        }
        let parts = parts(self.schemas, id);
        let is_used = self.used.get(id.index()).copied().unwrap_or(true);
        if parts.len() == MAX_PARTS && is_used {
            let message = format!("this is made of more than {MAX_PARTS} schemas; the others are left out");
            let diagnostic = Diagnostic::warning(message).help("put their properties together");
            self.report.push(self.document.locate(diagnostic, &self.schemas.get(id).location));
        }
        for (index, part) in parts.iter().enumerate().skip(1).filter(|_| is_used) {
            for earlier in &parts[..index.min(MAX_COMPARED)] {
                self.check_types(*earlier, *part);
            }
        }
        let mut seen: Vec<(String, SchemaId, bool)> = Vec::new();
        let mut locations: HashMap<String, usize> = HashMap::new();
        for part in &parts {
            for (name, property) in self.schemas.get(*part).properties.clone() {
                match locations.get(&name).copied() {
                    None => {
                        locations.insert(name.clone(), seen.len());
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
        let items = self.items(&parts, id);
        if changed.is_empty() && items.is_none() {
            return;
        }
        let mut schema = self.schemas.get(id).clone();
        schema.items = items.or(schema.items);
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

    /// What the items of a list are that several parts describe, unless the first says it all.
    fn items(&mut self, parts: &[SchemaId], whole: SchemaId) -> Option<SchemaId> {
        let mut stated: Vec<SchemaId> = parts.iter().filter_map(|part| self.schemas.get(*part).items).collect();
        stated.dedup();
        let first = *stated.first()?;
        let all = stated.iter().skip(1).fold(first, |known, items| match known == *items {
            true => known,
            false => self.both(known, *items, whole),
        });
        (all != first).then_some(all)
    }

    /// The schema of what two schemas describe.
    fn both(&mut self, one: SchemaId, other: SchemaId, whole: SchemaId) -> SchemaId {
        let [first, second] = [one, other].map(|id| flatten(self.schemas, id).into_owned());
        if self.used.get(whole.index()).copied().unwrap_or(true) {
            self.check_types(one, other);
        }
        let location = first.location.clone();
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
                    ..Schema::new(location)
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
                    ..Schema::new(location)
                };
                self.add(with, depth)
            }
            (true, true) if !self.adds(&first, &second, 0) => one,
            (true, true) if !self.adds(&second, &first, 0) => other,
            (true, true) => self.add(Schema { all_of: vec![one, other], ..Schema::new(location) }, depth),
        }
    }

    /// Whether the second flat schema says something of its values that the first does not. One that says only of
    /// which type they are, or lists several, says nothing beside one that says what is in them.
    fn adds(&self, first: &Schema, second: &Schema, depth: u8) -> bool {
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
        let has_new_items = match (first.items, second.items) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(own), Some(other)) => {
                let [own, other] = [own, other].map(|id| flatten(self.schemas, id));
                let is_new = !says_type(&own) || (depth < MAX_DEPTH && self.adds(&own, &other, depth + 1));
                says_type(&other) && is_new
            }
        };
        let has_new_types = !second.types.is_empty() && first.types != common;
        has_new_values
            || has_new_items
            || (has_new_types && !is_union(first))
            || is_union(first)
            || second.properties.iter().any(|property| !first.properties.contains(property))
            || (first.format.is_none() && second.format.is_some())
            || second.required.iter().any(|name| !first.required.contains(name))
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
        // One that says what is in its values counts, wherever it stands.
        let (first, second) = if is_bare(first) && !is_bare(second) { (second, first) } else { (first, second) };
        let locations = (first.location.clone(), second.location.clone());
        if self.reported.insert(locations.clone()) {
            let diagnostic = Diagnostic::warning(message).help(format!(
                "`allOf` wants both: this one is left out, and the one at {} counts",
                locations.0.pointer
            ));
            self.report.push(self.document.locate(diagnostic, &locations.1));
        }
    }
}

/// Whether two lists have no value in common.
fn are_apart(one: &[Value], other: &[Value]) -> bool {
    let known: HashSet<&Value> = other.iter().collect();
    !one.iter().any(|value| known.contains(value))
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
