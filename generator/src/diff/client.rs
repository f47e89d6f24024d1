//! The client and the crate: its name, where the API is, how to authenticate, and choices that methods share.

use std::collections::HashSet;

use sdk_protocol::{Owned, Placement};

use super::index::Method;
use super::{About, Comparison, Effect, code};
use crate::model::Sdk;

impl<'a> Comparison<'a> {
    pub(super) fn client(&mut self) {
        let (old, new) = (self.old.version, self.new.version);
        let about = |item: &str| About { item: item.to_owned(), ..About::default() };
        if old.krate.package != new.krate.package {
            let message = format!("is called `{}` now", new.krate.package);
            let change = self.add(&about(&old.krate.package), Effect::Breaking, "package-renamed", message);
            change.advise(format!(
                "change the dependency, and `use {}::…` to `use {}::…`",
                old.krate.library, new.krate.library
            ));
        }
        let behaviour = [
            ("the base URL", "base-url-changed", Some(&old.sdk.base_url), Some(&new.sdk.base_url)),
            (
                "the base URL's environment variable",
                "variable-changed",
                Some(&old.sdk.base_url_variable),
                Some(&new.sdk.base_url_variable),
            ),
            (
                "the header of idempotency keys",
                "idempotency-header-changed",
                old.sdk.idempotency_header.as_ref(),
                new.sdk.idempotency_header.as_ref(),
            ),
        ];
        let is_elsewhere = address(old.sdk, new.sdk) != address(new.sdk, old.sdk);
        for (what, rule, was, is) in behaviour {
            if was != is && (rule != "base-url-changed" || is_elsewhere) {
                let shown = |text: Option<&String>| text.map_or("none".to_owned(), code);
                let message = format!("{what} is {} now; was {}", shown(is), shown(was));
                self.add(&about("Client"), Effect::Behaviour, rule, message);
            }
        }
        if old.sdk.envelope != new.sdk.envelope {
            let message = "answers are wrapped in another way: results, errors and messages are read elsewhere";
            self.add(&about("Client"), Effect::Behaviour, "envelope-changed", message);
        }
        let (was, is) = (ways(old.sdk, &old.sdk.security), ways(new.sdk, &new.sdk.security));
        if was != is {
            let message = format!("authenticates by {is} now; did by {was}");
            self.add(&about("Client"), security_effect(&was, &is), "security-changed", message);
        }
        self.credentials();
        self.base_url_parts();
        self.scopes();
    }

    fn credentials(&mut self) {
        let (old, new) = (self.old.version, self.new.version);
        let both =
            |version: super::Version<'a>| version.sdk.credentials.iter().zip(&version.krate.api.credentials);
        let about = |method: &str| About { item: format!("ClientBuilder::{method}"), ..About::default() };
        for (credential, codegen) in both(old) {
            let Some((now, now_rust)) = both(new).find(|(_, now)| now.method == codegen.method) else {
                self.add(
                    &about(&codegen.method),
                    Effect::Breaking,
                    "credential-removed",
                    "the credential is gone",
                );
                continue;
            };
            let part = about(&codegen.method);
            if credential.variable != now.variable {
                let message =
                    format!("is read from {} now; was from {}", code(&now.variable), code(&credential.variable));
                let change = self.add(&part, Effect::Behaviour, "variable-changed", message);
                change.advise(format!("set `{}` where the program runs", now.variable));
            }
            let (was, is) = (placement(&credential.placement), placement(&now.placement));
            if was != is {
                let message = format!("is sent as {is} now; was as {was}");
                self.add(&part, Effect::Behaviour, "credential-placement-changed", message);
            }
            let source = format!("{}_source", codegen.method);
            match (codegen.is_token, now_rust.is_token) {
                (true, false) => {
                    self.add(
                        &about(&source),
                        Effect::Breaking,
                        "credential-removed",
                        "takes no token source any more",
                    );
                }
                (false, true) => {
                    self.add(&about(&source), Effect::Addition, "credential-added", "takes a token source");
                }
                _ => {}
            }
            self.said(&part, (&codegen.docs, false), (&now_rust.docs, false));
        }
        for (_, codegen) in both(new) {
            if !both(old).any(|(_, known)| known.method == codegen.method) {
                self.add(&about(&codegen.method), Effect::Addition, "credential-added", "a new credential");
            }
        }
    }

    fn base_url_parts(&mut self) {
        let (old, new) = (&self.old.version.krate.api.base_url_parts, &self.new.version.krate.api.base_url_parts);
        let about = |method: &str| About { item: format!("ClientBuilder::{method}"), ..About::default() };
        for part in old {
            match new.iter().find(|now| now.method == part.method) {
                None => {
                    let message = "the base URL has no such part any more";
                    self.add(&about(&part.method), Effect::Breaking, "base-url-part-removed", message);
                }
                Some(now) if now.default != part.default => {
                    let message = format!("is {} unless set; was {}", now.default, part.default);
                    self.add(&about(&part.method), Effect::Behaviour, "base-url-changed", message);
                }
                Some(now) => self.said(&about(&part.method), (&part.docs, false), (&now.docs, false)),
            }
        }
        for part in new.iter().filter(|part| !old.iter().any(|known| known.method == part.method)) {
            let message = "a part of the base URL can be set";
            self.add(&about(&part.method), Effect::Addition, "base-url-part-added", message);
        }
    }

    /// The choices between endpoints.
    fn scopes(&mut self) {
        let (old, new) = (&self.old.version.krate.api.scopes, &self.new.version.krate.api.scopes);
        let about = |item: String| About { item, ..About::default() };
        for scope in old {
            let name = self.pairs.scopes.get(&scope.name);
            let Some(now) = name.and_then(|name| new.iter().find(|now| now.name == *name)) else {
                self.add(&about(scope.name.clone()), Effect::Breaking, "type-removed", "the choice is gone");
                continue;
            };
            if now.name != scope.name {
                let part = about(scope.name.clone());
                self.renamed(&part, "type-renamed", &now.name, (&scope.name, &scope.name), &now.name);
            }
            for variant in &scope.variants {
                if !now.variants.iter().any(|known| known.name == variant.name) {
                    let item = format!("{}::{}", scope.name, variant.name);
                    self.add(&about(item), Effect::Breaking, "variant-removed", "can no longer be chosen");
                }
            }
            for variant in &now.variants {
                if !scope.variants.iter().any(|known| known.name == variant.name) {
                    let item = format!("{}::{}", scope.name, variant.name);
                    self.add(&about(item), Effect::Addition, "variant-added", "can be chosen too");
                }
            }
        }
        let known: Vec<&String> = self.pairs.scopes.values().collect();
        for scope in new.iter().filter(|scope| !known.contains(&&scope.name)) {
            self.add(&about(scope.name.clone()), Effect::Addition, "type-added", "a new choice between endpoints");
        }
    }
}

impl super::Index<'_> {
    /// How a method authenticates, in words.
    pub(super) fn security(&self, method: &Method<'_>) -> String {
        let sdk = self.version.sdk;
        ways(sdk, method.model.security.as_ref().unwrap_or(&sdk.security))
    }
}

fn ways(sdk: &Sdk, ways: &[Vec<usize>]) -> String {
    let way = |way: &Vec<usize>| match way.as_slice() {
        [] => "nothing".to_owned(),
        way => way.iter().map(|index| sdk.credentials[*index].name.as_str()).collect::<Vec<_>>().join(" and "),
    };
    match ways {
        [] => "nothing".to_owned(),
        ways => {
            let mut ways: Vec<String> = ways.iter().map(way).collect();
            let mut known = HashSet::new();
            ways.retain(|way| known.insert(way.clone()));
            ways.join(", or ")
        }
    }
}

/// The base URL, with the defaults of those of its parts that the other version doesn't have.
fn address(sdk: &Sdk, other: &Sdk) -> String {
    let parts = sdk.base_url_parts.iter();
    let own = parts.filter(|part| !other.base_url_parts.iter().any(|known| known.name == part.name));
    own.fold(sdk.base_url.clone(), |url, part| url.replace(&format!("{{{}}}", part.name), &part.default))
}

/// What other ways to authenticate mean. The first one counts for which the client has all credentials, so that more of
/// them behind those that there were change nothing.
pub(super) fn security_effect(was: &str, is: &str) -> Effect {
    let is_more = was != "nothing" && is.strip_prefix(was).is_some_and(|more| more.starts_with(", or "));
    if is_more { Effect::Addition } else { Effect::Behaviour }
}

fn placement(placement: &Placement<Owned>) -> String {
    match placement {
        Placement::Bearer => "a bearer token".to_owned(),
        Placement::Basic => "basic authentication".to_owned(),
        Placement::Header(name) => format!("the header {}", code(name)),
        Placement::Query(name) => format!("the query parameter {}", code(name)),
        Placement::Cookie(name) => format!("the cookie {}", code(name)),
    }
}
