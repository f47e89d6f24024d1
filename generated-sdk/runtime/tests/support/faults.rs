//! What a server does wrong, in one row: the answer, what the caller gets of it, and which requests are sent again.

use std::time::Duration;

use sdk_runtime::retry::NoRetry;
use sdk_runtime::transport::ReqwestTransport;
use sdk_runtime::{Client, ClientBuilder, Error};

use super::server::{Reply, Server, ok};
use super::{ACCOUNT, THING, Thing, builder, create_thing, find_thing};

/// What the caller gets.
#[derive(Clone, Copy, Debug)]
pub enum Gets {
    /// The thing with the number 7.
    Value,
    /// Success without a thing.
    Nothing,
    /// An error of the API with this status.
    Api(u16),
    /// A broken connection, of which this is said.
    Broken(&'static str),
    NoConnection,
    Timeout,
    /// An answer that does not fit, of which this is said.
    Misfit(&'static str),
}

/// Which requests are sent again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Again {
    All,
    /// Those that can't make the server act twice: a GET, and not a POST.
    Safe,
    No,
}

/// How long an attempt may take: longer than the slowest machine needs. Where a server stalls, the test moves the
/// clock.
pub const LIMIT: Duration = Duration::from_secs(60);
/// How many bytes an answer may have.
pub const LARGEST: usize = 1 << 20;

/// Sends a GET and a POST to a server that always fails in the same way, and to one that does so once. Whatever was
/// wrong with a connection, the client's next call has its own answer.
pub async fn check(cases: impl IntoIterator<Item = (&'static str, Reply, Gets, Again)>) {
    // One for all, as setting up TLS takes a while.
    let transport = ReqwestTransport::new().unwrap();
    let client_of = |server: &Server| client_builder(server).transport(transport.clone()).build().unwrap();
    for (name, reply, expected, again) in cases {
        for method in ["GET", "POST"] {
            let case = format!("{method}, {name}");
            let is_repeated = again == Again::All || again == Again::Safe && method == "GET";

            let server = Server::always(reply.clone()).await;
            let tries = if is_repeated { 3 } else { 1 };
            let result = call(&server, &client_of(&server), method).await;
            let why = result.as_ref().err().and_then(|error| error.request()?.no_retry);
            match again {
                _ if is_repeated => assert_eq!(why, Some(NoRetry::Exhausted), "{case}"),
                Again::Safe => assert_eq!(why, Some(NoRetry::Unsafe), "{case}"),
                // An answer that does not fit is not asked about.
                _ => assert!(matches!(why, Some(NoRetry::Final) | None), "{case}: {why:?}"),
            }
            assert_gets(&case, result, expected, tries);
            assert_eq!(server.tries(), tries as usize, "{case}");

            let server = Server::script([reply.clone(), ok(r#"{"id":7}"#)]).await;
            let client = client_of(&server);
            let result = call(&server, &client, method).await;
            if is_repeated {
                assert_gets(&case, result, Gets::Value, 2);
            } else {
                assert_gets(&case, result, expected, 1);
                assert_gets(&format!("after {case}"), call(&server, &client, "GET").await, Gets::Value, 1);
            }
            assert_eq!(server.tries(), 2, "{case}");
        }
    }
}

pub fn client_of(server: &Server) -> Client {
    client_builder(server).build().unwrap()
}

fn client_builder(server: &Server) -> ClientBuilder {
    builder(&server.url).attempt_timeout(LIMIT).max_response_size(LARGEST)
}

pub async fn call(server: &Server, client: &Client, method: &str) -> Result<Option<Thing>, Error> {
    match method {
        "GET" => server.let_stalls_last(LIMIT, find_thing(client, ACCOUNT, THING)).await,
        _ => server.let_stalls_last(LIMIT, create_thing(client).name("x")).await,
    }
}

#[track_caller]
pub fn assert_gets(case: &str, result: Result<Option<Thing>, Error>, expected: Gets, tries: u32) {
    let says = |error: &Error, part: &str| error.to_string().contains(part);
    let is_expected = match (&result, expected) {
        (Ok(Some(thing)), Gets::Value) => thing.id == 7,
        (Ok(None), Gets::Nothing) => true,
        (Err(Error::Api(error)), Gets::Api(status)) => error.status == status && error.request.attempts == tries,
        (Err(error @ Error::Connection(broken)), Gets::Broken(part)) => {
            broken.sent && broken.request.attempts == tries && says(error, part)
        }
        (Err(Error::Connection(error)), Gets::NoConnection) => !error.sent && error.request.attempts == tries,
        (Err(Error::Timeout(error)), Gets::Timeout) => error.limit == LIMIT && error.request.attempts == tries,
        (Err(error @ Error::Decode(misfit)), Gets::Misfit(part)) => {
            misfit.request.attempts == tries && says(error, part)
        }
        _ => false,
    };
    assert!(is_expected, "{case}: expected {expected:?} after {tries} tries, and got {result:?}");
}

/// An answer that is right in every way; faults are made of it.
pub const BODY: &str = r#"{"result":{"id":7},"success":true}"#;
pub const OK: [&str; 2] = ["200 OK", "content-length: 34"];
/// The same in chunks.
pub const CHUNKS: &str = "22\r\n{\"result\":{\"id\":7},\"success\":true}\r\n0\r\n\r\n";

/// The bytes of an answer; the first of the lines begins with the status.
pub fn raw(lines: &[&str], body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {}\r\n\r\n{body}", lines.join("\r\n")).into_bytes()
}

/// The right answer, with one more line in its head.
pub fn with(line: &str) -> Reply {
    Reply::Keep(raw(&[OK[0], OK[1], line], BODY))
}

pub fn chunked(body: &str) -> Vec<u8> {
    raw(&["200 OK", "transfer-encoding: chunked"], body)
}

pub const HALF_A_HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-le";

pub fn half_a_body() -> Vec<u8> {
    raw(&OK, &BODY[..9])
}
