//! Requests with an arbitrary method and path behave like generated ones.

#![cfg(feature = "reqwest")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use sdk_runtime::operation::Operation;
use sdk_runtime::paging::{Pagination, Scheme};
use sdk_runtime::{Client, Error, RequestOptions, UntypedRequest, Value, json};
use support::server::{Reply, Server, error_reply, ok, reply};
use support::{ACCOUNT, THING, TOKEN, Thing, assert_message, client};

static ANY: Operation = support::operation("any", "", "", None);

fn request(client: &Client, method: &'static str, path: &'static str) -> UntypedRequest {
    UntypedRequest::new(client, &ANY, method, path)
}

#[tokio::test]
async fn sends_method_path_query_headers_and_body() {
    let server = Server::always(ok(r#"{"id":7}"#)).await;
    let client = client(&server.url);
    let request = |method, path| request(&client, method, path);
    assert_eq!(request("GET", "/plain").await.unwrap(), json!({"id": 7}));
    let thing: Thing = request("REPORT", "/a/{a}/b-{b}/{}")
        .path("../x y")
        .path("1")
        .path("é")
        .query("tags", &["a", "b&c"])
        .query("none", &None::<i64>)
        .header("x-reason", "test")
        .body(&json!({"name": "n"}))
        .with_header("x-option", "1")
        .json()
        .await
        .unwrap();
    assert_eq!(thing.id, 7);
    let path = ["accounts", "a/b", "x"];
    let response = request("DELETE", "/{path}?fixed=1").segments(path).query("more", "2").nothing().send().await;
    assert_eq!(response.unwrap().status, 200);

    let received = server.received();
    assert_eq!(received[0].line(), "GET /plain HTTP/1.1");
    assert_eq!(received[0].header("authorization"), [format!("Bearer {TOKEN}")]);
    assert_eq!(received[1].line(), "REPORT /a/..%2Fx%20y/b-1/%C3%A9?tags=a&tags=b%26c HTTP/1.1");
    assert_eq!(received[1].body, r#"{"name":"n"}"#);
    assert_eq!((received[1].header("x-reason"), received[1].header("x-option")), (vec!["test"], vec!["1"]));
    assert_eq!(received[2].line(), "DELETE /accounts/a%2Fb/x?fixed=1&more=2 HTTP/1.1");
}

#[tokio::test]
async fn reads_responses_as_json_text_bytes_streams_and_lists() {
    let page = |id: i64, after: &str| {
        let body = json!({"things": [{"id": id}], "next": after, "success": true}).to_string();
        reply("200 OK", &["content-type: application/json"], &body)
    };
    let list = reply("200 OK", &[], r#"[{"id":1}]"#);
    let script = [
        list.clone(),
        list.clone(),
        list.clone(),
        list,
        reply("200 OK", &["content-type: text/event-stream"], "data: 1\n\n"),
        page(1, "x"),
        page(2, ""),
        page(3, ""),
        reply("200 OK", &[], r#"{"success":false,"errors":[{"code":9,"message":"no"}]}"#),
    ];
    let server = Server::script(script).await;
    let client = client(&server.url);
    let get = || request(&client, "GET", "/things");
    let things: Vec<Thing> = get().json_with_envelope().await.unwrap();
    assert_eq!(things[0].id, 1);
    assert_eq!(get().bytes().await.unwrap(), r#"[{"id":1}]"#);
    assert_eq!(get().text().await.unwrap(), r#"[{"id":1}]"#);
    assert_eq!(get().chunks().await.unwrap().length(), Some(10));
    assert_eq!(get().events::<i64>().await.unwrap().try_collect().await.unwrap(), [1]);

    static PAGES: Pagination = Pagination {
        items: &["things"],
        info: &[],
        has_more: &[],
        scheme: Scheme::Cursor { cursor: "after", next: &[&["next"]] },
    };
    let things = get().query("limit", &1).items::<Thing>(&PAGES).try_collect().await.unwrap();
    assert_eq!(things.iter().map(|thing| thing.id).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(server.received()[6].target(), "/things?limit=1&after=x");
    assert_eq!(get().page::<Thing>(&PAGES).await.unwrap().result[0].id, 3);
    // `success: false` is an error even if the entire envelope is requested.
    let error = get().json_with_envelope::<Value>().await.unwrap_err();
    assert_eq!(error.codes().collect::<Vec<_>>(), [9]);
}

#[tokio::test]
async fn retries_and_reports_errors_like_other_requests() {
    let busy = || reply("500 Internal Server Error", &[], "");
    for (method, is_retried) in [("GET", true), ("PUT", true), ("POST", false), ("PURGE", false)] {
        let server = Server::script([busy(), ok("1")]).await;
        let client = client(&server.url);
        let result = request(&client, method, "/accounts/{id}").path(ACCOUNT).await;
        assert_eq!((result.is_ok(), server.count()), (is_retried, if is_retried { 2 } else { 1 }), "{method}");
    }
    let server = Server::script([error_reply("403 Forbidden", 1, "no"), Reply::Reset]).await;
    let client = client(&server.url);
    let request_thing = || request(&client, "POST", "/a/{account}/t/{}").path(ACCOUNT).path(THING);
    assert_message(
        &request_thing().await.unwrap_err(),
        &["POST /a/{account}/t/{}: the API responded with 403", "no (code 1)"],
    );
    assert_message(&request_thing().await.unwrap_err(), &["POST /a/{account}/t/{}: the connection broke"]);
    assert!(!format!("{:?}", request_thing()).contains(ACCOUNT));
}

#[tokio::test]
async fn rejects_invalid_methods_paths_and_parameters() {
    let server = Server::always(ok("1")).await;
    let client = client(&server.url);
    let request = |method, path| request(&client, method, path);
    for (request, message) in [
        (request("get", "/x"), "use capital letters"),
        (request("", "/x"), "use capital letters"),
        (request("GET", "x/y"), "does not begin with `/`"),
        (request("GET", "https://elsewhere.invalid/x"), "does not begin with `/`"),
        (request("GET", "/x/{a}/{b}").path("1"), "path parameters without a value: 1"),
        (request("GET", "/x/{a}").path("1").path("2"), "more values than parameters"),
        (request("GET", "/x/{a}").path(""), "`a` is empty"),
        (request("GET", "/x/{a}").path(".."), ".."),
        (request("GET", "/x/../y"), ".."),
        (request("GET", "/x/.\t./y"), "spaces or control characters"),
        (request("GET", "/x/{a}").segments(["a", "..", "b"]), "empty, `.` or `..`"),
        (request("GET", "/x/{a}").segments(["a", ""]), "empty, `.` or `..`"),
        (request("GET", "/x/{a}").segments(<[&str; 0]>::default()), "`a` is empty"),
    ] {
        let error = request.await.unwrap_err();
        assert!(matches!(&error, Error::Config(_)), "{error:?}");
        assert_message(&error, &[message]);
    }
    // A path that looks like a URL without a scheme is still a path of the API's host.
    request("GET", "//elsewhere.invalid/x").await.unwrap();
    assert_eq!(server.only_request().target(), "//elsewhere.invalid/x");
    // A parameter without a closing brace ends with its segment.
    request("GET", "/x/{a/y/{b}").path("1").path("2").await.unwrap();
    assert_eq!(server.received().last().unwrap().target(), "/x/1/y/2");
    // Dot segments are only rejected in the path, not in the query.
    request("GET", "/x?path=/../y").await.unwrap();
    assert_eq!(server.received().last().unwrap().target(), "/x?path=/../y");
}
