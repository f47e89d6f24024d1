//! What is sent again, and what must never be.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::time::{Duration, SystemTime};

use sdk_runtime::{Error, RequestOptions};
use support::memory::{Memory, Step};
use support::server::{Reply, Server, ok, refusal, reply};
use support::{ACCOUNT, THING, assert_says, builder, client, create_thing, delete_thing, find_thing, get_thing};

fn broken() -> Reply {
    refusal("500 Internal Server Error", 1000, "Try again")
}

#[tokio::test]
async fn a_get_is_sent_three_times_and_then_the_last_error_stands() {
    let server = Server::script([
        refusal("500 Internal Server Error", 1, "first"),
        refusal("503 Service Unavailable", 2, "second"),
        refusal("502 Bad Gateway", 3, "third"),
    ])
    .await;
    let error = get_thing(&client(&server.url), ACCOUNT, THING).await.unwrap_err();
    assert_eq!(server.count(), 3);
    assert_eq!(error.codes().collect::<Vec<_>>(), [3]);
    assert!(matches!(&error, Error::Api(error) if error.request.attempts == 3));
    assert_says(&error, &["3 attempts", "502", "third"]);
    // Each time the same request, credentials and all.
    let received = server.received();
    assert!(received.iter().all(|again| again.head == received[0].head), "{received:?}");
}

#[tokio::test]
async fn a_retry_that_succeeds_is_a_success() {
    let server = Server::script([reply("503 Service Unavailable", &[], "busy"), ok(r#"{"id":7}"#)]).await;
    let response = get_thing(&client(&server.url), ACCOUNT, THING).send().await.unwrap();
    assert_eq!((response.result.id, response.attempts, server.count()), (7, 2, 2));
}

#[tokio::test]
async fn a_get_and_a_delete_survive_a_reset_connection() {
    let server = Server::script([Reply::Reset, ok(r#"{"id":7}"#), Reply::Reset, ok("null")]).await;
    let client = client(&server.url);
    assert_eq!(get_thing(&client, ACCOUNT, THING).await.unwrap().id, 7);
    assert_eq!(delete_thing(&client).await.unwrap(), None);
    assert_eq!(server.count(), 4);
}

#[tokio::test]
async fn a_post_that_the_server_may_have_acted_on_is_not_repeated() {
    for answer in [broken(), reply("502 Bad Gateway", &[], ""), reply("503 Service Unavailable", &[], "")] {
        let server = Server::always(answer).await;
        let error = create_thing(&client(&server.url)).name("x").await.unwrap_err();
        assert_eq!(server.count(), 1, "{error}");
    }

    // On a new connection, and on one that was used before.
    let server = Server::script([Reply::Reset, ok("null"), Reply::Reset]).await;
    let client = client(&server.url);
    for (success, count) in [(false, 1), (true, 2), (false, 3)] {
        let result = create_thing(&client).name("x").await;
        assert_eq!((result.is_ok(), server.count()), (success, count), "{result:?}");
        if let Err(error) = result {
            assert!(matches!(&error, Error::Connection(error) if error.sent), "{error:?}");
        }
    }
}

#[tokio::test]
async fn a_post_that_the_server_turned_away_is_repeated_with_its_body() {
    // Too many requests; and unavailable with an invitation to come back.
    for status in ["429 Too Many Requests", "503 Service Unavailable"] {
        let server = Server::script([reply(status, &["retry-after: 0"], ""), ok(r#"{"id":7}"#)]).await;
        let response = create_thing(&client(&server.url)).name("x").send().await.unwrap();
        assert_eq!((response.result.unwrap().id, response.attempts), (7, 2));
        let bodies: Vec<_> = server.received().into_iter().map(|received| received.body).collect();
        assert_eq!(bodies, [r#"{"name":"x"}"#, r#"{"name":"x"}"#]);
    }
}

#[tokio::test(start_paused = true)]
async fn the_server_says_how_long_to_wait() {
    let date = |from_now: i64| {
        let seconds = Duration::from_secs(from_now.unsigned_abs());
        let now = SystemTime::now();
        httpdate::fmt_http_date(if from_now < 0 { now - seconds } else { now + seconds })
    };
    // Some seconds, or the policy's own wait, or none: the caller learns at once, and learns why.
    let own = Some(0..=1);
    let cases = [
        (None, own.clone()),
        (Some("0".to_owned()), Some(0..=0)),
        (Some("7".to_owned()), Some(7..=7)),
        (Some("60".to_owned()), Some(60..=60)),
        (Some("61".to_owned()), None),
        (Some("18446744073709551615".to_owned()), None),
        (Some(date(-1000)), Some(0..=0)),
        // A date has no fractions of a second, and some time passes until it is read.
        (Some(date(40)), Some(1..=40)),
        (Some(date(4000)), None),
        (Some("-1".to_owned()), own.clone()),
        (Some("1.5".to_owned()), own.clone()),
        (Some("soon".to_owned()), own.clone()),
        (Some(String::new()), own),
    ];
    for (value, expected) in cases {
        for method in ["GET", "POST"] {
            let headers: Vec<_> = value.iter().map(|value| ("retry-after", value.clone())).collect();
            let memory = Memory::new(move |number| match number {
                0 => Step::Answer(429, headers.clone()),
                _ => Step::Answer(200, Vec::new()),
            });
            let client = builder("https://api.example.com").transport(memory.clone()).build().unwrap();
            let result = match method {
                "GET" => find_thing(&client, ACCOUNT, THING).await,
                _ => create_thing(&client).await,
            };
            let waits = memory.waits();
            match &expected {
                Some(seconds) => {
                    assert_eq!(result.unwrap().unwrap().id, 7);
                    assert!(seconds.contains(&waits[0].as_secs()), "{method} {value:?}: {waits:?}");
                }
                None => {
                    assert!(result.unwrap_err().is_rate_limited());
                    assert!(waits.is_empty(), "{method} {value:?}: {waits:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn the_number_of_retries_can_be_set_for_the_client_and_for_a_request() {
    for (of_client, of_request, expected) in
        [(Some(0), None, 1), (Some(1), None, 2), (None, Some(0), 1), (None, Some(4), 5), (Some(0), Some(1), 2)]
    {
        let server = Server::always(broken()).await;
        let mut builder = builder(&server.url);
        if let Some(retries) = of_client {
            builder = builder.max_retries(retries);
        }
        let client = builder.build().unwrap();
        let mut request = get_thing(&client, ACCOUNT, THING);
        if let Some(retries) = of_request {
            request = request.with_max_retries(retries);
        }
        let error = request.await.unwrap_err();
        assert_eq!(server.count(), expected, "{of_client:?} {of_request:?}");
        assert!(matches!(&error, Error::Api(error) if error.request.attempts as usize == expected));
    }
}
