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
    0 "id" required id;
    1 "zone_id" optional zone_id;
    2 "zone_name" optional zone_name;
    3 "name" required name;
    4 "type" required type_;
    5 "content" required content;
    6 "proxiable" required proxiable;
    7 "proxied" optional proxied;
    8 "ttl" number ttl;
    9 "priority" optional_number priority;
    10 "meta" optional meta;
    11 "settings" required settings;
    12 "comment" optional comment;
    13 "tags" required tags;
    14 "created_on" required created_on;
    15 "modified_on" required modified_on;
    16 "comment_modified_on" optional comment_modified_on;
});

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Meta {
    pub auto_added: Option<bool>,
    pub source: Option<String>,
}

sdk_runtime::model!(Meta {
    0 "auto_added" optional auto_added;
    1 "source" optional source;
});

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Account {
    pub id: String,
    pub name: String,
    pub type_: Option<String>,
    pub created_on: Option<DateTime>,
}

sdk_runtime::model!(Account {
    0 "id" required id;
    1 "name" required name;
    2 "type" optional type_;
    3 "created_on" optional created_on;
});

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    pub name: String,
    pub rules: Vec<Rule>,
    pub group: Option<Box<Group>>,
}

sdk_runtime::model!(Group {
    0 "name" required name;
    1 "rules" required rules;
    2 "group" optional group;
});

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rule {
    pub id: i64,
    pub enabled: bool,
    pub note: Option<String>,
}

sdk_runtime::model!(Rule {
    0 "id" required id;
    1 "enabled" required enabled;
    2 "note" optional note;
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
    0 "sum" number sum;
    1 "count" required count;
    2 "mean" optional_number mean;
    3 "series" number series;
    4 "totals" required totals;
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
    0 "id" required id;
    1 "reason" optional reason;
    2 "status" optional status;
});

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Redirect {
    pub id: i64,
    pub target: String,
    pub permanent: Option<bool>,
}

sdk_runtime::model!(Redirect {
    constant "action" = Text("redirect");
    0 "id" required id;
    1 "target" required target;
    2 "permanent" optional permanent;
});

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rewrite {
    pub id: i64,
    pub path: String,
    pub headers: BTreeMap<String, String>,
}

sdk_runtime::model!(Rewrite {
    constant "action" = Text("rewrite");
    0 "id" required id;
    1 "path" required path;
    2 "headers" required headers;
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
    0 "ip" required ip;
    1 "prefix" optional prefix;
});

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Host {
    pub hostname: String,
    pub port: Option<i64>,
}

sdk_runtime::model!(Host {
    0 "hostname" required hostname;
    1 "port" optional port;
});
