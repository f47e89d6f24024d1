//! In which resource's module each type is.

use std::collections::{BTreeMap, BTreeSet};

use super::{Method, Output, Resource, Type, TypeDefinition, TypeId, TypeKind};

/// States owner and users of every type, and whether requests and responses hold it.
pub(super) fn assign(
    types: &mut [TypeDefinition],
    resources: &[Resource],
    explicit: &BTreeMap<TypeId, Vec<String>>,
) {
    // Where each type is needed by itself, not as a part of another.
    let mut direct: Vec<BTreeSet<Vec<String>>> = vec![BTreeSet::new(); types.len()];
    methods(resources, &mut |path, method| {
        for id in needs(method) {
            direct[id.0].insert(path.to_vec());
            let is_output = outputs(method).any(|output| output == id);
            let is_input = method.parameters.iter().any(|parameter| parameter.ty.named().contains(&id));
            reach(types, id, &mut |ty| {
                ty.in_responses |= is_output;
                ty.in_requests |= is_input;
                add_user(ty, path);
            });
        }
    });
    for (id, path) in explicit {
        reach(types, *id, &mut |ty| add_user(ty, path));
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
        // A resource that another feature needs as well can't own the type: its module may not be there.
        if ty.users.iter().any(|user| user.first() != ty.owner.first()) {
            ty.owner.clear();
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

fn add_user(ty: &mut TypeDefinition, path: &[String]) {
    if !ty.users.iter().any(|user| user == path) {
        ty.users.push(path.to_vec());
    }
}

/// Visits a type and everything in it.
fn reach(types: &mut [TypeDefinition], id: TypeId, visit: &mut dyn FnMut(&mut TypeDefinition)) {
    let mut seen = BTreeSet::from([id]);
    let mut queue = vec![id];
    while let Some(id) = queue.pop() {
        visit(&mut types[id.0]);
        queue.extend(parts(&types[id.0]).filter(|part| seen.insert(*part)));
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
