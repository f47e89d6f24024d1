mod operation;
mod schema;

use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::Value;

pub(crate) use operation::path_parameters;
use schema::texts;

use super::{
    Api, ExternalDocs, ParameterKind, SchemaId, Schemas, SecurityScheme, SecuritySchemeKind, Server,
    ServerVariable, Tag,
};
use crate::diagnostics::{Diagnostic, Report};
use crate::document::{Document, FileId, Located, SourceLocation};

/// Reads a document. Problems go to `report`; what has one is left out.
pub fn read(document: &Document, report: &mut Report) -> Api {
    let mut reader = Reader {
        document,
        report,
        known: HashMap::new(),
        references: HashMap::new(),
        names: HashMap::new(),
        operations: HashSet::new(),
        queue: VecDeque::new(),
    };
    let mut api = reader.api(document.root());
    let mut schemas = Vec::new();
    // They are queued in the order of their numbers.
    while let Some(located) = reader.queue.pop_front() {
        schemas.push(reader.read_schema(&located));
    }
    for (id, name) in reader.names {
        schemas[id.0].name.get_or_insert(name);
    }
    api.schemas = Schemas { list: schemas };
    api
}

struct Reader<'a> {
    document: &'a Document,
    report: &'a mut Report,
    /// The number of each schema that was met, by the address of its value: places are long to hash.
    known: HashMap<*const Value, SchemaId>,
    /// The number of the schema that each reference of a file leads to: most are there many times.
    references: HashMap<(FileId, &'a str), SchemaId>,
    /// Names of schemas that stand elsewhere than among the components.
    names: HashMap<SchemaId, String>,
    /// The ids of the operations so far.
    operations: HashSet<String>,
    /// Schemas that were met but not yet read: a queue, so that no chain of references is deeper than the stack.
    queue: VecDeque<Located<'a>>,
}

impl<'a> Reader<'a> {
    fn error(&mut self, location: &SourceLocation, message: impl Into<String>, help: &str) {
        self.report.push(self.document.locate(Diagnostic::error(message).help(help), location));
    }

    fn warn(&mut self, location: &SourceLocation, message: impl Into<String>, help: &str) {
        self.report.push(self.document.locate(Diagnostic::warning(message).help(help), location));
    }

    /// Follows a reference; one that leads nowhere is reported.
    fn deref(&mut self, located: Located<'a>) -> Option<Located<'a>> {
        match self.document.deref(located) {
            Ok(located) => Some(located),
            Err(diagnostic) => {
                self.report.push(diagnostic);
                None
            }
        }
    }

    fn api(&mut self, root: Located<'a>) -> Api {
        // `openapi: 3.1` without quotes is a number.
        let version = root.value.get("openapi").map(|version| match version {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        match version {
            None if root.value.get("swagger").is_some() => self.error(
                &root.location.child("swagger"),
                "this document is OpenAPI 2.0 (Swagger); the generator reads 3.0 and 3.1",
                "convert the document to OpenAPI 3, with swagger2openapi for example",
            ),
            Some(version) if version.starts_with("3.") => {}
            Some(version) => self.error(
                &root.location.child("openapi"),
                format!("this document is OpenAPI {version}; the generator reads 3.0 and 3.1"),
                "convert the document to OpenAPI 3.1",
            ),
            None => self.error(
                &root.location,
                "this is not an OpenAPI document: it has no `openapi` version",
                "name the document's first file, the one that begins with `openapi: 3.…`",
            ),
        }
        let info = root.get("info");
        let info_text = |key: &str| info.as_ref().and_then(|info| info.text(key));
        let mut api = Api {
            title: info_text("title").unwrap_or_default(),
            version: info_text("version").unwrap_or_default(),
            description: info_text("description").or_else(|| info_text("summary")),
            external_docs: external_docs(&root),
            servers: servers(&root),
            ..Api::default()
        };
        for tag in root.get("tags").iter().flat_map(Located::items) {
            if let Some(name) = tag.text("name") {
                let (description, external_docs) = (tag.text("description"), external_docs(&tag));
                api.tags.push(Tag { name, description, external_docs });
            }
        }
        let schemes = root.get("components").and_then(|components| components.get("securitySchemes"));
        for (name, scheme) in schemes.iter().flat_map(Located::members) {
            api.security_schemes.extend(self.security_scheme(name, scheme));
        }
        if let Some(security) = root.get("security") {
            api.security = security_alternatives(&security);
        }
        for schemas in self.document.component_schemas() {
            for (name, schema) in schemas.members() {
                // A component that only refers to a file gives the schema there its name.
                let id = self.schema(schema);
                self.names.entry(id).or_insert_with(|| name.clone());
            }
        }
        for (path, item) in root.get("paths").iter().flat_map(Located::members) {
            if path.starts_with("x-") {
                continue;
            }
            if let Some(item) = self.deref(item) {
                self.path_item(path, &item, &mut api.operations);
            }
        }
        api
    }

    fn security_scheme(&mut self, name: &str, scheme: Located<'a>) -> Option<SecurityScheme> {
        let scheme = self.deref(scheme)?;
        let kind = match (scheme.text("type")?.as_str(), scheme.text("scheme").unwrap_or_default().to_lowercase())
        {
            ("http", http) if http == "basic" => SecuritySchemeKind::Basic,
            ("http", http) if http != "bearer" && !http.is_empty() => SecuritySchemeKind::Http,
            ("http", _) | ("oauth2", _) | ("openIdConnect", _) => SecuritySchemeKind::Bearer,
            ("apiKey", _) => {
                let kind = match scheme.text("in")?.as_str() {
                    "header" => ParameterKind::Header,
                    "cookie" => ParameterKind::Cookie,
                    _ => ParameterKind::Query,
                };
                SecuritySchemeKind::ApiKey(kind, scheme.text("name")?)
            }
            ("mutualTLS", _) => SecuritySchemeKind::MutualTls,
            (other, _) => {
                let message = format!("the security scheme `{name}` is of type `{other}`, which is left out");
                self.warn(
                    &scheme.location,
                    message,
                    "give the client a transport that authenticates, or change the type",
                );
                return None;
            }
        };
        let description = scheme.text("description");
        Some(SecurityScheme { location: scheme.location, name: name.to_owned(), description, kind })
    }
}

/// Where more is said of an API, a tag or an operation.
fn external_docs(located: &Located<'_>) -> Option<ExternalDocs> {
    let page = located.get("externalDocs")?;
    Some(ExternalDocs { url: page.text("url")?, description: page.text("description") })
}

/// Where an API, a path or an operation is, as it says itself.
fn servers(located: &Located<'_>) -> Vec<Server> {
    let variable = |(name, variable): (&String, Located<'_>)| ServerVariable {
        name: name.clone(),
        default: variable.text("default").unwrap_or_default(),
        values: texts(&variable, &["enum"]),
        description: variable.text("description"),
    };
    let server = |server: Located<'_>| {
        let variables = server.get("variables");
        Some(Server {
            url: server.text("url")?,
            description: server.text("description").or_else(|| server.text("name")),
            variables: variables.iter().flat_map(Located::members).map(variable).collect(),
        })
    };
    located.get("servers").iter().flat_map(Located::items).filter_map(server).collect()
}

fn security_alternatives(security: &Located<'_>) -> Vec<Vec<String>> {
    security.items().map(|way| way.members().map(|(name, _)| name.clone()).collect()).collect()
}
