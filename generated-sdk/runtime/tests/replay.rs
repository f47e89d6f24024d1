//! Transports for tests without a network: `Replay` plays prepared exchanges, `Recorder` records real ones.

#![cfg(feature = "reqwest")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::path::PathBuf;

use sdk_runtime::operation::{Credential, Operation, Placement};
use sdk_runtime::transport::{Bytes, Exchange, Recorder, Replay, ReqwestTransport, TransportErrorKind};
use sdk_runtime::{Body, Client, ClientBuilder, Error, Request, RequestOptions, json};
use support::server::{Reply, Server, error_reply, ok, reply};
use support::{
    KEY, TOKEN, Thing, all_things, assert_message, builder, create_thing, delete_thing, find_thing, get_thing,
    list_things,
};

sdk_runtime::request!(Download -> bytes);
sdk_runtime::request!(Upload -> ());

/// A temporary file that is removed when dropped.
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

fn client_with(replay: &Replay) -> Client {
    builder("http://localhost").transport(replay.clone()).build().unwrap()
}

#[tokio::test]
async fn replays_exchanges_in_order() {
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
                .respond(201, json!({"result": {"id": 2}}))
                .response_header("cf-ray", "8f1c"),
        )
        .with(Exchange::new("GET", "/file").respond_bytes(200, "image/png", b"\x89PNG".as_slice()));
    let client = client_with(&replay);
    assert_eq!(get_thing(&client, "a", "b").await.unwrap().id, 1);
    assert!(find_thing(&client, "a", "b").await.unwrap_err().is_not_found());
    let response = create_thing(&client).name("n").send().await.unwrap();
    assert_eq!((response.status.as_u16(), response.request_id()), (201, Some("8f1c")));
    assert_eq!(replay.unused(), ["GET /file"]);
    let file = Download(Request::new(&client, &support::FILE)).await.unwrap();
    assert_eq!(file, b"\x89PNG".as_slice());
    replay.assert_used();

    // The sent requests can be inspected.
    let requests = replay.requests();
    assert_eq!(requests[0].headers()["authorization"], format!("Bearer {TOKEN}"));
    assert_eq!(requests[2].body(), r#"{"name":"n"}"#);
    assert!(!format!("{replay:?}{requests:?}").contains(TOKEN));
}

#[tokio::test]
async fn replays_failures() {
    let busy = Exchange::new("GET", "/accounts/a/things/b").respond(503, json!({}));
    let replay = Replay::new()
        .with(busy)
        .with(Exchange::new("GET", "/accounts/a/things/b").fail(TransportErrorKind::Connect))
        .on("GET", "/accounts/a/things/b", 200, json!({"result": {"id": 1}}));
    let response = get_thing(&client_with(&replay), "a", "b").send().await.unwrap();
    assert_eq!(response.attempts, 3);
    replay.assert_used();
}

#[tokio::test]
async fn a_request_without_a_matching_exchange_is_an_error() {
    let thing =
        || Replay::new().on("GET", "/accounts/a/things/b?page=1&x=%20y", 200, json!({"result": {"id": 1}}));
    let send_request = |replay: Replay, path: &'static str| async move {
        let client = client_with(&replay);
        let request = get_thing(&client, "a", path).with_query("x", " y").with_query("page", 1);
        let result: Result<Thing, Error> = request.await;
        result.map_err(|error| {
            assert!(matches!(&error, Error::Config(_)), "the error is not retried: {error:?}");
            error.to_string()
        })
    };
    assert!(send_request(thing(), "b").await.is_ok(), "the order of query parameters is ignored");

    let text = send_request(thing(), "c").await.unwrap_err();
    assert!(text.contains("no exchange for GET /accounts/a/things/c?x=%20y&page=1"), "{text}");
    assert!(text.contains("the next exchange (1 of 1) is for GET /accounts/a/things/b?page=1"), "{text}");
    let text = send_request(Replay::new().on("GET", "/accounts/a/things/b?page=2", 200, json!({})), "b")
        .await
        .unwrap_err();
    assert!(text.contains("the query differs"), "{text}");
    let text = send_request(thing().on("GET", "/other", 200, json!({})).in_any_order(), "c").await.unwrap_err();
    assert!(text.contains("unused exchanges: GET /accounts/a/things/b?page=1&x=%20y, GET /other"), "{text}");
    let text = send_request(Replay::new(), "b").await.unwrap_err();
    assert!(text.contains("all 0 exchanges were used"), "{text}");
    let text = send_request(Replay::new().on("GET", "/things/b", 200, json!({})), "b").await.unwrap_err();
    assert!(text.contains("base URL is /accounts/a; use a base URL without a path"), "{text}");

    let path = "/accounts/acc0unt-5d2e/things";
    let expected = Exchange::new("POST", path).expect_json(json!({"name": "n", "note": null}));
    let replay = Replay::new().with(expected);
    let error = create_thing(&client_with(&replay)).name("m").await.unwrap_err();
    assert!(
        error.to_string().contains(r#"the body is {"name":"m"}, expected {"name":"n","note":null}"#),
        "{error}"
    );

    // The assertion fails even if the caller ignored the error.
    let message = std::panic::catch_unwind(|| replay.assert_used()).unwrap_err();
    assert!(message.downcast_ref::<String>().unwrap().contains("no exchange for POST"));
    let message = std::panic::catch_unwind(|| thing().assert_used()).unwrap_err();
    assert!(
        message.downcast_ref::<String>().unwrap().contains("unused exchanges: GET /accounts/a/things/b?page=1")
    );
}

#[tokio::test]
async fn in_any_order_accepts_requests_in_any_order() {
    let thing = |id: i64| json!({"result": {"id": id}});
    let replay = (0..20)
        .fold(Replay::new(), |replay, id| {
            replay.on("GET", &format!("/accounts/a/things/{id}"), 200, thing(id)) //
        })
        .in_any_order();
    let client = client_with(&replay);
    for id in (0..20).rev() {
        assert_eq!(get_thing(&client, "a", &id.to_string()).await.unwrap().id, id);
    }
    replay.assert_used();
}

/// Makes calls of all kinds against a server, then repeats them against the recording.
#[tokio::test]
async fn a_recording_can_be_replayed() {
    async fn exercise(client: &Client) -> Vec<String> {
        let mut results = Vec::new();
        let mut record = |message: &dyn std::fmt::Debug| results.push(format!("{message:?}"));
        record(&get_thing(client, "a", "b").await);
        record(&list_things(client).items().try_collect().await);
        record(&create_thing(client).name("n").await.map_err(|error| error.to_string()));
        record(&delete_thing(client).send().await.map(|response| response.attempts));
        record(&all_things(client).await.map_err(|error| error.to_string()));
        let mut request = Request::new(client, &support::PUT_FILE);
        request.raw_body("text/plain", Body::reader(b"a stream".as_slice()));
        record(&Upload(request).await);
        let mut chunks = Download(Request::new(client, &support::FILE)).chunks().await.unwrap();
        while let Some(chunk) = chunks.try_next().await.unwrap() {
            record(&chunk);
        }
        results
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
        error_reply("400 Bad Request", 1001, "bad"),
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
    let live = exercise(&client).await;

    let file = File::new("everything");
    recorder.save(&file.0).unwrap();
    let text = std::fs::read_to_string(&file.0).unwrap();
    for secret in [TOKEN, KEY, "s3cr3t"] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
    // JSON in canonical form is recorded as JSON, other text as a string.
    for part in [r#""name": "n""#, r#""base64": "iVBORw==""#, r#""text": "a stream""#, r#""failure": "exchange""#]
    {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    let replay = Replay::load(&file.0).unwrap();
    let client = client_with(&replay);
    get_thing(&client, "a", "b").await.unwrap_err();
    assert_eq!(exercise(&client).await, live);
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
        credentials: &[&QUERY_KEY],
        security: &[&[&QUERY_KEY]],
        ..sdk_runtime::operation::Api::DEFAULT
    };
    let client = |transport: Recorder, key: &str| {
        ClientBuilder::new(&API).credential(&QUERY_KEY, key).transport(transport).build().unwrap()
    };
    let send_request = |client: &Client| {
        let mut request = Request::new(client, &OPERATION);
        request.query("page", &1);
        sdk_runtime::Call::nothing(request)
    };
    let inner = Replay::new().on("GET", "/things?page=1", 200, json!({"result": 1}));
    let recorder = Recorder::new(inner).redact(|exchange| exchange.body = Bytes::from_static(b"{}"));
    // The error of the inner replay does not show the credential either.
    let error = send_request(&client(recorder.clone(), "s3cr3t-key")).await.unwrap_err();
    assert!(error.to_string().contains("GET /things?page=1&k+e+y=hidden"), "{error}");
    assert!(!format!("{error:?}").contains("s3cr3t"));

    let exchanges = recorder.exchanges();
    assert_eq!(exchanges[0].path, "/things?page=1&k+e+y=hidden");
    assert_eq!(exchanges[0].failure, Some(TransportErrorKind::Request));
    assert_eq!(exchanges[0].body, "{}", "`redact` can change bodies");

    // A different key is hidden as well, so the recorded path matches.
    let replay = exchanges.into_iter().fold(Replay::new(), |replay, mut exchange| {
        exchange.failure = None;
        replay.with(exchange)
    });
    send_request(&client(Recorder::new(replay.clone()), "other")).await.unwrap();
    replay.assert_used();
}

#[test]
fn loading_an_invalid_recording_is_an_error() {
    let file = File::new("broken");
    let request = json!({"method": "GET", "path": "/"});
    for (content, message) in [
        (None, "broken"),
        (Some(json!([])), "`exchanges` is not an array"),
        (Some(json!({"exchanges": [{}]})), "exchange 1: `request` is missing"),
        (Some(json!({"exchanges": [{"request": {}}]})), "`request.method` is missing"),
        (Some(json!({"exchanges": [{"request": request}]})), "`response` or `failure` is missing"),
        (Some(json!({"exchanges": [{"request": request, "response": {}}]})), "`response.status` is missing"),
        (Some(json!({"exchanges": [{"request": request, "failure": "x"}]})), "unknown failure \"x\""),
        (
            Some(
                json!({"exchanges": [{"request": request, "response": {"status": 200, "headers": {"a b": "c"}}}]}),
            ),
            "`a b` is not a valid header",
        ),
        (
            Some(json!({"exchanges": [{"request": request, "response": {"status": 200, "base64": "?"}}]})),
            "invalid `base64`",
        ),
    ] {
        if let Some(content) = content {
            std::fs::write(&file.0, content.to_string()).unwrap();
        }
        let error = Replay::load(&file.0).unwrap_err();
        assert_message(&error, &["broken.json can't be replayed", message]);
    }
}
