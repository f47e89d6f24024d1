//! Counterparts of types: by name, by schema, and by the positions in which methods and other types use them.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::parameters::counterpart;
use super::sdk_index::{IndexedType, SdkIndex};
use crate::model::{ErrorResponse, Method, Output, Type, TypeId, TypeKind, Variant};

/// Last word of the names of types that occur only in requests.
pub(super) const REQUEST_SUFFIX: &str = "Param";

/// Returns the new name of each old type that has a counterpart.
pub(super) fn find(
    old: &SdkIndex<'_>,
    new: &SdkIndex<'_>,
    methods: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let mut finder = Finder { old, new, pairs: BTreeMap::new(), taken: HashSet::new(), pending: Vec::new() };
    finder.pair_by_name();
    finder.pair_by_schema();
    finder.pair_merged_types();
    for (old_path, new_path) in methods {
        if let (Some(old), Some(new)) = (old.methods.get(old_path), new.methods.get(new_path)) {
            finder.pair_types_of_methods(old.model, new.model);
        }
    }
    while let Some((old, new)) = finder.pending.pop() {
        finder.pair_parts(old, new);
    }
    finder.pairs
}

struct Finder<'a> {
    old: &'a SdkIndex<'a>,
    new: &'a SdkIndex<'a>,
    pairs: BTreeMap<String, String>,
    /// Names of the new types that are the counterpart of an old one.
    taken: HashSet<String>,
    /// Pairs whose parts have not been compared yet.
    pending: Vec<(TypeId, TypeId)>,
}

impl<'a> Finder<'a> {
    fn pair(&mut self, old: &IndexedType<'_>, new: &IndexedType<'_>) {
        self.pairs.insert(old.generated.name.clone(), new.generated.name.clone());
        self.taken.insert(new.generated.name.clone());
        self.pending.push((old.generated.id, new.generated.id));
    }

    fn unpaired(&self) -> Vec<&'a IndexedType<'a>> {
        self.old.types.values().filter(|ty| !self.pairs.contains_key(&ty.generated.name)).collect()
    }

    fn pair_by_name(&mut self) {
        let schemas: HashSet<_> = self.new.types.values().filter_map(Schema::of).collect();
        for (name, old) in &self.old.types {
            let is_counterpart = |new: &&IndexedType<'_>| {
                // A derived name may name another type of another resource, or may become the name of a component.
                let is_same_scope = old.definition.is_component || old.owner.first() == new.owner.first();
                let is_other_kind = old.definition.is_component != new.definition.is_component;
                is_same_scope
                    && !(is_other_kind && Schema::of(old).is_some_and(|schema| schemas.contains(&schema)))
            };
            if let Some(new) = self.new.types.get(name).filter(is_counterpart) {
                self.pair(old, new);
            }
        }
    }

    /// Pairs types of the same component schema that have other names.
    fn pair_by_schema(&mut self) {
        let mut free = HashMap::new();
        for ty in self.new.types.values().filter(|ty| !self.taken.contains(&ty.generated.name)) {
            free.extend(Schema::of(ty).map(|schema| (schema, *ty)));
        }
        for old in self.unpaired() {
            if let Some(new) = Schema::of(old).and_then(|schema| free.remove(&schema)) {
                self.pair(old, &new);
            }
        }
    }

    /// Pairs old request types with the types that now serve requests and responses.
    fn pair_merged_types(&mut self) {
        for old in self.unpaired() {
            let common = old.generated.name.strip_suffix(REQUEST_SUFFIX);
            let merged = common.and_then(|name| self.new.types.get(name)).copied();
            if let Some(new) =
                merged.filter(|new| new.generated.is_input && new.generated.kind == old.generated.kind)
            {
                self.pair(old, &new);
            }
        }
    }

    /// Pairs the types that two methods use in the same positions.
    fn pair_types_of_methods(&mut self, old: &Method, new: &Method) {
        for parameter in &old.parameters {
            if let Some(current) = counterpart(parameter, &old.parameters, &new.parameters) {
                self.pair_positions(&parameter.ty, &current.ty);
            }
        }
        if let (Some(old), Some(new)) = (output_type(&old.output), output_type(&new.output)) {
            self.pair_positions(old, new);
        }
        for (old, new) in old.streams().zip(new.streams()) {
            self.pair_positions(&old.item, &new.item);
        }
        for ErrorResponse { status, ty, .. } in &old.error_responses {
            let current = new.error_responses.iter().find(|error| error.status == *status);
            if let (Some(old), Some(new)) = (ty, current.and_then(|error| error.ty.as_ref())) {
                self.pair_positions(old, new);
            }
        }
    }

    /// Pairs the types of equal fields and variants of two types.
    fn pair_parts(&mut self, old: TypeId, new: TypeId) {
        let (old, new) = (&self.old.version.sdk.types[old.0].kind, &self.new.version.sdk.types[new.0].kind);
        match (old, new) {
            (TypeKind::Object(old), TypeKind::Object(new)) => {
                for field in old {
                    if let Some(current) = new.iter().find(|current| current.wire == field.wire) {
                        self.pair_positions(&field.ty, &current.ty);
                    }
                }
            }
            (TypeKind::Union { variants: old, .. }, TypeKind::Union { variants: new, .. }) => {
                for variant in old {
                    let is_same = |current: &&Variant| {
                        current.name == variant.name || (!current.tags.is_empty() && current.tags == variant.tags)
                    };
                    if let Some(current) = new.iter().find(is_same) {
                        self.pair_positions(&variant.ty, &current.ty);
                    }
                }
            }
            _ => {}
        }
    }

    /// Pairs the named types in two types of the same position, unless one of them already has a counterpart.
    fn pair_positions(&mut self, old: &Type, new: &Type) {
        match (old, new) {
            (Type::Named(old), Type::Named(new)) => {
                let names = (self.old.type_names.get(old), self.new.type_names.get(new));
                let (Some(old), Some(new)) = names else { return };
                let (Some(old), Some(new)) = (self.old.types.get(old), self.new.types.get(new)) else { return };
                let is_free =
                    !self.pairs.contains_key(&old.generated.name) && !self.taken.contains(&new.generated.name);
                if is_free && old.generated.kind == new.generated.kind {
                    self.pair(old, new);
                }
            }
            (
                Type::List(old) | Type::Map(old) | Type::Nullable(old),
                Type::List(new) | Type::Map(new) | Type::Nullable(new),
            ) => self.pair_positions(old, new),
            (Type::List(old) | Type::Map(old) | Type::Nullable(old), new) => self.pair_positions(old, new),
            (old, Type::List(new) | Type::Map(new) | Type::Nullable(new)) => self.pair_positions(old, new),
            (Type::Tuple(old), Type::Tuple(new)) => {
                old.iter().zip(new).for_each(|(old, new)| self.pair_positions(old, new));
            }
            _ => {}
        }
    }
}

/// Component schema that a type is made of, and whether the type occurs only in requests.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Schema<'a> {
    pointer: &'a str,
    is_request: bool,
}

impl<'a> Schema<'a> {
    /// Returns the schema of a type. Pointers to other schemas contain indexes, which change with their neighbours.
    fn of(ty: &IndexedType<'a>) -> Option<Self> {
        let pointer = ty.definition.location.pointer.as_str();
        let is_request = ty.definition.name.ends_with(" Param");
        pointer.starts_with("/components/schemas/").then_some(Self { pointer, is_request })
    }
}

/// Returns the type in the result of a method.
fn output_type(output: &Output) -> Option<&Type> {
    match output {
        Output::Value { ty, .. } | Output::Page { item: ty, .. } => Some(ty),
        Output::Empty | Output::Text | Output::Bytes | Output::Stream(_) => None,
    }
}
