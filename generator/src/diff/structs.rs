//! Changes of structs: fields, constructors and constant properties.

use super::change::Effect;
use super::comparison::{Comparison, Docs, Subject, code};
use super::sdk_index::IndexedType;
use crate::codegen::{self, RustType};
use crate::model::{Constant, Field};

/// Field in the model and in the generated crate.
type IndexedField<'a> = (&'a Field, &'a codegen::Field);

impl<'a> Comparison<'a> {
    pub(super) fn compare_structs(
        &mut self,
        (old, old_properties): (&IndexedType<'a>, &'a [Field]),
        (new, new_properties): (&IndexedType<'a>, &'a [Field]),
        subject: &Subject<'a>,
    ) {
        let (old_fields, new_fields) = (fields(old, old_properties), fields(new, new_properties));
        let has_constructor_change = self.compare_constructors((old, &old_fields), (new, &new_fields), subject);
        for (field, generated) in &old_fields {
            let item = format!("{}::{}", subject.item, generated.name);
            let part = subject.part(item, Some(&field.location), None);
            match counterpart(&new_fields, (field, generated), &old_fields) {
                Some(current) => {
                    let part = Subject { new: Some(&current.0.location), ..part };
                    // Another field that has the old name and type lets callers compile.
                    let is_silent = current.1.name != generated.name
                        && new_fields.iter().any(|(_, other)| {
                            other.name == generated.name && self.is_same_type(&generated.ty, &other.ty)
                        });
                    self.compare_fields((field, generated), current, &part, is_silent);
                }
                None => {
                    let change = self.add(&part, Effect::Breaking, "field-removed", "removed");
                    if constant(new_properties, &field.wire).is_some() {
                        change.advise("remove it: its only value is sent automatically");
                    }
                }
            }
        }
        for (field, generated) in &new_fields {
            let is_added = counterpart(&old_fields, (field, generated), &new_fields).is_none();
            if is_added && !(has_constructor_change && generated.required) {
                let item = format!("{}::{}", subject.item, generated.name);
                let part = subject.part(item, None, Some(&field.location));
                let message = format!("added; has type `{}`", generated.ty.short_name());
                self.add(&part, Effect::Addition, "field-added", message);
            }
        }
        self.compare_constant_properties(old_properties, new_properties, subject);
    }

    /// Compares the constructors. Returns `true` if the new one was reported as breaking.
    fn compare_constructors(
        &mut self,
        (old, old_fields): (&IndexedType<'a>, &[IndexedField<'a>]),
        (new, new_fields): (&IndexedType<'a>, &[IndexedField<'a>]),
        subject: &Subject<'a>,
    ) -> bool {
        match (old.generated.is_input, new.generated.is_input) {
            (true, true) => {}
            (true, false) => {
                let message = "`new` and setters removed: no request contains the type";
                self.add(subject, Effect::Breaking, "constructor-removed", message);
                return true;
            }
            (false, true) => {
                let message = "`new` and setters added: requests contain the type";
                self.add(subject, Effect::Addition, "constructor-added", message);
                return false;
            }
            (false, false) => return false,
        }
        let required = |fields: &[IndexedField<'a>]| -> Vec<IndexedField<'a>> {
            fields.iter().filter(|(_, generated)| generated.required).copied().collect()
        };
        let (old_required, new_required) = (required(old_fields), required(new_fields));
        let properties =
            |fields: &[IndexedField<'a>]| fields.iter().map(|(field, _)| &field.wire).collect::<Vec<_>>();
        if properties(&old_required) == properties(&new_required) {
            return false;
        }
        let compiles = old_required.len() == new_required.len()
            && old_required
                .iter()
                .zip(&new_required)
                .all(|((_, old), (_, new))| self.is_same_type(&old.argument.ty, &new.argument.ty));
        let part = subject.part(format!("{}::new", subject.item), subject.old, subject.new);
        let message = format!("takes ({}); previously ({})", names(&new_required), names(&old_required));
        let change = self.add(&part, Effect::Breaking, "constructor-changed", message);
        if compiles {
            change.mark_silent();
            return true;
        }
        let has_property = |fields: &[IndexedField<'_>], field: &Field| {
            fields.iter().any(|(current, _)| current.wire == field.wire)
        };
        let setters: Vec<String> = old_required
            .iter()
            .filter(|(field, _)| has_property(new_fields, field) && !has_property(&new_required, field))
            .map(|(_, generated)| format!("`.{}(…)`", generated.name))
            .collect();
        let mut advice = format!("call `new({})`", names(&new_required));
        if !setters.is_empty() {
            advice += &format!(", and set optional fields with {}", setters.join(", "));
        }
        change.advise(advice);
        true
    }

    fn compare_fields(
        &mut self,
        (old, old_generated): IndexedField<'a>,
        (new, new_generated): IndexedField<'a>,
        subject: &Subject<'a>,
        is_silent: bool,
    ) {
        if old_generated.name != new_generated.name {
            let message = format!("renamed to `{}`", new_generated.name);
            let change = self.add(subject, Effect::Breaking, "field-renamed", message);
            change.advise(format!("use `{}`", new_generated.name));
            change.keep_name_with(format!("names: {{fields: {{{}: {}}}}}", new.wire, old_generated.name));
            change.is_silent = is_silent;
        }
        if old.wire != new.wire {
            let message = format!("JSON key {}; previously {}", code(&new.wire), code(&old.wire));
            self.add(subject, Effect::Behaviour, "field-wire-changed", message);
        }
        let (old_type, new_type) = (&old_generated.ty, &new_generated.ty);
        if !self.is_same_type(old_type, new_type) {
            let (rule, advice) = match (old_type, new_type) {
                (old, RustType::Option(inner)) if self.is_same_type(old, inner) => {
                    ("field-optional", Some("match on the `Option`"))
                }
                (RustType::Option(inner), new) if self.is_same_type(inner, new) => {
                    ("field-required", Some("remove the `Option`"))
                }
                _ => ("field-type-changed", None),
            };
            let message = format!("has type `{}`; previously `{}`", new_type.short_name(), old_type.short_name());
            let change = self.add(subject, Effect::Breaking, rule, message);
            change.advice = advice.map(str::to_owned);
        }
        self.compare_docs(
            subject,
            &Docs { lines: &old_generated.docs, deprecated: old_generated.deprecated },
            &Docs { lines: &new_generated.docs, deprecated: new_generated.deprecated },
        );
    }

    /// Compares the properties that have only one value, which requests send and responses must contain.
    fn compare_constant_properties(&mut self, old: &'a [Field], new: &'a [Field], subject: &Subject<'a>) {
        let has_field = |properties: &[Field], name: &str| {
            properties.iter().any(|property| property.wire == name && property.constant.is_none())
        };
        let is_constant = |property: &&Field| property.constant.is_some();
        let removed = old
            .iter()
            .filter(is_constant)
            .filter(|property| !new.iter().any(|current| is_constant(&current) && current.wire == property.wire));
        for property in new.iter().filter(is_constant).chain(removed) {
            let name = property.wire.as_str();
            let message = match (constant(old, name), constant(new, name)) {
                (Some(old), Some(new)) if old != new => {
                    format!("sends {} as {}; previously {}", code(new), code(name), code(old))
                }
                // A constant that was a field, or became a field, is reported with the fields.
                (None, Some(new)) if !has_field(old, name) => format!("sends {} as {}", code(new), code(name)),
                (Some(_), None) if !has_field(new, name) => format!("no longer sends {}", code(name)),
                _ => continue,
            };
            self.add(subject, Effect::Behaviour, "constant-changed", message);
        }
    }
}

fn names(fields: &[IndexedField<'_>]) -> String {
    fields.iter().map(|(_, generated)| generated.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// Returns the only value of a property, if it has one.
fn constant<'a>(properties: &'a [Field], name: &str) -> Option<&'a Constant> {
    properties.iter().find(|property| property.wire == name)?.constant.as_ref()
}

/// Returns the properties that are fields in Rust.
fn fields<'a>(ty: &IndexedType<'a>, properties: &'a [Field]) -> Vec<IndexedField<'a>> {
    properties.iter().filter(|property| property.constant.is_none()).zip(&ty.generated.fields).collect()
}

/// Returns the counterpart of a field: that of the same property, or else that of the same name whose property the other
/// version lacks.
fn counterpart<'a>(
    others: &[IndexedField<'a>],
    (field, generated): (&Field, &codegen::Field),
    siblings: &[IndexedField<'a>],
) -> Option<IndexedField<'a>> {
    let by_property = others.iter().find(|(other, _)| other.wire == field.wire);
    let is_free = |(other, _): &&IndexedField<'a>| !siblings.iter().any(|(sibling, _)| sibling.wire == other.wire);
    by_property.or_else(|| others.iter().filter(is_free).find(|(_, other)| other.name == generated.name)).copied()
}
