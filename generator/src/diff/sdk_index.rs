//! Public items of one version, by the names that callers use.

use std::collections::{BTreeMap, HashMap};

use super::change::ChangeLocation;
use crate::codegen::{self, Argument, Crate, Model, Module, Setter};
use crate::document::{Document, SourceLocation};
use crate::model::{self, Endpoint, Parameter, Resource, Sdk, TypeDefinition, TypeId};

/// One version of an SDK.
#[derive(Clone, Copy, Debug)]
pub struct Version<'a> {
    /// Model of the SDK.
    pub sdk: &'a Sdk,
    /// Generated crate.
    pub krate: &'a Crate,
    /// Document that the SDK is generated from.
    pub spec: &'a Document,
}

/// One version of an SDK, by names.
pub(super) struct SdkIndex<'a> {
    pub(super) version: Version<'a>,
    /// Resources by path, such as `accounts.members`.
    pub(super) resources: BTreeMap<String, &'a Resource>,
    /// Methods by path, such as `accounts.members.list`.
    pub(super) methods: BTreeMap<String, IndexedMethod<'a>>,
    /// Paths of the methods that call an endpoint, by [`endpoint_key`].
    pub(super) callers: HashMap<String, Vec<String>>,
    /// Types by name.
    pub(super) types: BTreeMap<&'a str, IndexedType<'a>>,
    /// Name of each type.
    pub(super) type_names: HashMap<TypeId, &'a str>,
    /// Deprecated names and their current names: paths of methods separated by dots, paths of types by `::`.
    pub(super) deprecated_names: BTreeMap<String, String>,
}

/// Method in the model and in the generated crate.
#[derive(Clone, Copy)]
pub(super) struct IndexedMethod<'a> {
    pub(super) resource: &'a Resource,
    pub(super) module: &'a Module,
    pub(super) model: &'a model::Method,
    pub(super) generated: &'a codegen::Method,
}

/// Type in the model and in the generated crate.
#[derive(Clone, Copy)]
pub(super) struct IndexedType<'a> {
    /// Module path of the type. Empty for the module of shared types.
    pub(super) owner: &'a [String],
    pub(super) definition: &'a TypeDefinition,
    pub(super) generated: &'a Model,
}

impl<'a> SdkIndex<'a> {
    pub(super) fn new(version: Version<'a>) -> Self {
        let mut resources = Vec::new();
        codegen::flatten(&version.sdk.resources, &mut resources);
        let modules: Vec<(&Resource, &Module)> = resources.into_iter().zip(&version.krate.modules).collect();
        let methods: BTreeMap<String, IndexedMethod<'_>> = modules
            .iter()
            .flat_map(|(resource, module)| {
                resource.methods.iter().zip(&module.methods).map(|(model, generated)| IndexedMethod {
                    resource,
                    module,
                    model,
                    generated,
                })
            })
            .map(|method| (method.path(), method))
            .collect();
        let mut callers: HashMap<String, Vec<String>> = HashMap::new();
        for (path, method) in &methods {
            for endpoint in method.endpoints() {
                callers.entry(endpoint_key(&endpoint)).or_default().push(path.clone());
            }
        }
        let types = types(version);
        Self {
            resources: modules.into_iter().map(|(resource, module)| (module.path.join("."), resource)).collect(),
            methods,
            callers,
            type_names: types.iter().map(|(name, ty)| (ty.generated.id, *name)).collect(),
            deprecated_names: deprecated_names(version.krate),
            types,
            version,
        }
    }

    /// Returns a location for reports.
    pub(super) fn change_location(&self, location: &SourceLocation) -> ChangeLocation {
        let spec = self.version.spec;
        ChangeLocation {
            file: spec.path(location.file).to_owned(),
            line: spec.line(location),
            pointer: location.pointer.clone(),
        }
    }
}

fn types(version: Version<'_>) -> BTreeMap<&str, IndexedType<'_>> {
    let shared = version.krate.types.iter().map(|models| (&[] as &[String], models));
    let owned = version.krate.modules.iter().filter_map(|module| Some((&*module.path, module.models.as_ref()?)));
    shared
        .chain(owned)
        .flat_map(|(owner, models)| models.models.iter().map(move |generated| (owner, generated)))
        .map(|(owner, generated)| {
            let definition = &version.sdk.types[generated.id.0];
            (generated.name.as_str(), IndexedType { owner, definition, generated })
        })
        .collect()
}

fn deprecated_names(krate: &Crate) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for module in &krate.modules {
        for method in &module.methods {
            let current = method_path(&module.path, &method.name);
            names.extend(
                method.aliases.iter().map(|alias| (method_path(&alias.module, &alias.name), current.clone())),
            );
        }
    }
    let models = krate.modules.iter().filter_map(|module| module.models.as_ref()).chain(&krate.types);
    let types = models.flat_map(|models| &models.aliases);
    for alias in types.chain(krate.api.endpoint_choices.iter().flat_map(|choice| &choice.aliases)) {
        let name = match alias.module.as_str() {
            "" => alias.name.clone(),
            module => format!("{module}::{}", alias.name),
        };
        names.insert(name, alias.target.clone());
    }
    names
}

fn method_path(module: &[String], name: &str) -> String {
    format!("{}.{name}", module.join("."))
}

impl<'a> IndexedMethod<'a> {
    /// Returns the call with argument names, such as `client.accounts().members().list(account_id)`.
    pub(super) fn call(&self) -> String {
        let arguments: Vec<&str> =
            self.generated.arguments.iter().map(|argument| argument.name.as_str()).collect();
        self.call_with(&arguments.join(", "))
    }

    /// Returns the call without argument names, such as `client.accounts().members().list(…)`.
    pub(super) fn short_call(&self) -> String {
        self.call_with(if self.generated.arguments.is_empty() { "" } else { "…" })
    }

    fn call_with(&self, arguments: &str) -> String {
        format!("{}.{}({arguments})", resource_call(&self.resource_path()), self.generated.name)
    }

    /// Returns the path of the resource in Rust, such as `accounts.members`.
    pub(super) fn resource_path(&self) -> String {
        self.module.path.join(".")
    }

    /// Returns the path in Rust, such as `accounts.members.list`.
    pub(super) fn path(&self) -> String {
        method_path(&self.module.path, &self.generated.name)
    }

    /// Returns the path of the request type, such as `accounts::members::MemberListRequest`.
    pub(super) fn request_path(&self) -> String {
        format!("{}::{}", self.module.path.join("::"), self.generated.request.name)
    }

    /// Returns the path in the configuration.
    pub(super) fn configured_path(&self) -> String {
        method_path(&self.resource.path, &self.model.name)
    }

    /// Returns the required parameters, each with its argument.
    pub(super) fn arguments(&self) -> Vec<(&'a Parameter, &'a Argument)> {
        let needed = self.model.parameters.iter().filter(|parameter| parameter.is_argument());
        needed.zip(&self.generated.arguments).collect()
    }

    /// Returns the optional parameters, each with its setters.
    pub(super) fn setters(&self) -> Vec<(&'a Parameter, Vec<&'a Setter>)> {
        let mut found: Vec<(&Parameter, Vec<&Setter>)> = Vec::new();
        for setter in &self.generated.request.setters {
            let parameter = &self.model.parameters[setter.parameter];
            match found.last_mut().filter(|(known, _)| std::ptr::eq(*known, parameter)) {
                Some((_, setters)) => setters.push(setter),
                None => found.push((parameter, vec![setter])),
            }
        }
        found
    }

    /// Returns the HTTP methods and paths of the operations, such as `GET /accounts/{account_id}`.
    pub(super) fn endpoints(&self) -> Vec<String> {
        self.endpoint_paths().into_iter().map(|path| format!("{} {path}", self.model.verb)).collect()
    }

    /// Returns the paths of the operations.
    pub(super) fn endpoint_paths(&self) -> Vec<&'a str> {
        match &self.model.endpoint {
            Endpoint::Path(path) => vec![path],
            Endpoint::Choice { paths, .. } => paths.iter().map(|(_, path)| path.as_str()).collect(),
        }
    }

    /// Returns the ids of the operations.
    pub(super) fn operations(&self) -> Vec<&'a str> {
        match &self.model.endpoint {
            Endpoint::Path(_) => vec![&self.model.operation],
            Endpoint::Choice { paths, .. } => paths.iter().map(|(id, _)| id.as_str()).collect(),
        }
    }
}

impl IndexedType<'_> {
    /// Returns the path in the crate, such as `accounts::members::Member`.
    pub(super) fn path(&self) -> String {
        let module = if self.owner.is_empty() { SHARED_MODULE.to_owned() } else { self.owner.join("::") };
        format!("{module}::{}", self.generated.name)
    }
}

/// Module of the types that several resources share.
pub(super) const SHARED_MODULE: &str = "types";

/// Returns the expression that callers write for a resource, such as `client.accounts().members()`.
pub(super) fn resource_call(path: &str) -> String {
    format!("client.{}()", path.replace('.', "()."))
}

/// Returns an endpoint without the names of its path parameters. Renaming a path parameter does not change a request.
pub(super) fn endpoint_key(endpoint: &str) -> String {
    let mut parts = endpoint.split('{');
    let mut key = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        key.push_str("{}");
        key.push_str(part.split_once('}').map_or("", |(_, rest)| rest));
    }
    key
}
