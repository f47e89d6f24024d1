//! Decides whether a list goes on, and how. It knows pages by their places, cursors and links, never by their types.

mod counted;
mod followed;

use std::hash::{DefaultHasher, Hash, Hasher};

use self::counted::{Counted, Step};
use self::followed::Followed;
use super::{Pagination, ResultInfo, Scheme};
use crate::request::Request;

/// What is known of a list up to here.
#[derive(Debug)]
pub(super) struct Progress {
    way: Way,
    /// Why the list can't go on, once the items that came are used up.
    pub(super) stuck: Option<String>,
}

/// The two ways in which lists go on: the client counts, or the server says what comes next.
#[derive(Debug)]
enum Way {
    Whole,
    Counted(Counted),
    Followed(Followed),
}

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

/// A page that came.
pub(super) struct Came<'a> {
    /// What it says of its place in the list.
    pub(super) info: &'a ResultInfo,
    /// How many items it has.
    pub(super) count: usize,
    /// The answer's body.
    pub(super) body: &'a [u8],
}

impl Progress {
    pub(super) fn new(request: &Request, pagination: &Pagination) -> Self {
        let way = match &pagination.scheme {
            Scheme::Single => Way::Whole,
            Scheme::PageNumber { page, first } => Way::Counted(Counted::new(request, page, *first, Step::Page)),
            Scheme::Offset { offset, first } => Way::Counted(Counted::new(request, offset, *first, Step::Items)),
            _ => Way::Followed(Followed::default()),
        };
        Self { way, stuck: None }
    }

    /// Takes note of a page, and sets `request` for the next.
    pub(super) fn advance(&mut self, request: &mut Request, pagination: &Pagination, page: &Came<'_>) -> Next {
        match &mut self.way {
            Way::Whole => Next::End,
            Way::Counted(counted) => counted.advance(request, pagination, page),
            Way::Followed(followed) => followed.advance(request, pagination, page),
        }
    }
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}
