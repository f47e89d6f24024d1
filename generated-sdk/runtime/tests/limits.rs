//! What a client spares a server, and what it tells of it. The clock stands still but for what is waited for.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::Response;
use sdk_runtime::observe::{Attempt, Outcome};
use sdk_runtime::operation::Operation;
use sdk_runtime::retry::{Cause, Decision, Failed, NoRetry, Retry};
use sdk_runtime::transport::{Body, BoxFuture, Transport, TransportError, http};
use sdk_runtime::{Client, ClientBuilder, Error, Request, RequestOptions, RetryBudget, RetryPolicy};
use support::{ACCOUNT, API, API_TOKEN, THING, TOKEN, assert_says, create_thing, get_thing, list_things};
use tokio::time::Instant;

static FILE: Operation = support::operation("files.get", "GET", "/file", None);

/// Answers every request after a while, and notes when each came and how many there were at a time.
#[derive(Clone)]
struct Desk(Arc<Inner>);

struct Inner {
    answer: fn(usize) -> Response<Body>,
    takes: Duration,
    begin: Instant,
    came: Mutex<Vec<(Duration, http::HeaderMap)>>,
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Desk {
    fn new(takes: Duration, answer: fn(usize) -> Response<Body>) -> Self {
        let (now, most) = Default::default();
        Self(Arc::new(Inner { answer, takes, begin: Instant::now(), came: Mutex::default(), now, most }))
    }

    fn builder(&self) -> ClientBuilder {
        ClientBuilder::new(&API).credential(&API_TOKEN, TOKEN).retry(at_once()).transport(self.clone())
    }

    /// When the requests came, in seconds.
    fn seconds(&self) -> Vec<u64> {
        self.0.came.lock().unwrap().iter().map(|(time, _)| time.as_secs()).collect()
    }

    fn header(&self, name: &str) -> Vec<Option<String>> {
        let came = self.0.came.lock().unwrap();
        came.iter().map(|(_, headers)| Some(headers.get(name)?.to_str().unwrap().to_owned())).collect()
    }
}

impl Transport for Desk {
    fn send(&self, request: http::Request<Body>) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        let inner = &self.0;
        let number = {
            let mut came = inner.came.lock().unwrap();
            came.push((inner.begin.elapsed(), request.headers().clone()));
            came.len() - 1
        };
        Box::pin(async move {
            let now = inner.now.fetch_add(1, Ordering::SeqCst) + 1;
            inner.most.fetch_max(now, Ordering::SeqCst);
            tokio::time::sleep(inner.takes).await;
            inner.now.fetch_sub(1, Ordering::SeqCst);
            Ok((inner.answer)(number))
        })
    }
}

fn at_once() -> RetryPolicy {
    let mut policy = RetryPolicy::default();
    policy.initial_backoff = Duration::ZERO;
    policy
}

fn answer(status: u16, headers: &[(&str, &str)]) -> Response<Body> {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(Body::from(r#"{"success":true,"result":{"id":7}}"#)).unwrap()
}

fn well(_: usize) -> Response<Body> {
    answer(200, &[])
}

fn out_of_order(_: usize) -> Response<Body> {
    answer(500, &[])
}

async fn get_many(client: &Client, count: usize) {
    let calls: Vec<_> = (0..count).map(|_| tokio::spawn(get_thing(client, ACCOUNT, THING).send())).collect();
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap().result.id, 7);
    }
}

#[tokio::test(start_paused = true)]
async fn no_more_requests_are_sent_than_the_rate_allows() {
    let desk = Desk::new(Duration::ZERO, well);
    let client = desk.builder().rate_limit(3, Duration::from_secs(10)).build().unwrap();
    get_many(&client.clone(), 8).await;
    assert_eq!(desk.seconds(), [0, 0, 0, 10, 10, 10, 20, 20]);
    // The wait is part of the call's time, and nothing was sent.
    let error = get_thing(&client, ACCOUNT, THING).with_timeout(Duration::from_secs(5)).send();
    let [_, error] = [get_thing(&client, ACCOUNT, THING).await.err(), error.await.err()];
    assert!(error.as_ref().is_some_and(|error| error.is_timeout() && error.request().unwrap().attempts == 0));
    assert_eq!(desk.seconds().len(), 9);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_is_there_keeps_no_place_until_it_is_read() {
    let desk = Desk::new(Duration::from_secs(1), |number| match number {
        0 | 1 => {
            let items = r#"[{"id":1},{"id":2},{"id":3}]"#;
            let info = r#"{"page":1,"per_page":3,"count":3,"total_count":6,"total_pages":2}"#;
            Response::new(Body::from(format!(r#"{{"success":true,"result":{items},"result_info":{info}}}"#)))
        }
        _ => well(number),
    });
    let client = desk.builder().max_concurrent_requests(2).build().unwrap();
    let mut items = list_things(&client).items().fetch_ahead(1);
    // The second page is asked for with the first item, and is there before the third.
    for _ in 0..3 {
        items.try_next().await.unwrap().unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    get_many(&client, 2).await;
    assert_eq!(desk.seconds(), [0, 1, 4, 4]);
}

#[tokio::test(start_paused = true)]
async fn no_more_requests_are_under_way_than_allowed() {
    let desk = Desk::new(Duration::from_secs(1), well);
    let client = desk.builder().max_concurrent_requests(4).build().unwrap();
    get_many(&client, 10).await;
    assert_eq!((desk.0.most.load(Ordering::SeqCst), desk.0.begin.elapsed()), (4, Duration::from_secs(3)));
    // A call that is dropped gives its place back.
    for _ in 0..8 {
        let call = get_thing(&client, ACCOUNT, THING).send();
        tokio::time::timeout(Duration::from_millis(1), call).await.unwrap_err();
    }
    // An answer that is read as a stream has its place until it is dropped.
    let mut streams = Vec::new();
    for _ in 0..4 {
        streams.push(Request::new(&client, &FILE).chunks().await.unwrap());
    }
    let call = get_thing(&client, ACCOUNT, THING).with_timeout(Duration::from_secs(60));
    assert!(call.clone().await.unwrap_err().is_timeout());
    drop(streams.pop());
    assert_eq!(call.await.unwrap().id, 7);
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_the_server_announces_is_waited_for() {
    let desk = Desk::new(Duration::ZERO, |number| match number {
        1 => answer(200, &[("ratelimit", r#""default";r=0;t=30"#)]),
        3 => answer(200, &[("ratelimit", r#""default";r=0;t=3600"#)]),
        _ => answer(200, &[("ratelimit", r#""default";r=9;t=30"#)]),
    });
    let client = desk.builder().build().unwrap();
    for _ in 0..5 {
        get_thing(&client, ACCOUNT, THING).await.unwrap();
    }
    assert_eq!(desk.seconds(), [0, 0, 30, 30, 30], "an hour is not waited for");
    let desk = Desk::new(Duration::ZERO, |_| answer(200, &[("ratelimit", r#""default";r=0;t=30"#)]));
    let client = desk.builder().obey_rate_limit_headers(false).build().unwrap();
    get_many(&client, 3).await;
    assert_eq!(desk.seconds(), [0, 0, 0]);
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_not_made_worse() {
    let desk = Desk::new(Duration::ZERO, out_of_order);
    let client = desk.builder().retry_budget(RetryBudget::new(10)).build().unwrap();
    let mut reasons = Vec::new();
    for _ in 0..100 {
        reasons.push(get_thing(&client, ACCOUNT, THING).await.unwrap_err().no_retry().unwrap());
    }
    assert_eq!(desk.seconds().len(), 110);
    assert_eq!((&reasons[..5], &reasons[5..]), (&[NoRetry::Exhausted; 5][..], &[NoRetry::Budget; 95][..]));
    // What can be said without a retry costs nothing.
    let error = create_thing(&client).await.unwrap_err();
    assert_eq!(error.no_retry(), Some(NoRetry::Unsafe));
    assert_says(&error, &["POST", "500", "; not sent again: the server may have acted on it"]);
}

#[tokio::test(start_paused = true)]
async fn rules_can_be_replaced_for_a_client_and_for_a_request() {
    let desk = Desk::new(Duration::ZERO, |number| answer(if number < 2 { 409 } else { 200 }, &[]));
    let patient = |failed: &Failed<'_>| match failed.cause {
        Cause::Answer(status, _) if status == 409 => Decision::Again(Duration::from_secs(5)),
        _ => at_once().decide(failed),
    };
    let client = desk.builder().retry(patient).build().unwrap();
    assert_eq!(create_thing(&client).send().await.unwrap().attempts, 3);
    assert_eq!(desk.seconds(), [0, 5, 10]);

    let desk = Desk::new(Duration::ZERO, out_of_order);
    let client = desk.builder().build().unwrap();
    let never = |_: &Failed<'_>| Decision::Stop(NoRetry::Final);
    get_thing(&client, ACCOUNT, THING).with_retry(never).await.unwrap_err();
    assert_eq!(desk.seconds().len(), 1);
    // A request may be called idempotent, or not.
    create_thing(&client).with_idempotent(true).await.unwrap_err();
    assert_eq!(desk.seconds().len(), 4);
    let error = get_thing(&client, ACCOUNT, THING).with_idempotent(false).await.unwrap_err();
    assert_eq!((desk.seconds().len(), error.no_retry()), (5, Some(NoRetry::Unsafe)));
    // There must be time for the wait.
    let slow = |_: &Failed<'_>| Decision::Again(Duration::from_secs(10));
    let call = get_thing(&client, ACCOUNT, THING).with_retry(slow).with_timeout(Duration::from_secs(15));
    let error = call.await.unwrap_err();
    assert_eq!((desk.seconds().len(), error.no_retry()), (7, Some(NoRetry::Time)));
}

/// The same key in every attempt of a call, another one in the next call.
#[tokio::test(start_paused = true)]
async fn a_post_with_a_key_may_be_sent_again() {
    static API: sdk_runtime::operation::Api =
        sdk_runtime::operation::Api { idempotency_header: Some("X-Once"), ..support::API };
    let desk = Desk::new(Duration::ZERO, out_of_order);
    let builder = ClientBuilder::new(&API).credential(&API_TOKEN, TOKEN).retry(at_once());
    let client = builder.transport(desk.clone()).build().unwrap();
    create_thing(&client).await.unwrap_err();
    create_thing(&client).with_max_retries(1).await.unwrap_err();
    create_thing(&client).with_idempotency_key("mine").with_max_retries(1).await.unwrap_err();
    let keys: Vec<String> = desk.header("x-once").into_iter().flatten().collect();
    let [a, b, c, d, e, f, g] = keys.as_slice() else { panic!("{keys:?}") };
    assert!(a == b && b == c && d == e && a != d, "{keys:?}");
    assert_eq!([f.as_str(), g.as_str()], ["mine"; 2]);
    let groups: Vec<usize> = a.split('-').map(str::len).collect();
    assert!(groups == [8, 4, 4, 4, 12] && a.as_bytes()[14] == b'4', "{a}");
    // What may be sent twice anyway needs none.
    get_thing(&client, ACCOUNT, THING).with_max_retries(0).await.unwrap_err();
    assert_eq!(desk.header("x-once").last(), Some(&None));
}

#[tokio::test(start_paused = true)]
async fn every_attempt_is_told_of() {
    let desk = Desk::new(Duration::from_secs(1), |number| match number {
        0 => answer(503, &[("retry-after", "7")]),
        1 => answer(429, &[]),
        _ => answer(404, &[]),
    });
    let told: Arc<Mutex<Vec<String>>> = Arc::default();
    let note = Arc::clone(&told);
    let observer = move |attempt: &Attempt<'_>| {
        let outcome = match attempt.outcome {
            Outcome::Answer(status, headers) => format!("{status} {}", headers.len()),
            Outcome::Error(error) => format!("{}", error.is_timeout()),
            _ => String::new(),
        };
        let Attempt { method, path, number, elapsed, next, .. } = attempt;
        note.lock().unwrap().push(format!("{number} {method} {path}: {outcome}, {elapsed:?}, {next:?}"));
    };
    let client = desk.builder().observer(observer).build().unwrap();
    let error = get_thing(&client, ACCOUNT, THING).await.unwrap_err();
    assert!(matches!(&error, Error::Api(error) if error.request.attempts == 3) && error.is_not_found());
    get_thing(&client, ACCOUNT, THING)
        .with_attempt_timeout(Duration::from_millis(10))
        .with_max_retries(0)
        .await
        .unwrap_err();
    let path = "GET /accounts/{account_id}/things/{thing_id}";
    let expected = [
        format!("1 {path}: 503 Service Unavailable 1, 1s, Some(7s)"),
        format!("2 {path}: 429 Too Many Requests 0, 1s, Some(0ns)"),
        format!("3 {path}: 404 Not Found 0, 1s, None"),
        format!("1 {path}: true, 10ms, None"),
    ];
    assert_eq!(*told.lock().unwrap(), expected);
}

#[test]
fn credentials_go_in_the_clear_only_to_this_machine() {
    let build = |url: &str| ClientBuilder::new(&API).credential(&API_TOKEN, TOKEN).base_url(url);
    for url in [
        "https://api.example.com",
        "http://localhost:80",
        "http://127.8.0.1/v4",
        "http://[::1]",
        "http://a.localhost",
    ] {
        build(url).build().unwrap();
    }
    for url in ["http://api.example.com", "http://localhost.example.com", "http://10.0.0.1", "http://128.0.0.1"] {
        let error = build(url).build().unwrap_err();
        assert_says(&error, &["in the clear", "allow_http"]);
        build(url).allow_http().build().unwrap();
    }
}

#[test]
fn a_request_is_shown_as_a_command_without_its_secrets() {
    let client = ClientBuilder::new(&API).credential(&API_TOKEN, TOKEN).build().unwrap();
    let mut request = create_thing(&client).name("it's").with_header("cookie", "mine").with_query("a", "b c");
    let url = "https://api.example.invalid/client/v4/accounts/acc0unt-5d2e/things?a=b%20c";
    let words = [
        "-X POST",
        r#"-H "Authorization: Bearer $CLOUDFLARE_API_TOKEN""#,
        "-H 'user-agent: example-sdk/1.2.3'",
        "-H 'accept: application/json'",
        "-H 'cookie: [secret]'",
        "-H 'content-type: application/json'",
    ];
    let expected = format!("curl '{url}' \\\n  {} \\\n  --data-raw ", words.join(" \\\n  "));
    assert_eq!(request.as_curl().unwrap(), format!("{expected}'[15 bytes]'"));
    assert_eq!(request.as_curl_with_body().unwrap(), expected + r#"'{"name":"it'\''s"}'"#);
    // One that a program sets itself takes the place of the client's.
    let mut own = get_thing(&client, ACCOUNT, THING).with_header("authorization", "Bearer mine");
    let shown = own.as_curl().unwrap();
    assert!(shown.contains("'authorization: [secret]'") && !shown.contains("$CLOUDFLARE"), "{shown}");
}
