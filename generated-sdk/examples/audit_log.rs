//! Streams the changes made in an account on one day.
//!
//! `CLOUDFLARE_API_TOKEN=… cargo run --example audit_log ACCOUNT_ID 2024-10-30`

use std::error::Error;

use cloudflare_sdk::Client;
use cloudflare_sdk::accounts::logs::audit::{AuditListActionTypeNot, AuditListDirection};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(account_id), Some(day)) = (arguments.next(), arguments.next()) else {
        return Err("usage: audit_log ACCOUNT_ID 2024-10-30".into());
    };
    let client = Client::from_env()?;
    let mut entries = client
        .accounts()
        .logs()
        .audit()
        .list(&account_id, format!("{day}T23:59:59Z"), format!("{day}T00:00:00Z"))
        .action_type_not([AuditListActionTypeNot::View])
        .direction(AuditListDirection::Asc)
        .items();
    while let Some(entry) = entries.try_next().await? {
        let action = entry.action.unwrap_or_default();
        let actor = entry.actor.unwrap_or_default();
        println!(
            "{}  {}  {}",
            action.time.unwrap_or_default(),
            actor.email.as_deref().unwrap_or("(unknown)"),
            action.description.as_deref().unwrap_or("(no description)"),
        );
    }
    Ok(())
}
