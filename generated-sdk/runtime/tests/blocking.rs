//! Blocking calls from programs without an async runtime.

#![cfg(feature = "blocking")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::thread;

use sdk_runtime::{Blocking, Body, Error, Request, RequestOptions, Value};
use support::server::{Reply, Server, ok, reply};
use support::{assert_message, builder, client, get_thing, list_things};

sdk_runtime::request!(Download -> bytes);
sdk_runtime::request!(Watch -> events of Value);
sdk_runtime::request!(Upload -> ());

/// Starts a server that runs in its own thread.
fn serve(replies: impl IntoIterator<Item = Reply>) -> (Server, tokio::runtime::Runtime) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let server = runtime.block_on(Server::script(replies));
    (server, runtime)
}

fn page(ids: &str, more: bool) -> Reply {
    let body = format!(r#"{{"success":true,"result":{ids},"result_info":{{"has_more":{more}}}}}"#);
    reply("200 OK", &[], &body)
}

#[test]
fn blocks_until_the_response_is_received() {
    let busy = reply("503 Service Unavailable", &[], "");
    let (server, _runtime) = serve([ok(r#"{"id":7}"#), busy, ok(r#"{"id":8}"#)]);
    let client = client(&server.url);
    assert_eq!(get_thing(&client, "a", "b").send_blocking().unwrap().id, 7);
    // The retry has a backoff, so timers must be driven as well.
    let response = get_thing(&client, "a", "b").send().wait().unwrap();
    assert_eq!((response.result.id, response.attempts), (8, 2));
    let error = get_thing(&client, "", "b").send_blocking().unwrap_err();
    assert_message(&error, &["`account_id` is empty"]);
}

#[test]
fn lists_streams_and_downloads_are_iterators() {
    let events = "data: 1\n\ndata: two\n\ndata: 3\n\n";
    let replies = [
        page(r#"[{"id":1},{"id":2}]"#, true),
        page(r#"[{"id":3}]"#, false),
        reply("200 OK", &["content-type: text/event-stream"], events),
        reply("200 OK", &[], "a file"),
    ];
    let (server, _runtime) = serve(replies);
    let client = client(&server.url);
    let ids: Result<Vec<i64>, Error> =
        list_things(&client).items().blocking().map(|thing| Ok(thing?.id)).collect();
    assert_eq!(ids.unwrap(), [1, 2, 3]);

    let items = Watch(Request::new(&client, &support::FILE)).send_blocking().unwrap().blocking();
    let items: Vec<Option<i64>> = items.map(|item| item.ok()?.as_i64()).collect();
    assert_eq!(items, [Some(1), None, Some(3)], "the iterator continues after an item that cannot be decoded");

    let chunks = Download(Request::new(&client, &support::FILE)).chunks().wait().unwrap();
    let chunks: Vec<_> = chunks.blocking().collect::<Result<_, _>>().unwrap();
    assert_eq!(chunks.concat(), b"a file");
}

/// File I/O runs on other threads of tokio's runtime.
#[test]
fn uploads_and_downloads_files() {
    let (server, _runtime) = serve([reply("200 OK", &[], ""), reply("200 OK", &[], "a file")]);
    let mut request = Request::new(&client(&server.url), &support::PUT_FILE);
    request.raw_body("text/plain", Body::file(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")));
    Upload(request).send_blocking().unwrap();
    assert_eq!(server.only_request().body, include_str!("../Cargo.toml"));

    let path = std::env::temp_dir().join(format!("sdk-runtime-{}-blocking", std::process::id()));
    let chunks = Download(Request::new(&client(&server.url), &support::FILE)).chunks().wait().unwrap();
    assert_eq!(chunks.write_to(&path).wait().unwrap(), 6);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "a file");
    std::fs::remove_file(path).unwrap();
}

#[test]
fn threads_share_connections() {
    let (server, _runtime) = serve((0..33).map(|id| ok(&format!(r#"{{"id":{id}}}"#))));
    let client = client(&server.url);
    // Sequential calls reuse connections. A new one is opened only if the previous connection is not idle
    // yet.
    for _ in 0..17 {
        let client = client.clone();
        thread::spawn(move || get_thing(&client, "a", "b").send_blocking().unwrap()).join().unwrap();
    }
    assert!(server.connections() < 17);

    // Concurrent calls from more threads than the machine has cores.
    let threads: Vec<_> = (0..16)
        .map(|_| {
            let client = client.clone();
            thread::spawn(move || get_thing(&client, "a", "b").send_blocking().unwrap().id)
        })
        .collect();
    let mut ids: Vec<i64> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    ids.sort_unstable();
    assert_eq!(ids, (17..33).collect::<Vec<_>>());
}

#[test]
fn applies_timeouts() {
    let (server, _runtime) = serve([Reply::Stall(Vec::new())]);
    let client = builder(&server.url).max_retries(0).build().unwrap();
    let limit = std::time::Duration::from_millis(50);
    let error = get_thing(&client, "a", "b").with_attempt_timeout(limit).send_blocking().unwrap_err();
    assert!(error.is_timeout(), "{error}");
}

#[tokio::test]
async fn blocking_inside_async_code_is_an_error() {
    let server = Server::always(ok(r#"{"id":7}"#)).await;
    let client = client(&server.url);
    for _ in 0..2 {
        let error = get_thing(&client, "a", "b").send_blocking().unwrap_err();
        assert!(matches!(&error, Error::Config(_)), "{error:?}");
        assert_message(&error, &["inside async code", "await it instead", "spawn_blocking"]);
    }
    // An iterator whose errors are skipped ends.
    assert_eq!(list_things(&client).items().blocking().flatten().count(), 0);
    assert_eq!(server.count(), 0);
    // The task can still make async calls.
    get_thing(&client, "a", "b").await.unwrap();

    // Blocking calls are allowed in `spawn_blocking`.
    let blocking = move || get_thing(&client, "a", "b").send_blocking().unwrap().id;
    assert_eq!(tokio::task::spawn_blocking(blocking).await.unwrap(), 7);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn blocking_is_allowed_after_the_worker_moved_its_tasks() {
    let server = Server::always(ok(r#"{"id":7}"#)).await;
    let client = client(&server.url);
    let request = get_thing(&client, "a", "b");
    assert!(request.clone().send_blocking().is_err());
    let spawned = request.clone();
    assert!(tokio::spawn(async { spawned.send_blocking() }).await.unwrap().is_err());
    assert_eq!(tokio::task::block_in_place(|| request.send_blocking()).unwrap().id, 7);
}
