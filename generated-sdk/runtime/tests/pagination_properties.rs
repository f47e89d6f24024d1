//! Property tests of pagination: lists of any layout, from correct and faulty servers, with any number of
//! prefetched pages whose responses arrive in any order, yield the same items as sequential reading, and
//! always end.
//!
//! `PROPTEST_CASES=100000` runs more cases, `PROPTEST_RNG_SEED=7` other ones.

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
use sdk_runtime::{Items, Request, ResumeToken, Value, json};
use support::{ACCOUNT, Thing, builder, list, pages};

static OPERATIONS: [Operation; 8] = [
    list(&PAGE_NUMBERS_FROM_ONE),
    list(&PAGE_NUMBERS_FROM_ZERO),
    list(&OFFSETS_FROM_ZERO),
    list(&OFFSETS_FROM_ONE),
    list(&CURSORS),
    list(&LAST_ITEM),
    list(&NEXT_URLS),
    list(&LINK_HEADERS),
];
static PAGE_NUMBERS_FROM_ONE: Pagination = pages(&["info"], Scheme::PageNumber { page: "at", first: 1 });
static PAGE_NUMBERS_FROM_ZERO: Pagination = pages(&["info"], Scheme::PageNumber { page: "at", first: 0 });
static OFFSETS_FROM_ZERO: Pagination = pages(&["info"], Scheme::Offset { offset: "at", first: 0 });
static OFFSETS_FROM_ONE: Pagination = pages(&["info"], Scheme::Offset { offset: "at", first: 1 });
static CURSORS: Pagination = pages(&["info"], Scheme::Cursor { cursor: "at", next: &[&["next"]] });
static LAST_ITEM: Pagination = pages(&["info"], Scheme::LastItem { cursor: "at", item: &["id"] });
static NEXT_URLS: Pagination = pages(&["info"], Scheme::NextUrl { next: &[&["next"]] });
static LINK_HEADERS: Pagination = pages(&["info"], Scheme::LinkHeader);

/// Information about the length of the list that the server sends.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Announces {
    Nothing,
    Items,
    ItemsAndSize,
    Pages,
    HasMore,
}

/// Fault of the server. The list must end in the same way with and without prefetching.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    /// Every response is the first page.
    IgnoresParameter,
    /// Totals and flags are wrong, by a different amount on each page.
    WrongTotals(i8),
    /// This page is an error.
    ApiError(usize),
    /// This page does not match its type.
    DecodeError(usize),
    /// The page after this one is the first page.
    Cycle(usize),
}

#[derive(Clone, Debug)]
struct List {
    scheme: usize,
    /// Number of items on each page. For offsets, a page ends where the page of these sizes that contains it
    /// ends.
    page_sizes: Vec<usize>,
    announces: Announces,
    fault: Option<Fault>,
}

impl List {
    fn scheme(&self) -> &'static Scheme {
        &OPERATIONS[self.scheme].pagination.unwrap().scheme
    }

    fn is_computable(&self) -> bool {
        matches!(self.scheme(), Scheme::PageNumber { .. } | Scheme::Offset { .. })
    }

    fn total(&self) -> usize {
        self.page_sizes.iter().sum()
    }

    /// Returns the zero-based number of the requested page and the ids of its items.
    fn page(&self, at: Option<&str>) -> (usize, Vec<usize>) {
        let number = |first: u64| at.map_or(0, |at| at.parse::<usize>().unwrap() - first as usize);
        let before = |page: usize| self.page_sizes.iter().take(page).sum::<usize>();
        let (page, begin, size) = match self.scheme() {
            Scheme::Offset { first, .. } => {
                let offset = number(*first);
                let page = (0..self.page_sizes.len()).find(|page| before(page + 1) > offset);
                (page.unwrap_or(self.page_sizes.len()), offset, page.map_or(0, |page| self.page_sizes[page]))
            }
            Scheme::LastItem { .. } => {
                let begin = at.map_or(0, |at| at.parse::<usize>().unwrap() + 1);
                let page = (0..self.page_sizes.len()).find(|page| before(page + 1) > begin);
                (page.unwrap_or(self.page_sizes.len()), begin, page.map_or(0, |page| before(page + 1) - begin))
            }
            scheme => {
                let page = number(if let Scheme::PageNumber { first, .. } = scheme { *first } else { 0 });
                (page, before(page), self.page_sizes.get(page).copied().unwrap_or_default())
            }
        };
        (page, (begin..self.total().min(begin + size)).collect())
    }

    fn respond(&self, at: Option<&str>) -> http::Response<Body> {
        let at = at.filter(|_| self.fault != Some(Fault::IgnoresParameter));
        let (page, ids) = self.page(at);
        let is_last = ids.last().is_none_or(|last| last + 1 == self.total()) && page + 1 >= self.page_sizes.len();
        let mut items: Vec<Value> = ids.iter().map(|id| json!({"id": id})).collect();
        let (mut deviation, mut next) = (0, page + 1);
        match self.fault {
            Some(Fault::ApiError(refused)) if refused == page => {
                return http::Response::builder().status(403).body(Body::from("no")).unwrap();
            }
            Some(Fault::DecodeError(number)) if number == page => items.push(json!({"id": "none"})),
            Some(Fault::Cycle(end)) if end == page => next = 0,
            Some(Fault::WrongTotals(lie)) => deviation = i64::from(lie) * (page as i64 % 3 - 1),
            _ => {}
        }
        let wrong = |number: usize| (number as i64 + deviation).max(0);
        let mut info = match self.announces {
            Announces::Nothing => json!({}),
            Announces::Items => json!({"total_count": wrong(self.total())}),
            Announces::ItemsAndSize => {
                json!({"total_count": wrong(self.total()), "per_page": self.page_sizes.iter().max()})
            }
            Announces::Pages => json!({"total_pages": wrong(self.page_sizes.len())}),
            Announces::HasMore => json!({"has_more": (wrong(0) > 0) == is_last}),
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

/// An in-memory server whose responses are released by the test.
#[derive(Clone)]
struct MemoryServer(Arc<Shared>);

struct Shared {
    list: List,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Pending requests by number.
    pending: HashMap<usize, Option<Waker>>,
    received: usize,
    /// Maximum number of requests that were pending at the same time.
    max_pending: usize,
}

impl MemoryServer {
    fn new(list: &List) -> Self {
        Self(Arc::new(Shared { list: list.clone(), state: Mutex::default() }))
    }

    fn items(&self) -> Items<Thing> {
        let client = builder("https://api.test").transport(self.clone()).max_retries(0).build().unwrap();
        Request::new(&client, &OPERATIONS[self.0.list.scheme]).path(ACCOUNT).items()
    }

    /// Releases the response of one pending request. Returns `false` if no request is pending.
    fn respond(&self, choice: usize) -> bool {
        let mut state = self.0.state.lock().unwrap();
        let mut numbers: Vec<usize> = state.pending.keys().copied().collect();
        numbers.sort_unstable();
        let Some(number) = numbers.get(choice % numbers.len().max(1)) else { return false };
        if let Some(waker) = state.pending.remove(number).unwrap() {
            waker.wake();
        }
        true
    }

    fn pending(&self) -> usize {
        self.0.state.lock().unwrap().pending.len()
    }

    fn received(&self) -> usize {
        self.0.state.lock().unwrap().received
    }
}

impl Transport for MemoryServer {
    fn send(&self, request: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let mut state = self.0.state.lock().unwrap();
        let number = state.received;
        state.received += 1;
        state.pending.insert(number, None);
        state.max_pending = state.max_pending.max(state.pending.len());
        let at = request.uri().query().map(|query| query.strip_prefix("at=").unwrap().to_owned());
        Box::pin(PendingResponse { server: &self.0, number, at })
    }
}

struct PendingResponse<'a> {
    server: &'a Shared,
    number: usize,
    at: Option<String>,
}

impl Future for PendingResponse<'_> {
    type Output = Result<http::Response<Body>, TransportError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.server.state.lock().unwrap().pending.get_mut(&self.number) {
            Some(waker) => {
                *waker = Some(context.waker().clone());
                Poll::Pending
            }
            None => Poll::Ready(Ok(self.server.list.respond(self.at.as_deref()))),
        }
    }
}

impl Drop for PendingResponse<'_> {
    fn drop(&mut self) {
        self.server.state.lock().unwrap().pending.remove(&self.number);
    }
}

#[derive(Default)]
struct WakeFlag(AtomicBool);

impl Wake for WakeFlag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Order of responses: each number selects a pending request, or none if it is [`PAUSE`].
struct ResponseOrder<'a>(std::iter::Cycle<std::slice::Iter<'a, usize>>);

/// No response is released.
const PAUSE: usize = 9;

impl ResponseOrder<'_> {
    /// Returns the next item of the stream.
    fn next<S: Stream + Unpin>(&mut self, server: &MemoryServer, stream: &mut S) -> Option<S::Item> {
        let was_woken = Arc::new(WakeFlag::default());
        let waker = Waker::from(Arc::clone(&was_woken));
        if let Some(choice) = self.0.next().filter(|choice| **choice != PAUSE) {
            server.respond(*choice);
        }
        loop {
            let lower_bound = stream.size_hint().0;
            match Pin::new(&mut *stream).poll_next(&mut Context::from_waker(&waker)) {
                Poll::Ready(item) => {
                    assert!(item.is_some() || lower_bound == 0, "fewer items than the size hint");
                    return item;
                }
                Poll::Pending => {
                    let responded = server.respond(*self.0.next().unwrap());
                    let was_woken = was_woken.0.swap(false, Ordering::SeqCst);
                    assert!(was_woken, "the stream makes no progress (response released: {responded})");
                }
            }
            assert!(server.received() < 1000, "the list does not end");
        }
    }
}

/// Reads a list to its end. Returns the ids and the error that ended the list.
fn read(
    server: &MemoryServer,
    items: &mut Items<Thing>,
    response_order: &mut ResponseOrder<'_>,
) -> (Vec<i64>, Option<String>) {
    let mut ids = Vec::new();
    let mut failure = None;
    while let Some(item) = response_order.next(server, items) {
        assert_eq!(failure, None, "an item follows an error");
        match item {
            Ok(thing) => ids.push(thing.id),
            Err(error) => failure = Some(error.to_string()),
        }
    }
    assert_eq!(items.size_hint(), (0, Some(0)));
    assert_eq!(server.pending(), 0, "requests are in flight after the end");
    (ids, failure)
}

fn read_sequentially(list: &List) -> (Vec<i64>, Option<String>, usize) {
    let server = MemoryServer::new(list);
    let (ids, failure) = read(&server, &mut server.items(), &mut ResponseOrder([0].iter().cycle()));
    (ids, failure, server.received())
}

#[test]
fn speculation_stops_after_a_wrong_prediction_of_page_sizes() {
    let timer_runtime = timer_runtime();
    let _guard = timer_runtime.enter();
    let list = List { scheme: 2, page_sizes: [3, 1].repeat(8), announces: Announces::Items, fault: None };
    let (expected, _, requests) = read_sequentially(&list);
    let server = MemoryServer::new(&list);
    let (ids, _) = read(&server, &mut server.items().prefetch(4), &mut ResponseOrder([0].iter().cycle()));
    assert_eq!((ids, requests), (expected, 16));
    assert_eq!(server.received(), requests + 3, "only the first speculative requests are wasted");
}

#[test]
fn collecting_up_to_a_limit_requests_no_page_beyond_it() {
    let timer_runtime = timer_runtime();
    let _guard = timer_runtime.enter();
    let list = List { scheme: 0, page_sizes: vec![2; 9], announces: Announces::Pages, fault: None };
    let server = MemoryServer::new(&list);
    let mut items = server.items().prefetch(8);
    for (max, requests) in [(1, 1), (1, 1), (3, 3), (1, 3), (4, 5)] {
        let mut collected = std::pin::pin!(items.try_collect_up_to(max));
        let collected = loop {
            match collected.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(collected) => break collected.unwrap(),
                Poll::Pending => assert!(server.respond(0), "the list makes no progress"),
            }
        };
        assert_eq!((collected.len(), server.received()), (max, requests));
    }
}

/// Returns a runtime with timers, which calls need for their timeouts.
fn timer_runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap()
}

fn announces() -> impl Strategy<Value = Announces> {
    use Announces::{HasMore, Items, ItemsAndSize, Nothing, Pages};
    prop_oneof![Just(Nothing), Just(Items), Just(ItemsAndSize), Just(Pages), Just(HasMore)]
}

/// Generates page sizes: uniform, varying, or with empty pages.
fn page_sizes() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![
        (0..12usize, 1..5usize, 1..5usize).prop_map(|(pages, size, last)| {
            let full = std::iter::repeat_n(size, pages);
            full.chain([last.min(size)]).collect()
        }),
        vec(1..5usize, 0..12),
        vec(0..4usize, 0..12),
    ]
}

fn correct_list() -> impl Strategy<Value = List> {
    (0..OPERATIONS.len(), page_sizes(), announces()).prop_map(|(scheme, mut page_sizes, announces)| {
        let list = |page_sizes| List { scheme, page_sizes, announces, fault: None };
        // An empty page ends the list unless the server sends cursors or links.
        if !matches!(
            list(Vec::new()).scheme(),
            Scheme::Cursor { .. } | Scheme::NextUrl { .. } | Scheme::LinkHeader
        ) {
            page_sizes.retain(|size| *size > 0);
        }
        list(page_sizes)
    })
}

fn faulty_list() -> impl Strategy<Value = List> {
    let fault = prop_oneof![
        Just(Fault::IgnoresParameter),
        (-5..5i8).prop_map(Fault::WrongTotals),
        (0..12usize).prop_map(Fault::ApiError),
        (0..12usize).prop_map(Fault::DecodeError),
        (0..12usize).prop_map(Fault::Cycle),
    ];
    (0..OPERATIONS.len(), page_sizes(), announces(), fault).prop_map(|(scheme, page_sizes, announces, fault)| {
        List { scheme, page_sizes, announces, fault: Some(fault) }
    })
}

fn response_order() -> impl Strategy<Value = Vec<usize>> {
    vec(0..=PAUSE, 1..20)
}

/// Returns the configuration, with a fixed seed unless the environment sets one.
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
    fn every_item_is_read_once_and_in_order(
        list in correct_list(),
        prefetch in 0..=8usize,
        response_order in response_order(),
    ) {
        let timer_runtime = timer_runtime();
        let _guard = timer_runtime.enter();
        let expected: Vec<i64> = (0..list.total() as i64).collect();
        let (ids, failure, requests) = read_sequentially(&list);
        prop_assert_eq!((&ids, &failure), (&expected, &None));

        let server = MemoryServer::new(&list);
        let mut items = server.items().prefetch(prefetch);
        let (ids, failure) = read(&server, &mut items, &mut ResponseOrder(response_order.iter().cycle()));
        prop_assert_eq!((&ids, &failure), (&expected, &None));
        prop_assert_eq!(items.progress().items_read, ids.len() as u64);
        prop_assert_eq!(items.resume_token(), None);

        let state = server.0.state.lock().unwrap();
        let allowed = if list.is_computable() { prefetch.max(1) } else { 1 };
        prop_assert!(state.max_pending <= allowed, "{} at the same time", state.max_pending);
        let size = list.page_sizes.first().copied().unwrap_or_default();
        let last = list.page_sizes.last().copied().unwrap_or_default();
        let is_uniform = last <= size && list.page_sizes.iter().rev().skip(1).all(|each| *each == size);
        let is_predictable = match (list.scheme(), list.announces) {
            (Scheme::PageNumber { .. }, Announces::Pages) => true,
            (Scheme::PageNumber { .. } | Scheme::Offset { .. }, announces) => {
                is_uniform && matches!(announces, Announces::Items | Announces::ItemsAndSize)
            }
            _ => true,
        };
        if is_predictable && list.is_computable() && requests > 1 {
            let expected = prefetch.clamp(1, requests - 1);
            prop_assert_eq!(state.max_pending, expected, "the allowed number of pages is prefetched");
        }
        let max = if is_predictable { requests } else { requests * (prefetch + 1) };
        prop_assert!(state.received <= max, "{} requests, {requests} when sequential", state.received);
    }

    #[test]
    fn prefetching_does_not_change_items_or_errors(
        list in faulty_list(),
        prefetch in 1..=8usize,
        response_order in response_order(),
    ) {
        let timer_runtime = timer_runtime();
        let _guard = timer_runtime.enter();
        let (ids, failure, _) = read_sequentially(&list);
        let server = MemoryServer::new(&list);
        let found = read(&server, &mut server.items().prefetch(prefetch), &mut ResponseOrder(response_order.iter().cycle()));
        prop_assert_eq!(found, (ids, failure));
    }

    #[test]
    fn a_list_resumes_where_reading_stopped(
        list in correct_list(),
        prefetch in 0..=8usize,
        response_order in response_order(),
        items_read in 0..30usize,
    ) {
        let timer_runtime = timer_runtime();
        let _guard = timer_runtime.enter();
        let all: Vec<i64> = (0..list.total() as i64).collect();
        let mut response_order = ResponseOrder(response_order.iter().cycle());

        // Item by item: only items of the current page are repeated.
        let server = MemoryServer::new(&list);
        let mut items = server.items().prefetch(prefetch);
        let mut ids: Vec<i64> = Vec::new();
        while ids.len() < items_read && let Some(item) = response_order.next(&server, &mut items) {
            ids.push(item.unwrap().id);
        }
        let token: Option<ResumeToken> = items.resume_token().map(|token| token.to_string().parse().unwrap());
        prop_assert_eq!(&token, &items.resume_token());
        let page = items.info().map_or(0, |_| list.page_sizes.iter().copied().max().unwrap_or_default());
        drop(items);
        prop_assert_eq!(server.pending(), 0, "requests are in flight after the list was dropped");
        let rest = match &token {
            None => Vec::new(),
            Some(token) => {
                let mut items = server.items().resume_from(token).unwrap().prefetch(prefetch);
                read(&server, &mut items, &mut response_order).0
            }
        };
        let repeated = ids.len() + rest.len() - all.len();
        prop_assert!(repeated < page.max(1), "{repeated} items are repeated");
        ids.truncate(ids.len() - repeated);
        prop_assert_eq!([ids, rest].concat(), &all[..]);

        // Page by page: no item is repeated.
        let mut pages = server.items().prefetch(prefetch).pages();
        let mut ids: Vec<i64> = Vec::new();
        while ids.len() < items_read && let Some(page) = response_order.next(&server, &mut pages) {
            ids.extend(page.unwrap().into_iter().map(|thing| thing.id));
        }
        if let Some(token) = pages.resume_token() {
            drop(pages);
            let mut items = server.items().resume_from(&token).unwrap().prefetch(prefetch);
            ids.extend(read(&server, &mut items, &mut response_order).0);
        }
        prop_assert_eq!(ids, all);
    }
}
