//! Rewrites schemas in a simpler notation: a list of types is a union, keywords next to a union are part of each
//! member, a property that several parts of an `allOf` describe is described once, and no union is a member of
//! itself.

mod hierarchy;
mod keywords;
mod properties;
mod simplifier;
mod union;
mod union_cycles;

use self::simplifier::Simplifier;
use crate::diagnostics::Report;
use crate::document::Document;
use crate::openapi::api::Api;

/// Simplifies all schemas. Parts of an `allOf` that contradict each other are reported to `report`.
pub(super) fn simplify(api: &mut Api, document: &Document, report: &mut Report) {
    let mut simplifier = Simplifier::new(api, document, report);
    simplifier.build_hierarchies();
    let mut next = 0;
    // The loop includes the schemas that are added meanwhile.
    while let Some(id) = simplifier.schemas.nth(next) {
        if simplifier.can_derive(id) {
            simplifier.merge_patterns(id);
            simplifier.split_values(id);
            simplifier.split_types(id);
            simplifier.merge_properties(id);
            simplifier.distribute_base(id);
        }
        next += 1;
    }
    simplifier.flatten_union_cycles();
}
