//! Faulty servers and connections: the outcome for the caller, and the number of attempts.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::time::Duration;

use support::faults::Expected::{Api, ConnectFailure, DecodeFailure, Disconnected, Empty, Success, Timeout};
use support::faults::Retried::{Always, IfIdempotent, Never};
use support::faults::{
    BODY, CHUNKS, OK, PARTIAL_HEAD, assert_outcome, call, check_faults, chunked_response, client_for,
    partial_body, response_bytes, with_header,
};
use support::server::{Reply, Server, ok, reply};
use support::{ACCOUNT, THING, builder, client, create_thing, find_thing};

#[tokio::test]
async fn broken_connections() {
    let broken = Disconnected("the connection broke");
    check_faults([
        ("reset before the request is read", Reply::ResetUnread, broken, IfIdempotent),
        ("reset after the request", Reply::Reset, broken, IfIdempotent),
        ("reset within the headers", Reply::ResetAfter(PARTIAL_HEAD.into()), broken, IfIdempotent),
        ("reset within the body", Reply::ResetAfter(partial_body()), broken, IfIdempotent),
        ("closed after the request", Reply::Close(Vec::new()), broken, IfIdempotent),
        ("closed within the headers", Reply::Close(PARTIAL_HEAD.into()), broken, IfIdempotent),
        ("closed within the body", Reply::Close(partial_body()), broken, IfIdempotent),
        ("closed within a chunk", Reply::Close(chunked_response("22\r\n{\"result\"")), broken, IfIdempotent),
        (
            "closed between chunks",
            Reply::Close(chunked_response(&CHUNKS[..CHUNKS.len() - 5])),
            broken,
            IfIdempotent,
        ),
        ("stalls before the headers", Reply::Stall(Vec::new()), Timeout, IfIdempotent),
        ("stalls within the headers", Reply::Stall(PARTIAL_HEAD.into()), Timeout, IfIdempotent),
        ("stalls within the body", Reply::Stall(partial_body()), Timeout, IfIdempotent),
        ("stalls within a chunk", Reply::Stall(chunked_response("22\r\n{\"result\"")), Timeout, IfIdempotent),
    ])
    .await;

    let bytes = response_bytes(&OK, BODY).into_iter().map(|byte| vec![byte]).collect();
    check_faults([("drips", Reply::Drip(bytes, Duration::from_millis(1)), Success, Never)]).await;
}

#[tokio::test]
async fn failed_connection_attempts() {
    // A bound socket that does not listen: the port is reserved and refuses connections.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let client = client(&format!("http://{}", socket.local_addr().unwrap()));
    assert_outcome("GET, refused", find_thing(&client, ACCOUNT, THING).await, ConnectFailure, 3);
    assert_outcome("POST, refused", create_thing(&client).await, ConnectFailure, 3);

    // TLS with a server that does not support it.
    for method in ["GET", "POST"] {
        let server = Server::always(Reply::ResetUnread).await;
        let client = builder(&server.url.replace("http:", "https:")).build().unwrap();
        assert_outcome(method, call(&server, &client, method).await, ConnectFailure, 3);
        assert_eq!(server.attempts(), 3);
    }
}

#[tokio::test]
async fn invalid_content_lengths() {
    let length =
        |length: &str| Reply::Keep(response_bytes(&["200 OK", &format!("content-length: {length}")], BODY));
    let invalid = Disconnected("invalid content-length");
    check_faults([
        (
            "too long, and closed",
            Reply::Close(response_bytes(&["200 OK", "content-length: 35"], BODY)),
            Disconnected("broke"),
            IfIdempotent,
        ),
        (
            "too long, and kept open",
            Reply::Stall(response_bytes(&["200 OK", "content-length: 35"], BODY)),
            Timeout,
            IfIdempotent,
        ),
        // Excess bytes must not be read as the next response.
        ("too short", length("33"), DecodeFailure("not JSON: EOF"), Never),
        (
            "a second response",
            Reply::Keep([response_bytes(&OK, BODY), response_bytes(&OK, BODY)].concat()),
            Success,
            Never,
        ),
        ("two different lengths", with_header("content-length: 33"), invalid, IfIdempotent),
        ("the same length twice", with_header("content-length: 34"), Success, Never),
        ("not a number", length("many"), invalid, IfIdempotent),
        ("negative", length("-1"), invalid, IfIdempotent),
        ("with a sign", length("+34"), invalid, IfIdempotent),
        ("larger than any number", length("99999999999999999999999"), invalid, IfIdempotent),
        (
            "larger than any response",
            length("18446744073709551613"),
            DecodeFailure("larger than 1048576 bytes"),
            Never,
        ),
        ("no length, read to the end", Reply::Close(response_bytes(&["200 OK"], BODY)), Success, Never),
    ])
    .await;
}

#[tokio::test]
async fn invalid_chunks() {
    let chunks = |body: &str| Reply::Keep(chunked_response(body));
    check_faults([
        (
            "valid, with extension and trailer",
            chunks(&CHUNKS.replace("22", "22;a=b").replace("0\r\n", "0\r\nx-a: b\r\n")),
            Success,
            Never,
        ),
        // `content-length` is ignored if the body is chunked.
        (
            "with a length",
            Reply::Keep(response_bytes(&["200 OK", "content-length: 3", "transfer-encoding: chunked"], CHUNKS)),
            Success,
            Never,
        ),
        ("not a number", chunks("xyz\r\nabc\r\n0\r\n\r\n"), Disconnected("chunk size"), IfIdempotent),
        (
            "larger than any number",
            chunks("fffffffffffffffff\r\nabc\r\n0\r\n\r\n"),
            Disconnected("overflow"),
            IfIdempotent,
        ),
        ("longer than stated", chunks(&CHUNKS.replace("true}", "true} ")), Disconnected("chunk"), IfIdempotent),
        (
            "an endless extension",
            Reply::Flood(chunked_response("22;"), b"ext=".repeat(1000)),
            Disconnected("chunk extensions"),
            IfIdempotent,
        ),
        (
            "endless trailers",
            Reply::Flood(chunked_response(&CHUNKS[..CHUNKS.len() - 2]), b"x-a: b\r\n".repeat(1000)),
            Disconnected("trailers"),
            IfIdempotent,
        ),
    ])
    .await;
}

#[tokio::test]
async fn invalid_heads() {
    let invalid = Disconnected("invalid HTTP header");
    let status = |status: &str| Reply::Keep(response_bytes(&[status, OK[1]], BODY));
    let many = |count: usize| with_header(&vec!["x-a: b"; count].join("\r\n"));
    check_faults([
        ("NUL in a header", with_header("x-a: b\0c"), invalid, IfIdempotent),
        ("an escape in a header", with_header("x-a: \u{1b}[2J"), invalid, IfIdempotent),
        ("a bare CR in a header", with_header("x-a: b\rx-c: d"), invalid, IfIdempotent),
        ("a header on two lines", with_header("x-a: b\r\n c"), invalid, IfIdempotent),
        ("a space in a header name", with_header("x a: b"), invalid, IfIdempotent),
        ("a space after a header name", with_header("content-encoding : gzip"), invalid, IfIdempotent),
        ("a header without a colon", with_header("nothing"), invalid, IfIdempotent),
        ("non-ASCII letters in a header", with_header("x-a: żółw"), Success, Never),
        ("many headers", many(90), Success, Never),
        ("too many headers", many(200), Disconnected("head is too large"), IfIdempotent),
        (
            "endless headers",
            Reply::Flood(response_bytes(&OK[..1], "")[..17].into(), b"x-a: b\r\n".repeat(100)),
            Disconnected("head is too large"),
            IfIdempotent,
        ),
        ("a long header", with_header(&format!("x-a: {}", "b".repeat(100_000))), Success, Never),
        (
            "an endless header",
            Reply::Flood(b"HTTP/1.1 200 OK\r\nx-a: ".to_vec(), vec![b'b'; 10_000]),
            Disconnected("head is too large"),
            IfIdempotent,
        ),
        ("a status of two digits", status("20 OK"), Disconnected("invalid HTTP"), IfIdempotent),
        ("a status of four digits", status("1000 Many"), Disconnected("invalid HTTP"), IfIdempotent),
        ("a status that is not a number", status("ok OK"), Disconnected("invalid HTTP"), IfIdempotent),
        ("an unknown status", status("600 New"), Api(600), Never),
        ("a status without a reason phrase", status("200"), Success, Never),
        (
            "another protocol",
            Reply::Close(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec()),
            Disconnected("invalid HTTP version"),
            IfIdempotent,
        ),
        (
            "another version",
            Reply::Close(b"HTTP/2.0 200 OK\r\n\r\n".to_vec()),
            Disconnected("invalid HTTP version"),
            IfIdempotent,
        ),
        ("no head", Reply::Close(BODY.into()), Disconnected("invalid HTTP version"), IfIdempotent),
        ("HTTP/1.0", Reply::Close(format!("HTTP/1.0 200 OK\r\n\r\n{BODY}").into()), Success, Never),
        // HTTP/1.0 cannot signal a truncated body.
        (
            "HTTP/1.0, truncated",
            Reply::Close(format!("HTTP/1.0 200 OK\r\n\r\n{}", &BODY[..30]).into()),
            DecodeFailure("not JSON: EOF"),
            Never,
        ),
    ])
    .await;
}

#[tokio::test]
async fn statuses() {
    let status = |status: &str| reply(status, &[], "");
    let early = response_bytes(&["103 Early Hints", "link: </a>"], "");
    check_faults([
        (
            "100 before the response",
            Reply::Keep([response_bytes(&["100 Continue"], ""), response_bytes(&OK, BODY)].concat()),
            Success,
            Never,
        ),
        (
            "103 twice before the response",
            Reply::Keep([early.clone(), early.clone(), response_bytes(&OK, BODY)].concat()),
            Success,
            Never,
        ),
        ("103 alone", Reply::Close(early), Disconnected("broke"), IfIdempotent),
        (
            "101",
            Reply::Keep(response_bytes(&["101 Switching Protocols", "connection: upgrade", "upgrade: x"], "")),
            Api(101),
            Never,
        ),
        ("200 without a body", status("200 OK"), Empty, Never),
        ("204", Reply::Keep(response_bytes(&["204 No Content"], "")), Empty, Never),
        ("204 with a body", Reply::Keep(response_bytes(&["204 No Content", OK[1]], BODY)), Empty, Never),
        ("304", Reply::Keep(response_bytes(&["304 Not Modified"], "")), Api(304), Never),
        ("304 with a body", Reply::Keep(response_bytes(&["304 Not Modified", OK[1]], BODY)), Api(304), Never),
        ("400", status("400 Bad Request"), Api(400), Never),
        ("408", status("408 Request Timeout"), Api(408), IfIdempotent),
        (
            "408, closed",
            Reply::Close(response_bytes(&["408 Request Timeout", "connection: close"], "")),
            Api(408),
            IfIdempotent,
        ),
        ("425", status("425 Too Early"), Api(425), Never),
        ("429", status("429 Too Many Requests"), Api(429), Always),
        ("500", status("500 Internal Server Error"), Api(500), IfIdempotent),
        ("503", status("503 Service Unavailable"), Api(503), IfIdempotent),
        ("503 with retry-after", reply("503 Service Unavailable", &["retry-after: 0"], ""), Api(503), Always),
        ("599", status("599 Own"), Api(599), IfIdempotent),
    ])
    .await;
}

#[tokio::test]
async fn invalid_bodies() {
    let deep = |depth: usize| {
        reply("200 OK", &[], &format!(r#"{{"result":{}{}}}"#, "[".repeat(depth), "]".repeat(depth)))
    };
    let unknown = format!(r#"{{"result":null,"more":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let flood = |status: &str, piece: Vec<u8>| Reply::Flood(response_bytes(&[status], ""), piece);
    let too_large = DecodeFailure("larger than 1048576 bytes");
    // With the feature, invalid gzip data is a connection error. Without it, the encoding is reported as
    // unsupported.
    let gzip = match cfg!(feature = "gzip") {
        true => (Disconnected("gzip"), Disconnected("gzip"), IfIdempotent),
        false => (DecodeFailure("it is compressed (gzip)"), Success, Never),
    };
    check_faults([
        (
            "HTML",
            reply("200 OK", &["content-type: text/html"], "<p>Log in"),
            DecodeFailure("it is text/html, not JSON"),
            Never,
        ),
        ("compressed", reply("200 OK", &["content-encoding: gzip"], "\u{1f}gz\u{8}"), gzip.0, gzip.2),
        ("not compressed despite content-encoding", with_header("content-encoding: gzip"), gzip.1, gzip.2),
        ("nested too deeply", deep(100_000), DecodeFailure("expected an object"), Never),
        // Unknown properties are skipped at any depth.
        ("an unknown property nested too deeply", reply("200 OK", &[], &unknown), Empty, Never),
        ("endless", flood("200 OK", vec![b' '; 10_000]), too_large, Never),
        ("an endless error", flood("500 Internal Server Error", vec![b' '; 10_000]), Api(500), IfIdempotent),
        (
            "endless chunks",
            Reply::Flood(chunked_response(""), [&b"2710\r\n"[..], &[b' '; 10_000], b"\r\n"].concat()),
            too_large,
            Never,
        ),
        // Rejected by its length, without reading the body.
        (
            "a large length",
            Reply::Stall(response_bytes(&["200 OK", "content-length: 1048577"], "")),
            too_large,
            Never,
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_body_that_is_too_large_is_not_read_to_its_end() {
    for head in [vec!["200 OK"], vec!["200 OK", "content-length: 100000000000"]] {
        let server = Server::always(Reply::Flood(response_bytes(&head, ""), vec![b' '; 10_000])).await;
        let result = find_thing(&client_for(&server), ACCOUNT, THING).await;
        assert_outcome("too large", result, DecodeFailure("larger than"), 1);
        server.until_disconnected(1).await;
    }
}

#[tokio::test]
async fn connections_closed_at_the_next_request() {
    // A server that read the request before closing may have acted on it.
    for (method, expected, attempts) in [("GET", Success, 3), ("POST", Disconnected("the connection broke"), 2)] {
        for end in [Reply::Close(Vec::new()), Reply::Reset] {
            let server = Server::script([ok(r#"{"id":7}"#), end, ok(r#"{"id":7}"#)]).await;
            let client = client_for(&server);
            assert_outcome(method, call(&server, &client, method).await, Success, 1);
            assert_outcome(method, call(&server, &client, method).await, expected, 1);
            assert_eq!(server.attempts(), attempts, "{method}");
        }
    }

    // It is random whether the client sees the close before or after it sends the next request.
    let close = || match ok(r#"{"id":7}"#) {
        Reply::Keep(bytes) => Reply::Close(bytes),
        other => other,
    };
    let server = Server::always(close()).await;
    let client = client_for(&server);
    for _ in 0..50 {
        assert_outcome("GET", call(&server, &client, "GET").await, Success, 1);
    }
    assert_eq!(server.count(), 50);
    for _ in 0..50 {
        let before = server.count();
        let result = call(&server, &client, "POST").await;
        // The request is never sent twice, and succeeds only if the server received it.
        assert_eq!(server.count() - before, usize::from(result.is_ok()), "{result:?}");
        if result.is_err() {
            assert_outcome("POST", result, Disconnected("the connection broke"), 1);
        }
    }
}

#[tokio::test]
async fn responses_sent_before_the_request_is_read() {
    // Exceeds the buffers of the sockets.
    let large = "x".repeat(8 << 20);
    for reply in [Reply::Early, Reply::EarlyAndClose] {
        let error_reply = response_bytes(&["413 Content Too Large", "content-length: 0"], "");
        let server = Server::script([reply(error_reply), ok(r#"{"id":7}"#)]).await;
        let client = client_for(&server);
        assert_outcome("POST", create_thing(&client).name(&large).await, Api(413), 1);
        assert_outcome("GET", call(&server, &client, "GET").await, Success, 1);
        assert_eq!(server.attempts(), 2);
    }
}
