//! The default transport: settings and decompression.

#![cfg(feature = "reqwest")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::time::Duration;

use sdk_runtime::transport::{ReqwestTransport, reqwest};
use sdk_runtime::{ClientBuilder, Error};
use support::server::{Reply, Server, ok};
use support::{API, API_TOKEN, TOKEN, assert_message, builder, client, get_thing};

/// The server accepts the connection and does not respond to the TLS handshake.
#[tokio::test]
async fn connect_timeout_limits_the_tls_handshake() {
    let server = Server::always(Reply::Stall(Vec::new())).await;
    let url = server.url.replace("http://", "https://");
    let client = builder(&url).max_retries(1).connect_timeout(Duration::from_millis(50)).build().unwrap();
    let error = get_thing(&client, "a", "b").await.unwrap_err();
    assert!(matches!(&error, Error::Connection(error) if !error.sent), "{error:?}");
    assert_message(&error, &["no connection", "2 attempts"]);
    assert_eq!(server.connections(), 2);
}

#[test]
fn connect_timeout_with_a_custom_transport_is_an_error() {
    let limit = Duration::from_secs(1);
    let builder = builder("http://localhost").transport(ReqwestTransport::new().unwrap()).connect_timeout(limit);
    assert_message(
        &builder.build().unwrap_err(),
        &["`connect_timeout`", "set the limit in the client's transport"],
    );
}

#[test]
fn invalid_settings_are_an_error() {
    let error = ReqwestTransport::with(|builder| builder.user_agent("a\nb")).unwrap_err();
    assert!(matches!(&error, Error::Config(_)), "{error:?}");
}

#[tokio::test]
async fn requests_are_sent_through_a_proxy() {
    let proxy = Server::always(ok(r#"{"id":7}"#)).await;
    let transport = ReqwestTransport::with(|builder| builder.proxy(reqwest::Proxy::all(&proxy.url).unwrap()));
    let builder = ClientBuilder::new(&API).base_url("http://api.example.invalid").credential(&API_TOKEN, TOKEN);
    let client = builder.allow_http().transport(transport.unwrap()).build().unwrap();
    assert_eq!(get_thing(&client, "a", "b").await.unwrap().id, 7);
    assert_eq!(proxy.only_request().line(), "GET http://api.example.invalid/accounts/a/things/b HTTP/1.1");
}

#[tokio::test]
async fn accept_encoding_lists_the_enabled_features() {
    let server = Server::always(ok(r#"{"id":7}"#)).await;
    get_thing(&client(&server.url), "a", "b").await.unwrap();
    let expected: Vec<&str> =
        [("zstd", cfg!(feature = "zstd")), ("gzip", cfg!(feature = "gzip")), ("br", cfg!(feature = "brotli"))]
            .into_iter()
            .filter_map(|(name, is_on)| is_on.then_some(name))
            .collect();
    let mut requested: Vec<String> = server
        .only_request()
        .header("accept-encoding")
        .iter()
        .flat_map(|header| header.split(','))
        .map(|name| name.trim().to_owned())
        .collect();
    requested.sort_by_key(|name| expected.iter().position(|expected| expected == name));
    assert_eq!(requested, expected);
}

#[cfg(all(feature = "gzip", feature = "brotli", feature = "zstd"))]
mod compressed {
    use sdk_runtime::{Client, Request};

    use super::*;

    sdk_runtime::request!(Download -> bytes);

    fn download(client: &Client) -> Download {
        Download(Request::new(client, &support::FILE))
    }

    /// 65,000 spaces followed by a response, in each encoding as hexadecimal digits.
    const COMPRESSED: [(&str, &str); 3] = [
        (
            "gzip",
            "1f8b0800000000000203edc8310ac2401040d1ab84a9b717f62a6221c9208212d8cd5621774ff01abed7fd3f4d0000000000000000\
             0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000\
             00c0bfd9a3651f9f2dea1eef25eaed28d1c73c67ef51b736b244b6b6b6abee8f12dfeb3f5ff9abe3046968f1c524fe0000",
        ),
        (
            "zstd",
            "28b52ffd6424fdf5010072c30b11b0eba7dd361f93a4b1270575a1070c3f016f88f4fe10651c4297ea8d6fcad2bb2fa5adf185b4\
             41766996da5eed4003003b018d984021efeb4008a0751515",
        ),
        (
            "br",
            "1b23fe809c05762c1e2058f5f91c93bd8e50e9c902d2d7227b5b3753872cad44ba9c72c0dea2d240dba213e9ab71e91802f6faa1\
             f50095d8af4c4e370a2c76b525855fceb3721fd3",
        ),
    ];

    const DECOMPRESSED_SIZE: usize = 65_060;

    fn compressed() -> impl Iterator<Item = (&'static str, Vec<u8>)> {
        let byte = |digits: &[u8]| u8::from_str_radix(std::str::from_utf8(digits).unwrap(), 16).unwrap();
        COMPRESSED.into_iter().map(move |(encoding, hex)| (encoding, hex.as_bytes().chunks(2).map(byte).collect()))
    }

    fn response(encoding: &str, length: usize, body: &[u8]) -> Vec<u8> {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-encoding: {encoding}\r\ncontent-length: {length}\r\n\r\n");
        [head.as_bytes(), body].concat()
    }

    #[tokio::test]
    async fn compressed_responses_are_decompressed() {
        for (encoding, body) in compressed() {
            let server = Server::always(Reply::Keep(response(encoding, body.len(), &body))).await;
            let client = client(&server.url);
            let response = get_thing(&client, "a", "b").send().await.unwrap();
            assert_eq!((response.result.id, response.body.len()), (7, DECOMPRESSED_SIZE), "{encoding}");
            assert!(!response.headers.contains_key("content-encoding"), "the header is removed");
            // The content length is the compressed size; the decompressed size is unknown.
            assert_eq!(download(&client).chunks().await.unwrap().length(), None);
        }
    }

    /// A small response can be decompressed to a very large one.
    #[tokio::test]
    async fn the_size_limit_applies_to_the_decompressed_body() {
        for (encoding, body) in compressed() {
            let server = Server::always(Reply::Keep(response(encoding, body.len(), &body))).await;
            for (limit, is_allowed) in [(DECOMPRESSED_SIZE, true), (DECOMPRESSED_SIZE - 1, false), (1_000, false)]
            {
                let client = builder(&server.url).max_response_size(limit).build().unwrap();
                let result = get_thing(&client, "a", "b").await;
                assert_eq!(result.is_ok(), is_allowed, "{encoding}");
                if let Err(error) = result {
                    assert_message(&error, &["larger than", "max_response_size"]);
                }
            }
            // Streams have no limit, and every chunk is small.
            let mut chunks = download(&client(&server.url)).chunks().await.unwrap();
            while let Some(chunk) = chunks.try_next().await.unwrap() {
                assert!(chunk.len() <= 64 << 10, "{encoding}: {}", chunk.len());
            }
        }
    }

    #[tokio::test]
    async fn a_truncated_compressed_response_is_an_error() {
        for (encoding, body) in compressed() {
            let half = Reply::Close(response(encoding, body.len(), &body[..body.len() / 2]));
            // Complete for HTTP, but not for the decoder.
            let short = Reply::Keep(response(encoding, body.len() / 2, &body[..body.len() / 2]));
            for reply in [half, short] {
                let server = Server::always(reply).await;
                let client = builder(&server.url).max_retries(1).build().unwrap();
                let error = get_thing(&client, "a", "b").await.unwrap_err();
                assert!(matches!(&error, Error::Connection(_)), "{encoding}: {error:?}");
                assert_eq!(server.count(), 2, "the error is retried");
            }
        }
    }

    #[tokio::test]
    async fn an_empty_body_with_content_encoding_is_accepted() {
        for (encoding, _) in compressed() {
            let server = Server::always(Reply::Keep(response(encoding, 0, b""))).await;
            assert_eq!(download(&client(&server.url)).await.unwrap(), "", "{encoding}");
        }
    }
}
