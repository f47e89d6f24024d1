//! What is sent again, and what must never be.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::time::{Duration, Instant};

use sdk_runtime::{Error, RequestOptions, RetryPolicy};
use support::server::{Reply, Server, ok, refusal, reply};
use support::{ACCOUNT, THING, assert_says, builder, client, create_thing, delete_thing, get_thing};

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

#[tokio::test]
async fn the_server_says_how_long_to_wait() {
    let server =
        Server::script([reply("429 Too Many Requests", &["retry-after: 1"], ""), ok(r#"{"id":7}"#)]).await;
    let begin = Instant::now();
    get_thing(&client(&server.url), ACCOUNT, THING).await.unwrap();
    assert!(begin.elapsed() >= Duration::from_secs(1), "the backoff alone would be some milliseconds");

    // An hour is too long: the caller learns at once, and learns why.
    let server = Server::always(reply("429 Too Many Requests", &["retry-after: 3600"], "")).await;
    let client = client(&server.url);
    let call = get_thing(&client, ACCOUNT, THING).send();
    let error = tokio::time::timeout(Duration::from_secs(10), call).await.expect("it waits").unwrap_err();
    assert!(error.is_rate_limited());
    assert_eq!(server.count(), 1);
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

#[tokio::test]
async fn dropping_the_call_ends_it() {
    let server = Server::always(broken()).await;
    let mut policy = RetryPolicy::default();
    policy.initial_backoff = Duration::from_millis(1);
    policy.max_backoff = Duration::from_millis(1);
    let client = builder(&server.url).retry(policy).max_retries(u32::MAX).build().unwrap();
    let call = get_thing(&client, ACCOUNT, THING).send();
    tokio::time::timeout(Duration::from_millis(100), call).await.unwrap_err();
    // One request can be on its way still.
    tokio::time::sleep(Duration::from_millis(50)).await;
    let count = server.count();
    assert!(count > 1);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(server.count(), count);
}
