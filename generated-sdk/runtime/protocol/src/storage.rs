/// Representation of text and lists: [`Static`] or [`Owned`].
pub trait Storage {
    /// Text, such as the name of a property.
    type Text: 'static;
    /// List of values.
    type List<T: 'static>: 'static;
}

/// Storage in `static` items, for generated code: `&'static str` and `&'static [T]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Static {}

impl Storage for Static {
    type Text = &'static str;
    type List<T: 'static> = &'static [T];
}

/// Storage on the heap, for the generator: `String` and `Vec<T>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Owned {}

impl Storage for Owned {
    type Text = String;
    type List<T: 'static> = Vec<T>;
}
