//! Bytes of requests as the server receives them, and errors before a request is sent.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::collections::BTreeMap;

use sdk_runtime::operation::{Api, Credential, Operation, Placement};
use sdk_runtime::{ClientBuilder, Error, Request, RequestOptions, Value};
use support::server::{Server, ok};
use support::{
    ACCOUNT, API, API_EMAIL, API_KEY, API_TOKEN, EMAIL, KEY, THING, TOKEN, all_things, assert_message, builder,
    client, create_thing, find_thing, get_public, list_things,
};

fn object(text: &str) -> Value {
    text.parse().unwrap()
}

/// Asserts that the error is a configuration error whose message contains all `parts`.
fn assert_config_error(error: &Error, parts: &[&str]) {
    assert!(matches!(error, Error::Config(_)), "{error:?}");
    assert_message(error, parts);
}

#[tokio::test]
async fn a_path_value_is_encoded_as_one_segment() {
    let server = Server::always(ok("null")).await;
    let client = client(&server.url);
    let cases = [
        ("023e105f4ecef8ad9ca31a8372d0c353", "023e105f4ecef8ad9ca31a8372d0c353"),
        ("a/b", "a%2Fb"),
        ("../../user/tokens", "..%2F..%2Fuser%2Ftokens"),
        ("a?b=c&d", "a%3Fb%3Dc%26d"),
        ("a#b", "a%23b"),
        ("a\\b", "a%5Cb"),
        // Values are never taken as already encoded.
        ("100%", "100%25"),
        ("%2e%2e", "%252e%252e"),
        ("a b+c", "a%20b%2Bc"),
        ("żółw 🐢", "%C5%BC%C3%B3%C5%82w%20%F0%9F%90%A2"),
        ("a\r\nX-Auth-Key: b", "a%0D%0AX-Auth-Key%3A%20b"),
        ("\u{0}", "%00"),
        ("{thing_id}", "%7Bthing_id%7D"),
        ("-._~", "-._~"),
        ("...", "..."),
        ("@:;,!$'()*", "%40%3A%3B%2C%21%24%27%28%29%2A"),
    ];
    for (value, encoded) in &cases {
        find_thing(&client, "acc", value).await.unwrap();
        let received = server.received().pop().unwrap();
        assert_eq!(received.line(), format!("GET /accounts/acc/things/{encoded} HTTP/1.1"), "{value:?}");
    }
    // Also in the middle of the path.
    find_thing(&client, "a/b", "c").await.unwrap();
    assert_eq!(server.received().pop().unwrap().target(), "/accounts/a%2Fb/things/c");
    assert_eq!(server.count(), cases.len() + 1);
}

#[tokio::test]
async fn empty_and_dot_path_values_are_rejected() {
    let server = Server::always(ok("null")).await;
    let client = client(&server.url);
    for value in ["", ".", ".."] {
        let error = find_thing(&client, ACCOUNT, value).await.unwrap_err();
        assert_config_error(&error, &["GET", support::THING_PATH, "thing_id"]);
        let error = find_thing(&client, value, THING).await.unwrap_err();
        assert_config_error(&error, &["GET", support::THING_PATH, "account_id"]);
    }
    assert_eq!(server.connections(), 0);
}

/// Returns the query of a request with one parameter.
async fn query(name: &str, value: Value) -> String {
    let server = Server::always(ok("[]")).await;
    all_things(&client(&server.url)).with_query(name, value).await.unwrap();
    let target = server.only_request().target().to_owned();
    target.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default()
}

#[tokio::test]
async fn query_values_are_encoded_by_json_type() {
    for (value, encoded) in [
        (r#""a b&c=d/e+f?ü#%""#, "q=a%20b%26c%3Dd%2Fe%2Bf%3F%C3%BC%23%25"),
        (r#""""#, "q="),
        ("true", "q=true"),
        ("-7", "q=-7"),
        ("18446744073709551615", "q=18446744073709551615"),
        ("20.0", "q=20"),
        ("20.5", "q=20.5"),
        ("[1, \"b\", 3.0]", "q=1&q=b&q=3"),
        ("[]", ""),
        ("null", ""),
        (r#"{"not": "view"}"#, "q.not=view"),
        (r#"{"a": {"b": [1, 2], "c": null}, "d": 2.0}"#, "q.a.b=1&q.a.b=2&q.d=2"),
    ] {
        assert_eq!(query("q", object(value)).await, encoded, "{value}");
    }
    assert_eq!(query("action_type", object(r#"{"not": "view"}"#)).await, "action_type.not=view");
    assert_eq!(query("a&b=c[]", "x".into()).await, "a%26b%3Dc%5B%5D=x");
}

#[tokio::test]
async fn setting_a_query_parameter_twice_replaces_it() {
    let server = Server::always(ok("[]")).await;
    let nested = |name: &str| BTreeMap::from([(name.to_owned(), 1)]);
    all_things(&client(&server.url))
        .with_query("q", [1, 2, 3])
        .with_query("action", nested("old"))
        // A different parameter with the same prefix.
        .with_query("actions", "all")
        .with_query("gone", 1)
        .with_query("gone", None::<i64>)
        .with_query("q", 4)
        .with_query("action", nested("new"))
        .await
        .unwrap();
    assert_eq!(server.only_request().target().split_once('?').unwrap().1, "actions=all&q=4&action.new=1");

    list_things(&client(&server.url)).page(2).with_query("page", 3).await.unwrap();
    assert!(server.received()[1].target().ends_with("/things?page=3"));
}

#[tokio::test]
async fn the_body_contains_the_fields_that_were_set() {
    let server = Server::always(ok("null")).await;
    let client = client(&server.url);
    let body = |index: usize| server.received()[index].body.clone();

    create_thing(&client).name("old").note(None).ratio(20.0).name("new \"ü\"\n").await.unwrap();
    assert_eq!(body(0), r#"{"name":"new \"ü\"\n","note":null,"ratio":20}"#);

    create_thing(&client).await.unwrap();
    assert_eq!(body(1), "{}", "an empty object if no field is set");

    create_thing(&client).ratio(20.5).with_body_field("a\"b", [1]).with_body_field("ratio", "1:2").await.unwrap();
    assert_eq!(body(2), r#"{"ratio":"1:2","a\"b":[1]}"#);

    // A field can be added to a body that was set as one value.
    create_thing(&client).body(&object(r#"{"x": 1, "y": 2.0}"#)).with_body_field("x", 3).await.unwrap();
    assert_eq!(body(3), r#"{"x":3,"y":2.0}"#);
    create_thing(&client).body(&[1, 2]).await.unwrap();
    assert_eq!(body(4), "[1,2]");

    for received in server.received() {
        assert_eq!(received.line(), format!("POST /accounts/{ACCOUNT}/things HTTP/1.1"));
        assert_eq!(received.header("content-type"), ["application/json"]);
        assert_eq!(received.header("content-length"), [received.body.len().to_string()]);
    }

    let error = create_thing(&client).body(&[1, 2]).with_body_field("x", 3).await.unwrap_err();
    assert_config_error(&error, &["POST", support::THINGS_PATH, "`x`"]);
    // JSON object keys must be strings.
    let error = create_thing(&client).body(&BTreeMap::from([((1, 2), 3)])).await.unwrap_err();
    assert_config_error(&error, &["POST", support::THINGS_PATH, "body"]);
    assert_eq!(server.count(), 5, "a body that cannot be serialized is not sent");
}

#[tokio::test]
async fn sends_the_headers_of_sdk_client_and_request() {
    let server = Server::always(ok("[]")).await;
    all_things(&client(&server.url)).await.unwrap();
    let received = server.only_request();
    let mut names: Vec<&str> =
        received.head.split("\r\n").skip(1).map(|line| line.split_once(':').unwrap().0).collect();
    names.sort_unstable();
    // Sent if decompression features are enabled.
    names.retain(|name| *name != "accept-encoding");
    // Without a body there is neither content-type nor content-length.
    assert_eq!(names, ["accept", "authorization", "host", "user-agent"]);
    assert_eq!(received.header("user-agent"), ["example-sdk/1.2.3"]);
    assert_eq!(received.header("accept"), ["application/json"]);

    let client = builder(&server.url).header("X-Team", "blue").header("User-Agent", "mine/1").build().unwrap();
    all_things(&client).with_header("X-Trace", "1").with_header("X-Trace", "2").await.unwrap();
    let received = server.received()[1].clone();
    assert_eq!((received.header("x-team"), received.header("x-trace")), (vec!["blue"], vec!["2"]));
    assert_eq!(received.header("user-agent"), ["mine/1"], "replaced by the client's header");
    all_things(&client).with_header("x-team", "red").await.unwrap();
    assert_eq!(server.received()[2].header("x-team"), ["red"], "a header of the request overrides the client's");
    list_things(&client).tags(&["a b", "c"]).await.unwrap();
    assert_eq!(server.received()[3].header("x-tags"), ["a b,c"], "a list in a header");
}

#[tokio::test]
async fn header_injection_is_rejected() {
    let server = Server::always(ok("[]")).await;
    let client = client(&server.url);
    for (name, value) in
        [("x-a", "b\r\nx-c: d"), ("x-a", "b\nc"), ("x-a", "\0"), ("x-a: b\r\nx-c", "d"), ("", "a")]
    {
        let error = all_things(&client).with_header(name, value).await.unwrap_err();
        assert_config_error(&error, &["GET", support::THINGS_PATH]);
        let error = builder(&server.url).header(name, value).build().unwrap_err();
        assert_config_error(&error, &["header"]);
    }
    let error = list_things(&client).tags(&["a", "b\r\nx-c: d"]).await.unwrap_err();
    assert_config_error(&error, &["GET", support::THINGS_PATH, "x-tags"]);
    // Credentials are checked as well, and are not shown.
    let secret = format!("{TOKEN}\r\nx-c: d");
    let client = ClientBuilder::new(&API).base_url(&server.url).credential(&API_TOKEN, secret).build();
    let error = match client {
        Ok(client) => all_things(&client).await.unwrap_err(),
        Err(error) => error,
    };
    assert_config_error(&error, &["api_token"]);
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_token_takes_precedence_over_a_key() {
    let server = Server::always(ok("[]")).await;
    let none = || ClientBuilder::new(&API).base_url(&server.url);
    let key = || none().credential(&API_EMAIL, EMAIL).credential(&API_KEY, KEY);
    let bearer = format!("Bearer {TOKEN}");
    let cases = [
        (none().credential(&API_TOKEN, TOKEN), [Some(bearer.as_str()), None, None]),
        (key(), [None, Some(EMAIL), Some(KEY)]),
        (key().credential(&API_TOKEN, TOKEN), [Some(bearer.as_str()), None, None]),
        // The last value set is used.
        (none().credential(&API_TOKEN, "old").credential(&API_TOKEN, TOKEN), [Some(bearer.as_str()), None, None]),
    ];
    for (index, (builder, expected)) in cases.into_iter().enumerate() {
        all_things(&builder.build().unwrap()).await.unwrap();
        let received = server.received()[index].clone();
        let found =
            ["authorization", "x-auth-email", "x-auth-key"].map(|name| received.header(name).first().copied());
        assert_eq!(found, expected);
    }

    // No credentials are sent to an operation without security requirements.
    get_public(&client(&server.url)).send().await.ok();
    let received = server.received().pop().unwrap();
    assert_eq!((received.target(), received.header("authorization").len()), ("/public", 0));
}

#[tokio::test]
async fn credentials_are_sent_in_header_query_and_cookie() {
    const fn credential(name: &'static str, placement: Placement) -> Credential {
        Credential { name, variable: "NONE", placement }
    }
    static BASIC: Credential = credential("basic", Placement::Basic);
    static QUERY: Credential = credential("query", Placement::Query("api key"));
    static COOKIES: [Credential; 2] =
        [credential("first", Placement::Cookie("a")), credential("second", Placement::Cookie("b"))];
    const ALL: &[&[&Credential]] = &[&[&BASIC, &QUERY, &COOKIES[0], &COOKIES[1]]];
    static OTHER: Api = Api {
        user_agent: "other/1",
        base_url: "https://other.example.invalid",
        base_url_parts: &[],
        base_url_variable: "NONE",
        credentials: ALL[0],
        security: ALL,
        ..Api::DEFAULT
    };
    static OPERATION: Operation = Operation {
        id: "other.get",
        method: "GET",
        path: "/other",
        base_url: None,
        envelope: None,
        pagination: None,
        security: ALL,
    };

    // All lengths of base64 padding.
    for (basic, encoded) in
        [("user:pass", "dXNlcjpwYXNz"), ("ab:c", "YWI6Yw=="), ("ab:cd", "YWI6Y2Q="), ("ü:€?", "w7w64oKsPw==")]
    {
        let server = Server::always(ok("null")).await;
        let client = ClientBuilder::new(&OTHER)
            .base_url(&server.url)
            .credential(&BASIC, basic)
            .credential(&QUERY, "a&b c")
            .credential(&COOKIES[0], "1")
            .credential(&COOKIES[1], "2")
            .build()
            .unwrap();
        let mut request = Request::new(&client, &OPERATION);
        request.query("x", &1);
        request.json::<Value>().await.unwrap();
        let received = server.only_request();
        assert_eq!(received.target(), "/other?x=1&api%20key=a%26b%20c");
        assert_eq!(received.header("authorization"), [format!("Basic {encoded}")]);
        assert_eq!(received.header("cookie"), ["a=1; b=2"]);
    }
}

#[tokio::test]
async fn an_error_names_missing_credentials() {
    let error = ClientBuilder::new(&API).build().unwrap_err();
    let all = ["api_token", "CLOUDFLARE_API_TOKEN", "CLOUDFLARE_EMAIL", "CLOUDFLARE_API_KEY"];
    assert_config_error(&error, &all);
    // An incomplete pair does not suffice, and the message names the credential that is set.
    let error = ClientBuilder::new(&API).credential(&API_KEY, KEY).build().unwrap_err();
    assert_config_error(&error, &all);
    assert_config_error(&error, &["only api_key"]);
}

#[tokio::test]
async fn the_base_url_can_have_a_path_and_a_trailing_slash() {
    for path in ["", "/", "/client/v4", "/client/v4/", "/a%2Fb/"] {
        let server = Server::always(ok("[]")).await;
        all_things(&client(&format!("{}{path}", server.url))).await.unwrap();
        let expected = format!("{}/accounts/{ACCOUNT}/things", path.trim_end_matches('/'));
        assert_eq!(server.only_request().target(), expected);
    }
}

#[test]
fn an_invalid_base_url_is_rejected() {
    for (url, message) in [
        ("ftp://example.com", "neither http nor https"),
        ("file:///etc", "http"),
        ("example.com/client", "relative URL"),
        ("", "base URL"),
        ("http://", "empty host"),
        ("https://example.com?a=b", "query"),
        ("https://example.com/#top", "fragment"),
        ("https://user@example.com", "user"),
    ] {
        let error = builder(url).build().unwrap_err();
        assert_config_error(&error, &["base URL", message]);
    }
}

#[test]
fn a_password_in_the_base_url_is_rejected_and_not_shown() {
    for url in [
        "https://user:hunter2@example.com",
        "https://:hunter2@example.com",
        "ftp://user:hunter2@example.com",
        "https://user:hunter2@example.com/?a=b",
    ] {
        assert_no_password(&builder(url).build().unwrap_err());
    }
}

#[test]
fn a_password_in_an_unparsable_base_url_is_not_shown() {
    for url in [
        "https://user:hunter2@example.com:port",
        "https://user:hunter2@exa mple.com",
        "//user:hunter2@example.com",
    ] {
        assert_no_password(&builder(url).build().unwrap_err());
    }
}

fn assert_no_password(error: &Error) {
    assert_config_error(error, &["base URL"]);
    let text = format!("{error} {error:?}");
    assert!(!text.contains("hunter2"), "{text}");
}
