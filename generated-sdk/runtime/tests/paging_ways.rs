//! Other ways to read a list than item by item: by the page, in part, ahead of time, and from where it was left.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::future::IntoFuture;
use std::time::Duration;

use futures_core::Stream;
use sdk_runtime::{Error, Position, RequestOptions};
use support::lists::*;
use support::server::{Received, Reply, Server, ok, refusal};
use support::{ACCOUNT, THINGS_PATH, Thing, assert_says, client, list_things, scan_things};

fn thing_ids<'a>(things: impl IntoIterator<Item = &'a Thing>) -> Vec<i64> {
    things.into_iter().map(|thing| thing.id).collect()
}

#[tokio::test]
async fn a_list_can_be_read_page_by_page() {
    let pages =
        || [page(&[1, 2], r#"{"page":1}"#), page(&[3], r#"{"page":2,"x":"y"}"#), page(&[], r#"{"page":3}"#)];
    let server = Server::script(pages()).await;
    let items = list_things(&client(&server.url)).items();
    fn goes_to_another_thread<T: Send + Unpin>(_: &T) {}
    goes_to_another_thread(&items);
    let mut pages_of_list = items.pages();
    assert_eq!((server.count(), pages_of_list.info().is_none()), (0, true));
    let page = pages_of_list.try_next().await.unwrap().unwrap();
    assert_eq!((thing_ids(&page), page.result_info.page), (vec![1, 2], Some(1)));
    let page = pages_of_list.try_next().await.unwrap().unwrap();
    assert_eq!((thing_ids(&page), &page.result_info.raw["x"]), (vec![3], &"y".into()));
    assert_eq!(page.into_iter().map(|thing| thing.id).sum::<i64>(), 3);
    // The empty page is how the end is known, and nothing that anybody wants.
    assert!(pages_of_list.try_next().await.unwrap().is_none());
    assert!(pages_of_list.try_next().await.unwrap().is_none());
    assert_eq!(pages_of_list.info().unwrap().page, Some(3));
    assert_eq!(server.count(), 3);

    // What was given out one by one doesn't come again, and what wasn't isn't lost.
    let server = Server::script(pages()).await;
    let mut items = list_things(&client(&server.url)).items();
    items.try_next().await.unwrap();
    let mut pages_of_list = items.pages();
    assert_eq!(pages_of_list.progress().seen, 1);
    let page = pages_of_list.try_next().await.unwrap().unwrap();
    assert_eq!((thing_ids(&page), page.result_info.page, server.count()), (vec![2], Some(1), 1));
    assert_eq!(thing_ids(&pages_of_list.try_next().await.unwrap().unwrap()), [3]);

    // An empty page with more behind it is one to know of: it leads on.
    let server = Server::script([cursor_page(&[], "a"), cursor_page(&[1], "")]).await;
    let mut pages_of_list = scan_things(&client(&server.url)).items().pages();
    let page = pages_of_list.try_next().await.unwrap().unwrap();
    assert_eq!((page.result.len(), page.result_info.cursor.as_deref()), (0, Some("a")));
    assert_eq!(thing_ids(&pages_of_list.try_next().await.unwrap().unwrap()), [1]);
    assert!(pages_of_list.try_next().await.unwrap().is_none());
}

#[tokio::test]
async fn a_part_of_a_list_can_be_collected() {
    let info = r#"{"total_pages":3}"#;
    for ahead in [0, 4] {
        let server = Server::by_request(|request| {
            let info = r#"{"total_pages":3}"#;
            match number(request) {
                1 => page(&[1, 2], info),
                2 => page(&[3, 4], info),
                _ => page(&[5, 6], info),
            }
        })
        .await;
        let mut items = list_things(&client(&server.url)).items().fetch_ahead(ahead);
        assert!(items.try_collect_up_to(0).await.unwrap().is_empty());
        assert_eq!(server.count(), 0);
        assert_eq!(thing_ids(&items.try_collect_up_to(2).await.unwrap()), [1, 2]);
        assert_eq!(server.count(), 1, "the second page isn't needed ({ahead})");
        assert_eq!(thing_ids(&items.try_collect_up_to(1).await.unwrap()), [3]);
        assert_eq!(server.count(), 2, "the third page isn't needed ({ahead})");
        // What was fetched and is more than was asked for stays.
        assert_eq!(thing_ids(&items.try_collect_up_to(usize::MAX).await.unwrap()), [4, 5, 6]);
        assert!(items.try_collect_up_to(1).await.unwrap().is_empty());
        assert_eq!(server.count(), 3);
        let mut items = list_things(&client(&server.url)).items().fetch_ahead(ahead);
        assert_eq!(thing_ids(&items.try_collect_up_to(3).await.unwrap()), [1, 2, 3]);
        assert_eq!(server.count(), 3 + 2, "the third page isn't needed ({ahead})");
    }

    let server = Server::script([page(&[1], info), refusal("403 Forbidden", 9109, "No longer")]).await;
    let error = list_things(&client(&server.url)).items().try_collect_up_to(2).await.unwrap_err();
    assert!(error.is_unauthorized());
}

/// The number of the page that a request is for.
fn number(request: &Received) -> u64 {
    request.target().split_once("page=").map_or(1, |(_, number)| number.parse().unwrap())
}

#[tokio::test]
async fn pages_can_be_fetched_ahead_and_are_given_up_with_the_list() {
    let server = Server::by_request(|request| match number(request) {
        1 => page(&[1, 2], r#"{"total_pages":4}"#),
        _ => Reply::Stall(Vec::new()),
    })
    .await;
    let mut items = list_things(&client(&server.url)).items().fetch_ahead(8);
    assert_eq!(items.try_next().await.unwrap().unwrap().id, 1);
    // The second item is there; looking for the third lets the requests go on.
    items.try_next().await.unwrap();
    tokio::select! {
        next = items.try_next() => panic!("the pages are stalled: {next:?}"),
        () = server.until_stalled(3) => {}
    }
    drop(items);
    server.until_hung_up(3).await;
    assert_eq!(server.count(), 4, "there are no more than four pages");
}

#[tokio::test]
async fn pages_ahead_leave_a_place_for_other_calls() {
    for most in [1, 3] {
        let server = Server::by_request(|request| match number(request) {
            1 if request.target().ends_with("/things") => page(&[1, 2], r#"{"total_pages":4}"#),
            1 => ok(r#"{"id":9}"#),
            _ => Reply::Stall(Vec::new()),
        })
        .await;
        let client = support::builder(&server.url).max_concurrent_requests(most).build().unwrap();
        let mut items = list_things(&client).items().fetch_ahead(8);
        items.try_next().await.unwrap();
        // Pages are under way, and nobody asks for them meanwhile.
        let call = support::get_thing(&client, ACCOUNT, support::THING).into_future();
        let thing = tokio::time::timeout(Duration::from_secs(30), call).await.expect("there is no place for it");
        assert_eq!(thing.unwrap().id, 9);
    }
}

#[tokio::test]
async fn the_next_page_of_a_list_by_cursor_can_be_fetched_ahead() {
    let server = Server::script([cursor_page(&[1, 2], "a"), cursor_page(&[3], "b"), cursor_page(&[4], "")]).await;
    let mut items = scan_things(&client(&server.url)).items().fetch_ahead(8);
    assert_eq!(items.try_next().await.unwrap().unwrap().id, 1);
    server.until_begun(2).await;
    assert_eq!(ids(items).await, [2, 3, 4]);
    assert_eq!(queries(&server), ["", "?cursor=a", "?cursor=b"]);
}

#[tokio::test]
async fn an_error_ahead_comes_in_its_place() {
    let server = Server::by_request(|request| match number(request) {
        3 => refusal("403 Forbidden", 9109, "No longer"),
        number => page(&[number as i64], r#"{"total_pages":5}"#),
    })
    .await;
    let mut items = list_things(&client(&server.url)).items().fetch_ahead(4);
    let mut found = Vec::new();
    let error = loop {
        match items.try_next().await {
            Ok(item) => found.push(item.expect("the error comes first").id),
            Err(error) => break error,
        }
    };
    assert_eq!(found, [1, 2]);
    assert_says(&error, &["9109"]);
    assert!(items.try_next().await.unwrap().is_none());
    // What failed can be tried again.
    assert_eq!(items.position().unwrap().to_string(), "page:3,2");
}

#[tokio::test]
async fn a_list_says_how_far_it_was_read() {
    let info = |page: u64| format!(r#"{{"page":{page},"per_page":2,"total_count":5}}"#);
    let server = Server::script([page(&[3, 4], &info(2)), page(&[5], &info(3))]).await;
    let mut items = list_things(&client(&server.url)).page(2).items();
    assert_eq!((items.info(), items.progress().fraction(), items.size_hint()), (None, None, (0, None)));
    items.try_next().await.unwrap();
    assert_eq!(items.info().unwrap().page, Some(2));
    let progress = items.progress();
    assert_eq!((progress.seen, progress.before, progress.total), (1, 2, Some(5)));
    assert_eq!((progress.fraction(), items.size_hint()), (Some(0.6), (1, None)));
    items.try_next().await.unwrap();
    items.try_next().await.unwrap();
    assert_eq!((items.progress().fraction(), items.size_hint()), (Some(1.0), (0, Some(0))));

    // A total that lies is shown as far as it can be.
    let more = r#"{"total_count":0,"has_more":true}"#;
    let server = Server::script([page(&[1], more), page(&[2], r#"{"has_more":false}"#)]).await;
    let mut items = items_of(&server.url, &OFFSET);
    items.try_next().await.unwrap();
    assert_eq!(items.progress().fraction(), Some(1.0));
    items.try_next().await.unwrap();
    assert_eq!((items.progress().seen, items.progress().fraction()), (2, None));
}

#[tokio::test]
async fn a_list_goes_on_where_it_was_left() {
    let server = Server::script([page(&[1, 2], "{}"), page(&[3], "{}"), page(&[], "{}")]).await;
    let client = client(&server.url);
    let mut items = list_things(&client).items();
    kept(items.position(), "page:1");
    items.try_next().await.unwrap();
    // The item of the page at hand would come again, and only that one: it is the page that is asked for.
    kept(items.position(), "page:1");
    items.try_next().await.unwrap();
    let position = kept(items.position(), "page:2,2");
    drop(items);
    let mut items = list_things(&client).with_query("name", "x").items().start_at(&position).unwrap();
    assert_eq!(items.try_next().await.unwrap().unwrap().id, 3);
    assert_eq!((items.progress().before, items.progress().seen), (2, 1));
    assert!(items.try_next().await.unwrap().is_none());
    assert_eq!(items.position(), None, "it is complete");
    assert_eq!(queries(&server), ["", "?name=x&page=2", "?name=x&page=3"]);

    let server = Server::script([cursor_page(&[1], "a/b=:"), cursor_page(&[2], "")]).await;
    let mut pages = scan_things(&support::client(&server.url)).items().pages();
    kept(pages.position(), "start");
    pages.try_next().await.unwrap();
    let position = kept(pages.position(), "cursor:a/b=:");
    let items = scan_things(&support::client(&server.url)).items().start_at(&position).unwrap();
    assert_eq!(ids(items).await, [2]);
    assert_eq!(queries(&server), ["", "?cursor=a%2Fb%3D%3A"]);

    let server = Server::script([linked(&[1], "/next?page=2#x"), linked(&[2], "")]).await;
    let mut items = items_of(&server.url, &NEXT_URL);
    items.try_next().await.unwrap();
    let position = kept(items.position(), &format!("url:{}/next?page=2", server.url));
    assert_eq!(format!("{position:?}"), "Position(a URL)");
    assert_eq!(ids(items_of(&server.url, &NEXT_URL).start_at(&position).unwrap()).await, [2]);
    assert_eq!(targets(&server)[1], "/next?page=2");

    // A list that can't go on can be tried again from where it led nowhere.
    let server = Server::script([cursor_page(&[1], "a"), cursor_page(&[2], "a")]).await;
    let mut items = scan_things(&support::client(&server.url)).items();
    while let Ok(Some(_)) = items.try_next().await {}
    kept(items.position(), "cursor:a");
}

#[tokio::test]
async fn a_list_does_not_start_where_it_can_not_go() {
    let server = Server::always(page(&[1], "{}")).await;
    let url = |rest: &str| format!("url:{}{rest}", server.url);
    for (operation, position, says) in [
        (&OFFSET, "page:2", "it goes by counts of items, and the position is a page's number"),
        (&OFFSET, "cursor:s3cr3t-token-7f3a", "the position is a cursor"),
        (&LINK, "offset:2", "it goes by URLs"),
        (&LAST, &url(""), "it goes by cursors"),
        (&LINK, "url:https://example.com/?s3cr3t-token-7f3a", "https://example.com"),
        (&NEXT_URL, &url("@example.com/"), "example.com"),
        (&NEXT_URL, "url:file:///etc/passwd", "don't go"),
        (&NEXT_URL, "url:http://[", "no URL"),
    ] {
        let error = items_of(&server.url, operation).start_at(&position.parse().unwrap()).unwrap_err();
        assert!(matches!(error, Error::Config(_)), "{error:?}");
        assert_says(&error, &["GET", THINGS_PATH, says]);
    }
    let error = list_things(&client(&server.url)).items().start_at(&"page:0".parse().unwrap()).unwrap_err();
    assert_says(&error, &["the first page is 1"]);
    let mut items = list_things(&client(&server.url)).items();
    items.try_next().await.unwrap();
    assert_says(&items.start_at(&"page:2".parse().unwrap()).unwrap_err(), &["was read from already"]);
    assert_eq!(server.count(), 1);
    for text in ["", "page", "page:", "page:x", "page:1,", "page:-1", "offset:1.5", "Start", "other:1"] {
        assert!(text.parse::<Position>().is_err(), "{text}");
        assert!(sdk_runtime::serde_json::from_value::<Position>(text.into()).is_err());
    }
}
