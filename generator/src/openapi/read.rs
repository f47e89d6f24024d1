use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::Value;

use super::{
    Additional, Api, Body, Content, Discriminator, Encoding, Location, Operation, Parameter, Response, Schema,
    SchemaId, Schemas, SecurityScheme, SecuritySchemeKind, Server, ServerVariable, Type,
};
use crate::diagnostics::{Diagnostic, Report};
use crate::document::{Document, Located, Place};

/// Reads a document. Problems go to `report`; what has one is left out.
pub fn read(document: &Document, report: &mut Report) -> Api {
    let mut reader = Reader {
        document,
        report,
        schemas: Vec::new(),
        known: HashMap::new(),
        names: HashMap::new(),
        operations: HashSet::new(),
        queue: VecDeque::new(),
    };
    let mut api = reader.api(document.root());
    while let Some((id, located)) = reader.queue.pop_front() {
        reader.schemas[id.0] = reader.read_schema(&located);
    }
    for (id, name) in reader.names {
        reader.schemas[id.0].name.get_or_insert(name);
    }
    api.schemas = Schemas { list: reader.schemas };
    api
}

struct Reader<'a> {
    document: &'a Document,
    report: &'a mut Report,
    schemas: Vec<Schema>,
    known: HashMap<Place, SchemaId>,
    /// Names of schemas that stand elsewhere than among the components.
    names: HashMap<SchemaId, String>,
    /// The ids of the operations so far.
    operations: HashSet<String>,
    /// Schemas that were met but not yet read: a queue, so that no chain of references is deeper than the stack.
    queue: VecDeque<(SchemaId, Located<'a>)>,
}

const METHODS: [&str; 9] = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// Keywords that limit a value without changing its type.
const LIMITS: [&str; 12] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
];

impl<'a> Reader<'a> {
    fn error(&mut self, place: &Place, message: impl Into<String>, help: &str) {
        self.report.push(self.document.locate(Diagnostic::error(message).help(help), place));
    }

    fn warn(&mut self, place: &Place, message: impl Into<String>, help: &str) {
        self.report.push(self.document.locate(Diagnostic::warning(message).help(help), place));
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
                &root.place.child("swagger"),
                "this document is OpenAPI 2.0 (Swagger); the generator reads 3.0 and 3.1",
                "convert the document to OpenAPI 3, with swagger2openapi for example",
            ),
            Some(version) if version.starts_with("3.") => {}
            Some(version) => self.error(
                &root.place.child("openapi"),
                format!("this document is OpenAPI {version}; the generator reads 3.0 and 3.1"),
                "convert the document to OpenAPI 3.1",
            ),
            None => self.error(
                &root.place,
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
            servers: servers(&root),
            ..Api::default()
        };
        for tag in root.get("tags").iter().flat_map(Located::items) {
            if let Some(name) = tag.text("name") {
                api.tags.push((name, tag.text("description")));
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
                let location = match scheme.text("in")?.as_str() {
                    "header" => Location::Header,
                    "cookie" => Location::Cookie,
                    _ => Location::Query,
                };
                SecuritySchemeKind::ApiKey(location, scheme.text("name")?)
            }
            ("mutualTLS", _) => SecuritySchemeKind::MutualTls,
            (other, _) => {
                let message = format!("the security scheme `{name}` is of type `{other}`, which is left out");
                self.warn(
                    &scheme.place,
                    message,
                    "give the client a transport that authenticates, or change the type",
                );
                return None;
            }
        };
        let description = scheme.text("description");
        Some(SecurityScheme { place: scheme.place, name: name.to_owned(), description, kind })
    }

    fn path_item(&mut self, path: &str, item: &Located<'a>, operations: &mut Vec<Operation>) {
        let shared: Vec<Located<'a>> = item.get("parameters").iter().flat_map(Located::items).collect();
        let additional = item.get("additionalOperations");
        let known = METHODS.iter().filter_map(|method| Some(((*method).to_owned(), item.get(method)?)));
        let others = additional.iter().flat_map(Located::members).map(|(name, found)| (name.clone(), found));
        for (method, operation) in known.chain(others).collect::<Vec<_>>() {
            let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
            if method.is_empty() || !method.chars().all(is_token) {
                let message = format!("`{}` is not an HTTP method", method.escape_debug());
                self.error(&operation.place, message, "use letters, as in `LINK`");
                continue;
            }
            let method = method.as_str();
            // Documents in many files refer to operations as well, though the letter has no room for that.
            if let Some(operation) = self.deref(operation) {
                let mut operation = self.operation(path, method, &shared, &operation);
                if operation.servers.is_empty() {
                    operation.servers = servers(item);
                }
                if !self.operations.insert(operation.id.clone()) {
                    let id = format!("{method} {path}");
                    let message = format!("the operationId `{}` is another operation's as well", operation.id);
                    self.warn(
                        &operation.place,
                        message,
                        &format!("this one is called `{id}`; give it an id of its own"),
                    );
                    self.operations.insert(id.clone());
                    operation.id = id;
                }
                operations.push(operation);
            }
        }
    }

    fn operation(
        &mut self,
        path: &str,
        method: &str,
        shared: &[Located<'a>],
        operation: &Located<'a>,
    ) -> Operation {
        let own = operation.get("parameters");
        let mut parameters: Vec<Parameter> = Vec::new();
        let mut known: HashMap<(String, Location), usize> = HashMap::new();
        for parameter in shared.iter().cloned().chain(own.iter().flat_map(Located::items)) {
            let Some(parameter) = self.parameter(parameter) else { continue };
            match known.entry((parameter.name.clone(), parameter.location)) {
                Entry::Occupied(entry) => parameters[*entry.get()] = parameter,
                Entry::Vacant(entry) => {
                    entry.insert(parameters.len());
                    parameters.push(parameter);
                }
            }
        }
        self.match_path(path, &operation.place, &mut parameters);
        let body = operation.get("requestBody").and_then(|body| self.deref(body)).map(|body| Body {
            required: body.flag("required"),
            content: self.content(&body),
            place: body.place,
        });
        let mut responses = Vec::new();
        for (status, response) in operation.get("responses").iter().flat_map(Located::members) {
            if let Some(response) = self.deref(response) {
                let content = self.content(&response);
                let headers = response.get("headers");
                let headers = headers.iter().flat_map(Located::members).map(|(name, _)| name.clone()).collect();
                let description = response.text("description");
                responses.push(Response {
                    place: response.place,
                    status: status.clone(),
                    description,
                    headers,
                    content,
                });
            }
        }
        let texts = |name: &str| {
            let list = operation.get(name);
            list.iter()
                .flat_map(Located::items)
                .filter_map(|item| item.value.as_str().map(str::to_owned))
                .collect()
        };
        Operation {
            id: operation.text("operationId").unwrap_or_else(|| format!("{method} {path}")),
            method: method.to_uppercase(),
            path: path.to_owned(),
            summary: operation.text("summary"),
            description: operation.text("description"),
            tags: texts("tags"),
            deprecated: operation.flag("deprecated"),
            parameters,
            body,
            responses,
            servers: servers(operation),
            security: operation.get("security").map(|security| security_alternatives(&security)),
            permissions: texts("x-accepted-permissions"),
            place: operation.place.clone(),
        }
    }

    /// Makes the path's parameters those of its template: what a document forgets to declare is text.
    fn match_path(&mut self, path: &str, operation: &Place, parameters: &mut Vec<Parameter>) {
        let template: Vec<&str> = path_parameters(path).collect();
        for name in &template {
            if parameters.iter().any(|known| known.location == Location::Path && known.name == *name) {
                continue;
            }
            let message = format!("the path parameter `{name}` is not declared");
            let help = "it is taken for text; declare it among the operation's or the path's `parameters`";
            self.warn(operation, message, help);
            parameters.push(Parameter {
                place: operation.clone(),
                name: (*name).to_owned(),
                location: Location::Path,
                required: true,
                description: None,
                deprecated: false,
                schema: None,
                style: None,
                explode: None,
                allow_reserved: false,
                media_type: None,
                example: None,
            });
        }
        parameters.retain(|parameter| {
            let is_there = parameter.location != Location::Path || template.contains(&parameter.name.as_str());
            if !is_there {
                let message = format!("the path has no `{{{}}}`", parameter.name);
                self.warn(&parameter.place, message, "the parameter is left out; correct its name, or the path");
            }
            is_there
        });
    }

    fn parameter(&mut self, parameter: Located<'a>) -> Option<Parameter> {
        let parameter = self.deref(parameter)?;
        let Some(name) = parameter.text("name") else {
            self.warn(&parameter.place, "this parameter has no name", "it is left out; give it a `name`");
            return None;
        };
        let location = match parameter.text("in").as_deref() {
            Some("path") => Location::Path,
            Some("query") => Location::Query,
            Some("header") => Location::Header,
            Some("cookie") => Location::Cookie,
            Some("querystring") => Location::QueryString,
            other => {
                let message = format!("the parameter `{name}` is in `{}`", other.unwrap_or("nothing"));
                let help = "it is left out; say `in: path`, `query`, `header`, `cookie` or `querystring`";
                self.warn(&parameter.place, message, help);
                return None;
            }
        };
        let content = parameter.get("content");
        let content = content.as_ref().and_then(|content| content.members().next());
        let media_type = content.as_ref().map(|(media_type, _)| (*media_type).clone());
        let media = content.and_then(|(_, media)| self.deref(media));
        let schema = parameter.get("schema").or_else(|| media?.get("schema"));
        let named_example = || {
            let examples = parameter.get("examples")?;
            examples.members().next().and_then(|(_, example)| example.value.get("value"))
        };
        Some(Parameter {
            name,
            location,
            required: parameter.flag("required") || location == Location::Path,
            description: parameter.text("description"),
            deprecated: parameter.flag("deprecated"),
            schema: schema.map(|schema| self.schema(schema)),
            style: parameter.text("style"),
            explode: parameter.value.get("explode").and_then(Value::as_bool),
            allow_reserved: parameter.flag("allowReserved"),
            media_type,
            example: parameter.value.get("example").or_else(named_example).cloned(),
            place: parameter.place,
        })
    }

    fn content(&mut self, body: &Located<'a>) -> Vec<Content> {
        let content = body.get("content");
        let mut contents = Vec::new();
        for (media_type, media) in content.iter().flat_map(Located::members) {
            let Some(media) = self.deref(media) else { continue };
            let schema = media.get("schema").map(|schema| self.schema(schema));
            let item_schema = media.get("itemSchema").map(|schema| self.schema(schema));
            let mut encoding = Vec::new();
            for (name, stated) in media.get("encoding").iter().flat_map(Located::members) {
                let headers = stated.get("headers");
                let headers = headers.iter().flat_map(Located::members).map(|(name, _)| name.clone()).collect();
                encoding.push(Encoding {
                    name: name.clone(),
                    content_type: stated.text("contentType"),
                    style: stated.text("style"),
                    explode: stated.value.get("explode").and_then(Value::as_bool),
                    headers,
                });
            }
            contents.push(Content { media_type: media_type.clone(), schema, item_schema, encoding });
        }
        contents
    }

    /// The schema that stands here, or that a reference here points to.
    fn schema(&mut self, located: Located<'a>) -> SchemaId {
        let only_reference = located.value.as_object().is_some_and(|object| object.len() == 1);
        if only_reference && let Some(target) = self.reference(&located) {
            return target;
        }
        self.schema_at(located)
    }

    fn schema_at(&mut self, located: Located<'a>) -> SchemaId {
        if let Some(id) = self.known.get(&located.place) {
            return *id;
        }
        let id = SchemaId(self.schemas.len());
        self.known.insert(located.place.clone(), id);
        self.schemas.push(Schema::new(located.place.clone()));
        self.queue.push_back((id, located));
        id
    }

    fn reference(&mut self, located: &Located<'a>) -> Option<SchemaId> {
        let reference = located.text("$ref")?;
        match self.document.resolve(&located.place, &reference) {
            Ok(target) => Some(self.schema_at(target)),
            Err(diagnostic) => {
                self.report.push(diagnostic);
                None
            }
        }
    }

    fn read_schema(&mut self, located: &Located<'a>) -> Schema {
        let mut schema = Schema::new(located.place.clone());
        schema.name = component_name(&located.place);
        let Some(object) = located.value.as_object() else {
            if !located.value.is_boolean() {
                let help = "any value is taken; write an object, `true` or `false`";
                self.warn(&located.place, "this is not a schema", help);
            }
            return schema;
        };
        schema.reference = self.reference(located);
        schema.types = self.types(located);
        let nullable = located.flag("nullable") || located.flag("x-nullable");
        schema.nullable = nullable || schema.types.contains(&Type::Null);
        schema.format = located.text("format");
        schema.encoding = located.text("contentEncoding");
        schema.value_names = texts(located, &["x-enum-varnames", "x-enumNames", "x-enum-names"]);
        schema.value_descriptions = texts(located, &["x-enum-descriptions", "x-enumDescriptions"]);
        schema.values = match (object.get("const"), object.get("enum")) {
            (Some(value), _) => Some(vec![value.clone()]),
            (None, Some(Value::Array(values))) => Some(values.clone()),
            _ => None,
        };
        // Some documents refer to a whole map of properties. A property may be called `$ref`, but is no text then.
        let properties = located.get("properties").and_then(|properties| match properties.text("$ref") {
            Some(_) => self.deref(properties),
            None => Some(properties),
        });
        for (name, property) in properties.iter().flat_map(Located::members) {
            let property = self.schema(property);
            schema.properties.push((name.clone(), property));
        }
        for name in located.get("required").iter().flat_map(Located::items) {
            schema.required.extend(name.value.as_str().map(str::to_owned));
        }
        for (pattern, property) in located.get("patternProperties").iter().flat_map(Located::members) {
            let property = self.schema(property);
            schema.patterns.push((pattern.clone(), property));
        }
        let additional =
            ["additionalProperties", "unevaluatedProperties"].into_iter().find_map(|key| located.get(key));
        schema.additional = match additional {
            None => Additional::Unstated,
            Some(additional) => match additional.value {
                Value::Bool(false) => Additional::Forbidden,
                Value::Bool(true) => Additional::Any,
                Value::Object(object) if object.is_empty() => Additional::Any,
                _ => Additional::Schema(self.schema(additional)),
            },
        };
        self.read_items(located, &mut schema);
        for (key, list) in
            [("allOf", &mut schema.all_of), ("oneOf", &mut schema.one_of), ("anyOf", &mut schema.any_of)]
        {
            for part in located.get(key).iter().flat_map(Located::items) {
                list.push(self.schema(part));
            }
        }
        schema.discriminator = located.get("discriminator").and_then(|found| self.discriminator(&found));
        schema.content_media_type = located.text("contentMediaType");
        schema.content_schema = located.get("contentSchema").map(|schema| self.schema(schema));
        schema.read_only = located.flag("readOnly");
        schema.write_only = located.flag("writeOnly");
        schema.deprecated = located.flag("deprecated");
        schema.title = located.text("title");
        schema.description = located.text("description");
        schema.examples = match (object.get("examples"), object.get("example")) {
            (Some(Value::Array(examples)), _) => examples.clone(),
            (_, Some(example)) => vec![example.clone()],
            _ => Vec::new(),
        };
        schema.default = object.get("default").cloned();
        schema.limits = LIMITS.iter().filter_map(|key| Some((*key, object.get(*key)?.clone()))).collect();
        schema
    }

    fn read_items(&mut self, located: &Located<'a>, schema: &mut Schema) {
        let items = located.get("items");
        // Older versions of JSON Schema have a list at `items` for what `prefixItems` is now.
        let (prefix, rest) = match items {
            Some(items) if items.value.is_array() => (Some(items), located.get("additionalItems")),
            items => (located.get("prefixItems"), items),
        };
        for item in prefix.iter().flat_map(Located::items) {
            let item = self.schema(item);
            schema.prefix_items.push(item);
        }
        let most = located.value.get("maxItems").and_then(Value::as_u64);
        let count = schema.prefix_items.len() as u64;
        let ends = rest.as_ref().is_some_and(|rest| rest.value == &Value::Bool(false));
        schema.is_closed = count > 0 && (ends || most.is_some_and(|most| most <= count));
        schema.items = rest.filter(|_| !ends).map(|items| self.schema(items));
    }

    fn types(&mut self, located: &Located<'a>) -> Vec<Type> {
        let mut types = Vec::new();
        let stated = located.get("type");
        let names: Vec<Located<'a>> = match &stated {
            Some(stated) if stated.value.is_array() => stated.items().collect(),
            Some(stated) => vec![stated.clone()],
            None => Vec::new(),
        };
        for name in names {
            types.push(match name.value.as_str() {
                Some("null") => Type::Null,
                Some("boolean") => Type::Boolean,
                Some("integer") => Type::Integer,
                Some("number") => Type::Number,
                Some("string") => Type::String,
                Some("array") => Type::Array,
                Some("object") => Type::Object,
                _ => {
                    let help = "use null, boolean, integer, number, string, array or object";
                    self.warn(&name.place, format!("{} is not a type; any value is taken", name.value), help);
                    continue;
                }
            });
        }
        types
    }

    fn discriminator(&mut self, located: &Located<'a>) -> Option<Discriminator> {
        let property = located.text("propertyName")?;
        let mut mapping = Vec::new();
        for (value, target) in located.get("mapping").iter().flat_map(Located::members) {
            let Some(reference) = target.value.as_str() else { continue };
            let reference = match reference.contains(['#', '/', '.']) {
                true => reference.to_owned(),
                false => format!("#/components/schemas/{reference}"),
            };
            match self.document.resolve(&target.place, &reference) {
                Ok(found) => mapping.push((value.clone(), self.schema_at(found))),
                Err(diagnostic) => self.report.push(diagnostic),
            }
        }
        Some(Discriminator { property, mapping })
    }
}

/// The texts of the first of these lists that is there.
fn texts(located: &Located<'_>, keys: &[&str]) -> Vec<String> {
    let list = keys.iter().find_map(|key| located.get(key));
    let text = |item: Located<'_>| item.value.as_str().map(str::to_owned).unwrap_or_default();
    list.iter().flat_map(Located::items).map(text).collect()
}

/// The names in a path's template.
pub(crate) fn path_parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

/// The name of a schema that stands among components or definitions.
fn component_name(place: &Place) -> Option<String> {
    let (parent, _) = place.pointer.rsplit_once('/')?;
    let named = ["/components/schemas", "/$defs", "/definitions"].iter().any(|group| parent.ends_with(group));
    named.then(|| place.key())
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
