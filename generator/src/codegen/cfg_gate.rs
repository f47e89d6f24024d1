//! Cargo features that generated items need.

use serde::{Serialize, Serializer};

use super::identifiers as names;
use super::literal::StringLiteral;
use crate::model::{Endpoint, Method, Resource, Sdk, TypeDefinition};

/// Maximum number of features in a gate. An item that more features need is always compiled.
const MAX_FEATURES: usize = 32;

/// Features of which one is needed for an item. Without features the item is always compiled.
///
/// Rendered as a `cfg` attribute, or as nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CfgGate {
    features: Vec<StringLiteral>,
}

impl CfgGate {
    /// Returns the gate of an item that any of the features needs.
    pub fn any(features: impl IntoIterator<Item = String>) -> Self {
        Self { features: features.into_iter().map(StringLiteral::new).collect() }
    }

    /// Returns the gate of an item in the module of a top-level resource.
    pub(super) fn of_resource(name: &str) -> Self {
        Self::any([names::top_module(name)])
    }

    /// Returns the gate of a type outside of the module of a resource.
    pub(super) fn of_type(sdk: &Sdk, definition: &TypeDefinition) -> Self {
        // The types that a widely used type consists of have at least as many users.
        let users = &definition.users;
        if !definition.owner.is_empty() || users.len() == sdk.resources.len() || users.len() > MAX_FEATURES {
            return Self::default();
        }
        Self::any(users.iter().map(|name| names::top_module(name)))
    }

    /// Returns the gate of an endpoint choice.
    pub(super) fn of_endpoint_choice(sdk: &Sdk, index: usize) -> Self {
        let users = sdk.resources.iter().filter(|resource| uses_endpoint_choice(resource, index));
        let users: Vec<String> = users.map(|resource| names::top_module(resource.name())).collect();
        if users.len() == sdk.resources.len() { Self::default() } else { Self::any(users) }
    }

    /// Returns the names of the features; empty if the item is always compiled.
    pub fn features(&self) -> impl ExactSizeIterator<Item = &str> {
        self.features.iter().map(StringLiteral::text)
    }

    /// Returns `true` if the feature alone is enough for the item.
    pub fn has_feature(&self, name: &str) -> bool {
        self.features().any(|feature| feature == name)
    }

    /// Returns `true` if the item is always compiled.
    pub fn is_always(&self) -> bool {
        self.features.is_empty()
    }

    fn attribute(&self) -> String {
        let features: Vec<String> = self.features.iter().map(|feature| format!("feature = {feature}")).collect();
        match features.as_slice() {
            [] => String::new(),
            [feature] => format!("#[cfg({feature})]"),
            features => format!("#[cfg(any({}))]", features.join(", ")),
        }
    }
}

fn uses_endpoint_choice(resource: &Resource, index: usize) -> bool {
    let own = |method: &Method| matches!(method.endpoint, Endpoint::Choice { choice, .. } if choice == index);
    resource.methods.iter().any(own) || resource.resources.iter().any(|child| uses_endpoint_choice(child, index))
}

impl Serialize for CfgGate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.attribute())
    }
}
