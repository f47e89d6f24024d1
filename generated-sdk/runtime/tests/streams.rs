//! Streamed responses: chunks, events, timeouts, size limits and errors.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use sdk_runtime::transport::{Body, BoxFuture, Bytes, Stream, Transport, TransportError, http};
use sdk_runtime::{Client, Error, Request, RequestOptions, Value};
use support::server::{Reply, Server, error_reply, ok, reply};
use support::{assert_message, builder, client, get_thing};
use tokio::time::{Sleep, sleep};

sdk_runtime::request!(Download -> bytes);
sdk_runtime::request!(Watch -> events of Value);

fn download(client: &Client) -> Download {
    Download(Request::new(client, &support::FILE))
}

fn watch(client: &Client) -> Watch {
    Watch(Request::new(client, &support::FILE))
}

/// Returns the head of a chunked response.
fn chunked_head(content_type: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-type: {content_type}\r\n\r\n")
}

fn chunk(content: &str) -> String {
    format!("{:x}\r\n{content}\r\n", content.len())
}

const END: &str = "0\r\n\r\n";

#[tokio::test]
async fn a_chunk_is_available_before_the_response_is_complete() {
    let begin = format!("{}{}", chunked_head("image/png"), chunk("first"));
    let server = Server::always(Reply::Stall(begin.into_bytes())).await;
    let mut chunks = download(&client(&server.url)).chunks().await.unwrap();
    assert_eq!((chunks.status.as_u16(), chunks.length()), (200, None));
    assert_eq!(chunks.headers["content-type"], "image/png");
    assert_eq!(chunks.try_next().await.unwrap().unwrap(), "first");
}

/// Transport with a response body whose pieces are delayed.
struct DelayedBody(Vec<Duration>);

impl Transport for DelayedBody {
    fn send(&self, _: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        let pieces = DelayedPieces(self.0.iter().map(|pause| Box::pin(sleep(*pause))).collect());
        Box::pin(async { Ok(http::Response::new(Body::stream(pieces))) })
    }
}

/// Body stream. Each piece is available after its delay, measured from the start of the response.
struct DelayedPieces(VecDeque<Pin<Box<Sleep>>>);

impl Stream for DelayedPieces {
    type Item = Result<Bytes, std::io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(next) = self.0.front_mut() else { return Poll::Ready(None) };
        ready!(next.as_mut().poll(context));
        self.0.pop_front();
        Poll::Ready(Some(Ok("piece".into())))
    }
}

#[tokio::test(start_paused = true)]
async fn the_attempt_timeout_applies_to_each_chunk() {
    let seconds = |seconds: &[u64]| DelayedBody(seconds.iter().copied().map(Duration::from_secs).collect());
    let chunks = async |body: DelayedBody| {
        let client = builder("https://api.example.com").transport(body).build().unwrap();
        download(&client).with_attempt_timeout(Duration::from_secs(10)).chunks().await.unwrap()
    };
    // The entire body takes longer than the attempt timeout.
    let mut body = chunks(seconds(&[9, 18, 27, 27, 36])).await;
    for _ in 0..5 {
        assert_eq!(body.try_next().await.unwrap().unwrap(), "piece");
    }
    assert!(body.try_next().await.unwrap().is_none());

    // The last chunk is too late. Time between polls does not count.
    let mut late = chunks(seconds(&[9, 35, 46])).await;
    assert_eq!(late.try_next().await.unwrap().unwrap(), "piece");
    sleep(Duration::from_secs(17)).await;
    assert_eq!(late.try_next().await.unwrap().unwrap(), "piece");
    let error = late.try_next().await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert!(late.try_next().await.unwrap().is_none(), "the stream ends after an error");
}

#[tokio::test]
async fn a_connection_error_within_a_stream_is_not_retried() {
    let begin = format!("{}{}", chunked_head("image/png"), chunk("first"));
    let truncated = Reply::Close(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nfirst".to_vec());
    for reply in [Reply::Break(begin.clone().into_bytes()), Reply::Close(begin.into_bytes()), truncated] {
        let server = Server::always(reply).await;
        let mut chunks = download(&client(&server.url)).chunks().await.unwrap();
        assert_eq!(chunks.try_next().await.unwrap().unwrap(), "first");
        server.release();
        let error = chunks.try_next().await.unwrap_err();
        assert!(matches!(&error, Error::Connection(error) if error.sent), "{error:?}");
        assert_message(&error, &["GET /file", "the connection broke"]);
        assert!(chunks.try_next().await.unwrap().is_none());
        assert_eq!(server.count(), 1);
    }
}

#[tokio::test]
async fn a_stream_is_retried_until_the_response_begins() {
    let script = [reply("503 Service Unavailable", &[], "busy"), Reply::Reset, reply("200 OK", &[], "full body")];
    let server = Server::script(script).await;
    let mut chunks = download(&client(&server.url)).chunks().await.unwrap();
    assert_eq!(chunks.length(), Some(9));
    assert_eq!(chunks.try_next().await.unwrap().unwrap(), "full body");
    assert_eq!(server.count(), 3);

    let server = Server::always(error_reply("403 Forbidden", 9109, "Unauthorized")).await;
    let error = download(&client(&server.url)).chunks().await.unwrap_err();
    assert!(matches!(&error, Error::Api(error) if !error.body.is_empty()), "{error}");
    assert!(error.is_unauthorized());
}

#[tokio::test]
async fn a_response_larger_than_the_limit_is_an_error() {
    let body = "x".repeat(100);
    let chunked = format!("{}{}{END}", chunked_head("text/plain"), chunk(&body[..60]).repeat(2));
    for reply in [reply("200 OK", &[], &body), Reply::Keep(chunked.into_bytes())] {
        let server = Server::always(reply).await;
        let client = builder(&server.url).max_response_size(99).build().unwrap();
        let error = download(&client).await.unwrap_err();
        assert_message(&error, &["larger than 99 bytes", "max_response_size"]);
        assert_eq!(server.count(), 1, "the error is not retried");
        // The limit does not apply to streams.
        assert!(download(&client).chunks().await.unwrap().try_next().await.unwrap().is_some());
    }
    // A body of exactly the limit is allowed.
    let server = Server::always(ok(r#"{"id":7}"#)).await;
    let size = get_thing(&client(&server.url), "a", "b").send().await.unwrap().body.len();
    for (limit, is_allowed) in [(size, true), (size - 1, false)] {
        let client = builder(&server.url).max_response_size(limit).build().unwrap();
        assert_eq!(get_thing(&client, "a", "b").await.is_ok(), is_allowed);
    }
}

#[tokio::test]
async fn events_are_decoded_across_chunk_boundaries() {
    let pieces = [
        &chunked_head("text/event-stream"),
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

    let begin = format!("{}{}", chunked_head("text/event-stream"), chunk("data: 1\n\ndata: 2"));
    let server = Server::always(Reply::Break(begin.into_bytes())).await;
    let mut events = watch(&support::client(&server.url)).await.unwrap();
    assert_eq!(events.try_next().await.unwrap(), Some(Value::from(1)));
    server.release();
    let error = events.try_next().await.unwrap_err();
    assert!(matches!(&error, Error::Connection(_)), "{error}");
    assert_eq!(events.try_next().await.unwrap(), None);
}

#[tokio::test]
async fn an_event_larger_than_the_limit_is_an_error() {
    let begin = format!("{}{}", chunked_head("text/event-stream"), chunk(&"x".repeat(2000)));
    let server = Server::always(Reply::Stall(begin.into_bytes())).await;
    let client = builder(&server.url).max_response_size(1000).build().unwrap();
    let error = watch(&client).await.unwrap().try_next().await.unwrap_err();
    assert_message(&error, &["an item is larger than 1000 bytes"]);
}
