//! Identifiers and literals.

use std::collections::{HashMap, HashSet};

use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};
use proc_macro2::Literal;

use crate::model::{Resource, Sdk, TypeId};

/// The names of everything that has one in the whole crate.
pub(super) struct Names {
    types: Vec<String>,
    requests: HashMap<(Vec<String>, String), String>,
    accessors: HashMap<Vec<String>, String>,
}

/// Names that generated code uses without a path, so that no type can have them.
const TAKEN: [&str; 21] = [
    "BTreeMap",
    "Box",
    "Clone",
    "Debug",
    "Default",
    "Err",
    "From",
    "Into",
    "IntoIterator",
    "None",
    "Ok",
    "Option",
    "Operation",
    "PartialEq",
    "Request",
    "Result",
    "Self",
    "Some",
    "String",
    "Vec",
    "Client",
];

impl Names {
    pub(super) fn new(sdk: &Sdk) -> Self {
        let mut taken: HashSet<String> = TAKEN.iter().map(|name| (*name).to_owned()).collect();
        taken.extend(sdk.scopes.iter().map(|scope| type_name(&scope.name)));
        let mut types = vec![String::new(); sdk.types.len()];
        // The document's own names come first, so that no derived one takes theirs.
        let mut order: Vec<usize> = (0..sdk.types.len()).collect();
        order.sort_by_key(|index| (!sdk.types[*index].is_component, *index));
        for index in order {
            types[index] = unique(type_name(&sdk.types[index].name), &mut taken);
        }
        let mut names = Self { types, requests: HashMap::new(), accessors: HashMap::new() };
        names.requests(&sdk.resources, &mut taken);
        names.accessors(&sdk.resources, &taken);
        names
    }

    fn requests(&mut self, resources: &[Resource], taken: &mut HashSet<String>) {
        for resource in resources {
            for method in &resource.methods {
                let subject = crate::model::singular(resource.name());
                let name = type_name(&format!("{subject} {} request", method.name));
                let name = unique(name, taken);
                self.requests.insert((resource.path.clone(), method.name.clone()), name);
            }
            self.requests(&resource.resources, taken);
        }
    }

    /// Resources are rarely named by programs, so they give way to types; they may share names among each other.
    fn accessors(&mut self, resources: &[Resource], taken: &HashSet<String>) {
        for resource in resources {
            let name = type_name(resource.name());
            let name = if taken.contains(&name) { format!("{name}Resource") } else { name };
            self.accessors.insert(resource.path.clone(), name);
            self.accessors(&resource.resources, taken);
        }
    }

    pub(super) fn ty(&self, id: TypeId) -> &str {
        &self.types[id.0]
    }

    pub(super) fn request(&self, resource: &[String], method: &str) -> String {
        self.requests.get(&(resource.to_vec(), method.to_owned())).cloned().unwrap_or_default()
    }

    pub(super) fn accessor(&self, resource: &[String]) -> String {
        self.accessors.get(resource).cloned().unwrap_or_default()
    }
}

/// `name`, or `name2`, `name3` … if it is taken; taken afterwards.
pub(super) fn unique(name: String, taken: &mut HashSet<String>) -> String {
    let mut candidate = name.clone();
    let mut number = 2;
    while !taken.insert(candidate.clone()) {
        candidate = format!("{name}{number}");
        number += 1;
    }
    candidate
}

/// The name of a struct, enum or variant.
pub(super) fn type_name(words: &str) -> String {
    let name = sanitize(&clean(words).to_upper_camel_case(), "Value");
    if syn::parse_str::<syn::Ident>(&name).is_ok() { name } else { format!("{name}_") }
}

/// The name of a field, function or argument.
pub(super) fn field(words: &str) -> String {
    let name = sanitize(&clean(words).to_snake_case(), "value");
    if syn::parse_str::<syn::Ident>(&name).is_ok() { name } else { format!("{name}_") }
}

/// The name of a module, and of its file.
pub(super) fn module(words: &str) -> String {
    let name = field(words);
    // Modules that the crate has anyway.
    if matches!(name.as_str(), "api" | "client" | "lib" | "main" | "mod" | "models" | "runtime" | "types") {
        format!("{name}_")
    } else {
        name
    }
}

/// The name of a static.
pub(super) fn constant(words: &str) -> String {
    sanitize(&clean(words).to_shouty_snake_case(), "VALUE")
}

/// A literal for a text.
pub(super) fn literal(text: &str) -> String {
    Literal::string(text).to_string()
}

/// Apart from letters and digits everything separates words; a sign that carries meaning becomes a word.
fn clean(words: &str) -> String {
    let mut text = String::with_capacity(words.len());
    for character in words.chars() {
        match character {
            c if c.is_alphanumeric() => text.push(c),
            '+' => text.push_str(" plus "),
            '*' => text.push_str(" star "),
            '<' => text.push_str(" less "),
            '>' => text.push_str(" greater "),
            '=' => text.push_str(" equal "),
            '!' => text.push_str(" not "),
            '%' => text.push_str(" percent "),
            '$' => text.push_str(" dollar "),
            '@' => text.push_str(" at "),
            '&' => text.push_str(" and "),
            '-' if text.trim().is_empty() && words.len() > 1 => text.push_str("minus "),
            _ => text.push(' '),
        }
    }
    text
}

/// An identifier doesn't begin with a digit, isn't empty, and has only the characters that Rust allows.
fn sanitize(name: &str, fallback: &str) -> String {
    let mut allowed: String = name.chars().filter(|c| c.is_alphanumeric() || *c == '_').collect();
    let is_identifier = |text: &str| syn::parse_str::<syn::Ident>(&format!("{text}_x")).is_ok();
    if !allowed.is_empty() && !is_identifier(&allowed) {
        allowed = match allowed.starts_with(|c: char| c.is_ascii_digit()) {
            true if fallback.starts_with(|c: char| c.is_ascii_uppercase()) => format!("N{allowed}"),
            true => format!("n{allowed}"),
            false => allowed.chars().filter(char::is_ascii_alphanumeric).collect(),
        };
    }
    match allowed.trim_matches('_') {
        "" => fallback.to_owned(),
        _ => allowed,
    }
}
