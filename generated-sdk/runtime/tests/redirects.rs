//! Redirects: only those to the same origin that keep the method are followed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use sdk_runtime::Error;
use support::scripted_transport::{ScriptedTransport, Step};
use support::{TOKEN, builder, create_thing, get_public, get_thing};

fn redirect(status: u16, location: &str) -> Step {
    Step::Response(status, vec![("location", location.to_owned())])
}

/// Returns the URL that is requested after a redirect, or `None` if the redirect is not followed.
async fn redirect_target(base_url: &str, status: u16, location: &str, method: &str) -> Option<String> {
    let location = location.to_owned();
    let transport = ScriptedTransport::new(move |number| match number {
        0 => redirect(status, &location),
        _ => Step::Response(200, Vec::new()),
    });
    let client = builder(base_url).allow_http().transport(transport.clone()).build().unwrap();
    let result = match method {
        "GET" => get_thing(&client, "a", "b").await.map(Some),
        _ => create_thing(&client).await,
    };
    let exchanges = transport.exchanges();
    match result {
        Ok(thing) => {
            assert_eq!((thing.unwrap().id, exchanges.len()), (7, 2));
            assert_eq!(exchanges[1].method, method);
            assert_eq!(exchanges[1].headers["authorization"], format!("Bearer {TOKEN}"));
            Some(exchanges[1].url.clone())
        }
        Err(Error::Api(error)) => {
            assert_eq!((error.status.as_u16(), error.request.attempts, exchanges.len()), (status, 1, 1));
            None
        }
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn method_and_status_decide_whether_a_redirect_is_followed() {
    for (status, methods) in [
        (300, &[][..]),
        (301, &["GET"]),
        (302, &["GET"]),
        (303, &["GET"]),
        (304, &[]),
        (305, &[]),
        (306, &[]),
        (307, &["GET", "POST"]),
        (308, &["GET", "POST"]),
    ] {
        for method in ["GET", "POST"] {
            let url = redirect_target("https://api.example.com/v4", status, "/moved", method).await;
            let expected = methods.contains(&method).then(|| "https://api.example.com/moved".to_owned());
            assert_eq!(url, expected, "{method} {status}");
        }
    }
}

#[tokio::test]
async fn redirects_are_followed_within_the_same_origin() {
    for (base_url, location, expected) in [
        ("https://api.example.com", "/moved?a=b", Some("https://api.example.com/moved?a=b")),
        ("https://api.example.com", "c", Some("https://api.example.com/accounts/a/things/c")),
        ("https://api.example.com", "?c=d", Some("https://api.example.com/accounts/a/things/b?c=d")),
        ("https://api.example.com", "/a b", Some("https://api.example.com/a%20b")),
        ("https://api.example.com", "//API.Example.com:443/c", Some("https://api.example.com/c")),
        ("https://api.example.com:8443", "https://api.example.com:8443/c", Some("https://api.example.com:8443/c")),
        // URL parsers treat this as a path.
        ("https://api.example.com", "\\@other.example/c", Some("https://api.example.com/@other.example/c")),
        ("https://api.example.com", "//other.example/c", None),
        ("https://api.example.com", "\\\\other.example/c", None),
        ("https://api.example.com", "https://api.example.com.other.example/c", None),
        ("https://api.example.com", "https://api.example.com@other.example/c", None),
        ("https://api.example.com", "https://api.example.com:444/c", None),
        ("https://api.example.com", "http://api.example.com/c", None),
        ("http://api.example.com", "https://api.example.com/c", None),
        ("https://api.example.com", "http://api.example.com:443/c", None),
        ("https://api.example.com", "https://[::1", None),
        ("https://api.example.com", "javascript:alert(1)", None),
        ("https://api.example.com", "żółw", None),
    ] {
        let url = redirect_target(base_url, 307, location, "GET").await;
        assert_eq!(url.as_deref(), expected, "{base_url} {location}");
    }
}

#[tokio::test]
async fn a_redirect_without_a_location_is_not_followed() {
    let transport = ScriptedTransport::new(|_| Step::Response(307, Vec::new()));
    let client = builder("https://api.example.com").transport(transport.clone()).build().unwrap();
    let error = get_public(&client).await.unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), transport.exchanges().len()), (307, 1));
}

#[tokio::test]
async fn a_redirect_loop_ends_and_is_one_attempt() {
    let transport = ScriptedTransport::new(|_| redirect(307, "/circle"));
    let client = builder("https://api.example.com").transport(transport.clone()).build().unwrap();
    for count in [11, 22] {
        let error = create_thing(&client).await.unwrap_err();
        assert!(matches!(&error, Error::Api(error) if error.status == 307 && error.request.attempts == 1));
        assert_eq!(transport.exchanges().len(), count);
    }
}

#[tokio::test]
async fn a_retry_starts_at_the_original_url() {
    let steps = [redirect(307, "/moved"), Step::Response(503, Vec::new()), Step::Response(200, Vec::new())];
    let transport = ScriptedTransport::new(move |number| steps[number].clone());
    let client = builder("https://api.example.com").transport(transport.clone()).build().unwrap();
    assert_eq!(get_thing(&client, "a", "b").send().await.unwrap().attempts, 2);
    let urls: Vec<String> = transport.exchanges().into_iter().map(|exchange| exchange.url).collect();
    let home = "https://api.example.com/accounts/a/things/b";
    assert_eq!(urls, [home, "https://api.example.com/moved", home]);
}
