//! Changes of the setters of requests, and of the positions of parameters in requests.

use super::change::Effect;
use super::comparison::{Comparison, Docs, Subject};
use super::parameters::key;
use super::sdk_index::IndexedMethod;
use crate::codegen::Setter;
use crate::model::{Parameter, ParameterKind};

/// Parameters with their setters.
type ParameterSetters<'a> = [(&'a Parameter, Vec<&'a Setter>)];

impl<'a> Comparison<'a> {
    pub(super) fn compare_setters(
        &mut self,
        old: &IndexedMethod<'a>,
        new: &IndexedMethod<'a>,
        subject: &Subject<'a>,
    ) {
        let (old_setters, new_setters) = (old.setters(), new.setters());
        for (parameter, setters) in &old_setters {
            let name = setters.first().map(|setter| setter.name.as_str()).unwrap_or_default();
            let part = subject.part(format!("{}.{name}(…)", subject.item), Some(&parameter.location), None);
            let current = old.counterpart(parameter, new);
            let found =
                current.and_then(|current| new_setters.iter().find(|(own, _)| std::ptr::eq(*own, current)));
            match found {
                Some((current, current_setters)) => {
                    let part = Subject { new: Some(&current.location), ..part };
                    self.compare_setters_of_parameter(&part, setters, current_setters, &new_setters);
                    self.compare_positions(&part, parameter, current);
                }
                // A setter that became an argument is reported with the arguments.
                None if current.is_some_and(Parameter::is_argument) => {}
                None => {
                    let change = self.add(&part, Effect::Breaking, "setter-removed", "removed");
                    change.advise(advice_for_removed(parameter));
                }
            }
        }
        for (parameter, setters) in &new_setters {
            let is_known = |known: &Parameter| {
                known.is_argument() || old_setters.iter().any(|(own, _)| std::ptr::eq(*own, known))
            };
            let is_added = !new.counterpart(parameter, old).is_some_and(is_known);
            if let Some(setter) = setters.first().filter(|_| is_added) {
                let item = format!("{}.{}(…)", subject.item, setter.name);
                let part = subject.part(item, None, Some(&parameter.location));
                let ty = setter.argument.as_ref().map(|argument| argument.ty.short_name()).unwrap_or_default();
                self.add(&part, Effect::Addition, "setter-added", format!("added; takes `{ty}`"));
            }
        }
        for (parameter, _) in new.arguments() {
            if let Some(known) = new.counterpart(parameter, old).filter(|known| known.is_argument()) {
                let item = format!("{}, `{}`", subject.item, parameter.name);
                let part = subject.part(item, Some(&known.location), Some(&parameter.location));
                self.compare_positions(&part, known, parameter);
            }
        }
    }

    /// Compares the setters of one parameter: the first sets a value, the second sets null.
    fn compare_setters_of_parameter(
        &mut self,
        subject: &Subject<'_>,
        old: &[&Setter],
        new: &[&Setter],
        all_new: &ParameterSetters<'_>,
    ) {
        for (index, setter) in old.iter().enumerate() {
            let Some(current) = new.get(index) else {
                let message = format!("no longer nullable: `.{}()` removed", setter.name);
                self.add(subject, Effect::Breaking, "setter-removed", message);
                continue;
            };
            if current.name != setter.name {
                let message = format!("renamed to `.{}(…)`; previously `.{}(…)`", current.name, setter.name);
                let is_silent = self.has_equal_setter(setter, all_new);
                let change = self.add(subject, Effect::Breaking, "setter-renamed", message);
                change.advise(format!("call `.{}(…)`", current.name));
                change.is_silent = is_silent;
            }
            if let (Some(old), Some(new)) = (&setter.argument, &current.argument)
                && !self.is_same_type(&old.ty, &new.ty)
            {
                let message = format!("takes `{}`; previously `{}`", new.ty.short_name(), old.ty.short_name());
                self.add(subject, Effect::Breaking, "setter-type-changed", message);
            }
            self.compare_docs(
                subject,
                &Docs { lines: &setter.docs, deprecated: setter.deprecated },
                &Docs { lines: &current.docs, deprecated: current.deprecated },
            );
        }
        if let Some(setter) = new.get(old.len()) {
            let message = format!("nullable: `.{}()` added", setter.name);
            self.add(subject, Effect::Addition, "setter-added", message);
        }
    }

    /// Returns `true` if some setter has the same name and type.
    fn has_equal_setter(&self, setter: &Setter, others: &ParameterSetters<'_>) -> bool {
        others.iter().flat_map(|(_, setters)| setters).any(|other| {
            other.name == setter.name
                && match (&setter.argument, &other.argument) {
                    (Some(old), Some(new)) => self.is_same_type(&old.ty, &new.ty),
                    (old, new) => old.is_none() && new.is_none(),
                }
        })
    }

    /// Compares the part of the request that carries a parameter, and the serialization style.
    fn compare_positions(&mut self, subject: &Subject<'_>, old: &Parameter, new: &Parameter) {
        let (old_part, new_part) = (part_of_request(old.kind), part_of_request(new.kind));
        if old_part != new_part {
            // A change of the body's format moves all of its parameters and is reported for the method.
            let is_inside_body = key(old).1 && key(new).1;
            if !is_inside_body {
                let message = format!("sent in {new_part}; previously in {old_part}");
                self.add(subject, Effect::Behaviour, "parameter-moved", message);
            }
        } else if old.style != new.style && old.ty == new.ty {
            let message = format!("serialized in the style {:?}; previously {:?}", new.style, old.style);
            self.add(subject, Effect::Behaviour, "style-changed", message);
        }
    }
}

fn part_of_request(kind: ParameterKind) -> &'static str {
    match kind {
        ParameterKind::EndpointChoice | ParameterKind::Path => "the path",
        ParameterKind::Query => "the query",
        ParameterKind::Header => "a header",
        ParameterKind::Cookie => "a cookie",
        ParameterKind::Field | ParameterKind::Body => "the body",
        ParameterKind::FormField | ParameterKind::Part => "the form",
        ParameterKind::Raw => "the raw body",
    }
}

fn advice_for_removed(parameter: &Parameter) -> String {
    let option = match parameter.kind {
        ParameterKind::Query | ParameterKind::Path | ParameterKind::EndpointChoice => "with_query",
        ParameterKind::Header | ParameterKind::Cookie => "with_header",
        _ => "with_body_field",
    };
    format!(
        "while the server supports the parameter, call `.{option}({:?}, …)` of `RequestOptions`",
        parameter.wire
    )
}
