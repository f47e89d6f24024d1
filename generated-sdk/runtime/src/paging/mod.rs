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

pub use sdk_protocol::{Pagination, Path, Scheme};
