//! Request bodies from files and streams, and their retries.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use sdk_runtime::transport::{BoxFuture, Transport, TransportError, TransportErrorKind, http};
use sdk_runtime::{Body, Client, Error, Part, Request};
use support::server::{Reply, Server, reply};
use support::{assert_message, builder, client};

sdk_runtime::request!(Upload -> ());

fn upload(client: &Client, body: Body) -> Upload {
    let mut request = Request::new(client, &support::PUT_FILE);
    request.raw_body("application/octet-stream", body);
    Upload(request)
}

fn multipart(client: &Client, file: Part) -> Upload {
    let mut request = Request::new(client, &support::PUT_FILE);
    request.part_field("name", "n");
    request.part("file", "text/plain", file);
    Upload(request)
}

/// A temporary file that is longer than one read, removed when dropped.
struct File {
    path: PathBuf,
    content: String,
}

impl File {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sdk-runtime-{}-{name}", std::process::id()));
        let content: String = (0..30_000).map(|line| format!("line {line}\n")).collect();
        std::fs::write(&path, &content).unwrap();
        Self { path, content }
    }
}

impl Drop for File {
    fn drop(&mut self) {
        std::fs::remove_file(&self.path).ok();
    }
}

fn unavailable() -> Reply {
    reply("503 Service Unavailable", &[], "busy")
}

fn success() -> Reply {
    reply("200 OK", &[], "")
}

fn stream(text: &'static str) -> Body {
    Body::reader(text.as_bytes())
}

#[tokio::test]
async fn every_retry_sends_the_entire_file() {
    let file = File::new("retries");
    let server = Server::script([unavailable(), Reply::Reset, success()]).await;
    upload(&client(&server.url), Body::file(&file.path)).await.unwrap();
    let received = server.received();
    assert_eq!(received.len(), 3);
    for received in received {
        assert_eq!(received.header("content-length"), [file.content.len().to_string()]);
        assert!(received.header("transfer-encoding").is_empty());
        assert!(received.body == file.content);
    }
}

#[tokio::test]
async fn an_unreadable_file_is_an_error_before_sending() {
    let server = Server::always(success()).await;
    for body in [Body::file("no/such/file.bin"), Body::file(std::env::temp_dir())] {
        let error = upload(&client(&server.url), body.clone()).await.unwrap_err();
        assert!(matches!(&error, Error::Config(_)), "{error:?}");
        assert_message(&error, &["PUT /file", "the body can't be read"]);
        let error = multipart(&client(&server.url), Part::from(body)).await.unwrap_err();
        assert!(matches!(&error, Error::Config(_)), "{error:?}");
    }
    assert_eq!(server.count(), 0);
}

#[tokio::test]
async fn a_stream_is_chunked_unless_its_length_is_set() {
    let server = Server::always(success()).await;
    let client = client(&server.url);
    upload(&client, stream("a stream")).await.unwrap();
    upload(&client, stream("a stream").with_length(8)).await.unwrap();
    let received = server.received();
    assert_eq!((received[0].body.as_str(), received[1].body.as_str()), ("a stream", "a stream"));
    assert_eq!(received[0].header("transfer-encoding"), ["chunked"]);
    assert_eq!(received[1].header("content-length"), ["8"]);
}

#[tokio::test]
async fn a_started_stream_is_not_retried() {
    for response in [unavailable(), Reply::Reset, reply("307 Temporary Redirect", &["location: /file"], "")] {
        let server = Server::always(response).await;
        let error = upload(&client(&server.url), stream("once")).await.unwrap_err();
        assert_eq!(server.count(), 1, "{error}");
        assert!(!matches!(&error, Error::Config(_)), "{error}");
    }
    // A body that can be recreated follows a redirect.
    let file = File::new("redirect");
    let server = Server::script([reply("307 Temporary Redirect", &["location: /file"], ""), success()]).await;
    upload(&client(&server.url), Body::file(&file.path)).await.unwrap();
    assert!(server.received().iter().all(|received| received.body == file.content));

    // Two requests cannot send the same stream.
    let server = Server::always(success()).await;
    let request = upload(&client(&server.url), stream("once"));
    request.clone().await.unwrap();
    let error = request.await.unwrap_err();
    assert_message(&error, &["a stream that was already sent"]);
    assert_eq!(server.count(), 1);
}

/// Transport that fails to connect twice, then accepts the body.
#[derive(Default)]
struct Unreachable(AtomicUsize);

impl Transport for Unreachable {
    fn send(&self, request: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        Box::pin(async move {
            if self.0.fetch_add(1, Ordering::SeqCst) < 2 {
                return Err(TransportError { kind: TransportErrorKind::Connect, source: "refused".into() });
            }
            assert_eq!(request.into_body().collect().await.unwrap(), "once");
            Ok(http::Response::new(Body::empty()))
        })
    }
}

#[tokio::test]
async fn an_unread_stream_is_retried() {
    let client = builder("http://localhost").transport(Unreachable::default()).build().unwrap();
    upload(&client, stream("once")).await.unwrap();
}

#[tokio::test]
async fn a_stream_error_fails_the_request() {
    struct Failing(bool);
    impl sdk_runtime::transport::Stream for Failing {
        type Item = Result<Vec<u8>, std::io::Error>;
        fn poll_next(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Self::Item>> {
            let is_begun = std::mem::replace(&mut self.0, true);
            std::task::Poll::Ready(Some(if is_begun {
                Err(std::io::Error::other("disk failure"))
            } else {
                Ok(b"first".to_vec())
            }))
        }
    }
    let server = Server::always(success()).await;
    let error = upload(&client(&server.url), Body::stream(Failing(false))).await.unwrap_err();
    assert_message(&error, &["PUT /file", "disk failure"]);
    assert_eq!(server.count(), 0, "a request with an incomplete body is not received");
}

#[tokio::test]
async fn a_multipart_form_with_a_file_has_a_length_and_is_retried() {
    let file = File::new("form.txt");
    let server = Server::script([unavailable(), success()]).await;
    multipart(&client(&server.url), Part::file(&file.path)).await.unwrap();
    let received = server.received();
    assert_eq!(received.len(), 2);
    let name = file.path.file_name().unwrap().to_str().unwrap();
    for received in received {
        let content_type = received.header("content-type")[0];
        let boundary = content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
        let expected = format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"name\"\r\n\r\nn\r\n\
             --{boundary}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             content-type: text/plain\r\n\r\n{}\r\n--{boundary}--\r\n",
            file.content
        );
        assert!(received.body == expected, "{:?}", &received.body[..300]);
        assert_eq!(received.header("content-length"), [expected.len().to_string()]);
    }

    let server = Server::always(unavailable()).await;
    multipart(&client(&server.url), Part::from(stream("once"))).await.unwrap_err();
    assert_eq!(server.count(), 1);
}
