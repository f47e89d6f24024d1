//! Lists that come in pages.

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
