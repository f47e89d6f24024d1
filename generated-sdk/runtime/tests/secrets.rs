//! Secrets are only sent to the API's origin, and never shown.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sdk_runtime::operation::{Api, Credential, Operation, Placement};
use sdk_runtime::{ClientBuilder, Error, Request, RequestOptions, Secret, Value};
use support::server::{Reply, Server, error_reply, ok, reply};
use support::{
    ACCOUNT, API, API_EMAIL, API_KEY, API_TOKEN, EMAIL, KEY, THING, TOKEN, builder, client, create_thing,
    find_thing, get_thing, list_things,
};

/// A confidential value in a request that is not a credential.
const VALUE: &str = "s3cr3t-value-2b61";

fn assert_hidden(what: &impl Debug) {
    for text in [format!("{what:?}"), format!("{what:#?}")] {
        assert!(!text.is_empty());
        for secret in [TOKEN, KEY, VALUE, ACCOUNT, THING] {
            assert!(!text.contains(secret), "{secret} is shown in {text}");
        }
    }
}

#[test]
fn debug_output_of_clients_and_requests_contains_no_secrets() {
    let builder = ClientBuilder::new(&API)
        .credential(&API_TOKEN, TOKEN)
        .credential(&API_EMAIL, EMAIL)
        .credential(&API_KEY, KEY)
        .header("x-secret", VALUE);
    assert_hidden(&builder);
    let client = builder.build().unwrap();
    assert_hidden(&client);
    assert!(format!("{client:?}").contains("api.example.invalid"), "the host is shown");

    let request = create_thing(&client)
        .name(VALUE)
        .with_body_field("value", VALUE)
        .with_query("value", VALUE)
        .with_header("x-value", VALUE);
    assert_hidden(&request);
    assert!(format!("{request:?}").contains("things.create"), "the operation is shown");
    assert_hidden(&list_things(&client).with_query("value", VALUE).items());
}

#[test]
fn debug_output_of_a_builder_does_not_contain_the_password_of_the_base_url() {
    assert_hidden(&builder(&format!("https://user:{VALUE}@example.com")));
}

#[tokio::test]
async fn errors_contain_no_secrets() {
    const LIMIT: Duration = Duration::from_secs(60);
    // No process listens at a port that was just released.
    let unused_address = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let responses = [
        Reply::Reset,
        Reply::Stall(Vec::new()),
        Reply::Close(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{".to_vec()),
        Reply::Close(b"this is no HTTP\r\n\r\n".to_vec()),
        error_reply("401 Unauthorized", 10000, "Authentication error"),
        reply("200 OK", &[], "null"),
    ];
    for response in responses.into_iter().map(Some).chain([None]) {
        let server = match response {
            Some(response) => Some(Server::always(response).await),
            None => None,
        };
        let url = server.as_ref().map_or_else(|| format!("http://{unused_address}"), |server| server.url.clone());
        let client = ClientBuilder::new(&API)
            .base_url(url)
            .credential(&API_EMAIL, EMAIL)
            .credential(&API_KEY, KEY)
            .header("x-secret", VALUE)
            .timeout(LIMIT)
            .max_retries(0)
            .build()
            .unwrap();
        let call = get_thing(&client, ACCOUNT, THING).with_query("value", VALUE);
        let result = match &server {
            Some(server) => server.advance_through_stalls(LIMIT, call).await,
            None => call.await,
        };
        let error = result.unwrap_err();
        assert_hidden(&error);
        assert_hidden(&error.to_string());
        let mut source = std::error::Error::source(&error);
        while let Some(error) = source {
            assert_hidden(&error);
            assert_hidden(&error.to_string());
            source = error.source();
        }
    }
}

#[tokio::test]
async fn errors_do_not_contain_a_credential_in_the_query() {
    static IN_QUERY: Credential =
        Credential { name: "api_key", variable: "NONE", placement: Placement::Query("key") };
    const SECURITY: &[&[&Credential]] = &[&[&IN_QUERY]];
    static QUERY_API: Api = Api {
        user_agent: "other/1",
        base_url: "https://other.example.invalid",
        base_url_parts: &[],
        base_url_variable: "NONE",
        credentials: SECURITY[0],
        security: SECURITY,
        ..Api::DEFAULT
    };
    static OPERATION: Operation = Operation {
        id: "other.get",
        method: "GET",
        path: "/other",
        base_url: None,
        envelope: None,
        pagination: None,
        security: SECURITY,
    };
    let server = Server::always(Reply::Reset).await;
    let client =
        ClientBuilder::new(&QUERY_API).base_url(&server.url).credential(&IN_QUERY, KEY).max_retries(0).build();
    let client = client.unwrap();
    let error = Request::new(&client, &OPERATION).json::<Value>().await.unwrap_err();
    assert_eq!(server.only_request().target(), format!("/other?key={KEY}"));
    assert_hidden(&error);
    assert_hidden(&error.to_string());
}

/// Returns a redirect response.
fn redirect(status: &str, location: &str) -> Reply {
    reply(status, &[&format!("location: {location}")], "moved")
}

#[tokio::test]
async fn a_redirect_to_another_origin_is_not_followed() {
    let other = Server::always(ok(r#"{"id":1}"#)).await;
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let server = Server::always(redirect(status, &format!("{}/elsewhere", other.url))).await;
        let error = get_thing(&client(&server.url), ACCOUNT, THING).await.unwrap_err();
        // The call fails with the redirect response.
        let Error::Api(error) = error else { panic!("{error:?}") };
        assert_eq!(error.status.to_string()[..3], status[..3]);
        assert_eq!(error.headers["location"], format!("{}/elsewhere", other.url));
        assert_eq!(server.count(), 1, "{status}");
        create_thing(&client(&server.url)).await.unwrap_err();
        assert_eq!(server.count(), 2, "{status}");
    }
    // The same server by another host name is another origin. The second redirect of a chain is checked as
    // well.
    let server = Server::with_url(|url| redirect("302 Found", &url.replace("127.0.0.1", "localhost"))).await;
    get_thing(&client(&server.url), ACCOUNT, THING).await.unwrap_err();
    assert_eq!(server.count(), 1);
    let steps = [redirect("307 Temporary Redirect", "/step"), redirect("307 Temporary Redirect", &other.url)];
    let server = Server::script(steps).await;
    get_thing(&client(&server.url), ACCOUNT, THING).await.unwrap_err();
    assert_eq!(server.count(), 2);
    assert_eq!(other.connections(), 0, "no connection to the other server");
}

#[tokio::test]
async fn a_redirect_within_the_origin_is_followed_with_credentials() {
    let server = Server::script([
        redirect("308 Permanent Redirect", "/moved?a=b"),
        ok(r#"{"id":7}"#),
        redirect("307 Temporary Redirect", "/again"),
        ok(r#"{"id":8}"#),
    ])
    .await;
    let client = ClientBuilder::new(&API).base_url(&server.url).credential(&API_EMAIL, EMAIL);
    let client = client.credential(&API_KEY, KEY).build().unwrap();
    assert_eq!(get_thing(&client, ACCOUNT, THING).await.unwrap().id, 7);
    assert_eq!(create_thing(&client).name("x").await.unwrap().unwrap().id, 8);
    let received = server.received();
    assert_eq!((received[1].line(), received[3].line()), ("GET /moved?a=b HTTP/1.1", "POST /again HTTP/1.1"));
    assert_eq!(received[3].body, r#"{"name":"x"}"#);
    for received in received {
        assert_eq!((received.header("x-auth-email"), received.header("x-auth-key")), (vec![EMAIL], vec![KEY]));
    }
}

#[tokio::test]
async fn a_redirect_loop_ends() {
    let server = Server::always(redirect("302 Found", "/circle")).await;
    let error = get_thing(&client(&server.url), ACCOUNT, THING).await.unwrap_err();
    assert!(matches!(&error, Error::Api(error) if error.status.as_u16() == 302), "{error:?}");
    assert!(server.count() < 30, "{}", server.count());
}

#[tokio::test]
async fn an_expired_token_is_refreshed_once_and_never_shown() {
    let tokens = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&tokens);
    let source = move |rejected: Option<Secret>| {
        let mut seen = seen.lock().unwrap();
        seen.push(rejected.map(|secret| secret.expose().to_owned()));
        std::future::ready(Ok::<_, std::io::Error>(Secret::from(format!("token-{}", seen.len()))))
    };
    let refused = || error_reply("401 Unauthorized", 10_000, "no");
    let server = Server::script([refused(), ok("{\"id\": 1}"), refused(), refused()]).await;
    let client = ClientBuilder::new(&API)
        .base_url(server.url.as_str())
        .credential_source(&API_TOKEN, source)
        .build()
        .unwrap();
    assert!(!format!("{client:?}").contains("token-"), "{client:?}");

    let response = find_thing(&client, ACCOUNT, THING).send().await.unwrap();
    assert_eq!(response.attempts, 2);
    // A second 401 is returned, because another token would be rejected as well.
    let error = find_thing(&client, ACCOUNT, THING).await.unwrap_err();
    assert!(error.is_unauthorized(), "{error}");

    let received = server.received();
    let sent: Vec<&str> = received.iter().flat_map(|request| request.header("authorization")).collect();
    assert_eq!(sent, ["Bearer token-1", "Bearer token-2", "Bearer token-3", "Bearer token-4"]);
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(*tokens.lock().unwrap(), [None, some("token-1"), None, some("token-3")]);
}

#[tokio::test]
async fn an_error_of_the_credential_source_fails_the_call_before_sending() {
    let server = Server::script([]).await;
    let source = |_| std::future::ready(Err::<Secret, _>("the vault is sealed"));
    let client = ClientBuilder::new(&API)
        .base_url(server.url.as_str())
        .credential_source(&API_TOKEN, source)
        .build()
        .unwrap();
    let error = find_thing(&client, ACCOUNT, THING).await.unwrap_err();
    assert!(matches!(error, Error::Credentials(_)));
    assert_eq!(error.to_string(), "no token for the credential `api_token`: the vault is sealed");
    assert_eq!(server.count(), 0);
}
