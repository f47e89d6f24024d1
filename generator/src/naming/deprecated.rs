//! Deprecated names: former names of request types, computed from the current names.

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
    /// Path of the resource that currently has the method, and the method's name in the model.
    pub method: (&'a [String], &'a str),
}

/// Returns the former names of request types. They are computed like those in [`Names`], from all methods with
/// their old names: the request of an unchanged method can have had a longer name, to distinguish it from that of
/// a renamed method.
pub fn old_requests<'a>(sdk: &'a Sdk, names: &Names, language: &dyn Language) -> Vec<OldRequestName<'a>> {
    let mut all: Vec<(MethodPath<'a>, MethodPath<'a>)> = Vec::new();
    collect(&sdk.resources, &mut all);
    if all.iter().all(|(old, current)| old == current) {
        return Vec::new();
    }
    let mut taken = UniqueNames::new(language, Namespace::Type);
    names.types.iter().chain(names.choices.iter().map(|choice| &choice.name)).for_each(|name| taken.insert(name));
    let before: Vec<MethodPath<'a>> = all.iter().map(|(old, _)| *old).collect();
    let mut before = requests(&before, &mut taken);
    let old = |(old, current): (MethodPath<'a>, MethodPath<'a>)| {
        Some(OldRequestName { resource: old.0, name: before.remove(&old)?, method: current })
    };
    all.into_iter().filter_map(old).collect()
}

/// Collects the methods, each with its old and its current path. A method with several old names has several
/// entries.
fn collect<'a>(resources: &'a [Resource], all: &mut Vec<(MethodPath<'a>, MethodPath<'a>)>) {
    for resource in resources {
        for method in &resource.methods {
            let current = (resource.path.as_slice(), method.name.as_str());
            match method.deprecated_names.as_slice() {
                [] => all.push((current, current)),
                old => all.extend(old.iter().map(|old| ((old.resource.as_slice(), old.name.as_str()), current))),
            }
        }
        collect(&resource.resources, all);
    }
}
