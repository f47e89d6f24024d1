use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::{Pagination, ResultInfo, Scheme};
use crate::request::Request;

/// Decides whether a list goes on, and how. It knows pages by their numbers and cursors, never by their types.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// The page that was asked for last.
    page: u64,
    /// How many items there are up to here, those before the first page that was asked for included.
    items: u64,
    /// A hash of the last page's items: a server that ignores the page's number sends the same ones again.
    last: Option<u64>,
    /// How often in a row the same items came.
    same: u32,
    /// Hashes of the cursors that were followed.
    cursors: HashSet<u64>,
    /// Pages without items since the last one with some.
    empty: u32,
    /// Why the list can't go on, once the items that came are used up.
    pub(super) stuck: Option<String>,
}

/// A list by cursor may have pages without items, where the server filters late; one that has no more than
/// those is not read for ever.
const MAX_EMPTY: u32 = 100;

/// How often in a row the same items may come from a server that numbers its pages as they were asked for: a
/// list may hold equal rows, but not for ever.
const MAX_SAME: u32 = 10;

/// What is to be done after a page.
pub(super) enum Next {
    /// The request is set for the next page.
    Go,
    /// The list is complete.
    End,
    /// The page came before, and its items are not to be given out. The list is complete, or can't be.
    Repeated(Option<String>),
    /// The list can't be completed beyond this page.
    Stuck(String),
}

impl Progress {
    pub(super) fn new(request: &Request, pagination: &Pagination) -> Self {
        let page = match &pagination.scheme {
            Scheme::PageNumber { page } => request.query_value(page).and_then(|page| page.parse().ok()),
            _ => None,
        };
        Self { page: page.unwrap_or(1).max(1), ..Self::default() }
    }

    /// What a server that sends the same page again leaves out.
    fn missing(&self, info: &ResultInfo) -> Option<String> {
        let what = match (info.total_count, info.total_pages) {
            (Some(total), _) if total > self.items => {
                format!("{} of {total} items are missing", total - self.items)
            }
            (None, Some(pages)) if pages >= self.page => format!("there are {pages} pages"),
            _ => return None,
        };
        Some(format!("page {} is the same as the one before it, and {what}", self.page))
    }

    /// Takes note of a page with `count` items, and sets `request` for the next.
    pub(super) fn advance(
        &mut self,
        request: &mut Request,
        pagination: &Pagination,
        info: &ResultInfo,
        count: usize,
        body: &[u8],
    ) -> Next {
        match &pagination.scheme {
            Scheme::Single => Next::End,
            Scheme::PageNumber { page } => {
                if count == 0 {
                    return Next::End;
                }
                let items = items_hash(body, pagination);
                let is_first = self.last.is_none();
                self.same = if self.last.replace(items) == Some(items) { self.same + 1 } else { 0 };
                let is_numbered = info.page == Some(self.page) && self.same < MAX_SAME;
                if self.same > 0 && !is_numbered {
                    return Next::Repeated(self.missing(info));
                }
                let count = count as u64;
                if is_first {
                    self.items = (self.page - 1).saturating_mul(info.per_page.unwrap_or(count));
                }
                self.items = self.items.saturating_add(count);
                // Items are counted, not pages: a server may give fewer of them on a page than it says.
                let last = match (info.total_pages, info.total_count) {
                    (Some(pages), _) => self.page >= pages,
                    (None, Some(total)) => self.items >= total,
                    (None, None) => false,
                };
                if last {
                    return Next::End;
                }
                self.page += 1;
                request.query(page, &self.page);
                Next::Go
            }
            Scheme::Cursor { cursor, .. } => {
                let Some(next) = &info.cursor else { return Next::End };
                self.empty = if count == 0 { self.empty + 1 } else { 0 };
                if self.empty > MAX_EMPTY {
                    return Next::Stuck(format!("{MAX_EMPTY} pages in a row had no items"));
                }
                if let Some(current) = request.query_value(cursor) {
                    self.cursors.insert(hash(current.as_bytes()));
                }
                if self.cursors.contains(&hash(next.as_bytes())) {
                    return Next::Stuck("the server gave a cursor for the second time".to_owned());
                }
                request.query(cursor, next);
                Next::Go
            }
        }
    }
}

/// A hash of a page's items alone: what stands around them may change from answer to answer.
fn items_hash(body: &[u8], pagination: &Pagination) -> u64 {
    match crate::decode::raw(body, pagination.items) {
        Some(items) => hash(items.get().as_bytes()),
        None => hash(body),
    }
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}
