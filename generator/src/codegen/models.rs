//! Structs, enums and unions.

use quote::{format_ident, quote};
use serde::Serialize;

use super::methods::{Argument, tidy};
use super::types::{has_maps, has_numbers};
use super::{Models, TypeLowering, aliases, docs, names};
use crate::model::{Constant, Field as ModelField, Sdk, Type, TypeDefinition, TypeId, TypeKind, Variant};

/// How many features are named at a type: one that more of them need is always there.
const MAX_FEATURES: usize = 32;

/// A generated type.
#[derive(Debug, Serialize)]
pub struct Model {
    /// Its number.
    #[serde(skip)]
    pub id: TypeId,
    /// Its name.
    pub name: String,
    /// `struct`, `enum`, `integer_enum` or `union`.
    pub kind: &'static str,
    /// What it is.
    pub docs: Vec<String>,
    /// No longer to be used.
    pub deprecated: bool,
    /// The features that need it, as literals; none if its module does.
    pub features: Vec<String>,
    /// A struct's fields.
    pub fields: Vec<Field>,
    /// Properties with a fixed value: the name as a literal, and the value as the runtime's macro has it.
    pub constants: Vec<(String, String)>,
    /// The same, of properties that need not be there.
    pub defaults: Vec<(String, String)>,
    /// How the runtime treats the map of all other properties, which is the last field, if there is one.
    pub others: Option<&'static str>,
    /// How many of the fields are required.
    pub required: usize,
    /// Whether programs make values of it.
    pub is_input: bool,
    /// An enum's values.
    pub values: Vec<EnumValue>,
    /// The property that tells the members of a union apart, as a literal.
    pub tag: Option<String>,
    /// A union's members.
    pub variants: Vec<UnionVariant>,
}

/// A field of a struct.
#[derive(Debug, Serialize)]
pub struct Field {
    /// Its number in the table.
    pub index: usize,
    /// Its name.
    pub name: String,
    /// Its name on the wire, as a literal.
    pub wire: String,
    /// Its type.
    pub ty: String,
    /// How the runtime treats it.
    pub kind: &'static str,
    /// What it is.
    pub docs: Vec<String>,
    /// No longer to be used.
    pub deprecated: bool,
    /// Whether the constructor takes it.
    pub required: bool,
    /// Whether it tells absent from null.
    pub nullable: bool,
    /// Whether it is the map of all properties that the table doesn't have.
    pub is_rest: bool,
    /// What sets it: the argument, and what it becomes.
    pub argument: Argument,
}

/// A value of an enum.
#[derive(Debug, Serialize)]
pub struct EnumValue {
    /// The variant.
    pub name: String,
    /// The value, as a literal.
    pub wire: String,
    /// What it is.
    pub docs: Vec<String>,
}

/// A member of a union.
#[derive(Debug, Serialize)]
pub struct UnionVariant {
    /// The variant.
    pub name: String,
    /// Its type.
    pub ty: String,
    /// `object` for a struct, `number` for what holds numbers, `text` for what is made of text, `value` for
    /// anything else.
    pub kind: &'static str,
    /// The tag's values, as literals.
    pub tags: Vec<String>,
    /// What it is.
    pub docs: Vec<String>,
}

impl TypeLowering<'_> {
    /// The types that a module owns; nothing where there are none.
    pub(super) fn models(&self, owner: &[String]) -> Option<Models> {
        let mut uses = Vec::new();
        let mut maps = false;
        let mut models = Vec::new();
        for index in self.owned.get(owner).into_iter().flatten().copied() {
            let definition = &self.sdk.types[index];
            if !definition.is_used() {
                continue;
            }
            let types: Vec<&Type> = match &definition.kind {
                TypeKind::Object(fields) => {
                    fields.iter().filter(|field| field.constant.is_none()).map(|field| &field.ty).collect()
                }
                TypeKind::Union { variants, .. } => variants.iter().map(|variant| &variant.ty).collect(),
                TypeKind::Enum(_) => Vec::new(),
            };
            for ty in types {
                self.collect_uses(ty, owner, &mut uses);
                maps |= has_maps(ty);
            }
            models.push(self.model(TypeId(index), definition));
        }
        uses.sort();
        uses.dedup();
        let module = if owner.is_empty() { aliases::SHARED.to_owned() } else { aliases::module_path(owner) };
        self.leave_out_aliases(&module, &mut uses);
        let aliases = self.type_aliases(&module);
        let is_empty = models.is_empty() && aliases.is_empty();
        (!is_empty).then_some(Models { uses, has_maps: maps, models, aliases })
    }

    fn model(&self, id: TypeId, definition: &TypeDefinition) -> Model {
        let fallback = format!("The type `{}`.", definition.name);
        let description = docs::or(definition.description.as_deref(), &fallback);
        let mut model = Model {
            id,
            name: self.names.ty(id).to_owned(),
            kind: "struct",
            docs: docs::lines(&[Some(description)]),
            deprecated: definition.deprecated,
            features: features(self.sdk, definition),
            fields: Vec::new(),
            constants: Vec::new(),
            defaults: Vec::new(),
            others: None,
            required: 0,
            is_input: definition.in_requests,
            values: Vec::new(),
            tag: None,
            variants: Vec::new(),
        };
        match &definition.kind {
            TypeKind::Object(fields) => self.object(id, fields, &mut model),
            TypeKind::Enum(values) => {
                model.kind = if definition.kind.is_text() { "enum" } else { "integer_enum" };
                for (value, name) in values.iter().zip(self.names.members(id)) {
                    let own = format!("`{}`.", value.value.to_string().replace('`', "'"));
                    model.values.push(EnumValue {
                        name: name.clone(),
                        wire: match &value.value {
                            Constant::Text(text) => names::literal(text),
                            other => other.to_string(),
                        },
                        docs: docs::lines(&[value.description.as_deref(), Some(&own)]),
                    });
                }
            }
            TypeKind::Union { tag, variants } => {
                model.kind = "union";
                model.tag = tag.as_deref().map(names::literal);
                let is_text = |variant: &&Variant| self.is_made_of_text(&variant.ty);
                // With two of them, text alone says nothing.
                let has_text = tag.is_none() && variants.iter().filter(is_text).count() == 1;
                for (variant, name) in variants.iter().zip(self.names.members(id)) {
                    let is_object = |id: TypeId| matches!(self.sdk.types[id.0].kind, TypeKind::Object(_));
                    let article = if variant.name.starts_with(['A', 'E', 'I', 'O', 'U']) { "An" } else { "A" };
                    let fallback = format!("{article} {}.", variant.name);
                    let description = docs::or(variant.description.as_deref(), &fallback);
                    let owned = self.owned(&variant.ty);
                    let ty = match self.is_boxed(id, variant) {
                        true => quote!(Box<#owned>),
                        false => owned,
                    };
                    model.variants.push(UnionVariant {
                        name: name.clone(),
                        ty: tidy(&ty.to_string()),
                        kind: match &variant.ty {
                            Type::Named(id) if is_object(*id) => "object",
                            ty if has_numbers(ty) => "number",
                            ty if has_text && self.is_made_of_text(ty) => "text",
                            _ => "value",
                        },
                        tags: variant.tags.iter().map(|tag| names::literal(tag)).collect(),
                        docs: docs::lines(&[Some(description)]),
                    });
                }
            }
        }
        model
    }

    /// Whether text as it stands becomes the type.
    fn is_made_of_text(&self, ty: &Type) -> bool {
        match ty {
            Type::String | Type::Secret | Type::DateTime | Type::Date | Type::Time | Type::Duration => true,
            Type::Named(id) => self.sdk.types[id.0].kind.is_text(),
            _ => false,
        }
    }

    fn object(&self, id: TypeId, fields: &[ModelField], model: &mut Model) {
        model.required = fields.iter().filter(|field| field.required && field.constant.is_none()).count();
        for (field, name) in fields.iter().zip(self.names.members(id)) {
            if let Some(constant) = &field.constant {
                let value = match constant {
                    Constant::Text(text) => format!("Text({})", names::literal(text)),
                    Constant::Integer(number) => format!("Integer({number})"),
                    Constant::Boolean(value) => format!("Boolean({value})"),
                };
                let constants = if field.required { &mut model.constants } else { &mut model.defaults };
                constants.push((names::literal(&field.wire), value));
                continue;
            }
            // Answers don't need to tell absent from null; what is sent does.
            let tells_null = field.nullable && !field.required && model.is_input;
            let is_optional = (!field.required || field.nullable) && !field.is_rest;
            let owned = self.owned(&field.ty);
            let inner = match self.is_recursive(id, &field.ty) {
                true => quote!(Box<#owned>),
                false => owned.clone(),
            };
            let ty = match (tells_null, is_optional) {
                (true, _) => quote!(Option<Option<#inner>>),
                (false, true) => quote!(Option<#inner>),
                (false, false) => inner,
            };
            let numbers = has_numbers(&field.ty);
            if field.is_rest {
                model.others = Some(if numbers { "numbers" } else { "values" });
            }
            let kind = match (tells_null, field.required, field.nullable) {
                (true, ..) if numbers => "nullable_number",
                (true, ..) => "nullable",
                (false, true, false) if numbers => "number",
                (false, true, false) => "required",
                (false, true, true) if numbers => "required_nullable_number",
                (false, true, true) => "required_nullable",
                (false, false, _) if numbers => "optional_number",
                (false, false, _) => "optional",
            };
            let fallback = format!("The property `{}`.", field.wire);
            let description = docs::or(field.description.as_deref(), &fallback);
            model.fields.push(Field {
                index: model.fields.len(),
                wire: names::literal(&field.wire),
                ty: ty.to_string(),
                kind,
                docs: docs::lines(&[Some(description)]),
                deprecated: field.deprecated,
                required: field.required,
                nullable: tells_null,
                is_rest: field.is_rest,
                argument: self.field_argument(id, field, name),
                name: name.clone(),
            });
        }
    }

    /// The argument that a constructor or setter takes for a field, and the field's value made of it.
    fn field_argument(&self, id: TypeId, field: &ModelField, name: &str) -> Argument {
        let ident = format_ident!("{name}");
        let mut ty = self.argument(&field.ty);
        let mut value = self.convert(&field.ty, quote!(#ident));
        if field.required && field.nullable {
            let owned = self.owned(&field.ty);
            ty = quote!(Option<#owned>);
            value = quote!(#ident);
            if self.is_recursive(id, &field.ty) {
                value = quote!(#value.map(Box::new));
            }
        } else if self.is_recursive(id, &field.ty) {
            value = quote!(Box::new(#value));
        }
        Argument { name: name.to_owned(), ty: ty.to_string(), value: value.to_string() }
    }

    /// Whether a union's member would put the union into itself: a tuple does. A struct has a box itself.
    pub(super) fn is_boxed(&self, union: TypeId, variant: &Variant) -> bool {
        matches!(variant.ty, Type::Tuple(_)) && self.is_recursive(union, &variant.ty)
    }

    /// Whether a field would put a type into itself without a list or map between.
    fn is_recursive(&self, id: TypeId, ty: &Type) -> bool {
        direct(ty)
            .iter()
            .any(|part| self.strongly_connected_components[part.0] == self.strongly_connected_components[id.0])
    }
}

/// The named types that a value of a named type holds in itself.
pub(super) fn direct_parts(definition: &TypeDefinition) -> Vec<usize> {
    let types: Vec<&Type> = match &definition.kind {
        TypeKind::Object(fields) => fields.iter().map(|field| &field.ty).collect(),
        TypeKind::Union { variants, .. } => variants.iter().map(|variant| &variant.ty).collect(),
        TypeKind::Enum(_) => Vec::new(),
    };
    types.into_iter().flat_map(direct).map(|id| id.0).collect()
}

/// The named types that a value of this type holds in itself.
fn direct(ty: &Type) -> Vec<TypeId> {
    match ty {
        Type::Named(id) => vec![*id],
        Type::Nullable(inner) => direct(inner),
        Type::Tuple(items) => items.iter().flat_map(direct).collect(),
        _ => Vec::new(),
    }
}

/// The features that need a type outside of any resource's module.
pub(super) fn features(sdk: &Sdk, definition: &TypeDefinition) -> Vec<String> {
    if !definition.owner.is_empty() {
        return Vec::new();
    }
    // One that nearly all need is there for all: what it is made of has as many users, or more.
    if definition.users.len() == sdk.resources.len() || definition.users.len() > MAX_FEATURES {
        return Vec::new();
    }
    definition.users.iter().map(|name| names::literal(&names::module(name))).collect()
}
