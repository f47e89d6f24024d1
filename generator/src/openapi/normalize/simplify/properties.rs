use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::super::flatten::{MAX_PARTS, common_types, flatten, merged_parts};
use super::simplifier::{MAX_DEPTH, Simplifier, determines_type, has_no_content};
use crate::diagnostics::Diagnostic;
use crate::openapi::schema::{Schema, SchemaId, Type};

/// Maximum number of parts of an `allOf` that each part is compared with.
const MAX_COMPARED: usize = 8;

/// Number of values that a diagnostic lists.
const MAX_LISTED: usize = 5;

impl Simplifier<'_> {
    /// Merges the schemas of properties and items that several parts of an `allOf` describe.
    pub(super) fn merge_properties(&mut self, id: SchemaId) {
        if self.schemas.get(id).merged_schemas().next().is_none() {
            return;
        }
        let parts = merged_parts(self.schemas, id);
        if self.is_used(id) {
            self.check_parts(id, &parts);
        }
        let mut known: Vec<(String, SchemaId, bool)> = Vec::new();
        let mut indices: HashMap<String, usize> = HashMap::new();
        for part in &parts {
            for (name, property) in self.schemas.get(*part).properties.clone() {
                match indices.get(&name).copied() {
                    None => {
                        indices.insert(name.clone(), known.len());
                        known.push((name, property, false));
                    }
                    Some(index) if known[index].1 == property => {}
                    Some(index) => {
                        let merged = self.intersection(known[index].1, property, id);
                        if merged != known[index].1 {
                            known[index] = (name, merged, true);
                        }
                    }
                }
            }
        }
        let changed: Vec<(String, SchemaId)> =
            known.into_iter().filter(|(.., changed)| *changed).map(|(name, id, _)| (name, id)).collect();
        let items = self.merge_items(&parts, id);
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

    /// Reports too many parts, and parts that contradict each other.
    fn check_parts(&mut self, id: SchemaId, parts: &[SchemaId]) {
        if parts.len() == MAX_PARTS {
            let message = format!("the schema has more than {MAX_PARTS} parts; the others are ignored");
            let diagnostic = Diagnostic::warning(message).help("combine the parts");
            self.report.push(self.document.locate(diagnostic, &self.schemas.get(id).location));
        }
        for (index, part) in parts.iter().enumerate().skip(1) {
            for earlier in &parts[..index.min(MAX_COMPARED)] {
                self.check_types(*earlier, *part);
            }
        }
    }

    /// Returns the schema of the items of a list that several parts describe, unless it is that of the first part.
    fn merge_items(&mut self, parts: &[SchemaId], parent: SchemaId) -> Option<SchemaId> {
        let mut stated: Vec<SchemaId> = parts.iter().filter_map(|part| self.schemas.get(*part).items).collect();
        stated.dedup();
        let first = *stated.first()?;
        let merged = stated.iter().skip(1).fold(first, |known, items| match known == *items {
            true => known,
            false => self.intersection(known, *items, parent),
        });
        (merged != first).then_some(merged)
    }

    /// Returns the schema of the values that both schemas allow.
    fn intersection(&mut self, one: SchemaId, other: SchemaId, parent: SchemaId) -> SchemaId {
        let [first, second] = [one, other].map(|id| flatten(self.schemas, id).into_owned());
        if self.is_used(parent) {
            self.check_types(one, other);
        }
        let location = first.location.clone();
        let depth = self.depths[parent.index()] + 1;
        let flags = |schema: &Schema| (schema.read_only, schema.write_only);
        match (determines_type(&first), determines_type(&second)) {
            (_, false) if flags(&first) == flags(&second) => one,
            (_, false) => {
                let with_flags = Schema {
                    reference: Some(one),
                    read_only: first.read_only || second.read_only,
                    write_only: first.write_only || second.write_only,
                    ..Schema::new(location)
                };
                self.add(with_flags, depth)
            }
            (false, true) => {
                let with_documentation = Schema {
                    reference: Some(other),
                    description: first.description,
                    default: first.default,
                    examples: first.examples,
                    read_only: first.read_only,
                    write_only: first.write_only,
                    ..Schema::new(location)
                };
                self.add(with_documentation, depth)
            }
            (true, true) if !self.is_narrower(&first, &second, 0) => one,
            (true, true) if !self.is_narrower(&second, &first, 0) => other,
            (true, true) => self.add(Schema { all_of: vec![one, other], ..Schema::new(location) }, depth),
        }
    }

    /// Returns `true` if the second flat schema adds information to the first. A type or a list of types does not add
    /// to a schema that describes the content of its values.
    fn is_narrower(&self, first: &Schema, second: &Schema, depth: u8) -> bool {
        let common = common_types(&first.types, &second.types);
        let is_conflict = common.is_empty() && !first.types.is_empty() && !second.types.is_empty();
        if is_conflict {
            return has_no_content(first) && !has_no_content(second);
        }
        if second.is_union() {
            return has_no_content(first) && first.types.is_empty();
        }
        let has_new_values = match (&first.enum_values, &second.enum_values) {
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
                let is_new =
                    !determines_type(&own) || (depth < MAX_DEPTH && self.is_narrower(&own, &other, depth + 1));
                determines_type(&other) && is_new
            }
        };
        let has_new_types = !second.types.is_empty() && first.types != common;
        has_new_values
            || has_new_items
            || has_new_types
            || first.is_union()
            || second.properties.iter().any(|property| !first.properties.contains(property))
            || (first.format.is_none() && second.format.is_some())
            || second.required.iter().any(|name| !first.required.contains(name))
    }

    /// Reports two schemas that have no value in common.
    fn check_types(&mut self, one: SchemaId, other: SchemaId) {
        let (first, second) = (self.schemas.get(one), self.schemas.get(other));
        let conflict = match (first.enum_values.as_deref(), second.enum_values.as_deref()) {
            (Some(a), Some(b)) if are_disjoint(a, b) => {
                format!("no value is one of {} and one of {}", value_list(a), value_list(b))
            }
            _ if first.types.is_empty() || second.types.is_empty() => return,
            _ if common_types(&first.types, &second.types).is_empty() => {
                format!("no value is {} and {}", type_list(&first.types), type_list(&second.types))
            }
            _ => return,
        };
        // The schema that describes the content of its values takes precedence, in any order.
        let is_second = has_no_content(first) && !has_no_content(second);
        let (kept, ignored) = if is_second { (second, first) } else { (first, second) };
        let locations = (kept.location.clone(), ignored.location.clone());
        if self.reported.insert(locations.clone()) {
            let message = format!("contradiction in `allOf`: {conflict}; this schema is ignored");
            let help = format!("remove this schema, or the one at {}", locations.0.pointer);
            let diagnostic = Diagnostic::warning(message).help(help);
            self.report.push(self.document.locate(diagnostic, &locations.1));
        }
    }
}

fn are_disjoint(one: &[Value], other: &[Value]) -> bool {
    let known: HashSet<&Value> = other.iter().collect();
    !one.iter().any(|value| known.contains(value))
}

fn value_list(values: &[Value]) -> String {
    let shown: Vec<String> = values.iter().take(MAX_LISTED).map(|value| format!("`{value}`")).collect();
    let more = if values.len() > shown.len() { " …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

fn type_list(types: &[Type]) -> String {
    types.iter().map(|ty| ty.name()).collect::<Vec<_>>().join(" or ")
}
