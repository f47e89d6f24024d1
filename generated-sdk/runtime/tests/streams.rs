//! Answers that are read while they come: what arrives when, and how they can end.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use sdk_runtime::transport::{Body, BoxFuture, Bytes, Stream, Transport, TransportError, http};
use sdk_runtime::{Client, Error, Request, RequestOptions, Value};
use support::server::{Reply, Server, ok, refusal, reply};
use support::{assert_says, builder, client, get_thing};
use tokio::time::{Sleep, sleep};

sdk_runtime::request!(Download -> bytes);
sdk_runtime::request!(Watch -> events of Value);

fn download(client: &Client) -> Download {
    Download(Request::new(client, &support::FILE))
}

fn watch(client: &Client) -> Watch {
    Watch(Request::new(client, &support::FILE))
}

/// The beginning of an answer in chunks.
fn head(content_type: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-type: {content_type}\r\n\r\n")
}

fn chunk(content: &str) -> String {
    format!("{:x}\r\n{content}\r\n", content.len())
}

const END: &str = "0\r\n\r\n";

#[tokio::test]
async fn a_chunk_is_there_before_the_answer_is() {
    let begin = format!("{}{}", head("image/png"), chunk("first"));
    let server = Server::always(Reply::Stall(begin.into_bytes())).await;
    let mut chunks = download(&client(&server.url)).chunks().await.unwrap();
    assert_eq!((chunks.status.as_u16(), chunks.length()), (200, None));
    assert_eq!(chunks.headers["content-type"], "image/png");
    assert_eq!(chunks.try_next().await.unwrap().unwrap(), "first");
}

/// Answers with pieces that take their time.
struct Slow(Vec<Duration>);

impl Transport for Slow {
    fn send(&self, _: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let pieces = Pieces(self.0.iter().map(|pause| Box::pin(sleep(*pause))).collect());
        Box::pin(async { Ok(http::Response::new(Body::stream(pieces))) })
    }
}

/// Each piece is there when its time has come, all of them counted from the beginning.
struct Pieces(VecDeque<Pin<Box<Sleep>>>);

impl Stream for Pieces {
    type Item = Result<Bytes, std::io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(next) = self.0.front_mut() else { return Poll::Ready(None) };
        ready!(next.as_mut().poll(context));
        self.0.pop_front();
        Poll::Ready(Some(Ok("piece".into())))
    }
}

#[tokio::test(start_paused = true)]
async fn the_time_limit_is_for_each_chunk() {
    let seconds = |seconds: &[u64]| Slow(seconds.iter().copied().map(Duration::from_secs).collect());
    let chunks = async |slow: Slow| {
        let client = builder("https://api.example.com").transport(slow).build().unwrap();
        download(&client).with_attempt_timeout(Duration::from_secs(10)).chunks().await.unwrap()
    };
    // All of it takes longer than an attempt may.
    let mut slow = chunks(seconds(&[9, 18, 27, 27, 36])).await;
    for _ in 0..5 {
        assert_eq!(slow.try_next().await.unwrap().unwrap(), "piece");
    }
    assert!(slow.try_next().await.unwrap().is_none());

    // The wait for one is too long; time that the program takes for itself doesn't count.
    let mut late = chunks(seconds(&[9, 35, 46])).await;
    assert_eq!(late.try_next().await.unwrap().unwrap(), "piece");
    sleep(Duration::from_secs(17)).await;
    assert_eq!(late.try_next().await.unwrap().unwrap(), "piece");
    let error = late.try_next().await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert!(late.try_next().await.unwrap().is_none(), "after an error it ends");
}

#[tokio::test]
async fn a_break_in_the_middle_is_an_error_and_nothing_is_sent_again() {
    let begin = format!("{}{}", head("image/png"), chunk("first"));
    let cut = Reply::Close(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nfirst".to_vec());
    for reply in [Reply::Break(begin.clone().into_bytes()), Reply::Close(begin.into_bytes()), cut] {
        let server = Server::always(reply).await;
        let mut chunks = download(&client(&server.url)).chunks().await.unwrap();
        assert_eq!(chunks.try_next().await.unwrap().unwrap(), "first");
        server.go_on();
        let error = chunks.try_next().await.unwrap_err();
        assert!(matches!(&error, Error::Connection(error) if error.sent), "{error:?}");
        assert_says(&error, &["GET /file", "the connection broke"]);
        assert!(chunks.try_next().await.unwrap().is_none());
        assert_eq!(server.count(), 1);
    }
}

#[tokio::test]
async fn until_it_begins_a_stream_is_a_call_like_any_other() {
    let script = [reply("503 Service Unavailable", &[], "busy"), Reply::Reset, reply("200 OK", &[], "all of it")];
    let server = Server::script(script).await;
    let mut chunks = download(&client(&server.url)).chunks().await.unwrap();
    assert_eq!(chunks.length(), Some(9));
    assert_eq!(chunks.try_next().await.unwrap().unwrap(), "all of it");
    assert_eq!(server.count(), 3);

    let server = Server::always(refusal("403 Forbidden", 9109, "Unauthorized")).await;
    let error = download(&client(&server.url)).chunks().await.unwrap_err();
    assert!(matches!(&error, Error::Api(error) if !error.body.is_empty()), "{error}");
    assert!(error.is_unauthorized());
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_not_read() {
    let body = "x".repeat(100);
    let chunked = format!("{}{}{END}", head("text/plain"), chunk(&body[..60]).repeat(2));
    for reply in [reply("200 OK", &[], &body), Reply::Keep(chunked.into_bytes())] {
        let server = Server::always(reply).await;
        let client = builder(&server.url).max_response_size(99).build().unwrap();
        let error = download(&client).await.unwrap_err();
        assert_says(&error, &["larger than 99 bytes", "max_response_size"]);
        assert_eq!(server.count(), 1, "it would be so the next time");
        // As a stream it can be of any size.
        assert!(download(&client).chunks().await.unwrap().try_next().await.unwrap().is_some());
    }
    // The limit itself is allowed.
    let server = Server::always(ok(r#"{"id":7}"#)).await;
    let size = get_thing(&client(&server.url), "a", "b").send().await.unwrap().body.len();
    for (limit, is_allowed) in [(size, true), (size - 1, false)] {
        let client = builder(&server.url).max_response_size(limit).build().unwrap();
        assert_eq!(get_thing(&client, "a", "b").await.is_ok(), is_allowed);
    }
}

#[tokio::test]
async fn events_come_as_they_are_sent() {
    let pieces = [
        &head("text/event-stream"),
        "b\r\ndata: [1,2]",
        "\r\n",
        "2\r\n\n",
        "\n\r\n9\r\ndata: [3]\r\n",
        "2\r\n\n\n\r\n",
    ];
    let mut pieces: Vec<Vec<u8>> = pieces.iter().map(|piece| piece.as_bytes().to_vec()).collect();
    pieces.push([&chunk("data: [DONE]\n\n"), END].concat().into_bytes());
    let server = Server::always(Reply::Drip(pieces, Duration::from_millis(10))).await;
    let client = client(&server.url);
    for _ in 0..2 {
        let events = watch(&client).await.unwrap().try_collect().await.unwrap();
        assert_eq!(events, [Value::from(vec![1, 2]), Value::from(vec![3])]);
        assert_eq!(server.received()[0].header("accept"), ["text/event-stream"]);
    }

    let begin = format!("{}{}", head("text/event-stream"), chunk("data: 1\n\ndata: 2"));
    let server = Server::always(Reply::Break(begin.into_bytes())).await;
    let mut events = watch(&support::client(&server.url)).await.unwrap();
    assert_eq!(events.try_next().await.unwrap(), Some(Value::from(1)));
    server.go_on();
    let error = events.try_next().await.unwrap_err();
    assert!(matches!(&error, Error::Connection(_)), "{error}");
    assert_eq!(events.try_next().await.unwrap(), None);
}

#[tokio::test]
async fn an_event_without_end_is_cut_off() {
    let begin = format!("{}{}", head("text/event-stream"), chunk(&"x".repeat(2000)));
    let server = Server::always(Reply::Stall(begin.into_bytes())).await;
    let client = builder(&server.url).max_response_size(1000).build().unwrap();
    let error = watch(&client).await.unwrap().try_next().await.unwrap_err();
    assert_says(&error, &["an item is larger than 1000 bytes"]);
}
