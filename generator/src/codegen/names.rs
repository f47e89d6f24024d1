//! Identifiers and literals.

use std::collections::HashMap;

use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};
use proc_macro2::Literal;
use rayon::prelude::*;

use super::aliases::{self, TypeAlias};
use crate::model::{Constant, EnumValue, Field, Resource, Sdk, TypeId, TypeKind};

/// The names of everything that has one in the whole crate.
pub(super) struct Names {
    types: Vec<String>,
    /// For each type the names of its fields, values or variants, in their order.
    members: Vec<Vec<String>>,
    requests: Requests,
    accessors: HashMap<Vec<String>, String>,
    /// The statics of alternatives to authenticate that differ from the SDK's, in the order of the methods.
    securities: Vec<(Vec<Vec<usize>>, String)>,
    /// Old names of types.
    aliases: Vec<TypeAlias>,
}

/// The names of requests, by resource and method.
type Requests = HashMap<(Vec<String>, String), String>;

/// What looks like an identifier and is none, now or some day.
const KEYWORDS: [&str; 53] = [
    "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "Self", "self", "static", "struct",
    "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while",
    "yield",
];

/// Names that generated code uses without a path, so that no type can have them.
pub(super) const TAKEN: [&str; 21] = [
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

/// Modules, functions, features and crates that a generated crate has anyway.
const TAKEN_MODULES: &[&str] = &[
    "alloc",
    "api",
    "as_ref",
    "blocking",
    "brotli",
    "builder",
    "client",
    "clone",
    "core",
    "default",
    "error",
    "fmt",
    "from_env",
    "guides",
    "gzip",
    "json",
    "lib",
    "main",
    "mod",
    "models",
    "observe",
    "paging",
    "request",
    "reqwest",
    "retry",
    "runtime",
    "std",
    "tracing",
    "transport",
    "types",
    "zstd",
];

impl Names {
    pub(super) fn new(sdk: &Sdk) -> Self {
        let scopes: Vec<String> = sdk.scopes.iter().map(|scope| type_name(&scope.name)).collect();
        let mut taken = Taken::new(TAKEN.into_iter().chain(scopes.iter().map(String::as_str)));
        let mut types: Vec<String> = sdk.types.par_iter().map(|ty| type_name(&ty.name)).collect();
        // The document's own names come first, so that no derived one takes theirs.
        let mut order: Vec<usize> = (0..sdk.types.len()).collect();
        order.sort_by_key(|index| (!sdk.types[*index].is_component, *index));
        for index in order {
            types[index] = taken.unique(std::mem::take(&mut types[index]));
        }
        let members = sdk.types.par_iter().map(|ty| members(&ty.kind)).collect();
        let mut names = Self {
            types,
            members,
            requests: HashMap::new(),
            accessors: HashMap::new(),
            securities: securities(sdk),
            aliases: Vec::new(),
        };
        let without_requests = taken.clone();
        let mut all = Vec::new();
        collect_requests(&sdk.resources, &mut all);
        names.requests = requests(&all, &mut taken);
        names.aliases = aliases::types(sdk, &names, &without_requests);
        taken.extend(names.aliases.iter().map(|alias| alias.name.as_str()));
        names.accessors(&sdk.resources, &taken);
        names
    }

    /// Resources are rarely named by programs, so they give way to types; they may share names among each other.
    fn accessors(&mut self, resources: &[Resource], taken: &Taken) {
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

    /// The names of a type's fields, values or variants, one for each; fields with a fixed value have none.
    pub(super) fn members(&self, id: TypeId) -> &[String] {
        &self.members[id.0]
    }

    pub(super) fn request(&self, resource: &[String], method: &str) -> String {
        self.requests.get(&(resource.to_vec(), method.to_owned())).cloned().unwrap_or_default()
    }

    /// The static of alternatives to authenticate.
    pub(super) fn security(&self, ways: &[Vec<usize>]) -> String {
        let found = self.securities.iter().find(|(known, _)| known == ways);
        found.map_or_else(|| "SECURITY".to_owned(), |(_, name)| name.clone())
    }

    pub(super) fn securities(&self) -> &[(Vec<Vec<usize>>, String)] {
        &self.securities
    }

    /// The names that types had.
    pub(super) fn aliases(&self) -> &[TypeAlias] {
        &self.aliases
    }

    pub(super) fn accessor(&self, resource: &[String]) -> String {
        self.accessors.get(resource).cloned().unwrap_or_default()
    }
}

/// A request is named after its resource and method; where several would have the same name, all of them
/// are named after the whole path, so that no name depends on the order.
pub(super) fn requests(requests: &[(&[String], &str)], taken: &mut Taken) -> Requests {
    let short = |(path, method): &(&[String], &str)| {
        let subject = path.last().map(|name| crate::model::singular(name)).unwrap_or_default();
        type_name(&format!("{subject} {method} request"))
    };
    let mut counts: HashMap<String, usize> = HashMap::new();
    for request in requests {
        *counts.entry(short(request)).or_default() += 1;
    }
    let mut names = Requests::new();
    for request in requests {
        let (path, method) = request;
        let mut name = short(request);
        if counts.get(&name).is_some_and(|count| *count > 1) || taken.contains(&name) {
            let words: Vec<String> = path.iter().map(|name| crate::model::singular(name)).collect();
            name = type_name(&format!("{} {method} request", words.join(" ")));
        }
        let name = taken.unique(name);
        names.insert((path.to_vec(), (*method).to_owned()), name);
    }
    names
}

/// Names alternatives to authenticate by their credentials: `TOKEN_OR_EMAIL_AND_KEY`.
fn securities(sdk: &Sdk) -> Vec<(Vec<Vec<usize>>, String)> {
    let credentials: Vec<String> = sdk.credentials.iter().map(|known| credential(&known.name)).collect();
    let mut taken = Taken::new(credentials.iter().map(String::as_str).chain(["API", "SECURITY", "ENVELOPE"]));
    let mut securities: Vec<(Vec<Vec<usize>>, String)> = Vec::new();
    sdk.methods(&mut |method| {
        let Some(ways) = &method.security else { return };
        if !securities.iter().any(|(known, _)| known == ways) {
            let way = |way: &Vec<usize>| {
                let names: Vec<&str> = way.iter().map(|index| credentials[*index].as_str()).collect();
                if names.is_empty() { "NOTHING".to_owned() } else { names.join("_AND_") }
            };
            let name = match ways.as_slice() {
                [] => "PUBLIC".to_owned(),
                ways => ways.iter().map(way).collect::<Vec<_>>().join("_OR_"),
            };
            // A static for the only way of a single credential is not that credential's.
            let name = if credentials.contains(&name) { format!("{name}_ONLY") } else { name };
            securities.push((ways.clone(), taken.unique(name)));
        }
    });
    securities
}

/// The variant that keeps what this version does not know.
const UNRECOGNIZED: &str = "Unrecognized";

fn members(kind: &TypeKind) -> Vec<String> {
    match kind {
        TypeKind::Object(fields) => {
            // The constructor and what every type can do.
            let mut taken = Taken::new(["new", "clone", "default"]);
            let name = |field: &Field| match field.constant {
                Some(_) => String::new(),
                None => taken.unique(self::field(&field.name)),
            };
            fields.iter().map(name).collect()
        }
        TypeKind::Enum(values) => {
            let mut taken = Taken::new([UNRECOGNIZED]);
            let name = |value: &EnumValue| match (&value.value, &value.name) {
                (Constant::Text(text), None) => type_name(text),
                (_, Some(name)) => type_name(name),
                (value, None) => type_name(&format!("value {value}")),
            };
            values.iter().map(|value| taken.unique(name(value))).collect()
        }
        TypeKind::Union { variants, .. } => {
            let mut taken = Taken::new([UNRECOGNIZED]);
            variants.iter().map(|variant| taken.unique(type_name(&variant.name))).collect()
        }
    }
}

fn collect_requests<'a>(resources: &'a [Resource], requests: &mut Vec<(&'a [String], &'a str)>) {
    for resource in resources {
        requests.extend(resource.methods.iter().map(|method| (resource.path.as_slice(), method.name.as_str())));
        collect_requests(&resource.resources, requests);
    }
}

/// Names that are taken, each with the number that the next one like it may get: so that ten thousand equal names
/// don't try all numbers again.
#[derive(Clone)]
pub(super) struct Taken(HashMap<String, usize>);

impl Taken {
    pub(super) fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self(names.into_iter().map(|name| (name.to_owned(), 2)).collect())
    }

    pub(super) fn extend<'a>(&mut self, names: impl IntoIterator<Item = &'a str>) {
        self.0.extend(names.into_iter().map(|name| (name.to_owned(), 2)));
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// `name`, or `name2`, `name3` … if it is taken; taken afterwards.
    pub(super) fn unique(&mut self, name: String) -> String {
        let Some(mut number) = self.0.get(&name).copied() else {
            self.0.insert(name.clone(), 2);
            return name;
        };
        loop {
            let candidate = format!("{name}{number}");
            number += 1;
            if !self.contains(&candidate) {
                self.0.insert(candidate.clone(), 2);
                self.0.insert(name, number);
                return candidate;
            }
        }
    }
}

/// The name of a struct, enum or variant.
pub(super) fn type_name(words: &str) -> String {
    let name = sanitize(&clean(words).to_upper_camel_case(), "Value");
    if is_identifier(&name) { name } else { format!("{name}Value") }
}

/// Whether a text is the name of a struct or enum as [`type_name`] makes them.
pub(super) fn is_type_name(text: &str) -> bool {
    text.starts_with(char::is_uppercase) && !text.contains('_') && is_identifier(text)
}

/// The name of a method: it gives way to the resource below that has its name.
pub(super) fn method(words: &str, below: &[Resource]) -> String {
    let name = field(words);
    let is_child = below.iter().any(|child| module(child.name()) == name);
    if is_child { format!("{name}_") } else { name }
}

/// The name of a field, function or argument.
pub(super) fn field(words: &str) -> String {
    let name = sanitize(&clean(words).to_snake_case(), "value");
    if is_identifier(&name) { name } else { format!("{name}_") }
}

/// Whether a text is an identifier in the edition of generated crates, in which `gen` is none.
fn is_identifier(name: &str) -> bool {
    // To ask syn takes a while, and most names are plain words.
    match is_plain(name) {
        Some(is_plain) => is_plain && !KEYWORDS.contains(&name),
        None => syn::parse_str::<syn::Ident>(name).is_ok(),
    }
}

/// Whether a text is of letters, digits and `_`, and doesn't begin with a digit; unknown beyond ASCII.
fn is_plain(text: &str) -> Option<bool> {
    let mut bytes = text.bytes();
    let is_first = bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_');
    text.is_ascii().then(|| is_first && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
}

/// The name of a module, and of its file.
pub(super) fn module(words: &str) -> String {
    let name = field(words);
    if TAKEN_MODULES.contains(&name.as_str()) || is_device(&name) { format!("{name}_") } else { name }
}

/// Whether Windows has a device of this name, so that no file can have it.
fn is_device(name: &str) -> bool {
    let port = name.strip_prefix("com").or(name.strip_prefix("lpt"));
    matches!(name, "aux" | "con" | "nul" | "prn")
        || port.is_some_and(|port| matches!(port.as_bytes(), [b'0'..=b'9']))
}

/// The name of a static.
pub(super) fn constant(words: &str) -> String {
    sanitize(&clean(words).to_shouty_snake_case(), "VALUE")
}

/// The static of a credential.
pub(super) fn credential(words: &str) -> String {
    let name = constant(words);
    if is_taken_static(&name) { format!("{name}_CREDENTIAL") } else { name }
}

/// The static of a way in which lists go on.
pub(super) fn pagination(words: &str) -> String {
    format!("{}_PAGES", constant(words).trim_end_matches("_PAGE"))
}

fn is_taken_static(name: &str) -> bool {
    matches!(name, "API" | "SECURITY" | "ENVELOPE") || name.ends_with("_PAGES")
}

/// The function of a client's builder that takes a credential.
pub(super) fn builder(words: &str) -> String {
    let name = field(words);
    let taken = [
        "allow_http",
        "as_ref",
        "attempt_timeout",
        "base_url",
        "build",
        "clone",
        "connect_timeout",
        "fmt",
        "from_env",
        "header",
        "max_concurrent_requests",
        "max_response_size",
        "max_retries",
        "new",
        "obey_rate_limit_headers",
        "observer",
        "rate_limit",
        "retry",
        "retry_budget",
        "timeout",
        "trace_bodies",
        "transport",
    ];
    if taken.contains(&name.as_str()) { format!("{name}_credential") } else { name }
}

/// A literal for a text.
pub(crate) fn literal(text: &str) -> String {
    // Nearly all are made of nothing that is escaped.
    match text.bytes().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\')) {
        true => format!("\"{text}\""),
        false => Literal::string(text).to_string(),
    }
}

/// Apart from letters and digits everything separates words; a sign that carries meaning becomes a word.
fn clean(words: &str) -> String {
    let mut text = String::with_capacity(words.len());
    let mut has_words = false;
    for character in words.chars() {
        let before = text.len();
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
            '-' if !has_words && words.len() > 1 => text.push_str("minus "),
            _ => text.push(' '),
        }
        has_words |= !text[before..].trim().is_empty();
    }
    text
}

/// An identifier doesn't begin with a digit, isn't empty, and has only the characters that Rust allows.
fn sanitize(name: &str, fallback: &str) -> String {
    let mut allowed: String = name.chars().filter(|c| c.is_alphanumeric() || *c == '_').collect();
    let is_identifier =
        |text: &str| is_plain(text).unwrap_or_else(|| syn::parse_str::<syn::Ident>(&format!("{text}_x")).is_ok());
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

#[cfg(test)]
mod tests {
    use super::KEYWORDS;

    #[test]
    fn every_keyword_is_one_to_syn() {
        for keyword in KEYWORDS {
            // The newest edition has one that syn takes for a name.
            assert!(keyword == "gen" || syn::parse_str::<syn::Ident>(keyword).is_err(), "{keyword}");
        }
    }
}
