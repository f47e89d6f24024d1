//! Rate limits, concurrency limits, retry budgets, retry policies and observers, with tokio's clock paused.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::Response;
use sdk_runtime::observe::{Attempt, Outcome};
use sdk_runtime::operation::Operation;
use sdk_runtime::retry::{Cause, Decision, FailedAttempt, NoRetryReason, Retry};
use sdk_runtime::transport::{Body, BoxFuture, Transport, TransportError, http};
use sdk_runtime::{Client, ClientBuilder, Error, Request, RequestOptions, RetryBudget, RetryPolicy};
use support::{ACCOUNT, API, API_TOKEN, THING, TOKEN, assert_message, create_thing, get_thing, list_things};
use tokio::time::Instant;

static FILE: Operation = support::operation("files.get", "GET", "/file", None);

/// Transport that responds after a fixed latency, and records the time of each request and the concurrency.
#[derive(Clone)]
struct RecordingTransport(Arc<State>);

struct State {
    response: fn(usize) -> Response<Body>,
    latency: Duration,
    begin: Instant,
    requests: Mutex<Vec<(Duration, http::HeaderMap)>>,
    in_flight: AtomicUsize,
    max_in_flight: AtomicUsize,
}

impl RecordingTransport {
    fn new(latency: Duration, response: fn(usize) -> Response<Body>) -> Self {
        let (in_flight, max_in_flight) = Default::default();
        Self(Arc::new(State {
            response,
            latency,
            begin: Instant::now(),
            requests: Mutex::default(),
            in_flight,
            max_in_flight,
        }))
    }

    fn builder(&self) -> ClientBuilder {
        ClientBuilder::new(&API).credential(&API_TOKEN, TOKEN).retry(retry_immediately()).transport(self.clone())
    }

    /// Returns the time of each request, in seconds since the creation of the transport.
    fn seconds(&self) -> Vec<u64> {
        self.0.requests.lock().unwrap().iter().map(|(time, _)| time.as_secs()).collect()
    }

    fn header(&self, name: &str) -> Vec<Option<String>> {
        let requests = self.0.requests.lock().unwrap();
        requests.iter().map(|(_, headers)| Some(headers.get(name)?.to_str().unwrap().to_owned())).collect()
    }
}

impl Transport for RecordingTransport {
    fn send(&self, request: http::Request<Body>) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        let state = &self.0;
        let number = {
            let mut requests = state.requests.lock().unwrap();
            requests.push((state.begin.elapsed(), request.headers().clone()));
            requests.len() - 1
        };
        Box::pin(async move {
            let in_flight = state.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
            state.max_in_flight.fetch_max(in_flight, Ordering::SeqCst);
            tokio::time::sleep(state.latency).await;
            state.in_flight.fetch_sub(1, Ordering::SeqCst);
            Ok((state.response)(number))
        })
    }
}

fn retry_immediately() -> RetryPolicy {
    let mut policy = RetryPolicy::default();
    policy.initial_backoff = Duration::ZERO;
    policy
}

fn response(status: u16, headers: &[(&str, &str)]) -> Response<Body> {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(Body::from(r#"{"success":true,"result":{"id":7}}"#)).unwrap()
}

fn success(_: usize) -> Response<Body> {
    response(200, &[])
}

fn server_error(_: usize) -> Response<Body> {
    response(500, &[])
}

async fn get_many(client: &Client, count: usize) {
    let calls: Vec<_> = (0..count).map(|_| tokio::spawn(get_thing(client, ACCOUNT, THING).send())).collect();
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap().result.id, 7);
    }
}

#[tokio::test(start_paused = true)]
async fn rate_limit_delays_requests() {
    let transport = RecordingTransport::new(Duration::ZERO, success);
    let client = transport.builder().rate_limit(3, Duration::from_secs(10)).build().unwrap();
    get_many(&client.clone(), 8).await;
    assert_eq!(transport.seconds(), [0, 0, 0, 10, 10, 10, 20, 20]);
    // The delay counts towards the timeout of the call. The call that times out sends nothing.
    let error = get_thing(&client, ACCOUNT, THING).with_timeout(Duration::from_secs(5)).send();
    let [_, error] = [get_thing(&client, ACCOUNT, THING).await.err(), error.await.err()];
    assert!(error.as_ref().is_some_and(|error| error.is_timeout() && error.request().unwrap().attempts == 0));
    assert_eq!(transport.seconds().len(), 9);
}

#[tokio::test(start_paused = true)]
async fn a_prefetched_page_holds_no_permit() {
    let transport = RecordingTransport::new(Duration::from_secs(1), |number| match number {
        0 | 1 => {
            let items = r#"[{"id":1},{"id":2},{"id":3}]"#;
            let info = r#"{"page":1,"per_page":3,"count":3,"total_count":6,"total_pages":2}"#;
            Response::new(Body::from(format!(r#"{{"success":true,"result":{items},"result_info":{info}}}"#)))
        }
        _ => success(number),
    });
    let client = transport.builder().max_concurrent_requests(2).build().unwrap();
    let mut items = list_things(&client).items().prefetch(1);
    // The second page is requested with the first item, and is received before the third item is read.
    for _ in 0..3 {
        items.try_next().await.unwrap().unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    get_many(&client, 2).await;
    assert_eq!(transport.seconds(), [0, 1, 4, 4]);
}

#[tokio::test(start_paused = true)]
async fn max_concurrent_requests_limits_requests_in_flight() {
    let transport = RecordingTransport::new(Duration::from_secs(1), success);
    let client = transport.builder().max_concurrent_requests(4).build().unwrap();
    get_many(&client, 10).await;
    assert_eq!(
        (transport.0.max_in_flight.load(Ordering::SeqCst), transport.0.begin.elapsed()),
        (4, Duration::from_secs(3))
    );
    // A dropped call releases its permit.
    for _ in 0..8 {
        let call = get_thing(&client, ACCOUNT, THING).send();
        tokio::time::timeout(Duration::from_millis(1), call).await.unwrap_err();
    }
    // A streamed response holds its permit until it is dropped.
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
async fn rate_limit_headers_delay_requests() {
    let transport = RecordingTransport::new(Duration::ZERO, |number| match number {
        1 => response(200, &[("ratelimit", r#""default";r=0;t=30"#)]),
        3 => response(200, &[("ratelimit", r#""default";r=0;t=3600"#)]),
        _ => response(200, &[("ratelimit", r#""default";r=9;t=30"#)]),
    });
    let client = transport.builder().build().unwrap();
    for _ in 0..5 {
        get_thing(&client, ACCOUNT, THING).await.unwrap();
    }
    assert_eq!(transport.seconds(), [0, 0, 30, 30, 30], "a delay of an hour is ignored");
    let transport =
        RecordingTransport::new(Duration::ZERO, |_| response(200, &[("ratelimit", r#""default";r=0;t=30"#)]));
    let client = transport.builder().obey_rate_limit_headers(false).build().unwrap();
    get_many(&client, 3).await;
    assert_eq!(transport.seconds(), [0, 0, 0]);
}

#[tokio::test(start_paused = true)]
async fn the_retry_budget_limits_retries_during_an_outage() {
    let transport = RecordingTransport::new(Duration::ZERO, server_error);
    let client = transport.builder().retry_budget(RetryBudget::new(10)).build().unwrap();
    let mut reasons = Vec::new();
    for _ in 0..100 {
        reasons.push(get_thing(&client, ACCOUNT, THING).await.unwrap_err().no_retry_reason().unwrap());
    }
    assert_eq!(transport.seconds().len(), 110);
    assert_eq!(
        (&reasons[..5], &reasons[5..]),
        (&[NoRetryReason::MaxRetries; 5][..], &[NoRetryReason::Budget; 95][..])
    );
    // An error that is not retried costs no budget.
    let error = create_thing(&client).await.unwrap_err();
    assert_eq!(error.no_retry_reason(), Some(NoRetryReason::NotIdempotent));
    assert_message(&error, &["POST", "500", "; not retried: the server may have acted on the request"]);
}

#[tokio::test(start_paused = true)]
async fn the_retry_policy_can_be_replaced_per_client_and_per_request() {
    let transport =
        RecordingTransport::new(Duration::ZERO, |number| response(if number < 2 { 409 } else { 200 }, &[]));
    let retry_conflicts = |failed: &FailedAttempt<'_>| match failed.cause {
        Cause::Response(status, _) if status == 409 => Decision::Retry(Duration::from_secs(5)),
        _ => retry_immediately().decide(failed),
    };
    let client = transport.builder().retry(retry_conflicts).build().unwrap();
    assert_eq!(create_thing(&client).send().await.unwrap().attempts, 3);
    assert_eq!(transport.seconds(), [0, 5, 10]);

    let transport = RecordingTransport::new(Duration::ZERO, server_error);
    let client = transport.builder().build().unwrap();
    let give_up = |_: &FailedAttempt<'_>| Decision::GiveUp(NoRetryReason::Permanent);
    get_thing(&client, ACCOUNT, THING).with_retry(give_up).await.unwrap_err();
    assert_eq!(transport.seconds().len(), 1);
    // A request can be declared idempotent or not idempotent.
    create_thing(&client).with_idempotent(true).await.unwrap_err();
    assert_eq!(transport.seconds().len(), 4);
    let error = get_thing(&client, ACCOUNT, THING).with_idempotent(false).await.unwrap_err();
    assert_eq!((transport.seconds().len(), error.no_retry_reason()), (5, Some(NoRetryReason::NotIdempotent)));
    // No retry if the delay exceeds the remaining time.
    let slow = |_: &FailedAttempt<'_>| Decision::Retry(Duration::from_secs(10));
    let call = get_thing(&client, ACCOUNT, THING).with_retry(slow).with_timeout(Duration::from_secs(15));
    let error = call.await.unwrap_err();
    assert_eq!((transport.seconds().len(), error.no_retry_reason()), (7, Some(NoRetryReason::Timeout)));
}

/// All attempts of a call send the same key. Each call has its own.
#[tokio::test(start_paused = true)]
async fn a_post_with_an_idempotency_key_is_retried() {
    static API: sdk_runtime::operation::Api =
        sdk_runtime::operation::Api { idempotency_header: Some("X-Once"), ..support::API };
    let transport = RecordingTransport::new(Duration::ZERO, server_error);
    let builder = ClientBuilder::new(&API).credential(&API_TOKEN, TOKEN).retry(retry_immediately());
    let client = builder.transport(transport.clone()).build().unwrap();
    create_thing(&client).await.unwrap_err();
    create_thing(&client).with_max_retries(1).await.unwrap_err();
    create_thing(&client).with_idempotency_key("mine").with_max_retries(1).await.unwrap_err();
    let keys: Vec<String> = transport.header("x-once").into_iter().flatten().collect();
    let [a, b, c, d, e, f, g] = keys.as_slice() else { panic!("{keys:?}") };
    assert!(a == b && b == c && d == e && a != d, "{keys:?}");
    assert_eq!([f.as_str(), g.as_str()], ["mine"; 2]);
    let groups: Vec<usize> = a.split('-').map(str::len).collect();
    assert!(groups == [8, 4, 4, 4, 12] && a.as_bytes()[14] == b'4', "{a}");
    // An idempotent request needs no key.
    get_thing(&client, ACCOUNT, THING).with_max_retries(0).await.unwrap_err();
    assert_eq!(transport.header("x-once").last(), Some(&None));
}

#[tokio::test(start_paused = true)]
async fn observers_see_every_attempt() {
    let transport = RecordingTransport::new(Duration::from_secs(1), |number| match number {
        0 => response(503, &[("retry-after", "7")]),
        1 => response(429, &[]),
        _ => response(404, &[]),
    });
    let attempts: Arc<Mutex<Vec<String>>> = Arc::default();
    let recorded = Arc::clone(&attempts);
    let observer = move |attempt: &Attempt<'_>| {
        let outcome = match attempt.outcome {
            Outcome::Response(status, headers) => format!("{status} {}", headers.len()),
            Outcome::Error(error) => format!("{}", error.is_timeout()),
            _ => String::new(),
        };
        let Attempt { method, path, number, elapsed, next, .. } = attempt;
        recorded.lock().unwrap().push(format!("{number} {method} {path}: {outcome}, {elapsed:?}, {next:?}"));
    };
    let client = transport.builder().observer(observer).build().unwrap();
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
    assert_eq!(*attempts.lock().unwrap(), expected);
}

#[test]
fn unencrypted_credentials_are_only_allowed_on_loopback() {
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
        assert_message(&error, &["unencrypted", "allow_http"]);
        build(url).allow_http().build().unwrap();
    }
}

#[test]
fn curl_commands_contain_no_secrets() {
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
    // A header set on the request replaces the client's credential.
    let mut own = get_thing(&client, ACCOUNT, THING).with_header("authorization", "Bearer mine");
    let command = own.as_curl().unwrap();
    assert!(command.contains("'authorization: [secret]'") && !command.contains("$CLOUDFLARE"), "{command}");
}
