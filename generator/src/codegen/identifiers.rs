//! Rust identifiers: the spelling of names.

use rayon::prelude::*;

use super::reserved;
use crate::model::{Method, Output, Resource, Sdk, TypeId, TypeKind};
use crate::naming::{Language, Name, Names, Namespace, SetterName};

/// Rust as the language of names.
pub(super) struct Rust;

impl Language for Rust {
    fn is_reserved(&self, namespace: Namespace, name: &Name) -> bool {
        let is_in = |lists: &[&[&str]], name: &str| lists.iter().any(|list| list.contains(&name));
        match namespace {
            Namespace::Type => is_in(&[reserved::TYPES, reserved::SHADOWED], &name.upper_camel()),
            Namespace::RootType => {
                let lists = [reserved::TYPES, reserved::SHADOWED, reserved::ROOT_TYPES];
                is_in(&lists, &name.upper_camel())
            }
            Namespace::Variant => is_in(&[reserved::VARIANTS], &name.upper_camel()),
            Namespace::Constant => is_in(&[reserved::STATICS], &name.upper_snake()),
            Namespace::Field => is_in(&[reserved::FIELDS], name.snake()),
            Namespace::Argument => is_in(&[reserved::ARGUMENTS], name.snake()),
            Namespace::ClientSetting => is_in(&[reserved::CLIENT_SETTINGS], name.snake()),
            // A setter with the name of another method gets a trailing underscore.
            Namespace::Setter | Namespace::ResourceConstant => false,
        }
    }

    fn replace(&self, namespace: Namespace, name: Name) -> Name {
        match namespace {
            // Raw identifiers cannot spell `Self`.
            Namespace::Type | Namespace::RootType | Namespace::Variant if name.snake() == "self" => {
                name.with("value")
            }
            _ => name,
        }
    }
}

/// Identifiers of all named items of the SDK.
pub(super) struct Identifiers {
    names: Names,
    types: Vec<String>,
    members: Vec<Vec<String>>,
}

impl Identifiers {
    pub(super) fn new(sdk: &Sdk) -> Self {
        let names = Names::new(sdk, &Rust);
        let ids = (0..sdk.types.len()).into_par_iter().map(TypeId);
        let types = ids.clone().map(|id| names.ty(id).upper_camel()).collect();
        let spell = |id: TypeId| {
            let is_object = matches!(sdk.types[id.0].kind, TypeKind::Object(_));
            let spell = |name: &Name| if is_object { snake(name) } else { name.upper_camel() };
            names.members(id).iter().map(|name| name.as_ref().map(spell).unwrap_or_default()).collect()
        };
        let members = ids.map(spell).collect();
        Self { names, types, members }
    }

    /// Returns the names that the identifiers are derived from.
    pub(super) fn names(&self) -> &Names {
        &self.names
    }

    pub(super) fn ty(&self, id: TypeId) -> &str {
        &self.types[id.0]
    }

    /// Returns the identifiers of a type's fields, values or variants. A field with a fixed value has an empty one.
    pub(super) fn members(&self, id: TypeId) -> &[String] {
        &self.members[id.0]
    }

    /// Returns the struct of a resource.
    pub(super) fn accessor(&self, resource: &[String]) -> String {
        self.names.resource(resource).map(|names| names.accessor.upper_camel()).unwrap_or_default()
    }

    /// Returns the type of a method's requests.
    pub(super) fn request(&self, resource: &[String], method: &str) -> String {
        self.names.method(resource, method).map(|names| names.request.upper_camel()).unwrap_or_default()
    }

    /// Returns the static of a security requirement, given as alternatives of credentials.
    pub(super) fn security(&self, security: &[Vec<usize>]) -> String {
        let own = self.names.api().securities.iter().find(|(known, _)| known == security);
        own.map_or_else(|| "SECURITY".to_owned(), |(_, name)| name.upper_snake())
    }

    /// Returns the enum of an endpoint choice.
    pub(super) fn choice(&self, index: usize) -> String {
        self.names.choices()[index].name.upper_camel()
    }

    /// Returns the arguments of a method, in their order.
    pub(super) fn arguments(&self, resource: &Resource, method: &Method) -> Vec<String> {
        let names = self.names.method(&resource.path, &method.name);
        let arguments = names.into_iter().flat_map(|names| &names.arguments);
        arguments.map(|argument| snake(&argument.name)).collect()
    }

    /// Returns the setters of a method's request, in their order.
    pub(super) fn setters(&self, resource: &Resource, method: &Method) -> Vec<Setter> {
        let lists = [
            (reserved::SETTERS, true),
            (reserved::PAGE_SETTERS, matches!(method.output, Output::Page { .. })),
            (reserved::DOWNLOAD_SETTERS, matches!(method.output, Output::Text | Output::Bytes)),
            (reserved::STREAM_SETTERS, method.stream.is_some()),
        ];
        let is_reserved = |name: &str| lists.iter().any(|(list, applies)| *applies && list.contains(&name));
        let spell =
            |name: &Name| if is_reserved(name.snake()) { format!("{}_", name.snake()) } else { snake(name) };
        let names = self.names.method(&resource.path, &method.name);
        let setters = names.into_iter().flat_map(|names| &names.setters);
        let setter = |setter: &SetterName| Setter {
            parameter: setter.parameter,
            name: spell(&setter.name),
            null: setter.null.as_ref().map(spell),
        };
        setters.map(setter).collect()
    }

    /// Returns the statics of a method's operations: one, or one for each endpoint of its choice.
    pub(super) fn operations(&self, resource: &Resource, method: &Method) -> Vec<String> {
        let names = self.names.method(&resource.path, &method.name);
        names.into_iter().flat_map(|names| &names.constants).map(Name::upper_snake).collect()
    }
}

/// Setter of a request.
pub(super) struct Setter {
    /// Index of the parameter among the method's.
    pub(super) parameter: usize,
    /// Method that takes a value.
    pub(super) name: String,
    /// Method that sends null, if the parameter is nullable.
    pub(super) null: Option<String>,
}

/// Returns the identifier of a field, function, argument or module.
pub(super) fn snake(name: &Name) -> String {
    let text = name.snake();
    if reserved::KEYWORDS.contains(&text) { format!("{text}_") } else { text.to_owned() }
}

/// Returns the identifier of a type that has the words of a text.
pub(super) fn type_name(text: &str) -> String {
    Rust.replace(Namespace::Type, Name::new(text)).upper_camel()
}

/// Returns `true` if the text can be the identifier of a type: in camel case, and not reserved.
pub(super) fn is_type_name(text: &str) -> bool {
    text.starts_with(char::is_uppercase)
        && text.chars().all(|c| c != '_' && unicode_ident::is_xid_continue(c))
        && !reserved::KEYWORDS.contains(&text)
}

/// Returns the identifier of a method. It gets a trailing underscore if one of the resource's children has its name.
pub(super) fn method(name: &str, children: &[Resource]) -> String {
    let name = field(name);
    let is_child = children.iter().any(|child| child_module(child.name()) == name);
    if is_child { format!("{name}_") } else { name }
}

/// Returns the identifier of a function or variable that has the words of a text.
pub(super) fn field(text: &str) -> String {
    snake(&Name::new(text))
}

/// Returns the modules of a resource, from the crate's root. They are also the names of its folders and of the methods
/// that return the resource.
pub(super) fn modules(resource: &[String]) -> Vec<String> {
    let module = |(depth, name): (usize, &String)| if depth == 0 { top_module(name) } else { child_module(name) };
    resource.iter().enumerate().map(module).collect()
}

/// Returns the module of a top-level resource. Its cargo feature has the same name.
pub(super) fn top_module(resource: &str) -> String {
    let lists = [
        reserved::ROOT_MODULES,
        reserved::ROOT_FILES,
        reserved::FEATURES,
        reserved::CLIENT_METHODS,
        reserved::CRATES,
    ];
    module(resource, &lists)
}

/// Returns the module of a resource below another.
pub(super) fn child_module(resource: &str) -> String {
    module(resource, &[reserved::CRATES])
}

fn module(resource: &str, reserved: &[&[&str]]) -> String {
    let name = field(resource);
    let is_reserved = reserved.iter().any(|list| list.contains(&name.as_str()));
    if is_reserved || is_device(&name) { format!("{name}_") } else { name }
}

/// Returns the private module of a resource's types. A child resource can have the name `models`, but no child
/// resource has the name `models_`: a trailing underscore is only added to reserved names.
pub(super) fn models_module(children: &[Resource]) -> &'static str {
    if children.iter().any(|child| child_module(child.name()) == "models") { "models_" } else { "models" }
}

/// Returns `true` if Windows reserves the name for a device and does not allow files of this name.
fn is_device(name: &str) -> bool {
    let port = name.strip_prefix("com").or(name.strip_prefix("lpt"));
    matches!(name, "aux" | "con" | "nul" | "prn")
        || port.is_some_and(|port| matches!(port.as_bytes(), [b'0'..=b'9']))
}

#[cfg(test)]
mod tests {
    use super::reserved::KEYWORDS;

    #[test]
    fn every_keyword_is_rejected_as_an_identifier() {
        for keyword in KEYWORDS {
            // A keyword of the 2024 edition, which syn accepts as an identifier.
            assert!(*keyword == "gen" || syn::parse_str::<syn::Ident>(keyword).is_err(), "{keyword}");
        }
    }
}
