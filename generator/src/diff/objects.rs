//! Structs: their fields, and how values of them are made.

use super::index::{Type, shown};
use super::{About, Comparison, Effect, code};
use crate::codegen;
use crate::model::{Constant, Field};

/// A field, as the model and Rust have it.
type FieldPair<'a> = (&'a Field, &'a codegen::Field);

impl<'a> Comparison<'a> {
    pub(super) fn object(
        &mut self,
        old: (&Type<'a>, &'a [Field]),
        new: (&Type<'a>, &'a [Field]),
        about: &About<'a>,
    ) {
        let (old_fields, new_fields) = (fields(old), fields(new));
        let constructor = self.constructor((old.0, &old_fields), (new.0, &new_fields), about);
        for (field, codegen) in &old_fields {
            let part = about.part(format!("{}::{}", about.item, codegen.name), Some(&field.location), None);
            let counterpart = counterpart(&new_fields, (field, codegen), &old_fields);
            match counterpart {
                Some((now, now_rust)) => {
                    let part = About { new: Some(&now.location), ..part };
                    let is_taken = |(_, other): &FieldPair<'a>| {
                        other.name == codegen.name && self.is_same(&codegen.ty, &other.ty)
                    };
                    let is_silent = now_rust.name != codegen.name && new_fields.iter().any(is_taken);
                    self.field((field, codegen), (now, now_rust), &part, is_silent);
                }
                None => {
                    let change = self.add(&part, Effect::Breaking, "field-removed", "the field is gone");
                    if constant(new.1, &field.wire).is_some() {
                        change.advise("it has one value now, which is sent by itself: leave it out");
                    }
                }
            }
        }
        for (field, codegen) in &new_fields {
            let is_new = counterpart(&old_fields, (field, codegen), &new_fields).is_none();
            if is_new && !(constructor && codegen.required) {
                let part = about.part(format!("{}::{}", about.item, codegen.name), None, Some(&field.location));
                self.add(&part, Effect::Addition, "field-added", format!("a new field: `{}`", shown(&codegen.ty)));
            }
        }
        self.constants(old, new, about);
    }

    /// What the constructor takes; whether that has changed.
    fn constructor(
        &mut self,
        old: (&Type<'a>, &[FieldPair<'a>]),
        new: (&Type<'a>, &[FieldPair<'a>]),
        about: &About<'a>,
    ) -> bool {
        match (old.0.codegen.is_input, new.0.codegen.is_input) {
            (true, false) => {
                let message = "can no longer be made by `new` and its setters: no request takes it";
                self.add(about, Effect::Breaking, "constructor-removed", message);
                return true;
            }
            (false, true) => {
                let message = "can be made by `new` and its setters: requests take it";
                self.add(about, Effect::Addition, "constructor-added", message);
                return false;
            }
            (false, false) => return false,
            (true, true) => {}
        }
        let needed = |fields: &[FieldPair<'a>]| -> Vec<FieldPair<'a>> {
            fields.iter().filter(|(_, codegen)| codegen.required).copied().collect()
        };
        let (was, is) = (needed(old.1), needed(new.1));
        let names = |fields: &[FieldPair<'_>]| {
            let names: Vec<&str> = fields.iter().map(|(_, codegen)| codegen.name.as_str()).collect();
            names.join(", ")
        };
        let wires = |fields: &[FieldPair<'a>]| fields.iter().map(|(field, _)| &field.wire).collect::<Vec<_>>();
        if wires(&was) == wires(&is) {
            return false;
        }
        let compiles = was.len() == is.len()
            && was.iter().zip(&is).all(|((_, old), (_, new))| self.is_same(&old.argument.ty, &new.argument.ty));
        let item = format!("{}::new", about.item);
        let part = about.part(item, about.old, about.new);
        let message = format!("takes ({}) now; took ({})", names(&is), names(&was));
        let change = self.add(&part, Effect::Breaking, "constructor-changed", message);
        if compiles {
            change.silently().advise("look at every call: the old one compiles, and means something else");
        } else {
            let gone = was.iter().filter(|(field, _)| new.1.iter().any(|(now, _)| now.wire == field.wire));
            let setters: Vec<String> = gone
                .filter(|(field, _)| !is.iter().any(|(now, _)| now.wire == field.wire))
                .map(|(_, codegen)| format!("`.{}(…)`", codegen.name))
                .collect();
            let mut advice = format!("call `new({})`", names(&is));
            if !setters.is_empty() {
                advice += &format!(", and set the others by {}", setters.join(", "));
            }
            change.advise(advice);
        }
        true
    }

    /// `is_silent` where another field has the old name, and the same type.
    fn field(&mut self, old: FieldPair<'a>, new: FieldPair<'a>, about: &About<'a>, is_silent: bool) {
        let ((old, old_rust), (new, new_rust)) = (old, new);
        if old_rust.name != new_rust.name {
            let message = format!("is called `{}` now", new_rust.name);
            let change = self.add(about, Effect::Breaking, "field-renamed", message);
            change.advise(format!("write `{}`", new_rust.name));
            change.keep_by(format!("names: {{fields: {{{}: {}}}}}", new.wire, old_rust.name));
            change.is_silent = is_silent;
        }
        if old.wire != new.wire {
            let message = format!("is {} on the wire now; was {}", code(&new.wire), code(&old.wire));
            self.add(about, Effect::Behaviour, "field-wire-changed", message);
        }
        if !self.is_same(&old_rust.ty, &new_rust.ty) {
            let (was, is) = (shown(&old_rust.ty), shown(&new_rust.ty));
            let (rule, advice) = match (was.strip_prefix("Option<"), is.strip_prefix("Option<")) {
                (None, Some(inner)) if inner.strip_suffix('>') == Some(&was) => {
                    ("field-optional", Some("it may be absent: match on the `Option`"))
                }
                (Some(inner), None) if inner.strip_suffix('>') == Some(&is) => {
                    ("field-required", Some("it is always there: take the `Option` away"))
                }
                _ => ("field-type-changed", None),
            };
            let change = self.add(about, Effect::Breaking, rule, format!("is `{is}` now; was `{was}`"));
            change.advice = advice.map(str::to_owned);
        }
        self.said(about, (&old_rust.docs, old_rust.deprecated), (&new_rust.docs, new_rust.deprecated));
    }

    /// Values that are sent by themselves, and expected in answers.
    fn constants(&mut self, old: (&Type<'a>, &'a [Field]), new: (&Type<'a>, &'a [Field]), about: &About<'a>) {
        let has_field = |fields: &[Field], wire: &str| {
            fields.iter().any(|field| field.wire == wire && field.constant.is_none())
        };
        let mut wires: Vec<&Field> = new.1.iter().filter(|field| field.constant.is_some()).collect();
        wires.extend(
            old.1
                .iter()
                .filter(|field| field.constant.is_some() && !new.1.iter().any(|now| now.wire == field.wire)),
        );
        for field in wires {
            let wire = field.wire.as_str();
            let message = match (constant(old.1, wire), constant(new.1, wire)) {
                (Some(was), Some(is)) if was != is => {
                    format!("sends {} as {} now; was {}", code(is), code(wire), code(was))
                }
                // That it was a field, or is one now, is said elsewhere.
                (None, Some(is)) if !has_field(old.1, wire) => {
                    format!("sends {} as {} by itself now", code(is), code(wire))
                }
                (Some(_), None) if !has_field(new.1, wire) => format!("no longer sends {}", code(wire)),
                _ => continue,
            };
            self.add(about, Effect::Behaviour, "constant-changed", message);
        }
    }
}

/// The one value of a property, if it has one.
fn constant<'a>(fields: &'a [Field], wire: &str) -> Option<&'a Constant> {
    fields.iter().find(|field| field.wire == wire)?.constant.as_ref()
}

/// The fields that are not constant, as the model and Rust have them.
fn fields<'a>((ty, fields): (&Type<'a>, &'a [Field])) -> Vec<FieldPair<'a>> {
    fields.iter().filter(|field| field.constant.is_none()).zip(&ty.codegen.fields).collect()
}

/// The same field among others: that of the same property, or else that of the same name whose property is not among
/// its own kind.
fn counterpart<'a>(
    others: &[FieldPair<'a>],
    (field, codegen): (&Field, &codegen::Field),
    own: &[FieldPair<'a>],
) -> Option<FieldPair<'a>> {
    let same = others.iter().find(|(other, _)| other.wire == field.wire);
    let is_free = |(other, _): &&FieldPair<'a>| !own.iter().any(|(own, _)| own.wire == other.wire);
    same.or_else(|| others.iter().filter(is_free).find(|(_, other)| other.name == codegen.name)).copied()
}
