//! Which method and which type of the old version is which of the new one: those of the same name, and of the others
//! those that stand for the same thing in the documents.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::index::{Index, Method, Type, counterpart};
use crate::codegen::EndpointChoice;
use crate::model::{self, ErrorResponse, Output, Type as ModelType, TypeId, TypeKind};

/// What belongs together.
pub(super) struct Pairs {
    /// The new name of each method that is still there: both with dots.
    pub(super) methods: BTreeMap<String, String>,
    /// The new name of each type that is still there.
    pub(super) types: BTreeMap<String, String>,
    /// The new name of each choice between endpoints that is still there.
    pub(super) scopes: BTreeMap<String, String>,
    /// Of types and choices, those whose names differ.
    renamed: HashMap<String, String>,
    /// New types of requests beside types that were for answers as well: where one takes the other's place, that is
    /// said once, of the type.
    split: HashMap<String, String>,
}

impl Pairs {
    pub(super) fn new(old: &Index<'_>, new: &Index<'_>) -> Self {
        let methods = methods(old, new);
        let types = Types::find(old, new, &methods);
        let scopes = scopes(old, new);
        let renamed = types.iter().chain(&scopes).filter(|(from, to)| from != to);
        let renamed = renamed.map(|(from, to)| (from.clone(), to.clone()));
        let split = new.types.keys().filter(|name| !old.types.contains_key(*name)).filter_map(|name| {
            let whole = name.strip_suffix(PARAM)?;
            let is_split = old.types.get(whole)?.codegen.is_input && !new.types.get(whole)?.codegen.is_input;
            is_split.then(|| ((*name).to_owned(), whole.to_owned()))
        });
        Self { renamed: renamed.collect(), split: split.collect(), methods, types, scopes }
    }

    /// Whether a type of the old version is the same one in the new version, as callers write them.
    pub(super) fn is_same(&self, old: &str, new: &str) -> bool {
        with_names(old, &self.renamed) == with_names(new, &self.split)
    }
}

/// What ends the names of types that are for requests only.
const PARAM: &str = "Param";

/// A type with other names in it.
fn with_names<'a>(ty: &'a str, names: &HashMap<String, String>) -> Cow<'a, str> {
    if names.is_empty() {
        return ty.into();
    }
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut text = String::with_capacity(ty.len());
    let mut rest = ty;
    while let Some(begin) = rest.find(is_word) {
        let (before, word) = rest.split_at(begin);
        let (word, behind) = word.split_at(word.find(|c| !is_word(c)).unwrap_or(word.len()));
        text.push_str(before);
        text.push_str(names.get(word).map_or(word, String::as_str));
        rest = behind;
    }
    text.push_str(rest);
    text.into()
}

/// Methods of the same name, then those that call the same operation, then those that send the same.
fn methods(old: &Index<'_>, new: &Index<'_>) -> BTreeMap<String, String> {
    let same = |name: &String| new.methods.contains_key(name).then(|| name.clone());
    let aliased = |name: &String| new.aliases.get(name).cloned();
    let now = |name: &String| same(name).or_else(|| aliased(name)).map(|now| (name.clone(), now));
    let mut pairs: BTreeMap<String, String> = old.methods.keys().filter_map(now).collect();
    let mut found: HashSet<String> = pairs.values().cloned().collect();
    let alike: [fn(&Method<'_>) -> Vec<String>; 2] = [
        |method| method.operations().into_iter().map(str::to_owned).collect(),
        |method| method.endpoints().into_iter().map(|endpoint| without_names(&endpoint)).collect(),
    ];
    for traits in alike {
        let mut free: HashMap<String, &str> = HashMap::new();
        for (name, method) in new.methods.iter().filter(|(name, _)| !found.contains(*name)) {
            free.extend(traits(method).into_iter().map(|own| (own, name.as_str())));
        }
        let gone: Vec<_> = old.methods.iter().filter(|(name, _)| !pairs.contains_key(*name)).collect();
        for (name, method) in gone {
            let candidate = traits(method).iter().find_map(|own| free.get(own.as_str()).copied());
            if let Some(now) = candidate.filter(|now| found.insert((*now).to_owned())) {
                pairs.insert(name.clone(), now.to_owned());
            }
        }
    }
    pairs
}

/// Choices between endpoints of the same name, then those whose old name stays, then those of the same endpoints.
fn scopes(old: &Index<'_>, new: &Index<'_>) -> BTreeMap<String, String> {
    let (was, is) = (&old.version.krate.api.scopes, &new.version.krate.api.scopes);
    let variants =
        |scope: &EndpointChoice| scope.variants.iter().map(|variant| variant.name.clone()).collect::<Vec<_>>();
    let mut pairs = BTreeMap::new();
    for scope in was {
        let same = is.iter().find(|now| now.name == scope.name);
        let is_free = |now: &&EndpointChoice| !was.iter().any(|known| known.name == now.name);
        let alike = || is.iter().filter(is_free).find(|now| variants(now) == variants(scope));
        let now = same.map(|now| now.name.clone()).or_else(|| new.aliases.get(&scope.name).cloned());
        if let Some(now) = now.or_else(|| alike().map(|now| now.name.clone())) {
            pairs.insert(scope.name.clone(), now);
        }
    }
    pairs
}

/// A path whose parameters have no names.
pub(super) fn without_names(path: &str) -> String {
    let mut parts = path.split('{');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push_str("{}");
        text.push_str(part.split_once('}').map_or("", |(_, behind)| behind));
    }
    text
}

/// The types that belong together, and those that are still to be looked into.
struct Types<'a> {
    old: &'a Index<'a>,
    new: &'a Index<'a>,
    pairs: BTreeMap<String, String>,
    found: HashSet<String>,
    waiting: Vec<(TypeId, TypeId)>,
}

impl<'a> Types<'a> {
    fn find(
        old: &'a Index<'a>,
        new: &'a Index<'a>,
        methods: &BTreeMap<String, String>,
    ) -> BTreeMap<String, String> {
        let mut types = Self { old, new, pairs: BTreeMap::new(), found: HashSet::new(), waiting: Vec::new() };
        let locations: HashSet<_> = new.types.values().filter_map(location).collect();
        for (name, ty) in &old.types {
            let is_it = |now: &&Type<'_>| {
                // Derived names come up again elsewhere, for something else, and schemas take them.
                let is_near = ty.definition.is_component || ty.owner.first() == now.owner.first();
                let is_other = ty.definition.is_component != now.definition.is_component;
                is_near && !(is_other && location(ty).is_some_and(|location| locations.contains(&location)))
            };
            if let Some(now) = new.types.get(name).filter(is_it) {
                types.pair(ty, now);
            }
        }
        types.schemas();
        types.merged();
        for (old_name, new_name) in methods {
            if let (Some(old), Some(new)) = (old.methods.get(old_name), new.methods.get(new_name)) {
                types.method(old.model, new.model);
            }
        }
        while let Some((old, new)) = types.waiting.pop() {
            types.parts(old, new);
        }
        types.pairs
    }

    /// Schemas that are called otherwise.
    fn schemas(&mut self) {
        let mut free = HashMap::new();
        for ty in self.new.types.values().filter(|ty| !self.found.contains(&ty.codegen.name)) {
            free.extend(location(ty).map(|location| (location, *ty)));
        }
        let gone: Vec<_> =
            self.old.types.values().filter(|ty| !self.pairs.contains_key(&ty.codegen.name)).collect();
        for ty in gone {
            if let Some(now) = location(ty).and_then(|location| free.remove(&location)) {
                self.pair(ty, &now);
            }
        }
    }

    /// Types of requests that are the same as those of answers now.
    fn merged(&mut self) {
        let gone: Vec<_> =
            self.old.types.values().filter(|ty| !self.pairs.contains_key(&ty.codegen.name)).collect();
        for ty in gone {
            let whole = ty.codegen.name.strip_suffix(PARAM).and_then(|whole| self.new.types.get(whole)).copied();
            if let Some(whole) =
                whole.filter(|whole| whole.codegen.is_input && whole.codegen.kind == ty.codegen.kind)
            {
                self.pair(ty, &whole);
            }
        }
    }

    fn pair(&mut self, old: &Type<'_>, new: &Type<'_>) {
        self.pairs.insert(old.codegen.name.clone(), new.codegen.name.clone());
        self.found.insert(new.codegen.name.clone());
        self.waiting.push((old.codegen.id, new.codegen.id));
    }

    /// Two types that stand at the same place: where neither has a counterpart yet, each is the other's.
    fn meet(&mut self, old: &ModelType, new: &ModelType) {
        match (old, new) {
            (ModelType::Named(old), ModelType::Named(new)) => {
                let names = (self.old.names.get(old), self.new.names.get(new));
                let (Some(old), Some(new)) = names else { return };
                let (Some(old), Some(new)) = (self.old.types.get(old), self.new.types.get(new)) else { return };
                let is_free =
                    !self.pairs.contains_key(&old.codegen.name) && !self.found.contains(&new.codegen.name);
                if is_free && old.codegen.kind == new.codegen.kind {
                    let (old, new) = (*old, *new);
                    self.pair(&old, &new);
                }
            }
            (
                ModelType::List(old) | ModelType::Map(old) | ModelType::Nullable(old),
                ModelType::List(new) | ModelType::Map(new) | ModelType::Nullable(new),
            ) => self.meet(old, new),
            (ModelType::List(old) | ModelType::Map(old) | ModelType::Nullable(old), new) => self.meet(old, new),
            (old, ModelType::List(new) | ModelType::Map(new) | ModelType::Nullable(new)) => self.meet(old, new),
            (ModelType::Tuple(old), ModelType::Tuple(new)) => {
                old.iter().zip(new).for_each(|(old, new)| self.meet(old, new));
            }
            _ => {}
        }
    }

    fn method(&mut self, old: &model::Method, new: &model::Method) {
        for parameter in &old.parameters {
            if let Some(now) = counterpart(parameter, &old.parameters, &new.parameters) {
                self.meet(&parameter.ty, &now.ty);
            }
        }
        if let (Some(old), Some(new)) = (result(&old.output), result(&new.output)) {
            self.meet(old, new);
        }
        for (old, new) in old.streams().zip(new.streams()) {
            self.meet(&old.item, &new.item);
        }
        for ErrorResponse { status, ty, .. } in &old.error_responses {
            let now = new.error_responses.iter().find(|failure| failure.status == *status);
            if let (Some(old), Some(new)) = (ty, now.and_then(|failure| failure.ty.as_ref())) {
                self.meet(old, new);
            }
        }
    }

    fn parts(&mut self, old: TypeId, new: TypeId) {
        let (old, new) = (&self.old.version.sdk.types[old.0].kind, &self.new.version.sdk.types[new.0].kind);
        match (old, new) {
            (TypeKind::Object(old), TypeKind::Object(new)) => {
                for field in old {
                    if let Some(now) = new.iter().find(|now| now.wire == field.wire) {
                        self.meet(&field.ty, &now.ty);
                    }
                }
            }
            (TypeKind::Union { variants: old, .. }, TypeKind::Union { variants: new, .. }) => {
                for variant in old {
                    let is_it = |now: &&model::Variant| {
                        now.name == variant.name || (!now.tags.is_empty() && now.tags == variant.tags)
                    };
                    if let Some(now) = new.iter().find(is_it) {
                        self.meet(&variant.ty, &now.ty);
                    }
                }
            }
            _ => {}
        }
    }
}

/// Where the schema of a type stands among the named ones, and whether the type is for requests only. Elsewhere places
/// are numbers, which change with what stands before.
fn location<'a>(ty: &Type<'a>) -> Option<(&'a str, bool)> {
    let definition = ty.definition;
    let pointer = definition.location.pointer.as_str();
    pointer.starts_with("/components/schemas/").then(|| (pointer, definition.name.ends_with(" Param")))
}

/// The type that an answer has in it.
fn result(output: &Output) -> Option<&ModelType> {
    match output {
        Output::Value { ty, .. } | Output::Page { item: ty, .. } => Some(ty),
        Output::Empty | Output::Text | Output::Bytes | Output::Stream(_) => None,
    }
}
