//! Lists: all items, each once, in order, with no request too many; and never for ever.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::pin::Pin;

use futures_core::Stream;
use sdk_runtime::operation::{Api, Credential, Operation, Placement};
use sdk_runtime::paging::{Pagination, Scheme};
use sdk_runtime::{Client, ClientBuilder, Error, Items, Page, Request, RequestOptions};
use support::lists::*;
use support::server::{Server, ok, refusal, reply};
use support::{ACCOUNT, KEY, THINGS_PATH, Thing, assert_says, client, list, list_things, pages, scan_things};

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
}

#[tokio::test]
async fn an_offset_grows_by_the_items_that_came() {
    // A short page is no end, and the step is what came, not what was asked for.
    let pages = [page(&[1, 2, 3], "{}"), page(&[4], "null"), page(&[5, 6], "{}"), page(&[], "{}")];
    let server = Server::script(pages).await;
    let mut request = things(&server.url, &OFFSET);
    request.query("limit", &3);
    assert_eq!(ids(request.items()).await, [1, 2, 3, 4, 5, 6]);
    assert_eq!(queries(&server), ["?limit=3", "?limit=3&offset=3", "?limit=3&offset=4", "?limit=3&offset=6"]);
}

#[tokio::test]
async fn an_offset_ends_where_the_page_information_says() {
    for info in [
        [r#"{"total":3}"#, r#"{"total":3}"#],
        [r#"{"total_count":"3"}"#, r#"{"total_count":"3"}"#],
        [r#"{"totalResults":3.0,"limit":2,"offset":0}"#, r#"{"totalResults":3.0,"limit":2,"offset":2}"#],
        [r#"{"has_more":true}"#, r#"{"has_more":false}"#],
        [r#"{"hasNextPage":true}"#, r#"{"hasNextPage":false}"#],
        [r#"{"isLast":false}"#, r#"{"isLast":true}"#],
        // What says whether there is more says it better than a count that is wrong.
        [r#"{"more":true,"total":2}"#, r#"{"more":false,"total":9}"#],
    ] {
        let server = Server::script([page(&[1, 2], info[0]), page(&[3], info[1])]).await;
        assert_eq!(ids(items_of(&server.url, &OFFSET)).await, [1, 2, 3], "{info:?}");
        assert_eq!(queries(&server), ["", "?offset=2"], "{info:?}");
    }
}

#[tokio::test]
async fn an_offset_can_begin_later_and_count_from_one() {
    static FROM_ONE: Operation = list(&FROM_ONES);
    static FROM_ONES: Pagination = pages(&["result_info"], Scheme::Offset { offset: "start", first: 1 });
    let info = r#"{"total":5}"#;
    let server = Server::script([page(&[1, 2, 3], info), page(&[4, 5], info)]).await;
    assert_eq!(ids(items_of(&server.url, &FROM_ONE)).await, [1, 2, 3, 4, 5]);
    assert_eq!(queries(&server), ["", "?start=4"]);
    // The three before the first that is asked for are part of the total.
    let server = Server::script([page(&[4], info), page(&[5], info)]).await;
    let mut request = things(&server.url, &FROM_ONE);
    request.query("start", &4);
    assert_eq!(ids(request.items()).await, [4, 5]);
    assert_eq!(queries(&server), ["?start=4", "?start=5"]);
}

#[tokio::test]
async fn a_server_that_ignores_the_offset_gives_its_page_once() {
    let server = Server::always(page(&[1, 2], r#"{"offset":0}"#)).await;
    assert_eq!(ids(items_of(&server.url, &OFFSET)).await, [1, 2]);
    assert_eq!(server.count(), 2);

    for (info, says) in [(r#"{"total":5}"#, "3 of 5 items are missing"), (r#"{"has_more":true}"#, "there is more")]
    {
        let server = Server::always(page(&[1, 2], info)).await;
        let (found, error) = read(items_of(&server.url, &OFFSET)).await;
        assert_stuck(error, &["the page at offset 2", says]);
        assert_eq!((found, server.count()), (vec![1, 2], 2));
    }
    // Equal rows are no repetition where the server names the offset that was asked for.
    let rows = [page(&[1], r#"{"offset":0}"#), page(&[1], r#"{"offset":1}"#), page(&[], r#"{"offset":2}"#)];
    let server = Server::script(rows).await;
    assert_eq!(ids(items_of(&server.url, &OFFSET)).await, [1, 1]);
}

#[tokio::test]
async fn an_empty_page_with_more_behind_it_is_an_error_where_the_client_counts() {
    let server = Server::always(page(&[], r#"{"has_more":true}"#)).await;
    let (found, error) = read(items_of(&server.url, &OFFSET)).await;
    assert_stuck(error, &["is empty", "there is more"]);
    assert_eq!((found, server.count()), (vec![], 1));
}

#[tokio::test]
async fn numbered_pages_can_count_from_zero_and_say_whether_there_is_more() {
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
        assert_eq!(ids(items_of(&server.url, &FROM_ZERO)).await, [1, 2]);
        assert_eq!(queries(&server), ["", "?page=1"]);
    }
}

#[tokio::test]
async fn the_last_item_can_be_the_cursor() {
    let (more, done) = (r#","has_more":true"#, r#","has_more":false"#);
    let server = Server::script([flagged(&[1, 2], more), flagged(&[3, 4], more), flagged(&[5], done)]).await;
    assert_eq!(ids(items_of(&server.url, &LAST)).await, [1, 2, 3, 4, 5]);
    assert_eq!(queries(&server), ["", "?after=2", "?after=4"]);

    // A server that doesn't say whether there is more is asked until nothing comes.
    let server = Server::script([flagged(&[1, 2], ""), flagged(&[3], ""), flagged(&[], "")]).await;
    assert_eq!(ids(items_of(&server.url, &LAST)).await, [1, 2, 3]);
    assert_eq!(queries(&server), ["", "?after=2", "?after=3"]);

    let server = Server::script([flagged(&[1, 2], more)]).await;
    let page: Page<Thing> = things(&server.url, &LAST).page().await.unwrap().result;
    assert_eq!((page.result_info.cursor.as_deref(), page.result_info.has_more), (Some("2"), Some(true)));
}

#[tokio::test]
async fn a_last_item_that_leads_nowhere_is_not_followed_for_ever() {
    // The server ignores the cursor.
    let server = Server::always(flagged(&[1, 2], "")).await;
    assert_eq!(ids(items_of(&server.url, &LAST)).await, [1, 2]);
    assert_eq!(server.count(), 2);
    let server = Server::always(flagged(&[1, 2], r#","has_more":true"#)).await;
    let (found, error) = read(items_of(&server.url, &LAST)).await;
    assert_stuck(error, &["the same as the one before it", "there is more"]);
    assert_eq!((found, server.count()), (vec![1, 2], 2));
    // There is more, but nothing to ask for it with.
    let server = Server::always(flagged(&[], r#","has_more":true"#)).await;
    let (found, error) = read(items_of(&server.url, &LAST)).await;
    assert_stuck(error, &["there is more, but no cursor"]);
    assert_eq!((found, server.count()), (vec![], 1));
}

#[tokio::test]
async fn a_cursor_ends_where_the_server_says_that_there_is_no_more() {
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
    server.play([
        linked(&[1], &absolute),
        linked(&[2], "?page=3"),
        linked(&[], "/rooted?a=%20"),
        page_of(r#"[{"id":3}]"#, r#"{"next":null,"links":{"next":"../up"}}"#),
        linked(&[4], ""),
    ]);
    let mut request = things(&server.url, &NEXT_URL);
    request.query("limit", &1);
    assert_eq!(ids(request.items()).await, [1, 2, 3, 4]);
    assert_eq!(
        targets(&server),
        // The server's URL is followed as it is: it has the caller's parameters in it, where it keeps them.
        [&format!("{first}?limit=1"), "/elsewhere?page=2&q=a%2Fb", "/elsewhere?page=3", "/rooted?a=%20", "/up"]
    );
}

#[tokio::test]
async fn the_url_of_the_next_page_can_stand_beside_the_page_information() {
    let body = |id: i64, rest: &str| reply("200 OK", &[], &format!(r#"{{"result":[{{"id":{id}}}]{rest}}}"#));
    let pages = [body(1, r#","result_info":{"total":2},"links":{"next":"?page=2"}"#), body(2, "")];
    let server = Server::script(pages).await;
    let page: Page<Thing> = things(&server.url, &NEXT_URL).page().await.unwrap().result;
    assert_eq!(page.result_info.next.as_deref(), Some("?page=2"));
    assert_eq!(page.result_info.total_count, Some(2));
}

#[tokio::test]
async fn link_headers_are_read_by_the_letter() {
    let next = |link: &'static str| [link];
    for links in [
        &next(r#"<?page=2>; rel="next""#)[..],
        &next("<?page=2>;rel=next"),
        &next(r#"  <?page=2> ; title = "a, \"b\"; rel=\"last\"" ; REL = "Prefetch NEXT""#),
        // Several in a header, with commas and semicolons inside of URLs and texts.
        &next(r#"<?page=9>; rel="last"; title="x>, <y>; rel=next", <?page=2>; rel="next", <?page=1>; rel="prev""#),
        &next(r#"<?a=,;rel=next>; rel=first, <?page=2>; flag; rel=next"#),
        // Several headers.
        &[r#"<?page=9>; rel="last""#, r#"<?page=2>; rel="next""#],
        // The first rel of a link counts, and a link of another page doesn't.
        &next(r#"<?x>; rel=prev; rel=next, </other?x>; rel=next; anchor="/other", <?page=2>; rel=next"#),
        // Broken, but not in a way that hides the link before it.
        &next(r#"<?page=2>; rel="next", <?page=3; rel="next""#),
    ] {
        let server = Server::script([with_links(&[1], links), with_links(&[2], &[])]).await;
        assert_eq!(ids(items_of(&server.url, &LINK)).await, [1, 2], "{links:?}");
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
        let server = Server::script([with_links(&[1], links)]).await;
        assert_eq!(ids(items_of(&server.url, &LINK)).await, [1], "{links:?}");
    }
}

#[tokio::test]
async fn a_link_to_another_origin_is_an_error_behind_the_items() {
    let other = Server::always(page(&[9], "{}")).await;
    let server = Server::script([]).await;
    let port = server.url.rsplit(':').next().unwrap();
    for (link, says) in [
        (format!("{}/things?token={KEY}", other.url), other.url.as_str()),
        // The same server by another name, another scheme, and another port.
        (format!("http://localhost:{port}/things"), "http://localhost"),
        (server.url.replace("http://", "https://"), "https://127.0.0.1"),
        (other.url.replace("http:", ""), other.url.as_str()),
        (other.url.replace("http://", r"http:\\"), other.url.as_str()),
        (other.url.replace("http://", &format!("{}@", server.url)), other.url.as_str()),
        ("file:///etc/passwd".to_owned(), "don't go"),
        ("data:application/json,[]".to_owned(), "don't go"),
        ("http://[".to_owned(), "no URL"),
        (server.url.replace("http://", &format!("http://ada:{KEY}@")), "a user or a password"),
    ] {
        for (operation, answer) in
            [(&NEXT_URL, linked(&[1, 2], &link)), (&LINK, with_links(&[1, 2], &[&format!("<{link}>; rel=next")]))]
        {
            let before = server.count();
            server.play([answer]);
            let (found, error) = read(items_of(&server.url, operation)).await;
            assert_stuck(error, &[says]);
            assert_eq!((found, server.count() - before), (vec![1, 2], 1), "{link}");
        }
    }
    assert_eq!(other.connections(), 0, "the other server is not even connected to");

    // Neither does a redirect from the next page lead there.
    let elsewhere = format!("location: {}/things", other.url);
    server.play([linked(&[1], "?page=2"), reply("302 Found", &[&elsewhere], "")]);
    let (found, error) = read(items_of(&server.url, &NEXT_URL)).await;
    assert!(matches!(error, Some(Error::Api(_))), "{error:?}");
    assert_eq!((found, other.connections()), (vec![1], 0));
}

#[tokio::test]
async fn a_link_that_comes_again_is_an_error_behind_the_items() {
    // To itself, to where the list began, a cycle; and the same in other words.
    for (links, expected) in [
        (vec!["?page=2", "?page=2"], vec![1, 2]),
        (vec!["?page=2", "?page=2#x"], vec![1, 2]),
        (vec!["?page=2", "things?limit=1"], vec![1, 2]),
        (vec!["?limit=1"], vec![1]),
        (vec!["?page=2", "?page=3", "?page=2"], vec![1, 2, 3]),
    ] {
        let pages = (1..).zip(&links).map(|(id, link)| linked(&[id], link));
        let server = Server::script(pages.collect::<Vec<_>>()).await;
        let mut request = things(&server.url, &NEXT_URL);
        request.query("limit", &1);
        let (found, error) = read(request.items()).await;
        assert_stuck(error, &["link", "second time"]);
        assert_eq!((found, server.count()), (expected, links.len()), "{links:?}");
    }
    let server = Server::script((0..500).map(|number| linked(&[], &format!("?page={number}")))).await;
    let (_, error) = read(items_of(&server.url, &NEXT_URL)).await;
    assert_stuck(error, &["no items"]);
    assert!(server.count() < 200, "{}", server.count());
}

/// A credential in the query goes along, once, and as the client has it.
#[tokio::test]
async fn a_link_gets_the_credential_that_goes_into_the_query() {
    static IN_QUERY: Credential =
        Credential { name: "api_key", variable: "NONE", placement: Placement::Query("api key") };
    const SECURITY: &[&[&Credential]] = &[&[&IN_QUERY]];
    static API: Api = Api {
        user_agent: "other/1",
        base_url: "https://other.example.invalid",
        base_url_parts: &[],
        base_url_variable: "NONE",
        idempotency_header: None,
        credentials: SECURITY[0],
        security: SECURITY,
    };
    static OPERATION: Operation = Operation {
        id: "other.list",
        method: "GET",
        path: "/list",
        base_url: None,
        envelope: None,
        pagination: Some(&NEXT_URLS),
        security: SECURITY,
    };
    let pages =
        [linked(&[1], "?page=2"), linked(&[2], "?page=3&api+key=REDACTED&q=a+b&api%20key="), linked(&[3], "")];
    let server = Server::script(pages).await;
    let client: Client =
        ClientBuilder::new(&API).base_url(&server.url).credential(&IN_QUERY, KEY).build().unwrap();
    let mut items: Items<Thing> = Request::new(&client, &OPERATION).items();
    items.try_next().await.unwrap();
    items.try_next().await.unwrap();
    // Whoever keeps a position keeps no secret with it.
    let position = kept(items.position(), &format!("url:{}/list?page=3&q=a+b", server.url));
    let items = Request::new(&client, &OPERATION).items().start_at(&position).unwrap();
    assert_eq!(ids(items).await, [3]);
    let targets: Vec<String> = server.received().iter().map(|received| received.target().to_owned()).collect();
    let key = format!("api%20key={KEY}");
    assert_eq!(
        targets,
        [format!("/list?{key}"), format!("/list?page=2&{key}"), format!("/list?page=3&q=a+b&{key}")]
    );
}
