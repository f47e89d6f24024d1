//! How the SDK is written in Rust: identifiers, types, documentation and examples, as plain data that the
//! templates lay out. Every decision is made here; a template only says where things stand.

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

/// The runtime as the generated crate finds it.
#[derive(Clone, Debug, Serialize)]
pub struct Runtime {
    /// Its version.
    pub version: String,
    /// The path to it, where it isn't taken from a registry.
    pub path: String,
}

/// A crate.
#[derive(Debug, Serialize)]
pub struct Crate {
    /// The package's name.
    pub package: String,
    /// The crate's name in Rust.
    pub library: String,
    /// The package's version, as a TOML string.
    pub version: String,
    /// What it is, in a line, as a TOML string.
    pub description: String,
    /// Where its sources are, as a TOML string.
    pub repository: Option<String>,
    /// The runtime.
    pub runtime: Runtime,
    /// Whether it stands outside any workspace.
    pub standalone: bool,
    /// Documentation of the crate.
    pub docs: DocBlock,
    /// The resources at the top, each with its feature.
    pub features: Vec<Child>,
    /// What the whole API has in common.
    pub api: Api,
    /// Types that belong to no resource.
    pub types: Option<Models>,
    /// The modules of all resources.
    #[serde(skip)]
    pub modules: Vec<Module>,
    /// What the list of all methods says of the types that belong to no resource.
    #[serde(skip)]
    pub reference: Option<Section>,
    /// The first program of the crate's documentation.
    pub example: Option<Vec<String>>,
}

/// Decides how `sdk` is written in Rust.
pub fn lower(sdk: &Sdk, runtime: Runtime, standalone: bool) -> Crate {
    lower_for(sdk, runtime, standalone, Detail::Crate)
}

/// As [`lower`], with calls of every method besides: a program that tests the crate is made of them, and nothing else.
pub fn lower_with_calls(sdk: &Sdk, runtime: Runtime, standalone: bool) -> Crate {
    lower_for(sdk, runtime, standalone, Detail::CrateAndCalls)
}

/// As [`lower`], without examples: what callers see, for comparisons. It makes no crate.
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
/// feature of what the name stands for, so that programs that need only the old feature still compile.
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

/// The resources, each before those below it.
pub(crate) fn flatten<'a>(resources: &'a [Resource], all: &mut Vec<&'a Resource>) {
    for resource in resources {
        all.push(resource);
        flatten(&resource.resources, all);
    }
}

/// A basic string of TOML.
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
