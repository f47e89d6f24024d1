//! Changes of the client and the crate: package name, base URL, credentials and endpoint choices.

use std::collections::HashSet;

use sdk_protocol::{Owned, Placement};

use super::change::Effect;
use super::comparison::{Comparison, Docs, Subject, code};
use super::sdk_index::{IndexedMethod, SdkIndex, Version};
use super::types::Renaming;
use crate::codegen;
use crate::model::{Credential, Sdk};

impl<'a> Comparison<'a> {
    pub(super) fn compare_clients(&mut self) {
        let (old, new) = (self.old.version, self.new.version);
        if old.krate.package != new.krate.package {
            let message = format!("renamed to `{}`", new.krate.package);
            let subject = Subject::global(&old.krate.package);
            self.add(&subject, Effect::Breaking, "package-renamed", message).advise(format!(
                "change the dependency, and replace `use {}::…` by `use {}::…`",
                old.krate.library, new.krate.library
            ));
        }
        self.compare_settings(old.sdk, new.sdk);
        self.compare_credentials();
        self.compare_base_url_variables();
        self.compare_choices();
    }

    fn compare_settings(&mut self, old: &Sdk, new: &Sdk) {
        let subject = Subject::global("Client");
        let mut setting = |name: &str, rule, old: Option<&String>, new: Option<&String>| {
            if old != new {
                let value = |text: Option<&String>| text.map_or("none".to_owned(), code);
                let message = format!("{name} is {}; previously {}", value(new), value(old));
                self.add(&subject, Effect::Behaviour, rule, message);
            }
        };
        if default_base_url(old, new) != default_base_url(new, old) {
            setting("base URL", "base-url-changed", Some(&old.base_url), Some(&new.base_url));
        }
        setting(
            "environment variable of the base URL",
            "variable-changed",
            Some(&old.base_url_variable),
            Some(&new.base_url_variable),
        );
        setting(
            "header of idempotency keys",
            "idempotency-header-changed",
            old.idempotency_header.as_ref(),
            new.idempotency_header.as_ref(),
        );
        if old.envelope != new.envelope {
            let message = "envelope keys changed: results, errors and messages are read from other properties";
            self.add(&subject, Effect::Behaviour, "envelope-changed", message);
        }
        let (old_security, new_security) =
            (describe_security(old, &old.security), describe_security(new, &new.security));
        if old_security != new_security {
            let message = format!("authenticates with {new_security}; previously with {old_security}");
            let effect = security_effect(&old_security, &new_security);
            self.add(&subject, effect, "security-changed", message);
        }
    }

    fn compare_credentials(&mut self) {
        let (old, new) = (credentials(self.old.version), credentials(self.new.version));
        for (credential, generated) in &old {
            let subject = builder_method(&generated.method);
            let Some((current, current_generated)) =
                new.iter().find(|(_, current)| current.method == generated.method)
            else {
                self.add(&subject, Effect::Breaking, "credential-removed", "credential removed");
                continue;
            };
            if credential.variable != current.variable {
                let message = format!(
                    "read from {}; previously from {}",
                    code(&current.variable),
                    code(&credential.variable)
                );
                let change = self.add(&subject, Effect::Behaviour, "variable-changed", message);
                change.advise(format!("set `{}` in the environment of the program", current.variable));
            }
            if credential.placement != current.placement {
                let message = format!(
                    "sent as {}; previously as {}",
                    describe_placement(&current.placement),
                    describe_placement(&credential.placement)
                );
                self.add(&subject, Effect::Behaviour, "credential-placement-changed", message);
            }
            let source = builder_method(&format!("{}_source", generated.method));
            match (generated.is_token, current_generated.is_token) {
                (true, false) => {
                    self.add(&source, Effect::Breaking, "credential-removed", "token source removed");
                }
                (false, true) => {
                    self.add(&source, Effect::Addition, "credential-added", "token source added");
                }
                _ => {}
            }
            self.compare_docs(&subject, &Docs::new(&generated.docs), &Docs::new(&current_generated.docs));
        }
        for (_, generated) in &new {
            if !old.iter().any(|(_, known)| known.method == generated.method) {
                let subject = builder_method(&generated.method);
                self.add(&subject, Effect::Addition, "credential-added", "credential added");
            }
        }
    }

    fn compare_base_url_variables(&mut self) {
        let (old, new) = (&self.old.version.krate.api.base_url_parts, &self.new.version.krate.api.base_url_parts);
        for variable in old {
            let subject = builder_method(&variable.method);
            match new.iter().find(|current| current.method == variable.method) {
                None => {
                    let message = "variable of the base URL removed";
                    self.add(&subject, Effect::Breaking, "base-url-part-removed", message);
                }
                Some(current) if current.default != variable.default => {
                    let message = format!("default is {}; previously {}", current.default, variable.default);
                    self.add(&subject, Effect::Behaviour, "base-url-changed", message);
                }
                Some(current) => {
                    self.compare_docs(&subject, &Docs::new(&variable.docs), &Docs::new(&current.docs));
                }
            }
        }
        for variable in new.iter().filter(|variable| !old.iter().any(|known| known.method == variable.method)) {
            let message = "variable of the base URL added";
            self.add(&builder_method(&variable.method), Effect::Addition, "base-url-part-added", message);
        }
    }

    fn compare_choices(&mut self) {
        let (old, new) =
            (&self.old.version.krate.api.endpoint_choices, &self.new.version.krate.api.endpoint_choices);
        for choice in old {
            let name = self.counterparts.choices.get(&choice.name);
            let Some(current) = name.and_then(|name| new.iter().find(|current| current.name == *name)) else {
                let subject = Subject::global(&choice.name);
                self.add(&subject, Effect::Breaking, "type-removed", "endpoint choice removed");
                continue;
            };
            if current.name != choice.name {
                let (old, new) = (choice.name.as_str(), current.name.as_str());
                let names = Renaming { old, new, configured: old, current: new };
                self.type_renamed(&Subject::global(old), &names);
            }
            for variant in &choice.variants {
                if !current.variants.iter().any(|known| known.name == variant.name) {
                    let subject = Subject::global(format!("{}::{}", choice.name, variant.name));
                    self.add(&subject, Effect::Breaking, "variant-removed", "removed");
                }
            }
            for variant in &current.variants {
                if !choice.variants.iter().any(|known| known.name == variant.name) {
                    let subject = Subject::global(format!("{}::{}", choice.name, variant.name));
                    self.add(&subject, Effect::Addition, "variant-added", "added");
                }
            }
        }
        let known: HashSet<&String> = self.counterparts.choices.values().collect();
        for choice in new.iter().filter(|choice| !known.contains(&choice.name)) {
            let subject = Subject::global(&choice.name);
            self.add(&subject, Effect::Addition, "type-added", "endpoint choice added");
        }
    }
}

fn credentials<'a>(version: Version<'a>) -> Vec<(&'a Credential, &'a codegen::Credential)> {
    version.sdk.credentials.iter().zip(&version.krate.api.credentials).collect()
}

fn builder_method<'a>(name: &str) -> Subject<'a> {
    Subject::global(format!("ClientBuilder::{name}"))
}

impl SdkIndex<'_> {
    /// Describes the security requirements of a method.
    pub(super) fn security(&self, method: &IndexedMethod<'_>) -> String {
        let sdk = self.version.sdk;
        describe_security(sdk, method.model.security.as_ref().unwrap_or(&sdk.security))
    }
}

/// Name of an empty security requirement.
const NO_CREDENTIALS: &str = "nothing";

/// Describes alternative sets of credentials. Alternatives with equal descriptions are listed once.
fn describe_security(sdk: &Sdk, alternatives: &[Vec<usize>]) -> String {
    let describe = |credentials: &Vec<usize>| match credentials.as_slice() {
        [] => NO_CREDENTIALS.to_owned(),
        credentials => {
            credentials.iter().map(|index| sdk.credentials[*index].name.as_str()).collect::<Vec<_>>().join(" and ")
        }
    };
    if alternatives.is_empty() {
        return NO_CREDENTIALS.to_owned();
    }
    let mut known = HashSet::new();
    let descriptions = alternatives.iter().map(describe).filter(|description| known.insert(description.clone()));
    descriptions.collect::<Vec<_>>().join(", or ")
}

/// Returns the effect of other security requirements. The client uses the first alternative for which it has all
/// credentials, so additional alternatives at the end do not change requests.
pub(super) fn security_effect(old: &str, new: &str) -> Effect {
    let is_extended = old != NO_CREDENTIALS && new.strip_prefix(old).is_some_and(|rest| rest.starts_with(", or "));
    if is_extended { Effect::Addition } else { Effect::Behaviour }
}

/// Returns the base URL, with the defaults of those variables that the other version lacks.
fn default_base_url(sdk: &Sdk, other: &Sdk) -> String {
    let is_own = |name: &str| !other.base_url_parts.iter().any(|known| known.name == name);
    let own = sdk.base_url_parts.iter().filter(|variable| is_own(&variable.name));
    own.fold(sdk.base_url.clone(), |url, variable| {
        url.replace(&format!("{{{}}}", variable.name), &variable.default)
    })
}

fn describe_placement(placement: &Placement<Owned>) -> String {
    match placement {
        Placement::Bearer => "bearer token".to_owned(),
        Placement::Basic => "basic authentication".to_owned(),
        Placement::Header(name) => format!("header {}", code(name)),
        Placement::Query(name) => format!("query parameter {}", code(name)),
        Placement::Cookie(name) => format!("cookie {}", code(name)),
    }
}
