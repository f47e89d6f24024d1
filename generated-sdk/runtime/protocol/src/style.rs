/// Serialization of a list or an object in a parameter, by OpenAPI's `style` and `explode`.
///
/// Variants without a suffix are those with `explode: false`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Style {
    /// No style is specified. In a query or form, a list repeats the name, and properties of an object are
    /// named `name.property`, to any depth. In a path or header, the same as [`Simple`](Self::Simple).
    #[default]
    Default,
    /// `form`: values separated by commas.
    Form,
    /// `form` with `explode`: each property of an object is a parameter of its own.
    FormExploded,
    /// `spaceDelimited`: values separated by spaces.
    SpaceDelimited,
    /// `pipeDelimited`: values separated by vertical bars.
    PipeDelimited,
    /// `deepObject`: keys in brackets after the name. Items of a list have `[]`, or an index if
    /// they are lists or objects.
    DeepObject,
    /// `simple`, in a path or header: values separated by commas.
    Simple,
    /// `simple` with `explode`: as [`Simple`](Self::Simple), with `key=value` for each property of an object.
    SimpleExploded,
    /// `label`, in a path: values after a dot.
    Label,
    /// `label` with `explode`: each value after a dot.
    LabelExploded,
    /// `matrix`, in a path: values after a semicolon and the name.
    Matrix,
    /// `matrix` with `explode`: each value after a semicolon and the name.
    MatrixExploded,
    /// JSON, for a parameter with `content`.
    Json,
}
