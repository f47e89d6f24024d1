//! Decides whether a list goes on, and how. It knows pages by their places, cursors and links, never by their types.

mod counted;
mod followed;

use std::hash::{DefaultHasher, Hash, Hasher};

pub(super) use self::counted::Forecast;
use self::counted::{Counted, Step};
use self::followed::Followed;
use super::{Pagination, ResultInfo, Scheme};
use crate::request::Request;

/// What is known of a list up to here.
#[derive(Debug)]
pub(super) struct Course(Way);

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

impl Course {
    pub(super) fn new(request: &Request, pagination: &Pagination) -> Self {
        let way = match &pagination.scheme {
            Scheme::Single => Way::Whole,
            Scheme::PageNumber { page, first } => Way::Counted(Counted::new(request, page, *first, Step::Page)),
            Scheme::Offset { offset, first } => Way::Counted(Counted::new(request, offset, *first, Step::Items)),
            _ => Way::Followed(Followed::default()),
        };
        Self(way)
    }

    /// Takes note of a page, and sets `request` for the next.
    pub(super) fn advance(&mut self, request: &mut Request, pagination: &Pagination, page: &Came<'_>) -> Next {
        match &mut self.0 {
            Way::Whole => Next::End,
            Way::Counted(counted) => counted.advance(request, pagination, page),
            Way::Followed(followed) => followed.advance(request, pagination, page),
        }
    }

    /// Which page the next one is, by what the client counts. Where the server says what comes next, nobody knows
    /// more pages than that one, and so they need no numbers.
    pub(super) fn place(&self) -> u64 {
        self.counted().map_or(0, |counted| counted.place)
    }

    /// How many items there are before the first page that was asked for, as far as that is known.
    pub(super) fn items_before(&self) -> u64 {
        self.counted().and_then(|counted| counted.before).unwrap_or_default()
    }

    /// How many items there are before the next page, where the client counts and has seen them.
    pub(super) fn items_up_to_here(&self) -> Option<u64> {
        self.counted().and_then(Counted::items_up_to_here)
    }

    /// States how many items there are before the first page that is asked for.
    pub(super) fn begin_behind(&mut self, items: u64) {
        if let Way::Counted(counted) = &mut self.0 {
            counted.before = Some(items);
        }
    }

    /// What can be foreseen of the pages behind the next one, where the client counts.
    pub(super) fn forecast(&self) -> Option<&Forecast> {
        self.counted().map(|counted| &counted.forecast)
    }

    /// The request for a page that may come later, made from that for the next one.
    pub(super) fn request_at(&self, place: u64, next: &Request) -> Request {
        let mut request = next.clone();
        if let Some(counted) = self.counted().filter(|counted| counted.place != place) {
            request.query(counted.parameter, &place);
        }
        request
    }

    fn counted(&self) -> Option<&Counted> {
        match &self.0 {
            Way::Counted(counted) => Some(counted),
            _ => None,
        }
    }
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}
