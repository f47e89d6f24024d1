//! `sdk.yaml`: how the SDK presents the API. Every key is known; one that isn't is an error with its line.

mod pages;
mod renamed;

use serde_json::Value;

pub use self::pages::{Pagination, Scheme};
pub(crate) use self::renamed::lost;
pub use self::renamed::{Renamed, Renaming};
use crate::diagnostics::{Diagnostic, Report};
use crate::document::{Document, Located, SourceLocation};

/// How the SDK presents the API.
#[derive(Debug, Default)]
pub struct Config {
    /// The generated package.
    pub package: Package,
    /// Where the API is.
    pub base_url: BaseUrl,
    /// The environment variables of the credentials, by security scheme.
    pub authentication: Vec<(String, String, SourceLocation)>,
    /// The header by which the API recognizes a request that is sent again.
    pub idempotency_header: Option<String>,
    /// What wraps every answer.
    pub envelope: Option<Envelope>,
    /// The ways in which lists go on, by name.
    pub pagination: Vec<(String, Pagination)>,
    /// Names of those that can't be read; that was reported where they stand.
    pub broken_pagination: Vec<String>,
    /// The resources, in the order in which they are presented.
    pub resources: Vec<Resource>,
    /// Other names than the document's.
    pub names: Names,
    /// Old names that stay for a while.
    pub renamed: Renamed,
}

/// The generated package.
#[derive(Debug, Default)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it is, in a line.
    pub description: String,
    /// Where its sources are.
    pub repository: Option<String>,
}

/// Where the API is.
#[derive(Debug, Default)]
pub struct BaseUrl {
    /// The URL; the document's first server where it is not stated.
    pub url: Option<String>,
    /// The environment variable that overrides it.
    pub environment: String,
}

/// What wraps every answer: the names of its properties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Holds the result.
    pub result: String,
    /// Tells success from failure.
    pub success: String,
    /// Holds the errors.
    pub errors: String,
    /// Holds other messages.
    pub messages: String,
}

/// A resource and what is below it.
#[derive(Debug)]
pub struct Resource {
    /// Its name, in snake case.
    pub name: String,
    /// Where it stands.
    pub location: SourceLocation,
    /// What it is.
    pub description: Option<String>,
    /// Its methods.
    pub methods: Vec<Method>,
    /// Names of schemas that belong to it, whoever else uses them.
    pub models: Vec<(String, SourceLocation)>,
    /// The resources below it.
    pub resources: Vec<Resource>,
}

/// A method of a resource.
#[derive(Debug)]
pub struct Method {
    /// Its name, in snake case.
    pub name: String,
    /// Where it stands.
    pub location: SourceLocation,
    /// What it calls.
    pub calls: Calls,
    /// How its list goes on, by name.
    pub pagination: Option<(String, SourceLocation)>,
}

/// What a method calls.
#[derive(Debug)]
pub enum Calls {
    /// An operation, by its id.
    Operation(String, SourceLocation),
    /// One of several operations that differ in one path parameter: the type that tells them apart, and the
    /// operation for each parameter.
    OneOf {
        /// The type's name.
        scope: String,
        /// The path parameters and the ids of their operations.
        operations: Vec<(String, String, SourceLocation)>,
    },
}

/// Other names than the document's.
#[derive(Debug, Default)]
pub struct Names {
    /// Types, by the name of the schema.
    pub types: Vec<(String, String, SourceLocation)>,
    /// Fields and parameters, by their name on the wire.
    pub fields: Vec<(String, String, SourceLocation)>,
    /// Schemas and properties whose text must not be seen in logs.
    pub secrets: Vec<(String, SourceLocation)>,
}

/// How long a name of a resource or method may be: it becomes the name of a file.
const MAX_NAME: usize = 64;

/// How deep resources may be inside each other.
const MAX_RESOURCES: usize = 16;

/// Why a text can't be the name of a package, and what to do.
pub fn check_package_name(name: &str) -> Option<String> {
    let valid = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !name.chars().all(valid) || !name.starts_with(|c: char| c.is_ascii_alphabetic()) || name.len() > MAX_NAME {
        return Some(format!(
            "use ASCII letters, digits, `-` and `_`, a letter first, at most {MAX_NAME} of them"
        ));
    }
    let library = name.replace('-', "_");
    let is_taken = ["std", "core", "alloc", "test", "runtime", "sdk_runtime", "build", "deps", "examples"];
    if syn::parse_str::<syn::Ident>(&library).is_err() || is_taken.contains(&library.as_str()) {
        return Some(
            "Rust or the runtime has that name already; choose another, such as one that ends in `-sdk`".into(),
        );
    }
    None
}

/// Whether a text is a version by the rules of SemVer.
fn is_version(text: &str) -> bool {
    let (numbers, rest) = text.split_at(text.find(['-', '+']).unwrap_or(text.len()));
    let is_number = |part: &str| {
        !part.is_empty()
            && part.len() < 10
            && part.bytes().all(|b| b.is_ascii_digit())
            && (part == "0" || !part.starts_with('0'))
    };
    let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.');
    numbers.split('.').count() == 3
        && numbers.split('.').all(is_number)
        && rest.chars().all(valid)
        && !rest.ends_with(['-', '+', '.'])
        && !rest.contains("..")
}

/// Reads the configuration. Problems go to `report`.
pub fn read(document: &Document, report: &mut Report) -> Config {
    Reader { document, report }.config(&document.root())
}

struct Reader<'a> {
    document: &'a Document,
    report: &'a mut Report,
}

impl<'a> Reader<'a> {
    fn error(&mut self, location: &SourceLocation, message: impl Into<String>, help: impl Into<String>) {
        self.report.push(self.document.locate(Diagnostic::error(message).help(help), location));
    }

    fn error_at_key(&mut self, location: &SourceLocation, message: impl Into<String>, help: impl Into<String>) {
        self.report.push(self.document.locate_key(Diagnostic::error(message).help(help), location));
    }

    /// The members of the mapping at `key`, which may be left out.
    fn mapping(&mut self, located: &Located<'a>, key: &str) -> Vec<(&'a String, Located<'a>)> {
        match located.get(key) {
            Some(found) if !found.value.is_object() => {
                self.error(&found.location, format!("`{key}` is not a mapping"), "write `name: …` lines below it");
                Vec::new()
            }
            found => found.iter().flat_map(Located::members).collect(),
        }
    }

    /// The texts of the list at `key`, which may be left out.
    fn list(&mut self, located: &Located<'a>, key: &str) -> Vec<(String, SourceLocation)> {
        let Some(found) = located.get(key) else { return Vec::new() };
        if !found.value.is_array() {
            self.error(&found.location, format!("`{key}` is not a list"), "write it as `[one, two]`");
        }
        let mut texts = Vec::new();
        for item in found.items() {
            match item.value.as_str() {
                Some(text) => texts.push((text.to_owned(), item.location)),
                None => self.error(&item.location, "a name is expected here", "write it in quotes"),
            }
        }
        texts
    }

    /// The text at a key that may be left out.
    fn optional(&mut self, located: &Located<'_>, key: &str) -> Option<String> {
        match located.value.get(key)? {
            Value::String(text) => Some(text.clone()),
            _ => {
                self.error(&located.location.child(key), format!("`{key}` is not text"), "write it in quotes");
                None
            }
        }
    }

    fn variable(&mut self, name: &str, location: &SourceLocation) {
        let valid = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if !name.chars().all(valid) || name.starts_with(|c: char| c.is_ascii_digit()) {
            let help = "use ASCII letters, digits and `_`";
            self.error(location, format!("`{}` is not the name of a variable", name.escape_debug()), help);
        }
    }

    /// Reports every key that is not among `known`.
    fn keys(&mut self, located: &Located<'_>, known: &[&str]) {
        if !located.value.is_object() {
            self.error(&located.location, "a mapping is expected here", format!("its keys: {}", known.join(", ")));
        }
        for (key, value) in located.members() {
            if !known.contains(&key.as_str()) {
                let help = format!("known here: {}", known.join(", "));
                self.error_at_key(&value.location, format!("unknown key `{key}`"), help);
            }
        }
    }

    /// The text at a key that must be there.
    fn required(&mut self, located: &Located<'_>, key: &str) -> String {
        match located.value.get(key) {
            Some(Value::String(text)) if !text.is_empty() => text.clone(),
            Some(Value::String(_)) => {
                self.error(&located.location.child(key), format!("`{key}` is empty"), "write what it is");
                String::new()
            }
            Some(_) => {
                self.error(&located.location.child(key), format!("`{key}` is not text"), "write it in quotes");
                String::new()
            }
            None => {
                self.error(&located.location, format!("`{key}` is missing here"), format!("add `{key}: …`"));
                String::new()
            }
        }
    }

    fn config(&mut self, root: &Located<'a>) -> Config {
        self.keys(
            root,
            &[
                "package",
                "base_url",
                "authentication",
                "idempotency_header",
                "envelope",
                "pagination",
                "resources",
                "names",
                "renamed",
                "secrets",
            ],
        );
        let mut config = Config::default();
        match root.get("package") {
            Some(package) => config.package = self.package(&package),
            None => self.error(&root.location, "`package` is missing", "add `package:` with `name` and `version`"),
        }
        if let Some(url) = root.get("base_url") {
            self.keys(&url, &["url", "environment"]);
            config.base_url =
                BaseUrl { url: self.optional(&url, "url"), environment: self.required(&url, "environment") };
            self.variable(&config.base_url.environment, &url.location.child("environment"));
        }
        for (scheme, variable) in self.mapping(root, "authentication") {
            match variable.value.as_str() {
                Some(name) => {
                    self.variable(name, &variable.location);
                    config.authentication.push((scheme.clone(), name.to_owned(), variable.location));
                }
                None => self.error(
                    &variable.location,
                    format!("`{scheme}` needs the name of an environment variable"),
                    format!("write `{scheme}: {}`", scheme.to_uppercase()),
                ),
            }
        }
        config.idempotency_header = self.optional(root, "idempotency_header");
        if config.idempotency_header.as_deref().is_some_and(|name| !is_header(name)) {
            let location = root.location.child("idempotency_header");
            self.error(
                &location,
                "this is not a header's name",
                "write it as the API does, such as `Idempotency-Key`",
            );
        }
        if let Some(envelope) = root.get("envelope") {
            self.keys(&envelope, &["result", "success", "errors", "messages"]);
            config.envelope = Some(Envelope {
                result: self.required(&envelope, "result"),
                success: self.required(&envelope, "success"),
                errors: self.required(&envelope, "errors"),
                messages: self.required(&envelope, "messages"),
            });
        }
        for (name, pagination) in self.mapping(root, "pagination") {
            match self.pagination(&pagination) {
                Some(pagination) => config.pagination.push((name.clone(), pagination)),
                None => config.broken_pagination.push(name.clone()),
            }
        }
        config.resources = self.resources(root, 0);
        if root.value.is_object() && config.resources.is_empty() {
            let help = "list the resources of the API with their methods below `resources:`";
            self.error(&root.location, "there are no resources, so there is nothing to generate", help);
        }
        config.names.secrets = self.list(root, "secrets");
        if let Some(names) = root.get("names") {
            self.keys(&names, &["types", "fields"]);
            let mut list = |key: &str| {
                let mut list = Vec::new();
                for (name, to) in self.mapping(&names, key) {
                    let is_name = |text: &str| text.chars().all(|c| c.is_alphanumeric() || c == '_');
                    match to.value.as_str() {
                        Some(text) if is_name(text) && !text.is_empty() => {
                            list.push((name.clone(), text.to_owned(), to.location));
                        }
                        _ => self.error(&to.location, "a name is expected here", "use letters, digits and `_`"),
                    }
                }
                list
            };
            (config.names.types, config.names.fields) = (list("types"), list("fields"));
        }
        if let Some(renamed) = root.get("renamed") {
            config.renamed = self.renamed(&renamed);
        }
        config
    }

    fn package(&mut self, package: &Located<'a>) -> Package {
        self.keys(package, &["name", "version", "description", "repository"]);
        let name = self.required(package, "name");
        if !name.is_empty()
            && let Some(problem) = check_package_name(&name)
        {
            self.error(&package.location.child("name"), format!("`{name}` can't be the package's name"), problem);
        }
        let version = self.required(package, "version");
        if !version.is_empty() && !is_version(&version) {
            let help = "use three numbers, such as 0.1.0, with or without a pre-release behind `-`";
            self.error(&package.location.child("version"), format!("`{version}` is not a version"), help);
        }
        Package {
            name,
            version,
            description: self.required(package, "description"),
            repository: self.optional(package, "repository"),
        }
    }

    fn resources(&mut self, parent: &Located<'a>, depth: usize) -> Vec<Resource> {
        let mut resources = Vec::new();
        for (name, resource) in self.mapping(parent, "resources") {
            self.keys(&resource, &["description", "methods", "models", "resources"]);
            self.snake_case(name, &resource.location);
            if depth == MAX_RESOURCES {
                let message = format!("`{name}` is more than {MAX_RESOURCES} resources deep");
                self.error_at_key(&resource.location, message, "put it further up");
                continue;
            }
            let mut methods = Vec::new();
            for (name, method) in self.mapping(&resource, "methods") {
                self.snake_case(name, &method.location);
                methods.extend(self.method(name, &method));
            }
            let models = self.list(&resource, "models");
            resources.push(Resource {
                name: name.clone(),
                description: self.optional(&resource, "description"),
                methods,
                models,
                resources: self.resources(&resource, depth + 1),
                location: resource.location,
            });
        }
        resources
    }

    /// A name that words, case and `_` tell apart from every other: no two of them make the same file.
    fn snake_case(&mut self, name: &str, location: &SourceLocation) {
        let valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let is_plain = name.chars().all(valid) && name.starts_with(|c: char| c.is_ascii_lowercase());
        if !is_plain || name.contains("__") || name.ends_with('_') || name.len() > MAX_NAME {
            let help = format!(
                "use lower-case ASCII letters, digits and single `_`, a letter first, at most {MAX_NAME} of them"
            );
            self.error_at_key(location, format!("`{name}` can't be the name of a resource or method"), help);
        }
    }

    fn method(&mut self, name: &str, method: &Located<'a>) -> Option<Method> {
        let calls = |id: &str, location: &SourceLocation| Calls::Operation(id.to_owned(), location.clone());
        let method = match method.value {
            Value::String(id) => Method {
                name: name.to_owned(),
                location: method.location.clone(),
                calls: calls(id, &method.location),
                pagination: None,
            },
            Value::Object(_) => {
                self.keys(method, &["operation", "one_of", "scope", "pagination"]);
                let calls = match method.get("one_of").filter(|one_of| one_of.value.is_object()) {
                    Some(one_of) => Calls::OneOf {
                        scope: self.required(method, "scope"),
                        operations: one_of
                            .members()
                            .filter_map(|(parameter, id)| {
                                Some((parameter.clone(), id.value.as_str()?.to_owned(), id.location))
                            })
                            .collect(),
                    },
                    None => match self.required(method, "operation").as_str() {
                        "" => return None,
                        id => calls(id, &method.location.child("operation")),
                    },
                };
                let pagination =
                    self.optional(method, "pagination").map(|name| (name, method.location.child("pagination")));
                Method { name: name.to_owned(), location: method.location.clone(), calls, pagination }
            }
            _ => {
                let help = "write the id of an operation, or a mapping with `operation`";
                self.error(&method.location, format!("the method `{name}` calls nothing"), help);
                return None;
            }
        };
        Some(method)
    }
}

/// Whether a text can be the name of a header, by RFC 9110.
fn is_header(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c))
}
