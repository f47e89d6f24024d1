use crate::{Static, Storage};

/// Names of the properties of the object that wraps every response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope<S: Storage = Static> {
    /// Property with the result of the call.
    pub result: S::Text,
    /// Boolean property that is `false` if the call failed.
    pub success: S::Text,
    /// Property with the list of errors.
    pub errors: S::Text,
    /// Property with the list of messages that are not errors.
    pub messages: S::Text,
}
