//! Tests without a network: what answers from exchanges by hand, and what records real ones.

#![cfg(feature = "reqwest")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::path::PathBuf;

use sdk_runtime::operation::{Credential, Operation, Placement};
use sdk_runtime::transport::{Bytes, Exchange, Recorder, Replay, ReqwestTransport, TransportErrorKind};
use sdk_runtime::{Body, Client, ClientBuilder, Error, Request, RequestOptions, json};
use support::server::{Reply, Server, ok, refusal, reply};
use support::{
    KEY, TOKEN, Thing, all_things, assert_says, builder, create_thing, delete_thing, find_thing, get_thing,
    list_things,
};

sdk_runtime::request!(Download -> bytes);
sdk_runtime::request!(Upload -> ());

/// A file for a cassette.
struct File(PathBuf);

impl File {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("sdk-runtime-{}-{name}.json", std::process::id())))
    }
}

impl Drop for File {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).ok();
    }
}

fn replaying(replay: &Replay) -> Client {
    builder("http://localhost").transport(replay.clone()).build().unwrap()
}

#[tokio::test]
async fn exchanges_by_hand_answer_in_their_order() {
    let replay = Replay::new()
        .on("GET", "/accounts/a/things/b", 200, json!({"result": {"id": 1}}))
        .on(
            "GET",
            "/accounts/a/things/b",
            404,
            json!({"success": false, "errors": [{"code": 7, "message": "no"}]}),
        )
        .with(
            Exchange::new("post", "/accounts/acc0unt-5d2e/things")
                .expect_json(json!({"name": "n"}))
                .answer(201, json!({"result": {"id": 2}}))
                .answer_header("cf-ray", "8f1c"),
        )
        .with(Exchange::new("GET", "/file").answer_bytes(200, "image/png", b"\x89PNG".as_slice()));
    let client = replaying(&replay);
    assert_eq!(get_thing(&client, "a", "b").await.unwrap().id, 1);
    assert!(find_thing(&client, "a", "b").await.unwrap_err().is_not_found());
    let response = create_thing(&client).name("n").send().await.unwrap();
    assert_eq!((response.status.as_u16(), response.ray_id()), (201, Some("8f1c")));
    assert_eq!(replay.unused(), ["GET /file"]);
    let file = Download(Request::new(&client, &support::FILE)).await.unwrap();
    assert_eq!(file, b"\x89PNG".as_slice());
    replay.assert_used();

    // What was sent can be looked at.
    let requests = replay.requests();
    assert_eq!(requests[0].headers()["authorization"], format!("Bearer {TOKEN}"));
    assert_eq!(requests[2].body(), r#"{"name":"n"}"#);
    assert!(!format!("{replay:?}{requests:?}").contains(TOKEN));
}

#[tokio::test]
async fn failures_and_retries_can_be_played() {
    let busy = Exchange::new("GET", "/accounts/a/things/b").answer(503, json!({}));
    let replay = Replay::new()
        .with(busy)
        .with(Exchange::new("GET", "/accounts/a/things/b").fail(TransportErrorKind::Connect))
        .on("GET", "/accounts/a/things/b", 200, json!({"result": {"id": 1}}));
    let response = get_thing(&replaying(&replay), "a", "b").send().await.unwrap();
    assert_eq!(response.attempts, 3);
    replay.assert_used();
}

#[tokio::test]
async fn what_is_not_there_is_an_error_that_says_so() {
    let thing =
        || Replay::new().on("GET", "/accounts/a/things/b?page=1&x=%20y", 200, json!({"result": {"id": 1}}));
    let ask = |replay: Replay, path: &'static str| async move {
        let client = replaying(&replay);
        let request = get_thing(&client, "a", path).with_query("x", " y").with_query("page", 1);
        let result: Result<Thing, Error> = request.await;
        result.map_err(|error| {
            assert!(matches!(&error, Error::Config(_)), "nothing is sent again: {error:?}");
            error.to_string()
        })
    };
    assert!(ask(thing(), "b").await.is_ok(), "the order of a query doesn't matter");

    let text = ask(thing(), "c").await.unwrap_err();
    assert!(text.contains("no answer to GET /accounts/a/things/c?x=%20y&page=1"), "{text}");
    assert!(text.contains("the next, 1 of 1, is for GET /accounts/a/things/b?page=1"), "{text}");
    let text = ask(Replay::new().on("GET", "/accounts/a/things/b?page=2", 200, json!({})), "b").await.unwrap_err();
    assert!(text.contains("the query is another"), "{text}");
    let text = ask(thing().on("GET", "/other", 200, json!({})).in_any_order(), "c").await.unwrap_err();
    assert!(text.contains("left are GET /accounts/a/things/b?page=1&x=%20y, GET /other"), "{text}");
    let text = ask(Replay::new(), "b").await.unwrap_err();
    assert!(text.contains("all 0 exchanges were used"), "{text}");
    let text = ask(Replay::new().on("GET", "/things/b", 200, json!({})), "b").await.unwrap_err();
    assert!(text.contains("base URL has the path /accounts/a; give it one without"), "{text}");

    let path = "/accounts/acc0unt-5d2e/things";
    let expected = Exchange::new("POST", path).expect_json(json!({"name": "n", "note": null}));
    let replay = Replay::new().with(expected);
    let error = create_thing(&replaying(&replay)).name("m").await.unwrap_err();
    assert!(
        error.to_string().contains(r#"the body is {"name":"m"} instead of {"name":"n","note":null}"#),
        "{error}"
    );

    // Someone may have passed over the error: the assertion doesn't.
    let message = std::panic::catch_unwind(|| replay.assert_used()).unwrap_err();
    assert!(message.downcast_ref::<String>().unwrap().contains("no answer to POST"));
    let message = std::panic::catch_unwind(|| thing().assert_used()).unwrap_err();
    assert!(message.downcast_ref::<String>().unwrap().contains("not used: GET /accounts/a/things/b?page=1"));
}

#[tokio::test]
async fn requests_can_come_in_any_order() {
    let answer = |id: i64| json!({"result": {"id": id}});
    let replay = (0..20)
        .fold(Replay::new(), |replay, id| {
            replay.on("GET", &format!("/accounts/a/things/{id}"), 200, answer(id)) //
        })
        .in_any_order();
    let client = replaying(&replay);
    for id in (0..20).rev() {
        assert_eq!(get_thing(&client, "a", &id.to_string()).await.unwrap().id, id);
    }
    replay.assert_used();
}

/// All that a client can meet, and then the same without the server.
#[tokio::test]
async fn what_was_recorded_is_replayed() {
    async fn everything(client: &Client) -> Vec<String> {
        let mut seen = Vec::new();
        let mut say = |what: &dyn std::fmt::Debug| seen.push(format!("{what:?}"));
        say(&get_thing(client, "a", "b").await);
        say(&list_things(client).items().try_collect().await);
        say(&create_thing(client).name("n").await.map_err(|error| error.to_string()));
        say(&delete_thing(client).send().await.map(|response| response.attempts));
        say(&all_things(client).await.map_err(|error| error.to_string()));
        let mut request = Request::new(client, &support::PUT_FILE);
        request.raw_body("text/plain", Body::reader(b"a stream".as_slice()));
        say(&Upload(request).await);
        let mut chunks = Download(Request::new(client, &support::FILE)).chunks().await.unwrap();
        while let Some(chunk) = chunks.try_next().await.unwrap() {
            say(&chunk);
        }
        seen
    }
    let page = |ids: &str, page: u32| {
        let body = format!(r#"{{"result": {ids}, "result_info": {{"page": {page}, "total_pages": 2}} }}"#);
        reply("200 OK", &["set-cookie: s3cr3t-cookie"], &body)
    };
    let mut file = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n".to_vec();
    file.extend(b"\x89PNG");
    let server = Server::script([
        ok(r#"{"id":12345678901234567890123,"name":"\u00e9"}"#),
        ok(r#"{"id":7,"name":"n"}"#),
        page(r#"[{"id": 1}]"#, 1),
        page(r#"[{"id": 2}]"#, 2),
        refusal("400 Bad Request", 1001, "bad"),
        Reply::Reset,
        ok("null"),
        reply("200 OK", &["content-type: text/html"], "<html>"),
        reply("200 OK", &[], ""),
        Reply::Keep(file),
    ])
    .await;
    let recorder = Recorder::new(ReqwestTransport::new().unwrap());
    let client = builder(&server.url).transport(recorder.clone()).header("x-api-key", KEY).build().unwrap();
    get_thing(&client, "a", "b").await.unwrap_err();
    let live = everything(&client).await;

    let file = File::new("everything");
    recorder.save(&file.0).unwrap();
    let text = std::fs::read_to_string(&file.0).unwrap();
    for secret in [TOKEN, KEY, "s3cr3t"] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
    // Compact JSON is there as JSON, other text as it is.
    for part in [r#""name": "n""#, r#""base64": "iVBORw==""#, r#""text": "a stream""#, r#""failure": "exchange""#]
    {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    let replay = Replay::load(&file.0).unwrap();
    let client = replaying(&replay);
    get_thing(&client, "a", "b").await.unwrap_err();
    assert_eq!(everything(&client).await, live);
    replay.assert_used();
}

#[tokio::test]
async fn a_credential_in_the_query_is_not_recorded() {
    static QUERY_KEY: Credential =
        Credential { name: "api_key", variable: "QUERY_KEY", placement: Placement::Query("k e y") };
    static OPERATION: Operation =
        Operation { security: &[&[&QUERY_KEY]], ..support::operation("things", "GET", "/things", None) };
    static API: sdk_runtime::operation::Api = sdk_runtime::operation::Api {
        user_agent: "example-sdk/1.2.3",
        base_url: "https://api.example.invalid",
        base_url_parts: &[],
        base_url_variable: "BASE_URL",
        idempotency_header: None,
        credentials: &[&QUERY_KEY],
        security: &[&[&QUERY_KEY]],
    };
    let client = |transport: Recorder, key: &str| {
        ClientBuilder::new(&API).credential(&QUERY_KEY, key).transport(transport).build().unwrap()
    };
    let ask = |client: &Client| {
        let mut request = Request::new(client, &OPERATION);
        request.query("page", &1);
        sdk_runtime::Call::nothing(request)
    };
    let inner = Replay::new().on("GET", "/things?page=1", 200, json!({"result": 1}));
    let recorder = Recorder::new(inner).redact(|exchange| exchange.body = Bytes::from_static(b"{}"));
    // The replay inside does not show it either.
    let error = ask(&client(recorder.clone(), "s3cr3t-key")).await.unwrap_err();
    assert!(error.to_string().contains("GET /things?page=1&k+e+y=hidden"), "{error}");
    assert!(!format!("{error:?}").contains("s3cr3t"));

    let exchanges = recorder.exchanges();
    assert_eq!(exchanges[0].path, "/things?page=1&k+e+y=hidden");
    assert_eq!(exchanges[0].failure, Some(TransportErrorKind::Request));
    assert_eq!(exchanges[0].body, "{}", "what is secret in bodies can be taken out");

    // Another key hides as well, so that it fits.
    let replay = exchanges.into_iter().fold(Replay::new(), |replay, mut exchange| {
        exchange.failure = None;
        replay.with(exchange)
    });
    ask(&client(Recorder::new(replay.clone()), "other")).await.unwrap();
    replay.assert_used();
}

#[test]
fn a_file_that_is_no_recording_is_an_error() {
    let file = File::new("broken");
    let request = json!({"method": "GET", "path": "/"});
    for (content, what) in [
        (None, "broken"),
        (Some(json!([])), "no list of `exchanges`"),
        (Some(json!({"exchanges": [{}]})), "exchange 1: it has no `request`"),
        (Some(json!({"exchanges": [{"request": {}}]})), "its request has no `method`"),
        (Some(json!({"exchanges": [{"request": request}]})), "neither a `response` nor a `failure`"),
        (Some(json!({"exchanges": [{"request": request, "response": {}}]})), "no `status`"),
        (Some(json!({"exchanges": [{"request": request, "failure": "x"}]})), "\"x\" is not a failure"),
        (
            Some(
                json!({"exchanges": [{"request": request, "response": {"status": 200, "headers": {"a b": "c"}}}]}),
            ),
            "`a b` is not a header",
        ),
        (
            Some(json!({"exchanges": [{"request": request, "response": {"status": 200, "base64": "?"}}]})),
            "its `base64` is none",
        ),
    ] {
        if let Some(content) = content {
            std::fs::write(&file.0, content.to_string()).unwrap();
        }
        let error = Replay::load(&file.0).unwrap_err();
        assert_says(&error, &["broken.json can't be replayed", what]);
    }
}
