//! Interface between naming and the target language of names.

use super::Name;

/// Namespace in which generated names are unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Namespace {
    /// Types of the whole SDK: models and requests.
    Type,
    /// Types at the root of the SDK: endpoint choices. Their names are unique among all types.
    RootType,
    /// Fields of one type, and the setters of its builder.
    Field,
    /// Values of one enum, or variants of one union.
    Variant,
    /// Arguments of one method.
    Argument,
    /// Setters of one request.
    Setter,
    /// Settings of the client.
    ClientSetting,
    /// Constants of the whole SDK.
    Constant,
    /// Constants of one resource.
    ResourceConstant,
}

/// Target language of names: the names that it cannot use.
pub trait Language: Sync {
    /// Returns `true` if generated code already has another item of this name in the namespace. Such a name is
    /// replaced, for example by one with a number.
    fn is_reserved(&self, namespace: Namespace, name: &Name) -> bool;

    /// Returns `name`, or the name to use instead if the language cannot spell it.
    fn replace(&self, _namespace: Namespace, name: Name) -> Name {
        name
    }
}
