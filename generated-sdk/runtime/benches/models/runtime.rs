//! The types as generated code defines them.

use std::collections::BTreeMap;

use sdk_runtime::{DateTime, Value};

#[derive(Clone, Debug)]
pub enum RecordType {
    A,
    Aaaa,
    Cname,
    Mx,
    Txt,
    Unrecognized(String),
}

sdk_runtime::string_enum!(RecordType {
    A = "A",
    Aaaa = "AAAA",
    Cname = "CNAME",
    Mx = "MX",
    Txt = "TXT",
});

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    pub id: String,
    pub zone_id: Option<String>,
    pub zone_name: Option<String>,
    pub name: String,
    pub type_: RecordType,
    pub content: String,
    pub proxiable: bool,
    pub proxied: Option<bool>,
    pub ttl: f64,
    pub priority: Option<f64>,
    pub meta: Option<Meta>,
    pub settings: BTreeMap<String, bool>,
    pub comment: Option<String>,
    pub tags: Vec<String>,
    pub created_on: DateTime,
    pub modified_on: DateTime,
    pub comment_modified_on: Option<DateTime>,
}

sdk_runtime::model!(Record {
    "id" required id;
    "zone_id" optional zone_id;
    "zone_name" optional zone_name;
    "name" required name;
    "type" required type_;
    "content" required content;
    "proxiable" required proxiable;
    "proxied" optional proxied;
    "ttl" number ttl;
    "priority" optional_number priority;
    "meta" optional meta;
    "settings" required settings;
    "comment" optional comment;
    "tags" required tags;
    "created_on" required created_on;
    "modified_on" required modified_on;
    "comment_modified_on" optional comment_modified_on;
});

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Meta {
    pub auto_added: Option<bool>,
    pub source: Option<String>,
}

sdk_runtime::model!(Meta {
    "auto_added" optional auto_added;
    "source" optional source;
});

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Account {
    pub id: String,
    pub name: String,
    pub type_: Option<String>,
    pub created_on: Option<DateTime>,
}

sdk_runtime::model!(Account {
    "id" required id;
    "name" required name;
    "type" optional type_;
    "created_on" optional created_on;
});

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    pub name: String,
    pub rules: Vec<Rule>,
    pub group: Option<Box<Group>>,
}

sdk_runtime::model!(Group {
    "name" required name;
    "rules" required rules;
    "group" optional group;
});

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rule {
    pub id: i64,
    pub enabled: bool,
    pub note: Option<String>,
}

sdk_runtime::model!(Rule {
    "id" required id;
    "enabled" required enabled;
    "note" optional note;
});

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metrics {
    pub sum: f64,
    pub count: i64,
    pub mean: Option<f64>,
    pub series: Vec<f64>,
    pub totals: BTreeMap<String, i64>,
}

sdk_runtime::model!(Metrics {
    "sum" number sum;
    "count" required count;
    "mean" optional_number mean;
    "series" number series;
    "totals" required totals;
});

#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    Block(Block),
    Redirect(Redirect),
    Rewrite(Rewrite),
    Unrecognized(Value),
}

sdk_runtime::union!(Step by "action" {
    "block" => Block(Block),
    "redirect" => Redirect(Redirect),
    "rewrite" => Rewrite(Rewrite),
});

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Block {
    pub id: i64,
    pub reason: Option<String>,
    pub status: Option<i64>,
}

sdk_runtime::model!(Block {
    constant "action" = Text("block");
    "id" required id;
    "reason" optional reason;
    "status" optional status;
});

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Redirect {
    pub id: i64,
    pub target: String,
    pub permanent: Option<bool>,
}

sdk_runtime::model!(Redirect {
    constant "action" = Text("redirect");
    "id" required id;
    "target" required target;
    "permanent" optional permanent;
});

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rewrite {
    pub id: i64,
    pub path: String,
    pub headers: BTreeMap<String, String>,
}

sdk_runtime::model!(Rewrite {
    constant "action" = Text("rewrite");
    "id" required id;
    "path" required path;
    "headers" required headers;
});

#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    Network(Network),
    Host(Host),
    Text(String),
    Unrecognized(Value),
}

sdk_runtime::union!(Target {
    object Network(Network),
    object Host(Host),
    text Text(String),
});

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Network {
    pub ip: String,
    pub prefix: Option<i64>,
}

sdk_runtime::model!(Network {
    "ip" required ip;
    "prefix" optional prefix;
});

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Host {
    pub hostname: String,
    pub port: Option<i64>,
}

sdk_runtime::model!(Host {
    "hostname" required hostname;
    "port" optional port;
});
