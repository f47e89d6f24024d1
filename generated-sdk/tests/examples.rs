//! Runs the programs in `examples/` against a mock server.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::{Value, json};
use wiremock::matchers::{body_partial_json, header, method, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer, ResponseTemplate};

const ACCOUNT: &str = "023e105f4ecef8ad9ca31a8372d0c353";

/// Returns the documented response of a method.
fn documented_response(name: &str) -> Value {
    let path = format!("{}/tests/examples/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Returns a mock that responds to `GET` with a page.
fn page(target: &str, body: &Value) -> Mock {
    Mock::given(method("GET"))
        .and(path(target))
        .and(header("authorization", "Bearer example"))
        .respond_with(ResponseTemplate::new(200).set_body_json(body))
}

async fn run(server: &MockServer, program: &str, arguments: &[&str]) -> Output {
    // `cargo test` builds the examples into `examples`, next to the folder of the tests.
    let folder: PathBuf = std::env::current_exe().unwrap().ancestors().nth(2).unwrap().join("examples");
    let program = folder.join(format!("{program}{}", std::env::consts::EXE_SUFFIX));
    assert!(program.is_file(), "{} does not exist; run `cargo test` for the complete package", program.display());
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env("CLOUDFLARE_BASE_URL", server.uri())
        .env("CLOUDFLARE_API_TOKEN", "example")
        .env("NO_PROXY", "127.0.0.1")
        .env_remove("CLOUDFLARE_EMAIL")
        .env_remove("CLOUDFLARE_API_KEY");
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

fn printed(output: &Output) -> Vec<&str> {
    std::str::from_utf8(&output.stdout).unwrap().lines().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn list_accounts() {
    let server = MockServer::start().await;
    let mut accounts = documented_response("accounts.list");
    accounts["result_info"]["total_count"] = json!(1);
    page("/accounts", &accounts).expect(1).mount(&server).await;
    let mut members = documented_response("accounts.members.list");
    members["result_info"]["total_count"] = json!(1);
    let target = format!("/accounts/{ACCOUNT}/members");
    page(&target, &members).expect(1).mount(&server).await;
    let output = run(&server, "list_accounts", &[]).await;
    assert_eq!(printed(&output), [format!("{ACCOUNT}  Demo Account (standard), 1 members")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn roll_token() {
    let server = MockServer::start().await;
    let tokens = format!("/accounts/{ACCOUNT}/tokens");
    let groups = documented_response("accounts.tokens.permission_groups.get");
    page(&format!("{tokens}/permission_groups"), &groups).mount(&server).await;
    let created = json!({
        "name": "billing for an hour",
        "policies": [{
            "effect": "allow",
            "permission_groups": [{"id": "7cf72faf220841aabcfdfab81c43c4f6"}],
            "resources": {format!("com.cloudflare.api.account.{ACCOUNT}"): "*"},
        }],
    });
    Mock::given(method("POST"))
        .and(path(&tokens))
        .and(body_partial_json(created))
        .respond_with(ResponseTemplate::new(200).set_body_json(documented_response("accounts.tokens.create")))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(method("PUT"))
        .and(path(format!("{tokens}/ed17574386854bf78a67040be0a770b0/value")))
        .and(body_partial_json(json!({})))
        .respond_with(
            ResponseTemplate::new(200).set_body_json(documented_response("accounts.tokens.value.update")),
        )
        .expect(1)
        .mount(&server)
        .await;
    let output = run(&server, "roll_token", &[ACCOUNT]).await;
    assert_eq!(
        printed(&output),
        [
            "created ed17574386854bf78a67040be0a770b0",
            "rolled ed17574386854bf78a67040be0a770b0: its new secret has 40 characters",
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn audit_log() {
    let server = MockServer::start().await;
    let target = format!("/accounts/{ACCOUNT}/logs/audit");
    let mut entries = documented_response("accounts.logs.audit.list");
    let cursor = entries["result_info"]["cursor"].as_str().unwrap().to_owned();
    let first = Mock::given(method("GET"))
        .and(path(&target))
        .and(query_param("action_type.not", "view"))
        .and(query_param("before", "2024-10-30T23:59:59Z"))
        .and(query_param("since", "2024-10-30T00:00:00Z"))
        .and(query_param_is_missing("cursor"))
        .respond_with(ResponseTemplate::new(200).set_body_json(&entries));
    first.expect(1).mount(&server).await;
    entries["result_info"]["cursor"] = Value::Null;
    let last = Mock::given(method("GET"))
        .and(path(&target))
        .and(query_param("cursor", cursor))
        .respond_with(ResponseTemplate::new(200).set_body_json(&entries));
    last.expect(1).mount(&server).await;
    let output = run(&server, "audit_log", &[ACCOUNT, "2024-10-30"]).await;
    assert_eq!(printed(&output), ["2024-04-26T17:31:07Z  alice@example.com  Add Member"; 2]);
}
