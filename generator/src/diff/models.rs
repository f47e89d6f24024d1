//! Types: which there are, and the values of enums and the members of unions.

use std::collections::HashSet;

use super::index::{Method, SHARED, Type, shown};
use super::{About, Comparison, Effect, code, codes};
use crate::codegen::{self, ModelKind};
use crate::model::{Constant, EnumValue, TypeKind, Variant};

impl<'a> Comparison<'a> {
    pub(super) fn models(&mut self) {
        let (old, new, pairs) = (self.old, self.new, self.pairs);
        for (name, ty) in &old.types {
            let about = About {
                resource: ty.owner.join("."),
                item: ty.path(),
                old: Some(&ty.definition.location),
                new: None,
            };
            match pairs.types.get(*name).and_then(|now| new.types.get(now.as_str())) {
                Some(now) => self.model(ty, now, About { new: Some(&now.definition.location), ..about }),
                None if self.is_in_lost_resource(&about.resource) => {}
                None => {
                    self.add(&about, Effect::Breaking, "type-removed", format!("the {} is gone", word(ty)));
                }
            }
        }
        let known: HashSet<&str> = pairs.types.values().map(String::as_str).collect();
        for ty in new.types.iter().filter(|(name, _)| !known.contains(*name)).map(|(_, ty)| ty) {
            let resource = ty.owner.join(".");
            if !self.is_in_new_resource(&resource) {
                let location = Some(&ty.definition.location);
                let about = About { resource, item: ty.path(), old: None, new: location };
                self.add(&about, Effect::Addition, "type-added", format!("a new {}", word(ty)));
            }
        }
    }

    fn model(&mut self, old: &Type<'a>, new: &Type<'a>, about: About<'a>) {
        if old.path() != new.path() {
            self.type_moved(old, new, &about);
        }
        let about = About { resource: new.owner.join("."), item: new.path(), ..about };
        self.gates(old, new, &about);
        // Without a description the documentation is the type's name.
        let said = |ty: &Type<'a>| if ty.definition.description.is_some() { &ty.codegen.docs[..] } else { &[] };
        self.said(&about, (said(old), old.codegen.deprecated), (said(new), new.codegen.deprecated));
        if old.codegen.kind != new.codegen.kind {
            let message = format!("is {} now; was {}", article(word(new)), article(word(old)));
            self.add(&about, Effect::Breaking, "type-kind-changed", message);
            return;
        }
        match (&old.definition.kind, &new.definition.kind) {
            (TypeKind::Object(old_fields), TypeKind::Object(new_fields)) => {
                self.object((old, old_fields), (new, new_fields), &about);
            }
            (TypeKind::Enum(old_values), TypeKind::Enum(new_values)) => {
                self.values((old, old_values), (new, new_values), &about);
            }
            (
                TypeKind::Union { tag: old_tag, variants: old_variants },
                TypeKind::Union { tag: new_tag, variants: new_variants },
            ) => {
                if old_tag != new_tag {
                    let tag = |tag: &Option<String>| match tag {
                        Some(tag) => format!("by the property {}", code(tag)),
                        None => "by what fits".to_owned(),
                    };
                    let message =
                        format!("its members are told apart {} now; were {}", tag(new_tag), tag(old_tag));
                    self.add(&about, Effect::Behaviour, "union-tag-changed", message);
                }
                self.variants((old, old_variants), (new, new_variants), &about);
            }
            _ => {}
        }
    }

    fn type_moved(&mut self, old: &Type<'a>, new: &Type<'a>, about: &About<'a>) {
        let was = old.path();
        let own = if old.owner == new.owner { &old.codegen.name } else { &was };
        self.renamed(about, "type-renamed", &new.path(), (&was, own), &new.codegen.name);
    }

    /// A type that has another name or stands elsewhere: `is` as callers write it; the old one as they wrote it and as
    /// the configuration would, and the new one as that has it.
    pub(super) fn renamed(
        &mut self,
        about: &About<'_>,
        rule: &'static str,
        is: &str,
        (was, configured): (&str, &str),
        now: &str,
    ) {
        let message = format!("is `{is}` now");
        if self.new.aliases.get(was).is_some_and(|alias| alias == is) {
            let change = self.add(about, Effect::Deprecation, rule, message);
            change.advise(format!("write `{is}`; the old name is an alias for a while"));
            return;
        }
        let change = self.add(about, Effect::Breaking, rule, message);
        change.advise(format!("write `{is}`"));
        change.keep_by(format!("renamed: {{types: {{{configured}: {now}}}}}"));
    }

    /// Old names that stayed for a while, and are gone now.
    pub(super) fn aliases(&mut self) {
        let (old, new) = (self.old, self.new);
        let types: HashSet<String> = new.types.values().map(Type::path).collect();
        let requests: HashSet<String> = new.methods.values().map(|method| method.request()).collect();
        let scopes = &new.version.krate.api.scopes;
        for (name, target) in &old.aliases {
            let is_there = new.aliases.contains_key(name)
                || new.methods.contains_key(name)
                || types.contains(name)
                || requests.contains(name)
                || scopes.iter().any(|scope| scope.name == *name);
            if !is_there {
                let method = name.rsplit_once('.');
                let module = name.rsplit_once("::").map_or("", |(module, _)| module);
                let about = match method {
                    Some((resource, own)) => About {
                        resource: resource.to_owned(),
                        item: format!("client.{}().{own}(…)", resource.replace('.', "().")),
                        ..About::default()
                    },
                    None => About {
                        resource: if module == SHARED { String::new() } else { module.replace("::", ".") },
                        item: name.clone(),
                        ..About::default()
                    },
                };
                let target = new.methods.get(target).map_or_else(|| target.clone(), Method::name);
                let message = "the old name, which was deprecated, is gone";
                let change = self.add(&about, Effect::Breaking, "alias-removed", message);
                change.advise(format!("its new name is `{target}`"));
            }
        }
    }

    /// The features without which a type isn't there.
    fn gates(&mut self, old: &Type<'a>, new: &Type<'a>, about: &About<'a>) {
        if !old.owner.is_empty() || !new.owner.is_empty() || new.codegen.gate.is_always() {
            return;
        }
        let gates = |features: &[String]| {
            features.iter().map(|feature| format!("`{feature}`")).collect::<Vec<_>>().join(", ")
        };
        let needed: Vec<String> = new.codegen.gate.features().map(str::to_owned).collect();
        let is_there = |feature: &String| needed.contains(feature);
        let known = &self.old.version.krate.features;
        let was: Vec<String> = match old.codegen.gate.is_always() {
            true => known.iter().map(|child| child.feature.text().to_owned()).collect(),
            false => old.codegen.gate.features().map(str::to_owned).collect(),
        };
        let kept = &self.new.version.krate.features;
        let lost: Vec<String> = was
            .into_iter()
            .filter(|feature| !is_there(feature) && kept.iter().any(|child| child.feature.text() == feature))
            .collect();
        if !lost.is_empty() {
            let message = format!("is no longer there with only the feature {}", gates(&lost));
            let change = self.add(about, Effect::Breaking, "type-needs-feature", message);
            change.advise(format!("add one of the features {}", gates(&needed)));
        }
    }

    fn values(&mut self, old: (&Type<'a>, &'a [EnumValue]), new: (&Type<'a>, &'a [EnumValue]), about: &About<'a>) {
        let named = |(ty, values): (&Type<'a>, &'a [EnumValue])| -> Vec<(&'a EnumValue, &'a codegen::EnumValue)> {
            values.iter().zip(&ty.codegen.values).collect()
        };
        let (old_values, new_values) = (named(old), named(new));
        for (value, codegen) in &old_values {
            let part = about.part(format!("{}::{}", about.item, codegen.name), about.old, about.new);
            if let Some((_, now)) = new_values.iter().find(|(now, _)| now.value == value.value) {
                if now.name != codegen.name {
                    let message = format!("is called `{}` now", now.name);
                    let change = self.add(&part, Effect::Breaking, "value-renamed", message);
                    change.advise(format!("write `{}`", now.name));
                    change.is_silent = new_values.iter().any(|(_, other)| other.name == codegen.name);
                } else {
                    self.said(&part, (&codegen.docs, false), (&now.docs, false));
                }
            } else if let Some((now, _)) = new_values.iter().find(|(_, now)| now.name == codegen.name) {
                let message = format!("is {} on the wire now; was {}", code(&now.value), code(&value.value));
                self.add(&part, Effect::Behaviour, "value-wire-changed", message);
            } else {
                let change =
                    self.add(&part, Effect::Breaking, "value-removed", format!("{} is gone", code(&value.value)));
                let answers = match &value.value {
                    _ if !new.0.definition.in_responses => "no request takes it any more".to_owned(),
                    Constant::Text(text) => {
                        format!("an answer that still has it is `Unrecognized`, with {text:?} for `as_str()`")
                    }
                    number => format!("an answer that still has it is `Unrecognized({number})`"),
                };
                change.advise(answers);
            }
        }
        let known = |(value, codegen): &(&EnumValue, &codegen::EnumValue)| {
            old_values.iter().any(|(old, own)| old.value == value.value || own.name == codegen.name)
        };
        for (value, codegen) in new_values.iter().filter(|new| !known(new)) {
            let part = about.part(format!("{}::{}", about.item, codegen.name), None, about.new);
            let message = format!("a new value: {}", code(&value.value));
            let change = self.add(&part, Effect::Addition, "value-added", message);
            if old.0.definition.in_responses {
                change.advise("answers that had it were `Unrecognized`");
            }
        }
    }

    fn variants(&mut self, old: (&Type<'a>, &'a [Variant]), new: (&Type<'a>, &'a [Variant]), about: &About<'a>) {
        let named = |(ty, variants): (&Type<'a>, &'a [Variant])| -> Vec<(&'a Variant, &'a codegen::UnionVariant)> {
            variants.iter().zip(&ty.codegen.variants).collect()
        };
        let (old_variants, new_variants) = (named(old), named(new));
        for (variant, codegen) in &old_variants {
            let part = about.part(format!("{}::{}", about.item, codegen.name), about.old, about.new);
            let same = new_variants.iter().find(|(_, now)| now.name == codegen.name);
            let same = same.or_else(|| {
                let is_free =
                    |now: &codegen::UnionVariant| !old_variants.iter().any(|(_, own)| own.name == now.name);
                new_variants.iter().find(|(_, now)| is_free(now) && self.is_same(&codegen.ty, &now.ty))
            });
            let Some((now, now_rust)) = same else {
                self.add(&part, Effect::Breaking, "variant-removed", "the member is gone")
                    .advise("an answer that still has it is `Unrecognized`");
                continue;
            };
            if now_rust.name != codegen.name {
                let message = format!("is called `{}` now", now_rust.name);
                let change = self.add(&part, Effect::Breaking, "variant-renamed", message);
                change.advise(format!("write `{}`", now_rust.name));
            }
            if !self.is_same(&codegen.ty, &now_rust.ty) {
                let message = format!("holds `{}` now; held `{}`", shown(&now_rust.ty), shown(&codegen.ty));
                self.add(&part, Effect::Breaking, "variant-type-changed", message);
            }
            if variant.tags != now.tags && !variant.tags.is_empty() && !now.tags.is_empty() {
                let message = format!("has the tag {} now; had {}", codes(&now.tags), codes(&variant.tags));
                self.add(&part, Effect::Behaviour, "variant-tag-changed", message);
            }
            self.said(&part, (&codegen.docs, false), (&now_rust.docs, false));
        }
        let takes_text = |variants: &[(&Variant, &codegen::UnionVariant)]| {
            variants.iter().any(|(_, codegen)| codegen.kind == codegen::VariantKind::Text)
        };
        if takes_text(&old_variants) && !takes_text(&new_variants) {
            let message = "is no longer made of a `&str`: there is more than one member that could be, or none";
            let change = self.add(about, Effect::Breaking, "conversion-removed", message);
            change.advise("name the member");
        }
        for (_, codegen) in &new_variants {
            let is_known =
                old_variants.iter().any(|(_, own)| own.name == codegen.name || self.is_same(&own.ty, &codegen.ty));
            if !is_known {
                let part = about.part(format!("{}::{}", about.item, codegen.name), None, about.new);
                let message = format!("a new member: `{}`", shown(&codegen.ty));
                let change = self.add(&part, Effect::Addition, "variant-added", message);
                if old.0.definition.in_responses {
                    change.advise("answers that had it were `Unrecognized`");
                }
            }
        }
    }
}

/// What a type is, in a word.
fn word(ty: &Type<'_>) -> &'static str {
    match ty.codegen.kind {
        ModelKind::Struct => "struct",
        ModelKind::Union => "union",
        ModelKind::IntegerEnum => "enum of integers",
        ModelKind::StringEnum => "enum",
    }
}

/// With `a` or `an`.
pub(super) fn article(word: &str) -> String {
    format!("{} {word}", if word.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" })
}
