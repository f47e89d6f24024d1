//! In which resource's module each type is.

use std::collections::{BTreeMap, BTreeSet};

use super::{Method, Output, Resource, TypeDefinition, TypeId, TypeKind};

/// States owner and users of every type, and whether requests and responses hold it.
pub(super) fn assign(
    types: &mut [TypeDefinition],
    resources: &[Resource],
    explicit: &BTreeMap<TypeId, Vec<String>>,
) {
    let mut methods = Vec::new();
    collect(resources, &mut methods);

    // Where each type is needed by itself, not as a part of another.
    let mut direct: Vec<BTreeSet<Vec<String>>> = vec![BTreeSet::new(); types.len()];
    for (path, method) in &methods {
        let inputs = method.parameters.iter().filter_map(|parameter| parameter.ty.named());
        for id in inputs {
            direct[id.0].insert(path.to_vec());
            reach(types, id, &mut |ty| ty.in_requests = true, &mut |ty| add_user(ty, path));
        }
        let output = match &method.output {
            Output::Value { ty, .. } | Output::Page { item: ty, .. } => ty.named(),
            Output::Nothing => None,
        };
        if let Some(id) = output {
            direct[id.0].insert(path.to_vec());
            reach(types, id, &mut |ty| ty.in_responses = true, &mut |ty| add_user(ty, path));
        }
    }
    for (id, path) in explicit {
        reach(types, *id, &mut |_| {}, &mut |ty| add_user(ty, path));
    }

    let mut parents: Vec<Vec<usize>> = vec![Vec::new(); types.len()];
    for (parent, ty) in types.iter().enumerate() {
        for part in parts(ty) {
            parents[part.0].push(parent);
        }
    }
    // A type belongs where everything that needs it is; that of a part depends on that of the whole, so the
    // owners are narrowed until nothing changes.
    let mut owners: Vec<Option<Vec<String>>> =
        (0..types.len()).map(|id| explicit.get(&TypeId(id)).cloned()).collect();
    for _ in 0..types.len() + 1 {
        let mut changed = false;
        for id in 0..types.len() {
            if explicit.contains_key(&TypeId(id)) {
                continue;
            }
            let wholes =
                parents[id].iter().filter(|parent| **parent != id).filter_map(|parent| owners[*parent].clone());
            let owner = direct[id].iter().cloned().chain(wholes).reduce(|a, b| common(&a, &b));
            if owner != owners[id] && owner.is_some() {
                owners[id] = owner;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    for (ty, owner) in types.iter_mut().zip(owners) {
        ty.owner = owner.unwrap_or_default();
    }
}

fn collect<'a>(resources: &'a [Resource], methods: &mut Vec<(&'a [String], &'a Method)>) {
    for resource in resources {
        methods.extend(resource.methods.iter().map(|method| (resource.path.as_slice(), method)));
        collect(&resource.resources, methods);
    }
}

fn add_user(ty: &mut TypeDefinition, path: &[String]) {
    if !ty.users.iter().any(|user| user == path) {
        ty.users.push(path.to_vec());
    }
}

/// Visits a type and everything in it.
fn reach(
    types: &mut [TypeDefinition],
    id: TypeId,
    mark: &mut dyn FnMut(&mut TypeDefinition),
    user: &mut dyn FnMut(&mut TypeDefinition),
) {
    let mut seen = BTreeSet::from([id]);
    let mut queue = vec![id];
    while let Some(id) = queue.pop() {
        mark(&mut types[id.0]);
        user(&mut types[id.0]);
        queue.extend(parts(&types[id.0]).filter(|part| seen.insert(*part)));
    }
}

/// The named types that a type is made of.
pub(super) fn parts(ty: &TypeDefinition) -> impl Iterator<Item = TypeId> + use<> {
    let parts: Vec<TypeId> = match &ty.kind {
        TypeKind::Object(fields) => fields.iter().filter_map(|field| field.ty.named()).collect(),
        TypeKind::Union { variants, .. } => variants.iter().filter_map(|variant| variant.ty.named()).collect(),
        TypeKind::Enum(_) => Vec::new(),
    };
    parts.into_iter()
}

fn common(a: &[String], b: &[String]) -> Vec<String> {
    a.iter().zip(b).take_while(|(a, b)| a == b).map(|(a, _)| a.clone()).collect()
}
