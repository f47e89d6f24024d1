//! Paginated lists: responses of servers, operations for each pagination scheme, and helpers that read lists.

use std::time::Duration;

use sdk_runtime::operation::Operation;
use sdk_runtime::paging::{Pagination, Scheme};
use sdk_runtime::{Error, Items, Request, ResumeToken};

use super::server::{Received, Reply, Server, reply};
use super::{ACCOUNT, THINGS_PATH, TOKEN, Thing, assert_message, client, list, pages};

/// Returns a page with the things of these ids, and its page information.
pub fn page(ids: &[i64], info: &str) -> Reply {
    let items: Vec<String> = ids.iter().map(|id| format!(r#"{{"id":{id}}}"#)).collect();
    page_with_result(&format!("[{}]", items.join(",")), info)
}

pub fn page_with_result(result: &str, info: &str) -> Reply {
    let body = format!(r#"{{"result":{result},"success":true,"errors":[],"messages":[],"result_info":{info}}}"#);
    reply("200 OK", &["content-type: application/json"], &body)
}

/// Returns a page of a list with cursor pagination.
pub fn cursor_page(ids: &[i64], next: &str) -> Reply {
    page(ids, &format!(r#"{{"cursors":{{"after":"{next}"}}}}"#))
}

/// Reads a list to its end. Returns the ids and the error that ended the list.
pub async fn read_all(mut items: Items<Thing>) -> (Vec<i64>, Option<Error>) {
    let mut ids = Vec::new();
    let mut error = None;
    loop {
        // A list that makes no progress must fail the test instead of hanging.
        let next = tokio::time::timeout(Duration::from_secs(10), items.try_next())
            .await
            .expect("the list makes no progress");
        match next {
            Ok(Some(thing)) => ids.push(thing.id),
            Ok(None) => break,
            Err(found) => {
                assert!(error.is_none(), "a second error: {found:?} after {error:?}");
                error = Some(found);
            }
        }
        assert!(ids.len() < 1000, "the list does not end");
    }
    assert!(items.try_next().await.unwrap().is_none(), "an item follows the end");
    (ids, error)
}

/// Reads a list that must not fail. Returns the ids.
pub async fn ids(items: Items<Thing>) -> Vec<i64> {
    match read_all(items).await {
        (ids, None) => ids,
        (ids, Some(error)) => panic!("after {ids:?}: {error}"),
    }
}

/// Returns the query of each received request, with the question mark.
pub fn queries(server: &Server) -> Vec<String> {
    let path = THINGS_PATH.replace("{account_id}", ACCOUNT);
    let query = |target: &str| target.strip_prefix(&path).unwrap().to_owned();
    server.received().iter().map(|received| query(received.target())).collect()
}

pub fn assert_pagination_error(error: Option<Error>, parts: &[&str]) {
    let Some(error) = error else { panic!("the list ended without an error") };
    assert!(matches!(error, Error::Paging(_)), "{error:?}");
    assert_message(&error, &["GET", THINGS_PATH, "cannot be fetched"]);
    assert_message(&error, parts);
}

/// Returns the request of an operation that lists things.
pub fn list_request(url: &str, operation: &'static Operation) -> Request {
    Request::new(&client(url), operation).path(ACCOUNT)
}

pub fn list_items(url: &str, operation: &'static Operation) -> Items<Thing> {
    list_request(url, operation).items()
}

pub static BY_OFFSET: Operation = list(&OFFSET_PAGINATION);

pub static OFFSET_PAGINATION: Pagination = pages(&["result_info"], Scheme::Offset { offset: "offset", first: 0 });

pub static BY_LAST_ITEM: Operation = list(&LAST_ITEM_PAGINATION);

pub static LAST_ITEM_PAGINATION: Pagination = Pagination {
    items: &["result"],
    info: &[],
    has_more: &[],
    scheme: Scheme::LastItem { cursor: "after", item: &["id"] },
};

/// Returns a page with additional fields next to the items.
pub fn page_with_extra(ids: &[i64], flag: &str) -> Reply {
    let items: Vec<String> = ids.iter().map(|id| format!(r#"{{"name":"x","id":{id}}}"#)).collect();
    reply("200 OK", &[], &format!(r#"{{"success":true,"result":[{}]{flag}}}"#, items.join(",")))
}

pub static BY_NEXT_URL: Operation = list(&NEXT_URL_PAGINATION);

pub static NEXT_URL_PAGINATION: Pagination =
    pages(&["result_info"], Scheme::NextUrl { next: &[&["next"], &["links", "next"]] });

pub static BY_LINK_HEADER: Operation = list(&LINK_HEADER_PAGINATION);

pub static LINK_HEADER_PAGINATION: Pagination = pages(&[], Scheme::LinkHeader);

/// Returns a page with the URL of the next page in its body.
pub fn next_url_page(ids: &[i64], next: &str) -> Reply {
    page(ids, &format!(r#"{{"next":{}}}"#, sdk_runtime::Value::from(next)))
}

/// Returns a page with `Link` headers.
pub fn link_header_page(ids: &[i64], links: &[&str]) -> Reply {
    let items: Vec<String> = ids.iter().map(|id| format!(r#"{{"id":{id}}}"#)).collect();
    let headers: Vec<String> = links.iter().map(|link| format!("Link: {link}")).collect();
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    reply("200 OK", &headers, &format!(r#"{{"result":[{}]}}"#, items.join(",")))
}

/// Returns path and query of each received request, and asserts that each carried the credentials.
pub fn targets(server: &Server) -> Vec<String> {
    let target = |received: &Received| {
        assert_eq!(received.header("authorization"), [format!("Bearer {TOKEN}")], "{}", received.line());
        received.target().to_owned()
    };
    server.received().iter().map(target).collect()
}

/// Asserts the text of a resume token and returns it after a round trip through JSON.
pub fn save_and_restore(token: Option<ResumeToken>, text: &str) -> ResumeToken {
    let token = token.expect("the list is not complete");
    assert_eq!(token.to_string(), text);
    let json = sdk_runtime::serde_json::to_string(&token).unwrap();
    let restored: ResumeToken = sdk_runtime::serde_json::from_str(&json).unwrap();
    assert_eq!(restored, token);
    restored
}
