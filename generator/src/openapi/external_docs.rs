/// A link to further documentation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalDocs {
    /// URL as written in the document; it is not validated.
    pub url: String,
    /// Description of the page.
    pub description: Option<String>,
}
