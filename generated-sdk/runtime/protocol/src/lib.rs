//! Facts about an HTTP API that the SDK generator and the SDK runtime share.
//!
//! The generator reads these facts from an OpenAPI document and a configuration. Generated code contains them
//! as `static` items, and the runtime uses them. Each fact has one definition, in this crate.
//!
//! Types that contain text have a [`Storage`] parameter: [`Static`], the default, for generated code, and
//! [`Owned`] for the generator.
//!
//! ```
//! use sdk_protocol::{Owned, Pagination, Scheme};
//!
//! static ACCOUNTS: Pagination = Pagination {
//!     items: &["result"],
//!     info: &["result_info"],
//!     has_more: &[],
//!     scheme: Scheme::PageNumber { page: "page", first: 1 },
//! };
//!
//! let configured: Pagination<Owned> = Pagination {
//!     items: vec!["result".to_owned()],
//!     info: vec!["result_info".to_owned()],
//!     has_more: Vec::new(),
//!     scheme: Scheme::PageNumber { page: "page".to_owned(), first: 1 },
//! };
//! # let _ = (&ACCOUNTS, configured);
//! ```

mod envelope;
mod error_keys;
mod pagination;
mod placement;
mod storage;
mod style;

pub use envelope::Envelope;
pub use error_keys::ErrorKeys;
pub use pagination::{Pagination, Path, Paths, Scheme};
pub use placement::Placement;
pub use storage::{Owned, Static, Storage};
pub use style::Style;
