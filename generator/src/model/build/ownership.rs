use std::collections::{BTreeMap, BTreeSet};

use crate::model::sdk::{Resource, for_each_method};
use crate::model::types::{TypeDefinition, TypeId};

/// Sets the owner and the users of every type, and whether requests and responses contain it. `explicit` are the
/// owners that the configuration states.
pub(super) fn assign(
    types: &mut [TypeDefinition],
    resources: &[Resource],
    explicit: &BTreeMap<TypeId, Vec<String>>,
) {
    types.iter_mut().for_each(|ty| ty.users.clear());
    let parts: Vec<Vec<usize>> = types.iter().map(|ty| ty.parts().map(|part| part.0).collect()).collect();
    let mut owners = Owners { paths: vec![None; types.len()], queue: Vec::new() };
    let mut in_responses = Vec::new();
    let mut in_requests = Vec::new();
    let mut users: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (id, path) in explicit {
        owners.paths[id.0] = Some(path.clone());
        owners.queue.push(id.0);
        users.entry(path.first().map_or("", String::as_str)).or_default().push(id.0);
    }
    for_each_method(resources, &mut |path, method| {
        in_responses.extend(method.response_types().map(|id| id.0));
        in_requests.extend(method.parameter_types().map(|id| id.0));
        for id in method.named_types().filter(|id| !explicit.contains_key(id)) {
            owners.narrow(id.0, path);
        }
        let user = path.first().map_or("", String::as_str);
        users.entry(user).or_default().extend(method.named_types().map(|id| id.0));
    });
    for_each_reachable(&parts, in_responses, |id| types[id].in_responses = true);
    for_each_reachable(&parts, in_requests, |id| types[id].in_requests = true);
    for (user, ids) in users {
        for_each_reachable(&parts, ids, |id| types[id].users.push(user.to_owned()));
    }
    // The owner of a type is the innermost resource that contains all its users. It limits the owners of the
    // type's parts, so owners are narrowed until nothing changes. Each owner is narrowed at most once per segment
    // of its path.
    while let Some(container) = owners.queue.pop() {
        let Some(owner) = owners.paths[container].clone() else { continue };
        for part in parts[container].iter().filter(|part| !explicit.contains_key(&TypeId(**part))) {
            owners.narrow(*part, &owner);
        }
    }
    for (ty, owner) in types.iter_mut().zip(owners.paths) {
        ty.owner = owner.unwrap_or_default();
        // Another top-level resource is another cargo feature: the owner's module may be disabled.
        if ty.users.iter().any(|user| Some(user) != ty.owner.first()) {
            ty.owner.clear();
        }
    }
}

/// Owners that are known so far.
struct Owners {
    paths: Vec<Option<Vec<String>>>,
    /// Types whose owner changed since their parts were narrowed.
    queue: Vec<usize>,
}

impl Owners {
    /// Limits the owner of a type to `path` and its parents.
    fn narrow(&mut self, id: usize, path: &[String]) {
        let narrowed = match &self.paths[id] {
            None => path.to_vec(),
            Some(owner) => common_prefix(owner, path),
        };
        if self.paths[id].as_ref() != Some(&narrowed) {
            self.paths[id] = Some(narrowed);
            self.queue.push(id);
        }
    }
}

/// Calls `visit` with each type in the queue and everything that it contains, each once.
fn for_each_reachable(parts: &[Vec<usize>], mut queue: Vec<usize>, mut visit: impl FnMut(usize)) {
    let mut seen = BTreeSet::new();
    while let Some(id) = queue.pop() {
        if seen.insert(id) {
            visit(id);
            queue.extend(&parts[id]);
        }
    }
}

fn common_prefix(a: &[String], b: &[String]) -> Vec<String> {
    a.iter().zip(b).take_while(|(a, b)| a == b).map(|(a, _)| a.clone()).collect()
}
