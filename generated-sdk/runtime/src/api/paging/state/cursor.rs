use std::collections::HashSet;

use sdk_protocol::{Pagination, Scheme};

use super::step::{FetchedPage, NextStep, hash};
use crate::api::paging::link;
use crate::request::Request;

/// Strategy with cursors or links sent by the server.
#[derive(Debug, Default)]
pub(super) struct CursorState {
    /// Hashes of the cursors and links followed so far.
    visited: HashSet<u64>,
    /// Number of consecutive empty pages.
    empty_pages: u32,
}

/// Maximum number of consecutive empty pages. Servers that filter after fetching send empty pages within a
/// list, but a list of only empty pages must end.
const MAX_EMPTY_PAGES: u32 = 100;

impl CursorState {
    pub(super) fn advance(
        &mut self,
        request: &mut Request,
        pagination: &Pagination,
        page: &FetchedPage<'_>,
    ) -> NextStep {
        let info = page.info;
        if info.has_more == Some(false) {
            return NextStep::End;
        }
        let (kind, next) = match &pagination.scheme {
            Scheme::NextUrl { .. } | Scheme::LinkHeader => ("link", &info.next),
            Scheme::Cursor { .. } | Scheme::LastItem { .. } => ("cursor", &info.cursor),
            // `PaginationState::new` selects another state for these.
            Scheme::Single | Scheme::PageNumber { .. } | Scheme::Offset { .. } => return NextStep::End,
        };
        let Some(next) = next else {
            return match info.has_more {
                Some(true) => {
                    NextStep::Stuck(format!("more items follow, but there is no {kind} of the next page"))
                }
                _ => NextStep::End,
            };
        };
        self.empty_pages = if page.count == 0 { self.empty_pages + 1 } else { 0 };
        if self.empty_pages > MAX_EMPTY_PAGES {
            return NextStep::Stuck(format!("{MAX_EMPTY_PAGES} consecutive pages had no items"));
        }
        match &pagination.scheme {
            Scheme::Cursor { cursor, .. } => self.follow_cursor(request, cursor, next),
            // A page that ends with the same item as the previous one is a repetition.
            Scheme::LastItem { cursor, .. } if request.query_value(cursor).as_ref() == Some(next) => {
                let message = "a page repeats the previous page, but more items follow";
                NextStep::Repeated((info.has_more == Some(true)).then(|| message.to_owned()))
            }
            Scheme::LastItem { cursor, .. } => self.follow_cursor(request, cursor, next),
            Scheme::NextUrl { .. } | Scheme::LinkHeader => self.follow_link(request, next),
            Scheme::Single | Scheme::PageNumber { .. } | Scheme::Offset { .. } => NextStep::End,
        }
    }

    fn follow_cursor(&mut self, request: &mut Request, cursor: &str, next: &str) -> NextStep {
        if !self.is_new(request.query_value(cursor).as_deref(), next) {
            return NextStep::Stuck("the server sent the same cursor twice".to_owned());
        }
        request.query(cursor, next);
        NextStep::Continue
    }

    fn follow_link(&mut self, request: &mut Request, next: &str) -> NextStep {
        let url = request.url().and_then(|from| Ok((link::resolve(&from, &*request.base_url()?, next)?, from)));
        let (next, from) = match url {
            Ok(urls) => urls,
            Err(message) => return NextStep::Stuck(message),
        };
        if !self.is_new(Some(from.as_str()), next.as_str()) {
            return NextStep::Stuck("the server sent the same link to the next page twice".to_owned());
        }
        request.set_link(next);
        NextStep::Continue
    }

    /// Returns `true` if `next` differs from the current and all previous cursors or links.
    fn is_new(&mut self, current: Option<&str>, next: &str) -> bool {
        self.visited.extend(current.map(|current| hash(current.as_bytes())));
        !self.visited.contains(&hash(next.as_bytes()))
    }
}
