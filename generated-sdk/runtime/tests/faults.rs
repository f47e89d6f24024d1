//! Servers and networks that fail in every way: what the caller gets, and how often the server is asked.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::time::Duration;

use support::faults::Again::{All, No, Safe};
use support::faults::Gets::{Api, Broken, Misfit, NoConnection, Nothing, Timeout, Value};
use support::faults::{
    BODY, CHUNKS, HALF_A_HEAD, OK, assert_gets, call, check, chunked, client_of, half_a_body, raw, with,
};
use support::server::{Reply, Server, ok, reply};
use support::{ACCOUNT, THING, builder, client, create_thing, find_thing};

#[tokio::test]
async fn connections_that_break() {
    let broke = Broken("the connection broke");
    check([
        ("reset before the request is read", Reply::ResetUnread, broke, Safe),
        ("reset behind the request", Reply::Reset, broke, Safe),
        ("reset within the headers", Reply::ResetAfter(HALF_A_HEAD.into()), broke, Safe),
        ("reset within the body", Reply::ResetAfter(half_a_body()), broke, Safe),
        ("closed behind the request", Reply::Close(Vec::new()), broke, Safe),
        ("closed within the headers", Reply::Close(HALF_A_HEAD.into()), broke, Safe),
        ("closed within the body", Reply::Close(half_a_body()), broke, Safe),
        ("closed within a chunk", Reply::Close(chunked("22\r\n{\"result\"")), broke, Safe),
        ("closed between chunks", Reply::Close(chunked(&CHUNKS[..CHUNKS.len() - 5])), broke, Safe),
        ("stalls before the headers", Reply::Stall(Vec::new()), Timeout, Safe),
        ("stalls within the headers", Reply::Stall(HALF_A_HEAD.into()), Timeout, Safe),
        ("stalls within the body", Reply::Stall(half_a_body()), Timeout, Safe),
        ("stalls within a chunk", Reply::Stall(chunked("22\r\n{\"result\"")), Timeout, Safe),
    ])
    .await;

    let bytes = raw(&OK, BODY).into_iter().map(|byte| vec![byte]).collect();
    check([("drips", Reply::Drip(bytes, Duration::from_millis(1)), Value, No)]).await;
}

#[tokio::test]
async fn connections_that_are_not_made() {
    // Bound, so that it is nobody else's, but nobody listens.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let client = client(&format!("http://{}", socket.local_addr().unwrap()));
    assert_gets("GET, refused", find_thing(&client, ACCOUNT, THING).await, NoConnection, 3);
    assert_gets("POST, refused", create_thing(&client).await, NoConnection, 3);

    // TLS with a server that has none.
    for method in ["GET", "POST"] {
        let server = Server::always(Reply::ResetUnread).await;
        let client = builder(&server.url.replace("http:", "https:")).build().unwrap();
        assert_gets(method, call(&server, &client, method).await, NoConnection, 3);
        assert_eq!(server.tries(), 3);
    }
}

#[tokio::test]
async fn lengths_that_are_wrong() {
    let length = |length: &str| Reply::Keep(raw(&["200 OK", &format!("content-length: {length}")], BODY));
    let invalid = Broken("invalid content-length");
    check([
        (
            "too long, and closed",
            Reply::Close(raw(&["200 OK", "content-length: 35"], BODY)),
            Broken("broke"),
            Safe,
        ),
        ("too long, and kept open", Reply::Stall(raw(&["200 OK", "content-length: 35"], BODY)), Timeout, Safe),
        // What is too much must not be taken for the next answer.
        ("too short", length("33"), Misfit("not JSON: EOF"), No),
        ("a second answer", Reply::Keep([raw(&OK, BODY), raw(&OK, BODY)].concat()), Value, No),
        ("two different ones", with("content-length: 33"), invalid, Safe),
        ("the same twice", with("content-length: 34"), Value, No),
        ("not a number", length("many"), invalid, Safe),
        ("negative", length("-1"), invalid, Safe),
        ("with a sign", length("+34"), invalid, Safe),
        ("larger than any number", length("99999999999999999999999"), invalid, Safe),
        ("larger than any answer", length("18446744073709551613"), Misfit("larger than 1048576 bytes"), No),
        ("none, up to the end", Reply::Close(raw(&["200 OK"], BODY)), Value, No),
    ])
    .await;
}

#[tokio::test]
async fn chunks_that_are_none() {
    let chunks = |body: &str| Reply::Keep(chunked(body));
    check([
        (
            "right, with extension and trailer",
            chunks(&CHUNKS.replace("22", "22;a=b").replace("0\r\n", "0\r\nx-a: b\r\n")),
            Value,
            No,
        ),
        // The length is not believed beside chunks.
        (
            "with a length",
            Reply::Keep(raw(&["200 OK", "content-length: 3", "transfer-encoding: chunked"], CHUNKS)),
            Value,
            No,
        ),
        ("no number", chunks("xyz\r\nabc\r\n0\r\n\r\n"), Broken("chunk size"), Safe),
        ("larger than any number", chunks("fffffffffffffffff\r\nabc\r\n0\r\n\r\n"), Broken("overflow"), Safe),
        ("longer than stated", chunks(&CHUNKS.replace("true}", "true} ")), Broken("chunk"), Safe),
        (
            "an extension without end",
            Reply::Flood(chunked("22;"), b"ext=".repeat(1000)),
            Broken("chunk extensions"),
            Safe,
        ),
        (
            "trailers without end",
            Reply::Flood(chunked(&CHUNKS[..CHUNKS.len() - 2]), b"x-a: b\r\n".repeat(1000)),
            Broken("trailers"),
            Safe,
        ),
    ])
    .await;
}

#[tokio::test]
async fn heads_that_are_none() {
    let invalid = Broken("invalid HTTP header");
    let status = |status: &str| Reply::Keep(raw(&[status, OK[1]], BODY));
    let many = |count: usize| with(&vec!["x-a: b"; count].join("\r\n"));
    check([
        ("NUL in a header", with("x-a: b\0c"), invalid, Safe),
        ("an escape in a header", with("x-a: \u{1b}[2J"), invalid, Safe),
        ("a bare CR in a header", with("x-a: b\rx-c: d"), invalid, Safe),
        ("a header on two lines", with("x-a: b\r\n c"), invalid, Safe),
        ("a blank in a header's name", with("x a: b"), invalid, Safe),
        ("a blank behind a header's name", with("content-encoding : gzip"), invalid, Safe),
        ("a header without a colon", with("nothing"), invalid, Safe),
        ("other letters in a header", with("x-a: żółw"), Value, No),
        ("many headers", many(90), Value, No),
        ("too many headers", many(200), Broken("head is too large"), Safe),
        (
            "headers without end",
            Reply::Flood(raw(&OK[..1], "")[..17].into(), b"x-a: b\r\n".repeat(100)),
            Broken("head is too large"),
            Safe,
        ),
        ("a long header", with(&format!("x-a: {}", "b".repeat(100_000))), Value, No),
        (
            "a header without end",
            Reply::Flood(b"HTTP/1.1 200 OK\r\nx-a: ".to_vec(), vec![b'b'; 10_000]),
            Broken("head is too large"),
            Safe,
        ),
        ("a status of two digits", status("20 OK"), Broken("invalid HTTP"), Safe),
        ("a status of four digits", status("1000 Many"), Broken("invalid HTTP"), Safe),
        ("a status that is no number", status("ok OK"), Broken("invalid HTTP"), Safe),
        ("an unknown status", status("600 New"), Api(600), No),
        ("a status without words", status("200"), Value, No),
        (
            "another protocol",
            Reply::Close(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec()),
            Broken("invalid HTTP version"),
            Safe,
        ),
        (
            "another version",
            Reply::Close(b"HTTP/2.0 200 OK\r\n\r\n".to_vec()),
            Broken("invalid HTTP version"),
            Safe,
        ),
        ("no head", Reply::Close(BODY.into()), Broken("invalid HTTP version"), Safe),
        ("HTTP/1.0", Reply::Close(format!("HTTP/1.0 200 OK\r\n\r\n{BODY}").into()), Value, No),
        // The older version has no way to tell it.
        (
            "HTTP/1.0, cut",
            Reply::Close(format!("HTTP/1.0 200 OK\r\n\r\n{}", &BODY[..30]).into()),
            Misfit("not JSON: EOF"),
            No,
        ),
    ])
    .await;
}

#[tokio::test]
async fn statuses() {
    let status = |status: &str| reply(status, &[], "");
    let early = raw(&["103 Early Hints", "link: </a>"], "");
    check([
        ("100 before the answer", Reply::Keep([raw(&["100 Continue"], ""), raw(&OK, BODY)].concat()), Value, No),
        (
            "103 twice before the answer",
            Reply::Keep([early.clone(), early.clone(), raw(&OK, BODY)].concat()),
            Value,
            No,
        ),
        ("103 alone", Reply::Close(early), Broken("broke"), Safe),
        (
            "101",
            Reply::Keep(raw(&["101 Switching Protocols", "connection: upgrade", "upgrade: x"], "")),
            Api(101),
            No,
        ),
        ("200 without a body", status("200 OK"), Nothing, No),
        ("204", Reply::Keep(raw(&["204 No Content"], "")), Nothing, No),
        ("204 with a body", Reply::Keep(raw(&["204 No Content", OK[1]], BODY)), Nothing, No),
        ("304", Reply::Keep(raw(&["304 Not Modified"], "")), Api(304), No),
        ("304 with a body", Reply::Keep(raw(&["304 Not Modified", OK[1]], BODY)), Api(304), No),
        ("400", status("400 Bad Request"), Api(400), No),
        ("408", status("408 Request Timeout"), Api(408), Safe),
        ("408, closed", Reply::Close(raw(&["408 Request Timeout", "connection: close"], "")), Api(408), Safe),
        ("425", status("425 Too Early"), Api(425), No),
        ("429", status("429 Too Many Requests"), Api(429), All),
        ("500", status("500 Internal Server Error"), Api(500), Safe),
        ("503", status("503 Service Unavailable"), Api(503), Safe),
        ("503 with a time", reply("503 Service Unavailable", &["retry-after: 0"], ""), Api(503), All),
        ("599", status("599 Own"), Api(599), Safe),
    ])
    .await;
}

#[tokio::test]
async fn bodies_that_are_not_what_they_should_be() {
    let deep = |depth: usize| {
        reply("200 OK", &[], &format!(r#"{{"result":{}{}}}"#, "[".repeat(depth), "]".repeat(depth)))
    };
    let beside = format!(r#"{{"result":null,"more":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let flood = |status: &str, piece: Vec<u8>| Reply::Flood(raw(&[status], ""), piece);
    let too_large = Misfit("larger than 1048576 bytes");
    // What can't be unpacked breaks off. Nobody asks for it where it can't be.
    let gzip = match cfg!(feature = "gzip") {
        true => (Broken("gzip"), Broken("gzip"), Safe),
        false => (Misfit("it is compressed (gzip)"), Value, No),
    };
    check([
        (
            "HTML",
            reply("200 OK", &["content-type: text/html"], "<p>Log in"),
            Misfit("it is text/html, not JSON"),
            No,
        ),
        ("compressed", reply("200 OK", &["content-encoding: gzip"], "\u{1f}gz\u{8}"), gzip.0, gzip.2),
        ("not compressed, though it says so", with("content-encoding: gzip"), gzip.1, gzip.2),
        ("deeper than any value", deep(100_000), Misfit("expected an object"), No),
        // What nobody wants is skipped, however deep it is.
        ("deeper than any value, beside the result", reply("200 OK", &[], &beside), Nothing, No),
        ("without end", flood("200 OK", vec![b' '; 10_000]), too_large, No),
        ("an error without end", flood("500 Internal Server Error", vec![b' '; 10_000]), Api(500), Safe),
        (
            "in chunks without end",
            Reply::Flood(chunked(""), [&b"2710\r\n"[..], &[b' '; 10_000], b"\r\n"].concat()),
            too_large,
            No,
        ),
        // Nothing of it is awaited.
        ("of a large length", Reply::Stall(raw(&["200 OK", "content-length: 1048577"], "")), too_large, No),
    ])
    .await;
}

#[tokio::test]
async fn what_is_too_large_is_not_read_to_its_end() {
    for head in [vec!["200 OK"], vec!["200 OK", "content-length: 100000000000"]] {
        let server = Server::always(Reply::Flood(raw(&head, ""), vec![b' '; 10_000])).await;
        let result = find_thing(&client_of(&server), ACCOUNT, THING).await;
        assert_gets("too large", result, Misfit("larger than"), 1);
        server.until_hung_up(1).await;
    }
}

#[tokio::test]
async fn a_connection_that_ends_when_the_next_request_comes() {
    // Whoever has read the request and closes may have acted.
    for (method, expected, tries) in [("GET", Value, 3), ("POST", Broken("the connection broke"), 2)] {
        for end in [Reply::Close(Vec::new()), Reply::Reset] {
            let server = Server::script([ok(r#"{"id":7}"#), end, ok(r#"{"id":7}"#)]).await;
            let client = client_of(&server);
            assert_gets(method, call(&server, &client, method).await, Value, 1);
            assert_gets(method, call(&server, &client, method).await, expected, 1);
            assert_eq!(server.tries(), tries, "{method}");
        }
    }

    // Whether the client sees the end before or after it sends the next request is chance.
    let close = || match ok(r#"{"id":7}"#) {
        Reply::Keep(bytes) => Reply::Close(bytes),
        other => other,
    };
    let server = Server::always(close()).await;
    let client = client_of(&server);
    for _ in 0..50 {
        assert_gets("GET", call(&server, &client, "GET").await, Value, 1);
    }
    assert_eq!(server.count(), 50);
    for _ in 0..50 {
        let before = server.count();
        let result = call(&server, &client, "POST").await;
        // Never twice; and what the server has not read is no success.
        assert_eq!(server.count() - before, usize::from(result.is_ok()), "{result:?}");
        if result.is_err() {
            assert_gets("POST", result, Broken("the connection broke"), 1);
        }
    }
}

#[tokio::test]
async fn an_answer_that_comes_before_the_request_is_read() {
    // More than fits into the sockets' buffers.
    let large = "x".repeat(8 << 20);
    for reply in [Reply::Interrupt, Reply::InterruptAndClose] {
        let refusal = raw(&["413 Content Too Large", "content-length: 0"], "");
        let server = Server::script([reply(refusal), ok(r#"{"id":7}"#)]).await;
        let client = client_of(&server);
        assert_gets("POST", create_thing(&client).name(&large).await, Api(413), 1);
        assert_gets("GET", call(&server, &client, "GET").await, Value, 1);
        assert_eq!(server.tries(), 2);
    }
}
