//! What only the whole of the types shows.

use super::owner::parts;
use super::strongly_connected_components::strongly_connected_components;
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
                    if let Type::Named(id) = &variant.ty
                        && let Some(known) = &mut tags[id.0]
                    {
                        known.extend(variant.tags.iter().map(|value| (tag.clone(), value.clone())));
                    }
                }
            }
            _ => parts(ty).for_each(|id| tags[id.0] = None),
        }
    }
    for (index, tags) in tags.into_iter().enumerate() {
        let Some(mut tags) = tags else { continue };
        tags.dedup();
        let ([(tag, value)], TypeKind::Object(fields)) = (tags.as_slice(), &types[index].kind) else { continue };
        let Some(location) = fields.iter().position(|field| field.wire == *tag && !field.is_rest) else {
            continue;
        };
        let constant = match &fields[location].ty {
            Type::String => Some(Constant::Text(value.clone())),
            Type::Integer(_) => value.parse().ok().map(Constant::Integer),
            // An enum of this value alone, which need not be there.
            Type::Named(id) => match &types[id.0].kind {
                TypeKind::Enum(values) if values.len() == 1 => {
                    values.first().map(|only| only.value.clone()).filter(|only| only.to_string() == *value)
                }
                _ => None,
            },
            _ => None,
        };
        if let TypeKind::Object(fields) = &mut types[index].kind {
            let field = &mut fields[location];
            field.constant = field.constant.take().or(constant);
        }
    }
}

/// No finite value has a type in itself that must be there: such a field is read as one that may be absent.
pub(super) fn relax_required_cycles(types: &mut [TypeDefinition]) {
    // What is in no circle with others needs no look at all.
    let circle =
        strongly_connected_components(types.len(), |id| all_needed(&types[id]).map(|part| part.0).collect());
    let mut seen = vec![0; types.len()];
    let mut turn = 0;
    for index in 0..types.len() {
        let TypeKind::Object(fields) = &types[index].kind else { continue };
        let mut relax_required_cycles = Vec::new();
        for (number, field) in fields.iter().enumerate() {
            let is_near = |part: &TypeId| circle[part.0] == circle[index];
            turn += 1;
            let first = needed(field).into_iter().filter(is_near).collect();
            if leads_to(types, first, TypeId(index), is_near, (&mut seen, turn)) {
                relax_required_cycles.push(number);
            }
        }
        if let TypeKind::Object(fields) = &mut types[index].kind {
            for field in relax_required_cycles {
                fields[field].required = false;
            }
        }
    }
}

/// The named types without which a field can't be.
fn needed(field: &Field) -> Vec<TypeId> {
    match field.required && !field.nullable {
        true => held(&field.ty),
        false => Vec::new(),
    }
}

/// The named types of which each value of a type has one.
fn held(ty: &Type) -> Vec<TypeId> {
    match ty {
        Type::Named(id) => vec![*id],
        Type::Tuple(items) => items.iter().flat_map(held).collect(),
        _ => Vec::new(),
    }
}

/// The named types without which a type can't be.
fn all_needed(ty: &TypeDefinition) -> impl Iterator<Item = TypeId> {
    let fields: &[Field] = match &ty.kind {
        TypeKind::Object(fields) => fields,
        _ => &[],
    };
    fields.iter().flat_map(needed)
}

/// Whether some types need another, by way of those that are near. What was seen in this turn has its number.
fn leads_to(
    types: &[TypeDefinition],
    from: Vec<TypeId>,
    to: TypeId,
    is_near: impl Fn(&TypeId) -> bool,
    (seen, turn): (&mut [usize], usize),
) -> bool {
    let mut queue = from;
    while let Some(id) = queue.pop() {
        if id == to {
            return true;
        }
        if std::mem::replace(&mut seen[id.0], turn) != turn {
            queue.extend(all_needed(&types[id.0]).filter(&is_near));
        }
    }
    false
}
