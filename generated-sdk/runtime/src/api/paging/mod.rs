//! Paginated lists.
//!
//! [`Items`] reads a list item by item, [`Pages`] page by page. Both fetch pages through `PageFetcher`, which
//! sends requests (`PrefetchQueue`) and decides after each page how the list continues (`PaginationState`).

mod fetcher;
pub(crate) mod items;
mod link;
pub(crate) mod page;
pub(crate) mod pages;
mod prefetch;
mod progress;
mod resume_token;
mod state;

pub use items::Items;
pub use page::{Page, ResultInfo};
pub use pages::Pages;
pub use progress::Progress;
pub use resume_token::ResumeToken;

pub use sdk_protocol::{Pagination, Path, Scheme};
