//! Resource tree, derived from the paths, tags and ids of the operations.

mod groups;
mod methods;
mod path;
mod scopes;
mod unique;
mod words;

use std::collections::BTreeMap;

use sdk_protocol::{Envelope, Owned};

use self::methods::PathIndex;
use self::path::Segment;
use self::scopes::Scopes;
use self::unique::UniqueNames;
use crate::openapi::normalize::NormalizedApi;

/// Resource of the inferred tree.
#[derive(Default)]
pub(super) struct Resource {
    /// Names of methods with the ids of their operations, in the order of the document.
    pub(super) methods: Vec<(String, String)>,
    /// Sub-resources by name.
    pub(super) resources: BTreeMap<String, Resource>,
}

/// Returns the root of the resource tree, with all operations.
pub(super) fn resources(api: &NormalizedApi, envelope: Option<&Envelope<Owned>>) -> Resource {
    let paths: Vec<Vec<Segment>> =
        api.operations.iter().map(|operation| path::segments(&operation.path)).collect();
    let index = PathIndex::new(&paths, api, envelope);
    let scopes = Scopes::new(api, &paths);
    let mut resource_paths = Vec::new();
    let mut methods = Vec::new();
    for (operation, path) in api.operations.iter().zip(&paths) {
        let mut resource_path = path::names(&path[scopes.prefix_length(path)..]);
        let name = index.method_name(api, operation, path, &resource_path);
        resource_path.truncate(resource_path.len() - name.segments);
        resource_paths.push(resource_path);
        methods.push(name.name);
    }
    let tags: Vec<&[String]> = api.operations.iter().map(|operation| operation.tags.as_slice()).collect();
    groups::rename(&mut resource_paths, &tags);

    // Names are assigned in this order: operations that are not deprecated before deprecated ones, and operations that
    // share their path with others before those that do not. In a conflict the first operation keeps the plain name.
    let mut order: Vec<usize> = (0..resource_paths.len()).collect();
    order.sort_by_key(|operation| (api.operations[*operation].deprecated, index.is_alone(&paths[*operation])));
    let mut names = UniqueNames::default();
    for operation in order {
        let name = (resource_paths[operation].clone(), methods[operation].clone());
        methods[operation] = names.assign(name, &api.operations[operation], &paths[operation]);
    }
    let mut tree = Resource::default();
    for ((operation, resource_path), method) in api.operations.iter().zip(resource_paths).zip(methods) {
        let resource =
            resource_path.into_iter().fold(&mut tree, |tree, name| tree.resources.entry(name).or_default());
        resource.methods.push((method, operation.id.clone()));
    }
    tree
}
