//! Deprecated names of types.

use std::collections::{BTreeSet, HashMap};

use serde::Serialize;

use super::cfg_gate::CfgGate;
use super::identifiers::{self as names, Identifiers, Rust};
use super::literal::StringLiteral;
use super::reserved;
use crate::config::{Renaming, unknown_target};
use crate::diagnostics::{Diagnostic, quoted_list, similar_names};
use crate::document::Document;
use crate::model::{Method, Resource, Sdk, TypeId};
use crate::naming::deprecated::old_requests;

/// Deprecated name of a type.
#[derive(Clone, Debug, Serialize)]
pub struct TypeAlias {
    /// Path of the module that has the name; empty for the crate's root.
    #[serde(skip)]
    pub module: String,
    /// The deprecated name.
    pub name: String,
    /// Path of the type below the crate, such as `accounts::members::Member`.
    pub target: String,
    /// Note of the deprecation attribute.
    pub note: StringLiteral,
    /// Documentation.
    pub docs: Vec<String>,
    /// Features that have the type; empty if the module's feature has it.
    pub gate: CfgGate,
}

/// Module and features of a type that can have a deprecated name.
struct Item {
    module: String,
    gate: CfgGate,
}

/// Module of the types that belong to no resource.
pub(super) const SHARED: &str = "types";

/// Error in the configuration of a deprecated name.
struct Problem {
    message: String,
    help: String,
    /// `true` if the error is in the deprecated name, which is the key; `false` if it is in the value.
    at_key: bool,
}

impl Problem {
    fn in_old_name(message: String, help: impl Into<String>) -> Self {
        Self { message, help: help.into(), at_key: true }
    }

    fn in_new_name(message: String, help: impl Into<String>) -> Self {
        Self { message, help: help.into(), at_key: false }
    }
}

/// Checks the deprecated names of types in the configuration. They are Rust names, so this check is part of `codegen`.
/// The diagnostics point into `configuration`.
pub fn check(sdk: &Sdk, configuration: &Document) -> Vec<Diagnostic> {
    if sdk.renamed_types.is_empty() {
        return Vec::new();
    }
    let items = items(sdk, &Identifiers::new(sdk));
    let locate = |(renaming, problem): (&Renaming, Problem)| {
        let diagnostic = Diagnostic::error(problem.message).help(problem.help);
        match problem.at_key {
            true => configuration.locate_key(diagnostic, &renaming.location),
            false => configuration.locate(diagnostic, &renaming.location),
        }
    };
    configured(sdk, &items).1.into_iter().map(locate).collect()
}

/// Returns the deprecated names of types: those of the configuration, and those of the requests of renamed methods.
/// Names that [`check`] rejects are left out.
pub(super) fn types(sdk: &Sdk, identifiers: &Identifiers) -> Vec<TypeAlias> {
    let requests = old_requests(sdk, identifiers.names(), &Rust);
    if sdk.renamed_types.is_empty() && requests.is_empty() {
        return Vec::new();
    }
    let items = items(sdk, identifiers);
    let (mut aliases, _) = configured(sdk, &items);
    for old in requests {
        let (path, method) = old.method;
        let old_name = old.name.upper_camel();
        let name = identifiers.request(path, method);
        let module = module_path(old.resource);
        let Some(item) = items.get(name.as_str()) else { continue };
        // The old name is dropped if another item has it now.
        let is_free = match items.contains_key(old_name.as_str()) {
            true => old_name == name && module != item.module,
            false => {
                identifiers.accessor(old.resource) != old_name
                    && !aliases.iter().any(|alias| alias.module == module && alias.name == old_name)
            }
        };
        if is_free {
            aliases.push(alias(module, old_name, &name, item));
        }
    }
    aliases
}

/// Returns everything that can have a deprecated name, by its name.
fn items(sdk: &Sdk, identifiers: &Identifiers) -> HashMap<String, Item> {
    let mut items = HashMap::new();
    for (index, ty) in sdk.types.iter().enumerate().filter(|(_, ty)| ty.is_used()) {
        let module = if ty.owner.is_empty() { SHARED.to_owned() } else { module_path(&ty.owner) };
        let gate = match ty.owner.first() {
            Some(top) => CfgGate::of_resource(top),
            None => CfgGate::of_type(sdk, ty),
        };
        items.insert(identifiers.ty(TypeId(index)).to_owned(), Item { module, gate });
    }
    visit(&sdk.resources, &mut |resource, method| {
        let item = Item { module: module_path(&resource.path), gate: CfgGate::of_resource(&resource.path[0]) };
        items.insert(identifiers.request(&resource.path, &method.name), item);
    });
    for index in 0..sdk.endpoint_choices.len() {
        let item = Item { module: String::new(), gate: CfgGate::of_endpoint_choice(sdk, index) };
        items.insert(identifiers.choice(index), item);
    }
    items
}

/// Returns the deprecated names that the configuration has, and the errors in it.
fn configured<'a>(sdk: &'a Sdk, items: &HashMap<String, Item>) -> (Vec<TypeAlias>, Vec<(&'a Renaming, Problem)>) {
    let mut modules = BTreeSet::from([SHARED.to_owned()]);
    add_modules(&sdk.resources, &mut modules);
    let mut aliases: Vec<TypeAlias> = Vec::new();
    let mut problems = Vec::new();
    for renaming in &sdk.renamed_types {
        match configured_alias(renaming, sdk, items, &modules) {
            Ok(alias)
                if aliases.iter().any(|known| (&known.module, &known.name) == (&alias.module, &alias.name)) =>
            {
                let message = format!("duplicate deprecated name `{}`", renaming.old);
                problems.push((renaming, Problem::in_old_name(message, "remove one of the entries")));
            }
            Ok(alias) => aliases.push(alias),
            Err(problem) => problems.push((renaming, problem)),
        }
    }
    (aliases, problems)
}

fn configured_alias(
    renaming: &Renaming,
    sdk: &Sdk,
    items: &HashMap<String, Item>,
    modules: &BTreeSet<String>,
) -> Result<TypeAlias, Problem> {
    let (location, new) = renaming.new.rsplit_once("::").unwrap_or(("", &renaming.new));
    let (module, old) = match renaming.old.rsplit_once("::") {
        Some((module, old)) => (Some(module), old),
        None => (None, renaming.old.as_str()),
    };
    let Some(item) = items.get(new) else {
        let mut known: Vec<&str> = items.keys().map(String::as_str).collect();
        known.sort_unstable();
        let (message, help) = unknown_target("type", renaming, &sdk.renamed_types, known.into_iter());
        return Err(Problem::in_new_name(message, help));
    };
    if !location.is_empty() && location != item.module {
        let help = format!("write `{}`, or the name without a module", path(&item.module, new));
        return Err(Problem::in_new_name(format!("`{new}` is not in the module `{location}`"), help));
    }
    let module = module.unwrap_or(&item.module);
    // The module `types` is generated if only a deprecated name needs it.
    if !modules.contains(module) && !module.is_empty() {
        let similar = quoted_list(similar_names(modules.iter().map(String::as_str), module));
        return Err(Problem::in_old_name(
            format!("unknown module `{module}`"),
            format!("use a similar name: {similar}"),
        ));
    }
    if !names::is_type_name(old) {
        let help = format!("write the Rust name, such as `{}`", names::type_name(old));
        return Err(Problem::in_old_name(format!("invalid type name `{old}`"), help));
    }
    if items.contains_key(old) && (old != new || module == item.module) {
        let message = format!("`{old}` is the current name of a type");
        return Err(Problem::in_old_name(message, "remove the deprecated name, or rename the type that has it"));
    }
    let is_reserved = [reserved::TYPES, reserved::SHADOWED].iter().any(|list| list.contains(&old));
    if is_reserved || (module.is_empty() && reserved::ROOT_TYPES.contains(&old)) {
        let help = "remove the entry; no type of the SDK can have had this name";
        return Err(Problem::in_old_name(format!("`{old}` is a reserved name"), help));
    }
    Ok(alias(module.to_owned(), old.to_owned(), new, item))
}

fn alias(module: String, name: String, new: &str, item: &Item) -> TypeAlias {
    let target = path(&item.module, new);
    let label = if module == item.module { new } else { &target };
    let own = module.split("::").next().unwrap_or_default();
    // The module's feature enables the module: a type of the same feature needs no other gate.
    let gate = if item.gate.has_feature(own) { CfgGate::default() } else { item.gate.clone() };
    TypeAlias {
        note: StringLiteral::new(format!("renamed to `{label}`")),
        docs: link(label, &target),
        target: target.to_owned(),
        module,
        name,
        gate,
    }
}

fn visit<'a>(resources: &'a [Resource], visitor: &mut dyn FnMut(&'a Resource, &'a Method)) {
    for resource in resources {
        resource.methods.iter().for_each(|method| visitor(resource, method));
        visit(&resource.resources, visitor);
    }
}

fn add_modules(resources: &[Resource], modules: &mut BTreeSet<String>) {
    for resource in resources {
        modules.insert(module_path(&resource.path));
        add_modules(&resource.resources, modules);
    }
}

/// Returns the path of a resource's module.
pub(super) fn module_path(resource: &[String]) -> String {
    names::modules(resource).join("::")
}

fn path(module: &str, name: &str) -> String {
    if module.is_empty() { name.to_owned() } else { format!("{module}::{name}") }
}

pub(super) fn link(label: &str, target: &str) -> Vec<String> {
    vec![format!("Deprecated name of [`{label}`](crate::{target}).")]
}
