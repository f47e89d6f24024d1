use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::{Pagination, ResultInfo, Scheme};
use crate::request::Request;

/// Decides whether a list goes on, and how. It knows pages by their numbers and cursors, never by their types.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// The page that was asked for last.
    page: u64,
    /// How many items a page has, by what the server says or by its first page.
    size: Option<u64>,
    /// How many items came so far.
    items: u64,
    /// A hash of the last page's body: a server that ignores the page's number sends the same one again.
    body: Option<u64>,
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

/// What is to be done after a page.
pub(super) enum Next {
    /// The request is set for the next page.
    Go,
    /// The list is complete.
    End,
    /// The page came before: its items are not to be given out, and the list is complete.
    Repeated,
    /// The list can't be completed.
    Stuck(String),
}

impl Progress {
    pub(super) fn new(request: &Request, pagination: &Pagination) -> Self {
        let page = match &pagination.scheme {
            Scheme::PageNumber { page } => request.query_value(page).and_then(|page| page.parse().ok()),
            _ => None,
        };
        Self { page: page.unwrap_or(1), ..Self::default() }
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
                let body = hash(body);
                let repeated = self.body.replace(body) == Some(body) && info.page != Some(self.page);
                if repeated && count > 0 {
                    return match info.total_count {
                        Some(total) if total > self.items => Next::Stuck(format!(
                            "page {} is the same as the one before it, and {} of {total} items are missing",
                            self.page,
                            total - self.items,
                        )),
                        _ => Next::Repeated,
                    };
                }
                self.items += count as u64;
                // The size that was asked for doesn't count: a server may give fewer items than that.
                let size = *self.size.get_or_insert(info.per_page.unwrap_or(count as u64));
                let last = match (info.total_pages, info.total_count) {
                    (Some(pages), _) => self.page >= pages,
                    (None, Some(total)) => self.page.saturating_mul(size) >= total,
                    (None, None) => false,
                };
                if last || count == 0 {
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

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}
