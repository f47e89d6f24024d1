use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use percent_encoding::utf8_percent_encode;
use serde::Serialize;
use serde_json::Value;

use crate::auth::{Secrets, add_cookie, header_name};
use crate::client::{Client, Limits};
use crate::error::{Error, Result};
use crate::operation::Operation;
use crate::parameter::{self, Pair, Style, UNRESERVED};

/// A request on its way to be sent. Generated requests wrap it; nothing in it depends on an operation's types.
#[derive(Clone)]
#[must_use]
pub struct Request {
    pub(crate) client: Client,
    pub(crate) operation: &'static Operation,
    /// The values of the path's parameters, encoded.
    path: Vec<String>,
    query: Vec<Pair>,
    headers: HeaderMap,
    cookies: Vec<(String, String)>,
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
    Form(Vec<Pair>),
    /// Bytes of another type.
    Raw(&'static str, Bytes),
}

impl Request {
    /// A request of `operation`, with none of its parameters.
    pub fn new(client: &Client, operation: &'static Operation) -> Self {
        Self {
            client: client.clone(),
            operation,
            path: Vec::new(),
            query: Vec::new(),
            headers: HeaderMap::new(),
            cookies: Vec::new(),
            body: Body::Empty,
            limits: client.0.limits.clone(),
            problem: None,
        }
    }

    /// Gives the next path parameter its value.
    pub fn path(mut self, value: impl Into<String>) -> Self {
        self.path.push(utf8_percent_encode(&value.into(), UNRESERVED).to_string());
        self
    }

    /// Gives the next path parameter, which has this name, a list, an object or a value with marks around it.
    pub fn path_as<T: Serialize + ?Sized>(mut self, style: Style, name: &str, value: &T) -> Self {
        match parameter::path(name, value, style) {
            Ok(text) => self.path.push(text),
            Err(error) => self.report(format_args!("the path parameter `{name}` can't be written: {error}")),
        }
        self
    }

    /// Sets a query parameter. A list repeats the name, and an object's properties stand behind the name and a
    /// dot, to any depth. What the parameter had before goes.
    pub fn query<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        self.set_query(Style::Repeat, name, value, false);
    }

    /// As [`query`](Self::query), in another style.
    pub fn query_as<T: Serialize + ?Sized>(&mut self, style: Style, name: &str, value: &T) {
        self.set_query(style, name, value, false);
    }

    /// As [`query_as`](Self::query_as), with reserved characters (`:/?[]@!$'()*,;`) as they are.
    pub fn query_reserved<T: Serialize + ?Sized>(&mut self, style: Style, name: &str, value: &T) {
        self.set_query(style, name, value, true);
    }

    fn set_query<T: Serialize + ?Sized>(&mut self, style: Style, name: &str, value: &T, reserved: bool) {
        self.query.retain(|pair| !pair.is_of(name));
        match Pair::all(name, value, style, reserved) {
            Ok(pairs) => self.query.extend(pairs),
            Err(error) => self.report(format_args!("the query parameter `{name}` can't be written: {error}")),
        }
    }

    pub(crate) fn query_value(&self, name: &str) -> Option<String> {
        self.query.iter().find(|pair| pair.parameter == name).map(Pair::value)
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
        self.header_as(Style::Simple, name, value);
    }

    /// As [`header_value`](Self::header_value), in another style.
    pub fn header_as<T: Serialize + ?Sized>(&mut self, style: Style, name: &str, value: &T) {
        match parameter::header(value, style) {
            Ok(Some(text)) => self.header(name, &text),
            Ok(None) => {}
            Err(error) => self.report(format_args!("the header `{name}` can't be written: {error}")),
        }
    }

    /// Sets a cookie; of a list, each item is one.
    pub fn cookie<T: Serialize + ?Sized>(&mut self, style: Style, name: &str, value: &T) {
        match parameter::cookies(name, value, style) {
            Ok(cookies) => {
                self.cookies.retain(|(known, _)| !cookies.iter().any(|(name, _)| name == known));
                self.cookies.extend(cookies);
            }
            Err(error) => self.report(format_args!("the cookie `{name}` can't be written: {error}")),
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
        self.form_field_as(Style::Repeat, name, value);
    }

    /// As [`form_field`](Self::form_field), in another style.
    pub fn form_field_as<T: Serialize + ?Sized>(&mut self, style: Style, name: &str, value: &T) {
        let pairs = match Pair::all(name, value, style, false) {
            Ok(pairs) => pairs,
            Err(error) => return self.report(format_args!("the field `{name}` can't be written: {error}")),
        };
        if !matches!(self.body, Body::Form(_)) {
            self.body = Body::Form(Vec::new());
        }
        if let Body::Form(fields) = &mut self.body {
            fields.retain(|pair| !pair.is_of(name));
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
    pub(crate) fn to_http(&self, secrets: &Secrets) -> Result<http::Request<Bytes>> {
        let place =
            |what: &str| Error::config(format!("{} {}: {what}", self.operation.method, self.operation.path));
        if let Some(problem) = &self.problem {
            return Err(place(problem));
        }
        let client = &self.client.0;
        let mut headers = client.headers.clone();
        let mut query = self.query.clone();
        for (name, value) in &self.cookies {
            add_cookie(&mut headers, name, value)
                .map_err(|_| place(&format!("the cookie `{name}` can't be sent")))?;
        }
        secrets.apply(&mut headers, &mut query)?;
        // What a program sets for this one request wins.
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }

        let mut url = self.base_url()?;
        self.write_path(&mut url).map_err(|what| place(&what))?;
        if !query.is_empty() {
            url.push('?');
            url.push_str(&Pair::write(&query));
        }

        let (media_type, body): (_, Bytes) = match &self.body {
            Body::Empty => (None, Bytes::new()),
            Body::Json(json) => (Some("application/json"), json.clone().into()),
            Body::Fields(fields) => (Some("application/json"), write_object(fields).into()),
            Body::Form(fields) => (Some("application/x-www-form-urlencoded"), Pair::write(fields).into()),
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

    /// Where the request goes, without a slash at its end: what the program says, what the operation says, or where
    /// the whole API is.
    fn base_url(&self) -> Result<String> {
        let client = &self.client.0;
        let Some(own) = self.operation.base_url else { return Ok(client.base_url.clone()) };
        if own.contains("://") {
            return Ok(if client.is_elsewhere { client.base_url.clone() } else { own.to_owned() });
        }
        // It is said relative to where the whole API is.
        let base = url::Url::parse(&format!("{}/", client.base_url));
        let joined = base.and_then(|base| base.join(own));
        joined
            .map(|url| url.as_str().trim_end_matches('/').to_owned())
            .map_err(|error| Error::config(format!("the operation's base URL `{own}` can't be used: {error}")))
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
                url.push_str(value);
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
