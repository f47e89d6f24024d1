//! Lists that come in pages.

mod feed;
mod flights;
mod items;
mod link;
mod next;
mod page;
mod pages;
mod position;
mod progress;

pub use items::Items;
pub(crate) use page::read_page;
pub use page::{Page, ResultInfo};
pub use pages::Pages;
pub use position::Position;
pub use progress::Progress;

/// A path into JSON, property by property.
pub type Path = &'static [&'static str];

/// How a list goes on: where its items and its page information stand in an answer, and what asks for more.
#[derive(Debug)]
pub struct Pagination {
    /// The path to the array of items.
    pub items: Path,
    /// The path to the page information, such as `result_info`.
    pub info: Path,
    /// The paths to a flag that says whether there is more, in the page information or else in the whole answer.
    /// Where there are none, the names that are common for it count.
    pub has_more: &'static [Path],
    /// What asks for the next page.
    pub scheme: Scheme,
}

/// What asks for the next page.
#[derive(Debug)]
pub enum Scheme {
    /// The list is whole as it is.
    Single,
    /// A page's number.
    PageNumber {
        /// The query parameter for the page's number.
        page: &'static str,
        /// The number of the first page.
        first: u64,
    },
    /// A count of the items before the page.
    Offset {
        /// The query parameter for the count.
        offset: &'static str,
        /// What it is for the first item: zero, or one where a server counts items from there.
        first: u64,
    },
    /// A cursor that each answer gives for the next.
    Cursor {
        /// The query parameter for the cursor.
        cursor: &'static str,
        /// The paths to the next cursor, in the page information or else in the whole answer; the first that leads
        /// to one counts.
        next: &'static [Path],
    },
    /// A cursor that is a property of the last item.
    LastItem {
        /// The query parameter for the cursor.
        cursor: &'static str,
        /// The path to the property, inside an item.
        item: Path,
    },
    /// The URL of the next page, in the answer's body.
    NextUrl {
        /// The paths to the URL, in the page information or else in the whole answer; the first that leads to one
        /// counts.
        next: &'static [Path],
    },
    /// The URL of the next page, in the answer's `Link` header.
    LinkHeader,
}
