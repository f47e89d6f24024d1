//! Data that all parts of the code generation read, and the translation of types.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::aliases::{self, TypeAlias};
use super::expression::{Argument, Conversion, Expression};
use super::identifiers::{self as names, Identifiers};
use super::rust_type::{NamedType, RustType, UsePath};
use super::type_uses::{TypeUse, type_uses};
use crate::graph::strongly_connected_components;
use crate::model::{Method, Resource, Sdk, Type, TypeDefinition, TypeId, TypeKind, Variant, Width};

/// Module of the types that no single resource owns.
const SHARED_MODULE: &str = "types";

/// Extent of the generated code.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// Signatures and documentation, without examples.
    Signatures,
    /// The whole crate.
    Crate,
    /// The whole crate and test calls of every method.
    CrateAndCalls,
}

/// Read-only data of one run of the code generation.
pub(super) struct CodegenContext<'a> {
    pub(super) sdk: &'a Sdk,
    pub(super) names: &'a Identifiers,
    /// Deprecated names of types.
    aliases: Vec<TypeAlias>,
    /// Name of the crate in Rust.
    pub(super) library: &'a str,
    pub(super) detail: Detail,
    /// Path of each type, by its id.
    named_types: Vec<Arc<NamedType>>,
    /// Ids of the types in the module of each resource.
    types_by_owner: HashMap<&'a [String], Vec<usize>>,
    /// First use of each type.
    type_uses: HashMap<TypeId, TypeUse<'a>>,
    /// Number of the strongly connected component of each type, by its id.
    components: Vec<usize>,
}

impl<'a> CodegenContext<'a> {
    pub(super) fn new(sdk: &'a Sdk, names: &'a Identifiers, library: &'a str, detail: Detail) -> Self {
        let mut types_by_owner: HashMap<&[String], Vec<usize>> = HashMap::new();
        for (index, ty) in sdk.types.iter().enumerate() {
            types_by_owner.entry(&ty.owner).or_default().push(index);
        }
        let named_type = |(index, ty): (usize, &TypeDefinition)| {
            let path = names::modules(&ty.owner);
            let module = if path.is_empty() { SHARED_MODULE.to_owned() } else { path.join("::") };
            Arc::new(NamedType { module, name: names.ty(TypeId(index)).to_owned() })
        };
        Self {
            named_types: sdk.types.iter().enumerate().map(named_type).collect(),
            types_by_owner,
            type_uses: type_uses(sdk),
            components: strongly_connected_components(sdk.types.len(), |id| direct_parts(&sdk.types[id])),
            aliases: aliases::types(sdk, names),
            sdk,
            names,
            library,
            detail,
        }
    }

    /// Returns the ids of the used types in the module of a resource.
    pub(super) fn owned_types(&self, owner: &[String]) -> impl Iterator<Item = TypeId> {
        let all = self.types_by_owner.get(owner).into_iter().flatten().copied();
        all.filter(|index| self.sdk.types[*index].is_used()).map(TypeId)
    }

    /// Returns the path of a type that the document defines.
    pub(super) fn named_type(&self, id: TypeId) -> &Arc<NamedType> {
        &self.named_types[id.0]
    }

    /// Returns the first use of a type.
    pub(super) fn type_use(&self, id: TypeId) -> Option<TypeUse<'a>> {
        self.type_uses.get(&id).copied()
    }

    /// Returns the path of a resource's struct below the crate.
    pub(super) fn accessor_path(&self, resource: &[String]) -> String {
        format!("{}::{}", aliases::module_path(resource), self.names.accessor(resource))
    }

    /// Returns the enum of a choice between endpoints.
    pub(super) fn endpoint_choice_type(&self, index: usize) -> Arc<NamedType> {
        Arc::new(NamedType { module: String::new(), name: self.names.choice(index) })
    }

    /// Returns the deprecated names of types in a module.
    pub(super) fn type_aliases(&self, module: &str) -> Vec<TypeAlias> {
        self.aliases.iter().filter(|alias| alias.module == module).cloned().collect()
    }

    /// Removes the imports whose name is a deprecated name in the module. The alias already has that name in
    /// scope.
    pub(super) fn leave_out_aliases(&self, module: &str, uses: &mut BTreeSet<UsePath>) {
        let aliases = || self.aliases.iter().filter(|alias| alias.module == module);
        uses.retain(|path| !aliases().any(|alias| alias.name == path.name()));
    }

    /// Returns the name of a method in Rust.
    pub(super) fn method_name(&self, resource: &Resource, method: &Method) -> String {
        names::method(&method.name, &resource.resources)
    }

    /// Returns the type of a field, or of an item of a collection.
    pub(super) fn rust_type(&self, ty: &Type) -> RustType {
        match ty {
            Type::String => RustType::Builtin("String"),
            Type::Boolean => RustType::Builtin("bool"),
            Type::Integer(width) => RustType::Builtin(integer(*width)),
            Type::Count => RustType::Builtin("u64"),
            Type::Number => RustType::Builtin("f64"),
            Type::Secret => RustType::Runtime("Secret"),
            Type::DateTime => RustType::Runtime("DateTime"),
            Type::Date => RustType::Runtime("Date"),
            Type::Time => RustType::Runtime("Time"),
            Type::Duration => RustType::Runtime("Duration"),
            Type::Base64 => RustType::Runtime("Base64"),
            Type::Bytes => RustType::Runtime("Body"),
            Type::File => RustType::Runtime("Part"),
            Type::Any => RustType::Runtime("Value"),
            Type::Object => RustType::Runtime("Object"),
            Type::List(item) => RustType::Vec(Box::new(self.rust_type(item))),
            Type::Tuple(items) => RustType::Tuple(items.iter().map(|item| self.rust_type(item)).collect()),
            Type::Map(value) => RustType::Map(Box::new(self.rust_type(value))),
            Type::Nullable(inner) => self.rust_type(inner).optional(),
            Type::Named(id) => RustType::Named(self.named_type(*id).clone()),
        }
    }

    /// Returns the argument of a constructor, method or setter: of the given type, or of any type that converts into
    /// it. A nullable argument is an `Option`.
    pub(super) fn argument(&self, ty: &Type, nullable: bool, name: &str) -> Argument {
        match nullable {
            true => Argument::unchanged(name, self.rust_type(ty).optional()),
            false => Argument::converted(name, self.argument_type(ty), self.conversion(ty)),
        }
    }

    fn argument_type(&self, ty: &Type) -> RustType {
        match ty {
            _ if self.is_converted(ty) => RustType::Into(Box::new(self.rust_type(ty))),
            Type::List(item) => RustType::IntoIterator(Box::new(self.item_type(item))),
            Type::Map(value) => {
                let key = RustType::Into(Box::new(RustType::Builtin("String")));
                RustType::IntoIterator(Box::new(RustType::Tuple(vec![key, self.item_type(value)])))
            }
            _ => self.rust_type(ty),
        }
    }

    /// Returns the type of an item of a list or map argument. Collections inside collections are not converted.
    fn item_type(&self, ty: &Type) -> RustType {
        match ty {
            Type::List(_) | Type::Map(_) => self.rust_type(ty),
            _ => self.argument_type(ty),
        }
    }

    /// Returns the conversion of an argument into a type.
    pub(super) fn conversion(&self, ty: &Type) -> Conversion {
        match ty {
            Type::List(item) if self.is_converted(item) => Conversion::CollectInto,
            Type::List(_) => Conversion::Collect,
            Type::Map(value) if self.is_converted(value) => Conversion::CollectEntriesInto,
            Type::Map(_) => Conversion::CollectEntries,
            _ if self.is_converted(ty) => Conversion::Into,
            _ => Conversion::Identity,
        }
    }

    /// Returns `true` if an argument of this type is an `impl Into<_>`.
    pub(super) fn is_converted(&self, ty: &Type) -> bool {
        match ty {
            Type::String | Type::Secret | Type::Any | Type::Bytes | Type::File | Type::Number => true,
            Type::DateTime | Type::Date | Type::Time | Type::Duration | Type::Base64 => true,
            Type::Named(id) => {
                let kind = &self.sdk.types[id.0].kind;
                kind.is_text() || matches!(kind, TypeKind::Union { .. })
            }
            _ => false,
        }
    }

    /// Adds the imports that a type needs in the module of a resource.
    pub(super) fn collect_uses(&self, ty: &Type, module: &[String], uses: &mut BTreeSet<UsePath>) {
        for id in ty.named() {
            if self.sdk.types[id.0].owner != module {
                uses.insert(UsePath::of(self.named_type(id)));
            }
        }
    }

    /// Returns `true` if the type is a struct.
    pub(super) fn is_object(&self, id: TypeId) -> bool {
        matches!(self.sdk.types[id.0].kind, TypeKind::Object(_))
    }

    /// Returns `true` if a variant needs a box so that the union has a finite size. Only tuples need it: structs have
    /// boxes in their fields.
    pub(super) fn is_boxed(&self, union: TypeId, variant: &Variant) -> bool {
        matches!(variant.ty, Type::Tuple(_)) && self.is_recursive(union, &variant.ty)
    }

    /// Returns `true` if a field of this type would contain the type `id` other than in a list or map.
    pub(super) fn is_recursive(&self, id: TypeId, ty: &Type) -> bool {
        direct_named_types(ty).iter().any(|part| self.components[part.0] == self.components[id.0])
    }

    /// Returns the path of an item that the generated crate exports at its root.
    pub(super) fn root_item(&self, path: &str) -> Expression {
        Expression::code(format!("{}::{path}", self.library))
    }
}

/// Returns the ids of the types that a value of this type contains other than in lists and maps.
fn direct_parts(definition: &TypeDefinition) -> Vec<usize> {
    let types: Vec<&Type> = match &definition.kind {
        TypeKind::Object(fields) => fields.iter().map(|field| &field.ty).collect(),
        TypeKind::Union { variants, .. } => variants.iter().map(|variant| &variant.ty).collect(),
        TypeKind::Enum(_) => Vec::new(),
    };
    types.into_iter().flat_map(direct_named_types).map(|id| id.0).collect()
}

fn direct_named_types(ty: &Type) -> Vec<TypeId> {
    match ty {
        Type::Named(id) => vec![*id],
        Type::Nullable(inner) => direct_named_types(inner),
        Type::Tuple(items) => items.iter().flat_map(direct_named_types).collect(),
        _ => Vec::new(),
    }
}

/// Returns `true` if a type contains floating-point numbers outside of named types.
pub(super) fn has_numbers(ty: &Type) -> bool {
    match ty {
        Type::Number => true,
        Type::List(inner) | Type::Map(inner) | Type::Nullable(inner) => has_numbers(inner),
        _ => false,
    }
}

/// Returns `true` if a type is a map or contains one.
pub(super) fn has_maps(ty: &Type) -> bool {
    match ty {
        Type::Map(_) => true,
        Type::List(inner) | Type::Nullable(inner) => has_maps(inner),
        Type::Tuple(items) => items.iter().any(has_maps),
        _ => false,
    }
}

fn integer(width: Width) -> &'static str {
    match width {
        Width::I8 => "i8",
        Width::I16 => "i16",
        Width::I32 => "i32",
        Width::I64 => "i64",
        Width::U8 => "u8",
        Width::U16 => "u16",
        Width::U32 => "u32",
        Width::U64 => "u64",
    }
}
