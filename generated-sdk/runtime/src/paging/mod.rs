//! Lists that come in pages.

mod items;
mod next;
mod page;

pub use items::Items;
pub(crate) use page::read_page;
pub use page::{Page, ResultInfo};

/// How a list goes on: where its items and its page information stand in an answer, and what asks for more.
#[derive(Debug)]
pub struct Pagination {
    /// The path to the array of items.
    pub items: &'static [&'static str],
    /// The path to the page information, such as `result_info`.
    pub info: &'static [&'static str],
    /// What asks for the next page.
    pub scheme: Scheme,
}

/// What asks for the next page.
#[derive(Debug)]
pub enum Scheme {
    /// The list is whole as it is.
    Single,
    /// A page's number, counted from one.
    PageNumber {
        /// The query parameter for the page's number.
        page: &'static str,
    },
    /// A cursor that each answer gives for the next.
    Cursor {
        /// The query parameter for the cursor.
        cursor: &'static str,
        /// The paths to the next cursor, inside the page information; the first that leads to one counts.
        next: &'static [&'static [&'static str]],
    },
}
