//! Compares two versions of an SDK and reports the changes for its callers.
//!
//! Resources, methods, types and the client are compared by their model and their Rust names and types. The text of
//! generated files is never compared.

mod arguments;
mod change;
mod client;
mod comparison;
mod counterparts;
mod methods;
mod next_version;
mod parameters;
mod resources;
mod sdk_index;
mod setters;
mod structs;
mod type_counterparts;
mod types;
mod wire_format;

pub use change::{Change, ChangeLocation, Changes, Effect};
pub use next_version::{InvalidVersion, next_version};
pub use sdk_index::Version;

use comparison::Comparison;
use counterparts::Counterparts;
use sdk_index::SdkIndex;

/// Compares two versions of an SDK.
///
/// The changes are ordered by resource, then by effect, most severe first.
pub fn compare(old: Version<'_>, new: Version<'_>) -> Changes {
    let (old, new) = rayon::join(|| SdkIndex::new(old), || SdkIndex::new(new));
    let counterparts = Counterparts::new(&old, &new);
    let mut comparison = Comparison::new(&old, &new, &counterparts);
    comparison.compare_clients();
    comparison.compare_resources();
    comparison.compare_methods();
    comparison.compare_types();
    comparison.compare_deprecated_names();
    comparison.into_changes()
}
