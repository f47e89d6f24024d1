//! Types that documents write out again and again, made one: the direction of every list of a resource is one enum.
//!
//! Only types without names of their own are shared, and only inside one resource at the top, with the same
//! properties, values and texts, at properties of the same name. The results of methods are shared between the
//! methods of one resource only: those of others happen to be alike.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use heck::ToSnakeCase;
use rayon::prelude::*;

use super::lower::singular;
use super::owner::parts;
use super::{Constant, EnumValue, Method, Output, Resource, Type, TypeDefinition, TypeId, TypeKind};

/// Makes equal types one. Their owners must be known, and have to be found again afterwards. The result tells where
/// each type is now.
pub(super) fn equal(
    types: &mut Vec<TypeDefinition>,
    resources: &mut [Resource],
    is_kept: impl Fn(TypeId) -> bool,
) -> Vec<TypeId> {
    let words: Vec<String> = types.par_iter().map(|ty| ty.name.to_snake_case()).collect();
    let classes = classes(types, &words, is_kept);
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); classes.iter().max().map_or(0, |last| last + 1)];
    for (index, class) in classes.iter().enumerate() {
        members[*class].push(index);
    }
    for (first, name) in names(types, &words, &members) {
        types[first].name = name;
    }
    // Classes are numbered in the order of their first members, which stand for them.
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
    let now: Vec<TypeId> = classes.into_iter().map(TypeId).collect();
    types.iter_mut().for_each(|ty| rename_parts(ty, &now));
    resources.iter_mut().for_each(|resource| rename_in(resource, &now));
    now
}

/// The class of each type. All are taken for equal until something shows that they differ, so that types that hold
/// themselves are found equal as well.
fn classes(types: &[TypeDefinition], words: &[String], is_kept: impl Fn(TypeId) -> bool) -> Vec<usize> {
    let locations = places_in_unions(types);
    // What no class changes is compared once.
    let mut known: HashMap<TypeSignature<'_>, usize> = HashMap::new();
    let looks: Vec<(usize, Vec<TypeId>)> = types
        .iter()
        .enumerate()
        .map(|(index, ty)| {
            let is_kept = ty.is_component || locations[index].len() > 1 || is_kept(TypeId(index));
            let looks = match is_kept {
                true => TypeSignature::Itself(index),
                false => TypeSignature::of(ty, &words[index], locations[index].first().copied()),
            };
            let new = known.len();
            // One that is never shared differs from all others, whatever is in it.
            let parts = if is_kept { Vec::new() } else { parts(ty).collect() };
            (*known.entry(looks).or_insert(new), parts)
        })
        .collect();
    let mut classes = vec![0; types.len()];
    let mut count = 0;
    loop {
        let mut known: HashMap<(usize, Vec<usize>), usize> = HashMap::with_capacity(types.len());
        let class = |(looks, parts): &(usize, Vec<TypeId>)| {
            let new = known.len();
            let parts = parts.iter().map(|part| classes[part.0]).collect();
            *known.entry((*looks, parts)).or_insert(new)
        };
        let next = looks.iter().map(class).collect();
        let found = known.len();
        classes = next;
        if found == count {
            return classes;
        }
        count = found;
    }
}

/// At which places of unions each type stands: the members of one union stay different types, as their kinds are
/// told apart by them.
fn places_in_unions(types: &[TypeDefinition]) -> Vec<Vec<usize>> {
    let mut locations = vec![Vec::new(); types.len()];
    for ty in types {
        if let TypeKind::Union { variants, .. } = &ty.kind {
            for (location, variant) in variants.iter().enumerate() {
                variant.ty.named().into_iter().for_each(|id| locations[id.0].push(location));
            }
        }
    }
    locations
}

/// What types have in common that can be one, besides the named types in them.
#[derive(PartialEq, Eq, Hash)]
enum TypeSignature<'a> {
    /// The number of a type that is never shared.
    Itself(usize),
    Common {
        place_in_union: Option<usize>,
        /// What it is called where it stands.
        own: &'a str,
        owner: &'a [String],
        users: &'a [String],
        deprecated: bool,
        kind: Kind<'a>,
    },
}

#[derive(PartialEq, Eq, Hash)]
enum Kind<'a> {
    Object(Vec<FieldTypeSignature<'a>>),
    Enum(&'a [EnumValue]),
    Union(Option<&'a str>, Vec<(&'a str, &'a [String], Type, Option<&'a str>)>),
}

#[derive(PartialEq, Eq, Hash)]
struct FieldTypeSignature<'a> {
    wire: &'a str,
    ty: Type,
    constant: Option<&'a Constant>,
    description: Option<&'a str>,
    flags: [bool; 4],
}

impl<'a> TypeSignature<'a> {
    fn of(ty: &'a TypeDefinition, words: &'a str, place_in_union: Option<usize>) -> Self {
        let own = words.rsplit('_').next().unwrap_or_default();
        let is_whole = matches!(own, "response" | "body" | "item");
        let kind = match &ty.kind {
            TypeKind::Enum(values) => Kind::Enum(values),
            TypeKind::Object(fields) => {
                let looks = fields.iter().map(|field| FieldTypeSignature {
                    wire: &field.wire,
                    ty: renamed(&field.ty, &|_| TypeId(0)),
                    constant: field.constant.as_ref(),
                    description: field.description.as_deref(),
                    flags: [field.required, field.nullable, field.deprecated, field.is_rest],
                });
                Kind::Object(looks.collect())
            }
            TypeKind::Union { tag, variants } => {
                let looks = variants.iter().map(|variant| {
                    let ty = renamed(&variant.ty, &|_| TypeId(0));
                    (variant.name.as_str(), variant.tags.as_slice(), ty, variant.description.as_deref())
                });
                Kind::Union(tag.as_deref(), looks.collect())
            }
        };
        let owner = if is_whole { ty.owner.as_slice() } else { ty.owner.get(..1).unwrap_or_default() };
        Self::Common { place_in_union, own, owner, users: &ty.users, deprecated: ty.deprecated, kind }
    }
}

/// New names for the first members of classes that have several: after the resource that has all of them in it and
/// what their names end with. Of classes that want the same name, the one with most members has it; the others, and
/// those whose name is that of a type alone, are called as their first members are.
fn names(types: &[TypeDefinition], words: &[String], members: &[Vec<usize>]) -> Vec<(usize, String)> {
    let alone = members.iter().filter(|members| members.len() == 1);
    let taken: BTreeSet<String> = alone.map(|members| words[members[0]].replace('_', " ")).collect();
    let mut wanted: BTreeMap<String, Vec<&[usize]>> = BTreeMap::new();
    for members in members.iter().filter(|members| members.len() > 1) {
        if let Some(name) = common_name(types, words, members).filter(|name| !taken.contains(name)) {
            wanted.entry(name).or_default().push(members);
        }
    }
    let mut names = Vec::new();
    for (name, mut rivals) in wanted {
        rivals.sort_by_key(|members| std::cmp::Reverse(members.len()));
        match rivals.as_slice() {
            [one] => names.push((one[0], name)),
            [first, second, ..] if first.len() > second.len() => names.push((first[0], name)),
            _ => {}
        }
    }
    names
}

/// What types have in common in their names, behind the resource that has them all in it.
fn common_name(types: &[TypeDefinition], words: &[String], members: &[usize]) -> Option<String> {
    let (first, others) = members.split_first()?;
    let mut end: Vec<&str> = words[*first].rsplit('_').collect();
    let mut owner = types[*first].owner.as_slice();
    for other in others {
        let same = words[*other].rsplit('_').zip(&end).take_while(|(a, b)| a == *b).count();
        end.truncate(same);
        let same = types[*other].owner.iter().zip(owner).take_while(|(a, b)| a == b).count();
        owner = &owner[..same];
    }
    // A number says nothing without what it counts.
    while end.last().is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_digit())) {
        end.pop();
    }
    end.reverse();
    if end.first().is_none_or(|word| *word == "variant") {
        return None;
    }
    let subject = owner.last().map(|name| singular(name).to_snake_case()).unwrap_or_default();
    let subject: Vec<&str> = subject.split('_').filter(|word| !word.is_empty()).collect();
    let is_said = end.starts_with(&subject);
    Some(if is_said { end } else { [subject, end].concat() }.join(" "))
}

fn rename_parts(ty: &mut TypeDefinition, now: &[TypeId]) {
    let rename = |ty: &mut Type| *ty = renamed(ty, &|id| now[id.0]);
    match &mut ty.kind {
        TypeKind::Object(fields) => fields.iter_mut().for_each(|field| rename(&mut field.ty)),
        TypeKind::Union { variants, .. } => variants.iter_mut().for_each(|variant| rename(&mut variant.ty)),
        TypeKind::Enum(_) => {}
    }
}

fn rename_in(resource: &mut Resource, now: &[TypeId]) {
    resource.methods.iter_mut().flat_map(types_of).for_each(|ty| *ty = renamed(ty, &|id| now[id.0]));
    resource.resources.iter_mut().for_each(|resource| rename_in(resource, now));
}

/// Every type that a method takes or gives.
fn types_of(method: &mut Method) -> impl Iterator<Item = &mut Type> {
    let output = match &mut method.output {
        Output::Value { ty, .. } | Output::Page { item: ty, .. } => Some(ty),
        Output::Stream(stream) => Some(&mut stream.item),
        Output::Nothing | Output::Text | Output::Bytes => None,
    };
    let stream = method.stream.as_mut().map(|stream| &mut stream.item);
    let failures = method.failures.iter_mut().filter_map(|failure| failure.ty.as_mut());
    method.parameters.iter_mut().map(|parameter| &mut parameter.ty).chain(output).chain(stream).chain(failures)
}

/// The type with others for the named types in it.
fn renamed(ty: &Type, now: &impl Fn(TypeId) -> TypeId) -> Type {
    let inner = |inner: &Type| Box::new(renamed(inner, now));
    match ty {
        Type::Named(id) => Type::Named(now(*id)),
        Type::List(item) => Type::List(inner(item)),
        Type::Map(value) => Type::Map(inner(value)),
        Type::Nullable(value) => Type::Nullable(inner(value)),
        Type::Tuple(items) => Type::Tuple(items.iter().map(|item| renamed(item, now)).collect()),
        other => other.clone(),
    }
}
