//! Response bodies streamed to files and writers.

#![cfg(feature = "reqwest")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::path::PathBuf;

use sdk_runtime::transport::{BoxFuture, Transport, TransportError, http};
use sdk_runtime::{Body, Chunks, Client, Error, Request};
use support::server::{Reply, Server, reply};
use support::{assert_message, builder, client};

sdk_runtime::request!(Download -> bytes);

async fn download(client: &Client) -> Chunks {
    Download(Request::new(client, &support::FILE)).chunks().await.unwrap()
}

/// A temporary directory that is removed when dropped.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sdk-runtime-{}-{name}", std::process::id()));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn file_names(&self) -> Vec<String> {
        let names = std::fs::read_dir(&self.0).unwrap();
        names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

#[tokio::test]
async fn write_to_replaces_the_file_only_when_complete() {
    let directory = Directory::new("downloads");
    let path = directory.0.join("backup.tar");
    std::fs::write(&path, "before").unwrap();
    let content: String = (0..50_000).map(|line| format!("line {line}\n")).collect();
    let cut = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{}", content.len(), &content[..300_000]);
    let stalled = Reply::Stall(cut.clone().into_bytes());
    let server = Server::script([Reply::Close(cut.into_bytes()), stalled, reply("200 OK", &[], &content)]).await;
    let client = client(&server.url);

    let error = download(&client).await.write_to(&path).await.unwrap_err();
    assert!(matches!(&error, Error::Connection(_)), "{error:?}");
    assert_eq!(
        (directory.file_names(), std::fs::read_to_string(&path).unwrap()),
        (vec!["backup.tar".into()], "before".into())
    );

    // A cancelled download leaves no temporary file.
    let chunks = download(&client).await;
    let target = path.clone();
    let task = tokio::spawn(async move { chunks.write_to(target).await });
    while directory.file_names().len() < 2 {
        tokio::task::yield_now().await;
    }
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    while directory.file_names().len() > 1 {
        tokio::task::yield_now().await;
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "before");

    let length = download(&client).await.write_to(&path).await.unwrap();
    assert_eq!(length, content.len() as u64);
    assert!(std::fs::read_to_string(&path).unwrap() == content);
    assert_eq!(directory.file_names(), ["backup.tar"]);
}

#[tokio::test]
async fn copy_to_writes_the_remaining_body() {
    let server = Server::always(reply("200 OK", &[], "full body")).await;
    let client = client(&server.url);
    let mut written = Vec::new();
    assert_eq!(download(&client).await.copy_to(&mut written).await.unwrap(), 9);
    assert_eq!(written, b"full body");

    let mut chunks = download(&client).await;
    chunks.try_next().await.unwrap();
    assert_eq!(chunks.copy_to(&mut written).await.unwrap(), 0);

    // A writer without enough space, and a directory that does not exist.
    let mut space = [0; 4];
    let mut writer = std::io::Cursor::new(&mut space[..]);
    let error = download(&client).await.copy_to(&mut writer).await.unwrap_err();
    assert_message(&error, &["GET /file: the response can't be written: "]);
    let error = download(&client).await.write_to("no/such/folder/file").await.unwrap_err();
    assert!(matches!(&error, Error::Config(_)), "{error:?}");
    assert_message(&error, &["GET /file: the response can't be written to no/such/folder/file: "]);
}

/// Transport whose response body is shorter than its stated length.
struct ShortBody;

impl Transport for ShortBody {
    fn send(&self, _: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        Box::pin(async { Ok(http::Response::new(Body::reader(b"short".as_slice()).with_length(9))) })
    }
}

#[tokio::test]
async fn a_body_shorter_than_its_length_is_an_error() {
    let client = builder("http://localhost").transport(ShortBody).build().unwrap();
    let error = download(&client).await.copy_to(&mut Vec::new()).await.unwrap_err();
    assert!(matches!(&error, Error::Connection(_)), "{error:?}");
    assert_message(&error, &["GET /file", "received 5 of 9 bytes"]);
}
