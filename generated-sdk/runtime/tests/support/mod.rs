//! A small API defined the way generated crates define one, and test servers that send scripted responses.

// Each test file is its own crate and uses only part of this module.
#![allow(dead_code, unreachable_pub)]

pub mod faults;
pub mod lists;
pub mod received;
pub mod scripted_transport;
pub mod server;

use std::time::Duration;

use sdk_runtime::operation::{Api, Credential, Envelope, Operation, Placement};
use sdk_runtime::paging::{Pagination, Scheme};
use sdk_runtime::{Client, ClientBuilder, Error, Request, RetryPolicy};

pub const TOKEN: &str = "s3cr3t-token-7f3a";
pub const KEY: &str = "s3cr3t-key-91bc";
pub const EMAIL: &str = "ada@example.com";

/// Values of path parameters. They must not appear in errors.
pub const ACCOUNT: &str = "acc0unt-5d2e";
pub const THING: &str = "th1ng-c0ff";

pub static API_TOKEN: Credential =
    Credential { name: "api_token", variable: "CLOUDFLARE_API_TOKEN", placement: Placement::Bearer };
pub static API_EMAIL: Credential =
    Credential { name: "api_email", variable: "CLOUDFLARE_EMAIL", placement: Placement::Header("X-Auth-Email") };
pub static API_KEY: Credential =
    Credential { name: "api_key", variable: "CLOUDFLARE_API_KEY", placement: Placement::Header("X-Auth-Key") };

const SECURITY: &[&[&Credential]] = &[&[&API_TOKEN], &[&API_EMAIL, &API_KEY]];

pub static API: Api = Api {
    user_agent: "example-sdk/1.2.3",
    base_url: "https://api.example.invalid/client/v4",
    base_url_parts: &[],
    base_url_variable: "CLOUDFLARE_BASE_URL",
    credentials: &[&API_TOKEN, &API_EMAIL, &API_KEY],
    security: SECURITY,
    request_id_header: Some("cf-ray"),
    ..Api::DEFAULT
};

static ENVELOPE: Envelope =
    Envelope { result: "result", success: "success", errors: "errors", messages: "messages" };

static PAGE_NUMBER_PAGINATION: Pagination = pages(&["result_info"], Scheme::PageNumber { page: "page", first: 1 });

static CURSOR_PAGINATION: Pagination =
    pages(&["result_info"], Scheme::Cursor { cursor: "cursor", next: &[&["cursors", "after"], &["cursor"]] });

/// Returns a pagination whose items are the `result` of the envelope.
pub const fn pages(info: &'static [&'static str], scheme: Scheme) -> Pagination {
    Pagination { items: &["result"], info, has_more: &[], scheme }
}

/// Returns the operation that lists things with this pagination.
pub const fn list(pagination: &'static Pagination) -> Operation {
    operation("things.list", "GET", THINGS_PATH, Some(pagination))
}

pub const fn operation(
    id: &'static str,
    method: &'static str,
    path: &'static str,
    pagination: Option<&'static Pagination>,
) -> Operation {
    Operation { id, method, path, base_url: None, envelope: Some(&ENVELOPE), pagination, security: SECURITY }
}

pub const THING_PATH: &str = "/accounts/{account_id}/things/{thing_id}";
pub const THINGS_PATH: &str = "/accounts/{account_id}/things";

static GET: Operation = operation("things.get", "GET", THING_PATH, None);
static DELETE: Operation = operation("things.delete", "DELETE", THING_PATH, None);
static CREATE: Operation = operation("things.create", "POST", THINGS_PATH, None);
static ALL: Operation = operation("things.all", "GET", THINGS_PATH, None);
static LIST: Operation = operation("things.list", "GET", THINGS_PATH, Some(&PAGE_NUMBER_PAGINATION));
static SCAN: Operation = operation("things.scan", "GET", THINGS_PATH, Some(&CURSOR_PAGINATION));
static PUBLIC: Operation = Operation {
    id: "things.public",
    method: "GET",
    path: "/public",
    base_url: None,
    envelope: Some(&ENVELOPE),
    pagination: None,
    security: &[],
};

pub static FILE: Operation = Operation {
    id: "file",
    method: "GET",
    path: "/file",
    base_url: None,
    envelope: None,
    pagination: None,
    security: &[],
};
pub static PUT_FILE: Operation = Operation {
    id: "put_file",
    method: "PUT",
    path: "/file",
    base_url: None,
    envelope: None,
    pagination: None,
    security: &[],
};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Thing {
    pub id: i64,
    pub name: Option<String>,
}

sdk_runtime::model!(Thing {
    "id" required id;
    "name" optional name;
});

sdk_runtime::request!(GetThing -> Thing);
sdk_runtime::request!(FindThing -> Option<Thing>);
sdk_runtime::request!(DeleteThing -> Option<Thing>);
sdk_runtime::request!(CreateThing -> Option<Thing>);
sdk_runtime::request!(AllThings -> Vec<Thing>);
sdk_runtime::request!(ListThings -> list of Thing);
sdk_runtime::request!(ScanThings -> list of Thing);
sdk_runtime::request!(GetPublic -> Option<Thing>);

pub fn get_thing(client: &Client, account: &str, thing: &str) -> GetThing {
    GetThing(Request::new(client, &GET).path(account).path(thing))
}

pub fn find_thing(client: &Client, account: &str, thing: &str) -> FindThing {
    FindThing(Request::new(client, &GET).path(account).path(thing))
}

pub fn delete_thing(client: &Client) -> DeleteThing {
    DeleteThing(Request::new(client, &DELETE).path(ACCOUNT).path(THING))
}

/// Returns a request whose body is a JSON object even if no field is set.
pub fn create_thing(client: &Client) -> CreateThing {
    let mut request = Request::new(client, &CREATE).path(ACCOUNT);
    request.body_object();
    CreateThing(request)
}

pub fn all_things(client: &Client) -> AllThings {
    AllThings(Request::new(client, &ALL).path(ACCOUNT))
}

pub fn list_things(client: &Client) -> ListThings {
    ListThings(Request::new(client, &LIST).path(ACCOUNT))
}

pub fn scan_things(client: &Client) -> ScanThings {
    ScanThings(Request::new(client, &SCAN).path(ACCOUNT))
}

pub fn get_public(client: &Client) -> GetPublic {
    GetPublic(Request::new(client, &PUBLIC))
}

impl CreateThing {
    pub fn name(mut self, name: &str) -> Self {
        self.0.body_field("name", name);
        self
    }

    /// Sets `note`; `None` sends null.
    pub fn note(mut self, note: Option<&str>) -> Self {
        self.0.body_field("note", &note);
        self
    }

    pub fn ratio(mut self, ratio: f64) -> Self {
        self.0.body_number("ratio", &ratio);
        self
    }

    /// Replaces the entire body.
    pub fn body<T: sdk_runtime::serde::Serialize>(mut self, body: &T) -> Self {
        self.0.body(body);
        self
    }
}

impl ListThings {
    pub fn tags(mut self, tags: &[&str]) -> Self {
        self.0.header_value("x-tags", tags);
        self
    }

    pub fn page(mut self, page: i64) -> Self {
        self.0.query("page", &page);
        self
    }
}

/// Returns a builder of a client with a backoff of a few milliseconds.
pub fn builder(base_url: &str) -> ClientBuilder {
    let mut policy = RetryPolicy::default();
    policy.initial_backoff = Duration::from_millis(5);
    ClientBuilder::new(&API).base_url(base_url).credential(&API_TOKEN, TOKEN).retry(policy)
}

pub fn client(base_url: &str) -> Client {
    builder(base_url).build().unwrap()
}

/// Asserts that the error message contains all `parts`, and that neither `Display` nor `Debug` shows a
/// secret.
pub fn assert_message(error: &Error, parts: &[&str]) {
    let text = error.to_string();
    for part in parts {
        assert!(text.contains(part), "{part:?} is missing in: {text}");
    }
    for text in [text, format!("{error:?}")] {
        for secret in [TOKEN, KEY, ACCOUNT, THING] {
            assert!(!text.contains(secret), "{secret:?} is shown in: {text}");
        }
    }
}
