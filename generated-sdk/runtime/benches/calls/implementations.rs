//! Two implementations of the same calls: through the runtime, as in generated code, and hand-written with
//! reqwest and serde.

use reqwest::header::{self, HeaderMap, HeaderValue};
use sdk_runtime::operation::{Api, Credential, Envelope, Operation, Placement};
use sdk_runtime::paging::{Pagination, Scheme};
use sdk_runtime::{Client, ClientBuilder, Items, Request};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::fixtures::{ID, PER_PAGE, derived, runtime};

static TOKEN: Credential = Credential { name: "api_token", variable: "BENCH_TOKEN", placement: Placement::Bearer };
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
static PAGES: Pagination = Pagination {
    items: &["result"],
    info: &["result_info"],
    has_more: &[],
    scheme: Scheme::PageNumber { page: "page", first: 1 },
};
static GET: Operation = operation("/zones/{zone_id}", None);
static LIST: Operation = operation("/accounts", Some(&PAGES));

const fn operation(path: &'static str, pagination: Option<&'static Pagination>) -> Operation {
    let envelope = Some(&ENVELOPE);
    Operation { id: path, method: "GET", path, base_url: None, envelope, pagination, security: SECURITY }
}

sdk_runtime::request!(GetZone -> runtime::Zone);
sdk_runtime::request!(ListAccounts -> list of runtime::Account);

/// An implementation of the calls.
pub trait Implementation: Clone + Send + 'static {
    fn new(base_url: &str) -> Self;

    /// Gets one zone.
    fn get(&self) -> impl Future<Output = ()> + Send;

    /// Reads the entire list. Returns the number of items.
    fn list(&self) -> impl Future<Output = usize> + Send;
}

#[derive(Clone)]
pub struct Runtime(Client);

impl Implementation for Runtime {
    fn new(base_url: &str) -> Self {
        Self(ClientBuilder::new(&API).base_url(base_url).credential(&TOKEN, "secret").build().unwrap())
    }

    async fn get(&self) {
        let fixtures = GetZone(Request::new(&self.0, &GET).path(ID)).await.unwrap();
        assert_eq!(fixtures.name, "example.com");
    }

    async fn list(&self) -> usize {
        count(self.items()).await
    }
}

impl Runtime {
    /// Like [`list`](Implementation::list), with `pages` prefetched pages.
    pub async fn list_prefetched(&self, pages: usize) -> usize {
        count(self.items().prefetch(pages)).await
    }

    fn items(&self) -> Items<runtime::Account> {
        let mut request = Request::new(&self.0, &LIST);
        request.query("per_page", &PER_PAGE);
        ListAccounts(request).items()
    }
}

async fn count(mut items: Items<runtime::Account>) -> usize {
    let mut count = 0;
    while items.try_next().await.unwrap().is_some() {
        count += 1;
    }
    count
}

#[derive(Clone)]
pub struct HandWritten {
    client: reqwest::Client,
    base_url: String,
}

#[derive(Deserialize)]
struct Response<T> {
    success: bool,
    errors: Vec<Message>,
    result: Option<T>,
    result_info: Option<Info>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code)]
struct Message {
    code: i64,
    message: String,
}

#[derive(Deserialize)]
struct Info {
    total_pages: u64,
}

impl HandWritten {
    async fn read<T: DeserializeOwned>(&self, path: &str) -> Response<T> {
        let url = format!("{}{path}", self.base_url);
        let response = self.client.get(url).bearer_auth("secret").send().await.unwrap();
        let body = response.error_for_status().unwrap().bytes().await.unwrap();
        let response: Response<T> = serde_json::from_slice(&body).unwrap();
        assert!(response.success, "{:?}", response.errors);
        response
    }
}

impl Implementation for HandWritten {
    /// Both implementations send the same headers.
    fn new(base_url: &str) -> Self {
        let accept = (header::ACCEPT, HeaderValue::from_static("application/json"));
        let builder = reqwest::Client::builder().user_agent(API.user_agent);
        let client = builder.default_headers(HeaderMap::from_iter([accept])).build().unwrap();
        Self { client, base_url: base_url.to_owned() }
    }

    async fn get(&self) {
        let fixtures: derived::Zone = self.read(&format!("/zones/{ID}")).await.result.unwrap();
        assert_eq!(fixtures.name, "example.com");
    }

    async fn list(&self) -> usize {
        let (mut page, mut count) = (1, 0);
        loop {
            let response: Response<Vec<derived::Account>> =
                self.read(&format!("/accounts?per_page={PER_PAGE}&page={page}")).await;
            count += response.result.unwrap().into_iter().map(std::hint::black_box).count();
            if page >= response.result_info.unwrap().total_pages {
                return count;
            }
            page += 1;
        }
    }
}
