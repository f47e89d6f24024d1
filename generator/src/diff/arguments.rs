//! Changes of the arguments of methods.

use super::change::Effect;
use super::comparison::{Comparison, Subject};
use super::parameters::{is_same, key};
use super::sdk_index::IndexedMethod;
use crate::codegen::Argument;
use crate::model::{Parameter, ParameterKind};

/// Parameter with the argument that sets it.
type ParameterArgument<'a> = (&'a Parameter, &'a Argument);

impl<'a> Comparison<'a> {
    pub(super) fn compare_arguments(
        &mut self,
        old: &IndexedMethod<'a>,
        new: &IndexedMethod<'a>,
        subject: &Subject<'a>,
    ) {
        let (old_arguments, new_arguments) = (old.arguments(), new.arguments());
        let positions: Vec<Option<usize>> = (0..new_arguments.len())
            .map(|index| old_position((old, &old_arguments), (new, &new_arguments), index))
            .collect();
        let keeps_order = positions.into_iter().eq((0..old_arguments.len()).map(Some));
        let compiles = old_arguments.len() == new_arguments.len()
            && old_arguments
                .iter()
                .zip(&new_arguments)
                .all(|((_, old), (_, new))| self.is_same_type(&old.ty, &new.ty));
        if compiles && keeps_order {
            let (old_names, new_names) = (names(&old_arguments), names(&new_arguments));
            if old_names != new_names {
                let message = format!("arguments named ({new_names}); previously ({old_names})");
                self.add(subject, Effect::Documentation, "argument-renamed", message);
            }
            return;
        }
        let message = format!(
            "takes ({}); previously ({})",
            self.list(&new_arguments, &old_arguments),
            self.list(&old_arguments, &new_arguments)
        );
        let advice = advice(old, new, &new_arguments);
        let change = self.add(subject, Effect::Breaking, "arguments-changed", message);
        if compiles {
            change.mark_silent();
        } else {
            change.advise(advice);
        }
    }

    /// Returns a list of arguments, with the types of those that the other version does not have in the same form.
    fn list(&self, arguments: &[ParameterArgument<'_>], others: &[ParameterArgument<'_>]) -> String {
        let item = |(parameter, argument): &ParameterArgument<'_>| {
            let other = others.iter().find(|(other, _)| key(other) == key(parameter));
            let is_same = other.is_some_and(|(_, other)| {
                self.is_same_type(&other.ty, &argument.ty) || self.is_same_type(&argument.ty, &other.ty)
            });
            match is_same {
                true => argument.name.clone(),
                false => format!("{}: {}", argument.name, argument.ty.short_name()),
            }
        };
        arguments.iter().map(item).collect::<Vec<_>>().join(", ")
    }
}

fn names(arguments: &[ParameterArgument<'_>]) -> String {
    arguments.iter().map(|(_, argument)| argument.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// Returns the new call, and the arguments that became setters or were setters before.
fn advice(old: &IndexedMethod<'_>, new: &IndexedMethod<'_>, new_arguments: &[ParameterArgument<'_>]) -> String {
    let became_setters: Vec<String> = new
        .setters()
        .iter()
        .filter(|(parameter, _)| new.counterpart(parameter, old).is_some_and(Parameter::is_argument))
        .filter_map(|(_, setters)| Some(format!("`.{}(…)`", setters.first()?.name)))
        .collect();
    let old_setters = old.setters();
    let were_setters: Vec<String> = new_arguments
        .iter()
        .filter(|(parameter, _)| {
            new.counterpart(parameter, old)
                .is_some_and(|known| old_setters.iter().any(|(own, _)| std::ptr::eq(*own, known)))
        })
        .map(|(_, argument)| format!("`{}`", argument.name))
        .collect();
    let mut advice = format!("call `{}`", new.call());
    if !were_setters.is_empty() {
        advice += &format!("; pass {} as an argument instead of a setter", were_setters.join(", "));
    }
    if !became_setters.is_empty() {
        advice += &format!("; set optional parameters with {}", became_setters.join(", "));
    }
    advice
}

/// Returns the position of the old argument that corresponds to a new one: that of the same parameter, or that in the
/// same position of the path, whose parameter may have another name.
fn old_position(
    (old, old_arguments): (&IndexedMethod<'_>, &[ParameterArgument<'_>]),
    (new, new_arguments): (&IndexedMethod<'_>, &[ParameterArgument<'_>]),
    index: usize,
) -> Option<usize> {
    let (parameter, _) = new_arguments.get(index)?;
    // A path may contain the same parameter twice.
    if old_arguments.get(index).is_some_and(|(own, _)| is_same(own, parameter)) {
        return Some(index);
    }
    let known = new.counterpart(parameter, old);
    let by_parameter =
        old_arguments.iter().position(|(own, _)| known.is_some_and(|known| std::ptr::eq(*own, known)));
    let is_path = |kind| matches!(kind, ParameterKind::Path | ParameterKind::EndpointChoice);
    by_parameter.or_else(|| {
        let (own, _) = old_arguments.get(index)?;
        let is_removed = !new_arguments.iter().any(|(current, _)| key(current) == key(own));
        (is_removed && is_path(own.kind) && is_path(parameter.kind)).then_some(index)
    })
}
