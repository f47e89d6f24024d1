//! Old names that stay for a while, deprecated.

use std::collections::{BTreeSet, HashMap};

use serde::Serialize;

use super::TypeLowering;
use super::names::{self, Names, Taken};
use crate::config::{Renaming, lost};
use crate::diagnostics::{Diagnostic, near};
use crate::document::Document;
use crate::model::{Method, Resource, Sdk, TypeId};

/// A name that a method had.
#[derive(Clone, Debug, Serialize)]
pub struct MethodAlias {
    /// The modules from the top down to that of the resource that has it.
    pub module: Vec<String>,
    /// That resource's struct, as a path.
    pub resource: String,
    /// Its name.
    pub name: String,
    /// What is said where it is used, as a literal.
    pub note: String,
    /// What it is now.
    pub docs: Vec<String>,
    /// The feature that has the resource, as a literal, if it is another than the method's own.
    pub features: Vec<String>,
    /// What has the method now, as an expression.
    pub receiver: String,
}

/// A name that a type had.
#[derive(Clone, Debug, Serialize)]
pub struct TypeAlias {
    /// The module that has it, as a path; empty for the root.
    #[serde(skip)]
    pub module: String,
    /// Its name.
    pub name: String,
    /// The path of the type.
    pub target: String,
    /// What is said where it is used, as a literal.
    pub note: String,
    /// What it is now.
    pub docs: Vec<String>,
    /// The features that have the type, as literals; none if the module's does.
    pub features: Vec<String>,
}

/// A type that a program can name.
struct Item {
    module: String,
    features: Vec<String>,
}

/// The module of types that belong to no resource.
pub(super) const SHARED: &str = "types";

/// What the root of a generated crate has anyway.
const ROOT: &str = "AnyRequest Base64 Blocking BlockingIter Body Call Chunks ClientBuilder Date DateTime Duration Error \
    Event Items Message Object Page Pages Part Position Progress RequestOptions Response ResponseFuture ResultFuture \
    ResultInfo RetryBudget RetryPolicy Secret Streaming Time TokenSource Value";

/// What is wrong with an old name.
struct Problem {
    message: String,
    help: String,
    /// Whether it is about the old name, which is the key.
    at_key: bool,
}

impl Problem {
    fn old(message: String, help: impl Into<String>) -> Self {
        Self { message, help: help.into(), at_key: true }
    }

    fn new(message: String, help: impl Into<String>) -> Self {
        Self { message, help: help.into(), at_key: false }
    }
}

/// What is wrong with the old names of types: only Rust's names tell. `configuration` says where they stand.
pub fn check(sdk: &Sdk, configuration: &Document) -> Vec<Diagnostic> {
    if sdk.renamed_types.is_empty() {
        return Vec::new();
    }
    let names = Names::new(sdk);
    let items = items(sdk, &names);
    let locate = |(renaming, problem): (&Renaming, Problem)| {
        let diagnostic = Diagnostic::error(problem.message).help(problem.help);
        match problem.at_key {
            true => configuration.locate_key(diagnostic, &renaming.location),
            false => configuration.locate(diagnostic, &renaming.location),
        }
    };
    explicit(sdk, &items).1.into_iter().map(locate).collect()
}

/// The old names of types: those that the configuration has, and those of the requests of renamed methods. What is
/// wrong with one leaves it out; see [`check`].
pub(super) fn types(sdk: &Sdk, names: &Names, taken: &Taken) -> Vec<TypeAlias> {
    let old = old_requests(sdk, taken);
    if sdk.renamed_types.is_empty() && old.is_empty() {
        return Vec::new();
    }
    let items = items(sdk, names);
    let (mut aliases, _) = explicit(sdk, &items);
    for (resource, old_name, (path, method)) in old {
        let name = names.request(path, method);
        let module = module_path(resource);
        let Some(item) = items.get(name.as_str()) else { continue };
        // Another thing can have got the name: there is no room for it then.
        let is_free = match items.contains_key(old_name.as_str()) {
            true => old_name == name && module != item.module,
            false => !aliases.iter().any(|alias| alias.module == module && alias.name == old_name),
        };
        if is_free {
            aliases.push(alias(module, old_name, &name, item));
        }
    }
    aliases
}

/// Everything that can have had another name.
fn items(sdk: &Sdk, names: &Names) -> HashMap<String, Item> {
    let mut items = HashMap::new();
    for (index, ty) in sdk.types.iter().enumerate().filter(|(_, ty)| ty.is_used()) {
        let module = if ty.owner.is_empty() { SHARED.to_owned() } else { module_path(&ty.owner) };
        let features = match ty.owner.first() {
            Some(top) => vec![feature(top)],
            None => super::models::features(sdk, ty),
        };
        items.insert(names.ty(TypeId(index)).to_owned(), Item { module, features });
    }
    visit(&sdk.resources, &mut |resource, method| {
        let item = Item { module: module_path(&resource.path), features: vec![feature(&resource.path[0])] };
        items.insert(names.request(&resource.path, &method.name), item);
    });
    for (index, scope) in sdk.scopes.iter().enumerate() {
        let item = Item { module: String::new(), features: super::api::scope_features(sdk, index) };
        items.insert(names::type_name(&scope.name), item);
    }
    items
}

/// The old names that the configuration has, and what is wrong with the others.
fn explicit<'a>(sdk: &'a Sdk, items: &HashMap<String, Item>) -> (Vec<TypeAlias>, Vec<(&'a Renaming, Problem)>) {
    let mut modules = BTreeSet::from([SHARED.to_owned()]);
    add_modules(&sdk.resources, &mut modules);
    let mut aliases: Vec<TypeAlias> = Vec::new();
    let mut problems = Vec::new();
    for renaming in &sdk.renamed_types {
        match one(renaming, sdk, items, &modules) {
            Ok(alias)
                if aliases.iter().any(|known| (&known.module, &known.name) == (&alias.module, &alias.name)) =>
            {
                let message = format!("`{}` is there twice", renaming.old);
                problems.push((renaming, Problem::old(message, "leave one of them out")));
            }
            Ok(alias) => aliases.push(alias),
            Err(problem) => problems.push((renaming, problem)),
        }
    }
    (aliases, problems)
}

fn one(
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
        let (message, help) = lost("type", renaming, &sdk.renamed_types, known.into_iter());
        return Err(Problem::new(message, help));
    };
    if !location.is_empty() && location != item.module {
        let help = format!("write `{}`, or the name alone", path(&item.module, new));
        return Err(Problem::new(format!("`{new}` is not in `{location}`"), help));
    }
    let module = module.unwrap_or(&item.module);
    // The module `types` is there for the old name, if for nothing else.
    if !modules.contains(module) && !module.is_empty() {
        let near = near(modules.iter().map(String::as_str), module).join(", ");
        return Err(Problem::old(format!("there is no module `{module}`"), format!("names like it: {near}")));
    }
    if !names::is_type_name(old) {
        let help = format!("write it as Rust had it, such as `{}`", names::type_name(old));
        return Err(Problem::old(format!("`{old}` is not a type's name"), help));
    }
    if items.contains_key(old) && (old != new || module == item.module) {
        let message = format!("`{old}` is still the name of a type");
        return Err(Problem::old(message, "leave out its old name, or give the other type another name"));
    }
    if names::TAKEN.contains(&old) || (module.is_empty() && ROOT.split_whitespace().any(|name| name == old)) {
        let help = "leave it out: no type can have had it";
        return Err(Problem::old(format!("the SDK has another `{old}`"), help));
    }
    Ok(alias(module.to_owned(), old.to_owned(), new, item))
}

fn alias(module: String, name: String, new: &str, item: &Item) -> TypeAlias {
    let target = path(&item.module, new);
    let shown = if module == item.module { new } else { &target };
    let own = module.split("::").next().map(names::literal).unwrap_or_default();
    // Where the module is there, so is a type that its feature has.
    let features = if item.features.contains(&own) { Vec::new() } else { item.features.clone() };
    TypeAlias {
        note: names::literal(&format!("renamed to `{shown}`")),
        docs: link(shown, &target),
        target: format!("crate::{target}"),
        module,
        name,
        features,
    }
}

/// A method: its resource's path, and its name.
type MethodPath<'a> = (&'a [String], &'a str);

/// A request as it was: the resource, the name, and the method of which it is the request now.
type OldRequest<'a> = (&'a [String], String, MethodPath<'a>);

/// The names that requests had when methods had their old names: found as names are, among all methods that there
/// were. One that has its own name still can have had another, which told it from one that is called otherwise now.
fn old_requests<'a>(sdk: &'a Sdk, taken: &Taken) -> Vec<OldRequest<'a>> {
    let mut all: Vec<(MethodPath<'_>, MethodPath<'_>)> = Vec::new();
    visit(&sdk.resources, &mut |resource, method| {
        let now = (resource.path.as_slice(), method.name.as_str());
        match method.old_names.as_slice() {
            [] => all.push((now, now)),
            old => all.extend(old.iter().map(|old| ((old.resource.as_slice(), old.name.as_str()), now))),
        }
    });
    if all.iter().all(|(old, now)| old == now) {
        return Vec::new();
    }
    let before: Vec<MethodPath<'_>> = all.iter().map(|(old, _)| *old).collect();
    let mut names = names::requests(&before, &mut taken.clone());
    let name = |((resource, method), now): (MethodPath<'a>, MethodPath<'a>)| {
        Some((resource, names.remove(&(resource.to_vec(), method.to_owned()))?, now))
    };
    all.into_iter().filter_map(name).collect()
}

fn visit<'a>(resources: &'a [Resource], see: &mut dyn FnMut(&'a Resource, &'a Method)) {
    for resource in resources {
        resource.methods.iter().for_each(|method| see(resource, method));
        visit(&resource.resources, see);
    }
}

fn add_modules(resources: &[Resource], modules: &mut BTreeSet<String>) {
    for resource in resources {
        modules.insert(module_path(&resource.path));
        add_modules(&resource.resources, modules);
    }
}

/// A resource's module.
pub(super) fn module_path(resource: &[String]) -> String {
    resource.iter().map(|name| names::module(name)).collect::<Vec<_>>().join("::")
}

fn path(module: &str, name: &str) -> String {
    if module.is_empty() { name.to_owned() } else { format!("{module}::{name}") }
}

fn link(shown: &str, target: &str) -> Vec<String> {
    vec![format!("The old name of [`{shown}`](crate::{target}).")]
}

fn feature(top: &str) -> String {
    names::literal(&names::module(top))
}

impl TypeLowering<'_> {
    /// The old names of types in a module; see [`module_path`].
    pub(super) fn type_aliases(&self, module: &str) -> Vec<TypeAlias> {
        self.names.aliases().iter().filter(|alias| alias.module == module).cloned().collect()
    }

    /// Leaves out of a module's imports what an old name of the module stands for: it has the same name.
    pub(super) fn leave_out_aliases(&self, module: &str, uses: &mut Vec<String>) {
        let aliases = || self.names.aliases().iter().filter(|alias| alias.module == module);
        uses.retain(|path| !aliases().any(|alias| path.rsplit("::").next() == Some(&alias.name)));
    }

    pub(super) fn method_aliases(&self, resource: &Resource, method: &Method) -> Vec<MethodAlias> {
        let now = self.method_name(resource, method);
        let accessor = |path: &[String]| format!("{}::{}", module_path(path), self.names.accessor(path));
        let alias = |old: &crate::model::OldName| {
            let is_same = old.resource == resource.path;
            let calls: String = resource.path.iter().map(|name| format!("{}().", names::module(name))).collect();
            let shown = if is_same { now.clone() } else { format!("client.{calls}{now}") };
            let target = format!("{}::{now}", accessor(&resource.path));
            let (top, own) = (feature(&old.resource[0]), feature(&resource.path[0]));
            let children = find(&self.sdk.resources, &old.resource).map_or(&[][..], |found| &found.resources);
            MethodAlias {
                module: old.resource.iter().map(|name| names::module(name)).collect(),
                resource: match is_same {
                    true => self.names.accessor(&resource.path),
                    false => format!("crate::{}", accessor(&old.resource)),
                },
                name: names::method(&old.name, children),
                note: names::literal(&format!("renamed to `{shown}`")),
                docs: link(&shown, &target),
                features: if top == own { Vec::new() } else { vec![top] },
                receiver: match is_same {
                    true => "self".to_owned(),
                    false => format!("{} {{ client: self.client }}", self.names.accessor(&resource.path)),
                },
            }
        };
        method.old_names.iter().map(alias).collect()
    }
}

fn find<'a>(resources: &'a [Resource], path: &[String]) -> Option<&'a Resource> {
    let (name, below) = path.split_first()?;
    let resource = resources.iter().find(|resource| resource.name() == name)?;
    if below.is_empty() { Some(resource) } else { find(&resource.resources, below) }
}
