//! Resources and methods: where they are, what they call, and what they give.

use std::collections::{BTreeMap, HashSet};

use sdk_protocol::{Owned, Scheme};

use super::client::security_effect;
use super::index::{Method, shown};
use super::{About, Comparison, Effect, code, codes};
use crate::codegen::ResponseKind;
use crate::model::{BodyFormat, Output, Resource, Type};

impl<'a> Comparison<'a> {
    /// The resources that are there only in one version.
    pub(super) fn resources(&mut self) {
        let (old, new) = (self.old, self.new);
        for name in old.resources.keys().filter(|name| is_topmost(name, &new.resources)) {
            let about = resource(name);
            let inside = format!("{name}.");
            let methods = old.methods.keys().filter(|method| method.starts_with(&inside));
            let moved: Vec<&str> =
                methods.clone().filter_map(|method| self.pairs.methods.get(method).map(String::as_str)).collect();
            let what = if name.contains('.') { "the resource is" } else { "the resource and its feature are" };
            let message = format!("{what} gone, with {}", count(methods.count(), "method"));
            let change = self.add(&about, Effect::Breaking, "resource-removed", message);
            match moved.as_slice() {
                [] => {}
                [one] => _ = change.advise(format!("`{one}` does the same")),
                [first, .., last] => {
                    _ = change.advise(format!(
                        "{} of them are elsewhere now, such as `{first}` and `{last}`",
                        moved.len()
                    ))
                }
            }
        }
        for name in new.resources.keys().filter(|name| is_topmost(name, &old.resources)) {
            let inside = format!("{name}.");
            let methods = new.methods.keys().filter(|method| method.starts_with(&inside)).count();
            let feature = if name.contains('.') { "" } else { " and a feature of its name" };
            let message = format!("a new resource with {}{feature}", count(methods, "method"));
            self.add(&resource(name), Effect::Addition, "resource-added", message);
        }
        for (name, now) in &new.resources {
            if let Some(was) = old.resources.get(name).filter(|was| was.description != now.description) {
                let text = |text: &Option<String>| text.iter().cloned().collect::<Vec<_>>();
                self.said(&resource(name), (&text(&was.description), false), (&text(&now.description), false));
            }
        }
    }

    /// Whether a resource is only in the old version, so that nothing needs to be said of what is in it.
    pub(super) fn is_in_lost_resource(&self, name: &str) -> bool {
        !name.is_empty() && !self.new.resources.contains_key(name)
    }

    /// Whether a resource is only in the new version.
    pub(super) fn is_in_new_resource(&self, name: &str) -> bool {
        !name.is_empty() && !self.old.resources.contains_key(name)
    }

    pub(super) fn methods(&mut self) {
        let (old, new, pairs) = (self.old, self.new, self.pairs);
        for (name, method) in &old.methods {
            let resource = method.module.path.join(".");
            let about = About {
                resource: resource.clone(),
                item: method.name(),
                old: Some(&method.model.location),
                new: None,
            };
            let now = pairs.methods.get(name).and_then(|now| Some((now, new.methods.get(now)?)));
            match now {
                Some((now_name, now)) => {
                    let about = About { new: Some(&now.model.location), ..about };
                    if now_name != name {
                        self.method_moved((name, method), (now_name, now), &about);
                    }
                    let resource = now.module.path.join(".");
                    self.method(method, now, &About { resource, item: now.name(), ..about });
                }
                None if self.is_in_lost_resource(&resource) => {}
                None => {
                    let change = self.add(&about, Effect::Breaking, "method-removed", "the method is gone");
                    change.advise(format!(
                        "as long as the server knows it: `client.request(\"{}\", {:?})`",
                        method.model.verb,
                        method.paths().first().copied().unwrap_or_default()
                    ));
                }
            }
        }
        let known: HashSet<&String> = pairs.methods.values().collect();
        for (_, method) in new.methods.iter().filter(|(name, _)| !known.contains(name)) {
            let resource = method.module.path.join(".");
            if !self.is_in_new_resource(&resource) {
                let about = About { resource, item: method.name(), old: None, new: Some(&method.model.location) };
                let message = format!("a new method: {}", codes(&method.endpoints()));
                self.add(&about, Effect::Addition, "method-added", message);
            }
        }
    }

    fn method_moved(&mut self, old: (&str, &Method<'a>), new: (&str, &Method<'a>), about: &About<'a>) {
        let message = format!("is `{}` now", new.1.name());
        if self.new.aliases.get(old.0).is_some_and(|now| now == new.0) {
            let change = self.add(about, Effect::Deprecation, "method-renamed", message);
            change.advise(format!("call `{}`; the old name is an alias for a while", new.1.call()));
            return;
        }
        // What was in a resource that is gone is said there.
        let is_said =
            self.is_in_lost_resource(&about.resource) && self.is_in_new_resource(&new.1.module.path.join("."));
        let change = self.add(about, Effect::Breaking, "method-renamed", message);
        change.advise(format!("call `{}`", new.1.call()));
        if !is_said {
            let (was, is) = (old.1.configured(), new.1.configured());
            // A resource that takes a method's name leaves no other.
            if was != is {
                change.keep_by(format!("renamed: {{methods: {{{was}: {is}}}}}"));
            }
        }
    }

    fn method(&mut self, old: &Method<'a>, new: &Method<'a>, about: &About<'a>) {
        self.arguments(old, new, about);
        self.setters(old, new, about);
        self.output(old, new, about);
        self.request(old, new, about);
        self.errors(old, new, about);
        self.endpoints(old, new, about);
        self.constants_of(old, new, about);
        self.media_types(old, new, about);
        self.places_in_answers(old, new, about);
        if old.model.base_url != new.model.base_url {
            let at = |url: &Option<String>| url.clone().unwrap_or_else(|| "the base URL".to_owned());
            let message = format!("goes to {} now; went to {}", at(&new.model.base_url), at(&old.model.base_url));
            self.add(about, Effect::Behaviour, "server-changed", message);
        }
        let (was, is) = (self.old.security(old), self.new.security(new));
        if was != is {
            let message = format!("authenticates by {is} now; did by {was}");
            self.add(about, security_effect(&was, &is), "security-changed", message);
        }
        if old.model.permissions != new.model.permissions {
            let message = match new.model.permissions.as_slice() {
                [] => "no longer states permissions".to_owned(),
                permissions => format!("needs one of these permissions now: {}", permissions.join(", ")),
            };
            self.add(about, Effect::Documentation, "permissions-changed", message);
        }
        // What is said of arguments, errors and permissions stands in the same text.
        let said = |method: &Method<'_>| {
            [&method.model.summary, &method.model.description].into_iter().flatten().cloned().collect::<Vec<_>>()
        };
        self.said(about, (&said(old), old.codegen.deprecated), (&said(new), new.codegen.deprecated));
    }

    /// What awaiting the request gives.
    fn output(&mut self, old: &Method<'a>, new: &Method<'a>, about: &About<'a>) {
        let (was, is) = (gives(old), gives(new));
        if !self.is_same(&was, &is) {
            let is_optional = self.is_same(&format!("`Option<{}>`", was.trim_matches('`')), &is);
            let change =
                self.add(about, Effect::Breaking, "result-changed", format!("gives {is} now; gave {was}"));
            let advice = match (&old.model.output, &new.model.output) {
                (Output::Value { .. }, Output::Page { .. }) => {
                    Some("go through it by `.items()`, or take the `result` of the page")
                }
                (Output::Page { .. }, Output::Value { .. }) => Some("the list is the value now: no `.items()`"),
                (Output::Value { nullable: false, .. }, Output::Value { nullable: true, .. }) if is_optional => {
                    Some("it may be absent: match on the `Option`")
                }
                _ => None,
            };
            change.advice = advice.map(str::to_owned);
        }
        let pages = |comparison: &super::Index<'a>, method: &Method<'a>| match &method.model.output {
            Output::Page { pagination, .. } => Some(&comparison.version.sdk.paginations[*pagination].1),
            _ => None,
        };
        if let (Some(was), Some(is)) = (pages(self.old, old), pages(self.new, new))
            && was != is
        {
            let message = match (scheme(&is.scheme), scheme(&was.scheme)) {
                (is, was) if is != was => format!("goes on by {is} now; did by {was}"),
                (is, _) => format!("goes on by {is} as before, but reads or asks for pages in another way"),
            };
            self.add(about, Effect::Behaviour, "pagination-changed", message);
        }
        match (&old.codegen.request.stream, &new.codegen.request.stream) {
            (Some(_), None) => {
                self.add(about, Effect::Breaking, "stream-removed", "no longer has `.stream()`");
            }
            (None, Some(stream)) => {
                let message = format!("has `.stream()` too, which gives `{}` one by one", shown(&stream.item));
                self.add(about, Effect::Addition, "stream-added", message);
            }
            (Some(was), Some(is)) if !self.is_same(&was.item, &is.item) => {
                let message = format!("`.stream()` gives `{}` now; gave `{}`", shown(&is.item), shown(&was.item));
                self.add(about, Effect::Breaking, "stream-changed", message);
            }
            _ => {}
        }
    }

    /// The request's own type, and how its body is written.
    fn request(&mut self, old: &Method<'a>, new: &Method<'a>, about: &About<'a>) {
        let (was, is) = (old.request(), new.request());
        // Where the method is called otherwise, nobody expects its request to have the old name, unless that stays.
        let stays = old.name() == new.name() || self.new.aliases.contains_key(&old.path());
        if was != is && stays {
            let message = format!("its request is `{is}` now; was `{was}`");
            let keeps = self.new.aliases.get(&was) == Some(&is);
            let effect = if keeps { Effect::Deprecation } else { Effect::Breaking };
            // With the method's alias comes that of its request.
            if !keeps || old.name() == new.name() {
                let change = self.add(about, effect, "request-renamed", message);
                change.advise("this concerns only code that names the type");
            }
        }
        match (old.codegen.request.has_parts, new.codegen.request.has_parts) {
            (true, false) => {
                self.add(
                    about,
                    Effect::Breaking,
                    "parts-removed",
                    "no longer has `.with_part(…)`: it sends no form of parts",
                );
            }
            (false, true) => {
                self.add(
                    about,
                    Effect::Addition,
                    "parts-added",
                    "has `.with_part(…)`: it can send a form of parts",
                );
            }
            _ => {}
        }
        let format = |method: &Method<'_>| method.model.body.as_ref().map(|body| body.format);
        if let (Some(was), Some(is)) = (format(old), format(new))
            && was != is
        {
            let message = format!("sends {} now; sent {}", body(is), body(was));
            self.add(about, Effect::Behaviour, "body-format-changed", message);
        }
    }

    /// The answers that mean failure.
    fn errors(&mut self, old: &Method<'a>, new: &Method<'a>, about: &About<'a>) {
        let ty = |index: &super::Index<'a>, ty: &Option<Type>| match ty {
            Some(Type::Named(id)) => index.names.get(id).map(|name| (*name).to_owned()),
            _ => None,
        };
        for failure in &old.model.error_responses {
            let status = &failure.status;
            let Some(now) = new.model.error_responses.iter().find(|now| now.status == *status) else {
                let message = format!("no longer states the error {status}");
                self.add(about, Effect::Documentation, "error-removed", message);
                continue;
            };
            let (was, is) = (ty(self.old, &failure.ty), ty(self.new, &now.ty));
            let is_same = match (&was, &is) {
                (Some(was), Some(is)) => self.is_same(&was, &is),
                (None, None) => true,
                _ => false,
            };
            if !is_same {
                let had_type = was.is_some();
                let shown = |ty: Option<String>| {
                    ty.map_or_else(|| "no type of its own".to_owned(), |ty| format!("`{ty}`"))
                };
                let message = format!("the error {status} has {} now; had {}", shown(is), shown(was));
                let effect = if had_type { Effect::Behaviour } else { Effect::Addition };
                let change = self.add(about, effect, "error-type-changed", message);
                change.advise("`read` of such an error gives what it is asked for: ask for that type");
            }
        }
        for failure in &new.model.error_responses {
            if !old.model.error_responses.iter().any(|known| known.status == failure.status) {
                let message = format!("states the error {}", failure.status);
                self.add(about, Effect::Documentation, "error-added", message);
            }
        }
    }
}

/// Whether the other version lacks a resource, but not the one above it.
fn is_topmost(name: &str, others: &BTreeMap<String, &Resource>) -> bool {
    let above = name.rsplit_once('.').map(|(above, _)| above);
    !others.contains_key(name) && above.is_none_or(|above| others.contains_key(above))
}

fn resource<'a>(name: &str) -> About<'a> {
    About { resource: name.to_owned(), item: format!("client.{}()", name.replace('.', "().")), ..About::default() }
}

pub(super) fn count(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// What awaiting a request gives.
fn gives(method: &Method<'_>) -> String {
    let request = &method.codegen.request;
    match &request.response {
        ResponseKind::Lines(item) => format!("a stream of `{}`, line by line", shown(item)),
        ResponseKind::Events(item) | ResponseKind::TextEvents(item) => {
            format!("a stream of `{}`, event by event", shown(item))
        }
        response => response.description(&shown),
    }
}

fn scheme(scheme: &Scheme<Owned>) -> String {
    match scheme {
        Scheme::Single => "no page after the first".to_owned(),
        Scheme::PageNumber { page, .. } => format!("the number {}", code(page)),
        Scheme::Offset { offset, .. } => format!("the offset {}", code(offset)),
        Scheme::Cursor { cursor, .. } => format!("the cursor {}", code(cursor)),
        Scheme::LastItem { cursor, item } => {
            format!("the last item's {} as {}", code(item.join(".")), code(cursor))
        }
        Scheme::NextUrl { .. } => "the URL in the answer".to_owned(),
        Scheme::LinkHeader => "the `Link` header".to_owned(),
    }
}

fn body(format: BodyFormat) -> &'static str {
    match format {
        BodyFormat::Json => "JSON",
        BodyFormat::Form => "a form",
        BodyFormat::Multipart => "a form of parts",
        BodyFormat::Raw => "the body as it is given",
    }
}
