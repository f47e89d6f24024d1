//! Changes of methods, their results and their errors.

use std::collections::HashSet;

use sdk_protocol::{Owned, Pagination, Scheme};

use super::change::Effect;
use super::client::security_effect;
use super::comparison::{Comparison, Docs, Subject, code, codes};
use super::sdk_index::{IndexedMethod, SdkIndex};
use crate::codegen::{ResponseKind, RustType};
use crate::model::{BodyFormat, Output, Type};

impl<'a> Comparison<'a> {
    /// Reports added, removed, moved and changed methods.
    pub(super) fn compare_methods(&mut self) {
        let (old, new, counterparts) = (self.old, self.new, self.counterparts);
        for (path, method) in &old.methods {
            let subject = Subject {
                resource: method.resource_path(),
                item: method.short_call(),
                old: Some(&method.model.location),
                new: None,
            };
            let current = counterparts.methods.get(path).and_then(|current| new.methods.get(current));
            match current {
                Some(current) => {
                    let subject = Subject { new: Some(&current.model.location), ..subject };
                    if current.path() != *path {
                        self.method_moved(method, current, &subject);
                    }
                    let (resource, item) = (current.resource_path(), current.short_call());
                    self.compare_method(method, current, &Subject { resource, item, ..subject });
                }
                None if self.is_removed_resource(&subject.resource) => {}
                None => {
                    let path = method.endpoint_paths().first().copied().unwrap_or_default();
                    let advice = format!(
                        "while the server supports the operation, call `client.request(\"{}\", {path:?})`",
                        method.model.verb
                    );
                    self.add(&subject, Effect::Breaking, "method-removed", "removed").advise(advice);
                }
            }
        }
        let known: HashSet<&String> = counterparts.methods.values().collect();
        for (_, method) in new.methods.iter().filter(|(path, _)| !known.contains(path)) {
            let resource = method.resource_path();
            if !self.is_added_resource(&resource) {
                let item = method.short_call();
                let subject = Subject { resource, item, old: None, new: Some(&method.model.location) };
                let message = format!("added; calls {}", codes(method.endpoints()));
                self.add(&subject, Effect::Addition, "method-added", message);
            }
        }
    }

    fn method_moved(&mut self, old: &IndexedMethod<'a>, new: &IndexedMethod<'a>, subject: &Subject<'a>) {
        let message = format!("renamed to `{}`", new.short_call());
        let advice = format!("call `{}`", new.call());
        if self.new.deprecated_names.get(&old.path()).is_some_and(|current| *current == new.path()) {
            self.add(subject, Effect::Deprecation, "method-renamed", message).advise(advice);
            return;
        }
        let is_moved_with_resource =
            self.is_removed_resource(&subject.resource) && self.is_added_resource(&new.resource_path());
        let change = self.add(subject, Effect::Breaking, "method-renamed", message).advise(advice);
        let (old, new) = (old.configured_path(), new.configured_path());
        // Equal paths in the configuration differ in Rust if a resource took the name of the method.
        if !is_moved_with_resource && old != new {
            change.keep_name_with(format!("renamed: {{methods: {{{old}: {new}}}}}"));
        }
    }

    fn compare_method(&mut self, old: &IndexedMethod<'a>, new: &IndexedMethod<'a>, subject: &Subject<'a>) {
        self.compare_arguments(old, new, subject);
        self.compare_setters(old, new, subject);
        self.compare_results(old, new, subject);
        self.compare_paginations(old, new, subject);
        self.compare_streams(old, new, subject);
        self.compare_request_types(old, new, subject);
        self.compare_errors(old, new, subject);
        self.compare_endpoints(old, new, subject);
        self.compare_constants(old, new, subject);
        self.compare_media_types(old, new, subject);
        self.compare_response_format(old, new, subject);
        if old.model.base_url != new.model.base_url {
            let name = |url: &Option<String>| url.clone().unwrap_or_else(|| "the base URL".to_owned());
            let message =
                format!("sent to {}; previously to {}", name(&new.model.base_url), name(&old.model.base_url));
            self.add(subject, Effect::Behaviour, "server-changed", message);
        }
        let (old_security, new_security) = (self.old.security(old), self.new.security(new));
        if old_security != new_security {
            let message = format!("authenticates with {new_security}; previously with {old_security}");
            let effect = security_effect(&old_security, &new_security);
            self.add(subject, effect, "security-changed", message);
        }
        if old.model.permissions != new.model.permissions {
            let message = match new.model.permissions.as_slice() {
                [] => "no longer documents permissions".to_owned(),
                permissions => format!("requires one of the permissions {}", permissions.join(", ")),
            };
            self.add(subject, Effect::Documentation, "permissions-changed", message);
        }
        // The generated documentation also lists arguments, errors and permissions, which are compared separately.
        let lines = |method: &IndexedMethod<'_>| {
            [&method.model.summary, &method.model.description].into_iter().flatten().cloned().collect::<Vec<_>>()
        };
        let (old_lines, new_lines) = (lines(old), lines(new));
        self.compare_docs(
            subject,
            &Docs { lines: &old_lines, deprecated: old.generated.deprecated },
            &Docs { lines: &new_lines, deprecated: new.generated.deprecated },
        );
    }

    /// Compares the values that the requests return.
    fn compare_results(&mut self, old: &IndexedMethod<'a>, new: &IndexedMethod<'a>, subject: &Subject<'a>) {
        let (old_result, new_result) = (&old.generated.request.response, &new.generated.request.response);
        if self.counterparts.is_same_response(old_result, new_result) {
            return;
        }
        let became_optional = match (old_result, new_result) {
            (ResponseKind::Json(old), ResponseKind::Json(RustType::Option(new))) => self.is_same_type(old, new),
            _ => false,
        };
        let message = format!("returns {}; previously {}", describe(new_result), describe(old_result));
        let change = self.add(subject, Effect::Breaking, "result-changed", message);
        let advice = match (&old.model.output, &new.model.output) {
            (Output::Value { .. }, Output::Page { .. }) => {
                Some("iterate with `.items()`, or read `result` of the page")
            }
            (Output::Page { .. }, Output::Value { .. }) => Some("use the returned value instead of `.items()`"),
            _ if became_optional => Some("match on the `Option`"),
            _ => None,
        };
        change.advice = advice.map(str::to_owned);
    }

    fn compare_paginations(&mut self, old: &IndexedMethod<'a>, new: &IndexedMethod<'a>, subject: &Subject<'a>) {
        let (Some(old), Some(new)) = (pagination(self.old, old), pagination(self.new, new)) else { return };
        if old == new {
            return;
        }
        let message = match (describe_scheme(&new.scheme), describe_scheme(&old.scheme)) {
            (new, old) if new != old => format!("paginates by {new}; previously by {old}"),
            (new, _) => format!("paginates by {new} as before, with other parameters or response keys"),
        };
        self.add(subject, Effect::Behaviour, "pagination-changed", message);
    }

    fn compare_streams(&mut self, old: &IndexedMethod<'a>, new: &IndexedMethod<'a>, subject: &Subject<'a>) {
        match (&old.generated.request.stream, &new.generated.request.stream) {
            (Some(_), None) => {
                self.add(subject, Effect::Breaking, "stream-removed", "`.stream()` removed");
            }
            (None, Some(stream)) => {
                let message = format!("`.stream()` added; yields `{}`", stream.item.short_name());
                self.add(subject, Effect::Addition, "stream-added", message);
            }
            (Some(old), Some(new)) if !self.is_same_type(&old.item, &new.item) => {
                let (new, old) = (new.item.short_name(), old.item.short_name());
                let message = format!("`.stream()` yields `{new}`; previously `{old}`");
                self.add(subject, Effect::Breaking, "stream-changed", message);
            }
            _ => {}
        }
    }

    /// Compares the types of the requests, and the formats of their bodies.
    fn compare_request_types(&mut self, old: &IndexedMethod<'a>, new: &IndexedMethod<'a>, subject: &Subject<'a>) {
        let (old_path, new_path) = (old.request_path(), new.request_path());
        let is_renamed = old.short_call() != new.short_call();
        // A renamed method implies another name of its request type, unless the old name of the method is kept.
        if old_path != new_path && (!is_renamed || self.new.deprecated_names.contains_key(&old.path())) {
            let keeps_name = self.new.deprecated_names.get(&old_path) == Some(&new_path);
            let effect = if keeps_name { Effect::Deprecation } else { Effect::Breaking };
            // The deprecated name of a method includes that of its request type.
            if !keeps_name || !is_renamed {
                let message = format!("the request type is `{new_path}`; previously `{old_path}`");
                let change = self.add(subject, effect, "request-renamed", message);
                change.advise("rename the type where code names it");
            }
        }
        match (old.generated.request.has_parts, new.generated.request.has_parts) {
            (true, false) => {
                let message = "`.with_part(…)` removed: the body is no longer a multipart form";
                self.add(subject, Effect::Breaking, "parts-removed", message);
            }
            (false, true) => {
                let message = "`.with_part(…)` added: the body can be a multipart form";
                self.add(subject, Effect::Addition, "parts-added", message);
            }
            _ => {}
        }
        let format = |method: &IndexedMethod<'_>| method.model.body.as_ref().map(|body| body.format);
        if let (Some(old), Some(new)) = (format(old), format(new))
            && old != new
        {
            let message = format!("sends {}; previously {}", describe_format(new), describe_format(old));
            self.add(subject, Effect::Behaviour, "body-format-changed", message);
        }
    }

    /// Compares the documented error responses.
    fn compare_errors(&mut self, old: &IndexedMethod<'a>, new: &IndexedMethod<'a>, subject: &Subject<'a>) {
        for error in &old.model.error_responses {
            let status = &error.status;
            let Some(current) = new.model.error_responses.iter().find(|current| current.status == *status) else {
                let message = format!("no longer documents the error {status}");
                self.add(subject, Effect::Documentation, "error-removed", message);
                continue;
            };
            let old_type = self.old.error_type(&error.ty);
            let new_type = self.new.error_type(&current.ty);
            let is_same = match (old_type, new_type) {
                (Some(old), Some(new)) => self.counterparts.is_same_name(old, new),
                (old, new) => old == new,
            };
            if !is_same {
                let name = |ty: Option<&str>| ty.map_or_else(|| "no type".to_owned(), code);
                let message = format!("the error {status} has {}; previously {}", name(new_type), name(old_type));
                let effect = if old_type.is_some() { Effect::Behaviour } else { Effect::Addition };
                let change = self.add(subject, effect, "error-type-changed", message);
                change.advise("pass the new type to `read` of the error");
            }
        }
        for error in &new.model.error_responses {
            if !old.model.error_responses.iter().any(|known| known.status == error.status) {
                let message = format!("documents the error {}", error.status);
                self.add(subject, Effect::Documentation, "error-added", message);
            }
        }
    }
}

impl<'a> SdkIndex<'a> {
    fn error_type(&self, ty: &Option<Type>) -> Option<&'a str> {
        match ty {
            Some(Type::Named(id)) => self.type_names.get(id).copied(),
            _ => None,
        }
    }
}

fn pagination<'a>(index: &SdkIndex<'a>, method: &IndexedMethod<'a>) -> Option<&'a Pagination<Owned>> {
    match &method.model.output {
        Output::Page { pagination, .. } => Some(&index.version.sdk.paginations[*pagination].1),
        _ => None,
    }
}

/// Describes a result. Streams of lines and of events differ for callers.
fn describe(response: &ResponseKind) -> String {
    match response {
        ResponseKind::Lines(item) => format!("a stream of `{}` per line", item.short_name()),
        ResponseKind::Events(item) | ResponseKind::TextEvents(item) => {
            format!("a stream of `{}` per event", item.short_name())
        }
        response => response.description(&|ty| code(ty.short_name())),
    }
}

fn describe_scheme(scheme: &Scheme<Owned>) -> String {
    match scheme {
        Scheme::Single => "a single page".to_owned(),
        Scheme::PageNumber { page, .. } => format!("page number {}", code(page)),
        Scheme::Offset { offset, .. } => format!("offset {}", code(offset)),
        Scheme::Cursor { cursor, .. } => format!("cursor {}", code(cursor)),
        Scheme::LastItem { cursor, item } => {
            format!("{} of the last item as {}", code(item.join(".")), code(cursor))
        }
        Scheme::NextUrl { .. } => "URL in the response".to_owned(),
        Scheme::LinkHeader => "`Link` header".to_owned(),
    }
}

fn describe_format(format: BodyFormat) -> &'static str {
    match format {
        BodyFormat::Json => "JSON",
        BodyFormat::Form => "a URL-encoded form",
        BodyFormat::Multipart => "a multipart form",
        BodyFormat::Raw => "a raw body",
    }
}
