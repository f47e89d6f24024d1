//! Dropping a call cancels it: the connection closes and no background work remains.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use sdk_runtime::transport::{Bytes, Stream, TransportErrorKind};
use sdk_runtime::{Body, Client, Request, RequestOptions};
use support::faults::{PARTIAL_HEAD, partial_body};
use support::scripted_transport::{ScriptedTransport, Step};
use support::server::{Reply, Server, ok};
use support::{ACCOUNT, THING, builder, client, create_thing, find_thing, list_things};

sdk_runtime::request!(Download -> bytes);

/// Polls the call until the condition is met, then drops it.
async fn drop_when<T>(call: impl IntoFuture<Output = T>, condition: impl Future<Output = ()>) {
    tokio::select! {
        _ = call.into_future() => panic!("the call completed"),
        () = condition => {}
    }
}

#[tokio::test]
async fn dropping_a_call_closes_its_connection() {
    for begin in [Vec::new(), PARTIAL_HEAD.to_vec(), partial_body()] {
        let server = Server::always(Reply::Stall(begin)).await;
        let client = client(&server.url);
        drop_when(find_thing(&client, ACCOUNT, THING), server.until_stalled(1)).await;
        server.until_disconnected(1).await;
        drop_when(create_thing(&client), server.until_stalled(2)).await;
        server.until_disconnected(2).await;
        drop_when(async { list_things(&client).items().try_next().await }, server.until_stalled(3)).await;
        server.until_disconnected(3).await;
        assert_eq!((server.count(), server.connections()), (3, 3), "each request was sent once");
    }
}

#[tokio::test]
async fn cancelling_try_next_loses_no_page() {
    let page = |body: &str| {
        Reply::Keep(format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into())
    };
    let server = Server::script([page(r#"{"result":[{"id":1}]}"#), Reply::Stall(Vec::new())]).await;
    let client = client(&server.url);
    let mut items = list_things(&client).items();
    assert_eq!(items.try_next().await.unwrap().unwrap().id, 1);
    drop_when(items.try_next(), server.until_stalled(1)).await;
    // The same request is still in flight.
    drop_when(items.try_next(), tokio::task::yield_now()).await;
    drop(items);
    server.until_disconnected(1).await;
    assert_eq!(server.count(), 2);
}

#[tokio::test]
async fn a_timeout_closes_the_connection() {
    let server = Server::always(Reply::Stall(partial_body())).await;
    let limit = Duration::from_secs(60);
    let call = create_thing(&client(&server.url)).with_timeout(limit);
    assert!(server.advance_through_stalls(limit, call).await.unwrap_err().is_timeout());
    server.until_disconnected(1).await;
}

/// A body without an end that drops its channel end when it is dropped.
struct UnboundedBody(#[allow(dead_code)] tokio::sync::oneshot::Sender<()>, bool);

impl Stream for UnboundedBody {
    type Item = Result<Bytes, std::io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match std::mem::replace(&mut self.1, true) {
            false => Poll::Ready(Some(Ok(Bytes::from_static(b"begin")))),
            true => Poll::Pending,
        }
    }
}

#[tokio::test]
async fn dropping_an_upload_closes_the_connection_and_drops_the_body() {
    let server = Server::always(ok("null")).await;
    let client = client(&server.url);
    let (guard, mut dropped) = tokio::sync::oneshot::channel::<()>();
    let mut upload = Request::new(&client, &support::PUT_FILE);
    upload = upload.with_body("text/plain", Body::stream(UnboundedBody(guard, false)));
    drop_when(upload.nothing(), server.until_started(1)).await;
    server.until_closed(1).await;
    (&mut dropped).await.unwrap_err();
    assert_eq!((server.count(), server.connections()), (0, 1), "the upload was neither completed nor retried");
}

#[tokio::test]
async fn dropping_a_response_stream_closes_the_connection() {
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n";
    let server = Server::always(Reply::Stall(head.into())).await;
    let client = client(&server.url);
    let mut chunks = Download(Request::new(&client, &support::FILE)).chunks().await.unwrap();
    assert_eq!(chunks.try_next().await.unwrap().unwrap(), "first");
    drop(chunks);
    server.until_disconnected(1).await;

    // A stream that was never read.
    drop(Download(Request::new(&client, &support::FILE)).chunks().await.unwrap());
    server.until_disconnected(2).await;
    assert_eq!(server.count(), 2);
}

fn client_with(transport: &ScriptedTransport) -> Client {
    builder("https://api.example.com").transport(transport.clone()).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn dropping_a_call_during_backoff_sends_nothing_more() {
    let busy = Step::Response(429, vec![("retry-after", "30".to_owned())]);
    let transport = ScriptedTransport::new(move |_| busy.clone());
    let client = client_with(&transport);
    for seconds in [29, 31] {
        let call = find_thing(&client, ACCOUNT, THING).send();
        tokio::time::timeout(Duration::from_secs(seconds), call).await.unwrap_err();
        tokio::time::sleep(Duration::from_secs(1000)).await;
    }
    assert_eq!(transport.exchanges().len(), 1 + 2);
}

#[tokio::test(start_paused = true)]
async fn dropping_a_call_drops_the_future_of_the_transport() {
    let transport =
        ScriptedTransport::new(
            |number| if number == 0 { Step::Fail(TransportErrorKind::Exchange) } else { Step::Hang },
        );
    let call = find_thing(&client_with(&transport), ACCOUNT, THING).send();
    tokio::time::timeout(Duration::from_secs(10), call).await.unwrap_err();
    let exchanges = transport.exchanges();
    assert_eq!(exchanges.len(), 2);
    assert_eq!(exchanges[1].end, Some(tokio::time::Instant::now()));
}
