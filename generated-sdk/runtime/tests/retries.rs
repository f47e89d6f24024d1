//! Retries: requests that are retried, requests that are not, and `Retry-After`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::time::{Duration, SystemTime};

use sdk_runtime::{Error, RequestOptions};
use support::scripted_transport::{ScriptedTransport, Step};
use support::server::{Reply, Server, error_reply, ok, reply};
use support::{
    ACCOUNT, THING, assert_message, builder, client, create_thing, delete_thing, find_thing, get_thing,
};

fn server_error() -> Reply {
    error_reply("500 Internal Server Error", 1000, "Try again")
}

#[tokio::test]
async fn a_get_fails_with_the_last_error_after_three_attempts() {
    let server = Server::script([
        error_reply("500 Internal Server Error", 1, "first"),
        error_reply("503 Service Unavailable", 2, "second"),
        error_reply("502 Bad Gateway", 3, "third"),
    ])
    .await;
    let error = get_thing(&client(&server.url), ACCOUNT, THING).await.unwrap_err();
    assert_eq!(server.count(), 3);
    assert_eq!(error.codes().collect::<Vec<_>>(), [3]);
    assert!(matches!(&error, Error::Api(error) if error.request.attempts == 3));
    assert_message(&error, &["3 attempts", "502", "third"]);
    // All attempts send the same request, including credentials.
    let received = server.received();
    assert!(received.iter().all(|attempt| attempt.head == received[0].head), "{received:?}");
}

#[tokio::test]
async fn a_successful_retry_is_a_success() {
    let server = Server::script([reply("503 Service Unavailable", &[], "busy"), ok(r#"{"id":7}"#)]).await;
    let response = get_thing(&client(&server.url), ACCOUNT, THING).send().await.unwrap();
    assert_eq!((response.result.id, response.attempts, server.count()), (7, 2, 2));
}

#[tokio::test]
async fn get_and_delete_are_retried_after_a_connection_reset() {
    let server = Server::script([Reply::Reset, ok(r#"{"id":7}"#), Reply::Reset, ok("null")]).await;
    let client = client(&server.url);
    assert_eq!(get_thing(&client, ACCOUNT, THING).await.unwrap().id, 7);
    assert_eq!(delete_thing(&client).await.unwrap(), None);
    assert_eq!(server.count(), 4);
}

#[tokio::test]
async fn a_post_is_not_retried_if_the_server_may_have_acted() {
    for response in [server_error(), reply("502 Bad Gateway", &[], ""), reply("503 Service Unavailable", &[], "")]
    {
        let server = Server::always(response).await;
        let error = create_thing(&client(&server.url)).name("x").await.unwrap_err();
        assert_eq!(server.count(), 1, "{error}");
    }

    // On a new connection, and on a reused one.
    let server = Server::script([Reply::Reset, ok("null"), Reply::Reset]).await;
    let client = client(&server.url);
    for (is_success, count) in [(false, 1), (true, 2), (false, 3)] {
        let result = create_thing(&client).name("x").await;
        assert_eq!((result.is_ok(), server.count()), (is_success, count), "{result:?}");
        if let Err(error) = result {
            assert!(matches!(&error, Error::Connection(error) if error.sent), "{error:?}");
        }
    }
}

#[tokio::test]
async fn a_post_that_the_server_rejected_is_retried_with_its_body() {
    // 429, and 503 with `Retry-After`.
    for status in ["429 Too Many Requests", "503 Service Unavailable"] {
        let server = Server::script([reply(status, &["retry-after: 0"], ""), ok(r#"{"id":7}"#)]).await;
        let response = create_thing(&client(&server.url)).name("x").send().await.unwrap();
        assert_eq!((response.result.unwrap().id, response.attempts), (7, 2));
        let bodies: Vec<_> = server.received().into_iter().map(|received| received.body).collect();
        assert_eq!(bodies, [r#"{"name":"x"}"#, r#"{"name":"x"}"#]);
    }
}

#[tokio::test(start_paused = true)]
async fn retry_after_sets_the_delay() {
    let date = |from_now: i64| {
        let seconds = Duration::from_secs(from_now.unsigned_abs());
        let now = SystemTime::now();
        httpdate::fmt_http_date(if from_now < 0 { now - seconds } else { now + seconds })
    };
    // Expected seconds of delay: as requested, the backoff of the policy, or `None` if the call fails
    // immediately.
    let backoff = Some(0..=1);
    let cases = [
        (None, backoff.clone()),
        (Some("0".to_owned()), Some(0..=0)),
        (Some("7".to_owned()), Some(7..=7)),
        (Some("60".to_owned()), Some(60..=60)),
        (Some("61".to_owned()), None),
        (Some("18446744073709551615".to_owned()), None),
        (Some(date(-1000)), Some(0..=0)),
        // A date has no fractions of a second, and some time passes before it is parsed.
        (Some(date(40)), Some(1..=40)),
        (Some(date(4000)), None),
        (Some("-1".to_owned()), backoff.clone()),
        (Some("1.5".to_owned()), backoff.clone()),
        (Some("soon".to_owned()), backoff.clone()),
        (Some(String::new()), backoff),
    ];
    for (value, expected) in cases {
        for method in ["GET", "POST"] {
            let headers: Vec<_> = value.iter().map(|value| ("retry-after", value.clone())).collect();
            let transport = ScriptedTransport::new(move |number| match number {
                0 => Step::Response(429, headers.clone()),
                _ => Step::Response(200, Vec::new()),
            });
            let client = builder("https://api.example.com").transport(transport.clone()).build().unwrap();
            let result = match method {
                "GET" => find_thing(&client, ACCOUNT, THING).await,
                _ => create_thing(&client).await,
            };
            let delays = transport.delays();
            match &expected {
                Some(seconds) => {
                    assert_eq!(result.unwrap().unwrap().id, 7);
                    assert!(seconds.contains(&delays[0].as_secs()), "{method} {value:?}: {delays:?}");
                }
                None => {
                    assert!(result.unwrap_err().is_rate_limited());
                    assert!(delays.is_empty(), "{method} {value:?}: {delays:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn max_retries_can_be_set_for_client_and_request() {
    for (client_retries, request_retries, expected) in
        [(Some(0), None, 1), (Some(1), None, 2), (None, Some(0), 1), (None, Some(4), 5), (Some(0), Some(1), 2)]
    {
        let server = Server::always(server_error()).await;
        let mut builder = builder(&server.url);
        if let Some(retries) = client_retries {
            builder = builder.max_retries(retries);
        }
        let client = builder.build().unwrap();
        let mut request = get_thing(&client, ACCOUNT, THING);
        if let Some(retries) = request_retries {
            request = request.with_max_retries(retries);
        }
        let error = request.await.unwrap_err();
        assert_eq!(server.count(), expected, "{client_retries:?} {request_retries:?}");
        assert!(matches!(&error, Error::Api(error) if error.request.attempts as usize == expected));
    }
}
