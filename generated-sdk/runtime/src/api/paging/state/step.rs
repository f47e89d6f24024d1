use std::hash::{DefaultHasher, Hash, Hasher};

use crate::api::paging::page::ResultInfo;

/// Next step after a page.
pub(in crate::api::paging) enum NextStep {
    /// The request was changed to fetch the next page.
    Continue,
    /// The list is complete.
    End,
    /// The page is a repetition, and its items must be discarded. The list is complete, or it is incomplete
    /// with this message.
    Repeated(Option<String>),
    /// The list cannot continue after this page, with this message.
    Stuck(String),
}

/// A fetched page.
pub(in crate::api::paging) struct FetchedPage<'a> {
    /// Page information.
    pub(in crate::api::paging) info: &'a ResultInfo,
    /// Number of items.
    pub(in crate::api::paging) count: usize,
    /// Body of the response.
    pub(in crate::api::paging) body: &'a [u8],
}

pub(super) fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}
