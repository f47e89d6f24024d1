//! What callers see of one version, by the names that they use for it.

use std::collections::{BTreeMap, HashMap};

use super::pairs::without_names;
use super::{Source, Version};
use crate::codegen::{self, Crate, Model, Module, RustType};
use crate::document::SourceLocation;
use crate::model::{self, Endpoint, Parameter, ParameterKind, Resource, TypeDefinition, TypeId};

/// One version by its names.
pub(super) struct Index<'a> {
    pub(super) version: Version<'a>,
    /// The resources by their modules' paths, with dots.
    pub(super) resources: BTreeMap<String, &'a Resource>,
    /// The methods by their calls: `accounts.members.list`.
    pub(super) methods: BTreeMap<String, Method<'a>>,
    /// The names of the methods that call an endpoint, by the endpoint without names.
    pub(super) callers: HashMap<String, Vec<String>>,
    /// The types by their names.
    pub(super) types: BTreeMap<&'a str, Type<'a>>,
    /// The name of each type.
    pub(super) names: HashMap<TypeId, &'a str>,
    /// Old names that stay for a while, and what they stand for: methods with dots, types as paths.
    pub(super) aliases: BTreeMap<String, String>,
}

/// A method, as the model and Rust have it.
#[derive(Clone, Copy)]
pub(super) struct Method<'a> {
    pub(super) resource: &'a Resource,
    pub(super) module: &'a Module,
    pub(super) model: &'a model::Method,
    pub(super) codegen: &'a codegen::Method,
}

/// A type, as the model and Rust have it.
#[derive(Clone, Copy)]
pub(super) struct Type<'a> {
    /// The module that it is in; empty for that of all.
    pub(super) owner: &'a [String],
    pub(super) definition: &'a TypeDefinition,
    pub(super) codegen: &'a Model,
}

impl<'a> Index<'a> {
    pub(super) fn new(version: Version<'a>) -> Self {
        let mut resources = Vec::new();
        codegen::flatten(&version.sdk.resources, &mut resources);
        let pairs: Vec<(&Resource, &Module)> = resources.into_iter().zip(&version.krate.modules).collect();
        let methods: BTreeMap<String, Method<'_>> = pairs
            .iter()
            .flat_map(|(resource, module)| {
                resource.methods.iter().zip(&module.methods).map(|(model, codegen)| {
                    let name = format!("{}.{}", module.path.join("."), codegen.name);
                    (name, Method { resource, module, model, codegen })
                })
            })
            .collect();
        let mut callers: HashMap<String, Vec<String>> = HashMap::new();
        for (name, method) in &methods {
            for endpoint in method.endpoints() {
                callers.entry(without_names(&endpoint)).or_default().push(name.clone());
            }
        }
        let shared = version.krate.types.iter().map(|models| (&[] as &[String], models));
        let owned =
            version.krate.modules.iter().filter_map(|module| Some((&*module.path, module.models.as_ref()?)));
        let types: BTreeMap<&str, Type<'_>> = shared
            .chain(owned)
            .flat_map(|(owner, models)| models.models.iter().map(move |model| (owner, model)))
            .map(|(owner, codegen)| {
                (codegen.name.as_str(), Type { owner, definition: &version.sdk.types[codegen.id.0], codegen })
            })
            .collect();
        Self {
            methods,
            callers,
            resources: pairs.into_iter().map(|(resource, module)| (module.path.join("."), resource)).collect(),
            names: types.iter().map(|(name, ty)| (ty.codegen.id, *name)).collect(),
            aliases: aliases(version.krate),
            types,
            version,
        }
    }

    /// Where a place is, in words for people.
    pub(super) fn source(&self, location: &SourceLocation) -> Option<Source> {
        let spec = self.version.spec;
        Some(Source {
            file: spec.path(location.file).to_owned(),
            line: spec.line(location),
            pointer: location.pointer.clone(),
        })
    }
}

/// The old names that stay for a while, as they are looked for.
fn aliases(krate: &Crate) -> BTreeMap<String, String> {
    let mut aliases = BTreeMap::new();
    for module in &krate.modules {
        for method in &module.methods {
            let now = format!("{}.{}", module.path.join("."), method.name);
            let old = method.aliases.iter().map(|alias| format!("{}.{}", alias.module.join("."), alias.name));
            aliases.extend(old.map(|old| (old, now.clone())));
        }
    }
    let models = krate.modules.iter().filter_map(|module| module.models.as_ref()).chain(&krate.types);
    let types = models.flat_map(|models| &models.aliases);
    for alias in types.chain(krate.api.scopes.iter().flat_map(|scope| &scope.aliases)) {
        let old =
            if alias.module.is_empty() { alias.name.clone() } else { format!("{}::{}", alias.module, alias.name) };
        aliases.insert(old, alias.target.trim_start_matches("crate::").to_owned());
    }
    aliases
}

impl<'a> Method<'a> {
    /// How it is called: `client.accounts().members().list(account_id)`.
    pub(super) fn call(&self) -> String {
        let arguments: Vec<&str> = self.codegen.arguments.iter().map(|argument| argument.name.as_str()).collect();
        self.call_with(&arguments.join(", "))
    }

    /// The same in short: `client.accounts().members().list(…)`.
    pub(super) fn name(&self) -> String {
        self.call_with(if self.codegen.arguments.is_empty() { "" } else { "…" })
    }

    /// The path of its request's type.
    pub(super) fn request(&self) -> String {
        format!("{}::{}", self.module.path.join("::"), self.codegen.request.name)
    }

    /// Its path, with dots.
    pub(super) fn path(&self) -> String {
        format!("{}.{}", self.module.path.join("."), self.codegen.name)
    }

    /// Its name in the configuration.
    pub(super) fn configured(&self) -> String {
        format!("{}.{}", self.resource.path.join("."), self.model.name)
    }

    fn call_with(&self, arguments: &str) -> String {
        let resources = self.module.path.join("().");
        format!("client.{resources}().{}({arguments})", self.codegen.name)
    }

    /// What it needs, each with the argument that it becomes.
    pub(super) fn arguments(&self) -> Vec<(&'a Parameter, &'a codegen::Argument)> {
        let needed = self.model.parameters.iter().filter(|parameter| parameter.is_argument());
        needed.zip(&self.codegen.arguments).collect()
    }

    /// What can be set, each with the setters for it.
    pub(super) fn setters(&self) -> Vec<(&'a Parameter, Vec<&'a codegen::Setter>)> {
        let mut found: Vec<(&Parameter, Vec<&codegen::Setter>)> = Vec::new();
        for setter in &self.codegen.request.setters {
            let parameter = &self.model.parameters[setter.parameter];
            match found.last_mut().filter(|(known, _)| std::ptr::eq(*known, parameter)) {
                Some((_, setters)) => setters.push(setter),
                None => found.push((parameter, vec![setter])),
            }
        }
        found
    }

    /// One of its parameters in another version of the method.
    pub(super) fn counterpart<'b>(&self, parameter: &Parameter, other: &Method<'b>) -> Option<&'b Parameter> {
        counterpart(parameter, &self.model.parameters, &other.model.parameters)
    }

    /// The verbs and paths that it calls.
    pub(super) fn endpoints(&self) -> Vec<String> {
        self.paths().into_iter().map(|path| format!("{} {path}", self.model.verb)).collect()
    }

    /// The paths that it calls.
    pub(super) fn paths(&self) -> Vec<&'a str> {
        match &self.model.endpoint {
            Endpoint::Path(path) => vec![path],
            Endpoint::Choice { paths, .. } => paths.iter().map(|(_, path)| path.as_str()).collect(),
        }
    }

    /// The operations that it calls.
    pub(super) fn operations(&self) -> Vec<&'a str> {
        match &self.model.endpoint {
            Endpoint::Path(_) => vec![&self.model.operation],
            Endpoint::Choice { paths, .. } => paths.iter().map(|(id, _)| id.as_str()).collect(),
        }
    }
}

/// What tells a parameter from the others of its method.
pub(super) fn key(parameter: &Parameter) -> (&str, bool) {
    let is_body = !matches!(
        parameter.kind,
        ParameterKind::EndpointChoice
            | ParameterKind::Path
            | ParameterKind::Query
            | ParameterKind::Header
            | ParameterKind::Cookie
    );
    // The name of a whole body is its media type.
    let wire = if parameter.kind == ParameterKind::Raw { "" } else { parameter.wire.as_str() };
    (wire, is_body)
}

/// The same parameter of the other version: the one at the same place, or else one of the same name that has moved.
pub(super) fn counterpart<'a>(
    parameter: &Parameter,
    own: &[Parameter],
    others: &'a [Parameter],
) -> Option<&'a Parameter> {
    let alike = || others.iter().filter(|other| key(other) == key(parameter));
    let stays = |other: &Parameter| own.iter().any(|own| is_same(own, other));
    alike().find(|other| is_same(other, parameter)).or_else(|| alike().find(|other| !stays(other)))
}

/// Whether two parameters have the same name and the same place.
pub(super) fn is_same(one: &Parameter, other: &Parameter) -> bool {
    key(one) == key(other) && one.kind == other.kind
}

impl Type<'_> {
    /// Its path in the crate.
    pub(super) fn path(&self) -> String {
        path(self.owner, &self.codegen.name)
    }
}

/// The module of the types that several resources need.
pub(super) const SHARED: &str = "types";

/// The path of a type in a crate.
pub(super) fn path(owner: &[String], name: &str) -> String {
    let module = if owner.is_empty() { SHARED.to_owned() } else { owner.join("::") };
    format!("{module}::{name}")
}

/// A type as callers read it.
pub(super) fn shown(ty: &RustType) -> String {
    ty.short_name()
}
