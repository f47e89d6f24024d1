//! The tree of resources, from paths, tags and ids: as people would group the operations by hand.

mod groups;
mod methods;
mod path;
mod scopes;
mod unique;
mod words;

use std::collections::BTreeMap;

use sdk_protocol::{Envelope, Owned};

use self::methods::Shape;
use self::path::Segment;
use self::scopes::Scopes;
use self::unique::Taken;
use crate::openapi::normalize::NormalizedApi;

/// A resource of the inferred tree.
#[derive(Default)]
pub(super) struct Resource {
    /// Names of methods and ids of operations, in the order of the document.
    pub(super) methods: Vec<(String, String)>,
    /// The resources below.
    pub(super) resources: BTreeMap<String, Resource>,
}

/// Groups all operations.
pub(super) fn resources(api: &NormalizedApi, envelope: Option<&Envelope<Owned>>) -> Resource {
    let paths: Vec<Vec<Segment>> =
        api.operations.iter().map(|operation| path::segments(&operation.path)).collect();
    let shape = Shape::new(&paths, api, envelope);
    let scopes = Scopes::new(api, &paths);
    let mut resource_paths = Vec::new();
    let mut methods = Vec::new();
    for (operation, path) in api.operations.iter().zip(&paths) {
        let mut resource_path = path::names(&path[scopes.length(path)..]);
        let named = shape.name(api, operation, path, &resource_path);
        resource_path.truncate(resource_path.len() - named.used);
        resource_paths.push(resource_path);
        methods.push(named.method);
    }
    let tags: Vec<&[String]> = api.operations.iter().map(|operation| operation.tags.as_slice()).collect();
    groups::rename(&mut resource_paths, &tags);

    // What is deprecated leaves the plain name to what isn't, and what has a path for itself to what shares one.
    let mut order: Vec<usize> = (0..resource_paths.len()).collect();
    order.sort_by_key(|index| (api.operations[*index].deprecated, shape.is_alone(&paths[*index])));
    let mut taken = Taken::default();
    for index in order {
        let spot = (resource_paths[index].clone(), methods[index].clone());
        methods[index] = taken.take(spot, &api.operations[index], &paths[index]);
    }
    let mut tree = Resource::default();
    for ((operation, resource_path), method) in api.operations.iter().zip(resource_paths).zip(methods) {
        let resource =
            resource_path.into_iter().fold(&mut tree, |tree, name| tree.resources.entry(name).or_default());
        resource.methods.push((method, operation.id.clone()));
    }
    tree
}
