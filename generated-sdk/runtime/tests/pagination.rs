//! Pagination schemes: every item is read once and in order, without unnecessary requests, and every list
//! ends.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::pin::Pin;

use futures_core::Stream;
use sdk_runtime::operation::{Api, Credential, Operation, Placement};
use sdk_runtime::paging::{Pagination, Scheme};
use sdk_runtime::{Client, ClientBuilder, Error, Items, Page, Request, RequestOptions};
use support::lists::*;
use support::server::{Server, error_reply, ok, reply};
use support::{ACCOUNT, KEY, THINGS_PATH, Thing, assert_message, client, list, list_things, pages, scan_things};

#[tokio::test]
async fn page_numbers_end_at_the_total_of_the_server() {
    for info in [
        r#"{"page":N,"per_page":2,"count":2,"total_count":5}"#,
        r#"{"page":N,"total_pages":3}"#,
        // The page size is only known from the first page.
        r#"{"total_count":5}"#,
        // Numbers as strings and as floats.
        r#"{"page":"N","per_page":"2","total_count":"5"}"#,
        r#"{"page":N.0,"per_page":2.0,"total_count":5.0}"#,
    ] {
        let info = |number: &str| info.replace('N', number);
        let pages = [page(&[1, 2], &info("1")), page(&[3, 4], &info("2")), page(&[5], &info("3"))];
        let server = Server::script(pages).await;
        let found = ids(list_things(&client(&server.url)).with_query("name", "a b").items()).await;
        assert_eq!(found, [1, 2, 3, 4, 5], "{}", info("N"));
        // There is no request after the last page, and the other parameters are kept.
        assert_eq!(queries(&server), ["?name=a%20b", "?name=a%20b&page=2", "?name=a%20b&page=3"]);
    }
}

#[tokio::test]
async fn no_request_follows_a_full_last_page() {
    for info in [r#"{"per_page":2,"total_count":4}"#, r#"{"total_pages":2}"#] {
        let server = Server::script([page(&[1, 2], info), page(&[3, 4], info)]).await;
        assert_eq!(ids(list_things(&client(&server.url)).items()).await, [1, 2, 3, 4]);
        assert_eq!(server.count(), 2);
    }
}

#[tokio::test]
async fn page_numbers_without_totals_end_with_an_empty_page() {
    // A page with fewer items than the first one is not the end, because servers filter pages.
    let info = r#"{"page":1}"#;
    let pages = [page(&[1, 2], "null"), page(&[3], info), page(&[4, 5], "{}"), page(&[], "{}")];
    let server = Server::script(pages).await;
    assert_eq!(ids(list_things(&client(&server.url)).items()).await, [1, 2, 3, 4, 5]);
    assert_eq!(queries(&server), ["", "?page=2", "?page=3", "?page=4"]);
}

#[tokio::test]
async fn equal_pages_with_different_page_numbers_are_not_repetitions() {
    // The server sends the requested page number, so it does not ignore the parameter.
    let pages = [page(&[1], r#"{"page":1}"#), page(&[1], r#"{"page":2}"#), page(&[], r#"{"page":3}"#)];
    let server = Server::script(pages).await;
    assert_eq!(ids(list_things(&client(&server.url)).items()).await, [1, 1]);
}

#[tokio::test]
async fn a_list_can_be_empty_or_null() {
    for result in ["[]", "null"] {
        for info in ["{}", "null", r#"{"page":1,"per_page":20,"count":0,"total_count":0,"total_pages":0}"#] {
            let server = Server::script([page_with_result(result, info), page_with_result(result, info)]).await;
            let client = client(&server.url);
            assert_eq!(ids(list_things(&client).items()).await, [0; 0], "{result} {info}");
            assert_eq!(server.count(), 1);
            assert_eq!(ids(scan_things(&client).items()).await, [0; 0], "{result} {info}");
            assert_eq!(server.count(), 2);
        }
    }
}

#[tokio::test]
async fn the_page_of_a_server_that_ignores_the_page_number_is_read_once() {
    for info in ["{}", r#"{"page":1,"count":2}"#] {
        let server = Server::always(page(&[1, 2], info)).await;
        assert_eq!(ids(list_things(&client(&server.url)).items()).await, [1, 2], "{info}");
        assert_eq!(server.count(), 2, "the repetition is only visible in the second response");
    }
}

#[tokio::test]
async fn ignoring_the_page_number_is_an_error_if_items_are_missing() {
    let server = Server::always(page(&[1, 2], r#"{"page":1,"per_page":2,"total_count":5}"#)).await;
    let (found, error) = read_all(list_things(&client(&server.url)).items()).await;
    assert_pagination_error(error, &["page 2", "3 of 5 items are missing"]);
    assert_eq!(found, [1, 2], "the page is read once");
    assert_eq!(server.count(), 2);
}

#[tokio::test]
async fn a_list_can_start_at_a_later_page() {
    let info = |number: u64| format!(r#"{{"page":{number},"per_page":2,"total_count":7}}"#);
    let pages = [page(&[3, 4], &info(2)), page(&[5, 6], &info(3)), page(&[7], &info(4))];
    let server = Server::script(pages).await;
    assert_eq!(ids(list_things(&client(&server.url)).page(2).items()).await, [3, 4, 5, 6, 7]);
    assert_eq!(queries(&server), ["?page=2", "?page=3", "?page=4"]);
}

#[tokio::test]
async fn awaiting_a_list_request_returns_one_page() {
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
async fn a_cursor_list_ends_without_a_next_cursor() {
    for end in [r#"{"cursors":{"after":""}}"#, r#"{"cursors":{"after":null}}"#, r#"{"cursors":{}}"#, "{}", "null"]
    {
        let pages = [cursor_page(&[1, 2], "a/b=="), cursor_page(&[3], "c"), page(&[4], end)];
        let server = Server::script(pages).await;
        let found = ids(scan_things(&client(&server.url)).with_query("limit", 2).items()).await;
        assert_eq!(found, [1, 2, 3, 4], "{end}");
        assert_eq!(queries(&server), ["?limit=2", "?limit=2&cursor=a%2Fb%3D%3D", "?limit=2&cursor=c"]);
    }
    // The first configured location with a cursor is used.
    let pages = [
        page(&[1], r#"{"cursor":"b","cursors":{"after":"a"}}"#),
        page(&[2], r#"{"cursors":{"after":""},"cursor":"b"}"#),
        page(&[3], r#"{"cursors":null,"cursor":"c"}"#),
        page(&[4], r#"{"cursors":{"after":null},"cursor":""}"#),
    ];
    let server = Server::script(pages).await;
    assert_eq!(ids(scan_things(&client(&server.url)).items()).await, [1, 2, 3, 4]);
    assert_eq!(queries(&server), ["", "?cursor=a", "?cursor=b", "?cursor=c"]);
    // Without page information.
    let server = Server::script([ok(r#"[{"id":1}]"#)]).await;
    assert_eq!(ids(scan_things(&client(&server.url)).items()).await, [1]);
}

#[tokio::test]
async fn an_empty_page_with_a_new_cursor_is_not_the_end() {
    let pages = [cursor_page(&[], "a"), cursor_page(&[1], "b"), cursor_page(&[], "c"), cursor_page(&[2], "")];
    let server = Server::script(pages).await;
    assert_eq!(ids(scan_things(&client(&server.url)).items()).await, [1, 2]);
}

#[tokio::test]
async fn too_many_empty_pages_with_new_cursors_are_an_error() {
    let server = Server::script((0..500).map(|number| cursor_page(&[], &format!("c{number}")))).await;
    let (found, error) = read_all(scan_things(&client(&server.url)).items()).await;
    assert_pagination_error(error, &["no items"]);
    assert!(found.is_empty() && server.count() < 200, "{}", server.count());
}

#[tokio::test]
async fn a_repeated_cursor_is_an_error_after_the_items() {
    // An immediate repetition, a cycle of two, and a return to the initial cursor of the caller.
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
        let (found, error) = read_all(request.items()).await;
        assert_pagination_error(error, &["cursor"]);
        assert_eq!((found, server.count()), (expected, requests), "{pages:?}");
    }
}

#[tokio::test]
async fn an_error_follows_the_items_before_it_and_ends_the_list() {
    let refused = error_reply("403 Forbidden", 9109, "No longer");
    let mismatched = page_with_result(r#"[{"id":3},{"id":"four"}]"#, "{}");
    for (response, message) in [(refused, "9109"), (mismatched, "`result[1].id`")] {
        let server = Server::script([page(&[1, 2], "{}"), response.clone(), page(&[5], "{}")]).await;
        let (found, error) = read_all(list_things(&client(&server.url)).items()).await;
        assert_eq!((found, server.count()), (vec![1, 2], 2));
        assert_message(&error.unwrap(), &["GET", THINGS_PATH, message]);

        let server = Server::script([cursor_page(&[1, 2], "a"), response, cursor_page(&[5], "b")]).await;
        let (found, error) = read_all(scan_things(&client(&server.url)).items()).await;
        assert_eq!((found, server.count()), (vec![1, 2], 2));
        assert_message(&error.unwrap(), &["GET", THINGS_PATH, message]);
    }
}

#[tokio::test]
async fn each_page_is_retried_separately() {
    let busy = || reply("503 Service Unavailable", &[], "");
    let info = r#"{"total_pages":2}"#;
    let server = Server::script([busy(), busy(), page(&[1], info), busy(), busy(), page(&[2], info)]).await;
    assert_eq!(ids(list_things(&client(&server.url)).items()).await, [1, 2]);
}

#[tokio::test]
async fn try_collect_returns_the_remaining_items() {
    let info = r#"{"total_pages":2}"#;
    let server = Server::script([page(&[1, 2], info), page(&[3], info)]).await;
    let mut items = list_things(&client(&server.url)).items();
    assert_eq!(items.try_next().await.unwrap().unwrap().id, 1);
    let rest: Vec<i64> = items.try_collect().await.unwrap().iter().map(|thing| thing.id).collect();
    assert_eq!(rest, [2, 3]);

    // An error discards the collected items, so an incomplete list is not mistaken for a complete one.
    let server = Server::script([page(&[1], info), error_reply("403 Forbidden", 9109, "No longer")]).await;
    let error = list_things(&client(&server.url)).items().try_collect().await.unwrap_err();
    assert!(error.is_unauthorized());
}

#[tokio::test]
async fn items_fetch_pages_lazily() {
    async fn next<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
        std::future::poll_fn(|context| Pin::new(&mut *stream).poll_next(context)).await
    }

    let server = Server::always(page(&[1, 2], r#"{"total_pages":9}"#)).await;
    let client = client(&server.url);
    let mut items = list_things(&client).items();
    assert_eq!(server.count(), 0, "nothing is fetched before the first poll");
    for _ in 0..2 {
        assert!(next(&mut items).await.unwrap().is_ok());
    }
    assert_eq!(server.count(), 1, "the next page is not fetched before its items are polled");
}

#[tokio::test]
async fn the_offset_advances_by_the_number_of_received_items() {
    // A short page is not the end, and the offset advances by the received items, not by the page size.
    let pages = [page(&[1, 2, 3], "{}"), page(&[4], "null"), page(&[5, 6], "{}"), page(&[], "{}")];
    let server = Server::script(pages).await;
    let mut request = list_request(&server.url, &BY_OFFSET);
    request.query("limit", &3);
    assert_eq!(ids(request.items()).await, [1, 2, 3, 4, 5, 6]);
    assert_eq!(queries(&server), ["?limit=3", "?limit=3&offset=3", "?limit=3&offset=4", "?limit=3&offset=6"]);
}

#[tokio::test]
async fn offsets_end_at_the_total_or_flag_of_the_server() {
    for info in [
        [r#"{"total":3}"#, r#"{"total":3}"#],
        [r#"{"total_count":"3"}"#, r#"{"total_count":"3"}"#],
        [r#"{"totalResults":3.0,"limit":2,"offset":0}"#, r#"{"totalResults":3.0,"limit":2,"offset":2}"#],
        [r#"{"has_more":true}"#, r#"{"has_more":false}"#],
        [r#"{"hasNextPage":true}"#, r#"{"hasNextPage":false}"#],
        [r#"{"isLast":false}"#, r#"{"isLast":true}"#],
        // A flag takes precedence over a total.
        [r#"{"more":true,"total":2}"#, r#"{"more":false,"total":9}"#],
    ] {
        let server = Server::script([page(&[1, 2], info[0]), page(&[3], info[1])]).await;
        assert_eq!(ids(list_items(&server.url, &BY_OFFSET)).await, [1, 2, 3], "{info:?}");
        assert_eq!(queries(&server), ["", "?offset=2"], "{info:?}");
    }
}

#[tokio::test]
async fn offsets_can_start_later_and_count_from_one() {
    static FROM_ONE: Operation = list(&FROM_ONES);
    static FROM_ONES: Pagination = pages(&["result_info"], Scheme::Offset { offset: "start", first: 1 });
    let info = r#"{"total":5}"#;
    let server = Server::script([page(&[1, 2, 3], info), page(&[4, 5], info)]).await;
    assert_eq!(ids(list_items(&server.url, &FROM_ONE)).await, [1, 2, 3, 4, 5]);
    assert_eq!(queries(&server), ["", "?start=4"]);
    // The three items before the initial offset are part of the total.
    let server = Server::script([page(&[4], info), page(&[5], info)]).await;
    let mut request = list_request(&server.url, &FROM_ONE);
    request.query("start", &4);
    assert_eq!(ids(request.items()).await, [4, 5]);
    assert_eq!(queries(&server), ["?start=4", "?start=5"]);
}

#[tokio::test]
async fn the_page_of_a_server_that_ignores_the_offset_is_read_once() {
    let server = Server::always(page(&[1, 2], r#"{"offset":0}"#)).await;
    assert_eq!(ids(list_items(&server.url, &BY_OFFSET)).await, [1, 2]);
    assert_eq!(server.count(), 2);

    for (info, message) in
        [(r#"{"total":5}"#, "3 of 5 items are missing"), (r#"{"has_more":true}"#, "more items follow")]
    {
        let server = Server::always(page(&[1, 2], info)).await;
        let (found, error) = read_all(list_items(&server.url, &BY_OFFSET)).await;
        assert_pagination_error(error, &["the page at offset 2", message]);
        assert_eq!((found, server.count()), (vec![1, 2], 2));
    }
    // Equal pages are not repetitions if the server sends the requested offset.
    let rows = [page(&[1], r#"{"offset":0}"#), page(&[1], r#"{"offset":1}"#), page(&[], r#"{"offset":2}"#)];
    let server = Server::script(rows).await;
    assert_eq!(ids(list_items(&server.url, &BY_OFFSET)).await, [1, 1]);
}

#[tokio::test]
async fn an_empty_page_before_the_end_is_an_error_for_offsets() {
    let server = Server::always(page(&[], r#"{"has_more":true}"#)).await;
    let (found, error) = read_all(list_items(&server.url, &BY_OFFSET)).await;
    assert_pagination_error(error, &["is empty", "more items follow"]);
    assert_eq!((found, server.count()), (vec![], 1));
}

#[tokio::test]
async fn page_numbers_can_count_from_zero_and_end_by_a_flag() {
    static FROM_ZERO: Operation = list(&FROM_ZEROS);
    static FROM_ZEROS: Pagination = Pagination {
        items: &["result"],
        info: &["result_info"],
        has_more: &[&["links", "more"]],
        scheme: Scheme::PageNumber { page: "page", first: 0 },
    };
    for [first, second] in [
        [r#"{"totalPages":2}"#, r#"{"totalPages":2}"#],
        [r#"{"links":{"more":true}}"#, r#"{"links":{"more":false}}"#],
    ] {
        let server = Server::script([page(&[1], first), page(&[2], second)]).await;
        assert_eq!(ids(list_items(&server.url, &FROM_ZERO)).await, [1, 2]);
        assert_eq!(queries(&server), ["", "?page=1"]);
    }
}

#[tokio::test]
async fn a_property_of_the_last_item_can_be_the_cursor() {
    let (more, done) = (r#","has_more":true"#, r#","has_more":false"#);
    let server = Server::script([
        page_with_extra(&[1, 2], more),
        page_with_extra(&[3, 4], more),
        page_with_extra(&[5], done),
    ])
    .await;
    assert_eq!(ids(list_items(&server.url, &BY_LAST_ITEM)).await, [1, 2, 3, 4, 5]);
    assert_eq!(queries(&server), ["", "?after=2", "?after=4"]);

    // Without a flag, pages are requested until one is empty.
    let server =
        Server::script([page_with_extra(&[1, 2], ""), page_with_extra(&[3], ""), page_with_extra(&[], "")]).await;
    assert_eq!(ids(list_items(&server.url, &BY_LAST_ITEM)).await, [1, 2, 3]);
    assert_eq!(queries(&server), ["", "?after=2", "?after=3"]);

    let server = Server::script([page_with_extra(&[1, 2], more)]).await;
    let page: Page<Thing> = list_request(&server.url, &BY_LAST_ITEM).page().await.unwrap().result;
    assert_eq!((page.result_info.cursor.as_deref(), page.result_info.has_more), (Some("2"), Some(true)));
}

#[tokio::test]
async fn last_item_pagination_without_progress_is_an_error() {
    // The server ignores the cursor.
    let server = Server::always(page_with_extra(&[1, 2], "")).await;
    assert_eq!(ids(list_items(&server.url, &BY_LAST_ITEM)).await, [1, 2]);
    assert_eq!(server.count(), 2);
    let server = Server::always(page_with_extra(&[1, 2], r#","has_more":true"#)).await;
    let (found, error) = read_all(list_items(&server.url, &BY_LAST_ITEM)).await;
    assert_pagination_error(error, &["repeats the previous page", "more items follow"]);
    assert_eq!((found, server.count()), (vec![1, 2], 2));
    // The flag announces more items, but there is no last item.
    let server = Server::always(page_with_extra(&[], r#","has_more":true"#)).await;
    let (found, error) = read_all(list_items(&server.url, &BY_LAST_ITEM)).await;
    assert_pagination_error(error, &["more items follow, but there is no cursor"]);
    assert_eq!((found, server.count()), (vec![], 1));
}

#[tokio::test]
async fn a_cursor_list_ends_by_a_flag() {
    let pages = [
        page(&[1], r#"{"cursors":{"after":"a"},"has_more":true}"#),
        page(&[2], r#"{"cursors":{"after":"b"},"has_more":false}"#),
    ];
    let server = Server::script(pages).await;
    assert_eq!(ids(scan_things(&client(&server.url)).items()).await, [1, 2]);
    assert_eq!(server.count(), 2);
}

#[tokio::test]
async fn the_url_of_the_next_page_is_followed_with_the_credentials() {
    let first = THINGS_PATH.replace("{account_id}", ACCOUNT);
    let server = Server::script([]).await;
    let absolute = format!("{}/elsewhere?page=2&q=a%2Fb#top", server.url);
    server.enqueue([
        next_url_page(&[1], &absolute),
        next_url_page(&[2], "?page=3"),
        next_url_page(&[], "/rooted?a=%20"),
        page_with_result(r#"[{"id":3}]"#, r#"{"next":null,"links":{"next":"../up"}}"#),
        next_url_page(&[4], ""),
    ]);
    let mut request = list_request(&server.url, &BY_NEXT_URL);
    request.query("limit", &1);
    assert_eq!(ids(request.items()).await, [1, 2, 3, 4]);
    assert_eq!(
        targets(&server),
        // The URL is requested unchanged. It contains the parameters of the caller if the server keeps them.
        [&format!("{first}?limit=1"), "/elsewhere?page=2&q=a%2Fb", "/elsewhere?page=3", "/rooted?a=%20", "/up"]
    );
}

#[tokio::test]
async fn the_next_url_can_be_outside_the_page_information() {
    let body = |id: i64, rest: &str| reply("200 OK", &[], &format!(r#"{{"result":[{{"id":{id}}}]{rest}}}"#));
    let pages = [body(1, r#","result_info":{"total":2},"links":{"next":"?page=2"}"#), body(2, "")];
    let server = Server::script(pages).await;
    let page: Page<Thing> = list_request(&server.url, &BY_NEXT_URL).page().await.unwrap().result;
    assert_eq!(page.result_info.next.as_deref(), Some("?page=2"));
    assert_eq!(page.result_info.total_count, Some(2));
}

#[tokio::test]
async fn link_headers_are_parsed_by_rfc_8288() {
    let next = |link: &'static str| [link];
    for links in [
        &next(r#"<?page=2>; rel="next""#)[..],
        &next("<?page=2>;rel=next"),
        &next(r#"  <?page=2> ; title = "a, \"b\"; rel=\"last\"" ; REL = "Prefetch NEXT""#),
        // Several links in a header, with commas and semicolons inside URLs and strings.
        &next(r#"<?page=9>; rel="last"; title="x>, <y>; rel=next", <?page=2>; rel="next", <?page=1>; rel="prev""#),
        &next(r#"<?a=,;rel=next>; rel=first, <?page=2>; flag; rel=next"#),
        // Several headers.
        &[r#"<?page=9>; rel="last""#, r#"<?page=2>; rel="next""#],
        // The first `rel` of a link is used, and a link with another anchor is ignored.
        &next(r#"<?x>; rel=prev; rel=next, </other?x>; rel=next; anchor="/other", <?page=2>; rel=next"#),
        // A malformed link does not hide the links before it.
        &next(r#"<?page=2>; rel="next", <?page=3; rel="next""#),
    ] {
        let server = Server::script([link_header_page(&[1], links), link_header_page(&[2], &[])]).await;
        assert_eq!(ids(list_items(&server.url, &BY_LINK_HEADER)).await, [1, 2], "{links:?}");
        assert!(targets(&server)[1].ends_with("things?page=2"), "{links:?}: {:?}", targets(&server));
    }
    for links in [
        &[][..],
        &[""],
        &[r#"<?page=2>; rel="prev""#, r#"<?page=2>; rel="nextpage""#, r#"<?page=2>"#],
        &["?page=2; rel=next"],
        &["<?page=2; rel=next"],
        &["<>; rel=next"],
        &[r#"<?page=2>; title="rel=next"#],
        &[",,;<"],
    ] {
        let server = Server::script([link_header_page(&[1], links)]).await;
        assert_eq!(ids(list_items(&server.url, &BY_LINK_HEADER)).await, [1], "{links:?}");
    }
}

#[tokio::test]
async fn a_link_to_another_origin_is_an_error_after_the_items() {
    let other_server = Server::always(page(&[9], "{}")).await;
    let server = Server::script([]).await;
    let port = server.url.rsplit(':').next().unwrap();
    for (link, message) in [
        (format!("{}/things?token={KEY}", other_server.url), other_server.url.as_str()),
        // The same server by another host name, and another scheme.
        (format!("http://localhost:{port}/things"), "http://localhost"),
        (server.url.replace("http://", "https://"), "https://127.0.0.1"),
        (other_server.url.replace("http:", ""), other_server.url.as_str()),
        (other_server.url.replace("http://", r"http:\\"), other_server.url.as_str()),
        (other_server.url.replace("http://", &format!("{}@", server.url)), other_server.url.as_str()),
        ("file:///etc/passwd".to_owned(), "must not receive the credentials"),
        ("data:application/json,[]".to_owned(), "must not receive the credentials"),
        ("http://[".to_owned(), "not a valid URL"),
        (server.url.replace("http://", &format!("http://ada:{KEY}@")), "a user name or password"),
    ] {
        for (operation, response) in [
            (&BY_NEXT_URL, next_url_page(&[1, 2], &link)),
            (&BY_LINK_HEADER, link_header_page(&[1, 2], &[&format!("<{link}>; rel=next")])),
        ] {
            let before = server.count();
            server.enqueue([response]);
            let (found, error) = read_all(list_items(&server.url, operation)).await;
            assert_pagination_error(error, &[message]);
            assert_eq!((found, server.count() - before), (vec![1, 2], 1), "{link}");
        }
    }
    assert_eq!(other_server.connections(), 0, "no connection to the other server");

    // A redirect of the next page to the other origin is not followed either.
    let location = format!("location: {}/things", other_server.url);
    server.enqueue([next_url_page(&[1], "?page=2"), reply("302 Found", &[&location], "")]);
    let (found, error) = read_all(list_items(&server.url, &BY_NEXT_URL)).await;
    assert!(matches!(error, Some(Error::Api(_))), "{error:?}");
    assert_eq!((found, other_server.connections()), (vec![1], 0));
}

#[tokio::test]
async fn a_repeated_link_is_an_error_after_the_items() {
    // A link to itself, to the first page, a cycle, and equivalent URLs.
    for (links, expected) in [
        (vec!["?page=2", "?page=2"], vec![1, 2]),
        (vec!["?page=2", "?page=2#x"], vec![1, 2]),
        (vec!["?page=2", "things?limit=1"], vec![1, 2]),
        (vec!["?limit=1"], vec![1]),
        (vec!["?page=2", "?page=3", "?page=2"], vec![1, 2, 3]),
    ] {
        let pages = (1..).zip(&links).map(|(id, link)| next_url_page(&[id], link));
        let server = Server::script(pages.collect::<Vec<_>>()).await;
        let mut request = list_request(&server.url, &BY_NEXT_URL);
        request.query("limit", &1);
        let (found, error) = read_all(request.items()).await;
        assert_pagination_error(error, &["link", "twice"]);
        assert_eq!((found, server.count()), (expected, links.len()), "{links:?}");
    }
    let server = Server::script((0..500).map(|number| next_url_page(&[], &format!("?page={number}")))).await;
    let (_, error) = read_all(list_items(&server.url, &BY_NEXT_URL)).await;
    assert_pagination_error(error, &["no items"]);
    assert!(server.count() < 200, "{}", server.count());
}

/// A credential in a followed URL is replaced by the client's.
#[tokio::test]
async fn a_credential_in_the_query_is_added_to_followed_links() {
    static IN_QUERY: Credential =
        Credential { name: "api_key", variable: "NONE", placement: Placement::Query("api key") };
    const SECURITY: &[&[&Credential]] = &[&[&IN_QUERY]];
    static API: Api = Api {
        user_agent: "other/1",
        base_url: "https://other.example.invalid",
        base_url_parts: &[],
        base_url_variable: "NONE",
        credentials: SECURITY[0],
        security: SECURITY,
        ..Api::DEFAULT
    };
    static OPERATION: Operation = Operation {
        id: "other.list",
        method: "GET",
        path: "/list",
        base_url: None,
        envelope: None,
        pagination: Some(&NEXT_URL_PAGINATION),
        security: SECURITY,
    };
    let pages = [
        next_url_page(&[1], "?page=2"),
        next_url_page(&[2], "?page=3&api+key=REDACTED&q=a+b&api%20key="),
        next_url_page(&[3], ""),
    ];
    let server = Server::script(pages).await;
    let client: Client =
        ClientBuilder::new(&API).base_url(&server.url).credential(&IN_QUERY, KEY).build().unwrap();
    let mut items: Items<Thing> = Request::new(&client, &OPERATION).items();
    items.try_next().await.unwrap();
    items.try_next().await.unwrap();
    // The saved token contains no credential.
    let token = save_and_restore(items.resume_token(), &format!("url:{}/list?page=3&q=a+b", server.url));
    let items = Request::new(&client, &OPERATION).items().resume_from(&token).unwrap();
    assert_eq!(ids(items).await, [3]);
    let targets: Vec<String> = server.received().iter().map(|received| received.target().to_owned()).collect();
    let key = format!("api%20key={KEY}");
    assert_eq!(
        targets,
        [format!("/list?{key}"), format!("/list?page=2&{key}"), format!("/list?page=3&q=a+b&{key}")]
    );
}
