//! Lists as servers send them, and what came of reading one.

use std::time::Duration;

use sdk_runtime::operation::Operation;
use sdk_runtime::paging::{Pagination, Scheme};
use sdk_runtime::{Error, Items, Position, Request};

use super::server::{Received, Reply, Server, reply};
use super::{ACCOUNT, THINGS_PATH, TOKEN, Thing, assert_says, client, list, pages};

/// A page with the things of these ids, and its page information.
pub fn page(ids: &[i64], info: &str) -> Reply {
    let items: Vec<String> = ids.iter().map(|id| format!(r#"{{"id":{id}}}"#)).collect();
    page_of(&format!("[{}]", items.join(",")), info)
}

pub fn page_of(result: &str, info: &str) -> Reply {
    let body = format!(r#"{{"result":{result},"success":true,"errors":[],"messages":[],"result_info":{info}}}"#);
    reply("200 OK", &["content-type: application/json"], &body)
}

/// A page of a list by cursor.
pub fn cursor_page(ids: &[i64], next: &str) -> Reply {
    page(ids, &format!(r#"{{"cursors":{{"after":"{next}"}}}}"#))
}

/// Reads the list to its end: the ids, and the error that came behind them. The end must be the end.
pub async fn read(mut items: Items<Thing>) -> (Vec<i64>, Option<Error>) {
    let mut ids = Vec::new();
    let mut error = None;
    loop {
        // A list that is stuck must fail here and not hang.
        let next = tokio::time::timeout(Duration::from_secs(10), items.try_next()).await.expect("it hangs");
        match next {
            Ok(Some(thing)) => ids.push(thing.id),
            Ok(None) => break,
            Err(found) => {
                assert!(error.is_none(), "a second error: {found:?} after {error:?}");
                error = Some(found);
            }
        }
        assert!(ids.len() < 1000, "it does not end");
    }
    assert!(items.try_next().await.unwrap().is_none(), "it goes on behind its end");
    (ids, error)
}

/// Reads a list that has no error.
pub async fn ids(items: Items<Thing>) -> Vec<i64> {
    match read(items).await {
        (ids, None) => ids,
        (ids, Some(error)) => panic!("after {ids:?}: {error}"),
    }
}

/// What the requests asked for.
pub fn queries(server: &Server) -> Vec<String> {
    let path = THINGS_PATH.replace("{account_id}", ACCOUNT);
    let query = |target: &str| target.strip_prefix(&path).unwrap().to_owned();
    server.received().iter().map(|received| query(received.target())).collect()
}

pub fn assert_stuck(error: Option<Error>, says: &[&str]) {
    let Some(error) = error else { panic!("the list ended as if it were complete") };
    assert!(matches!(error, Error::Paging(_)), "{error:?}");
    assert_says(&error, &["GET", THINGS_PATH, "can't go on"]);
    assert_says(&error, says);
}

/// The list of things by another way of going on.
pub fn things(url: &str, operation: &'static Operation) -> Request {
    Request::new(&client(url), operation).path(ACCOUNT)
}

pub fn items_of(url: &str, operation: &'static Operation) -> Items<Thing> {
    things(url, operation).items()
}

pub static OFFSET: Operation = list(&OFFSETS);

pub static OFFSETS: Pagination = pages(&["result_info"], Scheme::Offset { offset: "offset", first: 0 });

pub static LAST: Operation = list(&LASTS);

pub static LASTS: Pagination = Pagination {
    items: &["result"],
    info: &[],
    has_more: &[],
    scheme: Scheme::LastItem { cursor: "after", item: &["id"] },
};

/// A page of a list by the last item's id, with what stands beside the envelope.
pub fn flagged(ids: &[i64], flag: &str) -> Reply {
    let items: Vec<String> = ids.iter().map(|id| format!(r#"{{"name":"x","id":{id}}}"#)).collect();
    reply("200 OK", &[], &format!(r#"{{"success":true,"result":[{}]{flag}}}"#, items.join(",")))
}

pub static NEXT_URL: Operation = list(&NEXT_URLS);

pub static NEXT_URLS: Pagination =
    pages(&["result_info"], Scheme::NextUrl { next: &[&["next"], &["links", "next"]] });

pub static LINK: Operation = list(&LINKS);

pub static LINKS: Pagination = pages(&[], Scheme::LinkHeader);

/// A page with the URL of the next one in its body.
pub fn linked(ids: &[i64], next: &str) -> Reply {
    page(ids, &format!(r#"{{"next":{}}}"#, sdk_runtime::Value::from(next)))
}

/// A page with `Link` headers.
pub fn with_links(ids: &[i64], links: &[&str]) -> Reply {
    let items: Vec<String> = ids.iter().map(|id| format!(r#"{{"id":{id}}}"#)).collect();
    let headers: Vec<String> = links.iter().map(|link| format!("Link: {link}")).collect();
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    reply("200 OK", &headers, &format!(r#"{{"result":[{}]}}"#, items.join(",")))
}

/// What was asked for, path and query, and that the credentials came along.
pub fn targets(server: &Server) -> Vec<String> {
    let target = |received: &Received| {
        assert_eq!(received.header("authorization"), [format!("Bearer {TOKEN}")], "{}", received.line());
        received.target().to_owned()
    };
    server.received().iter().map(target).collect()
}

/// Keeps a position as programs do, and takes it up again.
pub fn kept(position: Option<Position>, text: &str) -> Position {
    let position = position.expect("the list goes on");
    assert_eq!(position.to_string(), text);
    let json = sdk_runtime::serde_json::to_string(&position).unwrap();
    let read: Position = sdk_runtime::serde_json::from_str(&json).unwrap();
    assert_eq!(read, position);
    read
}
