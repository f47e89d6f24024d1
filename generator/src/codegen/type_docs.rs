//! Documentation of types.

use super::context::CodegenContext;
use super::doc_block::DocBlock;
use super::markdown::code;
use super::type_uses::{TypeUse, UseSite};
use crate::model::{Method, Resource, TypeDefinition, TypeId, TypeKind};

impl CodegenContext<'_> {
    /// Returns the documentation of a type: its description, or else its first use or the name of its schema.
    pub(super) fn type_docs(&self, id: TypeId, definition: &TypeDefinition) -> DocBlock {
        let schema = || format!("The schema {}.", code(&definition.name));
        let fallback = match self.type_use(id) {
            Some(first) if !definition.is_component => self.use_docs(id, definition, first),
            _ => schema(),
        };
        DocBlock::of(definition.description.as_deref(), &fallback)
    }

    fn use_docs(&self, id: TypeId, definition: &TypeDefinition, first: TypeUse<'_>) -> String {
        let is_enum = matches!(definition.kind, TypeKind::Enum(_));
        let noun = match (is_enum, first.is_item) {
            (true, _) => "Values",
            (false, true) => "Item",
            (false, false) => "Value",
        };
        match first.site {
            UseSite::Parameter(resource, method, parameter) => {
                let name = code(&parameter.wire);
                format!("{noun} of the {name} parameter of {}.", self.method_link(id, resource, method))
            }
            UseSite::Body(resource, method) => {
                let part = if first.is_item { "Item of the request body" } else { "Request body" };
                format!("{part} of {}.", self.method_link(id, resource, method))
            }
            UseSite::Result(resource, method) => {
                let part = if first.is_item { "Item of the result" } else { "Result" };
                format!("{part} of {}.", self.method_link(id, resource, method))
            }
            UseSite::ResultItem(resource, method) => {
                format!("Item that {} returns.", self.method_link(id, resource, method))
            }
            UseSite::ErrorResponse(resource, method) => {
                format!("Body of an error response of {}.", self.method_link(id, resource, method))
            }
            UseSite::Field(owner, index) => {
                let field = self.names.members(owner).get(index).map(String::as_str).unwrap_or_default();
                format!("{noun} of {}.", self.type_link(id, owner, &format!("::{field}")))
            }
            UseSite::Variant(owner) => format!("Variant of {}.", self.type_link(id, owner, "")),
        }
    }

    /// Returns a link to a method, or its name if other features than those of the type `from` enable it.
    fn method_link(&self, from: TypeId, resource: &Resource, method: &Method) -> String {
        let path = self.accessor_path(&resource.path);
        let name = self.method_name(resource, method);
        let accessor = self.names.accessor(&resource.path);
        match self.shares_feature(from, &resource.path) {
            true => format!("[`{accessor}::{name}`](crate::{path}::{name})"),
            false => format!("`{accessor}::{name}`"),
        }
    }

    fn type_link(&self, from: TypeId, to: TypeId, item: &str) -> String {
        let target = self.named_type(to);
        match self.shares_feature(from, &self.sdk.types[to.0].owner) {
            true => format!("[`{}{item}`](crate::{}{item})", target.name, target.path()),
            false => format!("`{}{item}`", target.name),
        }
    }

    /// Returns `true` if an item of the resource `owner` is compiled whenever the type is.
    fn shares_feature(&self, id: TypeId, owner: &[String]) -> bool {
        let own = &self.sdk.types[id.0].owner;
        !own.is_empty() && own.first() == owner.first()
    }
}
