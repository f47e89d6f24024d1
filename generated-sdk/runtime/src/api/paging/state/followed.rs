use std::collections::HashSet;

use sdk_protocol::{Pagination, Scheme};

use super::step::{FetchedPage, NextStep, hash};
use crate::api::paging::link;
use crate::request::Request;

/// A list in which the server says what comes next: by a cursor, or a link.
#[derive(Debug, Default)]
pub(super) struct Followed {
    /// Hashes of the cursors and links that were followed.
    seen: HashSet<u64>,
    /// Pages without items since the last one with some.
    empty: u32,
}

/// Such a list may have pages without items, where the server filters late; one that has no more than those is not
/// read for ever.
const MAX_EMPTY: u32 = 100;

impl Followed {
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
        let (what, next) = match &pagination.scheme {
            Scheme::NextUrl { .. } | Scheme::LinkHeader => ("link", &info.next),
            _ => ("cursor", &info.cursor),
        };
        let Some(next) = next else {
            return match info.has_more {
                Some(true) => NextStep::Stuck(format!("there is more, but no {what} that leads to it")),
                _ => NextStep::End,
            };
        };
        self.empty = if page.count == 0 { self.empty + 1 } else { 0 };
        if self.empty > MAX_EMPTY {
            return NextStep::Stuck(format!("{MAX_EMPTY} pages in a row had no items"));
        }
        match &pagination.scheme {
            Scheme::Cursor { cursor, .. } => self.follow_cursor(request, cursor, next),
            // A page that ends where the one before it ended is that page again.
            Scheme::LastItem { cursor, .. } if request.query_value(cursor).as_ref() == Some(next) => {
                let message = "a page is the same as the one before it, and there is more";
                NextStep::Repeated((info.has_more == Some(true)).then(|| message.to_owned()))
            }
            Scheme::LastItem { cursor, .. } => self.follow_cursor(request, cursor, next),
            _ => self.follow_link(request, next),
        }
    }

    fn follow_cursor(&mut self, request: &mut Request, cursor: &str, next: &str) -> NextStep {
        if !self.is_new(request.query_value(cursor).as_deref(), next) {
            return NextStep::Stuck("the server gave a cursor for the second time".to_owned());
        }
        request.query(cursor, next);
        NextStep::Continue
    }

    fn follow_link(&mut self, request: &mut Request, next: &str) -> NextStep {
        let url = request.url().and_then(|from| Ok((link::resolve(&from, &request.home()?, next)?, from)));
        let (next, from) = match url {
            Ok(urls) => urls,
            Err(message) => return NextStep::Stuck(message),
        };
        if !self.is_new(Some(from.as_str()), next.as_str()) {
            return NextStep::Stuck("the server gave a link to the next page for the second time".to_owned());
        }
        request.go_to(next);
        NextStep::Continue
    }

    /// Whether what comes next is neither what there is now nor what there was before.
    fn is_new(&mut self, current: Option<&str>, next: &str) -> bool {
        self.seen.extend(current.map(|current| hash(current.as_bytes())));
        !self.seen.contains(&hash(next.as_bytes()))
    }
}
