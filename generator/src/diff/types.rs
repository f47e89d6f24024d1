//! Changes of types, enum values and union variants.

use std::collections::HashSet;

use super::change::Effect;
use super::comparison::{Comparison, Docs, Subject, code, codes};
use super::sdk_index::{IndexedMethod, IndexedType, SHARED_MODULE, resource_call};
use crate::codegen::{self, ModelKind, VariantKind};
use crate::model::{Constant, EnumValue, TypeKind, Variant};

/// Advice for values and variants that older versions of the SDK received as unrecognized.
const PREVIOUSLY_UNRECOGNIZED: &str = "responses that contained it were `Unrecognized`";

impl<'a> Comparison<'a> {
    /// Reports added, removed, renamed and changed types.
    pub(super) fn compare_types(&mut self) {
        let (old, new, counterparts) = (self.old, self.new, self.counterparts);
        for (name, ty) in &old.types {
            let subject = Subject {
                resource: ty.owner.join("."),
                item: ty.path(),
                old: Some(&ty.definition.location),
                new: None,
            };
            match counterparts.types.get(*name).and_then(|current| new.types.get(current.as_str())) {
                Some(current) => {
                    let subject = Subject { new: Some(&current.definition.location), ..subject };
                    self.compare_type(ty, current, subject);
                }
                None if self.is_removed_resource(&subject.resource) => {}
                None => {
                    self.add(&subject, Effect::Breaking, "type-removed", format!("{} removed", kind(ty)));
                }
            }
        }
        let known: HashSet<&str> = counterparts.types.values().map(String::as_str).collect();
        for (_, ty) in new.types.iter().filter(|(name, _)| !known.contains(*name)) {
            let resource = ty.owner.join(".");
            if !self.is_added_resource(&resource) {
                let new = Some(&ty.definition.location);
                let subject = Subject { resource, item: ty.path(), old: None, new };
                self.add(&subject, Effect::Addition, "type-added", format!("{} added", kind(ty)));
            }
        }
    }

    fn compare_type(&mut self, old: &IndexedType<'a>, new: &IndexedType<'a>, subject: Subject<'a>) {
        let (old_path, new_path) = (old.path(), new.path());
        if old_path != new_path {
            let configured = if old.owner == new.owner { &old.generated.name } else { &old_path };
            let names = Renaming { old: &old_path, new: &new_path, configured, current: &new.generated.name };
            self.type_renamed(&subject, &names);
        }
        let subject = Subject { resource: new.owner.join("."), item: new_path, ..subject };
        self.compare_features(old, new, &subject);
        self.compare_docs(&subject, &docs(old), &docs(new));
        if old.generated.kind != new.generated.kind {
            let message = format!("{}; previously {}", with_article(kind(new)), with_article(kind(old)));
            self.add(&subject, Effect::Breaking, "type-kind-changed", message);
            return;
        }
        match (&old.definition.kind, &new.definition.kind) {
            (TypeKind::Object(old_fields), TypeKind::Object(new_fields)) => {
                self.compare_structs((old, old_fields), (new, new_fields), &subject);
            }
            (TypeKind::Enum(old_values), TypeKind::Enum(new_values)) => {
                self.compare_values((old, old_values), (new, new_values), &subject);
            }
            (
                TypeKind::Union { tag: old_tag, variants: old_variants },
                TypeKind::Union { tag: new_tag, variants: new_variants },
            ) => {
                if old_tag != new_tag {
                    let selection = |tag: &Option<String>| match tag {
                        Some(tag) => format!("the property {}", code(tag)),
                        None => "structure".to_owned(),
                    };
                    let message = format!(
                        "variants are selected by {}; previously by {}",
                        selection(new_tag),
                        selection(old_tag)
                    );
                    self.add(&subject, Effect::Behaviour, "union-tag-changed", message);
                }
                self.compare_variants((old, old_variants), (new, new_variants), &subject);
            }
            _ => {}
        }
    }

    /// Reports a type that has another name or module.
    pub(super) fn type_renamed(&mut self, subject: &Subject<'_>, names: &Renaming<'_>) {
        let Renaming { old, new, configured, current } = names;
        let message = format!("renamed to `{new}`");
        let is_deprecated = self.new.deprecated_names.get(*old).is_some_and(|target| target == new);
        let effect = if is_deprecated { Effect::Deprecation } else { Effect::Breaking };
        let change = self.add(subject, effect, "type-renamed", message);
        change.advise(format!("use `{new}`"));
        if !is_deprecated {
            change.keep_name_with(format!("renamed: {{types: {{{configured}: {current}}}}}"));
        }
    }

    /// Reports deprecated names that were removed.
    pub(super) fn compare_deprecated_names(&mut self) {
        let (old, new) = (self.old, self.new);
        let types: HashSet<String> = new.types.values().map(IndexedType::path).collect();
        let requests: HashSet<String> = new.methods.values().map(IndexedMethod::request_path).collect();
        let choices = &new.version.krate.api.endpoint_choices;
        for (name, target) in &old.deprecated_names {
            let exists = new.deprecated_names.contains_key(name)
                || new.methods.contains_key(name)
                || types.contains(name)
                || requests.contains(name)
                || choices.iter().any(|choice| choice.name == *name);
            if exists {
                continue;
            }
            let subject = match (name.rsplit_once('.'), name.rsplit_once("::")) {
                (Some((resource, method)), _) => {
                    let item = format!("{}.{method}(…)", resource_call(resource));
                    Subject { resource: resource.to_owned(), ..Subject::global(item) }
                }
                (None, Some((module, _))) if module != SHARED_MODULE => {
                    Subject { resource: module.replace("::", "."), ..Subject::global(name) }
                }
                _ => Subject::global(name),
            };
            let target = new.methods.get(target).map_or_else(|| target.clone(), IndexedMethod::short_call);
            let change = self.add(&subject, Effect::Breaking, "alias-removed", "deprecated name removed");
            change.advise(format!("use `{target}`"));
        }
    }

    /// Compares the cargo features that enable a shared type.
    fn compare_features(&mut self, old: &IndexedType<'a>, new: &IndexedType<'a>, subject: &Subject<'a>) {
        let (old_gate, new_gate) = (&old.generated.gate, &new.generated.gate);
        if !old.owner.is_empty() || !new.owner.is_empty() || new_gate.is_always() {
            return;
        }
        let all = |index: &super::SdkIndex<'a>| -> Vec<&'a str> {
            index.version.krate.features.iter().map(|child| child.feature.text()).collect()
        };
        let previous = if old_gate.is_always() { all(self.old) } else { old_gate.features().collect() };
        let remaining = all(self.new);
        let lost: Vec<&str> = previous
            .into_iter()
            .filter(|feature| !new_gate.has_feature(feature) && remaining.contains(feature))
            .collect();
        if !lost.is_empty() {
            let message = format!("no longer available with only the feature {}", codes(&lost));
            let change = self.add(subject, Effect::Breaking, "type-needs-feature", message);
            change.advise(format!("enable one of the features {}", codes(new_gate.features())));
        }
    }

    fn compare_values(
        &mut self,
        (old, old_values): (&IndexedType<'a>, &'a [EnumValue]),
        (new, new_values): (&IndexedType<'a>, &'a [EnumValue]),
        subject: &Subject<'a>,
    ) {
        let pairs =
            |ty: &IndexedType<'a>, values: &'a [EnumValue]| -> Vec<(&'a EnumValue, &'a codegen::EnumValue)> {
                values.iter().zip(&ty.generated.values).collect()
            };
        let (old_values, new_values) = (pairs(old, old_values), pairs(new, new_values));
        for (value, generated) in &old_values {
            let part = subject.part(format!("{}::{}", subject.item, generated.name), subject.old, subject.new);
            if let Some((_, current)) = new_values.iter().find(|(current, _)| current.value == value.value) {
                if current.name == generated.name {
                    self.compare_docs(&part, &Docs::new(&generated.docs), &Docs::new(&current.docs));
                    continue;
                }
                let message = format!("renamed to `{}`", current.name);
                let change = self.add(&part, Effect::Breaking, "value-renamed", message);
                change.advise(format!("use `{}`", current.name));
                change.is_silent = new_values.iter().any(|(_, other)| other.name == generated.name);
            } else if let Some((current, _)) =
                new_values.iter().find(|(_, current)| current.name == generated.name)
            {
                let message = format!("sent as {}; previously as {}", code(&current.value), code(&value.value));
                self.add(&part, Effect::Behaviour, "value-wire-changed", message);
            } else {
                let message = format!("{} removed", code(&value.value));
                let change = self.add(&part, Effect::Breaking, "value-removed", message);
                change.advise(match &value.value {
                    _ if !new.definition.in_responses => "remove it from requests".to_owned(),
                    Constant::Text(text) => {
                        format!("match `Unrecognized`, whose `as_str()` returns {text:?}, in responses")
                    }
                    number => format!("match `Unrecognized({number})` in responses"),
                });
            }
        }
        for (value, generated) in &new_values {
            let is_known =
                old_values.iter().any(|(known, own)| known.value == value.value || own.name == generated.name);
            if !is_known {
                let part = subject.part(format!("{}::{}", subject.item, generated.name), None, subject.new);
                let message = format!("{} added", code(&value.value));
                let change = self.add(&part, Effect::Addition, "value-added", message);
                if old.definition.in_responses {
                    change.advise(PREVIOUSLY_UNRECOGNIZED);
                }
            }
        }
    }

    fn compare_variants(
        &mut self,
        (old, old_variants): (&IndexedType<'a>, &'a [Variant]),
        (new, new_variants): (&IndexedType<'a>, &'a [Variant]),
        subject: &Subject<'a>,
    ) {
        let pairs =
            |ty: &IndexedType<'a>, variants: &'a [Variant]| -> Vec<(&'a Variant, &'a codegen::UnionVariant)> {
                variants.iter().zip(&ty.generated.variants).collect()
            };
        let (old_variants, new_variants) = (pairs(old, old_variants), pairs(new, new_variants));
        for (variant, generated) in &old_variants {
            let part = subject.part(format!("{}::{}", subject.item, generated.name), subject.old, subject.new);
            let by_name = new_variants.iter().find(|(_, current)| current.name == generated.name);
            let counterpart = by_name.or_else(|| {
                let is_added = |current: &codegen::UnionVariant| {
                    !old_variants.iter().any(|(_, own)| own.name == current.name)
                };
                new_variants
                    .iter()
                    .find(|(_, current)| is_added(current) && self.is_same_type(&generated.ty, &current.ty))
            });
            let Some((current_variant, current)) = counterpart else {
                let change = self.add(&part, Effect::Breaking, "variant-removed", "removed");
                change.advise("match `Unrecognized` in responses");
                continue;
            };
            if current.name != generated.name {
                let message = format!("renamed to `{}`", current.name);
                let change = self.add(&part, Effect::Breaking, "variant-renamed", message);
                change.advise(format!("use `{}`", current.name));
            }
            if !self.is_same_type(&generated.ty, &current.ty) {
                let (new, old) = (current.ty.short_name(), generated.ty.short_name());
                let message = format!("contains `{new}`; previously `{old}`");
                self.add(&part, Effect::Breaking, "variant-type-changed", message);
            }
            let (old_tags, new_tags) = (&variant.tags, &current_variant.tags);
            if old_tags != new_tags && !old_tags.is_empty() && !new_tags.is_empty() {
                let message = format!("selected by {}; previously by {}", codes(new_tags), codes(old_tags));
                self.add(&part, Effect::Behaviour, "variant-tag-changed", message);
            }
            self.compare_docs(&part, &Docs::new(&generated.docs), &Docs::new(&current.docs));
        }
        let accepts_text = |variants: &[(&Variant, &codegen::UnionVariant)]| {
            variants.iter().any(|(_, generated)| generated.kind == VariantKind::Text)
        };
        if accepts_text(&old_variants) && !accepts_text(&new_variants) {
            let message = "conversion from `&str` removed: not exactly one variant contains text";
            let change = self.add(subject, Effect::Breaking, "conversion-removed", message);
            change.advise("name the variant");
        }
        for (_, generated) in &new_variants {
            let is_known = old_variants
                .iter()
                .any(|(_, own)| own.name == generated.name || self.is_same_type(&own.ty, &generated.ty));
            if !is_known {
                let part = subject.part(format!("{}::{}", subject.item, generated.name), None, subject.new);
                let message = format!("added; contains `{}`", generated.ty.short_name());
                let change = self.add(&part, Effect::Addition, "variant-added", message);
                if old.definition.in_responses {
                    change.advise(PREVIOUSLY_UNRECOGNIZED);
                }
            }
        }
    }
}

/// Old and new name of a type.
pub(super) struct Renaming<'a> {
    /// Old path.
    pub(super) old: &'a str,
    /// New path.
    pub(super) new: &'a str,
    /// Old name in the configuration.
    pub(super) configured: &'a str,
    /// New name in the configuration.
    pub(super) current: &'a str,
}

/// Returns the documentation of a type. Without a description it consists of derived text, which is not compared.
fn docs<'a>(ty: &IndexedType<'a>) -> Docs<'a> {
    let lines = if ty.definition.description.is_some() { &ty.generated.docs[..] } else { &[] };
    Docs { lines, deprecated: ty.generated.deprecated }
}

fn kind(ty: &IndexedType<'_>) -> &'static str {
    match ty.generated.kind {
        ModelKind::Struct => "struct",
        ModelKind::Union => "union",
        ModelKind::IntegerEnum => "enum of integers",
        ModelKind::StringEnum => "enum",
    }
}

fn with_article(noun: &str) -> String {
    let article = if noun.starts_with("enum") { "an" } else { "a" };
    format!("{article} {noun}")
}
