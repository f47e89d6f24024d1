//! Benchmarks of calls without a network: building the request and decoding the response.

use std::hint::black_box;
use std::time::Duration;

use criterion::Criterion;
use http::{HeaderValue, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sdk_runtime::operation::{Api, Credential, Envelope, Operation, Placement};
use sdk_runtime::transport::{BoxFuture, Transport, TransportError};
use sdk_runtime::{Body, Client, ClientBuilder, Request};
use serde::{Deserialize, Serialize};

use crate::{derived, documents, runtime};

static TOKEN: Credential = Credential { name: "token", variable: "BENCH_TOKEN", placement: Placement::Bearer };
static SECURITY: &[&[&Credential]] = &[&[&TOKEN]];
static API: Api = Api {
    user_agent: "bench/1.0",
    base_url: "https://api.example.com/v4",
    base_url_parts: &[],
    base_url_variable: "BENCH_BASE_URL",
    credentials: &[&TOKEN],
    security: SECURITY,
    ..Api::DEFAULT
};
static ENVELOPE: Envelope =
    Envelope { result: "result", success: "success", errors: "errors", messages: "messages" };
static GET: Operation = operation("GET", "/accounts/{account_id}/things/{thing_id}");
static CREATE: Operation = operation("POST", "/accounts/{account_id}/things");

const fn operation(method: &'static str, path: &'static str) -> Operation {
    let envelope = Some(&ENVELOPE);
    Operation { id: path, method, path, base_url: None, envelope, pagination: None, security: SECURITY }
}

const ACCOUNT: &str = "023e105f4ecef8ad9ca31a8372d0c353";

/// Transport that immediately returns a fixed body.
#[derive(Clone)]
struct StaticTransport(bytes::Bytes);

impl Transport for StaticTransport {
    fn send(&self, request: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        black_box(request);
        Box::pin(async { Ok(http::Response::new(Body::from(self.0.clone()))) })
    }
}

pub fn compare(criterion: &mut Criterion) {
    let envelope =
        format!(r#"{{"success": true, "errors": [], "messages": [], "result": {}}}"#, documents::ACCOUNT);
    let transport = StaticTransport(envelope.into());
    let client =
        ClientBuilder::new(&API).credential(&TOKEN, "secret").transport(transport.clone()).build().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();

    let mut group = criterion.benchmark_group("request/get");
    group.bench_function("runtime", |bencher| {
        bencher.iter(|| runtime.block_on(get(&client)));
    });
    group.bench_function("other", |bencher| {
        bencher.iter(|| runtime.block_on(get_hand_written(&transport)));
    });
    group.finish();

    let body: runtime::Record = serde_json::from_str(&documents::reordered()).unwrap();
    let mut group = criterion.benchmark_group("request/create");
    group.bench_function("runtime", |bencher| {
        bencher.iter(|| runtime.block_on(create(&client, &body)));
    });
    let body: derived::Record = serde_json::from_str(&documents::reordered()).unwrap();
    group.bench_function("other", |bencher| {
        bencher.iter(|| runtime.block_on(create_hand_written(&transport, &body)));
    });
    group.finish();
}

async fn get(client: &Client) -> runtime::Account {
    let mut request = Request::new(client, &GET).path(black_box(ACCOUNT)).path(black_box("thing/1"));
    request.query("per_page", &50);
    request.query("order", "name");
    request.query("tags", &["one", "two & three"]);
    request.json().await.unwrap().result
}

async fn create(client: &Client, body: &runtime::Record) -> runtime::Account {
    let mut request = Request::new(client, &CREATE).path(black_box(ACCOUNT));
    request.body_field("name", &body.name);
    request.body_field("type", &body.type_);
    request.body_field("content", &body.content);
    request.body_field("ttl", &3600);
    request.body_field("proxied", &body.proxied);
    request.body_field("comment", &body.comment);
    request.body_field("tags", &body.tags);
    request.json().await.unwrap().result
}

#[derive(Deserialize)]
struct Response {
    success: bool,
    result: derived::Account,
}

#[derive(Serialize)]
struct NewRecord<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    type_: &'a derived::RecordType,
    content: &'a str,
    ttl: u32,
    proxied: Option<bool>,
    comment: Option<&'a str>,
    tags: &'a [String],
}

async fn get_hand_written(transport: &StaticTransport) -> derived::Account {
    let encode = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
    let (account, thing) = (black_box(ACCOUNT), black_box("thing/1"));
    let url = format!(
        "{}/accounts/{}/things/{}?per_page={}&order={}&tags={}&tags={}",
        API.base_url,
        encode(account),
        encode(thing),
        50,
        encode("name"),
        encode("one"),
        encode("two & three"),
    );
    send_hand_written(transport, http::Request::get(url), Body::empty()).await
}

async fn create_hand_written(transport: &StaticTransport, body: &derived::Record) -> derived::Account {
    let url =
        format!("{}/accounts/{}/things", API.base_url, utf8_percent_encode(black_box(ACCOUNT), NON_ALPHANUMERIC));
    let body = NewRecord {
        name: &body.name,
        type_: &body.type_,
        content: &body.content,
        ttl: 3600,
        proxied: body.proxied,
        comment: body.comment.as_deref(),
        tags: &body.tags,
    };
    let body = Body::from(serde_json::to_vec(&body).unwrap());
    let request = http::Request::post(url).header(header::CONTENT_TYPE, "application/json");
    send_hand_written(transport, request, body).await
}

async fn send_hand_written(
    transport: &StaticTransport,
    request: http::request::Builder,
    body: Body,
) -> derived::Account {
    let mut token = HeaderValue::try_from("Bearer secret").unwrap();
    token.set_sensitive(true);
    let request = request
        .header(header::AUTHORIZATION, token)
        .header(header::ACCEPT, "application/json")
        .header(header::USER_AGENT, API.user_agent)
        .body(body)
        .unwrap();
    let response = tokio::time::timeout(Duration::from_secs(60), transport.send(request)).await.unwrap().unwrap();
    assert!(response.status().is_success());
    let body = response.into_body().collect().await.unwrap();
    let response: Response = serde_json::from_slice(&body).unwrap();
    assert!(response.success);
    response.result
}
