//! Test data: a zone of about 2 KB and small accounts, as models of the runtime and as types with serde's
//! derive.

// All fields are deserialized, but only few are read.
#![allow(dead_code)]

use serde_json::{Value, json};

/// Defines the same structs twice. Each field has a kind, a name, a JSON name and a type.
macro_rules! types {
    ($($name:ident { $($kind:ident $field:ident $wire:literal: $type:ty;)* })*) => {
        pub mod runtime {
            use sdk_runtime::DateTime;
            $(
                #[derive(Clone, Debug, Default)]
                pub struct $name { $(pub $field: $type,)* }
                sdk_runtime::model!($name { $($wire $kind $field;)* });
            )*
        }

        pub mod derived {
            type DateTime = String;
            $(
                #[derive(Clone, Debug, serde::Deserialize)]
                pub struct $name { $(#[serde(rename = $wire)] pub $field: $type,)* }
            )*
        }
    };
}

types! {
    Account {
        required id "id": String;
        required name "name": String;
        optional type_ "type": Option<String>;
        optional created_on "created_on": Option<DateTime>;
    }
    Holder {
        optional id "id": Option<String>;
        optional name "name": Option<String>;
        optional type_ "type": Option<String>;
    }
    Meta {
        optional cdn_only "cdn_only": Option<bool>;
        optional custom_certificate_quota "custom_certificate_quota": Option<i64>;
        optional dns_only "dns_only": Option<bool>;
        optional foundation_dns "foundation_dns": Option<bool>;
        optional page_rule_quota "page_rule_quota": Option<i64>;
        optional phishing_detected "phishing_detected": Option<bool>;
        optional step "step": Option<i64>;
    }
    Plan {
        optional id "id": Option<String>;
        optional can_subscribe "can_subscribe": Option<bool>;
        optional currency "currency": Option<String>;
        optional externally_managed "externally_managed": Option<bool>;
        optional frequency "frequency": Option<String>;
        optional is_subscribed "is_subscribed": Option<bool>;
        optional legacy_discount "legacy_discount": Option<bool>;
        optional legacy_id "legacy_id": Option<String>;
        optional name "name": Option<String>;
        optional_number price "price": Option<f64>;
    }
    Zone {
        required id "id": String;
        required account "account": Holder;
        optional activated_on "activated_on": Option<DateTime>;
        required created_on "created_on": DateTime;
        number development_mode "development_mode": f64;
        required meta "meta": Meta;
        required modified_on "modified_on": DateTime;
        required name "name": String;
        required name_servers "name_servers": Vec<String>;
        optional original_dnshost "original_dnshost": Option<String>;
        optional original_name_servers "original_name_servers": Option<Vec<String>>;
        optional original_registrar "original_registrar": Option<String>;
        required owner "owner": Holder;
        required plan "plan": Plan;
        optional paused "paused": Option<bool>;
        optional permissions "permissions": Option<Vec<String>>;
        optional status "status": Option<String>;
        optional tenant "tenant": Option<Holder>;
        optional tenant_unit "tenant_unit": Option<Holder>;
        optional type_ "type": Option<String>;
        optional vanity_name_servers "vanity_name_servers": Option<Vec<String>>;
        optional verification_key "verification_key": Option<String>;
    }
}

pub const ID: &str = "023e105f4ecef8ad9ca31a8372d0c353";

/// Returns a zone in the envelope.
pub fn fixtures() -> String {
    let areas = [
        "analytics",
        "app",
        "billing",
        "cache_purge",
        "dns_records",
        "lb",
        "legal",
        "logs",
        "organization",
        "ssl",
    ];
    let permissions: Vec<String> =
        areas.iter().flat_map(|name| [format!("#{name}:edit"), format!("#{name}:read")]).collect();
    let servers = ["bob.ns.cloudflare.com", "lola.ns.cloudflare.com"];
    let result = json!({
        "id": ID,
        "account": {"id": ID, "name": "Example Account"},
        "activated_on": "2014-01-02T00:01:00.12345Z",
        "created_on": "2014-01-01T05:20:00.12345Z",
        "development_mode": 7200,
        "meta": {
            "cdn_only": true, "custom_certificate_quota": 1, "dns_only": true, "foundation_dns": true,
            "page_rule_quota": 100, "phishing_detected": false, "step": 2
        },
        "modified_on": "2014-01-01T05:20:00.12345Z",
        "name": "example.com",
        "name_servers": servers,
        "original_dnshost": "NameCheap",
        "original_name_servers": ["ns1.originaldnshost.com", "ns2.originaldnshost.com"],
        "original_registrar": "GoDaddy",
        "owner": {"id": ID, "name": "Example Org", "type": "organization"},
        "plan": {
            "id": ID, "can_subscribe": false, "currency": "USD", "externally_managed": false, "frequency": "monthly",
            "is_subscribed": false, "legacy_discount": false, "legacy_id": "free", "name": "Free Website", "price": 10.5
        },
        "paused": false,
        "permissions": permissions,
        "status": "active",
        "tenant": {"id": ID, "name": "Example Account"},
        "tenant_unit": {"id": ID},
        "type": "full",
        "vanity_name_servers": ["ns1.example.com", "ns2.example.com"],
        "verification_key": "284344499-1084221259"
    });
    json!({"success": true, "errors": [], "messages": [], "result": result}).to_string()
}

/// Number of items on a page.
pub const PER_PAGE: usize = 100;

/// Returns a page of accounts in the envelope, without page information, as the text before and after the id
/// of its first item. The id differs between pages.
pub fn page() -> [String; 2] {
    let account = |number: usize| {
        json!({
            "id": format!("{number:032}"),
            "name": format!("Account {number}"),
            "type": "standard",
            "created_on": "2014-03-01T12:21:02.0000Z"
        })
    };
    let items: Value = (0..PER_PAGE).map(account).collect();
    let text = items.to_string();
    let (before, after) = text.split_once(&"0".repeat(32)).unwrap_or_default();
    [format!(r#"{{"success":true,"errors":[],"messages":[],"result":{before}"#), after.to_owned()]
}
