//! What is put into a path, a query or a header is what the server decodes.

use percent_encoding::percent_decode_str;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use sdk_runtime::operation::Operation;
use sdk_runtime::{Call, Client, Error, Object, Request, RequestOptions, Style, Value};

use crate::config;
use crate::support::server::{Server, ok};
use crate::support::{client, find_thing, operation};

/// Tries the property with values that are made up, and a server on a socket that takes everything.
fn for_all<S: Strategy>(
    values: S,
    property: impl AsyncFn(&Client, &Server, S::Value) -> Result<(), TestCaseError>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let server = runtime.block_on(Server::always(ok("null")));
    let client = client(&server.url);
    let test = |value| runtime.block_on(property(&client, &server, value));
    TestRunner::new(config(200)).run(&values, test).unwrap();
}

/// Any text, with more than its share of what means something in a URL or a header.
fn text() -> impl Strategy<Value = String> {
    let marks: Vec<char> = "/\\.?#%&=+ ,;:|@[]{}'\"~\0\t\r\n\u{7f}".chars().collect();
    let character = prop_oneof![any::<char>(), prop::sample::select(marks)];
    vec(character, 0..8).prop_map(|characters| characters.into_iter().collect())
}

/// A value that text can stand for, lists and objects of them, to some depth.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        4 => text().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((text(), inner), 0..4).prop_map(|entries| Value::Object(entries.into_iter().collect::<Object>())),
        ]
    })
}

fn decoded(text: &str) -> Result<String, TestCaseError> {
    let text = percent_decode_str(text).decode_utf8();
    Ok(text.map_err(|error| TestCaseError::fail(error.to_string()))?.into_owned())
}

/// The target of the last request; nothing that ends it or the line is in it.
fn target(server: &Server) -> Result<String, TestCaseError> {
    let received = server.received().pop().unwrap();
    let target = received.target().to_owned();
    prop_assert_eq!(received.line().split(' ').count(), 3);
    prop_assert!(target.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#'), "{}", target);
    Ok(target)
}

/// The names and values of the last request's query: as URLs have them, and as forms do.
fn pairs(server: &Server) -> Result<Vec<(String, String)>, TestCaseError> {
    let target = target(server)?;
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap());
    let pairs = pairs.map(|(name, value)| Ok((decoded(name)?, decoded(value)?)));
    let pairs: Vec<_> = pairs.collect::<Result<_, TestCaseError>>()?;
    let of_form: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    prop_assert_eq!(&pairs, &of_form);
    Ok(pairs)
}

fn is_refused<T>(result: &Result<T, Error>) -> bool {
    matches!(result, Err(Error::Config(_)))
}

#[test]
fn a_path_value_arrives_in_its_segment_or_is_refused() {
    for_all((text(), text()), async |client, server, (account, thing)| {
        let before = server.count();
        let result = find_thing(client, &account, &thing).await;
        if [&account, &thing].iter().any(|value| matches!(value.as_str(), "" | "." | "..")) {
            prop_assert!(is_refused(&result), "{:?}", result);
            prop_assert_eq!(server.count(), before);
            return Ok(());
        }
        prop_assert!(result.is_ok(), "{:?}", result);
        let target = target(server)?;
        let segments = target.split('/').map(decoded).collect::<Result<Vec<_>, _>>()?;
        prop_assert_eq!(segments, ["", "accounts", &account, "things", &thing]);
        Ok(())
    });
}

static PUBLIC: Operation = Operation { security: &[], ..operation("public", "GET", "/a/{b}/c", None) };
static QUERIED: Operation = Operation { security: &[], ..operation("queried", "GET", "/a", None) };

#[test]
fn a_list_in_a_path_stays_in_its_segment_or_is_refused() {
    let styles = prop::sample::select(vec![
        Style::Simple,
        Style::SimpleExploded,
        Style::Label,
        Style::LabelExploded,
        Style::Matrix,
        Style::MatrixExploded,
        Style::Json,
    ]);
    for_all((styles, value()), async |client, server, (style, value)| {
        let result = Call::<Value>::json(Request::new(client, &PUBLIC).path_as(style, "b", &value)).await;
        if is_refused(&result) {
            return Ok(());
        }
        prop_assert!(result.is_ok(), "{:?}", result);
        let target = target(server)?;
        let segments: Vec<&str> = target.split('/').collect();
        prop_assert_eq!((segments.len(), segments[1], segments[3]), (4, "a", "c"), "{}", target);
        match &value {
            Value::Array(items) if style == Style::Simple && items.iter().all(Value::is_string) => {
                let items: Vec<_> = items.iter().map(|item| item.as_str().unwrap().to_owned()).collect();
                let arrived = segments[2].split(',').map(decoded).collect::<Result<Vec<_>, _>>()?;
                prop_assert_eq!(arrived, items);
            }
            value if style == Style::Json => prop_assert_eq!(decoded(segments[2])?, value.to_string()),
            _ => {}
        }
        Ok(())
    });
}

/// The pairs of a value as the style has them, written down a second time.
fn expected(name: String, value: &Value, style: Style) -> Vec<(String, String)> {
    let inner = |key: &str| match style {
        Style::DeepObject => format!("{name}[{key}]"),
        _ => format!("{name}.{key}"),
    };
    let item = |(index, item): (usize, &Value)| match style {
        Style::DeepObject if item.is_array() || item.is_object() => (inner(&index.to_string()), item.clone()),
        Style::DeepObject => (inner(""), item.clone()),
        _ => (name.clone(), item.clone()),
    };
    let all = |entries: Vec<(String, Value)>| {
        entries.into_iter().flat_map(|(name, value)| expected(name, &value, style)).collect()
    };
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => all(items.iter().enumerate().map(item).collect()),
        Value::Object(object) => all(object.iter().map(|(key, value)| (inner(key), value.clone())).collect()),
        Value::String(text) => vec![(name, text.clone())],
        other => vec![(name, other.to_string())],
    }
}

#[test]
fn a_query_arrives_as_it_was_put_in() {
    let styles = prop::sample::select(vec![Style::Default, Style::DeepObject]);
    for_all(
        (text(), value(), styles, any::<bool>()),
        async |client, server, (name, value, style, reserved): (String, Value, Style, bool)| {
            let mut request = Request::new(client, &QUERIED);
            match reserved {
                false => request.query_as(style, &name, &value),
                true => request.query_reserved(style, &name, &value),
            }
            Call::<Value>::json(request).await.unwrap();
            prop_assert_eq!(pairs(server)?, expected(name, &value, style));
            Ok(())
        },
    );
}

#[test]
fn json_in_a_query_arrives_as_it_was_put_in() {
    for_all((value(), any::<bool>()), async |client, server, (value, reserved)| {
        let mut request = Request::new(client, &QUERIED);
        match reserved {
            false => request.query_as(Style::Json, "q", &value),
            true => request.query_reserved(Style::Json, "q", &value),
        }
        Call::<Value>::json(request).await.unwrap();
        let expected: Vec<_> =
            Some(("q".to_owned(), value.to_string())).filter(|_| !value.is_null()).into_iter().collect();
        prop_assert_eq!(pairs(server)?, expected);
        Ok(())
    });
}

#[test]
fn a_list_in_one_query_value_arrives_item_by_item() {
    let styles = prop::sample::select(vec![
        (Style::Form, ","),
        (Style::SpaceDelimited, "%20"),
        (Style::PipeDelimited, "%7C"),
    ]);
    for_all((vec(text(), 0..5), styles), async |client, server, (items, (style, separator))| {
        // Blanks and bars can't be told from those between the items: OpenAPI knows no way.
        let items: Vec<String> = match style {
            Style::Form => items,
            _ => items.iter().map(|item| item.replace([' ', '|'], "")).collect(),
        };
        let mut request = Request::new(client, &QUERIED);
        request.query_as(style, "q", &items);
        Call::<Value>::json(request).await.unwrap();
        let target = target(server)?;
        let arrived = match target.split_once("?q=") {
            None => Vec::new(),
            Some((_, list)) => list.split(separator).map(decoded).collect::<Result<_, _>>()?,
        };
        prop_assert_eq!(arrived, items);
        Ok(())
    });
}

#[test]
fn a_header_arrives_or_is_refused() {
    for_all(text(), async |client, server, value| {
        let before = server.count();
        let result = find_thing(client, "a", "b").with_header("x-value", &value).await;
        if value.chars().any(|character| character.is_ascii_control() && character != '\t') {
            prop_assert!(is_refused(&result), "{:?}", result);
            prop_assert_eq!(server.count(), before);
        } else {
            prop_assert!(result.is_ok(), "{:?}", result);
            let received = server.received().pop().unwrap();
            prop_assert_eq!(received.header("x-value"), [value]);
        }
        Ok(())
    });
}
