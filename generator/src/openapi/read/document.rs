use serde_json::Value;

use super::reader::Reader;
use super::shared::{external_docs, security_requirements, servers};
use crate::document::Located;
use crate::openapi::api::{Api, Tag};
use crate::openapi::operation::ParameterKind;
use crate::openapi::security::{SecurityScheme, SecuritySchemeKind};

impl<'a> Reader<'a> {
    /// Reads everything but the schemas, which are queued.
    pub(super) fn read_document(&mut self, root: &Located<'a>) -> Api {
        self.check_version(root);
        let info = root.get("info");
        let info_text = |key: &str| info.as_ref().and_then(|info| info.text(key));
        let mut api = Api {
            title: info_text("title").unwrap_or_default(),
            version: info_text("version").unwrap_or_default(),
            description: info_text("description").or_else(|| info_text("summary")),
            external_docs: external_docs(root),
            servers: servers(root),
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
            api.security = security_requirements(&security);
        }
        for schemas in self.document.component_schemas() {
            for (name, schema) in schemas.members() {
                // A component that only refers to another file names the schema in that file.
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

    fn check_version(&mut self, root: &Located<'a>) {
        // Unquoted, `openapi: 3.1` is a number.
        let version = root.value.get("openapi").map(|version| match version {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        match version {
            None if root.value.get("swagger").is_some() => self.error(
                &root.location.child("swagger"),
                "unsupported version: OpenAPI 2.0 (Swagger); expected 3.0, 3.1 or 3.2",
                "convert the document to OpenAPI 3, for example with swagger2openapi",
            ),
            Some(version) if version.starts_with("3.") => {}
            Some(version) => self.error(
                &root.location.child("openapi"),
                format!("unsupported version: OpenAPI {version}; expected 3.0, 3.1 or 3.2"),
                "convert the document to OpenAPI 3.1",
            ),
            None => self.error(
                &root.location,
                "not an OpenAPI document: `openapi` is missing",
                "pass the root file of the document, which begins with `openapi: 3.…`",
            ),
        }
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
                let message = format!("security scheme `{name}` has the unknown type `{other}`; it is ignored");
                let help = "use `http`, `apiKey`, `oauth2`, `openIdConnect` or `mutualTLS`, or authenticate in the \
                            client's transport";
                self.warn(&scheme.location, message, help);
                return None;
            }
        };
        let description = scheme.text("description");
        Some(SecurityScheme { location: scheme.location, name: name.to_owned(), description, kind })
    }
}
