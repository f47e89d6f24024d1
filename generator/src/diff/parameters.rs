//! Identity of parameters across versions.

use super::sdk_index::IndexedMethod;
use crate::model::{Parameter, ParameterKind};

/// Returns the key of a parameter among those of its method: its name, and whether it belongs to the request body.
pub(super) fn key(parameter: &Parameter) -> (&str, bool) {
    let is_body = !matches!(
        parameter.kind,
        ParameterKind::EndpointChoice
            | ParameterKind::Path
            | ParameterKind::Query
            | ParameterKind::Header
            | ParameterKind::Cookie
    );
    // A raw body has its media type as name, which may change.
    let name = if parameter.kind == ParameterKind::Raw { "" } else { parameter.wire.as_str() };
    (name, is_body)
}

/// Returns `true` if both parameters have the same name and kind.
pub(super) fn is_same(one: &Parameter, other: &Parameter) -> bool {
    key(one) == key(other) && one.kind == other.kind
}

/// Returns the counterpart of a parameter: the one of the same name and kind, or else one of the same name that moved.
pub(super) fn counterpart<'a>(
    parameter: &Parameter,
    siblings: &[Parameter],
    others: &'a [Parameter],
) -> Option<&'a Parameter> {
    let candidates = || others.iter().filter(|other| key(other) == key(parameter));
    let is_taken = |other: &Parameter| siblings.iter().any(|sibling| is_same(sibling, other));
    candidates().find(|other| is_same(other, parameter)).or_else(|| candidates().find(|other| !is_taken(other)))
}

impl IndexedMethod<'_> {
    /// Returns the counterpart of one of the method's parameters in another version of the method.
    pub(super) fn counterpart<'b>(
        &self,
        parameter: &Parameter,
        other: &IndexedMethod<'b>,
    ) -> Option<&'b Parameter> {
        counterpart(parameter, &self.model.parameters, &other.model.parameters)
    }
}
