//! Tests that the documented response of every method decodes into its type and encodes back to the same JSON.

#![allow(clippy::unwrap_used, missing_docs)]

use cloudflare_sdk::accounts::AccountType;
use cloudflare_sdk::accounts::members::{MemberCreateWithRoles, MemberUpdateWithRoles};
use cloudflare_sdk::transport::{Body, BoxFuture, Transport, TransportError, http};
use cloudflare_sdk::zero_trust::dlp::email::account_mapping::AuthRequirementsOrganization;
use cloudflare_sdk::{AccountOrZone, Client, Object, Page, Value};
use serde_json::to_value;

/// Transport that returns the same response body for every request.
struct FixedResponse(Body);

impl Transport for FixedResponse {
    fn send(&self, _: http::Request<Body>) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        Box::pin(async { Ok(http::Response::new(self.0.clone())) })
    }
}

/// Returns a client that receives the documented response of a method, and that response.
fn client_with_response(method: &str) -> (Client, Value) {
    let path = format!("{}/tests/examples/{method}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let expected = serde_json::from_str(&text).unwrap();
    let client = Client::builder().api_email("a@example.com").api_key("k").transport(FixedResponse(text.into()));
    (client.build().unwrap(), expected)
}

/// Checks a method that returns one value.
macro_rules! check_value {
    ($method:literal, |$client:ident| $call:expr) => {
        let ($client, expected) = client_with_response($method);
        assert_eq!(to_value($call.await.unwrap()).unwrap(), expected["result"], $method);
        let response = $call.send().await.unwrap();
        assert_eq!(response.json().unwrap(), expected, $method);
        assert_eq!(response.messages().len(), 1, "envelope of {}", $method);
    };
}

/// Checks a method that returns a page.
macro_rules! check_page {
    ($method:literal, |$client:ident| $call:expr) => {
        let ($client, expected) = client_with_response($method);
        let page: Page<_> = $call.await.unwrap();
        assert_eq!(to_value(&page.result).unwrap(), expected["result"], $method);
        assert_eq!(Value::Object(page.result_info.raw), expected["result_info"], $method);
        let first = $call.items().try_next().await.unwrap();
        assert_eq!(to_value(first).unwrap(), expected["result"][0], $method);
    };
}

const ACCOUNT: &str = "023e105f4ecef8ad9ca31a8372d0c353";

#[tokio::test]
async fn accounts() {
    check_page!("accounts.list", |client| client.accounts().list());
    check_value!("accounts.get", |client| client.accounts().get(ACCOUNT));
    check_value!("accounts.create", |client| client.accounts().create("name"));
    check_value!("accounts.update", |client| client.accounts().update(
        ACCOUNT,
        ACCOUNT,
        "Demo Account",
        AccountType::Standard
    ));
    check_value!("accounts.delete", |client| client.accounts().delete(ACCOUNT));
}

#[tokio::test]
async fn members_and_roles() {
    check_page!("accounts.members.list", |client| client.accounts().members().list(ACCOUNT));
    check_value!("accounts.members.get", |client| client.accounts().members().get(ACCOUNT, "m"));
    let member = || MemberCreateWithRoles::new("user@example.com", ["3536bcfad5faccb999b47003c79917fb"]);
    check_value!("accounts.members.create", |client| client.accounts().members().create(ACCOUNT, member()));
    check_value!("accounts.members.update", |client| client.accounts().members().update(
        ACCOUNT,
        "m",
        MemberUpdateWithRoles::new()
    ));
    check_value!("accounts.members.delete", |client| client.accounts().members().delete(ACCOUNT, "m"));
    check_page!("accounts.roles.list", |client| client.accounts().roles().list(ACCOUNT));
    check_value!("accounts.roles.get", |client| client.accounts().roles().get(ACCOUNT, "r"));
}

#[tokio::test]
async fn subscriptions() {
    check_page!("accounts.subscriptions.get", |client| client.accounts().subscriptions().get(ACCOUNT));
    check_value!("accounts.subscriptions.create", |client| client.accounts().subscriptions().create(ACCOUNT));
    check_value!("accounts.subscriptions.update", |client| client.accounts().subscriptions().update(ACCOUNT, "s"));
    check_value!("accounts.subscriptions.delete", |client| client.accounts().subscriptions().delete(ACCOUNT, "s"));
}

#[tokio::test]
async fn tokens() {
    check_page!("accounts.tokens.list", |client| client.accounts().tokens().list(ACCOUNT));
    check_value!("accounts.tokens.get", |client| client.accounts().tokens().get(ACCOUNT, "t"));
    check_value!("accounts.tokens.create", |client| client.accounts().tokens().create(ACCOUNT, "name", []));
    check_value!("accounts.tokens.update", |client| client.accounts().tokens().update(ACCOUNT, "t", "name", []));
    check_value!("accounts.tokens.delete", |client| client.accounts().tokens().delete(ACCOUNT, "t"));
    check_value!("accounts.tokens.verify", |client| client.accounts().tokens().verify(ACCOUNT));
    check_page!("accounts.tokens.permission_groups.list", |client| {
        client.accounts().tokens().permission_groups().list(ACCOUNT)
    });
    check_value!("accounts.tokens.permission_groups.get", |client| {
        client.accounts().tokens().permission_groups().get(ACCOUNT)
    });
    check_value!("accounts.tokens.value.update", |client| {
        client.accounts().tokens().value().update(ACCOUNT, "t", Object::new())
    });
}

#[tokio::test]
async fn audit_logs() {
    check_page!("accounts.logs.audit.list", |client| {
        client.accounts().logs().audit().list(ACCOUNT, "2024-10-31", "2024-10-30")
    });
}

#[tokio::test]
async fn email_security_and_zero_trust() {
    check_value!("email_security.settings.allow_policies.edit", |client| {
        client.email_security().settings().allow_policies().edit(ACCOUNT, 2401)
    });
    check_value!("email_security.settings.impersonation_registry.edit", |client| {
        client.email_security().settings().impersonation_registry().edit(ACCOUNT, "i")
    });
    for scope in [AccountOrZone::account(ACCOUNT), AccountOrZone::zone(ACCOUNT)] {
        check_value!("zero_trust.access.applications.policies.update", |client| {
            client.zero_trust().access().applications().policies().update(scope.clone(), "a", "p")
        });
    }
    check_value!("zero_trust.dlp.email.account_mapping.create", |client| {
        client
            .zero_trust()
            .dlp()
            .email()
            .account_mapping()
            .create(ACCOUNT, AuthRequirementsOrganization::new(["a"]))
    });
}
