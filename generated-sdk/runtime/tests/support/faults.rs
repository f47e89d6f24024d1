//! Table-driven checks of faulty servers: the reply, the expected outcome, and the requests that are retried.

use std::time::Duration;

use sdk_runtime::retry::NoRetryReason;
use sdk_runtime::transport::ReqwestTransport;
use sdk_runtime::{Client, ClientBuilder, Error};

use super::server::{Reply, Server, ok};
use super::{ACCOUNT, THING, Thing, builder, create_thing, find_thing};

/// Expected outcome of a call.
#[derive(Clone, Copy, Debug)]
pub enum Expected {
    /// The thing with the id 7.
    Success,
    /// Success without a result.
    Empty,
    /// An error of the API with this status.
    Api(u16),
    /// A connection error after the request was sent; the message contains this text.
    Disconnected(&'static str),
    /// A connection error before the request was sent.
    ConnectFailure,
    Timeout,
    /// A response that cannot be decoded; the message contains this text.
    DecodeFailure(&'static str),
}

/// Requests that are retried after a fault.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Retried {
    Always,
    /// Idempotent requests: the GET, not the POST.
    IfIdempotent,
    Never,
}

/// Time limit of an attempt, longer than the slowest machine needs. Tests of stalled servers advance the
/// clock.
pub const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(60);
/// Maximum size of a response body in bytes.
pub const MAX_RESPONSE_SIZE: usize = 1 << 20;

/// Sends a GET and a POST to a server that always has the same fault, and to one that has it once. Also
/// checks that the next call of the client receives its own response after the fault.
pub async fn check_faults(cases: impl IntoIterator<Item = (&'static str, Reply, Expected, Retried)>) {
    // Shared by all cases because setting up TLS is slow.
    let transport = ReqwestTransport::new().unwrap();
    let client_for = |server: &Server| client_builder(server).transport(transport.clone()).build().unwrap();
    for (name, reply, expected, retried) in cases {
        for method in ["GET", "POST"] {
            let case = format!("{method}, {name}");
            let is_retried = retried == Retried::Always || retried == Retried::IfIdempotent && method == "GET";

            let server = Server::always(reply.clone()).await;
            let attempts = if is_retried { 3 } else { 1 };
            let result = call(&server, &client_for(&server), method).await;
            let reason = result.as_ref().err().and_then(|error| error.request()?.no_retry_reason);
            match retried {
                _ if is_retried => assert_eq!(reason, Some(NoRetryReason::MaxRetries), "{case}"),
                Retried::IfIdempotent => assert_eq!(reason, Some(NoRetryReason::NotIdempotent), "{case}"),
                // The retry policy is not consulted for decode errors.
                _ => assert!(matches!(reason, Some(NoRetryReason::Permanent) | None), "{case}: {reason:?}"),
            }
            assert_outcome(&case, result, expected, attempts);
            assert_eq!(server.attempts(), attempts as usize, "{case}");

            let server = Server::script([reply.clone(), ok(r#"{"id":7}"#)]).await;
            let client = client_for(&server);
            let result = call(&server, &client, method).await;
            if is_retried {
                assert_outcome(&case, result, Expected::Success, 2);
            } else {
                assert_outcome(&case, result, expected, 1);
                assert_outcome(
                    &format!("after {case}"),
                    call(&server, &client, "GET").await,
                    Expected::Success,
                    1,
                );
            }
            assert_eq!(server.attempts(), 2, "{case}");
        }
    }
}

pub fn client_for(server: &Server) -> Client {
    client_builder(server).build().unwrap()
}

fn client_builder(server: &Server) -> ClientBuilder {
    builder(&server.url).attempt_timeout(ATTEMPT_TIMEOUT).max_response_size(MAX_RESPONSE_SIZE)
}

pub async fn call(server: &Server, client: &Client, method: &str) -> Result<Option<Thing>, Error> {
    match method {
        "GET" => server.advance_through_stalls(ATTEMPT_TIMEOUT, find_thing(client, ACCOUNT, THING)).await,
        _ => server.advance_through_stalls(ATTEMPT_TIMEOUT, create_thing(client).name("x")).await,
    }
}

#[track_caller]
pub fn assert_outcome(case: &str, result: Result<Option<Thing>, Error>, expected: Expected, attempts: u32) {
    let contains = |error: &Error, part: &str| error.to_string().contains(part);
    let is_expected = match (&result, expected) {
        (Ok(Some(thing)), Expected::Success) => thing.id == 7,
        (Ok(None), Expected::Empty) => true,
        (Err(Error::Api(error)), Expected::Api(status)) => {
            error.status == status && error.request.attempts == attempts
        }
        (Err(error @ Error::Connection(connection)), Expected::Disconnected(part)) => {
            connection.sent && connection.request.attempts == attempts && contains(error, part)
        }
        (Err(Error::Connection(error)), Expected::ConnectFailure) => {
            !error.sent && error.request.attempts == attempts
        }
        (Err(Error::Timeout(error)), Expected::Timeout) => {
            error.limit == ATTEMPT_TIMEOUT && error.request.attempts == attempts
        }
        (Err(error @ Error::Decode(decode)), Expected::DecodeFailure(part)) => {
            decode.request.attempts == attempts && contains(error, part)
        }
        _ => false,
    };
    assert!(is_expected, "{case}: expected {expected:?} after {attempts} attempts, got {result:?}");
}

/// Body of a correct response. The faulty responses are derived from it.
pub const BODY: &str = r#"{"result":{"id":7},"success":true}"#;
/// Head of a correct response.
pub const OK: [&str; 2] = ["200 OK", "content-length: 34"];
/// Chunked encoding of [`BODY`].
pub const CHUNKS: &str = "22\r\n{\"result\":{\"id\":7},\"success\":true}\r\n0\r\n\r\n";

/// Returns the bytes of a response. The first line begins with the status.
pub fn response_bytes(lines: &[&str], body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {}\r\n\r\n{body}", lines.join("\r\n")).into_bytes()
}

/// Returns the correct response with an additional header line.
pub fn with_header(line: &str) -> Reply {
    Reply::Keep(response_bytes(&[OK[0], OK[1], line], BODY))
}

pub fn chunked_response(body: &str) -> Vec<u8> {
    response_bytes(&["200 OK", "transfer-encoding: chunked"], body)
}

pub const PARTIAL_HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-le";

pub fn partial_body() -> Vec<u8> {
    response_bytes(&OK, &BODY[..9])
}
