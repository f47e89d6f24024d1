//! JSON documents to deserialize.

use serde_json::{Map, Value, json};

/// A small object.
pub const ACCOUNT: &str = r#"{
    "id": "023e105f4ecef8ad9ca31a8372d0c353",
    "name": "Demo Account",
    "type": "standard",
    "created_on": "2014-03-01T12:21:02.0000Z"
}"#;

const RECORD_TYPES: [&str; 5] = ["A", "AAAA", "CNAME", "MX", "TXT"];

/// Returns a record with nearly all fields.
fn record(number: usize) -> Value {
    json!({
        "id": format!("372e67954025e0ba6aaa6d586b9e{number:04}"),
        "zone_id": "023e105f4ecef8ad9ca31a8372d0c353",
        "zone_name": "example.com",
        "name": format!("host-{number}.example.com"),
        "type": RECORD_TYPES[number % RECORD_TYPES.len()],
        "content": format!("198.51.100.{}", number % 250),
        "proxiable": true,
        "proxied": number % 2 == 0,
        "ttl": 3600,
        "priority": (number % 5 == 3).then_some(10),
        "meta": {"auto_added": true, "source": "primary"},
        "settings": {"ipv4_only": false, "ipv6_only": false},
        "comment": "A \"quoted\" remark – with more than ASCII",
        "tags": ["owner:dns-team", "stage:production"],
        "created_on": "2014-01-01T05:20:00.12345Z",
        "modified_on": "2014-01-01T05:20:00.12345Z",
        "comment_modified_on": "2024-01-01T05:20:00.12345Z"
    })
}

/// Returns a page of 50 records.
pub fn page() -> String {
    (0..50).map(record).collect::<Value>().to_string()
}

/// Returns a record with its fields in reverse order.
pub fn reordered() -> String {
    let Value::Object(record) = record(7) else { return String::new() };
    Value::Object(record.into_iter().rev().collect()).to_string()
}

/// Returns objects nested to `depth` levels.
pub fn deep(depth: usize) -> String {
    let mut group = json!({"name": "innermost", "rules": []});
    for level in 0..depth {
        let rules =
            [json!({"id": level, "enabled": true}), json!({"id": level + 1, "enabled": false, "note": "off"})];
        group = json!({"name": format!("level {level}"), "rules": rules, "group": group});
    }
    group.to_string()
}

/// Returns a small object with many unknown properties.
pub fn unknown() -> String {
    let known: Map<String, Value> = serde_json::from_str(ACCOUNT).unwrap_or_default();
    let mut all = Map::new();
    for (index, (name, value)) in known.into_iter().enumerate() {
        for number in 0..8 {
            all.insert(format!("unknown_{index}_{number}"), json!({"text": "unused", "list": [1, 2.5, null]}));
        }
        all.insert(name, value);
    }
    Value::Object(all).to_string()
}

/// Returns lists and maps of numbers.
pub fn numbers() -> String {
    let series: Vec<f64> = (0..100).map(|number| f64::from(number) * 1.37 + 0.25).collect();
    let totals: Map<String, Value> =
        (0..20).map(|number| (format!("code_{number}"), json!(number * 12_345))).collect();
    json!({"sum": 7_006.5, "count": 100, "mean": 70.065, "series": series, "totals": totals}).to_string()
}

/// Returns objects of several types, distinguished by the property `tag`.
pub fn steps(tag: &str) -> String {
    let step = |number: usize| match number % 3 {
        0 => json!({tag: "block", "id": number, "reason": "Not from here", "status": 403}),
        1 => json!({tag: "redirect", "id": number, "target": "https://example.com/elsewhere", "permanent": true}),
        _ => json!({tag: "rewrite", "id": number, "path": "/index.html", "headers": {"x-one": "1", "x-two": "2"}}),
    };
    (0..50).map(step).collect::<Value>().to_string()
}

/// Returns values of several types without a discriminator.
pub fn targets() -> String {
    let target = |number: usize| match number % 3 {
        0 => json!({"ip": "198.51.100.1", "prefix": 24}),
        1 => json!({"hostname": "example.com", "port": 443}),
        _ => json!("everything"),
    };
    (0..50).map(target).collect::<Value>().to_string()
}
