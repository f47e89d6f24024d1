//! Lists: all items, each once, in order, with no request too many; and never for ever.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::pin::Pin;
use std::time::Duration;

use futures_core::Stream;
use sdk_runtime::{Error, Items};
use support::server::{Reply, Server, ok, refusal, reply};
use support::{ACCOUNT, THINGS_PATH, Thing, assert_says, client, list_things, scan_things};

/// A page with the things of these ids, and its page information.
fn page(ids: &[i64], info: &str) -> Reply {
    let items: Vec<String> = ids.iter().map(|id| format!(r#"{{"id":{id}}}"#)).collect();
    page_of(&format!("[{}]", items.join(",")), info)
}

fn page_of(result: &str, info: &str) -> Reply {
    let body = format!(r#"{{"result":{result},"success":true,"errors":[],"messages":[],"result_info":{info}}}"#);
    reply("200 OK", &["content-type: application/json"], &body)
}

/// A page of a list by cursor.
fn cursor_page(ids: &[i64], next: &str) -> Reply {
    page(ids, &format!(r#"{{"cursors":{{"after":"{next}"}}}}"#))
}

/// Reads the list to its end: the ids, and the error that came behind them. The end must be the end.
async fn read(mut items: Items<Thing>) -> (Vec<i64>, Option<Error>) {
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
async fn ids(items: Items<Thing>) -> Vec<i64> {
    match read(items).await {
        (ids, None) => ids,
        (ids, Some(error)) => panic!("after {ids:?}: {error}"),
    }
}

/// What the requests asked for.
fn queries(server: &Server) -> Vec<String> {
    let path = THINGS_PATH.replace("{account_id}", ACCOUNT);
    let query = |target: &str| target.strip_prefix(&path).unwrap().to_owned();
    server.received().iter().map(|received| query(received.target())).collect()
}

fn assert_stuck(error: Option<Error>, says: &[&str]) {
    let Some(error) = error else { panic!("the list ended as if it were complete") };
    assert!(matches!(error, Error::Paging(_)), "{error:?}");
    assert_says(&error, &["GET", THINGS_PATH, "can't go on"]);
    assert_says(&error, says);
}

#[tokio::test]
async fn numbered_pages_end_where_the_totals_say() {
    for info in [
        r#"{"page":N,"per_page":2,"count":2,"total_count":5}"#,
        r#"{"page":N,"total_pages":3}"#,
        // The size is known by the first page alone.
        r#"{"total_count":5}"#,
        // Numbers as text, and as floats.
        r#"{"page":"N","per_page":"2","total_count":"5"}"#,
        r#"{"page":N.0,"per_page":2.0,"total_count":5.0}"#,
    ] {
        let info = |number: &str| info.replace('N', number);
        let pages = [page(&[1, 2], &info("1")), page(&[3, 4], &info("2")), page(&[5], &info("3"))];
        let server = Server::script(pages).await;
        let found = ids(list_things(&client(&server.url)).with_query("name", "a b").items()).await;
        assert_eq!(found, [1, 2, 3, 4, 5], "{}", info("N"));
        // No request behind the last page, and the other parameters stay.
        assert_eq!(queries(&server), ["?name=a%20b", "?name=a%20b&page=2", "?name=a%20b&page=3"]);
    }
}

#[tokio::test]
async fn a_last_page_that_is_full_needs_no_request_behind_it() {
    for info in [r#"{"per_page":2,"total_count":4}"#, r#"{"total_pages":2}"#] {
        let server = Server::script([page(&[1, 2], info), page(&[3, 4], info)]).await;
        assert_eq!(ids(list_things(&client(&server.url)).items()).await, [1, 2, 3, 4]);
        assert_eq!(server.count(), 2);
    }
}

#[tokio::test]
async fn numbered_pages_without_totals_end_with_an_empty_page() {
    // A page with fewer items than the first is no end: servers filter.
    let info = r#"{"page":1}"#;
    let pages = [page(&[1, 2], "null"), page(&[3], info), page(&[4, 5], "{}"), page(&[], "{}")];
    let server = Server::script(pages).await;
    assert_eq!(ids(list_things(&client(&server.url)).items()).await, [1, 2, 3, 4, 5]);
    assert_eq!(queries(&server), ["", "?page=2", "?page=3", "?page=4"]);
}

#[tokio::test]
async fn pages_with_the_same_items_but_numbers_of_their_own_are_different_pages() {
    // A list of equal rows: the server names each page, so it isn't ignoring the number.
    let pages = [page(&[1], r#"{"page":1}"#), page(&[1], r#"{"page":2}"#), page(&[], r#"{"page":3}"#)];
    let server = Server::script(pages).await;
    assert_eq!(ids(list_things(&client(&server.url)).items()).await, [1, 1]);
}

#[tokio::test]
async fn a_list_can_be_empty_or_null() {
    for result in ["[]", "null"] {
        for info in ["{}", "null", r#"{"page":1,"per_page":20,"count":0,"total_count":0,"total_pages":0}"#] {
            let server = Server::script([page_of(result, info), page_of(result, info)]).await;
            let client = client(&server.url);
            assert_eq!(ids(list_things(&client).items()).await, [0; 0], "{result} {info}");
            assert_eq!(server.count(), 1);
            assert_eq!(ids(scan_things(&client).items()).await, [0; 0], "{result} {info}");
            assert_eq!(server.count(), 2);
        }
    }
}

#[tokio::test]
async fn a_server_that_ignores_the_number_gives_its_page_once() {
    for info in ["{}", r#"{"page":1,"count":2}"#] {
        let server = Server::always(page(&[1, 2], info)).await;
        assert_eq!(ids(list_things(&client(&server.url)).items()).await, [1, 2], "{info}");
        assert_eq!(server.count(), 2, "it takes a second page to know that it is the first again");
    }
}

#[tokio::test]
async fn a_server_that_ignores_the_number_and_has_more_is_an_error() {
    let server = Server::always(page(&[1, 2], r#"{"page":1,"per_page":2,"total_count":5}"#)).await;
    let (found, error) = read(list_things(&client(&server.url)).items()).await;
    assert_stuck(error, &["page 2", "3 of 5 items are missing"]);
    assert_eq!(found, [1, 2], "the page is given once");
    assert_eq!(server.count(), 2);
}

#[tokio::test]
async fn a_list_can_begin_with_a_later_page() {
    let info = |number: u64| format!(r#"{{"page":{number},"per_page":2,"total_count":7}}"#);
    let pages = [page(&[3, 4], &info(2)), page(&[5, 6], &info(3)), page(&[7], &info(4))];
    let server = Server::script(pages).await;
    assert_eq!(ids(list_things(&client(&server.url)).page(2).items()).await, [3, 4, 5, 6, 7]);
    assert_eq!(queries(&server), ["?page=2", "?page=3", "?page=4"]);
}

#[tokio::test]
async fn one_page_is_awaited_as_any_request() {
    let info = r#"{"page":2,"per_page":2,"count":2,"total_count":7,"total_pages":4,"extra":"x"}"#;
    let server = Server::script([page(&[3, 4], info)]).await;
    let page = list_things(&client(&server.url)).page(2).await.unwrap();
    assert_eq!(page.result.iter().map(|thing| thing.id).collect::<Vec<_>>(), [3, 4]);
    let found = page.result_info;
    assert_eq!((found.page, found.per_page, found.count), (Some(2), Some(2), Some(2)));
    assert_eq!((found.total_count, found.total_pages), (Some(7), Some(4)));
    assert_eq!(found.raw["extra"], "x");
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn a_list_by_cursor_ends_without_a_next_one() {
    for end in [r#"{"cursors":{"after":""}}"#, r#"{"cursors":{"after":null}}"#, r#"{"cursors":{}}"#, "{}", "null"]
    {
        let pages = [cursor_page(&[1, 2], "a/b=="), cursor_page(&[3], "c"), page(&[4], end)];
        let server = Server::script(pages).await;
        let found = ids(scan_things(&client(&server.url)).with_query("limit", 2).items()).await;
        assert_eq!(found, [1, 2, 3, 4], "{end}");
        assert_eq!(queries(&server), ["?limit=2", "?limit=2&cursor=a%2Fb%3D%3D", "?limit=2&cursor=c"]);
    }
    // Of several places for the cursor, the first that has one counts.
    let pages = [
        page(&[1], r#"{"cursor":"b","cursors":{"after":"a"}}"#),
        page(&[2], r#"{"cursors":{"after":""},"cursor":"b"}"#),
        page(&[3], r#"{"cursors":null,"cursor":"c"}"#),
        page(&[4], r#"{"cursors":{"after":null},"cursor":""}"#),
    ];
    let server = Server::script(pages).await;
    assert_eq!(ids(scan_things(&client(&server.url)).items()).await, [1, 2, 3, 4]);
    assert_eq!(queries(&server), ["", "?cursor=a", "?cursor=b", "?cursor=c"]);
    // Without any page information at all.
    let server = Server::script([ok(r#"[{"id":1}]"#)]).await;
    assert_eq!(ids(scan_things(&client(&server.url)).items()).await, [1]);
}

#[tokio::test]
async fn an_empty_page_with_a_fresh_cursor_is_not_the_end() {
    let pages = [cursor_page(&[], "a"), cursor_page(&[1], "b"), cursor_page(&[], "c"), cursor_page(&[2], "")];
    let server = Server::script(pages).await;
    assert_eq!(ids(scan_things(&client(&server.url)).items()).await, [1, 2]);
}

#[tokio::test]
async fn empty_pages_with_fresh_cursors_do_not_go_on_for_ever() {
    let server = Server::script((0..500).map(|number| cursor_page(&[], &format!("c{number}")))).await;
    let (found, error) = read(scan_things(&client(&server.url)).items()).await;
    assert_stuck(error, &["no items"]);
    assert!(found.is_empty() && server.count() < 200, "{}", server.count());
}

#[tokio::test]
async fn a_cursor_that_comes_again_is_an_error_behind_the_items() {
    // The same at once, a cycle of two, and a way back to where the caller began.
    for (first, pages, expected, requests) in [
        (None, vec![("a", 1), ("a", 2)], vec![1, 2], 2),
        (None, vec![("a", 1), ("b", 2), ("a", 3), ("b", 4)], vec![1, 2, 3], 3),
        (Some("z"), vec![("a", 1), ("z", 2), ("a", 3)], vec![1, 2], 2),
    ] {
        let server = Server::script(pages.iter().map(|(next, id)| cursor_page(&[*id], next))).await;
        let mut request = scan_things(&client(&server.url));
        if let Some(first) = first {
            request = request.with_query("cursor", first);
        }
        let (found, error) = read(request.items()).await;
        assert_stuck(error, &["cursor"]);
        assert_eq!((found, server.count()), (expected, requests), "{pages:?}");
    }
}

#[tokio::test]
async fn an_error_in_the_middle_comes_behind_the_items_and_ends_the_list() {
    let refused = refusal("403 Forbidden", 9109, "No longer");
    let misfit = page_of(r#"[{"id":3},{"id":"four"}]"#, "{}");
    for (answer, says) in [(refused, "9109"), (misfit, "`result[1].id`")] {
        let server = Server::script([page(&[1, 2], "{}"), answer.clone(), page(&[5], "{}")]).await;
        let (found, error) = read(list_things(&client(&server.url)).items()).await;
        assert_eq!((found, server.count()), (vec![1, 2], 2));
        assert_says(&error.unwrap(), &["GET", THINGS_PATH, says]);

        let server = Server::script([cursor_page(&[1, 2], "a"), answer, cursor_page(&[5], "b")]).await;
        let (found, error) = read(scan_things(&client(&server.url)).items()).await;
        assert_eq!((found, server.count()), (vec![1, 2], 2));
        assert_says(&error.unwrap(), &["GET", THINGS_PATH, says]);
    }
}

#[tokio::test]
async fn each_page_is_retried_on_its_own() {
    let busy = || reply("503 Service Unavailable", &[], "");
    let info = r#"{"total_pages":2}"#;
    let server = Server::script([busy(), busy(), page(&[1], info), busy(), busy(), page(&[2], info)]).await;
    assert_eq!(ids(list_things(&client(&server.url)).items()).await, [1, 2]);
}

#[tokio::test]
async fn the_rest_can_be_collected() {
    let info = r#"{"total_pages":2}"#;
    let server = Server::script([page(&[1, 2], info), page(&[3], info)]).await;
    let mut items = list_things(&client(&server.url)).items();
    assert_eq!(items.try_next().await.unwrap().unwrap().id, 1);
    let rest: Vec<i64> = items.try_collect().await.unwrap().iter().map(|thing| thing.id).collect();
    assert_eq!(rest, [2, 3]);

    // All or nothing: a list that is cut short is not mistaken for a whole one.
    let server = Server::script([page(&[1], info), refusal("403 Forbidden", 9109, "No longer")]).await;
    let error = list_things(&client(&server.url)).items().try_collect().await.unwrap_err();
    assert!(error.is_unauthorized());
}

#[tokio::test]
async fn items_are_a_stream_that_fetches_only_what_is_asked_for() {
    async fn next<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
        std::future::poll_fn(|context| Pin::new(&mut *stream).poll_next(context)).await
    }

    let server = Server::always(page(&[1, 2], r#"{"total_pages":9}"#)).await;
    let client = client(&server.url);
    let mut items = list_things(&client).items();
    assert_eq!(server.count(), 0, "nothing is asked for, so nothing is fetched");
    for _ in 0..2 {
        assert!(next(&mut items).await.unwrap().is_ok());
    }
    assert_eq!(server.count(), 1, "the next page isn't fetched before its items are wanted");
    drop(items);

    // Dropped while a page is on its way.
    let server = Server::script([page(&[1], "{}"), Reply::Stall(Vec::new())]).await;
    let client = support::client(&server.url);
    let mut items = list_things(&client).items();
    assert!(next(&mut items).await.unwrap().is_ok());
    let pending = tokio::time::timeout(Duration::from_millis(100), next(&mut items)).await;
    assert!(pending.is_err(), "the page is stalled");
    // A poll that was given up loses nothing: the same request is still on its way.
    let pending = tokio::time::timeout(Duration::from_millis(50), next(&mut items)).await;
    assert!(pending.is_err());
    assert_eq!(server.count(), 2);
    drop(items);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(server.count(), 2);
}
