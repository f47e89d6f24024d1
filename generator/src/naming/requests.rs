//! Names of request types.

use std::collections::HashMap;

use super::Name;
use super::unique::UniqueNames;
use crate::inflection::singular;
use crate::model::Resource;

/// Method: its resource's path and its name in the model.
pub(super) type MethodPath<'a> = (&'a [String], &'a str);

/// Returns all methods, those of a resource before those of its children.
pub(super) fn methods(resources: &[Resource]) -> Vec<MethodPath<'_>> {
    let mut methods = Vec::new();
    collect(resources, &mut methods);
    methods
}

fn collect<'a>(resources: &'a [Resource], methods: &mut Vec<MethodPath<'a>>) {
    for resource in resources {
        methods.extend(resource.methods.iter().map(|method| (resource.path.as_slice(), method.name.as_str())));
        collect(&resource.resources, methods);
    }
}

/// Names a request after its resource and method. If several requests would have the same name, all of them are named
/// after the whole path, so that no name depends on the order.
pub(super) fn requests<'a>(
    methods: &[MethodPath<'a>],
    taken: &mut UniqueNames<'_>,
) -> HashMap<MethodPath<'a>, Name> {
    let short = |(path, method): &MethodPath<'_>| {
        let subject = path.last().map(|name| singular(name)).unwrap_or_default();
        Name::new(&format!("{subject} {method} request"))
    };
    let mut counts: HashMap<Name, usize> = HashMap::new();
    for method in methods {
        *counts.entry(short(method)).or_default() += 1;
    }
    let mut names = HashMap::new();
    for (path, method) in methods {
        let mut name = short(&(path, method));
        if counts.get(&name).is_some_and(|count| *count > 1) || taken.contains(&name) {
            let words: Vec<String> = path.iter().map(|name| singular(name)).collect();
            name = Name::new(&format!("{} {method} request", words.join(" ")));
        }
        names.insert((*path, *method), taken.unique(name));
    }
    names
}
