//! Deprecated names: former names of request types, computed from the finished names.

use super::requests::{MethodPath, requests};
use super::unique::UniqueNames;
use super::{Language, Name, Names, Namespace};
use crate::model::{Resource, Sdk};

/// Former name of a request type.
#[derive(Debug)]
pub struct OldRequestName<'a> {
    /// Path of the resource that had the method.
    pub resource: &'a [String],
    /// Former name of the request.
    pub name: Name,
    /// Path of the resource that has the method now, and the method's name in the model.
    pub method: (&'a [String], &'a str),
}

/// Returns the names that requests had when methods had their old names. They are computed as [`Names`] are, from all
/// methods with their old names: an unchanged method can have had a longer name, to tell it from one that was renamed.
pub fn old_requests<'a>(sdk: &'a Sdk, names: &Names, language: &dyn Language) -> Vec<OldRequestName<'a>> {
    let mut all: Vec<(MethodPath<'a>, MethodPath<'a>)> = Vec::new();
    collect(&sdk.resources, &mut all);
    if all.iter().all(|(old, now)| old == now) {
        return Vec::new();
    }
    let mut taken = UniqueNames::new(language, Namespace::Type);
    names.types.iter().chain(names.choices.iter().map(|choice| &choice.name)).for_each(|name| taken.insert(name));
    let before: Vec<MethodPath<'a>> = all.iter().map(|(old, _)| *old).collect();
    let mut before = requests(&before, &mut taken);
    let old = |(old, now): (MethodPath<'a>, MethodPath<'a>)| {
        Some(OldRequestName { resource: old.0, name: before.remove(&old)?, method: now })
    };
    all.into_iter().filter_map(old).collect()
}

/// Collects the methods, each by its old path and its path now; a method with several old names has several entries.
fn collect<'a>(resources: &'a [Resource], all: &mut Vec<(MethodPath<'a>, MethodPath<'a>)>) {
    for resource in resources {
        for method in &resource.methods {
            let now = (resource.path.as_slice(), method.name.as_str());
            match method.deprecated_names.as_slice() {
                [] => all.push((now, now)),
                old => all.extend(old.iter().map(|old| ((old.resource.as_slice(), old.name.as_str()), now))),
            }
        }
        collect(&resource.resources, all);
    }
}
