//! What only the whole of the types shows.

use super::owner::parts;
use super::{Constant, Field, Resource, Type, TypeDefinition, TypeId, TypeKind};

/// Makes a tag constant in the members of a union where the document says only in the union's mapping what it
/// is: then programs don't have to write it, and can't write it wrong. A type that is something else elsewhere
/// keeps its field.
pub(super) fn tags(types: &mut [TypeDefinition], resources: &[Resource]) {
    let mut direct = vec![false; types.len()];
    super::owner::methods(resources, &mut |_, method| {
        for id in super::owner::needs(method) {
            direct[id.0] = true;
        }
    });
    // For each type, the tags that unions give it; nothing where something else holds it.
    let mut tags: Vec<Option<Vec<(String, String)>>> =
        direct.iter().map(|direct| (!direct).then(Vec::new)).collect();
    for ty in types.iter() {
        match &ty.kind {
            TypeKind::Union { tag: Some(tag), variants } => {
                for variant in variants {
                    if let (Type::Named(id), Some(value)) = (&variant.ty, &variant.tag)
                        && let Some(known) = &mut tags[id.0]
                    {
                        known.push((tag.clone(), value.clone()));
                    }
                }
            }
            _ => parts(ty).for_each(|id| tags[id.0] = None),
        }
    }
    for (ty, tags) in types.iter_mut().zip(tags) {
        let Some(mut tags) = tags else { continue };
        tags.dedup();
        let ([(tag, value)], TypeKind::Object(fields)) = (tags.as_slice(), &mut ty.kind) else { continue };
        let Some(field) = fields.iter_mut().find(|field| field.wire == *tag && !field.is_rest) else { continue };
        let constant = match field.ty {
            Type::String => Some(Constant::Text(value.clone())),
            Type::Integer(_) => value.parse().ok().map(Constant::Integer),
            _ => None,
        };
        field.constant = field.constant.take().or(constant);
    }
}

/// No finite value has a type in itself that must be there: such a field is read as one that may be absent.
pub(super) fn endless(types: &mut [TypeDefinition]) {
    for index in 0..types.len() {
        let TypeKind::Object(fields) = &types[index].kind else { continue };
        let endless: Vec<usize> = (0..fields.len())
            .filter(|field| needed(&fields[*field]).is_some_and(|first| leads_to(types, first, TypeId(index))))
            .collect();
        if let TypeKind::Object(fields) = &mut types[index].kind {
            for field in endless {
                fields[field].required = false;
            }
        }
    }
}

/// The named type without which a field can't be.
fn needed(field: &Field) -> Option<TypeId> {
    match field.ty {
        Type::Named(id) if field.required && !field.nullable => Some(id),
        _ => None,
    }
}

fn leads_to(types: &[TypeDefinition], from: TypeId, to: TypeId) -> bool {
    let mut seen = vec![from];
    let mut next = 0;
    while let Some(id) = seen.get(next).copied() {
        if id == to {
            return true;
        }
        if let TypeKind::Object(fields) = &types[id.0].kind {
            for part in fields.iter().filter_map(needed) {
                if !seen.contains(&part) {
                    seen.push(part);
                }
            }
        }
        next += 1;
    }
    false
}
