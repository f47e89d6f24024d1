//! What nobody means well: values, answers and settings that try to get out of where they belong.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sdk_runtime::observe::{Attempt, Outcome};
use sdk_runtime::operation::{Api, Credential, Operation, Placement};
use sdk_runtime::transport::{Body, BoxFuture, Recorder, Transport, TransportError, http};
use sdk_runtime::{ClientBuilder, Request, RequestOptions, Style, Value};
use support::server::{Reply, Server, ok, refusal, reply};
use support::{ACCOUNT, API, API_TOKEN, KEY, THING, TOKEN, assert_says, builder, client, get_thing, list_things};

static PURGE: Operation = support::operation("purge", "DELETE", "/zones/{id}?purge=true", None);
static PLAIN: Operation = support::operation("plain", "GET", "/x", None);

#[tokio::test]
async fn a_value_stays_in_the_path_where_the_path_has_a_query() {
    let server = Server::always(ok("null")).await;
    for value in ["..", ".", ""] {
        let request = Request::new(&client(&server.url), &PURGE).path(value);
        request.json::<Value>().await.unwrap_err();
    }
    assert_eq!(server.count(), 0);
}

#[test]
fn a_command_for_a_shell_has_nothing_of_the_values_in_it() {
    let client = builder("https://example.invalid/v'4").header("x-api-key", "S3CRET1").build().unwrap();
    let mut request =
        Request::new(&client, &PLAIN).with_header("X-Auth-Key", KEY).with_body("text/plain", "@/etc/passwd");
    request.query_reserved(Style::Default, "q", "';echo$IFS'PWNED';'[1-3]");
    let shown = request.as_curl_with_body().unwrap();
    assert!(shown.contains("--data-raw '@/etc/passwd'") && shown.contains("--globoff"), "{shown}");
    assert!(!shown.contains("S3CRET1") && !shown.contains(KEY), "{shown}");
    // As a shell reads it, no quote of a value ends the word that it is in.
    let url = shown.strip_prefix("curl ").unwrap().lines().next().unwrap();
    let literal = url.replace(r"'\''", "");
    assert_eq!(literal.matches('\'').count(), 2, "{url}");
}

/// A credential in the query is there once, and goes along to where the same host redirects.
#[tokio::test]
async fn a_credential_in_the_query_is_sent_once_and_along() {
    static IN_QUERY: Credential = Credential { name: "key", variable: "NONE", placement: Placement::Query("key") };
    const SECURITY: &[&[&Credential]] = &[&[&IN_QUERY]];
    static QUERY_API: Api = Api { credentials: SECURITY[0], security: SECURITY, ..API };
    static OTHER: Operation = Operation { security: SECURITY, ..PLAIN_COPY };
    const PLAIN_COPY: Operation = support::operation("other", "GET", "/other", None);
    let server =
        Server::script([reply("307 Temporary Redirect", &["location: /moved"], ""), ok("1"), ok("1")]).await;
    let client = ClientBuilder::new(&QUERY_API).base_url(&server.url).credential(&IN_QUERY, KEY).build().unwrap();
    Request::new(&client, &OTHER).json::<Value>().await.unwrap();
    let mut own = Request::new(&client, &OTHER);
    own.query("key", "mine");
    own.json::<Value>().await.unwrap();
    let targets: Vec<String> = server.received().iter().map(|received| received.target().to_owned()).collect();
    assert_eq!(targets, [format!("/other?key={KEY}"), format!("/moved?key={KEY}"), "/other?key=mine".to_owned()]);
}

#[test]
fn a_part_of_the_base_url_is_no_other_host() {
    static PARTS: Api =
        Api { base_url: "https://{tenant}.example.invalid/{version}", base_url_parts: PAIRS, ..API };
    const PAIRS: &[(&str, &str)] = &[("tenant", "acme"), ("version", "v1")];
    let build = |name, value: &str| {
        ClientBuilder::new(&PARTS).credential(&API_TOKEN, TOKEN).base_url_part(name, value).build()
    };
    build("tenant", "evil.invalid/").unwrap_err();
    build("tenant", "other").unwrap();
    build("version", "v1/beta").unwrap();
}

/// The end that a server states is the end: whoever keeps the stream keeps no place.
#[tokio::test]
async fn a_stream_that_has_ended_takes_no_place() {
    let events = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: 1\n\ndata: [DONE]\n\n";
    let server = Server::script([Reply::Stall(events.into()), ok(r#"{"id":7}"#)]).await;
    let client = builder(&server.url).max_concurrent_requests(1).build().unwrap();
    let mut stream = Request::new(&client, &PLAIN).events::<Value>().await.unwrap();
    while stream.try_next().await.unwrap().is_some() {}
    let call = get_thing(&client, ACCOUNT, THING).with_timeout(Duration::from_secs(30));
    assert_eq!(call.await.unwrap().id, 7);
    drop(stream);
}

/// Twice the bytes take about twice the time, not four times.
#[tokio::test]
async fn a_value_on_very_many_lines_is_read_once() {
    let body = format!("\u{1e}[{}1]\n", "\n".repeat(1 << 20));
    let server = Server::always(reply("200 OK", &["content-type: application/json-seq"], &body)).await;
    let stream = Request::new(&client(&server.url), &PLAIN).lines::<Value>().await.unwrap();
    // Reading it anew at each line would take hours.
    assert_eq!(stream.try_collect().await.unwrap(), [sdk_runtime::json!([1])]);
}

/// Answers the first page, and counts how many others are asked for.
#[derive(Clone, Default)]
struct Boundless(Arc<AtomicUsize>);

impl Transport for Boundless {
    fn send(&self, _: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            if number > 0 {
                std::future::pending::<()>().await;
            }
            let info = r#"{"page":1,"total_pages":1000000000000}"#;
            let page = format!(r#"{{"success":true,"result":[{{"id":1}}],"result_info":{info}}}"#);
            Ok(http::Response::new(Body::from(page)))
        })
    }
}

#[tokio::test]
async fn pages_ahead_are_bounded_whatever_a_server_says() {
    let transport = Boundless::default();
    let client = builder("https://example.invalid").transport(transport.clone()).build().unwrap();
    let mut items = list_things(&client).items().fetch_ahead(usize::MAX);
    items.try_next().await.unwrap();
    let mut next = Box::pin(items.try_next());
    std::future::poll_fn(|context| {
        assert!(next.as_mut().poll(context).is_pending());
        std::task::Poll::Ready(())
    })
    .await;
    assert_eq!(transport.0.load(Ordering::SeqCst), 101);
}

/// An attempt that the call's own limit ends is one, for those who count.
#[tokio::test]
async fn an_attempt_that_the_call_ends_is_told_of() {
    let server = Server::always(Reply::Stall(Vec::new())).await;
    let told: Arc<Mutex<Vec<(u32, bool)>>> = Arc::default();
    let note = Arc::clone(&told);
    let observer = move |attempt: &Attempt<'_>| {
        let is_timeout = matches!(attempt.outcome, Outcome::Error(error) if error.is_timeout());
        note.lock().unwrap().push((attempt.number, is_timeout));
    };
    let client = builder(&server.url).observer(observer).build().unwrap();
    let error = get_thing(&client, ACCOUNT, THING).with_timeout(Duration::from_millis(50)).await.unwrap_err();
    assert_says(&error, &["no complete answer within 50ms"]);
    assert_eq!(*told.lock().unwrap(), [(1, true)]);
}

#[tokio::test]
async fn a_terminal_obeys_no_server() {
    let server = Server::always(refusal("400 Bad Request", 1, "\\u001b]0;owned\\u0007\\u001b[2J")).await;
    let error = get_thing(&client(&server.url), ACCOUNT, THING).await.unwrap_err().to_string();
    assert!(error.contains("owned") && !error.contains(['\u{1b}', '\u{7}']), "{error}");
}

/// The first attempt ran out of time: its replay does, too.
#[tokio::test]
async fn a_recording_has_what_failed_and_no_secrets() {
    let server = Server::script([
        Reply::Stall(Vec::new()),
        reply("200 OK", &["x-auth-token: S3CRET"], r#"{"success":true,"result":{"id":7}}"#),
    ])
    .await;
    let recorder = Recorder::new(sdk_runtime::transport::ReqwestTransport::new().unwrap());
    let client = builder(&server.url).transport(recorder.clone()).build().unwrap();
    let begin = Instant::now();
    let call = get_thing(&client, ACCOUNT, THING).with_attempt_timeout(Duration::from_secs(2));
    assert_eq!(call.await.unwrap().id, 7);
    assert!(begin.elapsed() >= Duration::from_secs(2));
    let recorded = format!("{:?}", recorder.exchanges());
    assert!(recorded.contains("Timeout") && !recorded.contains("S3CRET"), "{recorded}");
}
