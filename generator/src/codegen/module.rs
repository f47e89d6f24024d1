//! Modules of resources.

use std::collections::BTreeSet;

use serde::{Serialize, Serializer};

use super::aliases;
use super::api_reference::{self, Section};
use super::context::{CodegenContext, has_maps};
use super::doc_block::DocBlock;
use super::identifiers as names;
use super::literal::StringLiteral;
use super::markdown::code;
use super::methods::Method;
use super::models::Models;
use super::rust_type::UsePath;
use crate::model::{Method as ModelMethod, Output, Resource};

/// Resource below another resource or below the client.
#[derive(Clone, Debug, Serialize)]
pub struct Child {
    /// Name of the accessor method and of the module.
    pub module: String,
    /// Name of the struct.
    pub name: String,
    /// Cargo feature that the resource needs.
    pub feature: StringLiteral,
    /// Features that this feature enables: those of resources to which deprecated names refer.
    pub brings: Vec<StringLiteral>,
    /// Documentation of the resource.
    pub docs: DocBlock,
}

/// Module of a resource.
#[derive(Debug, Serialize)]
pub struct Module {
    /// Names of the modules from the crate root to this one.
    pub path: Vec<String>,
    /// Name of the resource's struct.
    pub name: String,
    /// Documentation of the resource.
    pub docs: DocBlock,
    /// Resources below this one.
    pub children: Vec<Child>,
    /// Imports from other modules.
    pub uses: BTreeSet<UsePath>,
    /// `true` if a method has a map in its signature.
    pub has_maps: bool,
    /// Methods of the resource.
    pub methods: Vec<Method>,
    /// Types of the module. Serialized as a flag, because they are rendered into a separate file.
    #[serde(serialize_with = "is_some")]
    pub models: Option<Models>,
    /// Name of the private module of the types.
    pub models_module: &'static str,
    /// `true` if the types need other features than the module.
    pub may_be_empty: bool,
    /// Section of the API reference.
    #[serde(skip)]
    pub reference: Section,
}

fn is_some<T, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bool(value.is_some())
}

impl CodegenContext<'_> {
    pub(super) fn module(&self, resource: &Resource) -> Module {
        let mut uses = BTreeSet::new();
        let methods = resource.methods.iter().map(|method| self.method(resource, method, &mut uses));
        let methods: Vec<Method> = methods.collect();
        self.leave_out_aliases(&aliases::module_path(&resource.path), &mut uses);
        let models = self.models(&resource.path);
        Module {
            path: names::modules(&resource.path),
            name: self.names.accessor(&resource.path),
            docs: self.resource_docs(resource),
            children: resource.resources.iter().map(|child| self.child(child)).collect(),
            uses,
            has_maps: resource.methods.iter().any(mentions_map),
            reference: api_reference::section(resource, &methods, models.as_ref()),
            methods,
            may_be_empty: models.as_ref().is_some_and(Models::may_be_empty),
            models_module: names::models_module(&resource.resources),
            models,
        }
    }

    fn resource_docs(&self, resource: &Resource) -> DocBlock {
        let fallback = format!("Methods of the {} resource.", code(&resource.path.join(".")));
        let mut docs = DocBlock::of(resource.description.as_deref(), &fallback);
        docs.push_link(resource.external_docs.as_ref());
        docs
    }

    pub(super) fn child(&self, resource: &Resource) -> Child {
        Child {
            feature: StringLiteral::new(names::top_module(&resource.path[0])),
            brings: Vec::new(),
            name: self.names.accessor(&resource.path),
            docs: self.resource_docs(resource),
            module: names::modules(&resource.path).pop().unwrap_or_default(),
        }
    }
}

fn mentions_map(method: &ModelMethod) -> bool {
    let inputs = method.parameters.iter().filter(|parameter| parameter.constant.is_none());
    let output = match &method.output {
        Output::Value { ty, .. } | Output::Page { item: ty, .. } => Some(ty),
        Output::Empty | Output::Text | Output::Bytes | Output::Stream(_) => None,
    };
    let items = method.streams().map(|stream| &stream.item);
    inputs.map(|parameter| &parameter.ty).chain(output).chain(items).any(has_maps)
}
