//! What callers learn when a call fails. The server speaks from a raw socket, so that it can break the rules.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::time::{Duration, Instant};

use sdk_runtime::error::{ApiError, ConnectionError, DecodeError};
use sdk_runtime::{Error, RequestOptions};
use support::server::{Reply, Server, ok, refusal, reply};
use support::{
    ACCOUNT, THING, THING_PATH, THINGS_PATH, all_things, assert_says, builder, client, create_thing, delete_thing,
    find_thing, get_public, get_thing,
};

const JSON: &str = "content-type: application/json";
const RAY: &str = "8f1c2d3e4f5a6b7c-AMS";

/// The error of a GET that is not retried.
async fn failure(answer: Reply) -> (Error, Server) {
    let server = Server::script([answer]).await;
    let client = builder(&server.url).max_retries(0).build().unwrap();
    (get_thing(&client, ACCOUNT, THING).await.unwrap_err(), server)
}

fn api(error: &Error) -> &ApiError {
    match error {
        Error::Api(error) => error,
        other => panic!("not an error of the API: {other:?}"),
    }
}

fn decode(error: &Error) -> &DecodeError {
    match error {
        Error::Decode(error) => error,
        other => panic!("not an error of decoding: {other:?}"),
    }
}

fn connection(error: &Error) -> &ConnectionError {
    match error {
        Error::Connection(error) => error,
        other => panic!("not an error of the connection: {other:?}"),
    }
}

#[tokio::test]
async fn wrong_credentials_are_told_with_all_that_the_api_says() {
    let body = r#"{"result":null,"success":false,"errors":[
        {"code":9109,"message":"Unauthorized to access requested resource"},
        {"code":"1004","message":"Invalid name","source":{"pointer":"/name"},
         "documentation_url":"https://developers.example/1004"},
        "and a bare text"],"messages":[]}"#;
    let answer = reply("403 Forbidden", &[JSON, &format!("cf-ray: {RAY}")], body);
    let (error, server) = failure(answer).await;

    assert!(error.is_unauthorized() && !error.is_not_found() && !error.is_rate_limited());
    assert_eq!(error.status().unwrap().as_u16(), 403);
    assert_eq!(error.ray_id(), Some(RAY));
    assert_eq!(error.codes().collect::<Vec<_>>(), [9109, 1004]);
    let api = api(&error);
    assert_eq!(api.errors[0].message, "Unauthorized to access requested resource");
    assert_eq!(api.errors[1].pointer.as_deref(), Some("/name"));
    assert_eq!(api.errors[1].documentation_url.as_deref(), Some("https://developers.example/1004"));
    // A message in an unexpected form doesn't hide the others, nor is it lost.
    assert_eq!((api.errors[2].code, api.errors[2].message.as_str()), (None, "and a bare text"));
    assert_eq!(api.body, body);
    assert_says(
        &error,
        &[
            "GET",
            THING_PATH,
            "403",
            "9109",
            "Unauthorized to access requested resource",
            "1004",
            "Invalid name",
            "/name",
            "and a bare text",
            RAY,
        ],
    );
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn a_missing_resource_is_an_error_and_never_a_missing_value() {
    let server = Server::always(refusal("404 Not Found", 1003, "Invalid or missing thing")).await;
    let client = client(&server.url);
    let error = find_thing(&client, ACCOUNT, THING).await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(error.codes().collect::<Vec<_>>(), [1003]);
    assert_says(&error, &["GET", THING_PATH, "404", "1003", "Invalid or missing thing", RAY]);
    assert_eq!(server.count(), 1, "a 404 is no reason to try again");
}

#[tokio::test]
async fn an_html_page_from_a_gateway_is_kept_and_quoted() {
    let tail = "x".repeat(5000);
    let page = format!("<html>\r\n<head>\t<title>502 Bad\nGateway</title></head>{tail}</html>");
    let server =
        Server::always(reply("502 Bad Gateway", &["content-type: text/html", "cf-ray: abc"], &page)).await;
    let error = get_thing(&client(&server.url), ACCOUNT, THING).await.unwrap_err();
    assert_eq!(server.count(), 3);
    let known = api(&error);
    assert_eq!(known.request.attempts, 3);
    assert!(known.errors.is_empty());
    assert_eq!(known.body, page, "the page is kept as it came");
    assert_says(&error, &["GET", THING_PATH, "3 attempts", "502", "<title>502 Bad Gateway</title>", "abc"]);
    let text = error.to_string();
    assert!(text.len() < 500 && !text.contains('\n'), "an excerpt on one line: {text}");
}

#[tokio::test]
async fn an_empty_body_is_no_value() {
    let (error, _server) = failure(reply("200 OK", &[JSON, "cf-ray: abc"], "")).await;
    assert_eq!(decode(&error).path, "");
    assert!(decode(&error).body.is_empty());
    assert_says(&error, &["GET", THING_PATH, "200", "empty", "abc"]);

    // Where the type can be without a value, it is.
    let server = Server::script([Reply::Keep(b"HTTP/1.1 204 No Content\r\n\r\n".to_vec())]).await;
    assert_eq!(delete_thing(&client(&server.url)).await.unwrap(), None);
}

#[tokio::test]
async fn a_truncated_body_is_a_broken_connection_and_not_a_short_answer() {
    // What arrives is whole JSON: only the length tells that there was to be more.
    let bytes = b"HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n{\"result\":{\"id\":1},\"success\":true}".to_vec();
    let (error, _server) = failure(Reply::Close(bytes.clone())).await;
    assert!(connection(&error).sent);
    assert_says(&error, &["GET", THING_PATH, "connection broke"]);

    let server = Server::script([Reply::Close(bytes), ok(r#"{"id":7}"#)]).await;
    let thing = get_thing(&client(&server.url), ACCOUNT, THING).await.unwrap();
    assert_eq!((thing.id, server.count()), (7, 2), "a GET is sent again");
}

#[tokio::test]
async fn a_result_of_the_wrong_shape_is_located() {
    let body = r#"{"result":{"id":1,"name":[true]},"success":true,"errors":[],"messages":[]}"#;
    let (error, _server) = failure(reply("200 OK", &[JSON, &format!("cf-ray: {RAY}")], body)).await;
    let found = decode(&error);
    assert_eq!(found.path, "result.name");
    assert_eq!(found.body, body, "the body is kept as it came");
    assert_eq!((error.status().unwrap().as_u16(), error.ray_id()), (200, Some(RAY)));
    assert_says(&error, &["GET", THING_PATH, "200", "`result.name`", "expected a string", RAY]);

    for (result, path, says) in [
        ("{}", "result", "missing field `id`"),
        ("[]", "result", "expected an object"),
        ("null", "result", "expected an object"),
        (r#"{"id":1e99}"#, "result.id", "1e+99"),
        (r#"{"id":"1"}"#, "result.id", "string \"1\""),
    ] {
        let (error, _server) = failure(ok(result)).await;
        assert_eq!(decode(&error).path, path, "{result}");
        assert_says(&error, &[says]);
    }

    let server = Server::script([ok(r#"[{"id":1},{"id":"two"}]"#)]).await;
    let error = all_things(&client(&server.url)).await.unwrap_err();
    assert_eq!(decode(&error).path, "result[1].id");
    assert_says(&error, &["GET", THINGS_PATH, "`result[1].id`", "two"]);
}

#[tokio::test]
async fn an_answer_without_the_envelope_does_not_fit() {
    for (body, path, says) in [
        (r#"{"success":true}"#, "result", "missing"),
        (r#"[{"id":1}]"#, "", "expected an object with `result`"),
        (r#"{"result":{"id":1},"success":tr"#, "", "not JSON"),
        (r#"{"result":{"id":1},"success":true} and more"#, "", "not JSON"),
    ] {
        let (error, _server) = failure(reply("200 OK", &[JSON], body)).await;
        assert_eq!(decode(&error).path, path, "{body}");
        assert_eq!(decode(&error).body, body);
        assert_says(&error, &["GET", THING_PATH, "200", says]);
    }
}

#[tokio::test]
async fn success_false_is_an_error_of_the_api_whatever_the_status_and_the_result() {
    // The result fits, does not fit, is missing; and the flag stands before or behind it.
    for body in [
        r#"{"result":{"id":1},"success":false,"errors":[{"code":7003,"message":"No route"}]}"#,
        r#"{"success":false,"errors":[{"code":7003,"message":"No route"}],"result":"odd"}"#,
        r#"{"result":"odd","errors":[{"code":7003,"message":"No route"}],"success":false}"#,
        r#"{"errors":[{"code":7003,"message":"No route"}],"success":false}"#,
    ] {
        let (error, _server) = failure(reply("200 OK", &[JSON, "cf-ray: abc"], body)).await;
        assert_eq!(api(&error).status.as_u16(), 200);
        assert_eq!(error.codes().collect::<Vec<_>>(), [7003], "{body}");
        assert_says(&error, &["GET", THING_PATH, "200", "7003", "No route", "abc"]);
    }
}

#[tokio::test]
async fn a_page_with_status_200_is_named_for_what_it_is() {
    let page = "<!doctype html><title>Log in to the guest network</title>";
    let (error, _server) = failure(reply("200 OK", &["content-type: text/html; charset=utf-8"], page)).await;
    assert_eq!(decode(&error).body, page);
    assert_says(&error, &["GET", THING_PATH, "200", "text/html", "Log in to the guest network"]);
}

#[tokio::test]
async fn text_that_is_not_utf_8_is_named_for_what_it_is() {
    let body = b"{\"result\":{\"id\":\"1\",\"name\":\"caf\xe9\"},\"success\":true}";
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n{JSON}\r\n\r\n", body.len());
    let (error, _server) = failure(Reply::Keep([head.as_bytes(), body].concat())).await;
    assert_eq!(decode(&error).body, body.as_slice());
    assert_says(&error, &["GET", THING_PATH, "it is not JSON", "utf-8", "31"]);
}

#[tokio::test]
async fn a_refused_connection_is_retried_and_known_as_not_sent() {
    // A port that was just free: nobody listens.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    // Even a POST can be sent again where nothing was sent.
    let error = create_thing(&client(&url)).await.unwrap_err();
    let known = connection(&error);
    assert!(!known.sent);
    assert_eq!(known.request.attempts, 3);
    assert!(error.status().is_none() && !error.is_timeout());
    assert_says(&error, &["POST", THINGS_PATH, "3 attempts", "no connection", "refused"]);
}

#[tokio::test]
async fn a_stalled_server_runs_into_the_time_limit_of_the_call() {
    // Stalled before the answer, and in the middle of its body.
    for bytes in ["", "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"result\":"] {
        let server = Server::always(Reply::Stall(bytes.into())).await;
        let limit = Duration::from_secs(50);
        let call = get_thing(&client(&server.url), ACCOUNT, THING).with_timeout(limit);
        let error = server.let_stalls_last(limit, call).await.unwrap_err();
        assert!(error.is_timeout(), "{error:?}");
        assert_eq!(server.count(), 1);
        assert_says(&error, &["GET", THING_PATH, "50s"]);
    }
}

#[tokio::test]
async fn the_time_limit_of_the_call_counts_the_waits_too() {
    let server = Server::always(reply("429 Too Many Requests", &["retry-after: 50"], "")).await;
    let begin = Instant::now();
    let client = builder(&server.url).timeout(Duration::from_secs(49)).build().unwrap();
    let error = get_thing(&client, ACCOUNT, THING).await.unwrap_err();
    // There is no use in the wait, and the caller learns what the server said.
    assert!(error.is_rate_limited(), "{error}");
    assert!(begin.elapsed() < Duration::from_secs(40));
}

#[tokio::test]
async fn the_time_limit_of_an_attempt_leaves_the_others_theirs() {
    let limit = Duration::from_secs(50);
    let server = Server::script([Reply::Stall(Vec::new()), ok(r#"{"id":7}"#)]).await;
    let client = builder(&server.url).attempt_timeout(limit).build().unwrap();
    let call = get_thing(&client, ACCOUNT, THING).send();
    let response = server.let_stalls_last(limit, call).await.unwrap();
    assert_eq!((response.result.id, response.attempts, server.count()), (7, 2, 2));

    // A POST may have been acted on, so it is not sent again; and the request's own limit wins.
    let server = Server::always(Reply::Stall(Vec::new())).await;
    let client = builder(&server.url).attempt_timeout(Duration::from_secs(1000)).build().unwrap();
    let call = create_thing(&client).with_attempt_timeout(limit);
    let error = server.let_stalls_last(limit, call).await.unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(server.count(), 1);
    assert_says(&error, &["POST", THINGS_PATH, "50s"]);
}

#[tokio::test]
async fn an_optional_result_can_be_null_or_absent() {
    let server = Server::script([ok("null"), reply("200 OK", &[JSON], "{}")]).await;
    let client = client(&server.url);
    assert_eq!(find_thing(&client, ACCOUNT, THING).await.unwrap(), None);
    assert_eq!(get_public(&client).await.unwrap(), None);
}

#[tokio::test]
async fn a_response_keeps_what_stands_around_the_result() {
    let body = r#"{"result":{"id":1,"new":true},"messages":[{"code":10,"message":"Soon gone"}],"success":true,"extra":[1]}"#;
    let server = Server::script([reply("200 OK", &[JSON, "cf-ray: abc", "x-limit: 4"], body)]).await;
    let response = get_thing(&client(&server.url), ACCOUNT, THING).send().await.unwrap();
    assert_eq!(response.status.as_u16(), 200);
    assert_eq!((response.ray_id(), response.attempts), (Some("abc"), 1));
    assert_eq!(response.headers["x-limit"], "4");
    assert_eq!(response.body, body);
    assert_eq!((response.messages()[0].code, response.messages()[0].message.as_str()), (Some(10), "Soon gone"));
    assert_eq!(response.envelope["extra"].to_string(), "[1]");
    assert_eq!(response.json().unwrap()["result"]["new"], true, "what the type does not know can be had");
}

/// What a program can ask of an error without a look at its fields.
#[tokio::test]
async fn errors_say_of_what_kind_they_are() {
    type Is = fn(&Error) -> bool;
    let kinds: [(&str, Is); 6] = [
        ("404", Error::is_not_found),
        ("409", Error::is_conflict),
        ("422", Error::is_invalid),
        ("401", Error::is_unauthorized),
        ("429", Error::is_rate_limited),
        ("500", Error::is_server_error),
    ];
    for (status, _) in kinds {
        let answer = reply(&format!("{status} Some Reason"), &["retry-after: 7"], "");
        let server = Server::always(answer).await;
        let client = builder(&server.url).max_retries(0).build().unwrap();
        let error = get_thing(&client, ACCOUNT, THING).await.unwrap_err();
        let are: Vec<&str> = kinds.iter().filter(|(_, is)| is(&error)).map(|(status, _)| *status).collect();
        assert_eq!(are, [status]);
        assert_eq!(error.is_retryable(), matches!(status, "429" | "500"), "{status}");
        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        let request = error.request().unwrap();
        assert_eq!((request.method, request.attempts), ("GET", 1));
        assert!(!error.is_timeout() && !error.is_connection());
    }
    // It is passed on by value, from any thread, and takes little room in a `Result`.
    fn is_portable<T: Send + Sync + 'static>() {}
    is_portable::<Error>();
    assert!(size_of::<Error>() <= 16);
}
