//! Lists of any layout, from servers of any honesty, read with any number of pages at a time whose answers come in any
//! order: the same items as one page after another gives, and never for ever.
//!
//! `PROPTEST_CASES=100000` tries more, `PROPTEST_RNG_SEED=7` others.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use futures_core::Stream;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use sdk_runtime::operation::Operation;
use sdk_runtime::paging::{Pagination, Scheme};
use sdk_runtime::transport::{Body, BoxFuture, Transport, TransportError, http};
use sdk_runtime::{Items, Position, Request, Value, json};
use support::{ACCOUNT, Thing, builder, list, pages};

static SCHEMES: [Operation; 8] = [
    list(&NUMBERS),
    list(&ZEROS),
    list(&OFFSETS),
    list(&ONES),
    list(&CURSORS),
    list(&LAST),
    list(&URLS),
    list(&LINKS),
];
static NUMBERS: Pagination = pages(&["info"], Scheme::PageNumber { page: "at", first: 1 });
static ZEROS: Pagination = pages(&["info"], Scheme::PageNumber { page: "at", first: 0 });
static OFFSETS: Pagination = pages(&["info"], Scheme::Offset { offset: "at", first: 0 });
static ONES: Pagination = pages(&["info"], Scheme::Offset { offset: "at", first: 1 });
static CURSORS: Pagination = pages(&["info"], Scheme::Cursor { cursor: "at", next: &[&["next"]] });
static LAST: Pagination = pages(&["info"], Scheme::LastItem { cursor: "at", item: &["id"] });
static URLS: Pagination = pages(&["info"], Scheme::NextUrl { next: &[&["next"]] });
static LINKS: Pagination = pages(&["info"], Scheme::LinkHeader);

/// What a server says of how long the list is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Says {
    Nothing,
    Items,
    ItemsAndSize,
    Pages,
    HasMore,
}

/// What a server does wrong. Whatever it is must end the list as it does without pages ahead of time.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Wrong {
    /// Every answer is the same page.
    IgnoresThePlace,
    /// The totals and flags are off, by another number at each page.
    Lies(i8),
    /// This page is an error.
    Refuses(usize),
    /// This page does not fit its type.
    Misfits(usize),
    /// Behind this page comes the first one again.
    GoesRound(usize),
}

#[derive(Clone, Debug)]
struct List {
    scheme: usize,
    /// How many items each page has. Offsets take them in turn from where they are.
    sizes: Vec<usize>,
    says: Says,
    wrong: Option<Wrong>,
}

impl List {
    fn scheme(&self) -> &'static Scheme {
        &SCHEMES[self.scheme].pagination.unwrap().scheme
    }

    fn is_counted(&self) -> bool {
        matches!(self.scheme(), Scheme::PageNumber { .. } | Scheme::Offset { .. })
    }

    fn total(&self) -> usize {
        self.sizes.iter().sum()
    }

    /// The number, from zero on, of the page that is asked for, and the ids of its items.
    fn page(&self, at: Option<&str>) -> (usize, Vec<usize>) {
        let number = |first: u64| at.map_or(0, |at| at.parse::<usize>().unwrap() - first as usize);
        let before = |page: usize| self.sizes.iter().take(page).sum::<usize>();
        let (page, begin, size) = match self.scheme() {
            Scheme::Offset { first, .. } => {
                let offset = number(*first);
                let page = (0..self.sizes.len()).find(|page| before(page + 1) > offset);
                (page.unwrap_or(self.sizes.len()), offset, page.map_or(0, |page| self.sizes[page]))
            }
            Scheme::LastItem { .. } => {
                let begin = at.map_or(0, |at| at.parse::<usize>().unwrap() + 1);
                let page = (0..self.sizes.len()).find(|page| before(page + 1) > begin);
                (page.unwrap_or(self.sizes.len()), begin, page.map_or(0, |page| before(page + 1) - begin))
            }
            scheme => {
                let page = number(if let Scheme::PageNumber { first, .. } = scheme { *first } else { 0 });
                (page, before(page), self.sizes.get(page).copied().unwrap_or_default())
            }
        };
        (page, (begin..self.total().min(begin + size)).collect())
    }

    fn answer(&self, at: Option<&str>) -> http::Response<Body> {
        let at = at.filter(|_| self.wrong != Some(Wrong::IgnoresThePlace));
        let (page, ids) = self.page(at);
        let is_last = ids.last().is_none_or(|last| last + 1 == self.total()) && page + 1 >= self.sizes.len();
        let mut items: Vec<Value> = ids.iter().map(|id| json!({"id": id})).collect();
        let (mut off, mut next) = (0, page + 1);
        match self.wrong {
            Some(Wrong::Refuses(refused)) if refused == page => {
                return http::Response::builder().status(403).body(Body::from("no")).unwrap();
            }
            Some(Wrong::Misfits(misfit)) if misfit == page => items.push(json!({"id": "none"})),
            Some(Wrong::GoesRound(end)) if end == page => next = 0,
            Some(Wrong::Lies(lie)) => off = i64::from(lie) * (page as i64 % 3 - 1),
            _ => {}
        }
        let off = |number: usize| (number as i64 + off).max(0);
        let mut info = match self.says {
            Says::Nothing => json!({}),
            Says::Items => json!({"total_count": off(self.total())}),
            Says::ItemsAndSize => {
                json!({"total_count": off(self.total()), "per_page": self.sizes.iter().max()})
            }
            Says::Pages => json!({"total_pages": off(self.sizes.len())}),
            Says::HasMore => json!({"has_more": (off(0) > 0) == is_last}),
        };
        let mut response = http::Response::builder();
        if !is_last || next == 0 {
            match self.scheme() {
                Scheme::Cursor { .. } => info["next"] = json!(next),
                Scheme::NextUrl { .. } => info["next"] = json!(format!("?at={next}")),
                Scheme::LinkHeader => response = response.header("link", format!("<?at={next}>; rel=next")),
                _ => {}
            }
        }
        response.body(Body::from(json!({"success": true, "result": items, "info": info}).to_string())).unwrap()
    }
}

/// A server in memory that answers when it is told to.
#[derive(Clone)]
struct Server(Arc<Inner>);

struct Inner {
    list: List,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The requests that wait: each by its number.
    waiting: HashMap<usize, Option<Waker>>,
    received: usize,
    /// The most that waited at a time.
    most: usize,
}

impl Server {
    fn new(list: &List) -> Self {
        Self(Arc::new(Inner { list: list.clone(), state: Mutex::default() }))
    }

    fn items(&self) -> Items<Thing> {
        let client = builder("https://api.test").transport(self.clone()).max_retries(0).build().unwrap();
        Request::new(&client, &SCHEMES[self.0.list.scheme]).path(ACCOUNT).items()
    }

    /// Answers one of the requests that wait; false where there is none.
    fn answer(&self, choice: usize) -> bool {
        let mut state = self.0.state.lock().unwrap();
        let mut numbers: Vec<usize> = state.waiting.keys().copied().collect();
        numbers.sort_unstable();
        let Some(number) = numbers.get(choice % numbers.len().max(1)) else { return false };
        if let Some(waker) = state.waiting.remove(number).unwrap() {
            waker.wake();
        }
        true
    }

    fn waiting(&self) -> usize {
        self.0.state.lock().unwrap().waiting.len()
    }

    fn received(&self) -> usize {
        self.0.state.lock().unwrap().received
    }
}

impl Transport for Server {
    fn send(&self, request: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let mut state = self.0.state.lock().unwrap();
        let number = state.received;
        state.received += 1;
        state.waiting.insert(number, None);
        state.most = state.most.max(state.waiting.len());
        let at = request.uri().query().map(|query| query.strip_prefix("at=").unwrap().to_owned());
        Box::pin(Waiting { server: &self.0, number, at })
    }
}

struct Waiting<'a> {
    server: &'a Inner,
    number: usize,
    at: Option<String>,
}

impl Future for Waiting<'_> {
    type Output = Result<http::Response<Body>, TransportError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.server.state.lock().unwrap().waiting.get_mut(&self.number) {
            Some(waker) => {
                *waker = Some(context.waker().clone());
                Poll::Pending
            }
            None => Poll::Ready(Ok(self.server.list.answer(self.at.as_deref()))),
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.server.state.lock().unwrap().waiting.remove(&self.number);
    }
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// How the answers come: each number says which of those that wait is next, or that none is.
struct Order<'a>(std::iter::Cycle<std::slice::Iter<'a, usize>>);

/// Nothing comes, while the reader does something else.
const PAUSE: usize = 9;

impl Order<'_> {
    /// What the stream gives next.
    fn next<S: Stream + Unpin>(&mut self, server: &Server, stream: &mut S) -> Option<S::Item> {
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&woken));
        if let Some(choice) = self.0.next().filter(|choice| **choice != PAUSE) {
            server.answer(*choice);
        }
        loop {
            let least = stream.size_hint().0;
            match Pin::new(&mut *stream).poll_next(&mut Context::from_waker(&waker)) {
                Poll::Ready(item) => {
                    assert!(item.is_some() || least == 0, "fewer come than the hint says");
                    return item;
                }
                Poll::Pending => {
                    let answered = server.answer(*self.0.next().unwrap());
                    let woken = woken.0.swap(false, Ordering::SeqCst);
                    assert!(woken, "it hangs (with an answer for it: {answered})");
                }
            }
            assert!(server.received() < 1000, "it does not end");
        }
    }
}

/// The ids of a list that is read to its end, and the error there.
fn read(server: &Server, items: &mut Items<Thing>, order: &mut Order<'_>) -> (Vec<i64>, Option<String>) {
    let mut ids = Vec::new();
    let mut failure = None;
    while let Some(item) = order.next(server, items) {
        assert_eq!(failure, None, "something comes behind an error");
        match item {
            Ok(thing) => ids.push(thing.id),
            Err(error) => failure = Some(error.to_string()),
        }
    }
    assert_eq!(items.size_hint(), (0, Some(0)));
    assert_eq!(server.waiting(), 0, "requests are under way behind the end");
    (ids, failure)
}

fn one_by_one(list: &List) -> (Vec<i64>, Option<String>, usize) {
    let server = Server::new(list);
    let (ids, failure) = read(&server, &mut server.items(), &mut Order([0].iter().cycle()));
    (ids, failure, server.received())
}

#[test]
fn pages_that_differ_in_length_are_not_guessed_at_again_and_again() {
    let runtime = runtime();
    let _guard = runtime.enter();
    let list = List { scheme: 2, sizes: [3, 1].repeat(8), says: Says::Items, wrong: None };
    let (expected, _, requests) = one_by_one(&list);
    let server = Server::new(&list);
    let (ids, _) = read(&server, &mut server.items().fetch_ahead(4), &mut Order([0].iter().cycle()));
    assert_eq!((ids, requests), (expected, 16));
    assert_eq!(server.received(), requests + 3, "the first guess alone is wrong");
}

#[test]
fn no_page_is_asked_for_beyond_what_is_to_be_collected() {
    let runtime = runtime();
    let _guard = runtime.enter();
    let list = List { scheme: 0, sizes: vec![2; 9], says: Says::Pages, wrong: None };
    let server = Server::new(&list);
    let mut items = server.items().fetch_ahead(8);
    for (max, requests) in [(1, 1), (1, 1), (3, 3), (1, 3), (4, 5)] {
        let mut some = std::pin::pin!(items.try_collect_up_to(max));
        let some = loop {
            match some.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(some) => break some.unwrap(),
                Poll::Pending => assert!(server.answer(0), "it hangs"),
            }
        };
        assert_eq!((some.len(), server.received()), (max, requests));
    }
}

/// What a call needs for its time limits, which never run out here.
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap()
}

fn says() -> impl Strategy<Value = Says> {
    use Says::{HasMore, Items, ItemsAndSize, Nothing, Pages};
    prop_oneof![Just(Nothing), Just(Items), Just(ItemsAndSize), Just(Pages), Just(HasMore)]
}

/// Pages that are all as long, or not; some of them empty where that is no end.
fn sizes() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![
        (0..12usize, 1..5usize, 1..5usize).prop_map(|(pages, size, last)| {
            let full = std::iter::repeat_n(size, pages);
            full.chain([last.min(size)]).collect()
        }),
        vec(1..5usize, 0..12),
        vec(0..4usize, 0..12),
    ]
}

fn honest() -> impl Strategy<Value = List> {
    (0..SCHEMES.len(), sizes(), says()).prop_map(|(scheme, mut sizes, says)| {
        let list = |sizes| List { scheme, sizes, says, wrong: None };
        // An empty page is the end where that is how it is known.
        if !matches!(
            list(Vec::new()).scheme(),
            Scheme::Cursor { .. } | Scheme::NextUrl { .. } | Scheme::LinkHeader
        ) {
            sizes.retain(|size| *size > 0);
        }
        list(sizes)
    })
}

fn any_list() -> impl Strategy<Value = List> {
    let wrong = prop_oneof![
        Just(Wrong::IgnoresThePlace),
        (-5..5i8).prop_map(Wrong::Lies),
        (0..12usize).prop_map(Wrong::Refuses),
        (0..12usize).prop_map(Wrong::Misfits),
        (0..12usize).prop_map(Wrong::GoesRound),
    ];
    (0..SCHEMES.len(), sizes(), says(), wrong).prop_map(|(scheme, sizes, says, wrong)| List {
        scheme,
        sizes,
        says,
        wrong: Some(wrong),
    })
}

fn order() -> impl Strategy<Value = Vec<usize>> {
    vec(0..=PAUSE, 1..20)
}

/// The same cases in every run, unless told otherwise.
fn config() -> ProptestConfig {
    let mut config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(1);
    }
    config
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_item_comes_once_and_in_order(list in honest(), ahead in 0..=8usize, order in order()) {
        let runtime = runtime();
        let _guard = runtime.enter();
        let expected: Vec<i64> = (0..list.total() as i64).collect();
        let (ids, failure, requests) = one_by_one(&list);
        prop_assert_eq!((&ids, &failure), (&expected, &None));

        let server = Server::new(&list);
        let mut items = server.items().fetch_ahead(ahead);
        let (ids, failure) = read(&server, &mut items, &mut Order(order.iter().cycle()));
        prop_assert_eq!((&ids, &failure), (&expected, &None));
        prop_assert_eq!(items.progress().seen, ids.len() as u64);
        prop_assert_eq!(items.position(), None);

        let state = server.0.state.lock().unwrap();
        prop_assert!(state.most <= if list.is_counted() { ahead.max(1) } else { 1 }, "{} at a time", state.most);
        let size = list.sizes.first().copied().unwrap_or_default();
        let last = list.sizes.last().copied().unwrap_or_default();
        let is_even = last <= size && list.sizes.iter().rev().skip(1).all(|each| *each == size);
        let is_known = match (list.scheme(), list.says) {
            (Scheme::PageNumber { .. }, Says::Pages) => true,
            (Scheme::PageNumber { .. }, says) => is_even && matches!(says, Says::Items | Says::ItemsAndSize),
            (Scheme::Offset { .. }, says) => is_even && matches!(says, Says::Items | Says::ItemsAndSize),
            _ => true,
        };
        if is_known && list.is_counted() && requests > 1 {
            prop_assert_eq!(state.most, ahead.clamp(1, requests - 1), "all that may be fetched at a time are");
        }
        let most = if is_known { requests } else { requests * (ahead + 1) };
        prop_assert!(state.received <= most, "{} requests, and {requests} one by one", state.received);
    }

    #[test]
    fn a_list_ends_as_it_does_without_pages_ahead(list in any_list(), ahead in 1..=8usize, order in order()) {
        let runtime = runtime();
        let _guard = runtime.enter();
        let (ids, failure, _) = one_by_one(&list);
        let server = Server::new(&list);
        let found = read(&server, &mut server.items().fetch_ahead(ahead), &mut Order(order.iter().cycle()));
        prop_assert_eq!(found, (ids, failure));
    }

    #[test]
    fn a_list_goes_on_where_it_was_left(list in honest(), ahead in 0..=8usize, order in order(), left in 0..30usize) {
        let runtime = runtime();
        let _guard = runtime.enter();
        let all: Vec<i64> = (0..list.total() as i64).collect();
        let mut order = Order(order.iter().cycle());

        // Item by item: those of the page at hand come again, and no others.
        let server = Server::new(&list);
        let mut items = server.items().fetch_ahead(ahead);
        let mut ids: Vec<i64> = Vec::new();
        while ids.len() < left && let Some(item) = order.next(&server, &mut items) {
            ids.push(item.unwrap().id);
        }
        let position: Option<Position> = items.position().map(|position| position.to_string().parse().unwrap());
        prop_assert_eq!(&position, &items.position());
        let page = items.info().map_or(0, |_| list.sizes.iter().copied().max().unwrap_or_default());
        drop(items);
        prop_assert_eq!(server.waiting(), 0, "requests are under way without anyone to read them");
        let rest = match &position {
            None => Vec::new(),
            Some(position) => {
                let mut items = server.items().start_at(position).unwrap().fetch_ahead(ahead);
                read(&server, &mut items, &mut order).0
            }
        };
        let again = ids.len() + rest.len() - all.len();
        prop_assert!(again < page.max(1), "{again} items come again");
        ids.truncate(ids.len() - again);
        prop_assert_eq!([ids, rest].concat(), &all[..]);

        // Page by page: none comes again.
        let mut pages = server.items().fetch_ahead(ahead).pages();
        let mut ids: Vec<i64> = Vec::new();
        while ids.len() < left && let Some(page) = order.next(&server, &mut pages) {
            ids.extend(page.unwrap().into_iter().map(|thing| thing.id));
        }
        if let Some(position) = pages.position() {
            drop(pages);
            let mut items = server.items().start_at(&position).unwrap().fetch_ahead(ahead);
            ids.extend(read(&server, &mut items, &mut order).0);
        }
        prop_assert_eq!(ids, all);
    }
}
