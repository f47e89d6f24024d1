//! Reader of the configuration `sdk.yaml`, which defines how the SDK presents the API.
//!
//! Unknown keys are errors. Without a configuration, [`infer`](crate::infer) derives one from the document.

mod package;
mod pagination;
mod reader;
mod renamed;
mod resources;
mod root;
mod types;

pub use self::package::check_package_name;
pub use self::pagination::ConfiguredPagination;
use self::reader::Reader;
pub(crate) use self::renamed::unknown_target;
pub use self::renamed::{Renamed, Renaming};
pub use self::types::{BaseUrl, Config, Method, MethodTarget, Names, Package, Resource};
use crate::diagnostics::Report;
use crate::document::Document;

/// Reads the configuration. Adds errors to `report`.
pub fn read(document: &Document, report: &mut Report) -> Config {
    Reader { document, report }.config(&document.root())
}
