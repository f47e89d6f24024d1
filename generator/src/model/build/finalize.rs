//! Changes to types that need the whole set of types.

use crate::graph::strongly_connected_components;
use crate::model::sdk::{Resource, for_each_method};
use crate::model::types::{Constant, Field, Type, TypeDefinition, TypeId, TypeKind};

/// Makes the tag of a union constant in its members, if the document states the value only in the discriminator's
/// mapping: callers then cannot set a wrong value. Types that are used outside the union keep the field.
pub(super) fn add_constant_tags(types: &mut [TypeDefinition], resources: &[Resource]) {
    let mut is_direct = vec![false; types.len()];
    for_each_method(resources, &mut |_, method| {
        for id in method.named_types() {
            is_direct[id.0] = true;
        }
    });
    // Tags and values that unions assign to each type; `None` if it is used outside of unions.
    let mut tags: Vec<Option<Vec<(String, String)>>> =
        is_direct.iter().map(|is_direct| (!is_direct).then(Vec::new)).collect();
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
            _ => ty.parts().for_each(|id| tags[id.0] = None),
        }
    }
    for (index, tags) in tags.into_iter().enumerate() {
        let Some(mut tags) = tags else { continue };
        tags.dedup();
        let ([(tag, value)], TypeKind::Object(fields)) = (tags.as_slice(), &types[index].kind) else { continue };
        let Some(position) = fields.iter().position(|field| field.wire == *tag && !field.is_additional_properties)
        else {
            continue;
        };
        let constant = match &fields[position].ty {
            Type::String => Some(Constant::Text(value.clone())),
            Type::Integer(_) => value.parse().ok().map(Constant::Integer),
            // An optional field whose only value is the tag's.
            Type::Named(id) => match &types[id.0].kind {
                TypeKind::Enum(values) if values.len() == 1 => {
                    values.first().map(|only| only.value.clone()).filter(|only| only.to_string() == *value)
                }
                _ => None,
            },
            _ => None,
        };
        if let TypeKind::Object(fields) = &mut types[index].kind {
            let field = &mut fields[position];
            field.constant = field.constant.take().or(constant);
        }
    }
}

/// Makes required fields optional if their type contains the field's own type by required fields: no finite value has
/// such a field.
pub(super) fn relax_required_cycles(types: &mut [TypeDefinition]) {
    // Only types in one component contain each other.
    let component =
        strongly_connected_components(types.len(), |id| required_parts(&types[id]).map(|part| part.0).collect());
    let mut visited = Visited { round: 0, rounds: vec![0; types.len()] };
    for index in 0..types.len() {
        let TypeKind::Object(fields) = &types[index].kind else { continue };
        let mut cyclic = Vec::new();
        for (number, field) in fields.iter().enumerate() {
            let is_connected = |part: &TypeId| component[part.0] == component[index];
            let parts = required_types(field).into_iter().filter(is_connected).collect();
            if reaches(types, parts, TypeId(index), is_connected, &mut visited) {
                cyclic.push(number);
            }
        }
        if let TypeKind::Object(fields) = &mut types[index].kind {
            for field in cyclic {
                fields[field].required = false;
            }
        }
    }
}

/// Returns the named types that every value of the field contains.
fn required_types(field: &Field) -> Vec<TypeId> {
    match field.required && !field.nullable {
        true => contained_types(&field.ty),
        false => Vec::new(),
    }
}

/// Returns the named types that every value of the type contains.
fn contained_types(ty: &Type) -> Vec<TypeId> {
    match ty {
        Type::Named(id) => vec![*id],
        Type::Tuple(items) => items.iter().flat_map(contained_types).collect(),
        _ => Vec::new(),
    }
}

/// Returns the named types that every value of the definition contains.
fn required_parts(ty: &TypeDefinition) -> impl Iterator<Item = TypeId> {
    let fields: &[Field] = match &ty.kind {
        TypeKind::Object(fields) => fields,
        _ => &[],
    };
    fields.iter().flat_map(required_types)
}

/// Types visited by repeated searches: a type is visited if its round is the current one. The table is allocated
/// once.
struct Visited {
    round: usize,
    rounds: Vec<usize>,
}

/// Returns `true` if one of the types requires `target`, directly or through connected types.
fn reaches(
    types: &[TypeDefinition],
    mut queue: Vec<TypeId>,
    target: TypeId,
    is_connected: impl Fn(&TypeId) -> bool,
    visited: &mut Visited,
) -> bool {
    visited.round += 1;
    while let Some(id) = queue.pop() {
        if id == target {
            return true;
        }
        if std::mem::replace(&mut visited.rounds[id.0], visited.round) != visited.round {
            queue.extend(required_parts(&types[id.0]).filter(&is_connected));
        }
    }
    false
}
