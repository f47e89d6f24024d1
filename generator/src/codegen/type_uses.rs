//! Uses of types, for the documentation of types that the document does not describe.

use std::collections::HashMap;

use crate::model::{Method, Output, Parameter, ParameterKind, Resource, Sdk, Type, TypeId, TypeKind};

/// Use of a type.
#[derive(Clone, Copy)]
pub(super) struct TypeUse<'a> {
    pub(super) site: UseSite<'a>,
    /// `true` if the type is the item type of a collection at the use site.
    pub(super) is_item: bool,
}

/// Part of the SDK that uses a type.
#[derive(Clone, Copy)]
pub(super) enum UseSite<'a> {
    /// Parameter of a method.
    Parameter(&'a Resource, &'a Method, &'a Parameter),
    /// Whole request body of a method.
    Body(&'a Resource, &'a Method),
    /// Result of a method.
    Result(&'a Resource, &'a Method),
    /// Item of a page or stream that a method returns.
    ResultItem(&'a Resource, &'a Method),
    /// Error response of a method.
    ErrorResponse(&'a Resource, &'a Method),
    /// Field of a struct, by its index.
    Field(TypeId, usize),
    /// Variant of a union.
    Variant(TypeId),
}

/// Returns the first use of each type. Uses by methods precede uses by other types.
pub(super) fn type_uses(sdk: &Sdk) -> HashMap<TypeId, TypeUse<'_>> {
    let mut uses = HashMap::new();
    sdk.resources.iter().for_each(|resource| add_resource(resource, &mut uses));
    for (index, definition) in sdk.types.iter().enumerate().filter(|(_, definition)| definition.is_used()) {
        let owner = TypeId(index);
        match &definition.kind {
            TypeKind::Object(fields) => {
                let fields = fields.iter().enumerate();
                fields.for_each(|(index, field)| add(&field.ty, UseSite::Field(owner, index), &mut uses));
            }
            TypeKind::Union { variants, .. } => {
                variants.iter().for_each(|variant| add(&variant.ty, UseSite::Variant(owner), &mut uses));
            }
            TypeKind::Enum(_) => {}
        }
    }
    uses
}

fn add_resource<'a>(resource: &'a Resource, uses: &mut HashMap<TypeId, TypeUse<'a>>) {
    for method in &resource.methods {
        for parameter in &method.parameters {
            let site = match parameter.kind {
                ParameterKind::Body => UseSite::Body(resource, method),
                _ => UseSite::Parameter(resource, method, parameter),
            };
            add(&parameter.ty, site, uses);
        }
        match &method.output {
            Output::Value { ty, .. } => add(ty, UseSite::Result(resource, method), uses),
            Output::Page { item, .. } => add(item, UseSite::ResultItem(resource, method), uses),
            Output::Empty | Output::Text | Output::Bytes | Output::Stream(_) => {}
        }
        for stream in method.streams() {
            add(&stream.item, UseSite::ResultItem(resource, method), uses);
        }
        for ty in method.error_responses.iter().filter_map(|failure| failure.ty.as_ref()) {
            add(ty, UseSite::ErrorResponse(resource, method), uses);
        }
    }
    resource.resources.iter().for_each(|child| add_resource(child, uses));
}

fn add<'a>(ty: &Type, site: UseSite<'a>, uses: &mut HashMap<TypeId, TypeUse<'a>>) {
    let is_item = matches!(ty, Type::List(_) | Type::Map(_) | Type::Tuple(_));
    for id in ty.named() {
        uses.entry(id).or_insert(TypeUse { site, is_item });
    }
}
