use sdk_protocol::{Envelope, ErrorKeys};

use super::reader::Reader;
use super::types::{BaseUrl, Config};
use crate::document::Located;

impl<'a> Reader<'a> {
    pub(super) fn config(&mut self, root: &Located<'a>) -> Config {
        self.keys(
            root,
            &[
                "package",
                "base_url",
                "authentication",
                "idempotency_header",
                "request_id_header",
                "errors",
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
            None => self.error(
                &root.location,
                "missing key `package`",
                "add `package:` with `name`, `version` and `description`",
            ),
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
                    format!("the credential of `{scheme}` has no environment variable"),
                    format!("write `{scheme}: {}`", scheme.to_uppercase()),
                ),
            }
        }
        config.idempotency_header = self.header(root, "idempotency_header", "Idempotency-Key");
        config.request_id_header = self.header(root, "request_id_header", "X-Request-Id");
        if let Some(errors) = root.get("errors") {
            self.keys(&errors, &["codes", "messages"]);
            let codes = self.body_paths(&errors, "codes");
            config.errors = Some(ErrorKeys { codes, messages: self.body_paths(&errors, "messages") });
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
                Some(pagination) => config.paginations.push((name.clone(), pagination)),
                None => config.invalid_paginations.push(name.clone()),
            }
        }
        config.resources = self.resources(root, 0);
        if root.value.is_object() && config.resources.is_empty() {
            let help = "list resources with methods below `resources:`";
            self.error(&root.location, "the configuration has no resources", help);
        }
        config.names.secrets = self.list(root, "secrets");
        if let Some(names) = root.get("names") {
            self.keys(&names, &["types", "fields"]);
            let mut list = |key: &str| {
                let mut list = Vec::new();
                for (name, new) in self.mapping(&names, key) {
                    let is_name = |text: &str| text.chars().all(|c| c.is_alphanumeric() || c == '_');
                    match new.value.as_str() {
                        Some(text) if is_name(text) && !text.is_empty() => {
                            list.push((name.clone(), text.to_owned(), new.location));
                        }
                        _ => self.error(&new.location, "invalid name", "use letters, digits and `_`"),
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

    /// Returns the header name at `key`, which is optional.
    fn header(&mut self, root: &Located<'a>, key: &str, example: &str) -> Option<String> {
        let name = self.optional(root, key);
        if name.as_deref().is_some_and(|name| !is_header(name)) {
            let help = format!("write the name of a header, such as `{example}`");
            self.error(&root.location.child(key), format!("`{key}` is not a valid header name"), help);
        }
        name
    }
}

/// Returns `true` if a text is a valid header name by RFC 9110.
fn is_header(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c))
}
