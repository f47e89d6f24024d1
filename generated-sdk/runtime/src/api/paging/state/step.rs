use std::hash::{DefaultHasher, Hash, Hasher};

use crate::api::paging::page::ResultInfo;

/// What is to be done after a page.
pub(in crate::api::paging) enum NextStep {
    /// The request is set for the next page.
    Continue,
    /// The list is complete.
    End,
    /// The page came before, and its items are not to be given out. The list is complete, or can't be.
    Repeated(Option<String>),
    /// The list can't be completed beyond this page.
    Stuck(String),
}

/// A page that came.
pub(in crate::api::paging) struct FetchedPage<'a> {
    /// What it says of its place in the list.
    pub(in crate::api::paging) info: &'a ResultInfo,
    /// How many items it has.
    pub(in crate::api::paging) count: usize,
    /// The answer's body.
    pub(in crate::api::paging) body: &'a [u8],
}

pub(super) fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}
