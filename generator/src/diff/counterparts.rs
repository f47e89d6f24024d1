//! Counterparts: methods, types and endpoint choices of the new version that correspond to those of the old
//! version.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::sdk_index::{IndexedMethod, SdkIndex, endpoint_key};
use super::type_counterparts::{self, REQUEST_SUFFIX};
use crate::codegen::{EndpointChoice, ResponseKind, RustType};

/// Counterparts of the old version's items in the new version, by name. Items without a counterpart were removed.
pub(super) struct Counterparts {
    /// Paths of methods, separated by dots.
    pub(super) methods: BTreeMap<String, String>,
    /// Names of types.
    pub(super) types: BTreeMap<String, String>,
    /// Names of endpoint choices.
    pub(super) choices: BTreeMap<String, String>,
    /// New names of the types and endpoint choices that were renamed.
    renamed: HashMap<String, String>,
    /// New request types that were split from a type for requests and responses, with the name of that type. The split is
    /// reported once, for the type.
    split: HashMap<String, String>,
}

impl Counterparts {
    pub(super) fn new(old: &SdkIndex<'_>, new: &SdkIndex<'_>) -> Self {
        let methods = methods(old, new);
        let types = type_counterparts::find(old, new, &methods);
        let choices = choices(old, new);
        let renamed = types
            .iter()
            .chain(&choices)
            .filter(|(old, new)| old != new)
            .map(|(old, new)| (old.clone(), new.clone()))
            .collect();
        Self { renamed, split: split_types(old, new), methods, types, choices }
    }

    /// Returns `true` if both types are the same for callers: equal, except for renamed types.
    pub(super) fn is_same_type(&self, old: &RustType, new: &RustType) -> bool {
        match (old, new) {
            (RustType::Named(old), RustType::Named(new)) => self.is_same_name(&old.name, &new.name),
            (RustType::Vec(old), RustType::Vec(new))
            | (RustType::Map(old), RustType::Map(new))
            | (RustType::Option(old), RustType::Option(new))
            | (RustType::Boxed(old), RustType::Boxed(new))
            | (RustType::Into(old), RustType::Into(new))
            | (RustType::IntoIterator(old), RustType::IntoIterator(new)) => self.is_same_type(old, new),
            (RustType::Tuple(old), RustType::Tuple(new)) => {
                old.len() == new.len() && old.iter().zip(new).all(|(old, new)| self.is_same_type(old, new))
            }
            _ => old == new,
        }
    }

    /// Returns `true` if the names of two types refer to the same type for callers.
    pub(super) fn is_same_name(&self, old: &str, new: &str) -> bool {
        let old = self.renamed.get(old).map_or(old, String::as_str);
        let new = self.split.get(new).map_or(new, String::as_str);
        old == new
    }

    /// Returns `true` if both results are the same for callers.
    pub(super) fn is_same_response(&self, old: &ResponseKind, new: &ResponseKind) -> bool {
        let is_same_kind = std::mem::discriminant(old) == std::mem::discriminant(new);
        is_same_kind
            && match (old.ty(), new.ty()) {
                (Some(old), Some(new)) => self.is_same_type(old, new),
                (old, new) => old == new,
            }
    }
}

fn split_types(old: &SdkIndex<'_>, new: &SdkIndex<'_>) -> HashMap<String, String> {
    let added = new.types.keys().filter(|name| !old.types.contains_key(*name));
    added
        .filter_map(|name| {
            let common = name.strip_suffix(REQUEST_SUFFIX)?;
            let is_split = old.types.get(common)?.generated.is_input && !new.types.get(common)?.generated.is_input;
            is_split.then(|| ((*name).to_owned(), common.to_owned()))
        })
        .collect()
}

/// Pairs methods by name, then by operation, then by endpoint.
fn methods(old: &SdkIndex<'_>, new: &SdkIndex<'_>) -> BTreeMap<String, String> {
    let by_name = |path: &String| {
        let same = new.methods.contains_key(path).then(|| path.clone());
        let current = same.or_else(|| new.deprecated_names.get(path).cloned())?;
        Some((path.clone(), current))
    };
    let mut pairs: BTreeMap<String, String> = old.methods.keys().filter_map(by_name).collect();
    let mut taken: HashSet<String> = pairs.values().cloned().collect();
    let keys: [fn(&IndexedMethod<'_>) -> Vec<String>; 2] = [
        |method| method.operations().into_iter().map(str::to_owned).collect(),
        |method| method.endpoints().iter().map(|endpoint| endpoint_key(endpoint)).collect(),
    ];
    for keys in keys {
        let mut free: HashMap<String, &str> = HashMap::new();
        for (path, method) in new.methods.iter().filter(|(path, _)| !taken.contains(*path)) {
            free.extend(keys(method).into_iter().map(|key| (key, path.as_str())));
        }
        let unpaired: Vec<_> = old.methods.iter().filter(|(path, _)| !pairs.contains_key(*path)).collect();
        for (path, method) in unpaired {
            let candidate = keys(method).iter().find_map(|key| free.get(key.as_str()).copied());
            if let Some(current) = candidate.filter(|current| taken.insert((*current).to_owned())) {
                pairs.insert(path.clone(), current.to_owned());
            }
        }
    }
    pairs
}

/// Pairs endpoint choices by name, then by deprecated name, then by variants.
fn choices(old: &SdkIndex<'_>, new: &SdkIndex<'_>) -> BTreeMap<String, String> {
    let (old_choices, new_choices) =
        (&old.version.krate.api.endpoint_choices, &new.version.krate.api.endpoint_choices);
    let variants =
        |choice: &EndpointChoice| choice.variants.iter().map(|variant| variant.name.clone()).collect::<Vec<_>>();
    let is_added = |choice: &&EndpointChoice| !old_choices.iter().any(|known| known.name == choice.name);
    let mut pairs = BTreeMap::new();
    for choice in old_choices {
        let same = new_choices.iter().find(|current| current.name == choice.name);
        let equal = || new_choices.iter().filter(is_added).find(|current| variants(current) == variants(choice));
        let current = same
            .map(|current| current.name.clone())
            .or_else(|| new.deprecated_names.get(&choice.name).cloned())
            .or_else(|| equal().map(|current| current.name.clone()));
        if let Some(current) = current {
            pairs.insert(choice.name.clone(), current);
        }
    }
    pairs
}
