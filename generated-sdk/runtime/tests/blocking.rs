//! Calls from programs that are not async: from any thread, over the same connections.

#![cfg(feature = "blocking")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::thread;

use sdk_runtime::{Blocking, Body, Error, Request, RequestOptions, Value};
use support::server::{Reply, Server, ok, reply};
use support::{assert_says, builder, client, get_thing, list_things};

sdk_runtime::request!(Download -> bytes);
sdk_runtime::request!(Watch -> events of Value);
sdk_runtime::request!(Upload -> ());

/// A server in a thread of its own, as a program that is not async meets it.
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
fn a_request_is_sent_and_waited_for() {
    let busy = reply("503 Service Unavailable", &[], "");
    let (server, _runtime) = serve([ok(r#"{"id":7}"#), busy, ok(r#"{"id":8}"#)]);
    let client = client(&server.url);
    assert_eq!(get_thing(&client, "a", "b").send_blocking().unwrap().id, 7);
    // Retries wait, so that timers are driven as well.
    let response = get_thing(&client, "a", "b").send().wait().unwrap();
    assert_eq!((response.result.id, response.attempts), (8, 2));
    let error = get_thing(&client, "", "b").send_blocking().unwrap_err();
    assert_says(&error, &["`account_id` is empty"]);
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
    assert_eq!(items, [Some(1), None, Some(3)], "it goes on behind an item that does not fit");

    let chunks = Download(Request::new(&client, &support::FILE)).chunks().wait().unwrap();
    let chunks: Vec<_> = chunks.blocking().collect::<Result<_, _>>().unwrap();
    assert_eq!(chunks.concat(), b"a file");
}

/// Files are read by other threads of the runtime.
#[test]
fn a_file_is_uploaded_and_downloaded() {
    let (server, _runtime) = serve([reply("200 OK", &[], ""), reply("200 OK", &[], "a file")]);
    let mut request = Request::new(&client(&server.url), &support::PUT_FILE);
    request.raw_body("text/plain", Body::file(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")));
    Upload(request).send_blocking().unwrap();
    assert_eq!(server.only().body, include_str!("../Cargo.toml"));

    // And written.
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
    // One after the other they need few connections: a new one only where that of the call before is not free yet.
    for _ in 0..17 {
        let client = client.clone();
        thread::spawn(move || get_thing(&client, "a", "b").send_blocking().unwrap()).join().unwrap();
    }
    assert!(server.connections() < 17);

    // At once, from more threads than the machine has cores.
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
fn time_limits_hold() {
    let (server, _runtime) = serve([Reply::Stall(Vec::new())]);
    let client = builder(&server.url).max_retries(0).build().unwrap();
    let limit = std::time::Duration::from_millis(50);
    let error = get_thing(&client, "a", "b").with_attempt_timeout(limit).send_blocking().unwrap_err();
    assert!(error.is_timeout(), "{error}");
}

#[tokio::test]
async fn in_async_code_it_is_an_error() {
    let server = Server::always(ok(r#"{"id":7}"#)).await;
    let client = client(&server.url);
    for _ in 0..2 {
        let error = get_thing(&client, "a", "b").send_blocking().unwrap_err();
        assert!(matches!(&error, Error::Config(_)), "{error:?}");
        assert_says(&error, &["inside async code", "await it instead", "spawn_blocking"]);
    }
    // Errors that are passed over don't go on for ever.
    assert_eq!(list_things(&client).items().blocking().flatten().count(), 0);
    assert_eq!(server.count(), 0);
    // The task goes on.
    get_thing(&client, "a", "b").await.unwrap();

    // There is room for it in a thread that may wait.
    let waits = move || get_thing(&client, "a", "b").send_blocking().unwrap().id;
    assert_eq!(tokio::task::spawn_blocking(waits).await.unwrap(), 7);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_may_wait_where_its_tasks_have_moved() {
    let server = Server::always(ok(r#"{"id":7}"#)).await;
    let client = client(&server.url);
    let request = get_thing(&client, "a", "b");
    assert!(request.clone().send_blocking().is_err());
    let spawned = request.clone();
    assert!(tokio::spawn(async { spawned.send_blocking() }).await.unwrap().is_err());
    assert_eq!(tokio::task::block_in_place(|| request.send_blocking()).unwrap().id, 7);
}
