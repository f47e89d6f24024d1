//! `sdk.yaml`: how the SDK presents the API. Every key is known; one that isn't is an error with its line.

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
pub use self::types::{BaseUrl, Calls, Config, Method, Names, Package, Resource};
use crate::diagnostics::Report;
use crate::document::Document;

/// Reads the configuration. Problems go to `report`.
pub fn read(document: &Document, report: &mut Report) -> Config {
    Reader { document, report }.config(&document.root())
}
