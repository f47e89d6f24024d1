//! Malicious parameter values, responses and settings.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sdk_runtime::observe::{Attempt, Outcome};
use sdk_runtime::operation::{Api, Credential, Operation, Placement};
use sdk_runtime::transport::{Body, BoxFuture, Transport, TransportError, http};
use sdk_runtime::{ClientBuilder, Request, RequestOptions, Style, Value};
use support::server::{Reply, Server, error_reply, ok, reply};
use support::{
    ACCOUNT, API, API_TOKEN, KEY, THING, TOKEN, assert_message, builder, client, get_thing, list_things,
};

static PURGE: Operation = support::operation("purge", "DELETE", "/zones/{id}?purge=true", None);
static PLAIN: Operation = support::operation("plain", "GET", "/x", None);

#[tokio::test]
async fn rejects_dot_segments_in_a_path_with_a_query() {
    let server = Server::always(ok("null")).await;
    for value in ["..", ".", ""] {
        let request = Request::new(&client(&server.url), &PURGE).path(value);
        request.json::<Value>().await.unwrap_err();
    }
    assert_eq!(server.count(), 0);
}

#[test]
fn curl_commands_are_safe_to_paste_into_a_shell() {
    let client = builder("https://example.invalid/v'4").header("x-api-key", "S3CRET1").build().unwrap();
    let mut request =
        Request::new(&client, &PLAIN).with_header("X-Auth-Key", KEY).with_body("text/plain", "@/etc/passwd");
    request.query_reserved(Style::Default, "q", "';echo$IFS'PWNED';'[1-3]");
    let command = request.as_curl_with_body().unwrap();
    assert!(command.contains("--data-raw '@/etc/passwd'") && command.contains("--globoff"), "{command}");
    assert!(!command.contains("S3CRET1") && !command.contains(KEY), "{command}");
    // A shell reads the URL as one word: quotes inside values are escaped.
    let url = command.strip_prefix("curl ").unwrap().lines().next().unwrap();
    let literal = url.replace(r"'\''", "");
    assert_eq!(literal.matches('\'').count(), 2, "{url}");
}

#[tokio::test]
async fn a_credential_in_the_query_is_sent_once_also_after_a_redirect() {
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
fn a_base_url_part_cannot_change_the_host() {
    static WITH_PARTS: Api =
        Api { base_url: "https://{tenant}.example.invalid/{version}", base_url_parts: PARTS, ..API };
    const PARTS: &[(&str, &str)] = &[("tenant", "acme"), ("version", "v1")];
    let build = |name, value: &str| {
        ClientBuilder::new(&WITH_PARTS).credential(&API_TOKEN, TOKEN).base_url_part(name, value).build()
    };
    build("tenant", "evil.invalid/").unwrap_err();
    build("tenant", "other").unwrap();
    build("version", "v1/beta").unwrap();
}

/// The end marker ends the stream and releases its permit, even if the connection stays open.
#[tokio::test]
async fn an_ended_stream_holds_no_permit() {
    let events = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: 1\n\ndata: [DONE]\n\n";
    let server = Server::script([Reply::Stall(events.into()), ok(r#"{"id":7}"#)]).await;
    let client = builder(&server.url).max_concurrent_requests(1).build().unwrap();
    let mut stream = Request::new(&client, &PLAIN).events::<Value>().await.unwrap();
    while stream.try_next().await.unwrap().is_some() {}
    let call = get_thing(&client, ACCOUNT, THING).with_timeout(Duration::from_secs(30));
    assert_eq!(call.await.unwrap().id, 7);
    drop(stream);
}

/// Parsing takes linear time.
#[tokio::test]
async fn a_value_on_many_lines_is_parsed_once() {
    let body = format!("\u{1e}[{}1]\n", "\n".repeat(1 << 20));
    let server = Server::always(reply("200 OK", &["content-type: application/json-seq"], &body)).await;
    let stream = Request::new(&client(&server.url), &PLAIN).lines::<Value>().await.unwrap();
    // Parsing the value again at each line would take hours.
    assert_eq!(stream.try_collect().await.unwrap(), [sdk_runtime::json!([1])]);
}

/// Transport that responds only to the first request and counts the requests.
#[derive(Clone, Default)]
struct UnboundedList(Arc<AtomicUsize>);

impl Transport for UnboundedList {
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
async fn prefetching_is_bounded_whatever_the_server_announces() {
    let transport = UnboundedList::default();
    let client = builder("https://example.invalid").transport(transport.clone()).build().unwrap();
    let mut items = list_things(&client).items().prefetch(usize::MAX);
    items.try_next().await.unwrap();
    let mut next = Box::pin(items.try_next());
    std::future::poll_fn(|context| {
        assert!(next.as_mut().poll(context).is_pending());
        std::task::Poll::Ready(())
    })
    .await;
    assert_eq!(transport.0.load(Ordering::SeqCst), 101);
}

#[tokio::test]
async fn observers_see_attempts_that_the_timeout_of_the_call_ends() {
    let server = Server::always(Reply::Stall(Vec::new())).await;
    let attempts: Arc<Mutex<Vec<(u32, bool)>>> = Arc::default();
    let recorded = Arc::clone(&attempts);
    let observer = move |attempt: &Attempt<'_>| {
        let is_timeout = matches!(attempt.outcome, Outcome::Error(error) if error.is_timeout());
        recorded.lock().unwrap().push((attempt.number, is_timeout));
    };
    let client = builder(&server.url).observer(observer).build().unwrap();
    let error = get_thing(&client, ACCOUNT, THING).with_timeout(Duration::from_millis(50)).await.unwrap_err();
    assert_message(&error, &["no complete response within 50ms"]);
    assert_eq!(*attempts.lock().unwrap(), [(1, true)]);
}

#[tokio::test]
async fn error_messages_contain_no_control_characters() {
    let server = Server::always(error_reply("400 Bad Request", 1, "\\u001b]0;owned\\u0007\\u001b[2J")).await;
    let error = get_thing(&client(&server.url), ACCOUNT, THING).await.unwrap_err().to_string();
    assert!(error.contains("owned") && !error.contains(['\u{1b}', '\u{7}']), "{error}");
}

/// The first attempt times out, and the recording has the timeout.
#[cfg(feature = "replay")]
#[tokio::test]
async fn recordings_contain_failures_and_no_secrets() {
    let server = Server::script([
        Reply::Stall(Vec::new()),
        reply("200 OK", &["x-auth-token: S3CRET"], r#"{"success":true,"result":{"id":7}}"#),
    ])
    .await;
    let transport = sdk_runtime::transport::ReqwestTransport::new().unwrap();
    let recorder = sdk_runtime::transport::Recorder::new(transport);
    let client = builder(&server.url).transport(recorder.clone()).build().unwrap();
    let begin = std::time::Instant::now();
    let call = get_thing(&client, ACCOUNT, THING).with_attempt_timeout(Duration::from_secs(2));
    assert_eq!(call.await.unwrap().id, 7);
    assert!(begin.elapsed() >= Duration::from_secs(2));
    let recorded = format!("{:?}", recorder.exchanges());
    assert!(recorded.contains("Timeout") && !recorded.contains("S3CRET"), "{recorded}");
}
