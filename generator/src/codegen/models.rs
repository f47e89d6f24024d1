//! Structs, enums and unions.

use std::collections::BTreeSet;

use serde::Serialize;

use super::aliases::{self, TypeAlias};
use super::cfg_gate::CfgGate;
use super::context::{CodegenContext, has_maps, has_numbers};
use super::doc_block::{DocBlock, linked};
use super::expression::{Argument, Expression};
use super::literal::StringLiteral;
use super::markdown::code;
use super::rust_type::{RustType, UsePath};
use crate::model::{Constant, Field as ModelField, Type, TypeDefinition, TypeId, TypeKind, Variant};

/// Types of a module.
#[derive(Debug, Serialize)]
pub struct Models {
    /// Imports from other modules.
    pub uses: BTreeSet<UsePath>,
    /// `true` if a type contains a map.
    pub has_maps: bool,
    /// Types of the module.
    pub models: Vec<Model>,
    /// Deprecated names of types in this module. The types may be in other modules.
    pub aliases: Vec<TypeAlias>,
}

impl Models {
    /// Returns `true` if the module can be empty: all of its items need features other than the module's own.
    pub(super) fn may_be_empty(&self) -> bool {
        self.models.is_empty() && self.aliases.iter().all(|alias| !alias.gate.is_always())
    }
}

/// Generated type.
#[derive(Debug, Serialize)]
pub struct Model {
    /// Id of the type in the model.
    #[serde(skip)]
    pub id: TypeId,
    /// Name of the type.
    pub name: String,
    /// Kind of the type.
    pub kind: ModelKind,
    /// Traits that are derived, separated by commas.
    pub derives: &'static str,
    /// Documentation of the type.
    pub docs: DocBlock,
    /// `true` if the schema is deprecated.
    pub deprecated: bool,
    /// Features that need the type, if it is outside of the module of a resource.
    pub gate: CfgGate,
    /// Fields of a struct.
    pub fields: Vec<Field>,
    /// Required properties of a struct that have a fixed value.
    pub constants: Vec<ConstantProperty>,
    /// Optional properties of a struct that have a fixed value.
    pub defaults: Vec<ConstantProperty>,
    /// Kind of the map of all other properties, which is the last field if there is one.
    pub others: Option<&'static str>,
    /// Number of required fields.
    pub required: usize,
    /// `true` if requests contain the type.
    pub is_input: bool,
    /// Values of an enum.
    pub values: Vec<EnumValue>,
    /// Discriminator property of a union.
    pub tag: Option<StringLiteral>,
    /// Variants of a union.
    pub variants: Vec<UnionVariant>,
}

/// Kind of a generated type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelKind {
    /// Object with known properties.
    Struct,
    /// Enum of strings.
    StringEnum,
    /// Enum of integers.
    IntegerEnum,
    /// One of several types.
    Union,
}

impl ModelKind {
    fn of(kind: &TypeKind) -> Self {
        match kind {
            TypeKind::Object(_) => Self::Struct,
            TypeKind::Enum(_) if kind.is_text() => Self::StringEnum,
            TypeKind::Enum(_) => Self::IntegerEnum,
            TypeKind::Union { .. } => Self::Union,
        }
    }

    /// Returns the traits that are derived. The runtime's macros implement the others.
    fn derives(self) -> &'static str {
        match self {
            Self::Struct => "Clone, Debug, Default, PartialEq",
            Self::StringEnum => "Clone, Debug",
            Self::IntegerEnum => "Clone, Copy, Debug",
            Self::Union => "Clone, Debug, PartialEq",
        }
    }
}

/// Property with a fixed value.
#[derive(Debug, Serialize)]
pub struct ConstantProperty {
    /// Name of the property.
    pub wire: StringLiteral,
    /// Value in the syntax of the runtime's `model!` macro.
    pub value: String,
}

/// Field of a struct.
#[derive(Debug, Serialize)]
pub struct Field {
    /// Name of the field.
    pub name: String,
    /// Name of the property.
    pub wire: StringLiteral,
    /// Type of the field.
    pub ty: RustType,
    /// Kind of the field in the table.
    pub kind: FieldKind,
    /// Documentation of the field.
    pub docs: DocBlock,
    /// `true` if the property is deprecated.
    pub deprecated: bool,
    /// `true` if the constructor takes the field.
    pub required: bool,
    /// `true` if the field distinguishes an absent property from null.
    pub nullable: bool,
    /// `true` if the field is the map of all properties that are not in the table.
    pub is_rest: bool,
    /// Argument of the constructor or setter.
    pub argument: Argument,
}

/// Kind of a field in the table of a struct.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// Always present.
    Required,
    /// Always present, possibly null.
    RequiredNullable,
    /// Possibly absent. In responses, null is treated as absent.
    Optional,
    /// Possibly absent or null, which are distinguished.
    Nullable,
    /// `Required`, with floating-point numbers.
    Number,
    /// `RequiredNullable`, with floating-point numbers.
    RequiredNullableNumber,
    /// `Optional`, with floating-point numbers.
    OptionalNumber,
    /// `Nullable`, with floating-point numbers.
    NullableNumber,
}

/// Value of an enum.
#[derive(Debug, Serialize)]
pub struct EnumValue {
    /// Name of the variant.
    pub name: String,
    /// String or integer on the wire.
    pub wire: Expression,
    /// Documentation of the variant.
    pub docs: DocBlock,
}

/// Variant of a union.
#[derive(Debug, Serialize)]
pub struct UnionVariant {
    /// Name of the variant.
    pub name: String,
    /// Type of the variant.
    pub ty: RustType,
    /// Kind of the variant in the union's table.
    pub kind: VariantKind,
    /// Values of the discriminator.
    pub tags: Vec<StringLiteral>,
    /// Documentation of the variant.
    pub docs: DocBlock,
}

/// Kind of a variant in the table of a union.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum VariantKind {
    /// Struct.
    Object,
    /// Type that contains floating-point numbers.
    Number,
    /// Type whose values are created from a string.
    Text,
    /// Any other type.
    Value,
}

impl CodegenContext<'_> {
    /// Returns the types of a module, or nothing if it has none.
    pub(super) fn models(&self, owner: &[String]) -> Option<Models> {
        let mut uses = BTreeSet::new();
        let mut maps = false;
        let mut models = Vec::new();
        for id in self.owned_types(owner) {
            let definition = &self.sdk.types[id.0];
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
            models.push(self.model(id, definition));
        }
        let module = if owner.is_empty() { aliases::SHARED.to_owned() } else { aliases::module_path(owner) };
        self.leave_out_aliases(&module, &mut uses);
        let aliases = self.type_aliases(&module);
        let is_empty = models.is_empty() && aliases.is_empty();
        (!is_empty).then_some(Models { uses, has_maps: maps, models, aliases })
    }

    fn model(&self, id: TypeId, definition: &TypeDefinition) -> Model {
        let kind = ModelKind::of(&definition.kind);
        let mut model = Model {
            id,
            name: self.names.ty(id).to_owned(),
            kind,
            derives: kind.derives(),
            docs: self.type_docs(id, definition),
            deprecated: definition.deprecated,
            gate: CfgGate::of_type(self.sdk, definition),
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
                for (value, name) in values.iter().zip(self.names.members(id)) {
                    let mut docs = DocBlock::default();
                    value.description.iter().for_each(|text| docs.push_text(text));
                    docs.push_markdown(&format!("{}.", code(&value.value.to_string())));
                    model.values.push(EnumValue {
                        name: name.clone(),
                        wire: match &value.value {
                            Constant::Text(text) => Expression::text(text),
                            Constant::Integer(number) => Expression::Integer(*number, ""),
                            Constant::Boolean(value) => Expression::Boolean(*value),
                        },
                        docs,
                    });
                }
            }
            TypeKind::Union { tag, variants } => {
                model.tag = tag.as_deref().map(StringLiteral::new);
                model.variants = self.variants(id, tag.is_some(), variants);
            }
        }
        model
    }

    fn variants(&self, id: TypeId, has_tag: bool, variants: &[Variant]) -> Vec<UnionVariant> {
        let is_text = |variant: &&Variant| self.is_made_of_text(&variant.ty);
        // A string cannot select between two variants that are created from strings.
        let has_text = !has_tag && variants.iter().filter(is_text).count() == 1;
        let variant = |(variant, name): (&Variant, &String)| {
            let ty = self.rust_type(&variant.ty);
            let docs = DocBlock::of(variant.description.as_deref(), &format!("Holds {}.", linked(&ty)));
            UnionVariant {
                name: name.clone(),
                ty: if self.is_boxed(id, variant) { ty.boxed() } else { ty },
                kind: match &variant.ty {
                    Type::Named(id) if self.is_object(*id) => VariantKind::Object,
                    ty if has_numbers(ty) => VariantKind::Number,
                    ty if has_text && self.is_made_of_text(ty) => VariantKind::Text,
                    _ => VariantKind::Value,
                },
                tags: variant.tags.iter().map(StringLiteral::new).collect(),
                docs,
            }
        };
        variants.iter().zip(self.names.members(id)).map(variant).collect()
    }

    /// Returns `true` if values of a type are created from a string without parsing JSON.
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
                let constants = if field.required { &mut model.constants } else { &mut model.defaults };
                constants.push(constant_property(field, constant));
                continue;
            }
            // Only requests have to distinguish an absent property from null.
            let distinguishes_null = field.nullable && !field.required && model.is_input;
            let is_optional = (!field.required || field.nullable) && !field.is_additional_properties;
            let ty = self.rust_type(&field.ty);
            let ty = if self.is_recursive(id, &field.ty) { ty.boxed() } else { ty };
            let numbers = has_numbers(&field.ty);
            if field.is_additional_properties {
                model.others = Some(if numbers { "numbers" } else { "values" });
            }
            let fallback = format!("The {} property.", code(&field.wire));
            model.fields.push(Field {
                wire: StringLiteral::new(&field.wire),
                ty: match (distinguishes_null, is_optional) {
                    (true, _) => ty.optional().optional(),
                    (false, true) => ty.optional(),
                    (false, false) => ty,
                },
                kind: match (distinguishes_null, field.required, field.nullable) {
                    (true, ..) if numbers => FieldKind::NullableNumber,
                    (true, ..) => FieldKind::Nullable,
                    (false, true, false) if numbers => FieldKind::Number,
                    (false, true, false) => FieldKind::Required,
                    (false, true, true) if numbers => FieldKind::RequiredNullableNumber,
                    (false, true, true) => FieldKind::RequiredNullable,
                    (false, false, _) if numbers => FieldKind::OptionalNumber,
                    (false, false, _) => FieldKind::Optional,
                },
                docs: DocBlock::of(field.description.as_deref(), &fallback),
                deprecated: field.deprecated,
                required: field.required,
                nullable: distinguishes_null,
                is_rest: field.is_additional_properties,
                argument: self.field_argument(id, field, name),
                name: name.clone(),
            });
        }
    }

    /// Returns the argument that a constructor or setter takes for a field.
    fn field_argument(&self, id: TypeId, field: &ModelField, name: &str) -> Argument {
        let is_nullable = field.required && field.nullable;
        let argument = self.argument(&field.ty, is_nullable, name);
        if !self.is_recursive(id, &field.ty) {
            return argument;
        }
        let value = argument.value.clone();
        let boxed = match is_nullable {
            true => value.method("map", [Expression::code("Box::new")]),
            false => Expression::code("Box::new").call([value]),
        };
        argument.with_value(boxed)
    }
}

fn constant_property(field: &ModelField, constant: &Constant) -> ConstantProperty {
    ConstantProperty {
        wire: StringLiteral::new(&field.wire),
        value: match constant {
            Constant::Text(text) => format!("Text({})", StringLiteral::new(text)),
            Constant::Integer(number) => format!("Integer({number})"),
            Constant::Boolean(value) => format!("Boolean({value})"),
        },
    }
}
