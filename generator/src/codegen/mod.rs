//! How the SDK is written in Rust: identifiers, types, documentation and examples, as plain data that the
//! templates lay out. Every decision is made here; a template only says where things stand.

mod aliases;
mod api;
mod docs;
mod example;
mod identifiers;
mod methods;
mod models;
mod reference;
mod request_statements;
mod reserved;
mod types;

use std::collections::HashMap;

use rayon::prelude::*;
use serde::{Serialize, Serializer};

use crate::model::{Resource, Sdk, strongly_connected_components};

use identifiers as names;
use identifiers::Identifiers;

pub use aliases::{MethodAlias, TypeAlias, check};
pub use api::{Api, BaseUrlPart, ChoiceVariant, Credential, EndpointChoice, Pagination};
pub(crate) use identifiers::literal;
pub(crate) use methods::tidy;
pub use methods::{Argument, Method, Request, Setter};
pub use models::{EnumValue, Field, Model, UnionVariant};
pub use reference::{Entry, Section};

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
    pub docs: Vec<String>,
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

/// A resource inside another, or at the top.
#[derive(Clone, Debug, Serialize)]
pub struct Child {
    /// The method that leads to it, and its module's name.
    pub module: String,
    /// Its struct.
    pub name: String,
    /// The cargo feature that it needs, as a literal.
    pub feature: String,
    /// The features that this one brings, as literals: of a resource at the top, those of resources that its old names
    /// lead to.
    pub brings: Vec<String>,
    /// What it is.
    pub docs: Vec<String>,
}

/// The module of a resource.
#[derive(Debug, Serialize)]
pub struct Module {
    /// The names from the top down to this one.
    pub path: Vec<String>,
    /// The resource's struct.
    pub name: String,
    /// What it is.
    pub docs: Vec<String>,
    /// The resources below it.
    pub children: Vec<Child>,
    /// Types of other modules that the methods name.
    pub uses: Vec<String>,
    /// Whether one of the methods names a map.
    pub has_maps: bool,
    /// Its methods.
    pub methods: Vec<Method>,
    /// Its types. They have a file of their own, so that the module's template learns only whether there are any.
    #[serde(serialize_with = "is_there")]
    pub models: Option<Models>,
    /// Whether all of them need another feature than the module's.
    pub may_be_empty: bool,
    /// What the list of all methods says of it.
    #[serde(skip)]
    pub reference: Section,
}

fn is_there<T, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bool(value.is_some())
}

/// The types of a module.
#[derive(Debug, Serialize)]
pub struct Models {
    /// Types of other modules that they name.
    pub uses: Vec<String>,
    /// Whether one of them is a map.
    pub has_maps: bool,
    /// The types.
    pub models: Vec<Model>,
    /// Names that types had in this module, which may be elsewhere now.
    pub aliases: Vec<TypeAlias>,
}

impl Models {
    fn may_be_empty(&self) -> bool {
        self.models.is_empty() && self.aliases.iter().all(|alias| !alias.features.is_empty())
    }
}

/// Decides how `sdk` is written in Rust.
pub fn lower(sdk: &Sdk, runtime: Runtime, standalone: bool) -> Crate {
    lower_for(sdk, runtime, standalone, Extent::Crate)
}

/// As [`lower`], with calls of every method besides: a program that tests the crate is made of them, and nothing else.
pub fn lower_with_calls(sdk: &Sdk, runtime: Runtime, standalone: bool) -> Crate {
    lower_for(sdk, runtime, standalone, Extent::CrateAndCalls)
}

/// As [`lower`], without examples: what callers see, for comparisons. It makes no crate.
pub fn lower_for_callers(sdk: &Sdk) -> Crate {
    let runtime = Runtime { version: String::new(), path: String::new() };
    lower_for(sdk, runtime, true, Extent::Callers)
}

/// How much is decided.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// What callers see, without examples.
    Callers,
    /// All that is in the crate.
    Crate,
    /// Calls of every method besides.
    CrateAndCalls,
}

fn lower_for(sdk: &Sdk, runtime: Runtime, standalone: bool, extent: Extent) -> Crate {
    let library = sdk.package.name.replace('-', "_");
    let names = Identifiers::new(sdk);
    let aliases = aliases::types(sdk, &names);
    let mut owned: HashMap<&[String], Vec<usize>> = HashMap::new();
    for (index, ty) in sdk.types.iter().enumerate() {
        owned.entry(&ty.owner).or_default().push(index);
    }
    let strongly_connected_components =
        strongly_connected_components(sdk.types.len(), |id| models::direct_parts(&sdk.types[id]));
    let lowering = TypeLowering {
        sdk,
        names: &names,
        aliases,
        library: &library,
        extent,
        owned,
        strongly_connected_components,
    };
    let mut resources = Vec::new();
    flatten(&sdk.resources, &mut resources);
    let modules = || resources.into_par_iter().map(|resource| lowering.module(resource)).collect();
    let (types, modules): (_, Vec<Module>) = rayon::join(|| lowering.models(&[]), modules);
    let mut docs = docs::lines(&[Some(&docs::sentence(&sdk.package.description))]);
    docs::refer(&mut docs, sdk.external_docs.as_ref());
    let example = modules
        .iter()
        .flat_map(|module| &module.methods)
        .find(|method| method.request.item.is_some())
        .map(|method| method.example.clone());
    Crate {
        package: sdk.package.name.clone(),
        version: toml_string(&sdk.package.version),
        description: toml_string(&sdk.package.description),
        repository: sdk.package.repository.as_deref().map(toml_string),
        docs,
        runtime: Runtime { version: toml_string(&runtime.version), path: toml_string(&runtime.path) },
        standalone,
        features: features(&lowering, &modules, types.as_ref()),
        api: lowering.api(),
        reference: types.as_ref().map(reference::shared),
        types,
        modules,
        example,
        library,
    }
}

/// The resources at the top, each with its feature. With an old name comes what it stands for now: programs that need
/// no more than one feature go on as they were.
fn features(lowering: &TypeLowering<'_>, modules: &[Module], types: Option<&Models>) -> Vec<Child> {
    let methods = modules.iter().flat_map(|module| &module.methods).flat_map(|method| &method.aliases);
    let methods = methods.filter_map(|alias| Some((alias.module.first()?.as_str(), &alias.features)));
    let models = modules.iter().filter_map(|module| module.models.as_ref()).chain(types);
    let types = models.flat_map(|models| &models.aliases);
    let types = types.filter_map(|alias| Some((alias.module.split("::").next()?, &alias.features)));
    let mut features: Vec<Child> =
        lowering.sdk.resources.iter().map(|resource| lowering.child(resource)).collect();
    for (module, needed) in methods.chain(types) {
        if let Some(feature) = features.iter_mut().find(|feature| feature.module == module)
            && let Some(first) = needed.first()
            && !needed.contains(&feature.feature)
            && !feature.brings.contains(first)
        {
            feature.brings.push(first.clone());
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

struct TypeLowering<'a> {
    sdk: &'a Sdk,
    names: &'a Identifiers,
    /// Deprecated names of types.
    aliases: Vec<TypeAlias>,
    library: &'a str,
    extent: Extent,
    /// The types in the module of each resource.
    owned: HashMap<&'a [String], Vec<usize>>,
    /// For each type the number of the types that hold each other in themselves.
    strongly_connected_components: Vec<usize>,
}

impl TypeLowering<'_> {
    fn module(&self, resource: &Resource) -> Module {
        let mut uses = Vec::new();
        let methods = resource.methods.iter().map(|method| self.method(resource, method, &mut uses));
        let methods: Vec<Method> = methods.collect();
        uses.sort();
        uses.dedup();
        self.leave_out_aliases(&aliases::module_path(&resource.path), &mut uses);
        let models = self.models(&resource.path);
        Module {
            path: resource.path.iter().map(|name| names::module(name)).collect(),
            name: self.names.accessor(&resource.path),
            docs: self.resource_docs(resource),
            children: resource.resources.iter().map(|child| self.child(child)).collect(),
            uses,
            has_maps: resource.methods.iter().any(|method| {
                let inputs = method.parameters.iter().filter(|p| p.constant.is_none());
                let output = match &method.output {
                    crate::model::Output::Value { ty, .. } | crate::model::Output::Page { item: ty, .. } => {
                        Some(ty)
                    }
                    _ => None,
                };
                let streamed = method.streams().map(|stream| &stream.item);
                inputs.map(|p| &p.ty).chain(output).chain(streamed).any(types::has_maps)
            }),
            reference: reference::section(resource, &methods, models.as_ref()),
            methods,
            may_be_empty: models.as_ref().is_some_and(Models::may_be_empty),
            models,
        }
    }

    fn resource_docs(&self, resource: &Resource) -> Vec<String> {
        let fallback = format!("The resource `{}`.", resource.path.join("."));
        let mut docs = docs::lines(&[Some(resource.description.as_ref().unwrap_or(&fallback))]);
        docs::refer(&mut docs, resource.external_docs.as_ref());
        docs
    }

    fn child(&self, resource: &Resource) -> Child {
        let module = names::module(resource.name());
        Child {
            feature: names::literal(&names::module(&resource.path[0])),
            brings: Vec::new(),
            name: self.names.accessor(&resource.path),
            docs: self.resource_docs(resource),
            module,
        }
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
