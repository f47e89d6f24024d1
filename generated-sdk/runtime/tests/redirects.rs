//! Which redirects are followed: those to where the credentials went already, with the method as it is.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use sdk_runtime::Error;
use support::memory::{Memory, Step};
use support::{TOKEN, builder, create_thing, get_public, get_thing};

fn moved(status: u16, location: &str) -> Step {
    Step::Answer(status, vec![("location", location.to_owned())])
}

/// The URL that is asked for behind a redirect; nothing where that is the caller's answer.
async fn followed(base_url: &str, status: u16, location: &str, method: &str) -> Option<String> {
    let location = location.to_owned();
    let memory = Memory::new(move |number| match number {
        0 => moved(status, &location),
        _ => Step::Answer(200, Vec::new()),
    });
    let client = builder(base_url).allow_http().transport(memory.clone()).build().unwrap();
    let result = match method {
        "GET" => get_thing(&client, "a", "b").await.map(Some),
        _ => create_thing(&client).await,
    };
    let exchanges = memory.exchanges();
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
async fn the_method_decides_with_the_status() {
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
            let url = followed("https://api.example.com/v4", status, "/moved", method).await;
            let expected = methods.contains(&method).then(|| "https://api.example.com/moved".to_owned());
            assert_eq!(url, expected, "{method} {status}");
        }
    }
}

#[tokio::test]
async fn only_the_same_origin_is_followed() {
    for (base_url, location, expected) in [
        ("https://api.example.com", "/moved?a=b", Some("https://api.example.com/moved?a=b")),
        ("https://api.example.com", "c", Some("https://api.example.com/accounts/a/things/c")),
        ("https://api.example.com", "?c=d", Some("https://api.example.com/accounts/a/things/b?c=d")),
        ("https://api.example.com", "/a b", Some("https://api.example.com/a%20b")),
        ("https://api.example.com", "//API.Example.com:443/c", Some("https://api.example.com/c")),
        ("https://api.example.com:8443", "https://api.example.com:8443/c", Some("https://api.example.com:8443/c")),
        // To a URL's reader this is a path.
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
        let url = followed(base_url, 307, location, "GET").await;
        assert_eq!(url.as_deref(), expected, "{base_url} {location}");
    }
}

#[tokio::test]
async fn a_redirect_to_nowhere_is_the_answer() {
    let memory = Memory::new(|_| Step::Answer(307, Vec::new()));
    let client = builder("https://api.example.com").transport(memory.clone()).build().unwrap();
    let error = get_public(&client).await.unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), memory.exchanges().len()), (307, 1));
}

#[tokio::test]
async fn redirects_in_a_circle_end_and_are_one_attempt() {
    let memory = Memory::new(|_| moved(307, "/circle"));
    let client = builder("https://api.example.com").transport(memory.clone()).build().unwrap();
    for count in [11, 22] {
        let error = create_thing(&client).await.unwrap_err();
        assert!(matches!(&error, Error::Api(error) if error.status == 307 && error.request.attempts == 1));
        assert_eq!(memory.exchanges().len(), count);
    }
}

#[tokio::test]
async fn a_retry_begins_where_the_call_does() {
    let steps = [moved(307, "/moved"), Step::Answer(503, Vec::new()), Step::Answer(200, Vec::new())];
    let memory = Memory::new(move |number| steps[number].clone());
    let client = builder("https://api.example.com").transport(memory.clone()).build().unwrap();
    assert_eq!(get_thing(&client, "a", "b").send().await.unwrap().attempts, 2);
    let urls: Vec<String> = memory.exchanges().into_iter().map(|exchange| exchange.url).collect();
    let home = "https://api.example.com/accounts/a/things/b";
    assert_eq!(urls, [home, "https://api.example.com/moved", home]);
}
