//! Errors of failed calls. The test server writes raw bytes, so it can violate HTTP.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::time::{Duration, Instant};

use sdk_runtime::error::{ApiError, ConnectionError, DecodeError};
use sdk_runtime::operation::{Api, ErrorKeys, Operation};
use sdk_runtime::{ClientBuilder, Error, Request, RequestOptions, Value};
use support::server::{Reply, Server, error_reply, ok, reply};
use support::{
    ACCOUNT, THING, THING_PATH, THINGS_PATH, all_things, assert_message, builder, client, create_thing,
    delete_thing, find_thing, get_public, get_thing,
};

const JSON: &str = "content-type: application/json";
const REQUEST_ID: &str = "8f1c2d3e4f5a6b7c-AMS";

/// Returns the error of a GET without retries.
async fn get_error(response: Reply) -> (Error, Server) {
    let server = Server::script([response]).await;
    let client = builder(&server.url).max_retries(0).build().unwrap();
    (get_thing(&client, ACCOUNT, THING).await.unwrap_err(), server)
}

fn as_api(error: &Error) -> &ApiError {
    match error {
        Error::Api(error) => error,
        other => panic!("not an API error: {other:?}"),
    }
}

fn as_decode(error: &Error) -> &DecodeError {
    match error {
        Error::Decode(error) => error,
        other => panic!("not a decode error: {other:?}"),
    }
}

fn as_connection(error: &Error) -> &ConnectionError {
    match error {
        Error::Connection(error) => error,
        other => panic!("not a connection error: {other:?}"),
    }
}

#[tokio::test]
async fn an_api_error_has_all_codes_messages_and_pointers() {
    let body = r#"{"result":null,"success":false,"errors":[
        {"code":9109,"message":"Unauthorized to access requested resource"},
        {"code":"1004","message":"Invalid name","source":{"pointer":"/name"},
         "documentation_url":"https://developers.example/1004"},
        "and a bare text"],"messages":[]}"#;
    let response = reply("403 Forbidden", &[JSON, &format!("cf-ray: {REQUEST_ID}")], body);
    let (error, server) = get_error(response).await;

    assert!(error.is_unauthorized() && !error.is_not_found() && !error.is_rate_limited());
    assert_eq!(error.status().unwrap().as_u16(), 403);
    assert_eq!(error.request_id(), Some(REQUEST_ID));
    assert_eq!(error.codes().collect::<Vec<_>>(), [9109, 1004]);
    let api_error = as_api(&error);
    assert_eq!(api_error.errors[0].message, "Unauthorized to access requested resource");
    assert_eq!(api_error.errors[1].pointer.as_deref(), Some("/name"));
    assert_eq!(api_error.errors[1].documentation_url.as_deref(), Some("https://developers.example/1004"));
    // A message of unexpected type is kept and does not hide the others.
    assert_eq!((&api_error.errors[2].code, api_error.errors[2].message.as_str()), (&None, "and a bare text"));
    assert_eq!(api_error.body, body);
    assert_message(
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
            REQUEST_ID,
        ],
    );
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn status_404_is_an_error_even_if_the_result_is_optional() {
    let server = Server::always(error_reply("404 Not Found", 1003, "Invalid or missing thing")).await;
    let client = client(&server.url);
    let error = find_thing(&client, ACCOUNT, THING).await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(error.codes().collect::<Vec<_>>(), [1003]);
    assert_message(&error, &["GET", THING_PATH, "404", "1003", "Invalid or missing thing", REQUEST_ID]);
    assert_eq!(server.count(), 1, "404 is not retried");
}

#[tokio::test]
async fn the_html_page_of_a_gateway_is_kept_and_quoted() {
    let tail = "x".repeat(5000);
    let page = format!("<html>\r\n<head>\t<title>502 Bad\nGateway</title></head>{tail}</html>");
    let server =
        Server::always(reply("502 Bad Gateway", &["content-type: text/html", "cf-ray: abc"], &page)).await;
    let error = get_thing(&client(&server.url), ACCOUNT, THING).await.unwrap_err();
    assert_eq!(server.count(), 3);
    let details = as_api(&error);
    assert_eq!(details.request.attempts, 3);
    assert!(details.errors.is_empty());
    assert_eq!(details.body, page, "the body is kept unchanged");
    assert_message(&error, &["GET", THING_PATH, "3 attempts", "502", "<title>502 Bad Gateway</title>", "abc"]);
    let text = error.to_string();
    assert!(text.len() < 500 && !text.contains('\n'), "expected a short excerpt on one line: {text}");
}

#[tokio::test]
async fn an_empty_body_is_a_decode_error_unless_the_result_is_optional() {
    let (error, _server) = get_error(reply("200 OK", &[JSON, "cf-ray: abc"], "")).await;
    assert_eq!(as_decode(&error).path, "");
    assert!(as_decode(&error).body.is_empty());
    assert_message(&error, &["GET", THING_PATH, "200", "empty", "abc"]);

    let server = Server::script([Reply::Keep(b"HTTP/1.1 204 No Content\r\n\r\n".to_vec())]).await;
    assert_eq!(delete_thing(&client(&server.url)).await.unwrap(), None);
}

#[tokio::test]
async fn a_truncated_body_is_a_connection_error() {
    // The received part is complete JSON; only the content length shows that the body is truncated.
    let bytes = b"HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n{\"result\":{\"id\":1},\"success\":true}".to_vec();
    let (error, _server) = get_error(Reply::Close(bytes.clone())).await;
    assert!(as_connection(&error).sent);
    assert_message(&error, &["GET", THING_PATH, "connection broke"]);

    let server = Server::script([Reply::Close(bytes), ok(r#"{"id":7}"#)]).await;
    let thing = get_thing(&client(&server.url), ACCOUNT, THING).await.unwrap();
    assert_eq!((thing.id, server.count()), (7, 2), "a GET is retried");
}

#[tokio::test]
async fn a_decode_error_locates_the_mismatch() {
    let body = r#"{"result":{"id":1,"name":[true]},"success":true,"errors":[],"messages":[]}"#;
    let (error, _server) = get_error(reply("200 OK", &[JSON, &format!("cf-ray: {REQUEST_ID}")], body)).await;
    let found = as_decode(&error);
    assert_eq!(found.path, "result.name");
    assert_eq!(found.body, body, "the body is kept unchanged");
    assert_eq!((error.status().unwrap().as_u16(), error.request_id()), (200, Some(REQUEST_ID)));
    assert_message(&error, &["GET", THING_PATH, "200", "`result.name`", "expected a string", REQUEST_ID]);

    for (result, path, message) in [
        ("{}", "result", "missing field `id`"),
        ("[]", "result", "expected an object"),
        ("null", "result", "expected an object"),
        (r#"{"id":1e99}"#, "result.id", "1e+99"),
        (r#"{"id":"1"}"#, "result.id", "string \"1\""),
    ] {
        let (error, _server) = get_error(ok(result)).await;
        assert_eq!(as_decode(&error).path, path, "{result}");
        assert_message(&error, &[message]);
    }

    let server = Server::script([ok(r#"[{"id":1},{"id":"two"}]"#)]).await;
    let error = all_things(&client(&server.url)).await.unwrap_err();
    assert_eq!(as_decode(&error).path, "result[1].id");
    assert_message(&error, &["GET", THINGS_PATH, "`result[1].id`", "two"]);
}

#[tokio::test]
async fn a_response_without_the_envelope_is_a_decode_error() {
    for (body, path, message) in [
        (r#"{"success":true}"#, "result", "missing"),
        (r#"[{"id":1}]"#, "", "expected an object with `result`"),
        (r#"{"result":{"id":1},"success":tr"#, "", "not JSON"),
        (r#"{"result":{"id":1},"success":true} and more"#, "", "not JSON"),
    ] {
        let (error, _server) = get_error(reply("200 OK", &[JSON], body)).await;
        assert_eq!(as_decode(&error).path, path, "{body}");
        assert_eq!(as_decode(&error).body, body);
        assert_message(&error, &["GET", THING_PATH, "200", message]);
    }
}

#[tokio::test]
async fn success_false_is_an_api_error_for_any_status_and_result() {
    // The result matches the type, does not match, or is missing; the flag precedes or follows it.
    for body in [
        r#"{"result":{"id":1},"success":false,"errors":[{"code":7003,"message":"No route"}]}"#,
        r#"{"success":false,"errors":[{"code":7003,"message":"No route"}],"result":"odd"}"#,
        r#"{"result":"odd","errors":[{"code":7003,"message":"No route"}],"success":false}"#,
        r#"{"errors":[{"code":7003,"message":"No route"}],"success":false}"#,
    ] {
        let (error, _server) = get_error(reply("200 OK", &[JSON, "cf-ray: abc"], body)).await;
        assert_eq!(as_api(&error).status.as_u16(), 200);
        assert_eq!(error.codes().collect::<Vec<_>>(), [7003], "{body}");
        assert_message(&error, &["GET", THING_PATH, "200", "7003", "No route", "abc"]);
    }
}

#[tokio::test]
async fn an_html_page_with_status_200_is_a_decode_error() {
    let page = "<!doctype html><title>Log in to the guest network</title>";
    let (error, _server) = get_error(reply("200 OK", &["content-type: text/html; charset=utf-8"], page)).await;
    assert_eq!(as_decode(&error).body, page);
    assert_message(&error, &["GET", THING_PATH, "200", "text/html", "Log in to the guest network"]);
}

#[tokio::test]
async fn a_body_that_is_not_utf_8_is_a_decode_error() {
    let body = b"{\"result\":{\"id\":\"1\",\"name\":\"caf\xe9\"},\"success\":true}";
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n{JSON}\r\n\r\n", body.len());
    let (error, _server) = get_error(Reply::Keep([head.as_bytes(), body].concat())).await;
    assert_eq!(as_decode(&error).body, body.as_slice());
    assert_message(&error, &["GET", THING_PATH, "it is not JSON", "utf-8", "31"]);
}

#[tokio::test]
async fn a_refused_connection_is_retried_and_reported_as_not_sent() {
    // No process listens at a port that was just released.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    // A POST is retried as well because nothing was sent.
    let error = create_thing(&client(&url)).await.unwrap_err();
    let details = as_connection(&error);
    assert!(!details.sent);
    assert_eq!(details.request.attempts, 3);
    assert!(error.status().is_none() && !error.is_timeout());
    assert_message(&error, &["POST", THINGS_PATH, "3 attempts", "no connection", "refused"]);
}

#[tokio::test]
async fn a_stalled_server_causes_a_timeout_of_the_call() {
    // Stalled before the response, and in the middle of its body.
    for bytes in ["", "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"result\":"] {
        let server = Server::always(Reply::Stall(bytes.into())).await;
        let limit = Duration::from_secs(50);
        let call = get_thing(&client(&server.url), ACCOUNT, THING).with_timeout(limit);
        let error = server.advance_through_stalls(limit, call).await.unwrap_err();
        assert!(error.is_timeout(), "{error:?}");
        assert_eq!(server.count(), 1);
        assert_message(&error, &["GET", THING_PATH, "50s"]);
    }
}

#[tokio::test]
async fn the_timeout_of_a_call_includes_backoff() {
    let server = Server::always(reply("429 Too Many Requests", &["retry-after: 50"], "")).await;
    let begin = Instant::now();
    let client = builder(&server.url).timeout(Duration::from_secs(49)).build().unwrap();
    let error = get_thing(&client, ACCOUNT, THING).await.unwrap_err();
    // The requested delay exceeds the time limit, so the call returns the response of the server immediately.
    assert!(error.is_rate_limited(), "{error}");
    assert!(begin.elapsed() < Duration::from_secs(40));
}

#[tokio::test]
async fn the_timeout_of_an_attempt_applies_to_each_attempt() {
    let limit = Duration::from_secs(50);
    let server = Server::script([Reply::Stall(Vec::new()), ok(r#"{"id":7}"#)]).await;
    let client = builder(&server.url).attempt_timeout(limit).build().unwrap();
    let call = get_thing(&client, ACCOUNT, THING).send();
    let response = server.advance_through_stalls(limit, call).await.unwrap();
    assert_eq!((response.result.id, response.attempts, server.count()), (7, 2, 2));

    // The server may have acted on a POST, so it is not retried. The request's timeout overrides the
    // client's.
    let server = Server::always(Reply::Stall(Vec::new())).await;
    let client = builder(&server.url).attempt_timeout(Duration::from_secs(1000)).build().unwrap();
    let call = create_thing(&client).with_attempt_timeout(limit);
    let error = server.advance_through_stalls(limit, call).await.unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(server.count(), 1);
    assert_message(&error, &["POST", THINGS_PATH, "50s"]);
}

#[tokio::test]
async fn an_optional_result_can_be_null_or_absent() {
    let server = Server::script([ok("null"), reply("200 OK", &[JSON], "{}")]).await;
    let client = client(&server.url);
    assert_eq!(find_thing(&client, ACCOUNT, THING).await.unwrap(), None);
    assert_eq!(get_public(&client).await.unwrap(), None);
}

#[tokio::test]
async fn a_response_keeps_status_headers_body_and_envelope() {
    let body = r#"{"result":{"id":1,"new":true},"messages":[{"code":10,"message":"Soon gone"}],"success":true,"extra":[1]}"#;
    let server = Server::script([reply("200 OK", &[JSON, "cf-ray: abc", "x-limit: 4"], body)]).await;
    let response = get_thing(&client(&server.url), ACCOUNT, THING).send().await.unwrap();
    assert_eq!(response.status.as_u16(), 200);
    assert_eq!((response.request_id(), response.attempts), (Some("abc"), 1));
    assert_eq!(response.headers["x-limit"], "4");
    assert_eq!(response.body, body);
    assert_eq!(
        (response.messages()[0].code.as_ref().unwrap().as_i64(), response.messages()[0].message.as_str()),
        (Some(10), "Soon gone")
    );
    assert_eq!(response.envelope["extra"].to_string(), "[1]");
    assert_eq!(
        response.json().unwrap()["result"]["new"],
        true,
        "unknown properties are available in the JSON value"
    );
}

#[tokio::test]
async fn predicates_classify_errors() {
    type Predicate = fn(&Error) -> bool;
    let predicates: [(&str, Predicate); 6] = [
        ("404", Error::is_not_found),
        ("409", Error::is_conflict),
        ("422", Error::is_invalid),
        ("401", Error::is_unauthorized),
        ("429", Error::is_rate_limited),
        ("500", Error::is_server_error),
    ];
    for (status, _) in predicates {
        let response = reply(&format!("{status} Some Reason"), &["retry-after: 7"], "");
        let server = Server::always(response).await;
        let client = builder(&server.url).max_retries(0).build().unwrap();
        let error = get_thing(&client, ACCOUNT, THING).await.unwrap_err();
        let matching: Vec<&str> =
            predicates.iter().filter(|(_, predicate)| predicate(&error)).map(|(status, _)| *status).collect();
        assert_eq!(matching, [status]);
        assert_eq!(error.is_retryable(), matches!(status, "429" | "500"), "{status}");
        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        let request = error.request().unwrap();
        assert_eq!((request.method, request.attempts), ("GET", 1));
        assert!(!error.is_timeout() && !error.is_connection());
    }
    // Errors can be sent between threads and are small in a `Result`.
    fn is_send_and_sync<T: Send + Sync + 'static>() {}
    is_send_and_sync::<Error>();
    assert!(size_of::<Error>() <= 16);
}

/// Sends a GET to an operation without an envelope.
async fn get_error_without_envelope(api: &'static Api, body: &str) -> Error {
    static GET: Operation = Operation::get("get", "/things");
    let headers = [JSON, "x-request-id: req_1", "x-trace: t1"];
    let server = Server::script([reply("422 Unprocessable Content", &headers, body)]).await;
    let client = ClientBuilder::new(api).base_url(&server.url).build().unwrap();
    Request::new(&client, &GET).json::<Value>().result().await.unwrap_err()
}

#[tokio::test]
async fn error_codes_are_numbers_or_text_in_the_bodies_of_several_apis() {
    static PLAIN: Api = Api { base_url_variable: "BASE_URL", ..Api::DEFAULT };
    let cases: &[(&str, &[&str], &str)] = &[
        // OpenAI.
        (
            r#"{"error":{"message":"No model `x`","type":"invalid_request_error","param":null,
                "code":"model_not_found"}}"#,
            &["model_not_found"],
            "No model `x` (code model_not_found)",
        ),
        // OpenAI without a code: the type.
        (
            r#"{"error":{"message":"Slow down","type":"rate_limit_error","param":null,"code":null}}"#,
            &["rate_limit_error"],
            "Slow down (code rate_limit_error)",
        ),
        // GitHub.
        (
            r#"{"message":"Validation Failed","documentation_url":"https://docs.example/rest",
                "errors":[{"resource":"Issue","field":"title","code":"missing_field"}]}"#,
            &["missing_field"],
            "Validation Failed; resource: Issue, field: title (code missing_field)",
        ),
        // Stripe.
        (
            r#"{"error":{"code":"resource_missing","doc_url":"https://stripe.example/codes",
                "message":"No such customer","param":"id","type":"invalid_request_error"}}"#,
            &["resource_missing"],
            "No such customer (code resource_missing)",
        ),
        // Cloudflare.
        (
            r#"{"success":false,"errors":[{"code":1003,"message":"Invalid zone"},{"code":"1004","message":"Bad name"}],
                "messages":[],"result":null}"#,
            &["1003", "1004"],
            "Invalid zone (code 1003); Bad name (code 1004)",
        ),
        // RFC 9457.
        (
            r#"{"type":"about:blank","title":"Not Found","status":404,"detail":"No such thing"}"#,
            &[],
            "No such thing",
        ),
        // OAuth 2, and bodies with less information.
        (r#"{"error":"invalid_grant","error_description":"Expired"}"#, &[], "Expired"),
        (r#"{"error":{"code":"quota"}}"#, &["quota"], "quota"),
        (r#"{"message":"Bad","errors":["name is too long"]}"#, &[], "Bad; name is too long"),
    ];
    for (body, codes, text) in cases {
        let error = get_error_without_envelope(&PLAIN, body).await;
        assert_eq!(error.codes().map(ToString::to_string).collect::<Vec<_>>(), *codes, "{body}");
        assert!(codes.iter().all(|code| error.has_code(*code)) && !error.has_code("other"), "{body}");
        let expected =
            format!("GET /things: the API responded with 422 Unprocessable Entity: {text} (request ID req_1)");
        assert_eq!(error.to_string(), expected);
    }
    let cloudflare = get_error_without_envelope(&PLAIN, cases[4].0).await;
    assert!(cloudflare.has_code(1003) && cloudflare.has_code(1004) && cloudflare.has_code("1003"));
    assert_eq!(cloudflare.codes().collect::<Vec<_>>(), [1003, 1004]);
    let stripe = get_error_without_envelope(&PLAIN, cases[3].0).await;
    assert_eq!(as_api(&stripe).errors[0].documentation_url.as_deref(), Some("https://stripe.example/codes"));
}

#[tokio::test]
async fn error_keys_and_the_request_id_header_are_configurable() {
    static CONFIGURED: Api = Api {
        base_url_variable: "BASE_URL",
        request_id_header: Some("x-trace"),
        error_keys: ErrorKeys {
            codes: &[&["fault", "details", "id"], &["status"]],
            messages: &[&["fault", "details", "text"], &["note"]],
        },
        ..Api::DEFAULT
    };
    let body = r#"{"status":"bad","note":"Rejected","code":1,"message":"ignored",
        "fault":{"details":[{"id":7,"text":"One"},{"id":"eight","text":"Two"}]}}"#;
    let error = get_error_without_envelope(&CONFIGURED, body).await;
    assert_eq!(error.request_id(), Some("t1"));
    assert_eq!(
        error.to_string(),
        "GET /things: the API responded with 422 Unprocessable Entity: One (code 7); Two (code eight); Rejected (code \
         bad) (request ID t1)"
    );
}
