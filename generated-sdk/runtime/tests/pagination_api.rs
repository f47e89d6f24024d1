//! Methods of `Items` and `Pages`: reading pages, partial collection, prefetching, progress, and resuming.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::future::IntoFuture;
use std::time::Duration;

use futures_core::Stream;
use sdk_runtime::{Error, RequestOptions, ResumeToken};
use support::lists::*;
use support::server::{Received, Reply, Server, error_reply, ok};
use support::{ACCOUNT, THINGS_PATH, Thing, assert_message, client, list_things, scan_things};

fn thing_ids<'a>(things: impl IntoIterator<Item = &'a Thing>) -> Vec<i64> {
    things.into_iter().map(|thing| thing.id).collect()
}

#[tokio::test]
async fn pages_reads_a_list_page_by_page() {
    let pages =
        || [page(&[1, 2], r#"{"page":1}"#), page(&[3], r#"{"page":2,"x":"y"}"#), page(&[], r#"{"page":3}"#)];
    let server = Server::script(pages()).await;
    let items = list_things(&client(&server.url)).items();
    fn assert_send_and_unpin<T: Send + Unpin>(_: &T) {}
    assert_send_and_unpin(&items);
    let mut page_stream = items.pages();
    assert_eq!((server.count(), page_stream.info().is_none()), (0, true));
    let page = page_stream.try_next().await.unwrap().unwrap();
    assert_eq!((thing_ids(&page), page.result_info.page), (vec![1, 2], Some(1)));
    let page = page_stream.try_next().await.unwrap().unwrap();
    assert_eq!((thing_ids(&page), &page.result_info.raw["x"]), (vec![3], &"y".into()));
    assert_eq!(page.into_iter().map(|thing| thing.id).sum::<i64>(), 3);
    // The empty page that ends the list is not returned.
    assert!(page_stream.try_next().await.unwrap().is_none());
    assert!(page_stream.try_next().await.unwrap().is_none());
    assert_eq!(page_stream.info().unwrap().page, Some(3));
    assert_eq!(server.count(), 3);

    // Switching to pages neither repeats nor loses items.
    let server = Server::script(pages()).await;
    let mut items = list_things(&client(&server.url)).items();
    items.try_next().await.unwrap();
    let mut page_stream = items.pages();
    assert_eq!(page_stream.progress().items_read, 1);
    let page = page_stream.try_next().await.unwrap().unwrap();
    assert_eq!((thing_ids(&page), page.result_info.page, server.count()), (vec![2], Some(1), 1));
    assert_eq!(thing_ids(&page_stream.try_next().await.unwrap().unwrap()), [3]);

    // An empty page that is not the last one is returned.
    let server = Server::script([cursor_page(&[], "a"), cursor_page(&[1], "")]).await;
    let mut page_stream = scan_things(&client(&server.url)).items().pages();
    let page = page_stream.try_next().await.unwrap().unwrap();
    assert_eq!((page.result.len(), page.result_info.cursor.as_deref()), (0, Some("a")));
    assert_eq!(thing_ids(&page_stream.try_next().await.unwrap().unwrap()), [1]);
    assert!(page_stream.try_next().await.unwrap().is_none());
}

#[tokio::test]
async fn try_collect_up_to_returns_part_of_a_list() {
    let info = r#"{"total_pages":3}"#;
    for prefetch in [0, 4] {
        let server = Server::reply_with(|request| {
            let info = r#"{"total_pages":3}"#;
            match page_number(request) {
                1 => page(&[1, 2], info),
                2 => page(&[3, 4], info),
                _ => page(&[5, 6], info),
            }
        })
        .await;
        let mut items = list_things(&client(&server.url)).items().prefetch(prefetch);
        assert!(items.try_collect_up_to(0).await.unwrap().is_empty());
        assert_eq!(server.count(), 0);
        assert_eq!(thing_ids(&items.try_collect_up_to(2).await.unwrap()), [1, 2]);
        assert_eq!(server.count(), 1, "the second page is not fetched ({prefetch})");
        assert_eq!(thing_ids(&items.try_collect_up_to(1).await.unwrap()), [3]);
        assert_eq!(server.count(), 2, "the third page is not fetched ({prefetch})");
        // Items fetched beyond the limit are kept.
        assert_eq!(thing_ids(&items.try_collect_up_to(usize::MAX).await.unwrap()), [4, 5, 6]);
        assert!(items.try_collect_up_to(1).await.unwrap().is_empty());
        assert_eq!(server.count(), 3);
        let mut items = list_things(&client(&server.url)).items().prefetch(prefetch);
        assert_eq!(thing_ids(&items.try_collect_up_to(3).await.unwrap()), [1, 2, 3]);
        assert_eq!(server.count(), 3 + 2, "the third page is not fetched ({prefetch})");
    }

    let server = Server::script([page(&[1], info), error_reply("403 Forbidden", 9109, "No longer")]).await;
    let error = list_things(&client(&server.url)).items().try_collect_up_to(2).await.unwrap_err();
    assert!(error.is_unauthorized());
}

/// Returns the page number of a request.
fn page_number(request: &Received) -> u64 {
    request.target().split_once("page=").map_or(1, |(_, page_number)| page_number.parse().unwrap())
}

#[tokio::test]
async fn dropping_a_list_cancels_prefetched_pages() {
    let server = Server::reply_with(|request| match page_number(request) {
        1 => page(&[1, 2], r#"{"total_pages":4}"#),
        _ => Reply::Stall(Vec::new()),
    })
    .await;
    let mut items = list_things(&client(&server.url)).items().prefetch(8);
    assert_eq!(items.try_next().await.unwrap().unwrap().id, 1);
    // The second item is buffered; polling for the third drives the requests.
    items.try_next().await.unwrap();
    tokio::select! {
        next = items.try_next() => panic!("the pages are stalled: {next:?}"),
        () = server.until_stalled(3) => {}
    }
    drop(items);
    server.until_disconnected(3).await;
    assert_eq!(server.count(), 4, "no page beyond the fourth is requested");
}

#[tokio::test]
async fn prefetching_leaves_a_permit_for_other_calls() {
    for max in [1, 3] {
        let server = Server::reply_with(|request| match page_number(request) {
            1 if request.target().ends_with("/things") => page(&[1, 2], r#"{"total_pages":4}"#),
            1 => ok(r#"{"id":9}"#),
            _ => Reply::Stall(Vec::new()),
        })
        .await;
        let client = support::builder(&server.url).max_concurrent_requests(max).build().unwrap();
        let mut items = list_things(&client).items().prefetch(8);
        items.try_next().await.unwrap();
        // Pages are in flight while the list is not polled.
        let call = support::get_thing(&client, ACCOUNT, support::THING).into_future();
        let thing = tokio::time::timeout(Duration::from_secs(30), call).await.expect("no permit is available");
        assert_eq!(thing.unwrap().id, 9);
    }
}

#[tokio::test]
async fn the_next_page_of_a_cursor_list_is_prefetched() {
    let server = Server::script([cursor_page(&[1, 2], "a"), cursor_page(&[3], "b"), cursor_page(&[4], "")]).await;
    let mut items = scan_things(&client(&server.url)).items().prefetch(8);
    assert_eq!(items.try_next().await.unwrap().unwrap().id, 1);
    server.until_started(2).await;
    assert_eq!(ids(items).await, [2, 3, 4]);
    assert_eq!(queries(&server), ["", "?cursor=a", "?cursor=b"]);
}

#[tokio::test]
async fn the_error_of_a_prefetched_page_follows_the_items_before_it() {
    let server = Server::reply_with(|request| match page_number(request) {
        3 => error_reply("403 Forbidden", 9109, "No longer"),
        page_number => page(&[page_number as i64], r#"{"total_pages":5}"#),
    })
    .await;
    let mut items = list_things(&client(&server.url)).items().prefetch(4);
    let mut found = Vec::new();
    let error = loop {
        match items.try_next().await {
            Ok(item) => found.push(item.expect("the error comes first").id),
            Err(error) => break error,
        }
    };
    assert_eq!(found, [1, 2]);
    assert_message(&error, &["9109"]);
    assert!(items.try_next().await.unwrap().is_none());
    // The failed page can be retried.
    assert_eq!(items.resume_token().unwrap().to_string(), "page:3,2");
}

#[tokio::test]
async fn progress_counts_items() {
    let info = |page: u64| format!(r#"{{"page":{page},"per_page":2,"total_count":5}}"#);
    let server = Server::script([page(&[3, 4], &info(2)), page(&[5], &info(3))]).await;
    let mut items = list_things(&client(&server.url)).page(2).items();
    assert_eq!((items.info(), items.progress().fraction(), items.size_hint()), (None, None, (0, None)));
    items.try_next().await.unwrap();
    assert_eq!(items.info().unwrap().page, Some(2));
    let progress = items.progress();
    assert_eq!((progress.items_read, progress.items_before, progress.items_total), (1, 2, Some(5)));
    assert_eq!((progress.fraction(), items.size_hint()), (Some(0.6), (1, None)));
    items.try_next().await.unwrap();
    items.try_next().await.unwrap();
    assert_eq!((items.progress().fraction(), items.size_hint()), (Some(1.0), (0, Some(0))));

    // The fraction of a wrong total is at most 1.
    let more = r#"{"total_count":0,"has_more":true}"#;
    let server = Server::script([page(&[1], more), page(&[2], r#"{"has_more":false}"#)]).await;
    let mut items = list_items(&server.url, &BY_OFFSET);
    items.try_next().await.unwrap();
    assert_eq!(items.progress().fraction(), Some(1.0));
    items.try_next().await.unwrap();
    assert_eq!((items.progress().items_read, items.progress().fraction()), (2, None));
}

#[tokio::test]
async fn a_list_resumes_at_a_saved_token() {
    let server = Server::script([page(&[1, 2], "{}"), page(&[3], "{}"), page(&[], "{}")]).await;
    let client = client(&server.url);
    let mut items = list_things(&client).items();
    save_and_restore(items.resume_token(), "page:1");
    items.try_next().await.unwrap();
    // Resuming requests the current page, so its items are repeated.
    save_and_restore(items.resume_token(), "page:1");
    items.try_next().await.unwrap();
    let token = save_and_restore(items.resume_token(), "page:2,2");
    drop(items);
    let mut items = list_things(&client).with_query("name", "x").items().resume_from(&token).unwrap();
    assert_eq!(items.try_next().await.unwrap().unwrap().id, 3);
    assert_eq!((items.progress().items_before, items.progress().items_read), (2, 1));
    assert!(items.try_next().await.unwrap().is_none());
    assert_eq!(items.resume_token(), None, "the list is complete");
    assert_eq!(queries(&server), ["", "?name=x&page=2", "?name=x&page=3"]);

    let server = Server::script([cursor_page(&[1], "a/b=:"), cursor_page(&[2], "")]).await;
    let mut pages = scan_things(&support::client(&server.url)).items().pages();
    save_and_restore(pages.resume_token(), "start");
    pages.try_next().await.unwrap();
    let token = save_and_restore(pages.resume_token(), "cursor:a/b=:");
    let items = scan_things(&support::client(&server.url)).items().resume_from(&token).unwrap();
    assert_eq!(ids(items).await, [2]);
    assert_eq!(queries(&server), ["", "?cursor=a%2Fb%3D%3A"]);

    let server = Server::script([next_url_page(&[1], "/next?page=2#x"), next_url_page(&[2], "")]).await;
    let mut items = list_items(&server.url, &BY_NEXT_URL);
    items.try_next().await.unwrap();
    let token = save_and_restore(items.resume_token(), &format!("url:{}/next?page=2", server.url));
    assert_eq!(format!("{token:?}"), "ResumeToken(a URL)");
    assert_eq!(ids(list_items(&server.url, &BY_NEXT_URL).resume_from(&token).unwrap()).await, [2]);
    assert_eq!(targets(&server)[1], "/next?page=2");

    // A list that ended with an error can be retried from the last token.
    let server = Server::script([cursor_page(&[1], "a"), cursor_page(&[2], "a")]).await;
    let mut items = scan_things(&support::client(&server.url)).items();
    while let Ok(Some(_)) = items.try_next().await {}
    save_and_restore(items.resume_token(), "cursor:a");
}

#[tokio::test]
async fn resume_from_rejects_unsuitable_tokens() {
    let server = Server::always(page(&[1], "{}")).await;
    let url = |rest: &str| format!("url:{}{rest}", server.url);
    for (operation, token, message) in [
        (&BY_OFFSET, "page:2", "the list uses offsets, but the token is a page number"),
        (&BY_OFFSET, "cursor:s3cr3t-token-7f3a", "the token is a cursor"),
        (&BY_LINK_HEADER, "offset:2", "the list uses URLs"),
        (&BY_LAST_ITEM, &url(""), "the list uses cursors"),
        (&BY_LINK_HEADER, "url:https://example.com/?s3cr3t-token-7f3a", "https://example.com"),
        (&BY_NEXT_URL, &url("@example.com/"), "example.com"),
        (&BY_NEXT_URL, "url:file:///etc/passwd", "must not receive the credentials"),
        (&BY_NEXT_URL, "url:http://[", "not a valid URL"),
    ] {
        let error = list_items(&server.url, operation).resume_from(&token.parse().unwrap()).unwrap_err();
        assert!(matches!(error, Error::Config(_)), "{error:?}");
        assert_message(&error, &["GET", THINGS_PATH, message]);
    }
    let error = list_things(&client(&server.url)).items().resume_from(&"page:0".parse().unwrap()).unwrap_err();
    assert_message(&error, &["the first page is 1"]);
    let mut items = list_things(&client(&server.url)).items();
    items.try_next().await.unwrap();
    assert_message(&items.resume_from(&"page:2".parse().unwrap()).unwrap_err(), &["was already read"]);
    assert_eq!(server.count(), 1);
    for text in ["", "page", "page:", "page:x", "page:1,", "page:-1", "offset:1.5", "Start", "other:1"] {
        assert!(text.parse::<ResumeToken>().is_err(), "{text}");
        assert!(sdk_runtime::serde_json::from_value::<ResumeToken>(text.into()).is_err());
    }
}
