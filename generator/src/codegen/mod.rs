//! Rust code of the SDK as typed values: identifiers, types, statements, documentation and examples.
//!
//! Imports point in one direction: value types (`literal`, `rust_type`, `expression`, `statement`, …) do not
//! depend on the model, `context` translates types of the model, and the other modules build methods, types and
//! shared definitions with it. Templates receive the values rendered and only lay them out.

mod aliases;
mod api;
mod api_reference;
mod cfg_gate;
mod context;
mod doc_block;
mod examples;
mod expression;
mod identifiers;
mod literal;
mod markdown;
mod method_aliases;
mod method_docs;
mod methods;
mod models;
mod module;
mod operation;
mod request_statements;
pub mod reserved;
mod response_kind;
mod rust_type;
mod sample;
mod setters;
mod statement;
mod type_docs;
mod type_uses;

use rayon::prelude::*;
use serde::Serialize;

use crate::model::{Resource, Sdk};

use context::{CodegenContext, Detail};
use identifiers::Identifiers;

pub use aliases::{TypeAlias, check};
pub use api::{Api, BaseUrlPart, ChoiceVariant, Credential, EndpointChoice, Envelope, Pagination};
pub use api_reference::{Entry, Section};
pub use cfg_gate::CfgGate;
pub use doc_block::DocBlock;
pub use expression::{Argument, Conversion, Expression};
pub use literal::StringLiteral;
pub use method_aliases::MethodAlias;
pub use methods::{Method, Request, Stream};
pub use models::{
    ConstantProperty, EnumValue, Field, FieldKind, Model, ModelKind, Models, UnionVariant, VariantKind,
};
pub use module::{Child, Module};
pub use operation::{ChoiceMatch, Operation, Override};
pub use response_kind::ResponseKind;
pub use rust_type::{NamedType, RustType, UsePath};
pub use setters::Setter;
pub use statement::{Receiver, RequestCall, RequestMethod, Statement};

/// Dependency of the generated crate on the runtime.
#[derive(Clone, Debug, Serialize)]
pub struct Runtime {
    /// Version of the runtime.
    pub version: String,
    /// Path of the runtime, if it does not come from a registry.
    pub path: String,
}

/// Generated crate.
#[derive(Debug, Serialize)]
pub struct Crate {
    /// Name of the package.
    pub package: String,
    /// Name of the crate in Rust.
    pub library: String,
    /// Version of the package, as a TOML string.
    pub version: String,
    /// One-line description, as a TOML string.
    pub description: String,
    /// URL of the source repository, as a TOML string.
    pub repository: Option<String>,
    /// Runtime of the crate, as TOML strings.
    pub runtime: Runtime,
    /// `true` if the crate is not a member of a workspace.
    pub standalone: bool,
    /// Documentation of the crate.
    pub docs: DocBlock,
    /// Top-level resources, each with its feature.
    pub features: Vec<Child>,
    /// Definitions that the whole API shares.
    pub api: Api,
    /// Types that no single resource owns.
    pub types: Option<Models>,
    /// Modules of all resources.
    #[serde(skip)]
    pub modules: Vec<Module>,
    /// Section of the API reference about the types that no single resource owns.
    #[serde(skip)]
    pub reference: Option<Section>,
    /// First example of the crate's documentation.
    pub example: Option<Vec<String>>,
}

/// Generates the code of a crate.
pub fn lower(sdk: &Sdk, runtime: Runtime, standalone: bool) -> Crate {
    lower_for(sdk, runtime, standalone, Detail::Crate)
}

/// Generates the code of a crate and test calls of every method.
pub fn lower_with_calls(sdk: &Sdk, runtime: Runtime, standalone: bool) -> Crate {
    lower_for(sdk, runtime, standalone, Detail::CrateAndCalls)
}

/// Generates signatures and documentation without examples, for comparisons of versions.
pub fn lower_for_callers(sdk: &Sdk) -> Crate {
    let runtime = Runtime { version: String::new(), path: String::new() };
    lower_for(sdk, runtime, true, Detail::Signatures)
}

fn lower_for(sdk: &Sdk, runtime: Runtime, standalone: bool, detail: Detail) -> Crate {
    let library = sdk.package.name.replace('-', "_");
    let names = Identifiers::new(sdk);
    let context = CodegenContext::new(sdk, &names, &library, detail);
    let mut resources = Vec::new();
    flatten(&sdk.resources, &mut resources);
    let modules = || resources.into_par_iter().map(|resource| context.module(resource)).collect();
    let (types, modules): (_, Vec<Module>) = rayon::join(|| context.models(&[]), modules);
    let mut docs = DocBlock::default();
    docs.push_text(&markdown::sentence(&sdk.package.description));
    docs.push_link(sdk.external_docs.as_ref());
    let example = modules
        .iter()
        .flat_map(|module| &module.methods)
        .find(|method| method.request.response.page_item().is_some())
        .map(|method| method.example.clone());
    Crate {
        package: sdk.package.name.clone(),
        version: toml_string(&sdk.package.version),
        description: toml_string(&sdk.package.description),
        repository: sdk.package.repository.as_deref().map(toml_string),
        docs,
        runtime: Runtime { version: toml_string(&runtime.version), path: toml_string(&runtime.path) },
        standalone,
        features: features(&context, &modules, types.as_ref()),
        api: context.api(),
        reference: types.as_ref().map(api_reference::shared),
        types,
        modules,
        example,
        library,
    }
}

/// Returns the top-level resources with their features. The feature of a module with a deprecated name enables the
/// feature of the item that has the name now, so that programs that need only the old feature still compile.
fn features(context: &CodegenContext<'_>, modules: &[Module], types: Option<&Models>) -> Vec<Child> {
    let methods = modules.iter().flat_map(|module| &module.methods).flat_map(|method| &method.aliases);
    let methods = methods.filter_map(|alias| Some((alias.module.first()?.as_str(), &alias.gate)));
    let models = modules.iter().filter_map(|module| module.models.as_ref()).chain(types);
    let types = models.flat_map(|models| &models.aliases);
    let types = types.filter_map(|alias| Some((alias.module.split("::").next()?, &alias.gate)));
    let mut features: Vec<Child> = context.sdk.resources.iter().map(|resource| context.child(resource)).collect();
    for (module, gate) in methods.chain(types) {
        if let Some(feature) = features.iter_mut().find(|feature| feature.module == module)
            && let Some(first) = gate.features().next().map(StringLiteral::new)
            && !gate.has_feature(feature.feature.text())
            && !feature.brings.contains(&first)
        {
            feature.brings.push(first);
        }
    }
    features
}

/// Adds the resources, each before its children.
pub(crate) fn flatten<'a>(resources: &'a [Resource], all: &mut Vec<&'a Resource>) {
    for resource in resources {
        all.push(resource);
        flatten(&resource.resources, all);
    }
}

/// Returns a basic string of TOML.
fn toml_string(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
