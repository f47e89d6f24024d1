use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::Value;

use crate::auth::header_name;
use crate::client::{Client, Limits};
use crate::error::{Error, Result};
use crate::operation::Operation;
use crate::values::number::whole;

/// A request on its way to be sent. Generated requests wrap it; nothing in it depends on an operation's types.
#[derive(Clone)]
#[must_use]
pub struct Request {
    pub(crate) client: Client,
    pub(crate) operation: &'static Operation,
    path: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
    headers: HeaderMap,
    body: Body,
    pub(crate) limits: Limits,
    /// The first thing that can't be sent; said when the request is.
    problem: Option<String>,
}

/// What is sent behind the headers. JSON is written as the request is built, so that no type outlives it.
#[derive(Clone)]
enum Body {
    Empty,
    /// The members of an object, each with its JSON.
    Fields(Vec<(String, Vec<u8>)>),
    Json(Vec<u8>),
    /// Names and values of a form.
    Form(Vec<(String, String)>),
    /// Bytes of another type.
    Raw(&'static str, Bytes),
}

/// All that stands for itself in a URL's path segment or query, by RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl Request {
    /// A request of `operation`, with none of its parameters.
    pub fn new(client: &Client, operation: &'static Operation) -> Self {
        Self {
            client: client.clone(),
            operation,
            path: Vec::new(),
            query: Vec::new(),
            headers: HeaderMap::new(),
            body: Body::Empty,
            limits: client.0.limits.clone(),
            problem: None,
        }
    }

    /// Gives the next path parameter its value.
    pub fn path(mut self, value: impl Into<String>) -> Self {
        self.path.push(value.into());
        self
    }

    /// Sets a query parameter. A list repeats the name, and an object's properties stand behind the name and a
    /// dot, to any depth. What the parameter had before goes.
    pub fn query<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        self.remove_query(name);
        match serde_json::to_value(value) {
            Ok(value) => flatten(name, &value, &mut self.query),
            Err(error) => self.report(format_args!("the query parameter `{name}` can't be written: {error}")),
        }
    }

    pub(crate) fn query_value(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn remove_query(&mut self, name: &str) {
        self.query
            .retain(|(key, _)| key != name && !key.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')));
    }

    /// Sets a header.
    pub fn header(&mut self, name: &str, value: &str) {
        match (header_name(name), HeaderValue::try_from(value)) {
            (Ok(name), Ok(value)) => {
                self.headers.insert(name, value);
            }
            _ => self.report(format_args!("`{name}` is not a header, or its value can't be sent")),
        }
    }

    /// Sets a header to a value's text; a list's items stand behind each other with commas.
    pub fn header_value<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        let text = text(value);
        if !text.is_empty() {
            self.header(name, &text);
        }
    }

    /// Sets one property of the JSON object that is the body.
    pub fn body_field<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        match serde_json::to_vec(value) {
            Ok(json) => self.set_field(name, json),
            Err(error) => self.report(format_args!("the field `{name}` can't be written: {error}")),
        }
    }

    /// As [`body_field`](Self::body_field), for floating-point numbers: a whole one is sent without a fraction.
    pub fn body_number<T: crate::values::number::Number>(&mut self, name: &str, value: &T) {
        self.body_field(name, &crate::values::number::Whole(value));
    }

    fn set_field(&mut self, name: &str, json: Vec<u8>) {
        match &mut self.body {
            Body::Fields(fields) => match fields.iter_mut().find(|(known, _)| known == name) {
                Some((_, known)) => *known = json,
                None => fields.push((name.to_owned(), json)),
            },
            Body::Empty => self.body = Body::Fields(vec![(name.to_owned(), json)]),
            Body::Json(whole) => match serde_json::from_slice::<crate::Object>(whole) {
                Ok(mut object) => {
                    object.insert(name.to_owned(), serde_json::from_slice(&json).unwrap_or_default());
                    match serde_json::to_vec(&object) {
                        Ok(json) => self.body = Body::Json(json),
                        Err(error) => self.report(format_args!("the body can't be written: {error}")),
                    }
                }
                Err(_) => self.report(format_args!("the field `{name}` can't be added: the body is no object")),
            },
            Body::Form(_) | Body::Raw(..) => {
                self.report(format_args!("the field `{name}` can't be added: the body is not JSON"));
            }
        }
    }

    /// Sets the whole body, as JSON.
    pub fn body<T: Serialize + ?Sized>(&mut self, value: &T) {
        match serde_json::to_vec(value) {
            Ok(json) => self.body = Body::Json(json),
            Err(error) => self.report(format_args!("the body can't be written: {error}")),
        }
    }

    /// As [`body`](Self::body), for floating-point numbers: a whole one is sent without a fraction.
    pub fn body_of_numbers<T: crate::values::number::Number>(&mut self, value: &T) {
        self.body(&crate::values::number::Whole(value));
    }

    /// Sets one field of the form that is the body. A list repeats the name.
    pub fn form_field<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        let mut pairs = Vec::new();
        match serde_json::to_value(value) {
            Ok(value) => flatten(name, &value, &mut pairs),
            Err(error) => return self.report(format_args!("the field `{name}` can't be written: {error}")),
        }
        if !matches!(self.body, Body::Form(_)) {
            self.body = Body::Form(Vec::new());
        }
        if let Body::Form(fields) = &mut self.body {
            fields.retain(|(known, _)| known != name);
            fields.extend(pairs);
        }
    }

    /// Sets the whole body to bytes of a media type.
    pub fn raw_body(&mut self, media_type: &'static str, bytes: Bytes) {
        self.body = Body::Raw(media_type, bytes);
    }

    /// Sends an object even where no property of it is set.
    pub fn body_object(&mut self) {
        if matches!(self.body, Body::Empty) {
            self.body = Body::Fields(Vec::new());
        }
    }

    /// Limits how long the call may take, all its attempts and the waits between them counted.
    pub fn timeout(&mut self, limit: Duration) {
        self.limits.timeout = Some(limit);
    }

    /// Limits how long one attempt may take.
    pub fn attempt_timeout(&mut self, limit: Duration) {
        self.limits.attempt_timeout = limit;
    }

    /// Sets how often the request is sent again at the most.
    pub fn max_retries(&mut self, retries: u32) {
        self.limits.retry.max_retries = retries;
    }

    fn report(&mut self, problem: fmt::Arguments<'_>) {
        self.problem.get_or_insert_with(|| problem.to_string());
    }

    /// The request as HTTP, with credentials.
    pub(crate) fn to_http(&self) -> Result<http::Request<Bytes>> {
        let place =
            |what: &str| Error::config(format!("{} {}: {what}", self.operation.method, self.operation.path));
        if let Some(problem) = &self.problem {
            return Err(place(problem));
        }
        let client = &self.client.0;
        let mut headers = client.headers.clone();
        let mut query = self.query.clone();
        client.credentials.apply(client.api, self.operation, &mut headers, &mut query)?;
        // What a program sets for this one request wins.
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }

        let mut url = client.base_url.clone();
        self.write_path(&mut url).map_err(|what| place(&what))?;
        if !query.is_empty() {
            url.push('?');
            url.push_str(&write_pairs(&query));
        }

        let (media_type, body): (_, Bytes) = match &self.body {
            Body::Empty => (None, Bytes::new()),
            Body::Json(json) => (Some("application/json"), json.clone().into()),
            Body::Fields(fields) => (Some("application/json"), write_object(fields).into()),
            Body::Form(fields) => (Some("application/x-www-form-urlencoded"), write_pairs(fields).into()),
            Body::Raw(media_type, bytes) => (Some(*media_type), bytes.clone()),
        };
        if let Some(media_type) = media_type {
            let value = HeaderValue::try_from(media_type).map_err(|_| place("the body's media type is none"))?;
            headers.entry(header::CONTENT_TYPE).or_insert(value);
        }
        let mut request = http::Request::new(body);
        *request.method_mut() = http::Method::from_bytes(self.operation.method.as_bytes())
            .map_err(|_| place("the method is not one of HTTP"))?;
        *request.uri_mut() = http::Uri::try_from(url).map_err(|error| place(&format!("no URL: {error}")))?;
        *request.headers_mut() = headers;
        Ok(request)
    }

    /// Writes the path. A value is one segment, whatever is in it: what would be a way out of it (nothing, `.`,
    /// `..`) is refused, because no encoding of those survives all the URL parsers between here and the server.
    fn write_path(&self, url: &mut String) -> Result<(), String> {
        let mut values = self.path.iter();
        for segment in self.operation.path.split('/').skip(1) {
            url.push('/');
            let begin = url.len();
            let mut rest = segment;
            while let Some((before, parameter)) = rest.split_once('{') {
                url.push_str(before);
                let (name, after) = parameter.split_once('}').unwrap_or((parameter, ""));
                let value = values.next().map(String::as_str).unwrap_or_default();
                if value.is_empty() {
                    return Err(format!("the path parameter `{name}` is empty"));
                }
                url.extend(utf8_percent_encode(value, RESERVED));
                rest = after;
            }
            url.push_str(rest);
            if matches!(&url[begin..], "." | "..") {
                return Err(format!("the value of `{segment}` would leave the path: `{}`", &url[begin..]));
            }
        }
        Ok(())
    }
}

/// The text of a value in a path or header: that of a string without quotes, a list's items with commas between.
#[doc(hidden)]
pub fn text<T: Serialize + ?Sized>(value: &T) -> String {
    let mut pairs = Vec::new();
    flatten("", &serde_json::to_value(value).unwrap_or_default(), &mut pairs);
    let texts: Vec<String> = pairs.into_iter().map(|(_, text)| text).collect();
    texts.join(",")
}

/// The name-value pairs of a value: a list repeats the name, an object's properties stand behind a dot.
fn flatten(name: &str, value: &Value, pairs: &mut Vec<(String, String)>) {
    let text = match value {
        Value::Null => return,
        Value::Array(items) => return items.iter().for_each(|item| flatten(name, item, pairs)),
        Value::Object(object) => {
            return object.iter().for_each(|(key, value)| flatten(&format!("{name}.{key}"), value, pairs));
        }
        Value::String(text) => text.clone(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => match number.as_f64().filter(|_| number.is_f64()).and_then(whole) {
            Some(whole) => whole.to_string(),
            None => number.to_string(),
        },
    };
    pairs.push((name.to_owned(), text));
}

/// Names and values as a query or form has them.
fn write_pairs(pairs: &[(String, String)]) -> String {
    let mut text = String::new();
    for (index, (name, value)) in pairs.iter().enumerate() {
        if index > 0 {
            text.push('&');
        }
        text.extend(utf8_percent_encode(name, RESERVED));
        text.push('=');
        text.extend(utf8_percent_encode(value, RESERVED));
    }
    text
}

fn write_object(fields: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut json = vec![b'{'];
    for (index, (name, value)) in fields.iter().enumerate() {
        if index > 0 {
            json.push(b',');
        }
        json.extend_from_slice(Value::from(name.as_str()).to_string().as_bytes());
        json.push(b':');
        json.extend_from_slice(value);
    }
    json.push(b'}');
    json
}

/// Says what is asked for, not with which values: those may be secret.
impl fmt::Debug for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Request")
            .field("operation", &self.operation.id)
            .field("method", &self.operation.method)
            .field("path", &self.operation.path)
            .finish_non_exhaustive()
    }
}
