//! What a method takes: its arguments, and what can be set.

use super::index::{Method, is_same, key, shown};
use super::{About, Comparison, Effect};
use crate::codegen::{Argument, Setter};
use crate::model::{Parameter, ParameterKind};

/// An argument, with the parameter that it becomes.
type Pair<'a> = (&'a Parameter, &'a Argument);

impl<'a> Comparison<'a> {
    pub(super) fn arguments(&mut self, old: &Method<'a>, new: &Method<'a>, about: &About<'a>) {
        let (was, is) = (old.arguments(), new.arguments());
        let counterparts: Vec<Option<usize>> =
            (0..is.len()).map(|index| position((old, &was), (new, &is), index)).collect();
        let keeps_order = counterparts.iter().copied().eq((0..was.len()).map(Some));
        let compiles = was.len() == is.len()
            && was.iter().zip(&is).all(|((_, old), (_, new))| self.is_same(&old.ty, &new.ty));
        if compiles && keeps_order {
            let names = |pairs: &[Pair<'_>]| pairs.iter().map(|(_, own)| own.name.clone()).collect::<Vec<_>>();
            let (was, is) = (names(&was), names(&is));
            if was != is {
                let message = format!("calls its arguments ({}) now; were ({})", is.join(", "), was.join(", "));
                self.add(about, Effect::Documentation, "argument-renamed", message);
            }
            return;
        }
        let message = format!("takes ({}) now; took ({})", self.list(&is, &was), self.list(&was, &is));
        let setters: Vec<String> = new
            .setters()
            .iter()
            .filter(|(parameter, _)| new.counterpart(parameter, old).is_some_and(Parameter::is_argument))
            .filter_map(|(_, setters)| Some(format!("`.{}(…)`", setters.first()?.name)))
            .collect();
        let required: Vec<String> = is
            .iter()
            .filter(|(parameter, _)| {
                let known = new.counterpart(parameter, old);
                known.is_some_and(|known| old.setters().iter().any(|(own, _)| std::ptr::eq(*own, known)))
            })
            .map(|(_, argument)| format!("`{}`", argument.name))
            .collect();
        let change = self.add(about, Effect::Breaking, "arguments-changed", message);
        if compiles {
            change.silently().advise("look at every call: the old one compiles, and means something else");
            return;
        }
        let mut advice = format!("call `{}`", new.call());
        if !required.is_empty() {
            advice += &format!("; {} has to be given here now, and no longer by a setter", required.join(", "));
        }
        if !setters.is_empty() {
            advice += &format!("; what may be left out is set by {}", setters.join(", "));
        }
        change.advise(advice);
    }

    /// Arguments, with the types of those that the other version doesn't have as they are.
    fn list(&self, arguments: &[Pair<'_>], others: &[Pair<'_>]) -> String {
        let shown = |(parameter, argument): &Pair<'_>| {
            let same = others.iter().find(|(other, _)| key(other) == key(parameter));
            let is_same = same.is_some_and(|(_, other)| {
                self.is_same(&other.ty, &argument.ty) || self.is_same(&argument.ty, &other.ty)
            });
            match is_same {
                true => argument.name.clone(),
                false => format!("{}: {}", argument.name, shown(&argument.ty)),
            }
        };
        arguments.iter().map(shown).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn setters(&mut self, old: &Method<'a>, new: &Method<'a>, about: &About<'a>) {
        let (was, is) = (old.setters(), new.setters());
        for (parameter, setters) in &was {
            let name = setters.first().map(|setter| setter.name.as_str()).unwrap_or_default();
            let part = about.part(format!("{}.{name}(…)", about.item), Some(&parameter.location), None);
            let now = old.counterpart(parameter, new);
            let found = now.and_then(|now| is.iter().find(|(own, _)| std::ptr::eq(*own, now)));
            let Some((now, now_setters)) = found else {
                // That it became an argument is said of the arguments.
                if !now.is_some_and(Parameter::is_argument) {
                    self.add(&part, Effect::Breaking, "setter-removed", "can no longer be set")
                        .advise(set_anyway(parameter));
                }
                continue;
            };
            let part = About { new: Some(&now.location), ..part };
            for (index, setter) in setters.iter().enumerate() {
                match now_setters.get(index) {
                    None => {
                        let message = format!("can no longer be null: `.{}()` is gone", setter.name);
                        self.add(&part, Effect::Breaking, "setter-removed", message);
                    }
                    Some(now) if now.name != setter.name => {
                        let message = format!("is `.{}(…)` now; was `.{}(…)`", now.name, setter.name);
                        let ty = |setter: &Setter| setter.argument.as_ref().map(|argument| argument.ty.clone());
                        let is_silent = is.iter().flat_map(|(_, setters)| setters).any(|other| {
                            other.name == setter.name
                                && ty(other).is_some() == ty(setter).is_some()
                                && ty(other).zip(ty(setter)).is_none_or(|(is, was)| self.is_same(&was, &is))
                        });
                        let change = self.add(&part, Effect::Breaking, "setter-renamed", message);
                        change.advise(format!("call `.{}(…)`", now.name));
                        change.is_silent = is_silent;
                    }
                    Some(_) => {}
                }
                let now = now_setters.get(index);
                let types = (setter.argument.as_ref(), now.and_then(|now| now.argument.as_ref()));
                if let (Some(was), Some(is)) = types
                    && !self.is_same(&was.ty, &is.ty)
                {
                    let message = format!("takes `{}` now; took `{}`", shown(&is.ty), shown(&was.ty));
                    self.add(&part, Effect::Breaking, "setter-type-changed", message);
                }
                if let Some(now) = now {
                    self.said(&part, (&setter.docs, setter.deprecated), (&now.docs, now.deprecated));
                }
            }
            if let Some(setter) = now_setters.get(setters.len()) {
                let message = format!("can be null: `.{}()`", setter.name);
                self.add(&part, Effect::Addition, "setter-added", message);
            }
            self.location(&part, parameter, now);
        }
        for (parameter, setters) in &is {
            let is_known =
                |known: &Parameter| known.is_argument() || was.iter().any(|(own, _)| std::ptr::eq(*own, known));
            let is_new = !new.counterpart(parameter, old).is_some_and(is_known);
            if let Some(setter) = setters.first().filter(|_| is_new) {
                let part =
                    about.part(format!("{}.{}(…)", about.item, setter.name), None, Some(&parameter.location));
                let ty = setter.argument.as_ref().map(|argument| shown(&argument.ty)).unwrap_or_default();
                self.add(&part, Effect::Addition, "setter-added", format!("can be set: `{ty}`"));
            }
        }
        for (parameter, _) in new.arguments() {
            if let Some(known) = new.counterpart(parameter, old).filter(|known| known.is_argument()) {
                let item = format!("{}, `{}`", about.item, parameter.name);
                self.location(
                    &about.part(item, Some(&known.location), Some(&parameter.location)),
                    known,
                    parameter,
                );
            }
        }
    }

    /// Where a parameter goes, and how it is written there.
    fn location(&mut self, about: &About<'_>, old: &Parameter, new: &Parameter) {
        let (was, is) = (kind(old.kind), kind(new.kind));
        if was != is {
            // What is in a body moves with the body's format, which is said of the method.
            if !(key(old).1 && key(new).1) {
                let message = format!("goes {is} now; went {was}");
                self.add(about, Effect::Behaviour, "parameter-moved", message);
            }
        } else if old.style != new.style && old.ty == new.ty {
            let message = format!("is written in the style {:?} now; was in {:?}", new.style, old.style);
            self.add(about, Effect::Behaviour, "style-changed", message);
        }
    }
}

/// The position of the old argument that one of the new ones stands for: of the same parameter, or else the one at the
/// same place of the path, whatever its name.
fn position(
    (old, was): (&Method<'_>, &[Pair<'_>]),
    (new, is): (&Method<'_>, &[Pair<'_>]),
    index: usize,
) -> Option<usize> {
    let (parameter, _) = is.get(index)?;
    // A path may have the same parameter twice.
    let here = was.get(index).filter(|(own, _)| is_same(own, parameter)).map(|_| index);
    let known = new.counterpart(parameter, old);
    let same =
        here.or_else(|| was.iter().position(|(own, _)| known.is_some_and(|known| std::ptr::eq(*own, known))));
    let is_path = |kind| matches!(kind, ParameterKind::Path | ParameterKind::EndpointChoice);
    same.or_else(|| {
        let (own, _) = was.get(index)?;
        let is_gone = !is.iter().any(|(now, _)| key(now) == key(own));
        (is_gone && is_path(own.kind) && is_path(parameter.kind)).then_some(index)
    })
}

fn kind(kind: ParameterKind) -> &'static str {
    match kind {
        ParameterKind::EndpointChoice | ParameterKind::Path => "into the path",
        ParameterKind::Query => "into the query",
        ParameterKind::Header => "among the headers",
        ParameterKind::Cookie => "among the cookies",
        ParameterKind::Field | ParameterKind::Body => "into the body",
        ParameterKind::FormField | ParameterKind::Part => "into the form",
        ParameterKind::Raw => "as the body",
    }
}

/// How to send what a method no longer knows.
fn set_anyway(parameter: &Parameter) -> String {
    let setter = match parameter.kind {
        ParameterKind::Query | ParameterKind::Path | ParameterKind::EndpointChoice => "with_query",
        ParameterKind::Header | ParameterKind::Cookie => "with_header",
        _ => "with_body_field",
    };
    format!("where the server still takes it: `.{setter}({:?}, …)`, which `RequestOptions` has", parameter.wire)
}
