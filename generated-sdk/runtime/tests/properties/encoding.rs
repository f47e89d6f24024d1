//! Property tests of encoding: the server decodes exactly the values that were set in path, query and
//! headers.

use percent_encoding::percent_decode_str;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use sdk_runtime::operation::Operation;
use sdk_runtime::{Call, Client, Error, Object, Request, RequestOptions, Style, Value};

use crate::config;
use crate::support::server::{Server, ok};
use crate::support::{client, find_thing, operation};

/// Checks the property with generated values, against a server that accepts every request.
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

/// Generates strings with an increased share of characters that are special in URLs and headers.
fn text() -> impl Strategy<Value = String> {
    let special: Vec<char> = "/\\.?#%&=+ ,;:|@[]{}'\"~\0\t\r\n\u{7f}".chars().collect();
    let character = prop_oneof![any::<char>(), prop::sample::select(special)];
    vec(character, 0..8).prop_map(|characters| characters.into_iter().collect())
}

/// Generates nested lists and objects of strings, integers, booleans and nulls.
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

/// Returns the target of the last request, and checks that it has no characters that end it or the request
/// line.
fn target(server: &Server) -> Result<String, TestCaseError> {
    let received = server.received().pop().unwrap();
    let target = received.target().to_owned();
    prop_assert_eq!(received.line().split(' ').count(), 3);
    prop_assert!(target.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#'), "{}", target);
    Ok(target)
}

/// Returns the decoded query of the last request, and checks that form decoding has the same result.
fn pairs(server: &Server) -> Result<Vec<(String, String)>, TestCaseError> {
    let target = target(server)?;
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap());
    let pairs = pairs.map(|(name, value)| Ok((decoded(name)?, decoded(value)?)));
    let pairs: Vec<_> = pairs.collect::<Result<_, TestCaseError>>()?;
    let form_pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    prop_assert_eq!(&pairs, &form_pairs);
    Ok(pairs)
}

fn is_config_error<T>(result: &Result<T, Error>) -> bool {
    matches!(result, Err(Error::Config(_)))
}

#[test]
fn a_path_value_is_one_segment_or_rejected() {
    for_all((text(), text()), async |client, server, (account, thing)| {
        let before = server.count();
        let result = find_thing(client, &account, &thing).await;
        if [&account, &thing].iter().any(|value| matches!(value.as_str(), "" | "." | "..")) {
            prop_assert!(is_config_error(&result), "{:?}", result);
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
fn a_styled_path_value_is_one_segment_or_rejected() {
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
        if is_config_error(&result) {
            return Ok(());
        }
        prop_assert!(result.is_ok(), "{:?}", result);
        let target = target(server)?;
        let segments: Vec<&str> = target.split('/').collect();
        prop_assert_eq!((segments.len(), segments[1], segments[3]), (4, "a", "c"), "{}", target);
        match &value {
            Value::Array(items) if style == Style::Simple && items.iter().all(Value::is_string) => {
                let items: Vec<_> = items.iter().map(|item| item.as_str().unwrap().to_owned()).collect();
                let decoded_items = segments[2].split(',').map(decoded).collect::<Result<Vec<_>, _>>()?;
                prop_assert_eq!(decoded_items, items);
            }
            value if style == Style::Json => prop_assert_eq!(decoded(segments[2])?, value.to_string()),
            _ => {}
        }
        Ok(())
    });
}

/// Reference implementation of query styles: returns the pairs of a value.
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
fn a_query_parameter_round_trips() {
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
fn a_json_query_parameter_round_trips() {
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
fn a_delimited_list_in_a_query_round_trips() {
    let styles = prop::sample::select(vec![
        (Style::Form, ","),
        (Style::SpaceDelimited, "%20"),
        (Style::PipeDelimited, "%7C"),
    ]);
    for_all((vec(text(), 0..5), styles), async |client, server, (items, (style, separator))| {
        // OpenAPI defines no escaping for the delimiters of space- and pipe-delimited lists.
        let items: Vec<String> = match style {
            Style::Form => items,
            _ => items.iter().map(|item| item.replace([' ', '|'], "")).collect(),
        };
        let mut request = Request::new(client, &QUERIED);
        request.query_as(style, "q", &items);
        Call::<Value>::json(request).await.unwrap();
        let target = target(server)?;
        let decoded_items = match target.split_once("?q=") {
            None => Vec::new(),
            Some((_, list)) => list.split(separator).map(decoded).collect::<Result<_, _>>()?,
        };
        prop_assert_eq!(decoded_items, items);
        Ok(())
    });
}

#[test]
fn a_header_value_round_trips_or_is_rejected() {
    for_all(text(), async |client, server, value| {
        let before = server.count();
        let result = find_thing(client, "a", "b").with_header("x-value", &value).await;
        if value.chars().any(|character| character.is_ascii_control() && character != '\t') {
            prop_assert!(is_config_error(&result), "{:?}", result);
            prop_assert_eq!(server.count(), before);
        } else {
            prop_assert!(result.is_ok(), "{:?}", result);
            let received = server.received().pop().unwrap();
            prop_assert_eq!(received.header("x-value"), [value]);
        }
        Ok(())
    });
}
