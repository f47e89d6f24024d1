use crate::{Static, Storage};

/// Path into a JSON value: names of nested properties, outermost first.
pub type Path<S = Static> = <S as Storage>::List<<S as Storage>::Text>;

/// List of paths. The first path with a value is used.
pub type Paths<S = Static> = <S as Storage>::List<Path<S>>;

/// Pagination of a list: the location of items and page information in a response, and the request for the next
/// page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pagination<S: Storage = Static> {
    /// Path to the array of items. An empty path means that the response is the array.
    pub items: S::List<S::Text>,
    /// Path to the page information, such as `result_info`.
    pub info: S::List<S::Text>,
    /// Paths to a boolean that is `true` if there are more pages, in the page information or else in the
    /// response. If empty, common property names are used.
    pub has_more: S::List<S::List<S::Text>>,
    /// Request for the next page.
    pub scheme: Scheme<S>,
}

/// Request for the next page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scheme<S: Storage = Static> {
    /// The list has one page.
    Single,
    /// A query parameter with the number of the page.
    PageNumber {
        /// Name of the query parameter.
        page: S::Text,
        /// Number of the first page.
        first: u64,
    },
    /// A query parameter with the number of items before the page.
    Offset {
        /// Name of the query parameter.
        offset: S::Text,
        /// Value for the first page: zero, or one if the server counts items from one.
        first: u64,
    },
    /// A query parameter with a cursor from the previous response.
    Cursor {
        /// Name of the query parameter.
        cursor: S::Text,
        /// Paths to the next cursor, in the page information or else in the response.
        next: S::List<S::List<S::Text>>,
    },
    /// A query parameter with a property of the last item.
    LastItem {
        /// Name of the query parameter.
        cursor: S::Text,
        /// Path to the property in an item.
        item: S::List<S::Text>,
    },
    /// The URL of the next page, from the body of the previous response.
    NextUrl {
        /// Paths to the URL, in the page information or else in the response.
        next: S::List<S::List<S::Text>>,
    },
    /// The URL of the next page, from the `Link` header of the previous response (RFC 8288).
    LinkHeader,
}
