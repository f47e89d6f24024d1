//! The default transport: its settings, and what answers it unpacks.

#![cfg(feature = "reqwest")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::time::Duration;

use sdk_runtime::transport::{ReqwestTransport, reqwest};
use sdk_runtime::{ClientBuilder, Error};
use support::server::{Reply, Server, ok};
use support::{API, API_TOKEN, TOKEN, assert_says, builder, client, get_thing};

/// A server that takes the connection and is silent when TLS is to begin.
#[tokio::test]
async fn the_time_for_a_connection_is_limited() {
    let server = Server::always(Reply::Stall(Vec::new())).await;
    let url = server.url.replace("http://", "https://");
    let client = builder(&url).max_retries(1).connect_timeout(Duration::from_millis(50)).build().unwrap();
    let error = get_thing(&client, "a", "b").await.unwrap_err();
    assert!(matches!(&error, Error::Connection(error) if !error.sent), "{error:?}");
    assert_says(&error, &["no connection", "2 attempts"]);
    assert_eq!(server.connections(), 2);
}

#[test]
fn a_limit_that_would_have_no_effect_is_an_error() {
    let limit = Duration::from_secs(1);
    let builder = builder("http://localhost").transport(ReqwestTransport::new().unwrap()).connect_timeout(limit);
    assert_says(&builder.build().unwrap_err(), &["`connect_timeout`", "set the limit there"]);
}

#[test]
fn settings_that_do_not_fit_are_an_error() {
    let error = ReqwestTransport::with(|builder| builder.user_agent("a\nb")).unwrap_err();
    assert!(matches!(&error, Error::Config(_)), "{error:?}");
}

#[tokio::test]
async fn a_proxy_gets_the_requests() {
    let proxy = Server::always(ok(r#"{"id":7}"#)).await;
    let transport = ReqwestTransport::with(|builder| builder.proxy(reqwest::Proxy::all(&proxy.url).unwrap()));
    let builder = ClientBuilder::new(&API).base_url("http://api.example.invalid").credential(&API_TOKEN, TOKEN);
    let client = builder.allow_http().transport(transport.unwrap()).build().unwrap();
    assert_eq!(get_thing(&client, "a", "b").await.unwrap().id, 7);
    assert_eq!(proxy.only().line(), "GET http://api.example.invalid/accounts/a/things/b HTTP/1.1");
}

#[tokio::test]
async fn what_is_on_by_feature_is_asked_for() {
    let server = Server::always(ok(r#"{"id":7}"#)).await;
    get_thing(&client(&server.url), "a", "b").await.unwrap();
    let expected: Vec<&str> =
        [("zstd", cfg!(feature = "zstd")), ("gzip", cfg!(feature = "gzip")), ("br", cfg!(feature = "brotli"))]
            .into_iter()
            .filter_map(|(name, is_on)| is_on.then_some(name))
            .collect();
    let mut asked: Vec<String> = server
        .only()
        .header("accept-encoding")
        .iter()
        .flat_map(|header| header.split(','))
        .map(|name| name.trim().to_owned())
        .collect();
    asked.sort_by_key(|name| expected.iter().position(|expected| expected == name));
    assert_eq!(asked, expected);
}

#[cfg(all(feature = "gzip", feature = "brotli", feature = "zstd"))]
mod packed {
    use sdk_runtime::{Client, Request};

    use super::*;

    sdk_runtime::request!(Download -> bytes);

    fn download(client: &Client) -> Download {
        Download(Request::new(client, &support::FILE))
    }

    /// 65,000 blanks and an answer behind them.
    const PACKED: [(&str, &str); 3] = [
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

    const SIZE: usize = 65_060;

    fn packed() -> impl Iterator<Item = (&'static str, Vec<u8>)> {
        let byte = |digits: &[u8]| u8::from_str_radix(std::str::from_utf8(digits).unwrap(), 16).unwrap();
        PACKED.into_iter().map(move |(encoding, hex)| (encoding, hex.as_bytes().chunks(2).map(byte).collect()))
    }

    fn answer(encoding: &str, length: usize, body: &[u8]) -> Vec<u8> {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-encoding: {encoding}\r\ncontent-length: {length}\r\n\r\n");
        [head.as_bytes(), body].concat()
    }

    #[tokio::test]
    async fn a_packed_answer_is_read_as_any_other() {
        for (encoding, body) in packed() {
            let server = Server::always(Reply::Keep(answer(encoding, body.len(), &body))).await;
            let client = client(&server.url);
            let response = get_thing(&client, "a", "b").send().await.unwrap();
            assert_eq!((response.result.id, response.body.len()), (7, SIZE), "{encoding}");
            assert!(!response.headers.contains_key("content-encoding"), "the body has it no more");
            // The length is that of what is sent, which says nothing of what comes out.
            assert_eq!(download(&client).chunks().await.unwrap().length(), None);
        }
    }

    /// A few bytes that unpack to very many.
    #[tokio::test]
    async fn what_comes_out_counts_for_the_limit() {
        for (encoding, body) in packed() {
            let server = Server::always(Reply::Keep(answer(encoding, body.len(), &body))).await;
            for (limit, is_allowed) in [(SIZE, true), (SIZE - 1, false), (1_000, false)] {
                let client = builder(&server.url).max_response_size(limit).build().unwrap();
                let result = get_thing(&client, "a", "b").await;
                assert_eq!(result.is_ok(), is_allowed, "{encoding}");
                if let Err(error) = result {
                    assert_says(&error, &["larger than", "max_response_size"]);
                }
            }
            // What is read chunk by chunk may be of any size: no chunk holds much of it.
            let mut chunks = download(&client(&server.url)).chunks().await.unwrap();
            while let Some(chunk) = chunks.try_next().await.unwrap() {
                assert!(chunk.len() <= 64 << 10, "{encoding}: {}", chunk.len());
            }
        }
    }

    #[tokio::test]
    async fn a_packed_answer_that_breaks_off_is_an_error() {
        for (encoding, body) in packed() {
            let half = Reply::Close(answer(encoding, body.len(), &body[..body.len() / 2]));
            // Complete for HTTP, but not for the decoder.
            let short = Reply::Keep(answer(encoding, body.len() / 2, &body[..body.len() / 2]));
            for reply in [half, short] {
                let server = Server::always(reply).await;
                let client = builder(&server.url).max_retries(1).build().unwrap();
                let error = get_thing(&client, "a", "b").await.unwrap_err();
                assert!(matches!(&error, Error::Connection(_)), "{encoding}: {error:?}");
                assert_eq!(server.count(), 2, "it may be whole the next time");
            }
        }
    }

    #[tokio::test]
    async fn an_answer_without_content_need_not_be_packed() {
        for (encoding, _) in packed() {
            let server = Server::always(Reply::Keep(answer(encoding, 0, b""))).await;
            assert_eq!(download(&client(&server.url)).await.unwrap(), "", "{encoding}");
        }
    }
}
