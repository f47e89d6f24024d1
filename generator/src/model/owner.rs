//! In which resource's module each type is.

use std::collections::{BTreeMap, BTreeSet};

use super::{Method, Output, Resource, Type, TypeDefinition, TypeId, TypeKind};

/// States owner and users of every type, and whether requests and responses hold it.
pub(super) fn assign(
    types: &mut [TypeDefinition],
    resources: &[Resource],
    explicit: &BTreeMap<TypeId, Vec<String>>,
) {
    types.iter_mut().for_each(|ty| ty.users.clear());
    let made_of: Vec<Vec<usize>> = types.iter().map(|ty| parts(ty).map(|part| part.0).collect()).collect();
    let mut owners = Owners { of: vec![None; types.len()], queue: Vec::new() };
    let mut given = Vec::new();
    let mut taken = Vec::new();
    let mut users: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (id, path) in explicit {
        owners.of[id.0] = Some(path.clone());
        owners.queue.push(id.0);
        users.entry(path.first().map_or("", String::as_str)).or_default().push(id.0);
    }
    methods(resources, &mut |path, method| {
        given.extend(outputs(method).map(|id| id.0));
        taken.extend(method.parameters.iter().flat_map(|parameter| parameter.ty.named()).map(|id| id.0));
        for id in needs(method).filter(|id| !explicit.contains_key(id)) {
            owners.narrow(id.0, path);
        }
    });
    for resource in resources {
        methods(std::slice::from_ref(resource), &mut |_, method| {
            users.entry(resource.name()).or_default().extend(needs(method).map(|id| id.0));
        });
    }
    reach(&made_of, given, |id| types[id].in_responses = true);
    reach(&made_of, taken, |id| types[id].in_requests = true);
    for (user, ids) in users {
        reach(&made_of, ids, |id| types[id].users.push(user.to_owned()));
    }
    // A type belongs where everything that needs it is; that of a part depends on that of the whole, so the owners
    // are narrowed until nothing changes. Each can be narrowed only as often as its path is long.
    while let Some(whole) = owners.queue.pop() {
        let Some(owner) = owners.of[whole].clone() else { continue };
        for part in made_of[whole].iter().filter(|part| !explicit.contains_key(&TypeId(**part))) {
            owners.narrow(*part, &owner);
        }
    }
    for (ty, owner) in types.iter_mut().zip(owners.of) {
        ty.owner = owner.unwrap_or_default();
        // A resource that another feature needs as well can't own the type: its module may not be there.
        if ty.users.iter().any(|user| Some(user) != ty.owner.first()) {
            ty.owner.clear();
        }
    }
}

/// The owners as far as they are known.
struct Owners {
    of: Vec<Option<Vec<String>>>,
    /// Types whose parts haven't heard of their owner.
    queue: Vec<usize>,
}

impl Owners {
    /// The owner of `id` is at `path`, or above it.
    fn narrow(&mut self, id: usize, path: &[String]) {
        let narrowed = match &self.of[id] {
            None => path.to_vec(),
            Some(owner) => common(owner, path),
        };
        if self.of[id].as_ref() != Some(&narrowed) {
            self.of[id] = Some(narrowed);
            self.queue.push(id);
        }
    }
}

/// Visits every method, with its resource's path.
pub(super) fn methods(resources: &[Resource], visit: &mut dyn FnMut(&[String], &Method)) {
    for resource in resources {
        for method in &resource.methods {
            visit(&resource.path, method);
        }
        methods(&resource.resources, visit);
    }
}

/// The named types that a method takes and gives.
pub(super) fn needs(method: &Method) -> impl Iterator<Item = TypeId> {
    method.parameters.iter().flat_map(|parameter| parameter.ty.named()).chain(outputs(method))
}

fn outputs(method: &Method) -> impl Iterator<Item = TypeId> {
    let output = match &method.output {
        Output::Value { ty, .. } | Output::Page { item: ty, .. } => ty.named(),
        Output::Nothing | Output::Text | Output::Bytes | Output::Stream(_) => Vec::new(),
    };
    let failures = method.failures.iter().filter_map(|failure| failure.ty.as_ref()).flat_map(Type::named);
    output.into_iter().chain(method.streams().flat_map(|stream| stream.item.named())).chain(failures)
}

/// Visits types and everything in them, each once.
fn reach(made_of: &[Vec<usize>], mut queue: Vec<usize>, mut visit: impl FnMut(usize)) {
    let mut seen = BTreeSet::new();
    while let Some(id) = queue.pop() {
        if seen.insert(id) {
            visit(id);
            queue.extend(&made_of[id]);
        }
    }
}

/// The named types that a type is made of.
pub(super) fn parts(ty: &TypeDefinition) -> impl Iterator<Item = TypeId> + use<> {
    let parts: Vec<TypeId> = match &ty.kind {
        TypeKind::Object(fields) => fields.iter().flat_map(|field| field.ty.named()).collect(),
        TypeKind::Union { variants, .. } => variants.iter().flat_map(|variant| variant.ty.named()).collect(),
        TypeKind::Enum(_) => Vec::new(),
    };
    parts.into_iter()
}

fn common(a: &[String], b: &[String]) -> Vec<String> {
    a.iter().zip(b).take_while(|(a, b)| a == b).map(|(a, _)| a.clone()).collect()
}
