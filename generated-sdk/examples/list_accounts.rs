//! Lists all accessible accounts with their number of accepted members.
//!
//! `CLOUDFLARE_API_TOKEN=… cargo run --example list_accounts`

use cloudflare_sdk::accounts::members::MemberListStatus;
use cloudflare_sdk::{Client, Result};

#[tokio::main]
async fn main() -> Result<()> {
    let client = Client::from_env()?;
    let mut accounts = client.accounts().list().per_page(50).items();
    while let Some(account) = accounts.try_next().await? {
        let members = client
            .accounts()
            .members()
            .list(&account.id)
            .status(MemberListStatus::Accepted)
            .items()
            .try_collect()
            .await?;
        println!("{}  {} ({}), {} members", account.id, account.name, account.type_, members.len());
    }
    Ok(())
}
