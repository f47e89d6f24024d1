//! Rust types, and how arguments become them.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::TypeLowering;
use super::names;
use crate::model::{Type, TypeId, TypeKind, Width};

impl TypeLowering<'_> {
    /// The type, as a struct's field or a collection's item.
    pub(super) fn owned(&self, ty: &Type) -> TokenStream {
        match ty {
            Type::String => quote!(String),
            Type::Boolean => quote!(bool),
            Type::Integer(width) => integer(*width),
            Type::Count => quote!(u64),
            Type::Number => quote!(f64),
            Type::Secret => quote!(runtime::Secret),
            Type::DateTime => quote!(runtime::DateTime),
            Type::Date => quote!(runtime::Date),
            Type::Time => quote!(runtime::Time),
            Type::Duration => quote!(runtime::Duration),
            Type::Base64 => quote!(runtime::Base64),
            Type::Bytes => quote!(runtime::Body),
            Type::File => quote!(runtime::Part),
            Type::Any => quote!(runtime::Value),
            Type::Object => quote!(runtime::Object),
            Type::List(item) => {
                let item = self.owned(item);
                quote!(Vec<#item>)
            }
            Type::Tuple(items) => {
                let items = items.iter().map(|item| self.owned(item));
                quote!((#(#items,)*))
            }
            Type::Map(value) => {
                let value = self.owned(value);
                quote!(BTreeMap<String, #value>)
            }
            Type::Nullable(inner) => {
                let inner = self.owned(inner);
                quote!(Option<#inner>)
            }
            Type::Named(id) => {
                let name = format_ident!("{}", self.names.ty(*id));
                quote!(#name)
            }
        }
    }

    /// The type of an argument: whatever people have that becomes the type.
    pub(super) fn argument(&self, ty: &Type) -> TokenStream {
        match ty {
            _ if self.is_converted(ty) => {
                let owned = self.owned(ty);
                quote!(impl Into<#owned>)
            }
            Type::List(item) => {
                let item = self.item(item);
                quote!(impl IntoIterator<Item = #item>)
            }
            Type::Map(value) => {
                let value = self.item(value);
                quote!(impl IntoIterator<Item = (impl Into<String>, #value)>)
            }
            _ => self.owned(ty),
        }
    }

    /// The type of an item of a list or map argument: collections inside collections are taken as they are.
    fn item(&self, ty: &Type) -> TokenStream {
        match ty {
            Type::List(_) | Type::Map(_) => self.owned(ty),
            _ => self.argument(ty),
        }
    }

    /// The expression that makes the type of an argument.
    pub(super) fn convert(&self, ty: &Type, argument: TokenStream) -> TokenStream {
        match ty {
            Type::List(item) => match self.is_converted(item) {
                true => quote!(#argument.into_iter().map(Into::into).collect()),
                false => quote!(#argument.into_iter().collect()),
            },
            Type::Map(value) => match self.is_converted(value) {
                true => quote!(#argument.into_iter().map(|(key, value)| (key.into(), value.into())).collect()),
                false => quote!(#argument.into_iter().map(|(key, value)| (key.into(), value)).collect()),
            },
            _ if self.is_converted(ty) => quote!(#argument.into()),
            _ => argument,
        }
    }

    /// Whether an argument of this type is not the type itself.
    pub(super) fn is_converted(&self, ty: &Type) -> bool {
        match ty {
            Type::String | Type::Secret | Type::Any | Type::Bytes | Type::File | Type::Number => true,
            Type::DateTime | Type::Date | Type::Time | Type::Duration | Type::Base64 => true,
            Type::Named(id) => matches!(self.sdk.types[id.0].kind, TypeKind::Union { .. }),
            _ => false,
        }
    }

    /// The types of other modules that a type names.
    pub(super) fn collect_uses(&self, ty: &Type, module: &[String], uses: &mut Vec<String>) {
        for id in ty.named() {
            if self.sdk.types[id.0].owner != module {
                uses.push(format!("crate::{}", self.path(id)));
            }
        }
    }

    /// The path of a named type inside the crate.
    pub(super) fn path(&self, id: TypeId) -> String {
        let owner = &self.sdk.types[id.0].owner;
        let mut path: Vec<String> = owner.iter().map(|name| names::module(name)).collect();
        if path.is_empty() {
            path.push("types".to_owned());
        }
        path.push(self.names.ty(id).to_owned());
        path.join("::")
    }
}

/// Whether a type holds floating-point numbers outside of named types.
pub(super) fn has_numbers(ty: &Type) -> bool {
    match ty {
        Type::Number => true,
        Type::List(inner) | Type::Map(inner) | Type::Nullable(inner) => has_numbers(inner),
        _ => false,
    }
}

/// Whether a type is a map, or has one in it.
pub(super) fn has_maps(ty: &Type) -> bool {
    match ty {
        Type::Map(_) => true,
        Type::List(inner) | Type::Nullable(inner) => has_maps(inner),
        Type::Tuple(items) => items.iter().any(has_maps),
        _ => false,
    }
}

fn integer(width: Width) -> TokenStream {
    match width {
        Width::I8 => quote!(i8),
        Width::I16 => quote!(i16),
        Width::I32 => quote!(i32),
        Width::I64 => quote!(i64),
        Width::U8 => quote!(u8),
        Width::U16 => quote!(u16),
        Width::U32 => quote!(u32),
        Width::U64 => quote!(u64),
    }
}
