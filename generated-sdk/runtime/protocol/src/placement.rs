use crate::{Static, Storage};

/// Location of a credential in a request, as specified by an OpenAPI security scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement<S: Storage = Static> {
    /// `Authorization: Bearer …`.
    Bearer,
    /// `Authorization: Basic …`. The credential is `user:password`.
    Basic,
    /// Header of this name.
    Header(S::Text),
    /// Query parameter of this name.
    Query(S::Text),
    /// Cookie of this name.
    Cookie(S::Text),
}
