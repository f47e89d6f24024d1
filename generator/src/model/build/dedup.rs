//! Deduplication of types that a document repeats. For example, the sort orders of all lists of a resource are
//! one enum.
//!
//! Types are merged if the document does not name them, if they belong to one top-level resource, if they have
//! the same properties, values and descriptions, and if the properties that contain them have the same name.
//! Results of methods are merged only within one resource: equal results of different resources are a
//! coincidence.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use heck::ToSnakeCase;
use rayon::prelude::*;

use crate::inflection::singular;
use crate::model::sdk::Resource;
use crate::model::types::{Constant, EnumValue, Type, TypeDefinition, TypeId, TypeKind};

/// Merges equal types, except those for which `is_kept` returns `true`. Returns the new id of each type.
///
/// The owners of the types must be assigned before the call, and again after it.
pub(super) fn merge_equal(
    types: &mut Vec<TypeDefinition>,
    resources: &mut [Resource],
    is_kept: impl Fn(TypeId) -> bool,
) -> Vec<TypeId> {
    let snake_names: Vec<String> = types.par_iter().map(|ty| ty.name.to_snake_case()).collect();
    let classes = equivalence_classes(types, &snake_names, is_kept);
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); classes.iter().max().map_or(0, |last| last + 1)];
    for (index, class) in classes.iter().enumerate() {
        members[*class].push(index);
    }
    for (first, name) in common_names(types, &snake_names, &members) {
        types[first].name = name;
    }
    // The first member represents the class. Classes are numbered in the order of their first members.
    for members in members.iter().filter(|members| members.len() > 1) {
        let [first, others @ ..] = members.as_slice() else { continue };
        if others.iter().any(|other| types[*other].description != types[*first].description) {
            types[*first].description = None;
        }
    }
    let mut seen = BTreeSet::new();
    let mut index = 0;
    types.retain(|_| {
        index += 1;
        seen.insert(classes[index - 1])
    });
    let ids: Vec<TypeId> = classes.into_iter().map(TypeId).collect();
    types.iter_mut().for_each(|ty| replace_parts(ty, &ids));
    resources.iter_mut().for_each(|resource| replace_in_methods(resource, &ids));
    ids
}

/// Returns the class of each type.
///
/// All types with the same signature are in one class until a difference in their parts is found, so that recursive
/// types can be equal.
fn equivalence_classes(
    types: &[TypeDefinition],
    snake_names: &[String],
    is_kept: impl Fn(TypeId) -> bool,
) -> Vec<usize> {
    let positions = positions_in_unions(types);
    let mut known: HashMap<TypeSignature<'_>, usize> = HashMap::new();
    // Signatures do not depend on the classes and are compared only once.
    let signatures: Vec<(usize, Vec<TypeId>)> = types
        .iter()
        .enumerate()
        .map(|(index, ty)| {
            let is_unique = ty.is_component || positions[index].len() > 1 || is_kept(TypeId(index));
            let signature = match is_unique {
                true => TypeSignature::Unique(index),
                false => TypeSignature::new(ty, &snake_names[index], positions[index].first().copied()),
            };
            let new = known.len();
            let parts = if is_unique { Vec::new() } else { ty.parts().collect() };
            (*known.entry(signature).or_insert(new), parts)
        })
        .collect();
    let mut classes = vec![0; types.len()];
    let mut count = 0;
    loop {
        let mut known: HashMap<(usize, Vec<usize>), usize> = HashMap::with_capacity(types.len());
        let class = |(signature, parts): &(usize, Vec<TypeId>)| {
            let new = known.len();
            let parts = parts.iter().map(|part| classes[part.0]).collect();
            *known.entry((*signature, parts)).or_insert(new)
        };
        let next = signatures.iter().map(class).collect();
        let found = known.len();
        classes = next;
        if found == count {
            return classes;
        }
        count = found;
    }
}

/// Returns the positions of each type in unions. The variants of one union are not merged, because their types
/// distinguish them.
fn positions_in_unions(types: &[TypeDefinition]) -> Vec<Vec<usize>> {
    let mut positions = vec![Vec::new(); types.len()];
    for ty in types {
        if let TypeKind::Union { variants, .. } = &ty.kind {
            for (position, variant) in variants.iter().enumerate() {
                variant.ty.named().into_iter().for_each(|id| positions[id.0].push(position));
            }
        }
    }
    positions
}

/// Properties in which types must agree to be merged, apart from the named types that they contain.
#[derive(PartialEq, Eq, Hash)]
enum TypeSignature<'a> {
    /// Type that is never merged, by its index.
    Unique(usize),
    /// Type that can be merged.
    Mergeable {
        position_in_union: Option<usize>,
        /// Last word of the type's name.
        last_word: &'a str,
        owner: &'a [String],
        users: &'a [String],
        deprecated: bool,
        kind: KindSignature<'a>,
    },
}

#[derive(PartialEq, Eq, Hash)]
enum KindSignature<'a> {
    Object(Vec<FieldSignature<'a>>),
    Enum(&'a [EnumValue]),
    Union(Option<&'a str>, Vec<VariantSignature<'a>>),
}

#[derive(PartialEq, Eq, Hash)]
struct FieldSignature<'a> {
    wire: &'a str,
    ty: Type,
    constant: Option<&'a Constant>,
    description: Option<&'a str>,
    flags: [bool; 4],
}

#[derive(PartialEq, Eq, Hash)]
struct VariantSignature<'a> {
    name: &'a str,
    tags: &'a [String],
    ty: Type,
    description: Option<&'a str>,
}

impl<'a> TypeSignature<'a> {
    fn new(ty: &'a TypeDefinition, snake_name: &'a str, position_in_union: Option<usize>) -> Self {
        let last_word = snake_name.rsplit('_').next().unwrap_or_default();
        let is_result = matches!(last_word, "response" | "body" | "item");
        let without_ids = |ty: &Type| ty.with_ids(&|_| TypeId(0));
        let kind = match &ty.kind {
            TypeKind::Enum(values) => KindSignature::Enum(values),
            TypeKind::Object(fields) => {
                let fields = fields.iter().map(|field| FieldSignature {
                    wire: &field.wire,
                    ty: without_ids(&field.ty),
                    constant: field.constant.as_ref(),
                    description: field.description.as_deref(),
                    flags: [field.required, field.nullable, field.deprecated, field.is_additional_properties],
                });
                KindSignature::Object(fields.collect())
            }
            TypeKind::Union { tag, variants } => {
                let variants = variants.iter().map(|variant| VariantSignature {
                    name: &variant.name,
                    tags: &variant.tags,
                    ty: without_ids(&variant.ty),
                    description: variant.description.as_deref(),
                });
                KindSignature::Union(tag.as_deref(), variants.collect())
            }
        };
        let owner = if is_result { ty.owner.as_slice() } else { ty.owner.get(..1).unwrap_or_default() };
        Self::Mergeable { position_in_union, last_word, owner, users: &ty.users, deprecated: ty.deprecated, kind }
    }
}

/// Returns new names for the first members of classes with several members: the resource that owns all members,
/// and the last words that their names share.
///
/// If several classes have the same name, the largest gets it. The others, and classes whose name is that of a single
/// type, keep the name of their first member.
fn common_names(types: &[TypeDefinition], snake_names: &[String], members: &[Vec<usize>]) -> Vec<(usize, String)> {
    let single = members.iter().filter(|members| members.len() == 1);
    let taken: BTreeSet<String> = single.map(|members| snake_names[members[0]].replace('_', " ")).collect();
    let mut candidates: BTreeMap<String, Vec<&[usize]>> = BTreeMap::new();
    for members in members.iter().filter(|members| members.len() > 1) {
        if let Some(name) = common_name(types, snake_names, members).filter(|name| !taken.contains(name)) {
            candidates.entry(name).or_default().push(members);
        }
    }
    let mut names = Vec::new();
    for (name, mut classes) in candidates {
        classes.sort_by_key(|members| std::cmp::Reverse(members.len()));
        match classes.as_slice() {
            [one] => names.push((one[0], name)),
            [first, second, ..] if first.len() > second.len() => names.push((first[0], name)),
            _ => {}
        }
    }
    names
}

/// Returns the owner of all members, and the last words that their names share.
fn common_name(types: &[TypeDefinition], snake_names: &[String], members: &[usize]) -> Option<String> {
    let (first, others) = members.split_first()?;
    let mut end: Vec<&str> = snake_names[*first].rsplit('_').collect();
    let mut owner = types[*first].owner.as_slice();
    for other in others {
        let same = snake_names[*other].rsplit('_').zip(&end).take_while(|(a, b)| a == *b).count();
        end.truncate(same);
        let same = types[*other].owner.iter().zip(owner).take_while(|(a, b)| a == b).count();
        owner = &owner[..same];
    }
    // A leading number has no meaning without the word before it.
    while end.last().is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_digit())) {
        end.pop();
    }
    end.reverse();
    if end.first().is_none_or(|word| *word == "variant") {
        return None;
    }
    let subject = owner.last().map(|name| singular(name).to_snake_case()).unwrap_or_default();
    let subject: Vec<&str> = subject.split('_').filter(|word| !word.is_empty()).collect();
    let name = if end.starts_with(&subject) { end } else { [subject, end].concat() };
    Some(name.join(" "))
}

fn replace_parts(ty: &mut TypeDefinition, ids: &[TypeId]) {
    let replace = |ty: &mut Type| *ty = ty.with_ids(&|id| ids[id.0]);
    match &mut ty.kind {
        TypeKind::Object(fields) => fields.iter_mut().for_each(|field| replace(&mut field.ty)),
        TypeKind::Union { variants, .. } => variants.iter_mut().for_each(|variant| replace(&mut variant.ty)),
        TypeKind::Enum(_) => {}
    }
}

fn replace_in_methods(resource: &mut Resource, ids: &[TypeId]) {
    let types = resource.methods.iter_mut().flat_map(|method| method.types_mut());
    types.for_each(|ty| *ty = ty.with_ids(&|id| ids[id.0]));
    resource.resources.iter_mut().for_each(|resource| replace_in_methods(resource, ids));
}
