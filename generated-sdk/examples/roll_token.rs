//! Creates an API token that can read the billing of an account for one hour, and rolls its secret.
//!
//! `CLOUDFLARE_API_TOKEN=… cargo run --example roll_token ACCOUNT_ID`

use std::error::Error;
use std::time::{Duration, SystemTime};

use cloudflare_sdk::accounts::PolicyEffect;
use cloudflare_sdk::accounts::tokens::{TokenPermissionGroup, TokenPolicyParam, TokenPolicyResources};
use cloudflare_sdk::{Client, DateTime, Object};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let account_id = std::env::args().nth(1).ok_or("usage: roll_token ACCOUNT_ID")?;
    let client = Client::from_env()?;
    let tokens = client.accounts().tokens();

    let groups = tokens.permission_groups().get(&account_id).name("Billing Read").await?;
    let group =
        groups.into_iter().find_map(|group| group.id).ok_or("permission group `Billing Read` not found")?;
    let account = format!("com.cloudflare.api.account.{account_id}");
    let policy = TokenPolicyParam::new(
        PolicyEffect::Allow,
        [TokenPermissionGroup::new(group)],
        TokenPolicyResources::Simple([(account, "*".to_owned())].into()),
    );

    let in_an_hour = DateTime::from(SystemTime::now() + Duration::from_secs(3600));
    let token = tokens.create(&account_id, "billing for an hour", [policy]).expires_on(in_an_hour).await?;
    let id = token.id.ok_or("the new token has no id")?;
    println!("created {id}");

    // `TokenValue` hides the secret in `Debug` output; `expose` returns it.
    let secret = tokens.value().update(&account_id, &id, Object::new()).await?;
    println!("rolled {id}: its new secret has {} characters", secret.expose().len());
    Ok(())
}
